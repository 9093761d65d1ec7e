"""Faces put into a frame: portraits that packages ship, cut out softly, scaled, with a mouth that opens.

A face's height runs from the top of its forehead to its chin, as landmarks place them.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

PortraitName = Literal["astronaut", "hopper"]

OPEN_MOUTH_SHARE = 0.16
"""How far a fully open mouth moves the chin, as a share of the face's height."""

TABLE_SHARE = 0.84
"""Where the table begins, as a share of the frame's height."""

MOUTH_DEPTH = np.array([58, 24, 26], np.float32)
"""Colour inside an open mouth, RGB."""


@dataclass(frozen=True)
class FaceBox:
    """A face in a picture, in pixels: forehead to chin, ear to ear. `mouth` is (x, y, width) where it is known."""

    left: float
    top: float
    width: float
    height: float
    mouth: tuple[float, float, float] | None = None

    @property
    def centre(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


@dataclass(frozen=True)
class Cutout:
    """A person without the background: `image` (h, w, 3) RGB, `alpha` (h, w) 0..1, and where the face is."""

    image: Image
    alpha: NDArray[np.float32]
    face: FaceBox


# Faces as MediaPipe's landmarks place them in the pictures of scikit-image 0.26 and matplotlib 3.11.
PORTRAITS: dict[PortraitName, FaceBox] = {
    "astronaut": FaceBox(181.0, 72.0, 89.0, 105.0, mouth=(223.0, 145.0, 40.0)),
    "hopper": FaceBox(170.0, 132.0, 185.0, 202.0, mouth=(267.0, 279.0, 63.0)),
}


@cache
def portrait(name: PortraitName) -> Cutout:
    """A person by name. Raises KeyError for an unknown one."""
    face = PORTRAITS[name]
    if name == "astronaut":
        import skimage.data

        path = Path(skimage.data.__file__).parent / "astronaut.png"
    else:
        import matplotlib

        path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return cut_out(read_image(path), face)


def read_image(path: Path) -> Image:
    """A picture file as (h, w, 3) RGB. Raises FileNotFoundError without one, ValueError for no picture."""
    import cv2

    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"not a picture: {path}")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def cut_out(image: Image, face: FaceBox) -> Cutout:
    """`image` (h, w, 3) without what lies far from head and shoulders, with soft edges."""
    import cv2

    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    x, y = (columns - face.centre[0]) / face.height, (rows - face.centre[1]) / face.height
    head = np.hypot(x / 0.85, (y + 0.08) / 0.95) < 1
    torso = (y > 0.35) & (np.abs(x) < 0.45 + 0.9 * np.clip(y - 0.35, 0, 0.9))
    inside = (head | torso).astype(np.float32)
    inside[:, [0, -1]] = 0
    feather = max(1, round(face.height * 0.06))
    alpha = cv2.GaussianBlur(inside, (0, 0), feather)
    return Cutout(image, np.clip(alpha * 2 - 1, 0, 1).astype(np.float32) * inside, face)


def scaled(person: Cutout, height_px: float, mouth_open: float = 0.0) -> Cutout:
    """`person` with a face `height_px` high and the mouth open by `mouth_open` (0..1)."""
    import cv2

    factor = height_px / person.face.height
    mouth = person.face.mouth
    image = _with_open_mouth(person, mouth, mouth_open) if mouth_open > 0 and mouth else person.image
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    face = person.face
    return Cutout(
        np.asarray(cv2.resize(image, size, interpolation=method), np.uint8),
        np.asarray(np.clip(cv2.resize(person.alpha, size, interpolation=cv2.INTER_AREA), 0, 1), np.float32),
        FaceBox(
            face.left * factor,
            face.top * factor,
            face.width * factor,
            face.height * factor,
            (mouth[0] * factor, mouth[1] * factor, mouth[2] * factor) if mouth else None,
        ),
    )


def _with_open_mouth(person: Cutout, mouth: tuple[float, float, float], mouth_open: float) -> Image:
    """The lower lip and chin moved down, and the gap between the lips dark."""
    import cv2

    mouth_x, mouth_y, mouth_width = mouth
    height = person.face.height
    rows, columns = np.mgrid[: person.image.shape[0], : person.image.shape[1]].astype(np.float32)
    drop = OPEN_MOUTH_SHARE * height * mouth_open
    across = np.clip(np.abs(columns - mouth_x) / (0.5 * height), 0, 1)
    jaw = np.cos(across * np.pi / 2) ** 2
    below = np.clip((rows - mouth_y) / (0.75 * height), 0, 1)
    moved = np.where(rows > mouth_y, drop * jaw * (1 - below**2), 0).astype(np.float32)
    source = np.maximum(rows - moved, np.minimum(rows, mouth_y))
    image = cv2.remap(person.image, columns, source, cv2.INTER_LINEAR).astype(np.float32)
    lips = np.hypot((columns - mouth_x) / (0.42 * mouth_width), (rows - mouth_y - drop / 2) / (0.48 * drop + 0.5))
    gap = np.clip((1.15 - lips) / 0.3, 0, 1)[..., None]
    return np.asarray(np.clip(image * (1 - gap) + MOUTH_DEPTH * gap, 0, 255), np.uint8)


def place(frame: Image, person: Cutout, centre: tuple[float, float]) -> None:
    """Draw `person` into `frame` (h, w, 3), in place: the face's middle at `centre` in pixels."""
    import cv2

    left, top = (round(c - f, 3) for c, f in zip(centre, person.face.centre, strict=True))
    column, row = int(np.floor(left)), int(np.floor(top))
    image, alpha = person.image, person.alpha
    if (left, top) != (column, row):
        shift = np.array([[1, 0, left - column], [0, 1, top - row]], np.float32)
        size = (image.shape[1] + 1, image.shape[0] + 1)
        image = np.asarray(cv2.warpAffine(image, shift, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
        alpha = np.asarray(cv2.warpAffine(alpha, shift, size), np.float32)
    y0, y1 = max(row, 0), min(row + image.shape[0], frame.shape[0])
    x0, x1 = max(column, 0), min(column + image.shape[1], frame.shape[1])
    if y0 >= y1 or x0 >= x1:
        return
    piece = (slice(y0 - row, y1 - row), slice(x0 - column, x1 - column))
    over, weight = np.ascontiguousarray(image[piece]), np.ascontiguousarray(alpha[piece])
    under = np.ascontiguousarray(frame[y0:y1, x0:x1])
    frame[y0:y1, x0:x1] = cv2.blendLinear(over, under, weight, 1 - weight)


def room(width: int, height: int) -> Image:
    """An empty room: a wall lit from one side, a table below `table_top`, and nothing that looks like a face."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    light = 1.0 - 0.25 * columns / width - 0.2 * rows / height
    picture = np.array([196, 190, 178], np.float32) * light[..., None]
    picture[table_top(height) :] = np.array([128, 92, 62], np.float32) * light[table_top(height) :, :, None]
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def table_top(height: int) -> int:
    """The row at which the table begins in a room `height` pixels high; people are hidden below it."""
    return round(height * TABLE_SHARE)
