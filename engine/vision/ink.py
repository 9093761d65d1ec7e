"""Writing by hand: strokes that are on a sheet now and were not before.

Two looks at one sheet are laid over each other by their print. What is dark in the later look, on ground that was bare
in the earlier one, is new; a sheet laid badly over itself shows as much vanished as new print, and says nothing. When
the strokes came is told by further looks at the place: it still looks as before, or already as after.

What cannot be seen this way: a sheet that is not in the picture before and after, or too far away for its print to hold
the two looks together, and strokes too thin for the picture. Then nothing is said of signing at all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.geometry import Area
from engine.vision.laying import Grey, Mask, Points, View, cells, ground_of, laid_over, sheet_of
from engine.vision.paper_settings import PaperLimits

JOIN_PX = 33
"""Strokes this near to each other belong to one piece of writing."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """New writing between two looks: where it stands in the later one, in pixels of the frame; how many pixels of
    strokes are new, and how many vanished, at the size at which they were compared.
    """

    area: Area
    new: int
    vanished: int

    @property
    def score(self) -> float:
        """How much of the difference is new writing, 0..1."""
        return self.new / max(1, self.new + self.vanished)


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """What was written between two looks at one sheet: its largest piece, and pixel by pixel (h, w), at the size of the
    later look `after`, which strokes are `fresh` and which were `printed` there before. `laid` is the earlier look laid
    over the later one; the sheet is `grown` times as large in the later one.
    """

    strokes: Strokes
    laid: Grey
    fresh: Mask
    printed: Mask
    after: View
    grown: float

    def wrote(self, corners: Points) -> bool:
        """Whether what stands between `corners` (n, 2; pixels of `after`) was written, and not there before."""
        import cv2

        inside = np.zeros(self.fresh.shape, np.uint8)
        cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 1)
        return int(self.fresh[inside > 0].sum()) > int(self.printed[inside > 0].sum())


def new_strokes(before: View, after: View, limits: PaperLimits) -> Writing | None:
    """What was written between two looks. None where nothing was, or the two do not hold together."""
    import cv2

    move = laid_over(before, after, limits)
    if move is None:
        return None
    height, width = after.grey.shape
    laid = np.asarray(cv2.warpAffine(before.grey, move, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    seen = cv2.warpAffine(np.full(before.grey.shape, 255, np.uint8), move, (width, height)) > 250
    sheet = sheet_of(after.grey) & sheet_of(laid) & np.asarray(seen)
    first, second = _ink(laid), _ink(after.grey)
    if not _as_sharp(first, second, sheet, limits):
        return None
    new = _beyond(second, first, sheet, limits)
    vanished = _beyond(first, second, sheet, limits)
    found = _largest(new)
    if found is None:
        return None
    box, count = found
    gone = int(vanished.sum())
    if count < limits.ink_least or count < limits.ink_lead * gone:
        return None
    printed = np.asarray((first >= limits.ink_contrast) & sheet)
    if gone > limits.ink_lost * int(printed.sum()):
        return None
    if box.width * box.height > limits.ink_largest * max(1, int(sheet.sum())):
        return None
    grown = float(np.sqrt(abs(np.linalg.det(move[:, :2])))) * before.scale / after.scale
    return Writing(Strokes(after.in_frame(box), count, gone), laid, new, printed, after, grown)


def unlike(place: View, other: Grey, box: Area) -> float:
    """Mean difference, in luma, of `place` inside `box` (pixels of the frame) from the grey picture `other` of the same
    place; infinite where they cannot be compared.
    """
    rows, columns = cells(place, box)
    first, second = place.grey[rows, columns].astype(np.float32), other[rows, columns].astype(np.float32)
    if first.size == 0 or first.shape != second.shape:
        return float("inf")
    return float(np.abs(_flat(first) - _flat(second)).mean())


def _flat(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(values - np.median(values), np.float32)


def _ink(grey: Grey) -> NDArray[np.int16]:
    """How much darker than the sheet around it each pixel is."""
    return np.asarray(ground_of(grey).astype(np.int16) - grey, np.int16)


def _as_sharp(first: NDArray[np.int16], second: NDArray[np.int16], sheet: Mask, limits: PaperLimits) -> bool:
    """Whether print stands out in the earlier look nearly as much as in the later one: strokes that were only blurred,
    by motion or a coarse picture, are not new.
    """
    print_there = (second >= limits.ink_contrast) & (first >= limits.ink_contrast // 3) & sheet
    if not print_there.any():
        return False
    before, after = float(np.median(first[print_there])), float(np.median(second[print_there]))
    return before >= limits.ink_sharpness * after


def _beyond(ink: NDArray[np.int16], other: NDArray[np.int16], sheet: Mask, limits: PaperLimits) -> Mask:
    """Strokes of `ink` with none of `other` near them."""
    import cv2

    side = 2 * limits.ink_slack + 1
    taken = cv2.dilate((other >= limits.ink_contrast // 3).astype(np.uint8), np.ones((side, side), np.uint8))
    return np.asarray((ink >= limits.ink_contrast) & (taken == 0) & sheet)


def _largest(new: Mask) -> tuple[Area, int] | None:
    """The piece of writing with the most pixels: its box and their number."""
    import cv2

    joined = cv2.dilate(new.astype(np.uint8), np.ones((JOIN_PX, JOIN_PX), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    sizes = np.bincount(labels[new], minlength=count)
    if count < 2 or not sizes[1:].any():
        return None
    best = 1 + int(np.argmax(sizes[1:]))
    rows, columns = np.nonzero(new & (labels == best))
    left, top = int(columns.min()), int(rows.min())
    box = Area(float(left), float(top), float(columns.max() - left + 1), float(rows.max() - top + 1))
    return box, int(sizes[best])
