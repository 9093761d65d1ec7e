"""Where a frame looks like text: cells full of narrow strokes on an even ground. Cheap enough for every frame.

Hair, fences and patterned cloth have strokes too; this only says where reading may be worth its cost.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.vision.paper_settings import PaperLimits

GROUND_STEP = 2
"""The ground is even or not at this step as well."""

INK_LEVELS = 15
"""Steps in which the cover of a cell is kept: a hexadecimal digit."""


@dataclass(frozen=True, slots=True)
class TextMap:
    """The cells of one frame, `columns` x `rows`, that look like text: bit row * columns + column of `cells`, which is
    written in hexadecimal. `ink` is how much of each of them strokes cover, a hexadecimal digit for every cell in the
    order of the bits (f: all that text can cover). `edge` is how sharply the strokes stand out (luma).
    """

    columns: int
    rows: int
    cells: str
    ink: str
    edge: float

    @property
    def bits(self) -> int:
        """The cells as one number."""
        return int(self.cells, 16)

    @property
    def covers(self) -> dict[int, int]:
        """How much strokes cover, 0..15, by the number of the cell."""
        bits = self.bits
        places = (place for place in range(bits.bit_length()) if bits >> place & 1)
        return {place: int(digit, 16) for place, digit in zip(places, self.ink, strict=True)}


def text_map(image: NDArray[np.uint8], limits: PaperLimits) -> TextMap:
    """The text-like cells of an RGB `image` (height, width, 3) of any size.

    Strokes are what closing or opening the picture removes: darker or brighter than everything `stroke_px` around.
    What is left is the ground, which under print is even, and under hair and cloth is not. The picture is searched
    again at half the size, where large and blurred print has narrow strokes too.
    """
    import cv2

    shorter = min(image.shape[:2])
    shrink = max(1.0, shorter / limits.lines)
    size = (max(1, round(image.shape[1] / shrink)), max(1, round(image.shape[0] / shrink)))
    if min(size) < limits.cell_px:
        return TextMap(1, 1, "0", "", 0.0)
    small = image if shrink == 1.0 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    columns, rows = max(1, size[0] // limits.cell_px), max(1, size[1] // limits.cell_px)
    grey = np.ascontiguousarray(grey[: rows * limits.cell_px, : columns * limits.cell_px])  # whole cells are cheap
    half = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    looks = [look for one in (grey, half) for look in _both_ways(one, (columns, rows), limits)]
    found = _grouped(np.asarray(np.any([one.found for one in looks], axis=0)))
    share, height = looks[-1].share, looks[-1].height
    for one in reversed(looks[:-1]):
        share, height = np.where(one.found, one.share, share), np.where(one.found, one.height, height)
    cover = share[found]
    levels = np.minimum(np.round(cover / limits.stroke_shares[1] * INK_LEVELS), INK_LEVELS)
    strength = height[found] / np.maximum(cover, 1e-6)
    bits = sum(1 << int(one) for one in np.flatnonzero(found))
    edge = round(float(strength.mean()), 1) if strength.size else 0.0
    return TextMap(columns, rows, f"{bits:x}", "".join(f"{int(one):x}" for one in levels), edge)


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    """For each cell: whether it holds many separate strokes on an even ground, what share of it they cover, and how far
    they stand out, in luma times that share.
    """

    found: NDArray[np.bool_]
    share: NDArray[np.float32]
    height: NDArray[np.float32]


def _both_ways(grey: NDArray[np.uint8], cells: tuple[int, int], limits: PaperLimits) -> tuple[_Written, _Written]:
    """Dark strokes on a bright ground, and bright ones on a dark ground."""
    import cv2

    kernel = np.ones((limits.stroke_px, limits.stroke_px), np.uint8)
    below = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, kernel), np.uint8)
    above = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_OPEN, kernel), np.uint8)
    return _written(grey, below, cells, limits), _written(grey, above, cells, limits)


def _written(
    grey: NDArray[np.uint8], ground: NDArray[np.uint8], cells: tuple[int, int], limits: PaperLimits
) -> _Written:
    import cv2

    def mean(values: Any) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(values, cells, interpolation=cv2.INTER_AREA), np.float32)

    coarse = ground[::GROUND_STEP, ::GROUND_STEP].astype(np.float32)
    middle = mean(coarse)
    spread = np.sqrt(np.maximum(mean(coarse * coarse) - middle * middle, 0.0))
    height = cv2.absdiff(grey, ground)
    _, marked = cv2.threshold(height, limits.stroke_contrast - 1, 255, cv2.THRESH_BINARY)
    turns = np.zeros_like(marked)
    cv2.absdiff(marked[:, 1:], marked[:, :-1], dst=turns[:, 1:])
    share = mean(marked) / 255
    low, high = limits.stroke_shares
    found = (share >= low) & (share <= high) & (spread <= limits.even_ground)
    found &= mean(turns) / 255 * (grey.shape[1] / cells[0]) >= limits.stroke_turns
    return _Written(np.asarray(found), np.asarray(share, np.float32), mean(cv2.bitwise_and(height, marked)))


def _grouped(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells with a neighbour to the left or right: text comes in lines."""
    beside = np.zeros_like(found)
    beside[:, 1:] |= found[:, :-1]
    beside[:, :-1] |= found[:, 1:]
    return np.asarray(found & beside)


def shared(first: int, second: int) -> float:
    """Cells that both have over those that either has, 0..1; 0 where neither has any.

    >>> shared(0b0110, 0b1100)
    0.3333333333333333
    """
    either = (first | second).bit_count()
    return (first & second).bit_count() / either if either else 0.0


def inside(first: int, second: int) -> float:
    """Cells that both have over those of the one that has fewer, 0..1."""
    fewer = min(first.bit_count(), second.bit_count())
    return (first & second).bit_count() / fewer if fewer else 0.0


def ink_apart(first: dict[int, int], second: dict[int, int]) -> float:
    """How differently the cells that both have are covered, 0..1; 0 where they have none in common.

    The same sheet held still stays below 0.1, another text on a sheet of the same shape lies above 0.2.
    """
    common = first.keys() & second.keys()
    most = sum(max(first[place], second[place]) for place in common)
    return sum(abs(first[place] - second[place]) for place in common) / most if most else 0.0


def groups(bits: int, columns: int, rows: int) -> tuple[int, ...]:
    """The cells of `bits` in groups that touch (also by corners, and over one cell between), the largest first."""
    import cv2

    grid = np.array([bits >> place & 1 for place in range(columns * rows)], np.uint8).reshape(rows, columns)
    bridged = cv2.dilate(grid, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(bridged, connectivity=8)
    found = []
    for label in range(1, count):
        places = np.flatnonzero((labels == label).ravel() & (grid.ravel() > 0))
        found.append(sum(1 << int(one) for one in places))
    return tuple(sorted(found, key=lambda one: (-one.bit_count(), one)))


def extent(bits: int, columns: int) -> tuple[int, int, int, int]:
    """First and last (exclusive) column and row of the cells: left, top, right, bottom. Raises ValueError for none."""
    places = [place for place in range(bits.bit_length()) if bits >> place & 1]
    across, down = [place % columns for place in places], [place // columns for place in places]
    return min(across), min(down), max(across) + 1, max(down) + 1
