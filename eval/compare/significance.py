"""Whether a difference between two runs over the same sessions may be chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.intervals import LEVEL, percentiles

Array = NDArray[np.float64]


def mcnemar(worse: int, better: int) -> float:
    """Exact two-sided p of McNemar's test (1947): of the sessions that differ, each way is equally likely.

    >>> mcnemar(1, 5), mcnemar(0, 6), mcnemar(0, 0)
    (0.21875, 0.03125, 1.0)
    """
    from scipy.stats import binom

    differing = worse + better
    return min(1.0, 2 * float(binom.cdf(min(worse, better), differing, 0.5))) if differing else 1.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How a difference spreads over resampled sessions: its interval at 95 %, and p of its being zero."""

    low: float
    high: float
    p: float


def paired_bootstrap(before: Array, after: Array, level: float = LEVEL) -> Spread | None:
    """Spread of `after` less `before`, each (resamples, 2) upper and lower sums over the same resampled sessions.

    Two-sided p by the share of resamples on the other side of zero, never less than 1 / resamples (Efron and
    Tibshirani 1993); None where a side counted nothing.
    """
    counted = (before[:, 1] > 0) & (after[:, 1] > 0)
    changes = after[counted, 0] / after[counted, 1] - before[counted, 0] / before[counted, 1]
    bounds = percentiles(changes, level)
    if bounds is None:
        return None
    lower_tail, upper_tail = (int(np.count_nonzero(one)) + 1 for one in (changes <= 0, changes >= 0))
    return Spread(*bounds, min(1.0, 2 * min(lower_tail, upper_tail) / (changes.size + 1)))
