"""The life cycle of a call-back: given what has happened so far, what is the next step and by when.

States, transitions and limits are data (configs/callback_lifecycle.yaml). Nothing here looks at a clock: days come from
the order and from the contacts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from engine.errors import MingjianError
from engine.order import Order
from engine.rules.deadlines import TermPart, calendar
from engine.rules.loading import CONFIGS
from engine.rules.schema import Part
from engine.rules.source import faults_of, read

LIFECYCLE = CONFIGS / "callback_lifecycle.yaml"
COOLING_OFF_BASIS = "RSVC-15"

Event = Literal[
    "no_answer", "someone_else", "appointment", "wrong_number", "refused", "stopped", "verify", "unable",
    "standard", "substandard", "incomplete", "explain", "signed_by_other", "misled", "handed_back", "settled",
    "unsettled", "questionnaire_signed", "not_met", "withdrawn",
]  # fmt: skip
Standing = Literal["正常", "警告", "超时"]
Limit = TermPart | Literal["cooling_off"] | None


class FirstCallPart(Part):
    """The earliest day of the first call, counted from the signed receipt, else from the policy's issue."""

    after_receipt: TermPart
    after_issue: TermPart


class TriesPart(Part):
    """`most` unsuccessful tries in a row, `gap` apart; `counted` are the events that make a try unsuccessful."""

    most: Annotated[int, Field(ge=1)]
    counted: tuple[Event, ...]
    gap: TermPart


class StatePart(Part):
    """One state. `limit`: how long from entering it, or the end of the cooling-off period. `call`: the step is a call,
    which may have to wait.
    """

    title: str
    step: str = ""
    call: bool = False
    limit: Limit = None
    closed: bool = False


class TransitionPart(Part):
    """In a state of `from`, one of the events `on` leads to `to`; `tries` restricts it to tries being left or not."""

    from_: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    on: Annotated[tuple[Event, ...], Field(min_length=1)]
    to: str
    tries: Literal["left", "used_up"] | None = None


class LifecyclePart(Part):
    """configs/callback_lifecycle.yaml"""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    id: str
    start: str
    warn_days: Annotated[int, Field(ge=0)]
    first_call: FirstCallPart
    tries: TriesPart
    states: dict[str, StatePart]
    transitions: tuple[TransitionPart, ...]

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "LifecyclePart":
        for name in (self.start, *(one for t in self.transitions for one in (*t.from_, t.to))):
            if name not in self.states:
                raise ValueError(f"没有状态“{name}”/ no state {name!r}")
        ways: set[tuple[str, str, str]] = set()
        for state, event, tries, _ in self.ways():
            if (state, event, tries) in ways:
                raise ValueError(f"“{state}”遇到“{event}”有两种去向 / two ways out of {state!r} on {event!r}")
            ways.add((state, event, tries))
        for name in self.states:
            if not self._closes(name):
                raise ValueError(f"从状态“{name}”到不了结案 / state {name!r} never comes to a close")
        return self

    def ways(self) -> Iterator[tuple[str, str, str, str]]:
        """State, event, tries (left or used_up) and where that leads."""
        for transition in self.transitions:
            for state in transition.from_:
                for event in transition.on:
                    for tries in (transition.tries,) if transition.tries else ("left", "used_up"):
                        yield state, event, tries, transition.to

    def _closes(self, name: str) -> bool:
        reached, ways = {name}, list(self.ways())
        while True:
            further = {to for state, _, _, to in ways if state in reached} | reached
            if further == reached:
                return any(self.states[one].closed for one in reached)
            reached = further


@dataclass(frozen=True, slots=True)
class Contact:
    """One thing that happened: a try, its result, a case handed back. `agreed` is the day of an appointment."""

    day: date
    event: Event
    agreed: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next. `not_before` and `due` are days, None where nothing says so; `tries` is how many unsuccessful
    tries in a row there were. `assumed`: years whose holidays are not known.
    """

    state: str
    title: str
    step: str
    closed: bool
    not_before: date | None
    due: date | None
    basis: str | None
    tries: int
    assumed: tuple[int, ...] = ()

    def standing(self, day: date, warn_days: int) -> Standing:
        """How the step stands on `day`: overdue, fewer than `warn_days` days left, or neither."""
        if self.due is None or self.closed:
            return "正常"
        left = (self.due - day).days
        return "超时" if left < 0 else "警告" if left < warn_days else "正常"


def load_lifecycle(path: Path = LIFECYCLE) -> LifecyclePart:
    """The life cycle of a file. Raises MingjianError `policy_faults` listing every fault of it."""
    source = read(path)
    try:
        part, faults = LifecyclePart.model_validate(source.data), list(source.faults)
    except ValidationError as error:
        part, faults = None, [*source.faults, *faults_of(source, (), error.errors())]
    if part is None or faults:
        raise MingjianError("policy_faults", path=path, detail="；".join(map(str, faults)))
    return part


def next_step(life: LifecyclePart, contacts: Sequence[Contact], order: Order) -> Step:
    """The next step after `contacts`, which are in order of time.

    Raises MingjianError `callback_event` for an event that cannot happen in the state it meets.
    """
    ways = {(state, event, tries): to for state, event, tries, to in life.ways()}
    state, entered, tries = life.start, None, 0
    for contact in contacts:
        counted = contact.event in life.tries.counted
        tries = tries + 1 if counted else tries if contact.event == "appointment" else 0
        left = "left" if tries < life.tries.most else "used_up"
        to = ways.get((state, contact.event, left))
        if to is None:
            raise MingjianError("callback_event", state=life.states[state].title, event=contact.event)
        entered, state = contact.day, to
    return _step(life, state, entered, tries, contacts[-1] if contacts else None, order)


def _step(
    life: LifecyclePart, state: str, entered: date | None, tries: int, last: Contact | None, order: Order
) -> Step:
    part = life.states[state]
    due, basis, assumed = _limit(part.limit, entered, order)
    not_before = _earliest(life, last, order) if part.call else None
    return Step(state, part.title, part.step, part.closed, not_before, due, basis, tries, assumed)


def _limit(limit: Limit, entered: date | None, order: Order) -> tuple[date | None, str | None, tuple[int, ...]]:
    if limit == "cooling_off":
        days = [one.cooling_off_days for one in order.products if one.cooling_off_days is not None]
        if order.receipt_signed_at is None or not days:
            return None, COOLING_OFF_BASIS, ()
        term = TermPart(length=min(days), unit="calendar_day", basis=COOLING_OFF_BASIS)
        return calendar().due(order.receipt_signed_at.date(), term).day, COOLING_OFF_BASIS, ()
    if limit is None or entered is None:
        return None, None, ()
    due = calendar().due(entered, limit)
    return due.day, limit.basis, due.assumed


def _earliest(life: LifecyclePart, last: Contact | None, order: Order) -> date | None:
    """The first day on which the next call makes sense; None where the next step is no call that must wait."""
    if last is None:
        if order.receipt_signed_at is not None:
            return calendar().due(order.receipt_signed_at.date(), life.first_call.after_receipt).day
        if order.issued_at is not None:
            return calendar().due(order.issued_at.date(), life.first_call.after_issue).day
        return None
    if last.event == "appointment":
        return last.agreed
    return calendar().due(last.day, life.tries.gap).day if last.event in life.tries.counted else None
