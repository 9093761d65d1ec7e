"""Whether the recordings of one policy agree: 双录 against call-back against order, phones, files, voices.

Nothing here fails anybody: every finding is a review, with both sides quoted. What one side did not say cannot differ.
The checks are data (configs/consistency.yaml).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from itertools import pairwise
from typing import Literal

from engine import reasons
from engine.duties.checks import AnswersPart, CheckPart, ConsistencyPart, FromPart, OrdersPart, ValuesPart, consistency
from engine.inspection import Inspection, Item, Severity
from engine.order import Order

CALLBACK = "callback"
CONTRARY = ("deny", "not_understood", "refusal")
CONFIRMED = ("affirm",)
LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Recorded:
    """One inspected recording of a policy. `at`: when it was made, else when it came in."""

    session_id: str
    scenario: str | None
    at: datetime
    order: Order
    items: tuple[Item, ...]

    @property
    def is_call(self) -> bool:
        return self.scenario == CALLBACK

    def called(self, ids: Iterable[str]) -> Iterator[Item]:
        """Its items with these ids."""
        wanted = set(ids)
        return (item for item in self.items if item.id in wanted)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a contradiction: who says so, what, and where in the recording (seconds; None for an order)."""

    session_id: str
    source: Literal["sale", "callback", "order"]
    item: str | None
    text: str
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that does not agree, to be looked at by a person. It lands with `session_id`, the newest recording of
    those it is about; `others` are the rest.
    """

    check: str
    session_id: str
    others: tuple[str, ...]
    severity: Severity
    reason_code: str
    reason: str
    sides: tuple[Side, ...] = ()

    @property
    def content(self) -> str:
        """The same disagreement has the same hash."""
        text = "\n".join((self.check, self.reason_code, self.reason, *sorted((self.session_id, *self.others))))
        return sha256(text.encode()).hexdigest()


def recorded(inspection: Inspection, order: Order, session_id: str, at: datetime) -> Recorded:
    """A stored inspection as comparisons see it. `order`: with all dates known by now."""
    scenario = order.scenario or (CALLBACK if inspection.ruleset.id == CALLBACK else inspection.ruleset.id)
    return Recorded(session_id, scenario, order.recorded_at or at, order, inspection.items)


def compare(recordings: Sequence[Recorded], checks: ConsistencyPart | None = None) -> tuple[Disagreement, ...]:
    """Everything that does not agree between the recordings of one policy, and between them and their orders."""
    rules = checks or consistency()
    found = sorted(recordings, key=lambda one: (one.at.timestamp(), one.session_id))
    sales, calls = [one for one in found if not one.is_call], [one for one in found if one.is_call]
    return tuple(
        dict.fromkeys(
            (
                *(one for part in rules.answers for one in _answers(part, sales, calls)),
                *(one for part in rules.values for one in _values(part, found)),
                *_orders(rules.orders, found),
                *_retries(rules.retries, sales),
            )
        )
    )


def _answers(part: AnswersPart, sales: Sequence[Recorded], calls: Sequence[Recorded]) -> Iterator[Disagreement]:
    """The newest sale against every call after it was made."""
    if not sales:
        return
    sale = sales[-1]
    confirmed = [item for item in sale.called(part.sale) if _confirmed(item)]
    if part.sale and not confirmed:
        return
    for call in calls:
        denied = next((item for item in call.called(part.callback) if _denied(item)), None)
        if denied is None or denied.answer is None:
            continue
        quote = (denied.answer.quote or "")[:LONGEST_QUOTE]
        code = "cs_answers_differ" if confirmed else "cs_record_denied"
        details = {"sale": confirmed[0].title, "quote": quote} if confirmed else {"quote": quote}
        sides = (
            *(_side(sale.session_id, "sale", item) for item in confirmed),
            _side(call.session_id, "callback", denied),
        )
        yield _disagreement(part, code, (sale, call), sides, callback=denied.title, **details)


def _confirmed(item: Item) -> bool:
    return item.verdict == "pass" and (item.answer is None or item.answer.classification in CONFIRMED)


def _denied(item: Item) -> bool:
    """A contrary answer that the rules took for one: whatever its class, what they passed is no denial."""
    return item.answer is not None and item.answer.classification in CONTRARY and item.verdict in ("fail", "review")


def _side(session_id: str, source: Literal["sale", "callback"], item: Item) -> Side:
    answer = item.answer
    if answer is not None and answer.quote:
        return Side(session_id, source, item.id, answer.quote[:LONGEST_QUOTE], answer.start, answer.end)
    first = next(iter(item.evidence), None)
    if first is None:
        return Side(session_id, source, item.id, item.title)
    return Side(session_id, source, item.id, first.quote[:LONGEST_QUOTE], first.start, first.end)


def _values(part: ValuesPart, recordings: Sequence[Recorded]) -> Iterator[Disagreement]:
    """What was said in the newest sale and in each call, and what the newest order holds, product by product.

    Each recording against its own order is the business of its rules; here are only pairs of recordings, and a
    recording against the order of another.
    """
    for first, later in _pairs(recordings):
        mine, theirs = _said(part, first), _said(part, later)
        for product in sorted(mine.keys() & theirs.keys()):
            if not _same(mine[product][0], theirs[product][0]):
                sides = (mine[product][1], theirs[product][1])
                yield _value_disagreement(part, (first, later), sides)
        yield from _against_order(part, first, later)
        yield from _against_order(part, later, first)


def _against_order(part: ValuesPart, one: Recorded, other: Recorded) -> Iterator[Disagreement]:
    for product, (value, side) in _said(part, one).items():
        own, theirs = _ordered(part, one, product), _ordered(part, other, product)
        if theirs is None or _same(value, theirs) or (own is not None and _same(own, theirs)):
            continue  # the same order on both sides: the recording's own rules have compared it
        ordered = Side(other.session_id, "order", None, theirs)
        yield _value_disagreement(part, (one, other), (side, ordered))


def _value_disagreement(part: ValuesPart, pair: Sequence[Recorded], sides: Sequence[Side]) -> Disagreement:
    named = {"sale": "双录", "callback": "回访", "order": "订单"}
    told = "，".join(f"{named[one.source]} {one.text}" for one in sides)
    what = part.title.removesuffix("前后不一")
    return _disagreement(part, "cs_values_differ", pair, tuple(sides), what=what, values=told)


def _said(part: ValuesPart, one: Recorded) -> dict[int, tuple[str, Side]]:
    """By product (0 where the item speaks of none): the value that was said, and who said so."""
    found: dict[int, tuple[str, Side]] = {}
    for item in one.called(part.said):
        for concept in item.concepts:
            if concept.name not in part.said[item.id] or not concept.found or concept.value is None:
                continue
            text = _plain(concept.value)
            first = next(iter(item.evidence), None)
            times = (first.start, first.end) if first else (None, None)
            side = Side(one.session_id, "callback" if one.is_call else "sale", item.id, text, *times)
            found.setdefault(item.product_index or 0, (text, side))
    return found


def _ordered(part: ValuesPart, one: Recorded, product: int) -> str | None:
    if product >= len(one.order.products):
        return None
    value = getattr(one.order.products[product], part.order, None)
    return None if value is None else _plain(value)


def _plain(value: object) -> str:
    number = _number(str(value))
    if number is None:
        return str(value)
    return format(number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize(), "f")


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _same(one: str, other: str) -> bool:
    first, second = _number(one), _number(other)
    return first == second if first is not None and second is not None else one == other


def _orders(part: OrdersPart, recordings: Sequence[Recorded]) -> Iterator[Disagreement]:
    """The order of each recording against that of the one before it; nothing of the values is repeated in the sentence,
    they are personal."""
    for first, later in _pairs(recordings, neighbours=True):
        differing = [
            path
            for path in part.fields
            if (mine := _at(first.order, path))
            and (theirs := _at(later.order, path))
            and _folded(mine) != _folded(theirs)
        ]
        if differing:
            yield _disagreement(part, "cs_orders_differ", (first, later), (), fields="、".join(differing))


def _at(order: Order, path: str) -> str | None:
    here: object = order
    for name in path.split("."):
        here = getattr(here, name, None)
    return None if here is None else str(here)


def _folded(text: str) -> str:
    return "".join(text.split()).upper()


def _retries(part: FromPart, sales: Sequence[Recorded]) -> Iterator[Disagreement]:
    if len(sales) >= part.from_:
        yield _disagreement(part, "cs_recorded_again", sales, (), count=len(sales))


def _pairs(recordings: Sequence[Recorded], *, neighbours: bool = False) -> Iterator[tuple[Recorded, Recorded]]:
    """The newest sale with each call, and the calls with each other; or each recording with the one before it."""
    if neighbours:
        yield from pairwise(recordings)
        return
    sales, calls = [one for one in recordings if not one.is_call], [one for one in recordings if one.is_call]
    relevant = sorted([*sales[-1:], *calls], key=lambda one: (one.at.timestamp(), one.session_id))
    for index, one in enumerate(relevant):
        yield from ((one, other) for other in relevant[index + 1 :])


def _disagreement(
    part: CheckPart, code: str, involved: Sequence[Recorded], sides: tuple[Side, ...], **details: object
) -> Disagreement:
    *others, newest = sorted(involved, key=lambda one: (one.at.timestamp(), one.session_id))
    return Disagreement(
        check=part.id,
        session_id=newest.session_id,
        others=tuple(one.session_id for one in others),
        severity=part.severity,
        reason_code=code,
        reason=reasons.text(code, "zh", **details),
        sides=sides,
    )
