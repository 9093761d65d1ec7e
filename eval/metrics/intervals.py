"""How sure a figure is. Shares of sessions: Wilson. Any other ratio of sums: the bootstrap over sessions, as they come.

The Poisson bootstrap draws every session 0, 1, 2 … times into each resample, with mean 1 (Hanley and MacGibbon 2006;
Chamandy et al. 2012). How often comes from a hash of the session's id and the resample, so that sums can be made in any
order, in parts, on several machines, and so that two runs over the same recordings are resampled alike: the difference
of their resampled ratios is a paired bootstrap.

>>> draws = Draws.of(weights("a"), [(1.0, 2.0)]) + Draws.of(weights("b"), [(1.0, 2.0)])
>>> draws.interval(0)
(0.5, 0.5)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import shake_256
from math import exp, factorial

import numpy as np
from numpy.typing import NDArray

from engine.shares import wilson

__all__ = ["LEVEL", "RESAMPLES", "SEED", "Draws", "percentiles", "ratios", "weights", "wilson"]

RESAMPLES = 1000
SEED = 20261122
LEVEL = 0.95
MOST_DRAWN = 12
"""A session is drawn more often once in 10**11 times: never, by numbers of 16 bits."""

Array = NDArray[np.float64]


def _steps() -> NDArray[np.uint32]:
    """Upper bounds of a number of 16 bits for being drawn 0, 1, 2 … times."""
    shares = np.cumsum([exp(-1) / factorial(n) for n in range(MOST_DRAWN)])
    return np.round(shares * 2**16).astype(np.uint32)


STEPS = _steps()


def weights(session: str, resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """How often `session` is drawn into each of the resamples: (resamples,), whole numbers with mean 1."""
    drawn = np.frombuffer(shake_256(f"{seed}:{session}".encode()).digest(2 * resamples), dtype="<u2")
    return np.searchsorted(STEPS, drawn, side="right").astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Sums over resampled sessions: `sums` is (resamples, ratios, 2), upper and lower sum of each ratio."""

    sums: Array

    @classmethod
    def zero(cls) -> "Draws":
        """Of no session, neutral in sums."""
        return cls(np.zeros((0, 0, 2)))

    @classmethod
    def of(cls, drawn: Array, ratios: Sequence[tuple[float, float]]) -> "Draws":
        """One session with its upper and lower parts of each ratio. `drawn` are its `weights`."""
        return cls(drawn[:, None, None] * np.asarray(ratios, dtype=np.float64).reshape(1, len(ratios), 2))

    def __add__(self, other: "Draws") -> "Draws":
        if not self.sums.size or not other.sums.size:
            return other if other.sums.size else self
        return Draws(self.sums + other.sums)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Draws) or self.sums.shape != other.sums.shape:
            return False
        return bool(np.allclose(self.sums, other.sums))

    __hash__ = None  # type: ignore[assignment]

    def interval(self, place: int, level: float = LEVEL) -> tuple[float, float] | None:
        """Between which values the ratio at `place` lies with probability `level`; None where nothing was counted."""
        return percentiles(ratios(self.sums[:, place]), level) if self.sums.size else None


def ratios(sums: Array) -> Array:
    """Upper by lower sum of each resample, (n, 2) -> (m,): resamples with nothing to count are left out."""
    counted = sums[sums[:, 1] > 0]
    divided: Array = counted[:, 0] / counted[:, 1]
    return divided


def percentiles(values: Array, level: float = LEVEL) -> tuple[float, float] | None:
    """The middle `level` of `values`; None without any."""
    if not values.size:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
