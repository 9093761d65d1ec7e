"""The one type for a span of time, and set operations on many of them.

A recognised character, a turn, a face's presence, a finding and a clip all carry an `Interval`.

>>> first, second = Interval(2.0, 5.0), Interval(4.0, 9.0)
>>> first & second
Interval(start=4.0, end=5.0)
>>> union([first, second, Interval(20.0, 21.0)])
(Interval(start=2.0, end=9.0), Interval(start=20.0, end=21.0))
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import inf, isfinite
from operator import attrgetter, le


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """Half-open span of a session, in seconds from the earliest presentation time of any stream of its first part.

    Raises ValueError when a bound is not finite or `end` lies before `start`.
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not -inf < self.start <= self.end < inf:
            raise ValueError(f"not an interval: {self.start}..{self.end}")

    @property
    def duration(self) -> float:
        """Length in seconds, 0 or more."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """Time half-way through, in seconds."""
        return (self.start + self.end) / 2

    def __and__(self, other: "Interval") -> "Interval | None":
        """The part both share, or None when they share no time."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def __contains__(self, time: float) -> bool:
        return self.start <= time < self.end

    def overlap(self, other: "Interval") -> float:
        """Seconds shared with `other`."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))

    def shifted(self, seconds: float) -> "Interval":
        """The same span, moved by `seconds` (which may be negative)."""
        return Interval(self.start + seconds, self.end + seconds)

    def widened(self, before: float, after: float | None = None) -> "Interval":
        """Grown by `before` and `after` seconds (`after` defaults to `before`), never starting before zero."""
        return Interval(max(0.0, self.start - before), self.end + (before if after is None else after))


def intervals(starts: Sequence[float], ends: Sequence[float]) -> list[Interval]:
    """Many intervals at a third of the price of as many calls. Raises ValueError as `Interval` does.

    >>> intervals([1.0, 2.0], [1.5, 4.0])
    [Interval(start=1.0, end=1.5), Interval(start=2.0, end=4.0)]
    """
    if len(starts) != len(ends):
        raise ValueError(f"{len(starts)} starts, {len(ends)} ends")
    if not (all(map(isfinite, starts)) and all(map(isfinite, ends)) and all(map(le, starts, ends))):
        return list(map(Interval, starts, ends))  # names the one at fault
    made = list(map(object.__new__, repeat(Interval, len(starts))))
    for place, column in ((Interval.__dict__["start"], starts), (Interval.__dict__["end"], ends)):
        deque(map(place.__set__, made, column), maxlen=0)
    return made


BOUNDS = attrgetter("start", "end")


def union(intervals: Iterable[Interval], gap: float = 0.0) -> tuple[Interval, ...]:
    """Sorted, disjoint cover of `intervals`; spans no more than `gap` seconds apart are joined."""
    joined: list[Interval] = []
    for interval in sorted(intervals, key=BOUNDS):
        if joined and interval.start <= joined[-1].end + gap:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, interval.end))
        else:
            joined.append(interval)
    return tuple(joined)


def intersect(first: Iterable[Interval], second: Iterable[Interval]) -> tuple[Interval, ...]:
    """Time covered by both sets, sorted and disjoint."""
    left, right = union(first), union(second)
    shared: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        both = left[i] & right[j]
        if both is not None:
            shared.append(both)
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return tuple(shared)


def subtract(first: Iterable[Interval], second: Iterable[Interval]) -> tuple[Interval, ...]:
    """Time covered by `first` and not by `second`, sorted and disjoint."""
    holes = union(second)
    rest: list[Interval] = []
    passed = 0
    for interval in union(first):
        start = interval.start
        while passed < len(holes) and holes[passed].end <= start:
            passed += 1
        for place in range(passed, len(holes)):
            hole = holes[place]
            if hole.start >= interval.end:
                break
            if hole.start > start:
                rest.append(Interval(start, hole.start))
            start = max(start, hole.end)
        if start < interval.end:
            rest.append(Interval(start, interval.end))
    return tuple(rest)


def total(intervals: Iterable[Interval]) -> float:
    """Seconds covered by `intervals`, time shared by several counted once."""
    return sum(interval.duration for interval in union(intervals))


def coverage(window: Interval, intervals: Iterable[Interval]) -> float:
    """Share (0..1) of `window` that `intervals` cover; 0 for an empty window."""
    if window.duration == 0:
        return 0.0
    return total(intersect([window], intervals)) / window.duration
