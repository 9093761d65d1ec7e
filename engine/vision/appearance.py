"""How somebody looks from afar: colours of head and chest. Enough to tell neighbours apart, no biometric template."""

import numpy as np
from numpy.typing import NDArray

from engine.vision.geometry import Area

Look = tuple[float, ...]

HUES, GREYS = 12, 6
LEAST_COLOUR = 45
PATCH_PX = 32


def appearance(image: NDArray[np.uint8], face: Area) -> Look:
    """Shares of 12 hues and 6 greys in the head, then in the chest, of the person with this `face` in an RGB `image`.

    36 numbers that sum to 1 for each of the two parts; zeros for a part outside the frame.
    """
    head = Area(face.left - 0.2 * face.width, face.top - 0.4 * face.height, 1.4 * face.width, 1.4 * face.height)
    chest = Area(face.left - 0.4 * face.width, face.bottom + 0.3 * face.height, 1.8 * face.width, 1.0 * face.height)
    return (*_shares(image, head), *_shares(image, chest))


def likeness(first: Look, second: Look) -> float:
    """Similarity of two looks, 0..1 (Bhattacharyya coefficient), over the parts both show; 0.5 where there is none."""
    pairs = []
    for start in range(0, len(first), HUES + GREYS):
        one, other = np.array(first[start : start + HUES + GREYS]), np.array(second[start : start + HUES + GREYS])
        if one.any() and other.any():
            pairs.append(float(np.sqrt(one * other).sum()))
    return float(np.mean(pairs)) if pairs else 0.5


def mean(looks: list[Look]) -> Look:
    """Average look; each part over the looks that show it."""
    table = np.array(looks).reshape(len(looks), -1, HUES + GREYS)
    shown = table.any(axis=2, keepdims=True).sum(axis=0)
    return tuple(float(one) for one in (table.sum(axis=0) / np.maximum(shown, 1)).ravel())


def _shares(image: NDArray[np.uint8], area: Area) -> tuple[float, ...]:
    import cv2

    height, width = image.shape[:2]
    left, right = max(0, round(area.left)), min(width, round(area.right))
    top, bottom = max(0, round(area.top)), min(height, round(area.bottom))
    if right - left < 2 or bottom - top < 2:
        return (0.0,) * (HUES + GREYS)
    patch = cv2.resize(image[top:bottom, left:right], (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_AREA)
    hue, colour, value = (one.ravel().astype(int) for one in cv2.split(cv2.cvtColor(patch, cv2.COLOR_RGB2HSV)))
    bins = np.where(colour * value >= LEAST_COLOUR * 128, hue * HUES // 180, HUES + value * GREYS // 256)
    return tuple(float(one) for one in np.bincount(bins, minlength=HUES + GREYS) / bins.size)
