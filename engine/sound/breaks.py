"""Whether the sound breaks off at a given moment, as it does where a recording was cut.

Spectrum and level right before and right after are compared. Speech changes quickly too, so a break has to stand out
from the changes of the seconds around it, and what it finds counts only together with a cut of the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

HOP_SECONDS = 0.01
BANDS = 20
LOWEST_HZ = 100.0


@dataclass(frozen=True, slots=True)
class BreakSettings:
    """Times in seconds. The largest change at most `reach` away from the place, against the largest of every stretch as
    long within `around`: a break is `ratio` times as large as their `percentile`.
    """

    reach: float = 0.08
    around: float = 2.5
    side: float = 0.04
    percentile: float = 90.0
    ratio: float = 1.0
    floor_db: float = -75.0


DEFAULT = BreakSettings()


def find_breaks(
    samples: NDArray[np.float32], rate: int, places: Sequence[float], settings: BreakSettings = DEFAULT
) -> tuple[float, ...]:
    """Those of the `places` (seconds) at which the sound `samples` (n,) breaks off."""
    return tuple(time for time in places if prominence(samples, rate, time, settings) >= settings.ratio)


def prominence(samples: NDArray[np.float32], rate: int, time: float, settings: BreakSettings = DEFAULT) -> float:
    """The largest change near `time` over that of most stretches around it; 0 without enough sound to tell."""
    first = max(0, round((time - settings.around) * rate))
    piece = samples[first : max(0, round((time + settings.around) * rate))]
    levels = _bands(piece, rate, settings)
    side = round(settings.side / HOP_SECONDS)
    if len(levels) < 8 * side:
        return 0.0
    sums = np.cumsum(np.vstack([np.zeros((1, levels.shape[1])), levels]), axis=0)
    means = (sums[side:] - sums[:-side]) / side
    change = np.abs(means[side:] - means[:-side]).mean(axis=1)  # change[i]: at hop i + side
    middle = (time - first / rate) / HOP_SECONDS - side
    reach = round(settings.reach / HOP_SECONDS)
    begin, end = round(middle) - reach, round(middle) + reach + 1
    if begin < 0 or end > len(change) or len(change) < 4 * (end - begin):
        return 0.0
    largest = np.lib.stride_tricks.sliding_window_view(change, end - begin).max(axis=1)
    apart = np.abs(np.arange(len(largest)) - begin) >= end - begin + side
    if not apart.any():
        return 0.0
    usual = float(np.percentile(largest[apart], settings.percentile))
    return float(change[begin:end].max() / max(usual, 1e-3))


def _bands(samples: NDArray[np.float32], rate: int, settings: BreakSettings) -> NDArray[np.float64]:
    """Level (dB) of BANDS bands every HOP_SECONDS: (hops, BANDS)."""
    hop = round(HOP_SECONDS * rate)
    count = len(samples) // hop
    if count == 0:
        return np.zeros((0, BANDS))
    window = np.hanning(hop + 2)[1:-1].astype(np.float32)
    spectrum = np.square(np.abs(np.fft.rfft(samples[: count * hop].reshape(count, hop) * window, axis=1)))
    edges = np.geomspace(LOWEST_HZ, rate / 2, BANDS + 1) * hop / rate
    bins = np.clip(np.round(edges).astype(int), 1, spectrum.shape[1] - 1)
    bands = np.stack([spectrum[:, a : max(b, a + 1)].mean(axis=1) for a, b in pairwise(bins.tolist())], axis=1)
    scale = float(np.square(window).sum())
    return np.asarray(np.maximum(10 * np.log10(bands / scale + 1e-12), settings.floor_db), np.float64)
