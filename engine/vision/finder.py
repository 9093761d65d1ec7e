"""Faces in one frame after another: search, verification, and what was seen a moment ago.

The frame is searched whole. Where that would shrink a judgeable face too far, it is also searched in overlapping tiles:
all of them at first and every few seconds, and in between those in which somebody seen a moment ago is missing.
A candidate counts when landmarks can be placed on it; a turned head, on which they cannot, needs a higher score.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.vision.geometry import Area, tiles
from engine.vision.settings import VisionSettings
from models.face_detector import INPUT_PX, FaceDetector
from models.face_landmarks import FaceLandmarks, Placement
from models.face_mesh import FaceMesh


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face in a frame: `height_px` from forehead to chin; `mouth_open` None where no landmarks were placed."""

    area: Area
    height_px: float
    score: float
    mouth_open: float | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """A face seen a moment ago; `placed` is when landmarks were last placed on it."""

    area: Area
    seen: float
    placed: float | None
    height_px: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    area: Area
    score: float


class FaceModels:
    """The networks for faces, open. Use it in a `with` block: the landmark graph keeps threads until it is closed."""

    def __init__(self, settings: VisionSettings) -> None:
        with ExitStack() as stack:
            self.detector = stack.enter_context(FaceDetector(threads=settings.threads))
            self.landmarks = stack.enter_context(FaceLandmarks(least_score=settings.landmark_score))
            self.mesh = stack.enter_context(FaceMesh(settings.landmark_score, settings.threads))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free them; calling it again does nothing."""
        self._stack.close()


class FaceFinder:
    """Finds the faces of one recording; frames must come in the order of time."""

    def __init__(self, models: FaceModels, settings: VisionSettings) -> None:
        self._models = models
        self._settings = settings
        self._known: list[_Known] = []
        self._tiled_at: float | None = None

    def find(self, image: NDArray[np.uint8], time: float) -> tuple[FoundFace, ...]:
        """Faces in `image` (height, width, 3; RGB), from left to right."""
        self._known = [one for one in self._known if 0 <= time - one.seen <= self._settings.memory]
        faces, known, waiting = [], [], list(self._known)
        for candidate in self._search(image, time):
            before = self._match(candidate.area, waiting)
            face, placed = self._verify(image, time, candidate, before)
            if face is not None:
                faces.append(face)
                known.append(_Known(face.area, time, placed, face.height_px))
                waiting = [one for one in waiting if one is not before]
        self._known = known + waiting
        return tuple(sorted(faces, key=lambda face: (face.area.left, face.area.top)))

    def _search(self, image: NDArray[np.uint8], time: float) -> list[_Candidate]:
        height, width = image.shape[:2]
        frame = Area(0.0, 0.0, float(width), float(height))
        found = self._look(image, frame)
        side = int(self._settings.min_face_px * INPUT_PX / self._settings.least_input_px)
        parts = tiles(width, height, side)
        if self._tiled_at is None or not 0 <= time - self._tiled_at < self._settings.tiles_every:
            self._tiled_at = time
        else:
            parts = tuple(part for part in parts if self._misses(part, parts, found))
        for part in parts:
            found += self._look(image, part)
        return _distinct(found, self._settings.same_face_overlap)

    def _misses(self, part: Area, parts: Iterable[Area], found: list[_Candidate]) -> bool:
        """Whether somebody seen a moment ago, and best seen in this part, is not among `found` for certain."""
        sure = [one.area for one in found if one.score >= self._settings.known_score]
        missing = [one.area for one in self._known if not any(_same(one.area, area, self._settings) for area in sure)]
        return any(part == min(parts, key=area.distance) for area in missing)

    def _look(self, image: NDArray[np.uint8], part: Area) -> list[_Candidate]:
        left, top = int(part.left), int(part.top)
        height, width = image.shape[:2]
        view = image[top : top + int(part.height), left : left + int(part.width)]
        found = []
        for one in self._models.detector.detect(view, self._settings.candidate_score):
            area = Area(one.left + left, one.top + top, one.width, one.height)
            if area.height >= self._settings.least_face_px and not _cut(area, part, width, height):
                found.append(_Candidate(area, one.score))
        return found

    def _match(self, area: Area, waiting: list[_Known]) -> _Known | None:
        """The face seen a moment ago that this may be; each is spoken for once, the clearest candidate first."""
        near = [one for one in waiting if _same(one.area, area, self._settings)]
        return min(near, key=lambda one: area.distance(one.area)) if near else None

    def _verify(
        self, image: NDArray[np.uint8], time: float, candidate: _Candidate, before: _Known | None
    ) -> tuple[FoundFace | None, float | None]:
        settings = self._settings
        plain = FoundFace(candidate.area, candidate.area.height * settings.box_to_face, candidate.score)
        placed = before.placed if before else None
        fresh = placed is not None and 0 <= time - placed < settings.landmarks_every
        if before and fresh and candidate.score >= settings.known_score:
            return replace(plain, height_px=before.height_px), placed
        side = max(candidate.area.width, candidate.area.height) * settings.crop_scale
        placement = self._models.landmarks.place(crop(image, candidate.area.middle, side, settings.crop_px))
        height = placement.height * side / settings.crop_px if placement else 0.0
        if placement is not None and _fits(placement, height, candidate.area, settings):
            return replace(plain, height_px=height, mouth_open=placement.mouth_open), time
        needed = settings.known_score if placed is not None else settings.sure_score
        return (plain, placed) if candidate.score >= needed else (None, placed)


def crop(image: NDArray[np.uint8], middle: tuple[float, float], side: float, size: int) -> NDArray[np.uint8]:
    """Square of `side` pixels around `middle`, black outside the frame, scaled to `size` x `size`."""
    import cv2

    height, width = image.shape[:2]
    left, top = round(middle[0] - side / 2), round(middle[1] - side / 2)
    right, bottom = left + max(1, round(side)), top + max(1, round(side))
    inside = image[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    square = np.zeros((bottom - top, right - left, 3), dtype=np.uint8)
    y, x = max(0, -top), max(0, -left)
    square[y : y + inside.shape[0], x : x + inside.shape[1]] = inside
    shrinks = square.shape[0] > size
    return np.asarray(
        cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), dtype=np.uint8
    )


def _fits(placement: Placement, height: float, area: Area, settings: VisionSettings) -> bool:
    """Whether landmarks lie on the face the crop was made for, not on a neighbour's at its edge or a spot within."""
    middle = settings.crop_px / 2
    centred = all(abs(one - middle) < middle / 2 for one in placement.centre)
    return centred and 1 / settings.landmark_ratio < height / area.height < settings.landmark_ratio


def _same(first: Area, second: Area, settings: VisionSettings) -> bool:
    return first.distance(second) <= settings.reach and first.ratio(second) <= settings.size_change


def _cut(area: Area, part: Area, width: int, height: int) -> bool:
    """Whether the face crosses an edge of `part` behind which the frame goes on."""
    return (
        (area.left < part.left and part.left > 0)
        or (area.top < part.top and part.top > 0)
        or (area.right > part.right and part.right < width)
        or (area.bottom > part.bottom and part.bottom < height)
    )


def _distinct(found: list[_Candidate], most_shared: float) -> list[_Candidate]:
    kept: list[_Candidate] = []
    for one in sorted(found, key=lambda candidate: (-candidate.score, candidate.area.left)):
        if not any(one.area.shared(other.area) > most_shared for other in kept):
            kept.append(one)
    return kept
