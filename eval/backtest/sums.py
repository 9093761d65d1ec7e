"""Sums over back-tested sessions: what flips, item by item, and what that does to the labelled figures.

Sums of parts add up to the sum of the whole: a million sessions are added one by one, or in parts that are merged.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.inspection import SessionVerdict, Verdict
from eval.backtest.changes import Session
from eval.backtest.judging import Judged
from eval.metrics.counts import Share
from eval.metrics.items import RAISED

UNLABELLED = "unlabelled"
IN_ORDER: frozenset[Verdict] = frozenset({"pass", "not_applicable"})


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over sessions. `flips`: items by (old, new) verdict. `faults`: folders that could not be read."""

    sessions: int
    session_flips: int
    flips: dict[tuple[Verdict, Verdict], int]
    pending: int
    added: int
    removed: int
    faults: int

    @property
    def status(self) -> int:
        """0 nothing flips, 1 something does, 2 nothing or not everything could be judged."""
        if self.faults or not self.sessions:
            return 2
        return int(bool(self.session_flips or self.flips or self.pending))


def total(sessions: Iterable[Session]) -> Totals:
    """Sums over `sessions`."""
    judged = session_flips = pending = added = removed = faults = 0
    flips: Counter[tuple[Verdict, Verdict]] = Counter()
    for session in sessions:
        if session.fault is not None:
            faults += 1
            continue
        judged += 1
        session_flips += session.old != session.new
        for change in session.changes:
            if change.old is None:
                added += 1
            elif change.new is None:
                removed += 1
            elif change.pending:
                pending += 1
            else:
                flips[change.old, change.new] += 1
    return Totals(judged, session_flips, dict(flips), pending, added, removed, faults)


@dataclass(frozen=True, slots=True)
class AgainstLabels:
    """Figures against labels, by one set of rules.

    `false_clear`: violating sessions called clear. `needless`: clean sessions that were not. `caught`: items that truly
    fail and were brought before a person, as `fail` or `review`. `accused`: items truly in order that were (as
    eval/metrics counts both).
    """

    false_clear: Share = field(default_factory=Share.zero)
    needless: Share = field(default_factory=Share.zero)
    caught: Share = field(default_factory=Share.zero)
    accused: Share = field(default_factory=Share.zero)

    @classmethod
    def zero(cls) -> "AgainstLabels":
        """Nothing counted, neutral in sums."""
        return cls()

    @classmethod
    def of(
        cls, violating: bool | None, verdict: SessionVerdict, items: Iterable[tuple[Verdict, Verdict | None]]
    ) -> "AgainstLabels":
        """Of one session; `items` as (label, verdict)."""
        listed = tuple(items)
        clear = verdict == "clear"
        return cls(
            Share(int(clear), 1) if violating is True else Share.zero(),
            Share(int(not clear), 1) if violating is False else Share.zero(),
            _raised(found for label, found in listed if label == "fail"),
            _raised(found for label, found in listed if label in IN_ORDER),
        )

    @property
    def counted(self) -> bool:
        """Whether anything was labelled."""
        return any(one.total for one in (self.false_clear, self.needless, self.caught, self.accused))

    def __add__(self, other: "AgainstLabels") -> "AgainstLabels":
        return AgainstLabels(
            self.false_clear + other.false_clear,
            self.needless + other.needless,
            self.caught + other.caught,
            self.accused + other.accused,
        )


def _raised(found: Iterable[Verdict | None]) -> Share:
    listed = [one in RAISED for one in found]
    return Share(sum(listed), len(listed))


@dataclass(slots=True)
class ItemSums:
    """One item over all sessions: how often each (old, new) pair of verdicts came up, how often only the sound could
    tell, and how often what the rule asks for had not been measured."""

    title: str
    pairs: Counter[tuple[Verdict | None, Verdict | None]] = field(default_factory=Counter)
    pending: int = 0
    unmeasured: int = 0

    def of(self, side: int) -> Counter[Verdict]:
        """How often each verdict came up before (0) or after (1)."""
        found: Counter[Verdict] = Counter()
        for pair, count in self.pairs.items():
            verdict = pair[side]
            if verdict is not None:
                found[verdict] += count
        return found

    def merge(self, other: "ItemSums") -> None:
        """Count what `other` counted, too."""
        self.pairs += other.pairs
        self.pending += other.pending
        self.unmeasured += other.unmeasured

    @property
    def flipped(self) -> int:
        """How many verdicts differ, of sessions that had the item before and have it now."""
        return sum(count for (old, new), count in self.pairs.items() if old != new and old and new)


@dataclass(slots=True)
class Sums:
    """Everything the report of a back-test counts. `verdicts`: sessions by (old, new). `pending_sessions`,
    `unmeasured_sessions` have to be inspected again. `stayed`: nothing of the change is heard in them, so that they
    were not judged. `by_source`: figures of labelled sessions before and after, real and synthetic apart. `gone`,
    `gained`: violating sessions that are let through now, or no longer.
    """

    sessions: int = 0
    faults: int = 0
    pending_sessions: int = 0
    unmeasured_sessions: int = 0
    stayed: int = 0
    verdicts: Counter[tuple[SessionVerdict, SessionVerdict]] = field(default_factory=Counter)
    items: dict[str, ItemSums] = field(default_factory=dict)
    sources: Counter[str] = field(default_factory=Counter)
    by_source: dict[str, tuple[AgainstLabels, AgainstLabels]] = field(default_factory=dict)
    gone: int = 0
    gained: int = 0

    def add(self, judged: Judged) -> None:
        """Count one more session."""
        old, new = judged.old, judged.new
        if old is None or new is None:
            self.faults += 1
            return
        self.sessions += 1
        self.stayed += judged.stayed
        self.verdicts[old, new] += 1
        violating = judged.truth.violating if judged.truth else None
        self.sources[judged.truth.source if judged.truth else UNLABELLED] += 1
        self.pending_sessions += any(one.pending for one in judged.items)
        self.unmeasured_sessions += any(one.unmeasured for one in judged.items)
        for one in judged.items:
            sums = self.items.get(one.item) or self.items.setdefault(one.item, ItemSums(one.title))
            sums.pairs[one.old, one.new] += 1
            sums.pending += one.pending
            sums.unmeasured += one.unmeasured
        source = judged.truth.source if judged.truth else UNLABELLED
        nothing = AgainstLabels.zero()
        before, after = self.by_source.get(source, (nothing, nothing))
        before += AgainstLabels.of(violating, old, ((one.truth, one.old) for one in judged.labelled))
        after += AgainstLabels.of(violating, new, ((one.truth, one.new) for one in judged.labelled))
        self.by_source[source] = before, after
        if violating:
            self.gone += old != "clear" and new == "clear"
            self.gained += old == "clear" and new != "clear"

    def merge(self, other: "Sums") -> None:
        """Count what `other` counted, too."""
        self.sessions += other.sessions
        self.faults += other.faults
        self.pending_sessions += other.pending_sessions
        self.unmeasured_sessions += other.unmeasured_sessions
        self.stayed += other.stayed
        self.verdicts += other.verdicts
        self.sources += other.sources
        self.gone += other.gone
        self.gained += other.gained
        for name, one in other.items.items():
            self.items.setdefault(name, ItemSums(one.title)).merge(one)
        nothing = AgainstLabels.zero()
        for source, (before, after) in other.by_source.items():
            so_far = self.by_source.get(source, (nothing, nothing))
            self.by_source[source] = so_far[0] + before, so_far[1] + after

    @property
    def before(self) -> AgainstLabels:
        """Figures of all labelled sessions, by the rules they were judged by before."""
        return sum((before for before, _ in self.by_source.values()), AgainstLabels.zero())

    @property
    def after(self) -> AgainstLabels:
        """The same by the rules they are judged by now."""
        return sum((after for _, after in self.by_source.values()), AgainstLabels.zero())

    @property
    def session_flips(self) -> int:
        """Sessions that came to another verdict."""
        return sum(count for (old, new), count in self.verdicts.items() if old != new)

    @property
    def labelled(self) -> bool:
        """Whether any session said what is truly so."""
        return self.before.counted
