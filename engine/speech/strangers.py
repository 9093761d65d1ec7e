"""Answers in another voice than the customer's others: somebody at the customer's side who answers for him.

Grouping by voice easily misses a person who says three short sentences, and on a channel of its own every voice counts
as the customer's. A few answers in a row, taken together, tell more: all of them are compared with all others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Role, Stranger, Transcript
from engine.interval import Interval, subtract, union
from engine.speech.settings import StrangerSettings
from engine.speech.voices import Embedder

RATE = 16000
ANSWERING: tuple[Role, ...] = ("customer", "insured")
DIGITS = 4


@dataclass(frozen=True, slots=True)
class _Turns:
    """The turns of one role in time order, their vectors (n, size) and the seconds each counts for."""

    intervals: tuple[Interval, ...]
    vectors: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def without(self, first: int, last: int) -> "_Turns":
        kept = np.r_[0:first, last : len(self.intervals)]
        return _Turns(self.intervals[:first] + self.intervals[last:], self.vectors[kept], self.seconds[kept])


@dataclass(frozen=True, slots=True)
class _Run:
    """Turns `first` to `last` (exclusive), and how like the others they sound."""

    first: int
    last: int
    similarity: float


def find_strangers(
    transcript: Transcript, samples: NDArray[np.float32], embedder: Embedder, settings: StrangerSettings
) -> tuple[Stranger, ...]:
    """Runs of turns of a customer or insured that sound unlike the rest of them, in time order.

    `samples` is the session's mono sound at 16 kHz. A role that speaks too little to be compared has none.
    """
    found: list[Stranger] = []
    for role in ANSWERING:
        turns = _turns(transcript, role, samples, embedder, settings)
        while (run := _least_alike(turns, settings)) is not None:
            found += _strangers(turns, run, role, settings)
            turns = turns.without(run.first, run.last)
    return tuple(sorted(found, key=lambda one: one.span))


def _strangers(turns: _Turns, run: _Run, role: Role, settings: StrangerSettings) -> list[Stranger]:
    """The run, and all other turns too where it has so many that either may be the one who should answer."""
    count = len(turns.intervals)
    parts = [(run.first, run.last)]
    if run.last - run.first > settings.sure_share * count:
        parts += [(0, run.first), (run.last, count)]
    return [
        Stranger(Interval(turns.intervals[first].start, turns.intervals[last - 1].end), role, run.similarity)
        for first, last in parts
        if first < last
    ]


def _turns(
    transcript: Transcript, role: Role, samples: NDArray[np.float32], embedder: Embedder, settings: StrangerSettings
) -> _Turns:
    """Where `role` speaks and nobody else does, turn by turn."""
    voices = {one.id for one in transcript.speakers if one.role == role}
    others = [turn.interval for turn in transcript.turns if turn.speaker not in voices]
    own = union((turn.interval for turn in transcript.turns if turn.speaker in voices), gap=settings.joined)
    alone = [one for one in subtract(own, others) if one.duration >= settings.shortest]
    if len(alone) < settings.fewest:
        return _Turns((), np.zeros((0, 1)), np.zeros(0))
    sounds = [samples[round(one.start * RATE) : round(one.end * RATE)] for one in alone]
    vectors = embedder.vectors(sounds).astype(np.float64)
    return _Turns(tuple(alone), vectors, np.array([one.duration for one in alone]))


def _least_alike(turns: _Turns, settings: StrangerSettings) -> _Run | None:
    """The run that is least like the other turns, if it is strange enough."""
    count = len(turns.intervals)
    if count < settings.fewest:
        return None
    sums = np.vstack([np.zeros(turns.vectors.shape[1]), np.cumsum(turns.vectors * turns.seconds[:, None], axis=0)])
    lasted = np.concatenate([[0.0], np.cumsum(turns.seconds)])
    best: _Run | None = None
    for length in range(1, min(settings.longest_run, count - 1) + 1):
        runs, seconds = sums[length:] - sums[:-length], lasted[length:] - lasted[:-length]
        alike = _cosines(runs, sums[-1] - runs)
        alike[(seconds < settings.least_seconds) | (seconds > settings.most_share * lasted[-1])] = 1.0
        first = int(alike.argmin())
        if alike[first] < (settings.least_similarity if best is None else best.similarity):
            best = _Run(first, first + length, round(float(alike[first]), DIGITS))
    return best


def _cosines(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of each row of `some` with the same row of `others`."""
    norms = np.linalg.norm(some, axis=1) * np.linalg.norm(others, axis=1)
    found: NDArray[np.float64] = (some * others).sum(axis=1) / (norms + 1e-9)
    return found
