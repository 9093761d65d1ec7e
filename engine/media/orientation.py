"""How a picture must be turned and mirrored to stand upright, from the display matrix of its container."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Orientation:
    """Applied in this order: transpose rows and columns, mirror left to right, mirror top to bottom."""

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height once applied."""
        return (height, width) if self.transpose else (width, height)

    def apply(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The image (height, width, 3), upright and contiguous."""
        if self.transpose:
            image = image.transpose(1, 0, 2)
        if self.mirror_x:
            image = image[:, ::-1]
        if self.mirror_y:
            image = image[::-1]
        return np.ascontiguousarray(image)


UPRIGHT = Orientation()


def orientation_of(frame: Any) -> Orientation:
    """Orientation of a decoded PyAV frame; odd angles go to the nearest quarter turn."""
    from av.sidedata.sidedata import Type

    data = frame.side_data.get(Type.DISPLAYMATRIX)
    if data is None:
        return UPRIGHT
    matrix = np.frombuffer(bytes(data), dtype=np.int32)
    return from_matrix(*(int(matrix[i]) for i in (0, 1, 3, 4)))


def from_matrix(a: int, b: int, c: int, d: int) -> Orientation:
    """Orientation of the matrix that takes the point (x, y) to (a x + c y, b x + d y), y pointing down."""
    if a == b == c == d == 0:
        return UPRIGHT
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(True, mirror_x=c < 0, mirror_y=b < 0)
    return Orientation(False, mirror_x=a < 0, mirror_y=d < 0)
