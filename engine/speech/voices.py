"""Whose voice each stretch is: one vector per stretch, and the voices that explain vectors and heard changes best.

Stretches follow each other in time; the segmentation network hears, between neighbours, whether the voice changes. A
set of voices is judged by how likely it makes all vectors and all changes (Viterbi over the stretches), less a price
per voice. Candidate sets come from cutting the trees of two bottom-up clusterings of the longer stretches at every
height. A stretch of half a second carries little likeness; the change heard before it carries more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.interval import total
from engine.speech.settings import DiarizationSettings
from engine.speech.stretches import Stretch, seconds_alone

RATE = 16000
FEWEST_IN_TREE = 8
SHORTEST_WEIGHT = 0.05
PORTION = 256
"""Stretches whose sound is cut out at a time: of two hours all of it together would be half a gigabyte."""

Labels = NDArray[np.int64]
Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """A network that turns sounds (mono, 16 kHz) into unit vectors, near each other for one voice; shape (n, size)."""

    def vectors(self, sounds: Sequence[NDArray[np.float32]]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Voices:
    """`labels[i]` is the voice (0..n-1) of stretch i, `confidence[i]` (0..1) how clearly it is that one of them,
    `likeness[i]` (cosine) how like that voice it sounds; `centroids` has one unit vector a voice.
    """

    labels: Labels
    confidence: NDArray[np.float64]
    likeness: NDArray[np.float64]
    centroids: Vectors

    @property
    def count(self) -> int:
        return len(self.centroids)


def embed(samples: NDArray[np.float32], stretches: Sequence[Stretch], embedder: Embedder) -> Vectors:
    """One vector per stretch, from the part of it where nobody else speaks, if there is enough."""
    portions = (stretches[first : first + PORTION] for first in range(0, len(stretches), PORTION))
    return np.concatenate([embedder.vectors([_sound(samples, one) for one in portion]) for portion in portions])


def _sound(samples: NDArray[np.float32], stretch: Stretch) -> NDArray[np.float32]:
    enough = seconds_alone(stretch) >= min(0.2, stretch.interval.duration)
    spans = stretch.alone if enough and stretch.alone else (stretch.interval,)
    parts = [
        samples[round(span.start * RATE) : max(round(span.end * RATE), round(span.start * RATE) + 1)] for span in spans
    ]
    sound = np.concatenate(parts).astype(np.float32, copy=False)
    return sound if len(sound) else np.zeros(1, dtype=np.float32)


def group(
    stretches: Sequence[Stretch], vectors: Vectors, head_count: int | None, settings: DiarizationSettings
) -> Voices:
    """Give every stretch (at least one) a voice. `head_count` is the number of voices when known."""
    case = _Case(
        vectors=vectors,
        seconds=np.array([max(seconds_alone(one), SHORTEST_WEIGHT) for one in stretches]),
        changes=_changes(stretches, settings),
        settings=settings,
    )
    best = _best_candidate(case, head_count)
    scores = case.settings.weight_of_voice * (vectors @ best.centroids.T).astype(np.float64)
    best = _Candidate(best.centroids, *_best_path(scores, case.changes, settings))
    used = sorted(set(best.labels.tolist()))
    labels = np.searchsorted(used, best.labels)
    centroids = best.centroids[used]
    likeness = np.asarray((vectors * centroids[labels]).sum(axis=1), dtype=np.float64)
    return Voices(labels, _confidence(scores[:, used], labels), likeness, centroids)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A set of voices, the labels it leads to, and the log-likelihood of both."""

    centroids: Vectors
    labels: Labels
    likelihood: float

    @property
    def count(self) -> int:
        return len(set(self.labels.tolist()))


@dataclass(frozen=True, slots=True)
class _Case:
    """What has to be explained: vectors, seconds of each stretch, and changes heard before each."""

    vectors: Vectors
    seconds: NDArray[np.float64]
    changes: tuple[bool | None, ...]
    settings: DiarizationSettings

    def scores(self, centroids: Vectors) -> NDArray[np.float64]:
        """Log-likelihood (up to a constant) of each stretch under each voice, shape (stretches, voices)."""
        weight = self.settings.weight_of_voice * np.minimum(1.0, self.seconds / self.settings.reliable)
        return np.asarray(weight[:, None] * (self.vectors @ centroids.T), dtype=np.float64)

    def least_heard(self, candidate: _Candidate) -> float:
        """Seconds of the voice that is heard least."""
        return min(float(self.seconds[candidate.labels == voice].sum()) for voice in set(candidate.labels.tolist()))

    def candidate(self, labels: Labels) -> _Candidate:
        """The voices of `labels`, settled in a few rounds of labelling anew and averaging."""
        centroids = _centroids(labels, self.vectors, self.seconds)
        for _ in range(self.settings.rounds):
            labels, _ = _best_path(self.scores(centroids), self.changes, self.settings)
            centroids = _updated(centroids, labels, self.vectors, self.seconds)
        labels, likelihood = _best_path(self.scores(centroids), self.changes, self.settings)
        return _Candidate(centroids, labels, likelihood)


def _best_candidate(case: _Case, head_count: int | None) -> _Candidate:
    """The set of voices that is worth its number.

    A known `head_count` bounds the number and lowers the price of a voice; it forces nothing, because a voice cut in
    two would give one person's words to another.
    """
    settings = case.settings
    price = settings.price_of_voice + settings.price_per_stretch * len(case.seconds)
    candidates = [case.candidate(labels) for labels in _guesses(case, head_count or settings.most_voices)]
    if head_count is None:
        established = [one for one in candidates if one.count == 1 or case.least_heard(one) >= settings.least_heard]
        return max(established, key=lambda one: one.likelihood - price * one.count)
    price *= settings.price_when_known
    best = max(candidates, key=lambda one: one.likelihood - price * one.count)
    while best.count < head_count:
        more = _with_orphan(case, best)
        if more.count <= best.count:
            break
        best = more
    return best


def _guesses(case: _Case, most: int) -> Iterator[Labels]:
    """Labels of all stretches for one voice, and for every cut of the trees into 2 to `most` voices."""
    seconds, vectors = case.seconds, case.vectors
    yield np.zeros(len(seconds), dtype=np.int64)
    long = np.flatnonzero(seconds >= case.settings.reliable)
    if len(long) < FEWEST_IN_TREE:
        long = np.sort(np.argsort(-seconds, kind="stable")[:FEWEST_IN_TREE])
    for method in ("average", "ward"):
        tree = _tree(vectors[long], method)
        for count in range(2, min(most, len(long)) + 1):
            yield _spread(_cut(tree, count), long, vectors, seconds)


def _changes(stretches: Sequence[Stretch], settings: DiarizationSettings) -> tuple[bool | None, ...]:
    """Whether the network hears another voice in stretch i than in i - 1; None where they lie too far apart to tell."""
    found: list[bool | None] = [None]
    for before, now in pairwise(stretches):
        near = now.interval.start - before.interval.end <= settings.neighbour_gap
        found.append(before.track != now.track if near else None)
    return tuple(found)


def _tree(vectors: Vectors, method: str) -> NDArray[np.float64]:
    from scipy.cluster.hierarchy import linkage

    return np.asarray(linkage(vectors, method)) if len(vectors) > 1 else np.zeros((0, 4))


def _cut(tree: NDArray[np.float64], count: int) -> Labels:
    from scipy.cluster.hierarchy import fcluster

    if not len(tree):
        return np.zeros(1, dtype=np.int64)
    return np.asarray(fcluster(tree, count, "maxclust"), dtype=np.int64) - 1


def _spread(cut: Labels, long: Labels, vectors: Vectors, seconds: NDArray[np.float64]) -> Labels:
    """Labels of all stretches from those of the long ones, by likeness."""
    labels: Labels = np.argmax(vectors @ _centroids(cut, vectors[long], seconds[long]).T, axis=1)
    labels[long] = cut
    return labels


def _with_orphan(case: _Case, known: _Candidate) -> _Candidate:
    """One voice more when some stretch is unlike every known one: somebody who says a few words only."""
    likeness = (case.vectors @ known.centroids.T).max(axis=1)
    orphans = np.flatnonzero(
        (case.seconds >= case.settings.orphan_seconds) & (likeness < case.settings.orphan_similarity)
    )
    if not len(orphans):
        return known
    seed = orphans[np.argmin(likeness[orphans])]
    labels = known.labels.copy()
    labels[case.vectors @ case.vectors[seed] > likeness] = labels.max() + 1
    return case.candidate(labels)


def _centroids(labels: Labels, vectors: Vectors, seconds: NDArray[np.float64]) -> Vectors:
    """Unit mean of each voice's stretches, weighted by their seconds."""
    sums = np.stack(
        [(vectors[labels == voice] * seconds[labels == voice, None]).sum(axis=0) for voice in range(labels.max() + 1)]
    )
    return np.asarray(sums / (np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9), dtype=np.float32)


def _updated(centroids: Vectors, labels: Labels, vectors: Vectors, seconds: NDArray[np.float64]) -> Vectors:
    """Centroids of the new labels; a voice that lost all its stretches keeps its old one."""
    fresh = centroids.copy()
    for voice in set(labels.tolist()):
        mine = labels == voice
        mean = (vectors[mine] * seconds[mine, None]).sum(axis=0)
        fresh[voice] = mean / (np.linalg.norm(mean) + 1e-9)
    return fresh


def _best_path(
    scores: NDArray[np.float64], changes: Sequence[bool | None], settings: DiarizationSettings
) -> tuple[Labels, float]:
    """The labels that explain voices and changes best, by Viterbi over the stretches in time order, and their log-
    likelihood.
    """
    count, voices = scores.shape
    best = scores[0].copy()
    back = np.zeros((count, voices), dtype=np.int64)
    same = np.eye(voices)
    for i in range(1, count):
        change = changes[i]
        gain = 0.0 if change is None else -settings.weight_of_change if change else settings.weight_of_same
        options = best[:, None] + gain * same
        back[i] = options.argmax(axis=0)
        best = options.max(axis=0) + scores[i]
    labels = np.zeros(count, dtype=np.int64)
    labels[-1] = int(best.argmax())
    for i in range(count - 1, 0, -1):
        labels[i - 1] = back[i, labels[i]]
    return labels, float(best.max())


def _confidence(scores: NDArray[np.float64], labels: Labels) -> NDArray[np.float64]:
    """Probability of the chosen voice by likeness alone; 1 where there is only one."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    share = shifted / shifted.sum(axis=1, keepdims=True)
    return np.asarray(share[np.arange(len(labels)), labels])


def ghosts(stretches: Sequence[Stretch], labels: Labels, settings: DiarizationSettings) -> tuple[int, ...]:
    """Voices heard so little that they may be none: under 2 % of the speech and never above 2 s at a time."""
    spoken = total(one.interval for one in stretches)
    found = []
    for voice in sorted(set(labels.tolist())):
        own = [one.interval for one, label in zip(stretches, labels, strict=True) if label == voice]
        if total(own) < settings.ghost_share * spoken and max(one.duration for one in own) <= settings.ghost_seconds:
            found.append(voice)
    return tuple(found)
