"""How conditions are joined: all_of, any_of, none_of, at_least, over three values.

A condition that could not be judged leaves the whole open unless the others decide; one that does not apply drops out.
`none_of` means that no operand was hit, never that its opposite was. An item that was never said leaves a condition
open that leans on it; the check says what that means (checks.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.interval import Interval
from engine.rules.judgement import worst
from engine.rules.operators.anchors import NOT_DUE, UNSAID, unsaid
from engine.rules.operators.base import Operator, Outcome, Situation, State

Joint = Literal["all_of", "any_of", "none_of", "at_least"]
JOINTS: tuple[Joint, ...] = ("all_of", "any_of", "none_of", "at_least")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One operator. Where none of the items it leans on was said, there is nothing to look at."""

    operator: Operator

    def look(self, situation: Situation) -> Outcome:
        anchors = tuple(self.operator.anchors())
        if anchors and not any(situation.said.get(item) for item in anchors):
            return unsaid(situation, anchors)
        return self.operator.look(situation)

    def leaves(self) -> Iterator[Operator]:
        yield self.operator


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined. `n` counts for `at_least` only."""

    joint: Joint
    parts: tuple["Node", ...]
    n: int = 1

    def look(self, situation: Situation) -> Outcome:
        return join(self.joint, [part.look(situation) for part in self.parts], self.n)

    def leaves(self) -> Iterator[Operator]:
        for part in self.parts:
            yield from part.leaves()


Node = Leaf | Joined


def join(joint: Joint, outcomes: Sequence[Outcome], n: int = 1) -> Outcome:
    """One outcome of several. The evidence is that of the operands that decided."""
    due = [one for one in outcomes if one.state != "not_applicable"]
    if not due:
        return next(iter(outcomes), Outcome("not_applicable"))
    hits = _those(due, "hit")
    misses = _those(due, "miss")
    unknowns = _those(due, "unknown")
    if joint == "all_of":
        if misses:
            return _decided("miss", misses)
        return _groundless(outcomes) or _open(unknowns, due) or _decided("hit", hits)
    if joint == "any_of":
        return _decided("hit", hits) if hits else _open(unknowns, due) or _decided("miss", misses)
    if joint == "none_of":
        return _decided("miss", hits) if hits else _open(unknowns, due) or _decided("hit", misses)
    if len(hits) >= n:
        return _decided("hit", hits)
    return _decided("miss", misses) if len(hits) + len(unknowns) < n else _open(unknowns, due) or due[0]


def _those(outcomes: Sequence[Outcome], state: State) -> list[Outcome]:
    return [one for one in outcomes if one.state == state]


def _decided(state: State, by: Sequence[Outcome]) -> Outcome:
    """An outcome on the evidence of the operands that decided it."""
    return Outcome(
        state,
        findings=tuple(sorted(dict.fromkeys(f for one in by for f in one.findings), key=lambda f: (f.start, f.end))),
        concepts=tuple(dict.fromkeys(concept for one in by for concept in one.concepts)),
        ruling=next((one.ruling for one in by if one.ruling is not None), None),
        window=hull([one.window for one in by]),
        notes=tuple(dict.fromkeys(note for one in by for note in one.notes)),
    )


def _groundless(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The operand whose anchor is not due in this sale: without it, what else must hold means nothing."""
    return next((one for one in outcomes if one.ruling is not None and one.ruling.code == NOT_DUE), None)


def _open(unknowns: Sequence[Outcome], due: Sequence[Outcome]) -> Outcome | None:
    """The outcome that stays open, with the worst of the reasons and all that was found; None where none is open."""
    if not unknowns:
        return None
    rulings = [one.ruling for one in unknowns if one.ruling is not None]
    rulings = [one for one in rulings if one.code != UNSAID] or rulings
    return replace(_decided("unknown", due), ruling=worst(rulings) if rulings else None)


def hull(windows: Sequence[Interval | None]) -> Interval | None:
    """The span from the first start to the last end; None where there is no window or one is the whole session."""
    known = [one for one in windows if one is not None]
    if not known or len(known) < len(windows):
        return None
    return Interval(min(one.start for one in known), max(one.end for one in known))
