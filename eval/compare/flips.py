"""What came to another verdict from one run to the next: the item, its words, and whether that is nearer the truth."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from engine.inspection import Item, SessionVerdict, Severity, Verdict
from eval.compare.pairing import Pair
from eval.compare.sessions import Judged
from eval.metrics.items import CLEARED, Got, label_of

Direction = Literal["worse", "better", "neither", "unlabelled"]
Outcome = Got | SessionVerdict | Literal["failed"]

LISTED = 1000
"""Flips kept with their words, the worst first; all are counted."""

RAISED_WELL: Mapping[Got, int] = {"fail": 3, "review": 2, "inconclusive": 1}
"""How well a verdict serves where the item truly fails; any other lets it through."""

RAISED_ILL: Mapping[Got, int] = {"fail": 0, "review": 1, "inconclusive": 1}
"""How well it serves where the item is truly in order; any other is right."""

IN_ORDER = 3
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True)
class Flip:
    """One verdict that changed: of an item, or of the session where `item` is None.

    `quote` and its times in seconds are of the words the verdict rests on now, else of those it rested on.
    """

    recording: str
    item: str | None
    before: Outcome
    after: Outcome
    direction: Direction
    expected: Verdict | SessionVerdict | None = None
    false_clear: bool = False
    title: str = ""
    severity: Severity | None = None
    reason: str = ""
    quote: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Flips:
    """The worst flips, and how many there are of each direction, of sessions and of items."""

    listed: tuple[Flip, ...]
    sessions: Mapping[Direction, int]
    items: Mapping[Direction, int]
    false_clears: int


class Gathering:
    """Gathers flips, holding no more than `most` of them for long."""

    def __init__(self, most: int = LISTED) -> None:
        self._most = most
        self._kept: list[Flip] = []
        self._sessions: Counter[Direction] = Counter()
        self._items: Counter[Direction] = Counter()
        self._false_clears = 0

    def add(self, pair: Pair) -> None:
        """Take up what flips in one recording."""
        for flip in flips(pair):
            (self._sessions if flip.item is None else self._items)[flip.direction] += 1
            self._false_clears += flip.false_clear
            self._kept.append(flip)
        if len(self._kept) > 2 * self._most:
            self._kept = self._worst()

    def gathered(self) -> Flips:
        """What was gathered, the worst first."""
        return Flips(tuple(self._worst()), dict(self._sessions), dict(self._items), self._false_clears)

    def _worst(self) -> list[Flip]:
        return sorted(self._kept, key=_rank)[: self._most]


def flips(pair: Pair) -> Iterator[Flip]:
    """What flips in one recording that both runs have: its own verdict, then its items."""
    before, after = pair.before, pair.after
    if before is None or after is None:
        return
    if before.verdict != after.verdict:
        yield _of_session(before, after)
    if before.verdict is None or after.verdict is None:
        return
    for key in _keys(before, after):
        old: Got = before.items.get(key, "absent")
        new: Got = after.items.get(key, "absent")
        if old != new:
            yield _of_item(key, before, after, old, new)


def _of_session(before: Judged, after: Judged) -> Flip:
    violating = after.labels.violating
    old, new = (_service(one.verdict, violating) for one in (before, after))
    return Flip(
        recording=after.id,
        item=None,
        before=before.verdict or "failed",
        after=after.verdict or "failed",
        direction=_direction(old, new),
        expected=after.labels.verdict,
        false_clear=violating is True and after.verdict == "clear",
    )


def _service(verdict: SessionVerdict | None, violating: bool | None) -> int | None:
    """How well a verdict serves: one that failed serves nobody; None where the truth is not known."""
    if verdict is None:
        return -1
    if violating is None:
        return None
    return int((verdict == "clear") is not violating)


def _of_item(key: str, before: Judged, after: Judged, old: Got, new: Got) -> Flip:
    item = after.words.get(key) or before.words.get(key)
    labels = after.labels.items or {}
    expected = label_of(item, labels) if item else labels.get(key)
    quote, start, end = _words((after.words.get(key), before.words.get(key)))
    return Flip(
        recording=after.id,
        item=key,
        before=old,
        after=new,
        direction=_direction(_worth(expected, old), _worth(expected, new)),
        expected=expected,
        title=item.title if item else "",
        severity=item.severity if item else None,
        reason=item.reason if item else "",
        quote=quote,
        start=start,
        end=end,
    )


def _worth(expected: Verdict | None, got: Got) -> int | None:
    """How well a verdict serves, given the label; None where the label does not say what is true."""
    if expected == "fail":
        return RAISED_WELL.get(got, 0)
    if expected in CLEARED:
        return RAISED_ILL.get(got, IN_ORDER)
    return None


def _direction(before: int | None, after: int | None) -> Direction:
    if before is None or after is None:
        return "unlabelled" if before is after else ("worse" if after == -1 else "better")
    if before == after:
        return "neither"
    return "better" if after > before else "worse"


def _words(sides: Iterable[Item | None]) -> tuple[str | None, float | None, float | None]:
    known = [side for side in sides if side is not None]
    for side in known:
        found = next((one for one in side.evidence if one.quote), None)
        if found is not None:
            return found.quote, found.start, found.end
    answer = next((side.answer for side in known if side.answer is not None), None)
    return (answer.quote, answer.start, answer.end) if answer else (None, None, None)


def _keys(before: Judged, after: Judged) -> Iterable[str]:
    return dict.fromkeys((*before.items, *after.items))


def _rank(flip: Flip) -> tuple[bool, int, bool, int, str, str]:
    order: tuple[Direction, ...] = ("worse", "unlabelled", "neither", "better")
    severity = SEVERITIES.index(flip.severity) if flip.severity else 0
    return (
        not flip.false_clear,
        order.index(flip.direction),
        flip.item is not None,
        severity,
        flip.recording,
        flip.item or "",
    )
