"""Printed Chinese and Latin text in pictures: PP-OCRv6 (small), run by ONNX Runtime on the CPU.

Two networks. The first marks which pixels belong to lines of text (differentiable binarization, Liao et al. 2020); each
marked blob becomes a rotated rectangle, widened by what the marking shaves off. The second reads one such line at a
time, scaled to 48 pixels of height (CTC). A line is read by itself, never in a batch: what it says must not depend on
its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models import weights

ENTRY = "ppocr-v6-small"
FINDER, READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"

STEP = 32
"""The first network wants sides that are multiples of this."""

LEAST_TEXT, LEAST_BOX = 0.3, 0.5
"""Probability of a pixel of text, and the least mean of a rectangle's (values of the networks' own configuration)."""

WIDENED = 1.6
"""How far a rectangle is widened: this times its area over its circumference (the same configuration)."""

LEAST_SIDE = 5
LINE_PX, LEAST_LINE_WIDTH = 48, 320
UPRIGHT = 1.5
"""A rectangle this many times higher than wide is a line that runs downwards, and is turned before it is read."""

Image = NDArray[np.uint8]
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line of text lies: its corners clockwise from the top left, in pixels of the image; `score` 0..1."""

    corners: Corners
    score: float

    @property
    def height(self) -> float:
        """Height of the line, across the direction of reading."""
        return float(np.hypot(self.corners[3][0] - self.corners[0][0], self.corners[3][1] - self.corners[0][1]))

    @property
    def width(self) -> float:
        """Length of the line."""
        return float(np.hypot(self.corners[1][0] - self.corners[0][0], self.corners[1][1] - self.corners[0][1]))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says; `score` is the mean probability of its characters, 0..1."""

    text: str
    score: float


class TextReader:
    """Both networks, loaded. One per thread of work: a call must end before the next begins.

    Raises WeightsError when the weights are not there.
    """

    def __init__(self, threads: int = 1, folder: Path | None = None) -> None:
        path = folder or weights.folder(ENTRY)
        self._finder = _session(path / FINDER, threads)
        self._reader = _session(path / READER, threads)
        written = self._reader.get_modelmeta().custom_metadata_map["character"]
        self._characters = ("", *written.splitlines(), " ")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the networks; the reader cannot be used afterwards."""
        self._finder = self._reader = None

    def find(self, image: Image, longest: int) -> tuple[Place, ...]:
        """Lines of text in `image` (height, width, 3; RGB), looked for at no more than `longest` pixels of its longer
        side; from top to bottom.
        """
        import cv2

        height, width = image.shape[:2]
        scale = min(1.0, longest / max(height, width))
        size = tuple(max(STEP, round(side * scale / STEP) * STEP) for side in (width, height))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        values = _normal(np.asarray(cv2.resize(image, size, interpolation=method), np.uint8))
        marked = self._finder.run(None, {self._finder.get_inputs()[0].name: values})[0][0, 0]
        found = _places(marked, width / size[0], height / size[1])
        return tuple(sorted(found, key=lambda one: (one.corners[0][1], one.corners[0][0])))

    def read(self, image: Image, place: Place) -> Reading:
        """What the line at `place` of `image` says."""
        values = _line(image, place.corners)
        rows = self._reader.run(None, {self._reader.get_inputs()[0].name: values})[0][0]
        return _decoded(rows, self._characters)


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _normal(image: Image) -> NDArray[np.float32]:
    """Pixels as the networks want them: BGR, -1..1, shape (1, 3, height, width)."""
    values = image[..., ::-1].astype(np.float32) / 127.5 - 1.0
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def _places(marked: NDArray[np.float32], across: float, down: float) -> list[Place]:
    """Rectangles around the marked blobs, in pixels of the image: `across` and `down` of them to one marked pixel."""
    import cv2

    mask = cv2.dilate((marked > LEAST_TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    blobs, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for blob in blobs:
        middle, (width, height), angle = cv2.minAreaRect(blob)
        if min(width, height) < LEAST_SIDE - 2:
            continue
        score = _mean_inside(marked, np.asarray(cv2.boxPoints((middle, (width, height), angle)), np.float32))
        if score < LEAST_BOX:
            continue
        more = WIDENED * width * height / (width + height)  # on both sides: twice half of it
        corners = cv2.boxPoints((middle, (width + more, height + more), angle))
        if min(width + more, height + more) >= LEAST_SIDE:
            scaled = [(float(x) * across, float(y) * down) for x, y in corners]
            found.append(Place(_clockwise(scaled), round(score, 4)))
    return found


def _mean_inside(marked: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    import cv2

    height, width = marked.shape
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, [width - 1, height - 1])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, [width - 1, height - 1])
    inside = np.zeros((high[1] - low[1] + 1, high[0] - low[0] + 1), np.uint8)
    cv2.fillPoly(inside, [(corners - low).astype(np.int32)], 1)
    return float(cv2.mean(marked[low[1] : high[1] + 1, low[0] : high[0] + 1], inside)[0])


def _clockwise(points: Sequence[tuple[float, float]]) -> Corners:
    """Corners from the top left: the two on the left first, then by height, as the networks' own code has it."""
    by_x = sorted(points)
    top_left, bottom_left = sorted(by_x[:2], key=lambda point: point[1])
    top_right, bottom_right = sorted(by_x[2:], key=lambda point: point[1])
    return top_left, top_right, bottom_right, bottom_left


def _line(image: Image, corners: Corners) -> NDArray[np.float32]:
    """The line at `corners` straightened, `LINE_PX` high and padded on the right, as the second network wants it."""
    import cv2

    quad = np.array(corners, np.float32)
    width = max(1.0, float(np.linalg.norm(quad[0] - quad[1])), float(np.linalg.norm(quad[3] - quad[2])))
    height = max(1.0, float(np.linalg.norm(quad[0] - quad[3])), float(np.linalg.norm(quad[1] - quad[2])))
    if height >= UPRIGHT * width:
        quad, width, height = quad[[1, 2, 3, 0]], height, width
    inner = max(1, round(width * LINE_PX / height))
    goal = np.array([[0, 0], [inner, 0], [inner, LINE_PX], [0, LINE_PX]], np.float32)
    straight = cv2.warpPerspective(
        image,
        cv2.getPerspectiveTransform(quad, goal),
        (inner, LINE_PX),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    values = np.zeros((1, 3, LINE_PX, max(inner, LEAST_LINE_WIDTH)), np.float32)
    values[..., :inner] = _normal(np.asarray(straight, np.uint8))
    return values


def _decoded(rows: NDArray[np.float32], characters: Sequence[str]) -> Reading:
    """The likeliest character of each row, repeats and blanks dropped (CTC). `rows` is (n, characters)."""
    best = rows.argmax(axis=1)
    kept = [n for n, one in enumerate(best) if one and (n == 0 or one != best[n - 1])]
    if not kept:
        return Reading("", 0.0)
    text = "".join(characters[best[n]] for n in kept)
    return Reading(text, round(float(np.mean([rows[n, best[n]] for n in kept])), 4))
