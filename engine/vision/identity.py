"""A face against a reference photo: an adapter that does nothing unless a network and photos are configured.

For a person to look at, never proof of identity by itself. Vectors live only while the session is inspected; what is
kept is how alike face and photo are.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.evidence import FaceLikeness, Person, Scene, Sighting
from engine.vision.finder import FaceModels, crop
from engine.vision.settings import VisionSettings
from models.face_embedding import SIDE
from models.face_landmarks import FaceLandmarks

Image = NDArray[np.uint8]
Vector = NDArray[np.float32]
Shown = Callable[[float], Image | None]
"""The picture on show at a time of the session."""

SUFFIXES = (".jpg", ".jpeg", ".png")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
LARGEST_PHOTO = 20_000_000
"""Bytes of a reference photo, at most."""

MOST_PIXELS = 50_000_000

EYES, NOSE, MOUTH = (((33, 133), (362, 263)), 1, (61, 291))
"""Landmarks: corners of the right and the left eye, tip of the nose, corners of the mouth."""

TEMPLATE = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)], np.float32
)
"""Where eyes, nose and corners of the mouth lie in an aligned picture (Deng et al., ArcFace, 2019)."""


class Embedder(Protocol):
    """Turns an aligned face (SIDE, SIDE, 3; RGB) into a unit vector (models/face_embedding.py)."""

    def vector(self, face: Image, /) -> Vector: ...


def photo_of(folder: Path | None, policy_no: str | None) -> Image | None:
    """The photo `policy_no` below `folder`; None without one. A number with other signs than a name has none."""
    if folder is None or not policy_no or not NAME.fullmatch(policy_no):
        return None
    path = next((one for suffix in SUFFIXES if (one := folder / f"{policy_no}{suffix}").is_file()), None)
    return _read(path) if path is not None and path.stat().st_size <= LARGEST_PHOTO else None


def _read(path: Path) -> Image | None:
    import cv2

    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None or picture.shape[0] * picture.shape[1] > MOST_PIXELS:
        return None
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def compare(
    scene: Scene, photo: Image, shown: Shown, faces: FaceModels, embedder: Embedder, settings: VisionSettings
) -> tuple[FaceLikeness, ...]:
    """How like the one face of `photo` everybody in the scene is; nothing where the photo shows no single face, and
    nobody whose face cannot be aligned.
    """
    known = faces.detector.detect(photo, settings.sure_score)
    if len(known) != 1:
        return ()
    face = known[0]
    middle = (face.left + face.width / 2, face.top + face.height / 2)
    reference = _vector(photo, middle, max(face.width, face.height), faces.landmarks, embedder, settings)
    if reference is None:
        return ()
    found = []
    for person in scene.people:
        looks = _best(person, scene, settings)
        vectors = [_of_sighting(one, shown, faces.landmarks, embedder, settings) for one in looks]
        seen = [one for one in vectors if one is not None]
        if seen:
            mean = np.mean(seen, axis=0)
            alike = float(mean @ reference / max(float(np.linalg.norm(mean)), 1e-6))
            found.append(FaceLikeness(person.id, "order_photo", round(alike, 4)))
    return tuple(found)


def _best(person: Person, scene: Scene, settings: VisionSettings) -> Sequence[Sighting]:
    """The largest clear sightings of a person, of at least the size that can be judged."""
    own = [one for track in scene.tracks if track.id in person.tracks for one in track.sightings]
    large = [one for one in own if one.height_px >= settings.min_face_px and one.mouth_open is not None]
    return sorted(large, key=lambda one: (-one.score * one.height_px, one.time))[: settings.compared_looks]


def _of_sighting(
    sighting: Sighting, shown: Shown, landmarks: FaceLandmarks, embedder: Embedder, settings: VisionSettings
) -> Vector | None:
    image = shown(sighting.time)
    if image is None:
        return None
    height, width = image.shape[:2]
    box = sighting.box
    middle = ((box.left + box.width / 2) * width, (box.top + box.height / 2) * height)
    side = max(box.width * width, box.height * height)
    return _vector(image, middle, side, landmarks, embedder, settings)


def _vector(
    image: Image,
    middle: tuple[float, float],
    side: float,
    landmarks: FaceLandmarks,
    embedder: Embedder,
    settings: VisionSettings,
) -> Vector | None:
    view = crop(image, middle, side * settings.crop_scale, settings.crop_px)
    placed = landmarks.place(view)
    return None if placed is None else embedder.vector(aligned(view, placed.points))


def aligned(view: Image, points: NDArray[np.float32]) -> Image:
    """The face with landmarks `points` (478, 2) turned, scaled and moved so that it lies as in TEMPLATE."""
    import cv2

    marks = np.array(
        [*(points[list(eye)].mean(axis=0) for eye in EYES), points[NOSE], *(points[one] for one in MOUTH)], np.float32
    )
    matrix = similarity(marks, TEMPLATE)
    return np.asarray(cv2.warpAffine(view, matrix, (SIDE, SIDE)), np.uint8)


def similarity(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    """The turn, scale and shift (2, 3) that brings points (n, 2) closest to others (least squares, in the complex
    plane: target = a source + b).
    """
    one, other = (points[:, 0] + 1j * points[:, 1] for points in (source.astype(float), target.astype(float)))
    centred = one - one.mean()
    a = (np.conj(centred) * (other - other.mean())).sum() / max(float((np.abs(centred) ** 2).sum()), 1e-9)
    b = other.mean() - a * one.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])
