"""Stretches of one voice: where the segmentation network hears somebody speak, cut wherever the voice changes.

The network names voices anew in every window of a few seconds. Windows overlap, so the names of one window are carried
over to the next by what both hear in the time they share. A name holds while its voice is heard every few seconds;
across longer silences only the voice itself tells who it is (engine/speech/voices.py).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval, intersect, subtract, total, union
from engine.speech.settings import DiarizationSettings

HEARD = 0.5
PORTION = 128
"""Windows between two signs of progress."""

Told = Callable[[float], None]
Piece = tuple[Interval, int]
"""Where one track is heard."""


class Segmenter(Protocol):
    """A network that hears up to three unnamed voices in a window of `window` s.

    `activities` gives their probabilities, shape (windows, frames, 3); frame i is centred `first + i * frame` s into a
    window.
    """

    window: float
    frame: float
    first: float

    def activities(self, samples: NDArray[np.float32], starts: NDArray[np.float64]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """One voice speaking without a pause. `track` names it among its neighbours only; `alone` is where nobody else
    speaks.
    """

    interval: Interval
    track: int
    alone: tuple[Interval, ...]


def find_stretches(
    samples: NDArray[np.float32],
    speech: Sequence[Interval],
    segmenter: Segmenter,
    settings: DiarizationSettings,
    told: Told = lambda _: None,
) -> tuple[Stretch, ...]:
    """All stretches inside `speech`, by start. Every second of `speech` belongs to at least one of them. `told` is
    called with how much of it is done (0..1).
    """
    starts = _window_starts(speech, segmenter.window, settings.step)
    if not len(starts):
        return ()
    activities = _activities(samples, starts, segmenter, told)
    voices = _stitched(activities, starts, segmenter)
    pieces = [
        (piece, track)
        for track in range(voices.shape[1])
        for piece in intersect(_runs(voices[:, track], segmenter, settings), speech)
        if piece.duration >= settings.shortest_stretch
    ]
    pieces = [kept for near in _neighbourhoods(pieces) for kept in _without_echoes(near, settings)]
    pieces = _unshared(_filled(pieces, speech, voices, segmenter), speech, voices, segmenter, settings)
    return tuple(
        Stretch(piece, track, subtract([piece], (other for other, its in near if its != track)))
        for near in _neighbourhoods(pieces)
        for piece, track in near
    )


def _activities(
    samples: NDArray[np.float32], starts: NDArray[np.float64], segmenter: Segmenter, told: Told
) -> NDArray[np.float32]:
    """What the network hears in every window, some of them at a time."""
    found = []
    for first in range(0, len(starts), PORTION):
        found.append(segmenter.activities(samples, starts[first : first + PORTION]))
        told(min(1.0, (first + PORTION) / len(starts)))
    return np.concatenate(found)


def _neighbourhoods(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """`pieces` in order, those together that overlap or are joined by others that do. An hour has thousands of pieces
    and few in each neighbourhood.
    """
    near: list[Piece] = []
    reach = 0.0
    for piece, track in sorted(pieces):
        if near and piece.start >= reach:
            yield near
            near = []
        near.append((piece, track))
        reach = max(reach, piece.end)
    if near:
        yield near


def _window_starts(speech: Sequence[Interval], window: float, step: float) -> NDArray[np.float64]:
    """Starts of all windows on a fixed grid that hold speech, in seconds."""
    wanted: set[int] = set()
    for interval in speech:
        first = max(0, int(np.floor((interval.start - window) / step)) + 1)
        last = int(np.floor(interval.end / step))
        wanted.update(range(first, last + 1))
    return np.array(sorted(wanted), dtype=np.float64) * step


def _stitched(
    activities: NDArray[np.float32], starts: NDArray[np.float64], segmenter: Segmenter
) -> NDArray[np.float32]:
    """Probability of each track on one frame grid over the session, shape (frames, tracks).

    A frame keeps as many tracks as voices are heard in it: where the names of two windows could not be joined well, one
    voice would otherwise show on two tracks at once.
    """
    windows, length, tracks = activities.shape
    offsets = np.round(starts / segmenter.frame).astype(int)
    sums = np.zeros((offsets[-1] + length, tracks))
    counts = np.zeros(offsets[-1] + length)
    weights = np.zeros(offsets[-1] + length)
    trust = np.hamming(length) + 0.05  # the network knows least at the edges of its window
    for number in range(windows):
        span = slice(offsets[number], offsets[number] + length)
        known = weights[span] > 0
        order = _best_order(sums[span][known] / weights[span][known][:, None], activities[number][known])
        sums[span] += activities[number][:, order] * trust[:, None]
        counts[span] += (activities[number] > HEARD).sum(axis=1) * trust
        weights[span] += trust
    weights = np.maximum(weights, 1e-9)
    voices = sums / weights[:, None]
    heard = np.round(counts / weights).astype(int)
    rank = np.argsort(np.argsort(-voices, axis=1, kind="stable"), axis=1)
    voices[(rank >= np.maximum(1, heard)[:, None])] = 0.0
    return np.asarray(voices, dtype=np.float32)


def _best_order(before: NDArray[np.float64], now: NDArray[np.float32]) -> list[int]:
    """Which local voice continues which track: the order with the least difference where both were heard."""
    orders = list(permutations(range(now.shape[1])))
    if not len(before):
        return list(orders[0])
    costs = [float(np.sum((before - now[:, list(order)]) ** 2)) for order in orders]
    return list(orders[int(np.argmin(costs))])


def _runs(probabilities: NDArray[np.float32], segmenter: Segmenter, settings: DiarizationSettings) -> list[Interval]:
    """Where one track is active: above `onset`, until it falls under `offset`; short gaps are bridged."""
    active = probabilities >= settings.onset
    hold = probabilities >= settings.offset
    runs: list[Interval] = []
    start: int | None = None
    for frame in range(len(probabilities)):
        if start is None:
            start = frame if active[frame] else None
        elif not hold[frame]:
            runs.append(_span(start, frame, segmenter))
            start = None
    if start is not None:
        runs.append(_span(start, len(probabilities), segmenter))
    return list(union(runs, gap=settings.bridged_gap))


def _span(first: int, last: int, segmenter: Segmenter) -> Interval:
    """Frames `first` to `last` (exclusive) in seconds."""
    half = segmenter.first - segmenter.frame / 2
    return Interval(max(0.0, first * segmenter.frame + half), last * segmenter.frame + half)


def _without_echoes(pieces: list[Piece], settings: DiarizationSettings) -> list[Piece]:
    """Leaves one track where the network hears two that start or end as one: people do not fall silent together.

    Voices that interrupt lie inside the other's stretch or reach out of it, and stay.
    """
    kept = list(pieces)
    for short, track in sorted(pieces, key=lambda piece: piece[0].duration):
        for other, its in list(kept):
            if its == track or (short, track) not in kept:
                continue
            inside = short.overlap(other) >= settings.echo_share * short.duration
            together = min(abs(short.start - other.start), abs(short.end - other.end)) <= settings.echo_reach
            if inside and together and other.duration >= short.duration:
                kept.remove((other, its))
                rest = subtract([other], [short])
                kept += [(part, its) for part in rest if part.duration >= settings.shortest_stretch]
    return kept


def _filled(
    pieces: list[Piece], speech: Sequence[Interval], voices: NDArray[np.float32], segmenter: Segmenter
) -> list[Piece]:
    """Adds speech that no track claims: to the track heard best there, joined to its neighbour where they touch."""
    left = subtract(speech, (piece for piece, _ in pieces))
    for gap in left:
        pieces.append((gap, _loudest(gap, voices, segmenter)))
    merged: list[Piece] = []
    for track in range(voices.shape[1]):
        own = union((piece for piece, its in pieces if its == track), gap=1e-6)
        merged += [(piece, track) for piece in own]
    return merged


def _unshared(
    pieces: list[Piece],
    speech: Sequence[Interval],
    voices: NDArray[np.float32],
    segmenter: Segmenter,
    settings: DiarizationSettings,
) -> list[Piece]:
    """Leaves one track, the one heard best, where speech between two pauses is too short for two people to share.

    The network wavers within a short answer, and a character on the wrong side of such a cut makes it unclear. Voices
    that speak at once stay.
    """
    kept = []
    ordered = sorted(pieces)
    starts = [piece.start for piece, _ in ordered]
    undone = set()
    for span in speech:
        if span.duration > settings.longest_unshared:
            continue
        begun = ordered[bisect_left(starts, span.start) : bisect_right(starts, span.end)]
        parts = [(piece, track) for piece, track in begun if piece.end <= span.end]
        covered, heard = total(union(part for part, _ in parts)), sum(part.duration for part, _ in parts)
        if len({track for _, track in parts}) < 2 or heard - covered > settings.shortest_stretch:
            continue
        undone.update(parts)
        kept.append((span, _loudest(span, voices, segmenter)))
    return kept + [piece for piece in pieces if piece not in undone]


def _loudest(span: Interval, voices: NDArray[np.float32], segmenter: Segmenter) -> int:
    """The track heard best over `span`."""
    first = int(max(0, (span.start - segmenter.first) / segmenter.frame))
    last = max(first + 1, int((span.end - segmenter.first) / segmenter.frame))
    return int(np.argmax(voices[first:last].mean(axis=0))) if first < len(voices) else 0


def seconds_alone(stretch: Stretch) -> float:
    """Seconds of the stretch in which nobody else speaks."""
    return total(stretch.alone)
