"""Two looks at one sheet laid over each other by what stands on it: where a point of one lies in the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.geometry import Area
from engine.vision.paper_settings import PaperLimits

Image = NDArray[np.uint8]
Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Move = NDArray[np.float64]
Points = NDArray[np.float64]

GROUND_PX = 21
"""Strokes are narrower than this: what closing the picture with a square of this side leaves is the sheet itself."""

SAME_GROUND = 45
"""Ground within so much luma of the sheet's own belongs to it."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A part of a frame in grey, at the size at which looks are compared: `scale` of its pixels to one of the frame."""

    grey: Grey
    area: Area
    scale: float

    def in_frame(self, box: Area) -> Area:
        """`box`, in pixels of this view, in those of the frame."""
        left, top = self.area.left + box.left / self.scale, self.area.top + box.top / self.scale
        return Area(left, top, box.width / self.scale, box.height / self.scale)

    def inside(self, box: Area) -> Area:
        """`box`, in pixels of the frame, in those of this view."""
        left, top = (box.left - self.area.left) * self.scale, (box.top - self.area.top) * self.scale
        return Area(left, top, box.width * self.scale, box.height * self.scale)


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


def cells(place: View, box: Area) -> tuple[slice, slice]:
    """The rows and columns of a view that `box` (pixels of the frame) covers."""
    own = place.inside(box)
    rows = slice(max(0, int(own.top)), max(0, int(own.bottom) + 1))
    return rows, slice(max(0, int(own.left)), max(0, int(own.right) + 1))


def laid_over(before: View, after: View, limits: PaperLimits) -> Move | None:
    """Affine map (2, 3) from one look to the other, by what stands on the sheet alone: people behind it move. None
    where too few points agree.
    """
    import cv2

    finder = cv2.ORB.create(nfeatures=800, fastThreshold=8)
    masks = [sheet_of(one.grey).astype(np.uint8) for one in (before, after)]
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


def carried(box: Area, move: Move) -> Area:
    """Where `box` lies after the map `move`: the upright box around it."""
    corners = np.array([[x, y, 1.0] for x in (box.left, box.right) for y in (box.top, box.bottom)])
    moved = corners @ move.T
    (left, top), (right, bottom) = moved.min(axis=0), moved.max(axis=0)
    return Area(float(left), float(top), float(right - left), float(bottom - top))


def ground_of(grey: Grey) -> Grey:
    """The sheet without its strokes."""
    import cv2

    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((GROUND_PX, GROUND_PX), np.uint8)), np.uint8)


def sheet_of(grey: Grey) -> Mask:
    """Where the sheet is: the largest even ground, without its rim."""
    import cv2

    ground = ground_of(grey)
    own = float(np.percentile(ground, 75))
    near = (np.abs(ground.astype(np.float32) - own) <= SAME_GROUND).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=4)
    if count < 2:
        return np.zeros(grey.shape, bool)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    inside = (labels == largest).astype(np.uint8)
    return np.asarray(cv2.erode(inside, np.ones((9, 9), np.uint8)) > 0)
