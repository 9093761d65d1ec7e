"""Where the engine was wrong: false clears, needless flags, recordings that failed, items that came out otherwise.

Of any number of errors a bounded number is kept in full, the gravest kinds first and, within a kind, a draw by the id's
hash, so that no one corner of the corpus fills the page. The others are kept by name, then only counted.
"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal

from engine.inspection import Inspection, Item, Verdict
from engine.report.words import SEVERITY_RANK
from eval.corpus.manifest import Recording
from eval.metrics.items import CLEARED, PRODUCT, RAISED, item_key, verdicts
from eval.runs import SessionLine, SessionResult
from eval.runs.results import Failure

CaseKind = Literal["false_clear", "needless_flag", "failed", "item"]
Wrong = Literal["missed", "open", "needless", "scope"]
KINDS: tuple[CaseKind, ...] = ("false_clear", "needless_flag", "failed", "item")
WRONGS: tuple[Wrong, ...] = ("missed", "needless", "open", "scope")
FLAGGING = ("critical", "high")
MOST_NAMED = 2000


@dataclass(frozen=True, slots=True)
class WrongItem:
    """An item that came out otherwise. Without `item` the rule set has none of that id; without `expected` it is not
    labelled, and only flagged a session that is clean.

    `missed`: a violation that nobody is asked to look at; `open`: left undecided; `needless`: raised without a
    violation; `scope`: taken to apply, or not to, against the label.
    """

    id: str
    wrong: Wrong
    expected: Verdict | None
    got: Verdict | None
    item: Item | None


@dataclass(frozen=True, slots=True)
class Case:
    """One session that came out wrong, with its worst items first; `more` of them are left out."""

    kind: CaseKind
    recording: Recording
    line: SessionLine
    inspection: Inspection | None
    wrong: tuple[WrongItem, ...]
    more: int = 0
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A case that is only named."""

    kind: CaseKind
    id: str
    items: tuple[str, ...]


@dataclass
class Cases:
    """What is kept of all errors. `most` in full, `items` of each."""

    most: int
    items: int = 4
    kept: list[Case] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    counts: dict[CaseKind, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    wrongs: dict[Wrong, int] = field(default_factory=lambda: dict.fromkeys(WRONGS, 0))
    _keys: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, result: SessionResult) -> None:
        """Look at one session."""
        case = case_of(result, self.items)
        if case is None:
            return
        self.counts[case.kind] += 1
        for one in wrong_items(result):
            self.wrongs[one.wrong] += 1
        key = KINDS.index(case.kind), sha256(case.recording.id.encode()).digest()
        place = bisect.bisect(self._keys, key)
        self._keys.insert(place, key)
        self.kept.insert(place, case)
        if len(self.kept) > self.most:
            self._keys.pop()
            self._name(self.kept.pop())

    def _name(self, case: Case) -> None:
        if len(self.named) < MOST_NAMED:
            self.named.append(Named(case.kind, case.recording.id, tuple(one.id for one in case.wrong)))

    @property
    def total(self) -> int:
        """How many sessions came out wrong."""
        return sum(self.counts.values())

    @property
    def uncounted(self) -> int:
        """How many of them are not even named."""
        return self.total - len(self.kept) - len(self.named)


def case_of(result: SessionResult, most_items: int) -> Case | None:
    """What was wrong with a session; None where nothing was."""
    line = result.line
    if result.inspection is None:
        return Case("failed", result.recording, line, None, (), error=result.error)
    wrong = tuple(wrong_items(result))
    kind: CaseKind = "false_clear" if line.false_clear else "needless_flag" if line.needless else "item"
    if kind == "item" and not wrong:
        return None
    shown = wrong[:most_items]
    items = tuple(one.item for one in shown if one.item is not None)
    inspection = replace(result.inspection, items=items)
    recording = result.recording
    return Case(kind, recording, line, inspection, shown, len(wrong) - len(shown))


def wrong_items(result: SessionResult) -> Iterator[WrongItem]:
    """Items that came out otherwise, the gravest first. A violation that is raised as `review` is no error: a person
    looks at it.
    """
    if result.inspection is None:
        return
    labels = result.recording.labels.items or {}
    items, worst = result.inspection.items, verdicts(result.inspection.items)
    own = {item.id: item for item in reversed(items) if item.verdict == worst[item.id]}
    own |= {item_key(item): item for item in items if item.product_index is not None}
    labelled = {key.partition(PRODUCT)[0] for key in labels}
    found = []
    for name in dict.fromkeys((*labels, *(key for key in worst if key not in labelled))):
        item, expected = own.get(name), labels.get(name)
        verdict = item.verdict if item else None
        wrong = _wrong(expected, verdict, item, clean=result.line.needless)
        if wrong is not None:
            found.append(WrongItem(name, wrong, expected, verdict, item))
    yield from sorted(found, key=_gravity)


def _wrong(expected: Verdict | None, got: Verdict | None, item: Item | None, clean: bool) -> Wrong | None:
    if expected is None:  # not labelled: it matters where it flags a session that is clean
        flags = clean and item is not None and item.severity in FLAGGING
        return "needless" if flags and got in ("fail", "review", "inconclusive") else None
    if expected == "fail":
        return "missed" if (got or "absent") in CLEARED else "open" if got == "inconclusive" else None
    if expected not in ("pass", "not_applicable"):
        return None
    if got in RAISED:
        return "needless"
    if got == "inconclusive":
        return "open"
    return "scope" if got is not None and got != expected else None


def _gravity(one: WrongItem) -> tuple[int, int, str]:
    severity = SEVERITY_RANK[one.item.severity] if one.item else len(SEVERITY_RANK)
    return WRONGS.index(one.wrong), severity, one.id
