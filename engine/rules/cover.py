"""How much of any span a set of intervals covers, asked many times of the same set."""

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from operator import sub

import numpy as np
import numpy.typing as npt

from engine.interval import Interval, intervals, union

Times = npt.NDArray[np.float64]


class Cover:
    """Sorted, disjoint intervals; every question costs the logarithm of their number."""

    def __init__(self, spans: Iterable[Interval]) -> None:
        joined = union(spans)
        self._hold([one.start for one in joined], [one.end for one in joined])

    def _hold(self, starts: list[float], ends: list[float]) -> None:
        self._starts, self._ends = starts, ends
        self._before: list[float] = [0.0, *accumulate(map(sub, ends, starts))]

    @classmethod
    def of(cls, starts: Times, ends: Times) -> "Cover":
        """What the intervals from `starts` to `ends` (seconds) cover, many thousands of them."""
        made = cls(())
        if len(starts):
            order = np.argsort(starts, kind="stable")
            begins, reach = starts[order], np.maximum.accumulate(ends[order])
            breaks = np.flatnonzero(begins[1:] > reach[:-1])
            firsts, lasts = np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(reach) - 1]))
            made._hold(begins[firsts].tolist(), reach[lasts].tolist())
        return made

    def __and__(self, other: "Cover") -> "Cover":
        """What both cover."""
        (starts, ends), (begins, stops) = self._times, other._times
        first = np.searchsorted(stops, starts, side="right")
        many = np.maximum(np.searchsorted(begins, ends, side="left") - first, 0)
        mine = np.repeat(np.arange(len(starts)), many)
        theirs = np.arange(len(mine)) + np.repeat(first - (np.cumsum(many) - many), many)
        left, right = np.maximum(starts[mine], begins[theirs]), np.minimum(ends[mine], stops[theirs])
        shared = left < right
        made = Cover(())
        made._hold(left[shared].tolist(), right[shared].tolist())
        return made

    @cached_property
    def _times(self) -> tuple[Times, Times]:
        return np.array(self._starts, dtype=np.float64), np.array(self._ends, dtype=np.float64)

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """All of them."""
        return tuple(intervals(self._starts, self._ends))

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
        start, end = window.start, window.end
        shared = [
            (max(begins, start), min(stops, end))
            for begins, stops in zip(self._starts[first:last], self._ends[first:last], strict=True)
        ]
        return [Interval(begins, stops) for begins, stops in shared if begins < stops]

    def touches(self, window: Interval) -> bool:
        """Whether any time of `window` is covered."""
        if not self._starts:
            return False
        first = max(0, bisect_right(self._starts, window.start) - 1)
        last = bisect_right(self._starts, window.end)
        return any(
            max(begins, window.start) < min(stops, window.end)
            for begins, stops in zip(self._starts[first:last], self._ends[first:last], strict=True)
        )

    def _until(self, time: float) -> float:
        index = bisect_right(self._starts, time)
        if index == 0:
            return 0.0
        return self._before[index - 1] + min(time, self._ends[index - 1]) - self._starts[index - 1]
