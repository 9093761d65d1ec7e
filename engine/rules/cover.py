"""How much of any span a set of intervals covers, asked many times of the same set."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from engine.interval import Interval, union

Times = npt.NDArray[np.float64]


class Cover:
    """Sorted, disjoint intervals; every question costs the logarithm of their number."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self.intervals = union(intervals)
        self._starts = [one.start for one in self.intervals]
        self._before = [0.0, *accumulate(one.duration for one in self.intervals)]

    @property
    def total(self) -> float:
        """Seconds covered altogether."""
        return self._before[-1]

    def seconds(self, window: Interval) -> float:
        """Seconds of `window` that are covered."""
        return self._until(window.end) - self._until(window.start)

    def within(self, window: Interval) -> list[Interval]:
        """The parts inside `window`."""
        first = max(0, bisect_right(self._starts, window.start) - 1)
        last = bisect_right(self._starts, window.end)
        return [both for one in self.intervals[first:last] if (both := one & window) is not None]

    def touches(self, window: Interval) -> bool:
        """Whether any time of `window` is covered."""
        return bool(self.within(window))

    def _until(self, time: float) -> float:
        index = bisect_right(self._starts, time)
        if index == 0:
            return 0.0
        last = self.intervals[index - 1]
        return self._before[index - 1] + min(time, last.end) - last.start


def joined(starts: Times, ends: Times) -> tuple[Interval, ...]:
    """What `union` makes of the intervals from `starts` to `ends` (seconds), for many thousands of them."""
    if not len(starts):
        return ()
    order = np.argsort(starts, kind="stable")
    begins, reach = starts[order], np.maximum.accumulate(ends[order])
    breaks = np.flatnonzero(begins[1:] > reach[:-1])
    firsts = begins[np.concatenate(([0], breaks + 1))].tolist()
    lasts = reach[np.concatenate((breaks, [len(reach) - 1]))].tolist()
    return tuple(map(Interval, firsts, lasts))
