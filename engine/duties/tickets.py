"""Where a ticket stands, from what has happened to it: state, next step, last day. Life cycles are data.

A call-back follows configs/callback_lifecycle.yaml; rectification, mis-selling and verification the cycles of
configs/duties.yaml, each under one clock from the day it was found or opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from engine.duties.clocks import deadline
from engine.duties.data import CyclePart, DutiesPart, TicketKind, duties
from engine.duties.days import civil_day, end_of
from engine.errors import MingjianError
from engine.inspection import Outcome
from engine.order import Order
from engine.rules.lifecycle import Contact, Event, LifecyclePart, Step, load_lifecycle, next_step

NON_SALES_STATES = ("signature", "misled")
"""States of a call-back that people of the sales side must not handle (RSVC Art. 18; 代签字 by practice)."""
VOID = "void"
"""An event that takes back an earlier one: a person found that it never happened."""
BY_BRANCH = frozenset({"handed_back", "rerecorded", "mended", "not_met", "questionnaire_signed", "withdrawn"})
"""What a branch may report of its own tickets."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a ticket. `agreed`: the day of an appointment. `voids`: the id of the event this one takes back."""

    id: str
    event: str
    at: datetime
    agreed: date | None = None
    voids: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands. `not_before` and `due` are days, `due_at` the last second; None where nothing says so.

    `assumed`: years whose holidays are not known; `missing`: fields that a clock would need.
    """

    state: str
    title: str
    step: str
    closed: bool
    non_sales: bool
    not_before: date | None
    due: date | None
    basis: str | None
    tries: int = 0
    assumed: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def due_at(self) -> datetime | None:
        return end_of(self.due) if self.due and not self.closed else None

    def overdue_at(self, moment: datetime) -> bool:
        """Whether something done at `moment` comes after the last day."""
        return self.due is not None and moment > end_of(self.due)


def standing(
    kind: TicketKind, happened: Sequence[Happened], order: Order, found_at: datetime, data: DutiesPart | None = None
) -> Standing:
    """Where a ticket of `kind`, opened for what was found at `found_at`, stands after all that happened, in order.

    Raises MingjianError `callback_event` or `ticket_event` for an event that cannot happen in the state it meets.
    """
    rules = data or duties()
    counted = in_force(happened)
    if kind == "callback":
        return _callback(counted, order)
    return _in_cycle(rules.tickets.cycles[kind], counted, order, found_at, rules)


def in_force(happened: Sequence[Happened]) -> tuple[Happened, ...]:
    """The events that count: none that was taken back, and none that takes back."""
    voided = {one.voids for one in happened if one.event == VOID}
    return tuple(one for one in happened if one.event != VOID and one.id not in voided)


@cache
def _life() -> LifecyclePart:
    return load_lifecycle()


def _callback(happened: Sequence[Happened], order: Order) -> Standing:
    life = _life()
    contacts = [Contact(civil_day(one.at), _event(one.event, life), one.agreed) for one in happened]
    step: Step = next_step(life, contacts, order)
    missing = () if step.closed or step.due or step.basis != "RSVC-15" else ("receipt_signed_at/cooling_off_days",)
    return Standing(
        state=step.state,
        title=step.title,
        step=step.step,
        closed=step.closed,
        non_sales=step.state in NON_SALES_STATES,
        not_before=step.not_before,
        due=step.due,
        basis=step.basis,
        tries=step.tries,
        assumed=step.assumed,
        missing=missing,
    )


def _event(event: str, life: LifecyclePart) -> Event:
    known: dict[str, Event] = {on: on for part in life.transitions for on in part.on}
    if event not in known:
        raise MingjianError("callback_event", state="、".join(sorted(known)), event=event)
    return known[event]


def _in_cycle(
    cycle: CyclePart, happened: Sequence[Happened], order: Order, found_at: datetime, rules: DutiesPart
) -> Standing:
    state = cycle.start
    for one in happened:
        to = cycle.after(state, one.event)
        if to is None:
            raise MingjianError("ticket_event", state=cycle.states[state].title, event=one.event)
        state = to
    due = deadline(cycle.clock, order, {"found_at": found_at, "opened_at": found_at}, data=rules)
    part = cycle.states[state]
    return Standing(
        state=state,
        title=part.title,
        step=part.step,
        closed=part.closed,
        non_sales=cycle.non_sales,
        not_before=None,
        due=due.day,
        basis=due.basis,
        assumed=due.assumed,
        missing=due.missing,
    )


def events_open(kind: TicketKind, state: str, data: DutiesPart | None = None) -> tuple[str, ...]:
    """What can happen to a ticket of `kind` in `state`."""
    if kind == "callback":
        return tuple(dict.fromkeys(event for at, event, _, _ in _life().ways() if at == state))
    moves = (data or duties()).tickets.cycles[kind].transitions
    return tuple(move.on for move in moves if state in move.from_)


def call_event(outcome: Outcome, data: DutiesPart | None = None) -> str | None:
    """What an inspected call with this outcome means for its call-back; None where a person has to say."""
    for part in (data or duties()).callbacks.events:
        if outcome.classification == part.class_ and (not part.kind or outcome.kind in part.kind):
            return part.event
    return None


@cache
def titles() -> dict[str, str]:
    """The Chinese names of all states, by kind and state: `callback.due`."""
    named = {f"callback.{name}": part.title for name, part in _life().states.items()}
    for kind, cycle in duties().tickets.cycles.items():
        named |= {f"{kind}.{name}": part.title for name, part in cycle.states.items()}
    return named
