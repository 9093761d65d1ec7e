"""How loud speech is, by ITU-T P.56 (method B): the power of its active parts, whatever pauses it has.

A pause within words, up to 0.2 s, belongs to the speech; a longer one does not.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

SMOOTHING_S = 0.03
HANGOVER_S = 0.2
MARGIN_DB = 15.9
"""The speech is active where its envelope lies less than this below its active level."""
THRESHOLDS = 2.0 ** np.arange(-15, 1)


def active_level_db(samples: NDArray[np.float32], rate: int) -> float:
    """Active speech level of mono `samples` (n,) at `rate` Hz, in dB of full scale; -inf for silence."""
    power = float(np.square(samples, dtype=np.float64).sum())
    envelope = _envelope(samples, rate)
    before: tuple[float, float] | None = None
    level = -np.inf
    for threshold in THRESHOLDS:
        active = _active(envelope >= threshold, round(HANGOVER_S * rate))
        if not active or not power:
            break
        level = 10 * float(np.log10(power / active))
        over = level - 20 * float(np.log10(threshold))
        if over <= MARGIN_DB:
            return level if before is None else _between(before, (level, over))
        before = level, over
    return level


def _envelope(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    from scipy.signal import lfilter

    keep = np.exp(-1 / (rate * SMOOTHING_S))
    smooth = np.abs(samples.astype(np.float64))
    for _ in range(2):
        smooth = lfilter([1 - keep], [1, -keep], smooth)
    return cast(NDArray[np.float64], smooth)


def _active(above: NDArray[np.bool_], hangover: int) -> int:
    """Samples within `hangover` behind one that is `above`, itself included."""
    places = np.flatnonzero(above)
    if not len(places):
        return 0
    ends = np.minimum(np.append(places[1:], len(above)), places + hangover + 1)
    return int((ends - places).sum())


def _between(before: tuple[float, float], after: tuple[float, float]) -> float:
    """The level at which it lies exactly the margin over the threshold, by straight line between two thresholds."""
    share = (before[1] - MARGIN_DB) / (before[1] - after[1])
    return before[0] + share * (after[0] - before[0])
