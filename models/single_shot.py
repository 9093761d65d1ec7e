"""What MediaPipe's single-shot detectors have in common: one network, run by LiteRT on the CPU, that answers with a
box, key points and a score for every anchor of its input.
"""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models.native_notes import hushed

LARGEST_LOGIT = 80.0  # its exponential still fits a 32-bit float
OVERLAP_JOINED = 0.3
"""Boxes of a greater intersection over union are the same thing (the value of MediaPipe's own graphs)."""

Boxes = NDArray[np.float32]


class SingleShot:
    """The loaded network of `path`, whose answers hold a box and `key_points` points each. One per thread of work: a
    call must end before the next begins.
    """

    def __init__(self, path: Path, key_points: int, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with hushed():
            self._interpreter: Any = Interpreter(model_path=str(path), num_threads=threads)
            self._interpreter.allocate_tensors()
        self._input: int = self._interpreter.get_input_details()[0]["index"]
        outputs = self._interpreter.get_output_details()
        self._boxes: int = next(one["index"] for one in outputs if one["shape"][-1] == 4 + 2 * key_points)
        self._logits: int = next(one["index"] for one in outputs if one["shape"][-1] == 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the network; the detector cannot be used afterwards."""
        self._interpreter = None

    def answers(self, square: NDArray[np.float32], least_score: float) -> tuple[NDArray[np.intp], Boxes, Boxes]:
        """Anchors at which the network finds something in its input `square` with `least_score` or more: their
        numbers (n,), raw boxes and points (n, 4 + 2 * key points) in pixels of the input, and scores (n,), 0..1.
        """
        self._interpreter.set_tensor(self._input, square)
        self._interpreter.invoke()
        boxes = self._interpreter.get_tensor(self._boxes)[0]
        logits = self._interpreter.get_tensor(self._logits)[0, :, 0]
        scores = 1.0 / (1.0 + np.exp(-np.clip(logits, -LARGEST_LOGIT, LARGEST_LOGIT)))
        kept = np.flatnonzero(scores >= least_score)
        return kept, boxes[kept], scores[kept]


def grid(side: int) -> Boxes:
    """Centres of `side` x `side` cells as (x, y) shares of the input, row by row: (side * side, 2)."""
    middles = (np.arange(side, dtype=np.float32) + 0.5) / side
    columns, rows = np.meshgrid(middles, middles)
    return np.stack([columns.ravel(), rows.ravel()], axis=1)


def overlap(first: Boxes, second: Boxes) -> float:
    """Intersection over union of two boxes (left, top, right, bottom)."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    areas = (first[2] - first[0]) * (first[3] - first[1]) + (second[2] - second[0]) * (second[3] - second[1])
    return float(shared / (areas - shared))
