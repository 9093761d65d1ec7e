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
from engine.vision.paper_settings import PaperLimits

Image = NDArray[np.uint8]
Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]

GROUND_PX = 21
"""Strokes are narrower than this: what closing the picture with a square of this side leaves is the sheet itself."""

SAME_GROUND = 45
"""Ground within so much luma of the sheet's own belongs to it."""

JOIN_PX = 33
"""Strokes this near to each other belong to one piece of writing."""

ALIKE = 10.0
"""Mean difference, in luma, up to which a place looks as it did in another look."""


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
class View:
    """A part of a frame in grey, at the size at which looks are compared: `scale` of its pixels to one of the frame."""

    grey: Grey
    area: Area
    scale: float


def view(image: Image, area: Area, limits: PaperLimits) -> View:
    """The `area` of an RGB `image`, its longer side `ink_width` pixels."""
    import cv2

    left, top = int(area.left), int(area.top)
    part = image[top : top + int(area.height), left : left + int(area.width)]
    scale = limits.ink_width / max(part.shape[:2])
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.cvtColor(cv2.resize(part, size, interpolation=method), cv2.COLOR_RGB2GRAY)
    return View(np.asarray(grey, np.uint8), area, scale)


def new_strokes(before: View, after: View, limits: PaperLimits) -> tuple[Strokes, Grey] | None:
    """What was written between two looks, and the earlier look laid over the later one. None where nothing was, or the
    two do not hold together.
    """
    import cv2

    move = _move(before, after, limits)
    if move is None:
        return None
    height, width = after.grey.shape
    laid = np.asarray(cv2.warpAffine(before.grey, move, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    seen = cv2.warpAffine(np.full(before.grey.shape, 255, np.uint8), move, (width, height)) > 250
    sheet = _sheet(after.grey) & _sheet(laid) & np.asarray(seen)
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
    print_before = int(((first >= limits.ink_contrast) & sheet).sum())
    if gone > limits.ink_lost * print_before:
        return None
    if box.width * box.height > limits.ink_largest * max(1, int(sheet.sum())):
        return None
    scale = after.scale
    area = Area(
        after.area.left + box.left / scale, after.area.top + box.top / scale, box.width / scale, box.height / scale
    )
    return Strokes(area, count, gone), laid


def looks_like(place: View, other: Grey, box: Area) -> bool:
    """Whether `place` looks inside `box` (pixels of the frame) as the grey picture `other` of the same place does."""
    left, top = (box.left - place.area.left) * place.scale, (box.top - place.area.top) * place.scale
    rows = slice(max(0, int(top)), int(top + box.height * place.scale) + 1)
    columns = slice(max(0, int(left)), int(left + box.width * place.scale) + 1)
    first, second = place.grey[rows, columns].astype(np.float32), other[rows, columns].astype(np.float32)
    if first.size == 0 or first.shape != second.shape:
        return False
    return float(np.abs(_flat(first) - _flat(second)).mean()) <= ALIKE


def _flat(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(values - np.median(values), np.float32)


def _move(before: View, after: View, limits: PaperLimits) -> NDArray[np.float64] | None:
    """Affine map (2, 3) from the earlier look to the later one, by the print on the sheet alone: people behind it move.
    None where too few points agree.
    """
    import cv2

    finder = cv2.ORB.create(nfeatures=800, fastThreshold=8)
    masks = [_sheet(one.grey).astype(np.uint8) for one in (before, after)]
    (points, words), (others, others_words) = (
        finder.detectAndCompute(one.grey, mask) for one, mask in zip((before, after), masks, strict=True)
    )
    if words is None or others_words is None:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(words, others_words)
    if len(pairs) < limits.ink_matches:
        return None
    source = np.array([points[one.queryIdx].pt for one in pairs], np.float32)
    goal = np.array([others[one.trainIdx].pt for one in pairs], np.float32)
    move, agreeing = cv2.estimateAffine2D(source, goal, method=cv2.RANSAC, ransacReprojThreshold=3.0)
    if move is None or int(agreeing.sum()) < max(limits.ink_matches, limits.ink_agreeing * len(pairs)):
        return None
    return np.asarray(move, np.float64)


def _ground(grey: Grey) -> Grey:
    import cv2

    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((GROUND_PX, GROUND_PX), np.uint8)), np.uint8)


def _ink(grey: Grey) -> NDArray[np.int16]:
    """How much darker than the sheet around it each pixel is."""
    return np.asarray(_ground(grey).astype(np.int16) - grey, np.int16)


def _sheet(grey: Grey) -> Mask:
    """Where the sheet is: the largest even ground, without its rim."""
    import cv2

    ground = _ground(grey)
    own = float(np.percentile(ground, 75))
    near = (np.abs(ground.astype(np.float32) - own) <= SAME_GROUND).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=4)
    if count < 2:
        return np.zeros(grey.shape, bool)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    inside = (labels == largest).astype(np.uint8)
    return np.asarray(cv2.erode(inside, np.ones((9, 9), np.uint8)) > 0)


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
