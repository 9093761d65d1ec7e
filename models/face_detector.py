"""Faces at a distance: MediaPipe's full-range detector (sparse variant), run by LiteRT on the CPU.

The network looks at 192 x 192 pixels and answers on a grid of 48 x 48 cells, one anchor of the input's size per cell:
a box, six key points and a score. It finds faces down to some 10 to 18 pixels of its input, so a small face in a large
frame is looked for in parts of that frame (engine/vision/finder.py).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import weights
from models.single_shot import OVERLAP_JOINED, SingleShot, grid, overlap

ENTRY = "face-detector-full"
FILE = "face_detection_full_range_sparse.tflite"

INPUT_PX = 192
GRID = 48
KEY_POINTS = 6


@dataclass(frozen=True, slots=True)
class Detection:
    """One face in an image, in pixels of that image; the box runs from forehead to chin and may leave the image.

    `points` (x, y) are right eye, left eye, nose tip, mouth, right ear, left ear of the person; `score` 0..1.
    """

    left: float
    top: float
    width: float
    height: float
    score: float
    points: tuple[tuple[float, float], ...]


class FaceDetector(SingleShot):
    """The loaded network. Raises WeightsError when the weights are not there."""

    def __init__(self, threads: int = 1, file: Path | None = None) -> None:
        super().__init__(file or weights.folder(ENTRY) / FILE, KEY_POINTS, threads)
        self._anchors = grid(GRID)

    def detect(self, image: NDArray[np.uint8], least_score: float) -> tuple[Detection, ...]:
        """Faces in `image` (height, width, 3; RGB) that score `least_score` or more, best first."""
        square, scale, shift = letterbox(image)
        kept, boxes, scores = self.answers(square, least_score)
        values = decode(boxes, self._anchors[kept])
        return tuple(_detection(one, scale, shift) for one in join(values, scores))


def letterbox(image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float, tuple[float, float]]:
    """`image` as the network wants it: whole, centred on black, values -1..1, shape (1, INPUT_PX, INPUT_PX, 3).

    Also returns pixels of the image per pixel of the input, and the padding (left, top) in pixels of the input.
    """
    height, width = image.shape[:2]
    scale = max(height, width) / INPUT_PX
    inner = max(1, round(width / scale)), max(1, round(height / scale))
    shrunk = _resized(image, inner)
    left, top = (INPUT_PX - inner[0]) // 2, (INPUT_PX - inner[1]) // 2
    square = np.full((1, INPUT_PX, INPUT_PX, 3), -1.0, dtype=np.float32)
    square[0, top : top + inner[1], left : left + inner[0]] = shrunk.astype(np.float32) / 127.5 - 1.0
    return square, scale, (float(left), float(top))


def _resized(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """`image` at `size` (width, height). Halved as often as possible first: a tenth of the cost of one odd step."""
    import cv2

    while image.shape[0] >= 2 * size[1] and image.shape[1] >= 2 * size[0]:
        half = image.shape[1] // 2, image.shape[0] // 2
        even = image[: 2 * half[1], : 2 * half[0]]
        image = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    shrinks = image.shape[1] > size[0]
    return np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), dtype=np.uint8
    )


def decode(raw: NDArray[np.float32], cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of the network's answer, (n, 16), as shares of the input: left, top, right, bottom, then the key points."""
    values = raw / INPUT_PX
    points = values.reshape(len(values), 2 + KEY_POINTS, 2).copy()
    points[:, 0] += cells
    points[:, 2:] += cells[:, None]
    middle, size = points[:, 0], points[:, 1]
    corners = np.concatenate([middle - size / 2, middle + size / 2], axis=1)
    return np.concatenate([corners, points[:, 2:].reshape(len(values), 2 * KEY_POINTS)], axis=1)


def join(values: NDArray[np.float32], scores: NDArray[np.float32]) -> list[tuple[float, NDArray[np.float32]]]:
    """Weighted non-maximum suppression: each face once, at the mean of its boxes weighted by score, best first."""
    left = list(np.argsort(-scores, kind="stable"))
    faces = []
    while left:
        best = left[0]
        same = [one for one in left if one == best or overlap(values[best, :4], values[one, :4]) > OVERLAP_JOINED]
        faces.append((float(scores[best]), np.average(values[same], axis=0, weights=scores[same]).astype(np.float32)))
        left = [one for one in left if one not in same]
    return faces


def _detection(face: tuple[float, NDArray[np.float32]], scale: float, shift: tuple[float, float]) -> Detection:
    score, values = face
    pixels = (values.reshape(-1, 2) * INPUT_PX - np.array(shift)) * scale
    (left, top), (right, bottom) = pixels[0].tolist(), pixels[1].tolist()
    points = tuple((float(x), float(y)) for x, y in pixels[2:])
    return Detection(left, top, right - left, bottom - top, score, points)
