"""Spans of time against their labels: who was in the picture, and where the recording was at fault.

Presence is scored in seconds. Faults are scored as events (a true span and a found one of the same kind that share
time are one event, paired one to one) and in seconds. Only kinds that the engine measures are scored; the others are
counted as unmeasured, so that nothing is silently left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from engine.evidence import Evidence, Role, Scene
from engine.interval import Interval, intersect, subtract, total, union
from eval.corpus.manifest import FaultSpan, PresenceSpan
from eval.metrics.counts import Detection

POINT_REACH_S = 0.5
"""A fault that is a moment stands for the time this far around it."""

ROLES: frozenset[str] = frozenset(get_args(Role))


@dataclass(frozen=True, slots=True)
class Overlap:
    """Seconds that are true, found, and both."""

    shared: float = 0.0
    true: float = 0.0
    found: float = 0.0

    @classmethod
    def zero(cls) -> "Overlap":
        """No time, neutral in sums."""
        return cls()

    @classmethod
    def of(cls, true: Iterable[Interval], found: Iterable[Interval]) -> "Overlap":
        """Of two sets of spans."""
        first, second = union(true), union(found)
        return cls(total(intersect(first, second)), total(first), total(second))

    def __add__(self, other: "Overlap") -> "Overlap":
        return Overlap(self.shared + other.shared, self.true + other.true, self.found + other.found)

    @property
    def precision(self) -> float | None:
        """Share of what was found that is there; None where nothing was found."""
        return self.shared / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of what is there that was found; None where nothing is there."""
        return self.shared / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """Both in one (Dice); None where nothing is there and nothing was found."""
        both = self.true + self.found
        return 2 * self.shared / both if both else None


@dataclass(frozen=True, slots=True)
class PresenceFigures:
    """`anyone`: people paired with those seen as suits them best. `in_role`: seen, and told apart by their roles."""

    anyone: Overlap = Overlap()
    in_role: Overlap = Overlap()

    @classmethod
    def zero(cls) -> "PresenceFigures":
        """Nothing labelled, neutral in sums."""
        return cls()

    def __add__(self, other: "PresenceFigures") -> "PresenceFigures":
        return PresenceFigures(self.anyone + other.anyone, self.in_role + other.in_role)


def measure_presence(labels: Sequence[PresenceSpan] | None, scene: Scene | None) -> PresenceFigures:
    """Who was seen against who was there. Without a scene nobody was seen."""
    if labels is None:
        return PresenceFigures.zero()
    there: dict[str, list[Interval]] = {}
    for span in labels:
        there.setdefault(span.who, []).append(span.interval)
    people = scene.people if scene else ()
    seen = {person.id: list(person.intervals) for person in people}
    roles: dict[str, list[Interval]] = {}
    for person in people:
        if person.role != "unknown":
            roles.setdefault(person.role, []).extend(person.intervals)
    in_role = Overlap.zero()
    if ROLES.issuperset(there):
        in_role = sum((Overlap.of(there.get(one, []), roles.get(one, [])) for one in {*there, *roles}), in_role)
    return PresenceFigures(_paired(there, seen), in_role)


def _paired(there: Mapping[str, Sequence[Interval]], seen: Mapping[str, Sequence[Interval]]) -> Overlap:
    """Overlap under the one-to-one pairing that shares most; who is left over is missed or invented."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    names, others = sorted(there), sorted(seen)
    pairs = [[Overlap.of(there[name], seen[other]) for other in others] for name in names]
    shared = np.array([[pair.shared for pair in row] for row in pairs]).reshape(len(names), len(others))
    rows, columns = linear_sum_assignment(-shared)
    return Overlap(
        sum(pairs[row][column].shared for row, column in zip(rows, columns, strict=True)),
        sum(total(spans) for spans in there.values()),
        sum(total(spans) for spans in seen.values()),
    )


@dataclass(frozen=True, slots=True)
class FaultCounts:
    """One kind of fault: events, and seconds of those that have bounds."""

    events: Detection = field(default_factory=Detection.zero)
    seconds: Overlap = Overlap()

    def __add__(self, other: "FaultCounts") -> "FaultCounts":
        return FaultCounts(self.events + other.events, self.seconds + other.seconds)


@dataclass(frozen=True, slots=True)
class FaultFigures:
    """Counts by kind; `unmeasured` counts labelled faults of kinds for which the evidence holds no measurement."""

    kinds: Mapping[str, FaultCounts] = field(default_factory=dict)
    unmeasured: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def zero(cls) -> "FaultFigures":
        """Nothing labelled, neutral in sums."""
        return cls()

    def __add__(self, other: "FaultFigures") -> "FaultFigures":
        kinds, unmeasured = dict(self.kinds), dict(self.unmeasured)
        for kind, counts in other.kinds.items():
            kinds[kind] = kinds[kind] + counts if kind in kinds else counts
        for kind, count in other.unmeasured.items():
            unmeasured[kind] = unmeasured.get(kind, 0) + count
        return FaultFigures(kinds, unmeasured)

    def total(self) -> FaultCounts:
        """All kinds together."""
        return sum(self.kinds.values(), FaultCounts())


def measure_faults(labels: Sequence[FaultSpan] | None, evidence: Evidence | None) -> FaultFigures:
    """Where the recording was found at fault against where it is. `evidence` None: the session failed, nothing was
    found."""
    if labels is None:
        return FaultFigures.zero()
    found = measured_faults(evidence) if evidence else {}
    kinds, unmeasured = {}, {}
    for kind in sorted({*(one.kind for one in labels), *found}):
        true = [one for one in labels if one.kind == kind]
        if kind in found:
            kinds[kind] = _counted(true, found[kind])
        else:
            unmeasured[kind] = len(true)
    return FaultFigures(kinds, unmeasured)


def measured_faults(evidence: Evidence) -> dict[str, tuple[Interval, ...]]:
    """Spans of each kind of fault that was looked for in this recording; a kind that was not has no entry.

    `dark` is where the picture was too dark, or too blurred, for faces to be judged.
    """
    whole = Interval(0.0, evidence.media.duration)
    continuity, sound, picture = evidence.quality.continuity, evidence.quality.sound, evidence.quality.picture
    found: dict[str, Sequence[Interval] | None] = {
        "gap": continuity.gaps,
        "truncated": (whole,) if continuity.truncated else (),
        "cut": _moments(continuity.picture_cuts),
        "splice": _moments(continuity.sound_breaks),
        "step_back": _moments(continuity.steps_back),
        "dropout": sound.dropouts if sound else None,
        "black": picture.black if picture else None,
        "freeze": picture.frozen if picture else None,
        "bright": picture.bright if picture else None,
        "blur": picture.soft if picture else None,
        "covered": picture.covered if picture else None,
        "stall": continuity.stalls,
        "clipping": sound.clipped if sound else None,
        "dark": subtract(evidence.scene.surveyed, evidence.scene.judged) if evidence.scene else None,
    }
    return {kind: union(spans) for kind, spans in found.items() if spans is not None}


def _moments(times: Iterable[float] | None) -> tuple[Interval, ...] | None:
    if times is None:
        return None
    return tuple(Interval(time, time).widened(POINT_REACH_S) for time in times)


def _counted(true: Sequence[FaultSpan], found: Sequence[Interval]) -> FaultCounts:
    """Events paired one to one by shared time. A fault of the whole session is found by any span of its kind."""
    bounded = [_wide(one.interval) for one in true if one.interval is not None]
    hits = _matched(bounded, found)
    whole = sum(one.interval is None for one in true)
    if whole:
        hits += whole if found else 0
        return FaultCounts(Detection(hits, 0, len(true) - hits))
    return FaultCounts(Detection(hits, len(found) - hits, len(bounded) - hits), Overlap.of(bounded, found))


def _wide(span: Interval) -> Interval:
    """A label that is a moment stands for the time around it."""
    return span if span.duration else span.widened(POINT_REACH_S)


def _matched(true: Sequence[Interval], found: Sequence[Interval]) -> int:
    """How many pairs of spans that share time can be made, each span in one at most."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    touching = np.array([[one.overlap(other) > 0 for other in found] for one in true], dtype=float)
    rows, columns = linear_sum_assignment(-touching.reshape(len(true), len(found)))
    return int(touching.reshape(len(true), len(found))[rows, columns].sum())
