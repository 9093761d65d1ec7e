"""Points of a face whose place is known: the landmark network of MediaPipe's FaceLandmarker alone, run by LiteRT.

Half the work of the whole task (models/face_landmarks.py), which looks for the face anew in every picture and names
its expression: right where one face is followed through a dozen pictures a second.
"""

import zipfile
from dataclasses import dataclass
from math import atan2, exp
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models import weights
from models.face_landmarks import ENTRY, FILE, Placement
from models.native_notes import hushed

MEMBER = "face_landmarks_detector.tflite"
SIDE = 256
POINTS = 478
AROUND = 1.5
"""Side of the square that is looked at, in longer sides of the face's box (the value of MediaPipe's own graph)."""

EYES = ((33, 133), (362, 263))
"""Corners of the right and the left eye."""


@dataclass(frozen=True, slots=True)
class Gaze:
    """The square that is looked at: middle (x, y) and side in pixels, turned by `angle` (radians, clockwise)."""

    x: float
    y: float
    side: float
    angle: float = 0.0


class FaceMesh:
    """The loaded network. One per thread of work. Raises WeightsError when the weights are not there."""

    def __init__(self, least_score: float = 0.5, threads: int = 1, file: Path | None = None) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with zipfile.ZipFile(file or weights.folder(ENTRY) / FILE) as bundle:
            network = bundle.read(MEMBER)
        with hushed():
            self._interpreter: Any = Interpreter(model_content=network, num_threads=threads)
            self._interpreter.allocate_tensors()
        self._input: int = self._interpreter.get_input_details()[0]["index"]
        outputs = self._interpreter.get_output_details()
        self._points: int = next(one["index"] for one in outputs if one["shape"][-1] == 3 * POINTS)
        self._flag: int = next(one["index"] for one in outputs if list(one["shape"]) == [1, 1, 1, 1])
        self._least_score = least_score

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the network; it cannot be used afterwards."""
        self._interpreter = None

    def place(self, image: NDArray[np.uint8], gaze: Gaze) -> Placement | None:
        """Points, in pixels of `image` (height, width, 3; RGB), of the face in the square `gaze`; None where there is
        none. `mouth_open` is not told by this network: not a number.
        """
        import cv2

        forth = _matrix(gaze)
        view = cv2.warpAffine(image, forth, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        self._interpreter.set_tensor(self._input, view[None].astype(np.float32) / 255.0)
        self._interpreter.invoke()
        flag = float(self._interpreter.get_tensor(self._flag).ravel()[0])
        if 1 / (1 + exp(-max(-50.0, min(50.0, flag)))) < self._least_score:
            return None
        found = self._interpreter.get_tensor(self._points).reshape(POINTS, 3)[:, :2].astype(np.float64)
        back = cv2.invertAffineTransform(forth)
        return Placement((found @ back[:, :2].T + back[:, 2]).astype(np.float32), float("nan"))


def gaze_at(middle: tuple[float, float], width: float, height: float) -> Gaze:
    """Where to look for a face whose box has this middle and size."""
    return Gaze(middle[0], middle[1], AROUND * max(width, height))


def follow(points: NDArray[np.float32]) -> Gaze:
    """Where to look in the next picture for the face with these points."""
    low, high = points.min(axis=0), points.max(axis=0)
    right, left = (points[list(eye)].mean(axis=0) for eye in EYES)
    angle = atan2(float(left[1] - right[1]), float(left[0] - right[0]))
    middle = (low + high) / 2
    return Gaze(float(middle[0]), float(middle[1]), AROUND * float((high - low).max()), angle)


def _matrix(gaze: Gaze) -> NDArray[np.float64]:
    """From pixels of the image to those of the network's input."""
    scale = SIDE / max(1.0, gaze.side)
    cos, sin = np.cos(gaze.angle) * scale, np.sin(gaze.angle) * scale
    return np.array(
        [
            [cos, sin, SIDE / 2 - cos * gaze.x - sin * gaze.y],
            [-sin, cos, SIDE / 2 + sin * gaze.x - cos * gaze.y],
        ]
    )
