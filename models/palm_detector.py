"""Hands in a picture: MediaPipe's palm detector (full), run by LiteRT on the CPU.

The network looks at 192 x 192 pixels and answers for 2016 anchors of the input's size: two on each of 24 x 24 cells and
six on each of 12 x 12. It finds palms from some 20 pixels of its input on; a writing hand in a wide picture is looked
for in the part of it where the paper lies.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import weights
from models.single_shot import OVERLAP_JOINED, Boxes, SingleShot, grid, overlap

ENTRY = "palm-detector"
FILE = "palm_detection_full.tflite"

INPUT_PX = 192
LAYERS = ((24, 2), (12, 6))
"""Cells a side, and anchors on each."""

KEY_POINTS = 7


@dataclass(frozen=True, slots=True)
class Palm:
    """One palm in an image, in pixels of that image; `score` 0..1."""

    left: float
    top: float
    width: float
    height: float
    score: float


class PalmDetector(SingleShot):
    """The loaded network. Raises WeightsError when the weights are not there."""

    def __init__(self, threads: int = 1, file: Path | None = None) -> None:
        super().__init__(file or weights.folder(ENTRY) / FILE, KEY_POINTS, threads)
        self._anchors = anchors()

    def detect(self, image: NDArray[np.uint8], least_score: float) -> tuple[Palm, ...]:
        """Palms in `image` (height, width, 3; RGB) that score `least_score` or more, best first."""
        import cv2

        height, width = image.shape[:2]
        scale = max(height, width) / INPUT_PX
        inner = max(1, round(width / scale)), max(1, round(height / scale))
        left, top = (INPUT_PX - inner[0]) // 2, (INPUT_PX - inner[1]) // 2
        square = np.zeros((1, INPUT_PX, INPUT_PX, 3), np.float32)
        shrunk = cv2.resize(image, inner, interpolation=cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR)
        square[0, top : top + inner[1], left : left + inner[0]] = np.asarray(shrunk, np.float32) / 255.0
        kept, boxes, scores = self.answers(square, least_score)
        middle, size = boxes[:, :2] / INPUT_PX + self._anchors[kept], boxes[:, 2:4] / INPUT_PX
        corners = np.concatenate([middle - size / 2, middle + size / 2], axis=1) * INPUT_PX
        found = _distinct((corners - (left, top, left, top)) * scale, scores)
        return tuple(Palm(float(x), float(y), float(r - x), float(b - y), score) for (x, y, r, b), score in found)


def anchors() -> Boxes:
    """Centres of all anchors as (x, y) shares of the input, (2016, 2)."""
    return np.concatenate([np.repeat(grid(side), count, axis=0) for side, count in LAYERS])


def _distinct(boxes: Boxes, scores: Boxes) -> list[tuple[Boxes, float]]:
    """Each palm once, its best box, best first."""
    kept: list[int] = []
    for one in np.argsort(-scores, kind="stable"):
        if all(overlap(boxes[one], boxes[other]) <= OVERLAP_JOINED for other in kept):
            kept.append(int(one))
    return [(boxes[one], float(scores[one])) for one in kept]
