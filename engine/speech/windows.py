"""Packing stretches of speech into windows a recogniser takes, and the way back to session time.

A recogniser pays for a whole window, however little of it is speech. So long pauses are cut short, but never quite
away: a pause between two voices keeps them from running together. Windows end at the longest pause near their end, not
inside a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval, intersect

RATE = 16000


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of session time as it lies in a window: `offset` seconds from the window's start."""

    interval: Interval
    offset: float


@dataclass(frozen=True, slots=True)
class Window:
    """Speech to be recognised as one piece: `regions` are the stretches in it, `spans` the sound that is kept."""

    regions: tuple[Interval, ...]
    spans: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        last = self.spans[-1]
        return last.offset + last.interval.duration

    def cut(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The window's sound, taken from mono sound at 16 kHz."""
        parts = [
            np.asarray(samples[round(s.interval.start * RATE) : round(s.interval.end * RATE)], dtype=np.float32)
            for s in self.spans
        ]
        return np.concatenate(parts)

    @property
    def speech(self) -> tuple[Interval, ...]:
        """Where its stretches lie, in seconds from its start."""
        return tuple(
            Interval(both.start - span.interval.start + span.offset, both.end - span.interval.start + span.offset)
            for span in self.spans
            for both in intersect(self.regions, [span.interval])
        )

    def session_time(self, time: float) -> float:
        """Session time of `time` seconds into the window; beyond its end, the end of its sound."""
        for span in self.spans:
            if time < span.offset + span.interval.duration:
                return span.interval.start + max(0.0, time - span.offset)
        return self.spans[-1].interval.end


def window_over(regions: Sequence[Interval], kept_pause: float, end: float) -> Window:
    """One window over `regions` (not empty, in order); pauses longer than `kept_pause` s lose their middle."""
    kept: list[Interval] = []
    half = kept_pause / 2
    for region in regions:
        start, stop = max(0.0, region.start - half), min(end, region.end + half)
        if kept and start <= kept[-1].end:
            kept[-1] = Interval(kept[-1].start, max(stop, kept[-1].end))
        else:
            kept.append(Interval(start, max(start, stop)))
    spans: list[Span] = []
    offset = 0.0
    for interval in kept:
        spans.append(Span(interval, offset))
        offset += interval.duration
    return Window(tuple(regions), tuple(spans))


def pack(regions: Sequence[Interval], longest: float, kept_pause: float, end: float) -> tuple[Window, ...]:
    """Windows of at most `longest` seconds over all `regions`, which lie in 0..`end`."""
    pieces = [piece for region in regions for piece in _bounded(region, longest - kept_pause)]
    windows: list[Window] = []
    first = 0
    while first < len(pieces):
        last = _furthest(pieces, first, longest, kept_pause)
        if last < len(pieces):
            last = _best_break(pieces, first, last)
        windows.append(window_over(pieces[first:last], kept_pause, end))
        first = last
    return tuple(windows)


def halves(window: Window, kept_pause: float, end: float) -> tuple[Window, ...]:
    """The window cut in two at the longest pause in its middle half; itself alone when it holds one stretch only."""
    regions = window.regions
    if len(regions) < 2:
        return (window,)
    middle = (regions[0].start + regions[-1].end) / 2
    reach = (regions[-1].end - regions[0].start) / 4

    def worth(cut: int) -> tuple[bool, float]:
        pause = Interval(regions[cut - 1].end, max(regions[cut - 1].end, regions[cut].start))
        return abs(pause.middle - middle) <= reach, pause.duration

    cut = max(range(1, len(regions)), key=worth)
    return window_over(regions[:cut], kept_pause, end), window_over(regions[cut:], kept_pause, end)


def _bounded(region: Interval, longest: float) -> list[Interval]:
    """The region in equal parts of at most `longest` seconds."""
    parts = max(1, int(np.ceil(region.duration / longest)))
    edges = np.linspace(region.start, region.end, parts + 1)
    return [Interval(float(a), float(b)) for a, b in pairwise(edges)]


def _furthest(pieces: Sequence[Interval], first: int, longest: float, kept_pause: float) -> int:
    """Index after the last piece that still fits into a window beginning with piece `first`."""
    seconds = kept_pause + pieces[first].duration
    last = first + 1
    while last < len(pieces):
        seconds += min(kept_pause, pieces[last].start - pieces[last - 1].end) + pieces[last].duration
        if seconds > longest:
            break
        last += 1
    return last


def _best_break(pieces: Sequence[Interval], first: int, last: int) -> int:
    """Where to end a full window: at the longest pause in its last quarter."""
    begin = pieces[first].start + (pieces[last - 1].end - pieces[first].start) * 3 / 4
    cuts = [cut for cut in range(first + 1, last + 1) if pieces[cut - 1].end >= begin]
    return max(cuts, key=lambda cut: (pieces[cut].start - pieces[cut - 1].end, cut))
