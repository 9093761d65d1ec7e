"""How much of any span a set of intervals covers, asked many times of the same set."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from engine.interval import Interval, union


class Cover:
    """Sorted, disjoint intervals; `seconds` costs the logarithm of their number."""

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

    def _until(self, time: float) -> float:
        index = bisect_right(self._starts, time)
        if index == 0:
            return 0.0
        last = self.intervals[index - 1]
        return self._before[index - 1] + min(time, last.end) - last.start
