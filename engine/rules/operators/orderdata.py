"""Operators over the application data alone: filled fields, ID numbers, phones, hours of calls, the refusers' list.

`required` and `id_number` hit when the data is in order, for `require`; the others hit when what they look for is so,
for `report`. Times are the order's own, in the civil time of `utc_offset`; the machine's clock is never asked. Personal
data stays out of every sentence: numbers are masked or not repeated.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from engine.inspection import Concept, Note
from engine.reasons import Words
from engine.rules.conditions import Truth, parse
from engine.rules.fieldnames import PARTIES, PARTY_FIELDS, listed, named
from engine.rules.identity import IdNumber, masked_phone, parse_id, plain_phone, plain_sex
from engine.rules.judgement import Ruling, note
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.outcomes import hit, miss, not_applicable, unknown
from engine.rules.operators.params import Count, OrderPath
from engine.rules.orders import OrderView

CHINA = "+08:00"
CHECK_DIGIT, BIRTH_DATE, SEX = Words("校验位", "check digit"), PARTY_FIELDS["birth_date"], PARTY_FIELDS["sex"]
IN_WORDS = {str(one): one for one in (CHECK_DIGIT, BIRTH_DATE, SEX)}
SPAN = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


def _a_condition(text: str) -> str:
    parse(text)
    return text


ConditionText = Annotated[str, AfterValidator(_a_condition)]


def condition_holds(text: str | None, view: OrderView) -> Truth:
    """Whether the condition `text` on the order holds; false for none."""
    return Truth(False) if text is None else parse(text).holds(view)


def lacking(*paths: str) -> Outcome:
    """The order lacks what the condition asks for: a person looks."""
    return unknown(Ruling("review", "order_field_missing", {"fields": listed(paths)}))


def product_views(view: OrderView) -> Iterator[OrderView]:
    """The order looking at the product it already looks at, else at each of its products, else at none."""
    if view.product is not None or not view.order.products:
        yield view
    else:
        yield from (replace(view, product=one) for one in view.order.products)


class Required(Operator):
    """All `fields` of the order are filled; those of products in every product."""

    key: ClassVar[str] = "required"
    fields: Annotated[tuple[OrderPath, ...], Field(min_length=1)]

    def look(self, situation: Situation) -> Outcome:
        filled = {path: self._filled(situation.view, path) for path in self.fields}
        concepts = tuple(Concept(named(path), found) for path, found in filled.items())
        empty = [path for path, found in filled.items() if not found]
        if empty:
            return miss("order_field_missing", concepts=concepts, fields=listed(empty))
        return hit("order_fields_filled", concepts=concepts, count=len(filled))

    @staticmethod
    def _filled(view: OrderView, path: str) -> bool:
        views = product_views(view) if path.startswith("product.") else iter((view,))
        return all(one.value(path) not in (None, "", ()) for one in views)


class IdNumberRight(Operator):
    """The ID number of `party` holds together: its check digit, and its birth date and sex against the order's.

    For 18-digit 居民身份证 numbers; other papers are not applicable.
    """

    key: ClassVar[str] = "id_number"
    party: Literal["policyholder", "insured", "guardian"] = "policyholder"
    check_digit: bool = True
    birth_date: bool = True
    sex: bool = True

    @model_validator(mode="after")
    def _checks_something(self) -> "IdNumberRight":
        if not (self.check_digit or self.birth_date or self.sex):
            raise ValueError("至少核对一项 / nothing is checked")
        return self

    def look(self, situation: Situation) -> Outcome:
        order = situation.view.order
        if self.party == "insured" and order.insured.same_as_policyholder:
            return not_applicable("same_as_policyholder")
        person = getattr(order, self.party)
        who = PARTIES[self.party]
        if not person.id_number:
            return lacking(f"{self.party}.id_number")
        number = parse_id(person.id_number)
        if number is None:
            return not_applicable("id_other_paper", who=who)
        concepts, notes = self._compared(number, person.birth_date, person.sex)
        wrong = [IN_WORDS[one.name] for one in concepts if not one.found]
        if wrong:
            what = Words("、".join(wrong), ", ".join(one.english for one in wrong))
            return miss("id_number_wrong", concepts=concepts, notes=notes, who=who, what=what)
        return hit("id_number_right", concepts=concepts, notes=notes, who=who)

    def _compared(
        self, number: IdNumber, born: date | None, sex: str | None
    ) -> tuple[tuple[Concept, ...], tuple[Note, ...]]:
        """What agrees and what does not, without repeating the number; notes for what the order does not state."""
        concepts, notes = [], []
        if self.check_digit:
            concepts.append(Concept(CHECK_DIGIT, number.check_digit_right))
        if self.birth_date:
            if number.birth_date is None or born is not None:
                concepts.append(Concept(BIRTH_DATE, number.birth_date is not None and number.birth_date == born))
            else:
                notes.append(note("not_compared", name=BIRTH_DATE))
        if self.sex:
            stated = plain_sex(sex) if sex else None
            if stated is None:
                notes.append(note("not_compared", name=SEX))
            else:
                concepts.append(Concept(SEX, number.sex == stated))
        return tuple(concepts), tuple(notes)


class PhoneEquals(Operator):
    """The phone at `of` is the one at `field`, `unless` a condition on the order holds (the seller's own policy)."""

    key: ClassVar[str] = "phone_equals"
    field: OrderPath = "agent.phone"
    of: OrderPath = "policyholder.phone"
    unless: ConditionText | None = None

    def look(self, situation: Situation) -> Outcome:
        view = situation.view
        first, second = view.value(self.of), view.value(self.field)
        absent = [path for path, value in ((self.of, first), (self.field, second)) if not value]
        if absent:
            return lacking(*absent)
        one, other = plain_phone(str(first)), plain_phone(str(second))
        if one != other:
            return miss("phones_differ", first=named(self.of), second=named(self.field))
        excused = condition_holds(self.unless, view)
        if excused.value:
            return miss("phones_excused", first=named(self.of), second=named(self.field))
        notes = tuple(note("not_compared", name=named(path)) for path in excused.missing)
        return hit("phones_equal", notes=notes, first=named(self.of), second=named(self.field), phone=masked_phone(one))


class PhoneShared(Operator):
    """The phone at `field` was given by `from` customers or more. Not applicable where nothing is known of earlier
    customers.
    """

    key: ClassVar[str] = "phone_shared"
    field: OrderPath = "policyholder.phone"
    from_: Annotated[int, Field(alias="from", ge=2)] = 3

    def look(self, situation: Situation) -> Outcome:
        customers = situation.context.customers_by_phone
        if customers is None:
            return not_applicable("no_earlier_customers")
        phone = situation.view.value(self.field)
        if not phone:
            return lacking(self.field)
        plain = plain_phone(str(phone))
        count = max(customers.get(plain, 0), customers.get(str(phone), 0))
        shown = masked_phone(plain)
        if count >= self.from_:
            return hit("phone_shared", phone=shown, count=count, limit=self.from_)
        return miss("phone_not_shared", phone=shown, limit=self.from_)


class CallHours(Operator):
    """The call began in the `closed` hours (civil time of `utc_offset`), `unless` a condition on the order holds.

    A recording time without an offset is taken as civil time.
    """

    key: ClassVar[str] = "call_hours"
    closed: Annotated[str, Field(pattern=SPAN)]
    unless: ConditionText | None = None
    utc_offset: Annotated[str, Field(pattern=r"^[+-]\d{2}:\d{2}$")] = CHINA

    def look(self, situation: Situation) -> Outcome:
        begun = situation.view.order.recorded_at
        if begun is None:
            return lacking("recorded_at")
        at = civil(begun, self.utc_offset)
        shown = f"{at:%H:%M}"
        if not self._closed(at.time()):
            return miss("call_hours_open", time=shown, closed=self.closed)
        excused = condition_holds(self.unless, situation.view)
        if excused.value:
            return miss("call_hours_asked", time=shown, closed=self.closed)
        notes = tuple(note("not_compared", name=named(path)) for path in excused.missing)
        return hit("call_hours_closed", notes=notes, time=shown, closed=self.closed)

    def _closed(self, at: time) -> bool:
        """Whether `at` lies in the closed hours, which may run over midnight; their end is open again."""
        begin, end = (time.fromisoformat(one) for one in self.closed.split("-"))
        return begin <= at < end if begin < end else at >= begin or at < end


def civil(moment: datetime, utc_offset: str) -> datetime:
    """`moment` as clocks show it at `utc_offset` ("+08:00"), without an offset; unchanged where it has none."""
    if moment.tzinfo is None:
        return moment
    sign = -1 if utc_offset.startswith("-") else 1
    hours, minutes = utc_offset[1:].split(":")
    zone = timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
    return moment.astimezone(zone).replace(tzinfo=None)


class DoNotCall(Operator):
    """The number at `field` was put on the refusers' list less than `months` before the call. Not applicable without
    such a list.
    """

    key: ClassVar[str] = "do_not_call"
    months: Count = 6
    field: OrderPath = "policyholder.phone"

    def look(self, situation: Situation) -> Outcome:
        refused = situation.context.do_not_call
        if refused is None:
            return not_applicable("no_refusers_list")
        phone = situation.view.value(self.field)
        if not phone:
            return lacking(self.field)
        plain = plain_phone(str(phone))
        entry = refused.get(plain) or refused.get(str(phone))
        if entry is None:
            return miss("not_on_refusers_list", phone=masked_phone(plain))
        day, called = date.fromisoformat(entry[:10]), situation.view.sold_on
        details: dict[str, object] = {"phone": masked_phone(plain), "day": day.isoformat(), "months": self.months}
        if called is None:
            return unknown(Ruling("review", "refusal_undated", details))
        if called == day:
            return unknown(Ruling("review", "refused_same_day", details))
        if day < called < months_later(day, self.months):
            return hit("on_refusers_list", phone=masked_phone(plain), day=day.isoformat(), months=self.months)
        return miss("refusal_not_in_force", phone=masked_phone(plain), day=day.isoformat(), months=self.months)


def months_later(day: date, months: int) -> date:
    """The same day `months` later (earlier where negative); the last day of that month where it has no such day.

    >>> months_later(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


OPERATORS = (Required, IdNumberRight, PhoneEquals, PhoneShared, CallHours, DoNotCall)
