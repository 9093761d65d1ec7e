"""What one order means for its recording: why it had to be made, by when somebody must look, how long it is kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from engine.duties.clocks import deadline
from engine.duties.data import Trigger
from engine.duties.days import civil_day, end_of
from engine.duties.retention import kept_until
from engine.order import Order
from engine.rules.case import sale_date
from engine.rules.orders import OrderView


@dataclass(frozen=True, slots=True)
class SaleDuties:
    """`qc_due_at`: the last second for the inspection by a person, None where the order does not tell. `purge_after`:
    nothing may be removed before, None while the contract's end is not known. `missing`: fields that would tell.
    """

    trigger: Trigger
    qc_due_at: datetime | None
    purge_after: datetime | None
    missing: tuple[str, ...]
    assumed: tuple[int, ...]
    order: Order

    def review_due_at(self, received: datetime) -> datetime:
        """By when a person must have looked: `qc_due_at`; where that is not known, counted from the recording (from
        `received` without its time) for the cooling-off period, or the shortest one in use.
        """
        due = deadline("queue_due", self.order, {"received_at": received})
        return end_of(due.day or civil_day(received))


def duties_of(order: Order, recorded_at: str | None = None) -> SaleDuties:
    """The duties of a sale. `recorded_at` is the container's own time stamp (ISO 8601), used where the order has no
    time.
    """
    given = civil_day(order.recorded_at) if order.recorded_at else None
    sold_on: date | None = sale_date(given, recorded_at)
    trigger = OrderView(order, sold_on).value("trigger")
    due = deadline("qc_due", order, sold_on=sold_on)
    kept = kept_until(order, sold_on)
    return SaleDuties(
        trigger=cast(Trigger, trigger) if trigger in ("A", "B", "region") else "none",
        qc_due_at=due.at,
        purge_after=end_of(kept.day) if kept.day else None,
        missing=(*due.missing, *kept.missing),
        assumed=due.assumed,
        order=order,
    )
