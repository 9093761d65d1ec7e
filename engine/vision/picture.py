"""How well a frame could be seen: brightness and sharpness."""

from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from engine.evidence import PictureQuality
from engine.vision.settings import VisionSettings

BLOCKS = 8
SHARPEST_SHARE = 97
BRIGHT_SHARE = 90
LUMA_STEP = 3


@dataclass(frozen=True, slots=True)
class Light:
    """One frame: `luma` is its median (0..255), `bright` the 90th percentile; `sharpness` of its sharper parts."""

    luma: float
    bright: float
    sharpness: float

    def dark(self, settings: VisionSettings) -> bool:
        """Too dark to say that nobody is there."""
        return self.bright < settings.dark_luma

    def blurred(self, settings: VisionSettings) -> bool:
        """Too blurred, or without anything to be seen, to say that nobody is there."""
        return self.sharpness < settings.least_sharpness


def measure(image: NDArray[np.uint8], settings: VisionSettings) -> Light:
    """Brightness and sharpness of an RGB `image` of any size.

    The grey picture is shrunk by a whole factor that makes the smallest judgeable face about `sharpness_face_px` high,
    then cut into 8 x 8 blocks; sharpness is the 97th percentile over blocks of the variance of the Laplacian: a few
    blocks decide, so that plain walls around people do not lower it.
    """
    import cv2

    shrink = max(1, round(settings.min_face_px / settings.sharpness_face_px))
    width, height = max(1, image.shape[1] // shrink), max(1, image.shape[0] // shrink)
    whole = image[: height * shrink, : width * shrink]
    grey = cv2.cvtColor(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    edges = np.asarray(cv2.Laplacian(grey, cv2.CV_32F))
    rows, columns = min(BLOCKS, height), min(BLOCKS, width)
    blocks = [part for row in np.array_split(edges, rows) for part in np.array_split(row, columns, axis=1)]
    variances = [float(cv2.meanStdDev(block)[1][0, 0]) ** 2 for block in blocks]
    luma, bright = np.percentile(grey[::LUMA_STEP, ::LUMA_STEP], [50, BRIGHT_SHARE])
    return Light(float(luma), float(bright), float(np.percentile(variances, SHARPEST_SHARE)))


def summarize(lights: list[Light], settings: VisionSettings) -> PictureQuality | None:
    """Quality of the picture over all frames looked at; None when there were none."""
    if not lights:
        return None
    return PictureQuality(
        luma=median(one.luma for one in lights),
        sharpness=median(one.sharpness for one in lights),
        dark_share=sum(one.dark(settings) for one in lights) / len(lights),
        blurred_share=sum(one.blurred(settings) and not one.dark(settings) for one in lights) / len(lights),
    )
