"""How long a session is kept, and what stands against removing it.

The longest rule wins. While the contract's end is not known nothing may go; nor while a dispute holds the file, nor
until two years after it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.duties.clocks import Deadline, deadline, holds, span_after
from engine.duties.data import DutiesPart, duties
from engine.duties.days import civil_day, end_of
from engine.order import Order


@dataclass(frozen=True, slots=True)
class Kept:
    """The last day of keeping, by the rule that asks for the longest; `day` None: the contract's end is not known."""

    day: date | None
    basis: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A legal hold: in force while the dispute lasts, and until `ends_after` once it has ended."""

    reason: str
    dispute_ended_at: datetime | None = None
    ends_after: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        return self.dispute_ended_at is None or self.ends_after is None or now <= self.ends_after


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a session may not be removed: a code of engine/errors's `purge_refused` texts, and until when."""

    code: str
    zh: str
    en: str
    until: datetime | None = None


def kept_until(order: Order, sold_on: date | None = None, data: DutiesPart | None = None) -> Kept:
    """The last day on which the files of this sale must be kept."""
    rules = data or duties()
    asked: list[Deadline] = []
    for clock in rules.keeping.clocks:
        if any(part.id == clock and holds(part, order, sold_on) for part in rules.clocks):
            asked.append(deadline(clock, order, sold_on=sold_on, data=rules))
    open_ends = [one for one in asked if one.day is None]
    if open_ends or not asked:
        return Kept(None, open_ends[0].basis if open_ends else "", ("contract_ended_at",))
    longest = max(asked, key=lambda one: one.day or date.min)
    return Kept(longest.day, longest.basis)


def hold_ends(dispute_ended_at: datetime, data: DutiesPart | None = None) -> datetime:
    """Until when a session is held after its dispute ended."""
    return end_of(span_after(civil_day(dispute_ended_at), (data or duties()).keeping.dispute))


def obstacles(order: Order, held: Sequence[Held], now: datetime, sold_on: date | None = None) -> tuple[Obstacle, ...]:
    """Everything that stands against removing a session at `now`; empty when it may go."""
    found: list[Obstacle] = []
    kept = kept_until(order, sold_on)
    if kept.day is None:
        found.append(Obstacle("contract_end_unknown", "合同终止日期未知", "the end of the contract is not known"))
    elif now <= end_of(kept.day):
        day = kept.day.isoformat()
        found.append(
            Obstacle(
                "kept_by_rule",
                f"按规定须保管至 {day}（{kept.basis}）",
                f"must be kept until {day} ({kept.basis})",
                end_of(kept.day),
            )
        )
    for one in held:
        if one.dispute_ended_at is None:
            found.append(Obstacle("held", "有未了结的投诉或诉讼", "a complaint or lawsuit is open"))
        elif one.holds_at(now):
            until = one.ends_after or one.dispute_ended_at
            day = civil_day(until).isoformat()
            found.append(
                Obstacle("held_after", f"争议结束后须保管至 {day}", f"kept until {day} after the dispute", until)
            )
    return tuple(found)
