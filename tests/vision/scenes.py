"""Heads pasted into 720p frames."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720


@dataclass(frozen=True)
class Still:
    """A frame as the media room gives it."""

    time: float
    image: Picture


@dataclass(frozen=True)
class Head:
    """Head and shoulders cut from a picture; the face's middle and height in pixels of the cut."""

    image: Picture
    middle: tuple[float, float]
    height: float


@dataclass(frozen=True)
class Place:
    """Where a head goes: the middle of its face and the face's height, in pixels of the frame."""

    head: Head
    x: float
    y: float
    height: float


def swaying(places: Sequence[Place], step: int) -> tuple[Place, ...]:
    """The same people a moment later, each moved by a few pixels."""
    return tuple(
        Place(one.head, one.x + 6 * np.sin(step + k), one.y + 4 * np.cos(1.7 * step + k), one.height)
        for k, one in enumerate(places)
    )


def near(x: float, y: float, place: Place) -> bool:
    """Whether a face found at (x, y) is the one at `place`."""
    return abs(x - place.x) < 0.5 * place.height and abs(y - place.y) < 0.5 * place.height


def paste(frame: Picture, place: Place) -> None:
    """Draw the head into `frame`."""
    import cv2

    head, scale = place.head, place.height / place.head.height
    size = max(1, round(head.image.shape[1] * scale)), max(1, round(head.image.shape[0] * scale))
    scaled = cv2.resize(head.image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = round(place.x - head.middle[0] * scale), round(place.y - head.middle[1] * scale)
    right, bottom = min(frame.shape[1], left + size[0]), min(frame.shape[0], top + size[1])
    x, y = max(0, left), max(0, top)
    frame[y:bottom, x:right] = scaled[y - top : bottom - top, x - left : right - left]
