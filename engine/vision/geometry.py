"""Areas in pixels of a frame."""

from dataclasses import dataclass
from math import hypot


@dataclass(frozen=True, slots=True)
class Area:
    """Rectangle in pixels of a frame; may reach outside it."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Centre as (x, y)."""
        return self.left + self.width / 2, self.top + self.height / 2

    def joined(self, other: "Area") -> "Area":
        """The smallest area that holds both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Area(left, top, right - left, bottom - top)

    def shared(self, other: "Area") -> float:
        """Common part over the smaller of both areas, 0..1; a face cut by a tile's edge lies within the whole one."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        smaller = min(self.width * self.height, other.width * other.height)
        return width * height / smaller if width > 0 and height > 0 and smaller > 0 else 0.0

    def distance(self, other: "Area") -> float:
        """Between the centres, in heights of the larger."""
        (x, y), (u, v) = self.middle, other.middle
        return hypot(x - u, y - v) / max(self.height, other.height, 1e-6)

    def ratio(self, other: "Area") -> float:
        """Of the heights, the larger over the smaller."""
        return max(self.height, other.height) / max(min(self.height, other.height), 1e-6)


def tiles(width: int, height: int, side: int) -> tuple[Area, ...]:
    """Squares of at most `side` pixels that cover the frame, each a fifth over the next; () when one view does.

    >>> [(int(one.left), int(one.width)) for one in tiles(1280, 720, 746)]
    [(0, 720), (560, 720)]
    >>> tiles(640, 480, 746)
    ()
    """
    if max(width, height) <= side:
        return ()
    side = min(side, width, height)
    return tuple(
        Area(float(left), float(top), float(side), float(side))
        for top in _starts(height, side)
        for left in _starts(width, side)
    )


def _starts(length: int, side: int) -> list[int]:
    free = length - side
    steps = -(-free * 5 // (side * 4))
    return [round(free * step / steps) for step in range(steps + 1)] if steps else [0]
