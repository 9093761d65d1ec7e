"""Points of one face and how far its mouth is open: MediaPipe's FaceLandmarker on a crop around the face.

The task looks for the face again with a detector of its own, so a crop where it places nothing speaks against a face.
"""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models import weights
from models.native_notes import hushed

ENTRY = "face-landmarker"
FILE = "face_landmarker.task"

FOREHEAD, CHIN, RIGHT_CHEEK, LEFT_CHEEK, NOSE = 10, 152, 234, 454, 1
INNER_LIPS = ((82, 87), (13, 14), (312, 317))
"""Points of the inner upper lip, each with the one of the lower lip below it."""
MOUTH_SHAPE = "jawOpen"
WARM_UP_PX = 64


@dataclass(frozen=True, slots=True)
class Placement:
    """A face in a crop: `points` (478, 2) as (x, y) in its pixels; `mouth_open` 0..1, the blendshape jawOpen."""

    points: NDArray[np.float32]
    mouth_open: float

    @property
    def height(self) -> float:
        """From the top of the forehead to the chin, in pixels of the crop."""
        return float(np.linalg.norm(self.points[CHIN] - self.points[FOREHEAD]))

    @property
    def width(self) -> float:
        """From cheek to cheek, in pixels of the crop."""
        return float(np.linalg.norm(self.points[LEFT_CHEEK] - self.points[RIGHT_CHEEK]))

    @property
    def lips_apart(self) -> float:
        """Mean gap between the inner lips, in heights of the face: 0 for a closed mouth, seldom above 0.2."""
        gaps = [np.linalg.norm(self.points[upper] - self.points[lower]) for upper, lower in INNER_LIPS]
        return float(np.mean(gaps)) / max(self.height, 1e-6)

    @property
    def turned(self) -> float:
        """How far the head is turned to a side, 0 (frontal) to about 1 (profile): the nose against both cheeks."""
        right = float(np.linalg.norm(self.points[NOSE] - self.points[RIGHT_CHEEK]))
        left = float(np.linalg.norm(self.points[NOSE] - self.points[LEFT_CHEEK]))
        return abs(right - left) / max(right + left, 1e-6)

    @property
    def centre(self) -> tuple[float, float]:
        """Half-way between the extreme points, in pixels of the crop."""
        x, y = (self.points.min(axis=0) + self.points.max(axis=0)) / 2
        return float(x), float(y)


class FaceLandmarks:
    """The loaded task for single pictures. One per thread of work; close it, or use it in a `with` block.

    Raises WeightsError when the weights are not there.
    """

    def __init__(self, least_score: float = 0.5, file: Path | None = None) -> None:
        path = file or weights.folder(ENTRY) / FILE
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=vision.RunningMode.IMAGE,
            num_faces=1,
            min_face_detection_confidence=least_score,
            min_face_presence_confidence=least_score,
            output_face_blendshapes=True,
        )
        with hushed():
            self._task: Any = vision.FaceLandmarker.create_from_options(options)
            self.place(
                np.zeros((WARM_UP_PX, WARM_UP_PX, 3), dtype=np.uint8)
            )  # the graph's threads open their models now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the graph and free it; calling it again does nothing."""
        if self._task is not None:
            task, self._task = self._task, None
            task.close()

    def place(self, crop: NDArray[np.uint8]) -> Placement | None:
        """Points of the clearest face in `crop` (height, width, 3; RGB); None where the task finds none."""
        import mediapipe

        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(crop))
        found = self._task.detect(image)
        if not found.face_landmarks:
            return None
        height, width = crop.shape[:2]
        points = np.array([(one.x * width, one.y * height) for one in found.face_landmarks[0]], dtype=np.float32)
        shapes = {one.category_name: float(one.score) for one in found.face_blendshapes[0]}
        return Placement(points, shapes[MOUTH_SHAPE])
