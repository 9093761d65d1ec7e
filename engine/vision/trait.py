"""What one frame tells of the picture as such: light, edges, and how far it differs from the frame before.

All of it is measured on the grey picture shrunk to `lines` on its shorter side, so that a figure means the same at
every resolution and costs the same few milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.geometry import Area
from engine.vision.settings import PictureLimits

THUMB = (64, 36)
"""Width and height to which two frames are shrunk to be compared."""

PATCH = 5
"""Side, in pixels of those, of the patch whose mean difference counts: the mouth of a judgeable face fills one."""

FINE, COARSE = 1.0, 2.5
"""Widths of the two Gaussians between which an edge's own width shows (Zhuo and Sim, Defocus map estimation, 2011)."""

BLOCK = 4
"""Side, in pixels of a thumbnail, of the blocks that are looked at for black."""

BLOCKS = (THUMB[0] // BLOCK, THUMB[1] // BLOCK)
"""Columns and rows of them."""

EDGE_SHARE = 98.0
SHARPEST = 25.0
WIDEST = 8.0


@dataclass(frozen=True, slots=True)
class Trait:
    """One frame. Luma 0..255: `low` and `high` are its 2nd and 98th percentile, `bright` the 90th, `mean`.

    `saturated` is the share of pixels at the upper end. `contrast` is the slope of the strongest edges (luma a pixel),
    `edge` their width (standard deviation in pixels of `lines`), None where there are none. `change` is the largest
    mean difference of a patch from the frame before, None for the first frame of a view. `face` is the median luma of
    the faces found, `face_saturated` the share of their pixels at the upper end; None without faces. `black` has a bit
    for every block of the picture that is black, row by row from the lowest bit on.
    """

    low: float
    high: float
    bright: float
    mean: float
    saturated: float
    contrast: float
    edge: float | None
    change: float | None = None
    face: float | None = None
    face_saturated: float | None = None
    black: int = 0


class Witness:
    """Looks at the frames of one view in the order of time; remembers the one before as a thumbnail."""

    def __init__(self, limits: PictureLimits) -> None:
        self._limits = limits
        self._before: NDArray[np.float32] | None = None
        self._changes: NDArray[np.float32] | None = None

    def see(self, image: NDArray[np.uint8], faces: Sequence[Area] = ()) -> Trait:
        """The traits of an RGB `image` of any size in which the `faces` were found."""
        import cv2

        grey, shrink = _grey(image, self._limits.lines)
        thumb = cv2.resize(grey, THUMB, interpolation=cv2.INTER_AREA).astype(np.float32)
        self._changes = None if self._before is None else _changes(thumb, self._before)
        change = None if self._changes is None else round(float(self._changes.max()), 3)
        self._before = thumb
        low, bright, high = np.percentile(grey[::2, ::2], [2, 90, 98])
        full = grey >= self._limits.saturated_luma
        contrast, edge = _edges(grey, self._limits)
        face, face_saturated = _faces(grey, full, faces, shrink)
        return Trait(
            low=float(low),
            high=float(high),
            bright=float(bright),
            mean=round(float(grey.mean()), 2),
            saturated=round(float(full.mean()), 4),
            contrast=round(contrast, 2),
            edge=edge,
            change=change,
            face=face,
            face_saturated=face_saturated,
            black=_black(thumb, self._limits.black_luma),
        )

    def stir(self, area: Area, width: int, height: int) -> float | None:
        """The largest change of a patch inside `area` of the frame just seen, `width` x `height` pixels, from the one
        before; None for the first of a view.
        """
        if self._changes is None:
            return None
        columns = _cells(area.left, area.right, width, THUMB[0])
        rows = _cells(area.top, area.bottom, height, THUMB[1])
        return round(float(self._changes[rows, columns].max()), 3)


def blocks_of(area: Area) -> int:
    """The bits of `Trait.black` that lie inside `area`, given in shares of the frame."""
    columns = _cells(area.left, area.right, 1.0, BLOCKS[0])
    rows = _cells(area.top, area.bottom, 1.0, BLOCKS[1])
    return sum(
        1 << (row * BLOCKS[0] + column)
        for row in range(rows.start, rows.stop)
        for column in range(columns.start, columns.stop)
    )


def _cells(begin: float, end: float, length: float, count: int) -> slice:
    """The cells, of `count` over `length`, between `begin` and `end`; at least one."""
    first = min(count - 1, max(0, int(begin / length * count)))
    return slice(first, max(first + 1, min(count, round(end / length * count))))


def _black(thumb: NDArray[np.float32], luma: float) -> int:
    brightest = thumb.reshape(BLOCKS[1], BLOCK, BLOCKS[0], BLOCK).max(axis=(1, 3)).ravel()
    return sum(1 << int(place) for place in np.flatnonzero(brightest < luma))


def _grey(image: NDArray[np.uint8], lines: int) -> tuple[NDArray[np.uint8], float]:
    """The grey picture with at most `lines` on its shorter side, and by how much it was shrunk."""
    import cv2

    shorter = min(image.shape[:2])
    shrink = max(1.0, shorter / lines)
    size = (max(1, round(image.shape[1] / shrink)), max(1, round(image.shape[0] / shrink)))
    small = image if shrink == 1.0 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8), shrink


def _changes(now: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean difference of the patch around each pixel of two thumbnails."""
    import cv2

    return np.asarray(cv2.blur(np.abs(now - before), (PATCH, PATCH)), np.float32)


def _edges(grey: NDArray[np.uint8], limits: PictureLimits) -> tuple[float, float | None]:
    """Slope of the strongest edges, and the width of the sharpest of them.

    An edge of width s has a slope in proportion to 1 / sqrt(s^2 + g^2) once blurred by g, so that two such slopes
    give s whatever the contrast. In pixels of a picture of `limits.lines`: of smaller pictures, scaled up to it.
    """
    import cv2

    values = grey.astype(np.float32)
    fine, coarse = (_slope(np.asarray(cv2.GaussianBlur(values, (0, 0), w), np.float32)) for w in (FINE, COARSE))
    inner = (slice(4, -4), slice(4, -4)) if min(grey.shape) > 16 else (slice(None), slice(None))
    fine, coarse = fine[inner], coarse[inner]
    contrast = float(np.percentile(fine[::2, ::2], EDGE_SHARE))
    if contrast < limits.least_contrast:
        return contrast, None
    strong = fine >= contrast
    ratio = np.square(fine[strong] / np.maximum(coarse[strong], 1e-3))
    width = np.where(
        ratio > 1.001,
        np.sqrt(np.maximum(COARSE**2 - ratio * FINE**2, 0.0) / np.maximum(ratio - 1.0, 1e-3)),
        WIDEST,
    )
    scale = limits.lines / min(min(grey.shape), limits.lines)
    return contrast, round(float(np.percentile(np.minimum(width, WIDEST), SHARPEST)) * scale, 3)


def _slope(values: NDArray[np.float32]) -> NDArray[np.float32]:
    import cv2

    across = cv2.Sobel(values, cv2.CV_32F, 1, 0, scale=0.125)
    down = cv2.Sobel(values, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _faces(
    grey: NDArray[np.uint8], full: NDArray[np.bool_], faces: Sequence[Area], shrink: float
) -> tuple[float | None, float | None]:
    """Median luma and saturated share over all faces, each cut to its middle, where skin is."""
    lumas, shares = [], []
    for area in faces:
        left, right = area.left + 0.2 * area.width, area.right - 0.2 * area.width
        top, bottom = area.top + 0.2 * area.height, area.bottom - 0.2 * area.height
        rows = slice(max(0, round(top / shrink)), max(0, round(bottom / shrink)))
        columns = slice(max(0, round(left / shrink)), max(0, round(right / shrink)))
        skin = grey[rows, columns]
        if skin.size:
            lumas.append(float(np.median(skin)))
            shares.append(float(full[rows, columns].mean()))
    if not lumas:
        return None, None
    return float(np.median(lumas)), round(float(np.median(shares)), 4)
