"""The clocks: by when something has to be done, for one sale, from the moments that are known.

A clock whose start or length nobody told gives no day and says what is missing; years whose holidays are not in the
calendar are named. Nothing is guessed.

>>> from engine.order import Order
>>> order = Order.model_validate({"receipt_signed_at": "2026-11-02", "products": [{"cooling_off_days": 15}]})
>>> deadline("qc_due", order).day.isoformat()
'2026-11-17'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.duties.data import ByCover, ClockPart, DutiesPart, SpanPart, Unit, duties
from engine.duties.days import civil_day, end_of, months_after
from engine.order import Order, Product
from engine.rules.deadlines import Due, TermPart, calendar

MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last `day` of a clock; None where `missing` fields were needed. `assumed`: years of unknown holidays."""

    clock: str
    basis: str
    day: date | None
    missing: tuple[str, ...] = ()
    assumed: tuple[int, ...] = ()

    @property
    def at(self) -> datetime | None:
        """The last second of the day."""
        return end_of(self.day) if self.day else None


def deadline(
    clock: str,
    order: Order,
    moments: Mapping[str, datetime] | None = None,
    *,
    sold_on: date | None = None,
    data: DutiesPart | None = None,
) -> Deadline:
    """The deadline of `clock` for the sale of `order`. `moments` are those an order does not hold (found_at, opened_at,
    refused_at, received_at); `sold_on` is the day of the sale where the order does not say.

    Raises KeyError for a clock that the data does not know.
    """
    part = _in_force(clock, order, sold_on, data or duties())
    begun = next((moment for name in part.start if (moment := _moment(name, order, moments)) is not None), None)
    length = _length(part, order)
    missing = (*(() if begun else ("/".join(part.start),)), *(("cooling_off_days",) if length is None else ()))
    if begun is None or length is None:
        return Deadline(part.id, part.basis, None, missing)
    due = after(civil_day(begun), length, part.unit)
    return Deadline(part.id, part.basis, due.day, (), due.assumed)


def after(start: date, length: int, unit: Unit) -> Due:
    """The last day of `length` units that start on `start`, which is not counted."""
    if unit == "month" or unit == "year":
        return Due(months_after(start, length * MONTHS[unit]))
    return calendar().due(start, TermPart(length=length, unit=unit, basis=""))


def span_after(start: date, span: SpanPart) -> date:
    """The last day of `span`."""
    return after(start, span.length, span.unit).day


def _in_force(clock: str, order: Order, sold_on: date | None, data: DutiesPart) -> ClockPart:
    """The row of `clock` for this region and day of sale: one of the region before a general one, the newest first.

    With an unknown day of sale the newest row holds.
    """
    day = civil_day(order.recorded_at) if order.recorded_at else sold_on
    rows = [one for one in data.clocks if one.id == clock]
    if not rows:
        raise KeyError(clock)
    holding = [one for one in rows if _holds(one, order.region, day)]
    return max(holding or rows[:1], key=lambda one: (bool(one.regions), one.valid_from or date.min))


def holds(part: ClockPart, order: Order, sold_on: date | None = None) -> bool:
    """Whether the row holds for this sale at all."""
    return _holds(part, order.region, civil_day(order.recorded_at) if order.recorded_at else sold_on)


def _holds(part: ClockPart, region: str | None, day: date | None) -> bool:
    if part.regions and region not in part.regions:
        return False
    if day is None:
        return part.valid_to is None
    return (part.valid_from is None or day >= part.valid_from) and (part.valid_to is None or day <= part.valid_to)


def _moment(name: str, order: Order, moments: Mapping[str, datetime] | None) -> datetime | None:
    given = (moments or {}).get(name)
    return given if given is not None else getattr(order, name, None)


def _length(part: ClockPart, order: Order) -> int | None:
    if part.length == "cooling_off_days":
        days = [one.cooling_off_days for one in order.products if one.cooling_off_days is not None]
        return min(days) if days else part.otherwise
    if isinstance(part.length, ByCover):
        return part.length.cover_le_1y if short_cover(order) else part.length.cover_gt_1y
    return part.length


def short_cover(order: Order) -> bool:
    """Whether every product is known to cover a year at most. Not known counts as longer: the longer rule wins."""
    years = [_years(product) for product in order.products]
    return bool(years) and all(one is not None and one <= 1 for one in years)


def long_cover(order: Order) -> bool:
    """Whether a product is known to cover more than a year; cover to an age or for life does."""
    return any(_is_long(product) for product in order.products)


def _years(product: Product) -> int | None:
    cover = product.cover
    if cover is None:
        return product.cover_years
    return cover.value if cover.kind == "years" else None


def _is_long(product: Product) -> bool:
    years = _years(product)
    return (product.cover is not None and product.cover.kind != "years") or (years is not None and years > 1)
