"""Operators of suitability: what is paid against what is earned, terms against age, risk levels and their assessments.

`ratio` and `sum` hit when the figure is reached, which makes a signed declaration due (for `report`); `assessment` hits
when the customer's assessment covers the product (for `require`). They apply only where the order states income, budget
or assessments: RSUIT 29, 36 and 39.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from engine.inspection import Note
from engine.language.folding import fold
from engine.order import Assessment
from engine.reasons import Words
from engine.rules.fieldnames import listed, named
from engine.rules.judgement import Ruling, note
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.limits import Positive, needs
from engine.rules.operators.logic import join
from engine.rules.operators.orderdata import (
    CHINA,
    ConditionText,
    civil,
    condition_holds,
    lacking,
    months_later,
    product_views,
)
from engine.rules.operators.outcomes import figure, hit, miss, not_applicable, percent, unknown
from engine.rules.operators.params import Count, OrderPath
from engine.rules.orders import PAYMENT_YEARS, SINGLE, SINGLE_PREMIUM, YEARLY_PREMIUM, OrderView

Paths = Annotated[
    tuple[OrderPath, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    Field(min_length=1),
]


class _Figure(Operator):
    """Base of the figures that make a declaration due. `unless`: a condition on the order that settles it, such as that
    the declaration was signed.
    """

    above: Positive | None = None
    at_least: Positive | None = None
    unless: ConditionText | None = None

    @model_validator(mode="after")
    def _limited(self) -> "_Figure":
        needs(self.above, self.at_least, names="above, at_least")
        if self.above is not None and self.at_least is not None:
            raise ValueError("above 和 at_least 只写一个 / either above or at_least, not both")
        return self

    def look(self, situation: Situation) -> Outcome:
        return join("any_of", [self.of_one(view) for view in product_views(situation.view)])

    def of_one(self, view: OrderView) -> Outcome:
        """The outcome for the product `view` looks at."""
        raise NotImplementedError

    @property
    def limit(self) -> float:
        return float(self.above if self.above is not None else self.at_least or 0.0)

    def reached(self, value: Decimal) -> bool:
        limit = Decimal(str(self.limit))
        return value > limit if self.above is not None else value >= limit

    def shown(self, value: Decimal) -> str:
        """A figure as the sentence has it."""
        return figure(value, self.limit)

    def told(self, view: OrderView, value: Decimal, code: str, **details: str) -> Outcome:
        """The outcome of `value`: `code` names the reasons of a hit (code_high) and of a miss (code_fit)."""
        shown = {"value": self.shown(value), "limit": self.shown(Decimal(str(self.limit))), **details}
        if not self.reached(value):
            return Outcome("miss", ruling=Ruling("pass", f"{code}_fit", dict(shown)))
        excused = condition_holds(self.unless, view)
        if excused.value:
            return Outcome("miss", ruling=Ruling("pass", f"{code}_declared", dict(shown)))
        notes = tuple(note("not_compared", name=named(path)) for path in excused.missing)
        return Outcome("hit", ruling=Ruling("review", f"{code}_high", dict(shown)), notes=notes)


class Ratio(_Figure):
    """The amount at `of` (the first of several that the order has) is `above` or `at_least` so many times that at `to`.

    Of an order that does not state `to` nothing is asked, nor of premiums that are paid the other way.
    """

    key: ClassVar[str] = "ratio"
    of: Paths
    to: OrderPath

    def of_one(self, view: OrderView) -> Outcome:
        base = _amount(view, self.to)
        if base is None:
            return not_applicable("suitability_figure_missing", field=named(self.to))
        found = [(path, value) for path in self.of if (value := _amount(view, path)) is not None]
        if not found:
            return _without_premium(view, self.of)
        path, amount = found[0]
        if base <= 0:
            return unknown(Ruling("review", "suitability_base_zero", {"field": named(self.to)}))
        return self.told(view, amount / base, "ratio", of=named(path), to=named(self.to))

    def shown(self, value: Decimal) -> str:
        """So many times, or per cent where the limit is less than once."""
        times = figure(value, self.limit)
        return Words(f"{times} 倍", f"{times} times") if self.limit >= 1 else percent(float(value), self.limit)


def _amount(view: OrderView, path: str) -> Decimal | None:
    value = view.value(path)
    return value if isinstance(value, Decimal) else None


def _without_premium(view: OrderView, paths: Sequence[str]) -> Outcome:
    """Why none of `paths` has an amount: a premium paid the other way, or fields the order lacks."""
    mode = view.product.payment_mode if view.product else None
    if mode is not None and view.product is not None and view.product.premium is not None:
        other_way = SINGLE_PREMIUM if mode != SINGLE else YEARLY_PREMIUM
        if other_way in paths:
            return not_applicable("premium_paid_otherwise", field=named(paths[0]), mode=mode)
    absent = [path for path in paths if path not in (SINGLE_PREMIUM, YEARLY_PREMIUM)]
    if len(absent) < len(paths):
        absent += [one for one in ("product.premium", "product.payment_mode") if view.value(one) is None]
    return lacking(*absent)


class Sum(_Figure):
    """The sum of the figures at `of` is `above` or `at_least` a limit, as payment years and age. Not applicable where a
    premium is paid at once and payment years are asked for.
    """

    key: ClassVar[str] = "sum"
    of: Annotated[tuple[OrderPath, ...], Field(min_length=2)]

    def of_one(self, view: OrderView) -> Outcome:
        values = {path: _amount(view, path) for path in self.of}
        absent = [path for path, value in values.items() if value is None]
        if any(map(view.has_no, absent)):
            return not_applicable("premium_paid_otherwise", field=named(PAYMENT_YEARS), mode=SINGLE)
        if absent:
            return lacking(*absent)
        total = sum((value for value in values.values() if value is not None), Decimal(0))
        return self.told(view, total, "sum", of=listed(self.of, "加", " and "))


@dataclass(frozen=True, slots=True)
class _Taken:
    """An assessment with its civil time."""

    at: datetime
    assessment: Assessment

    @property
    def day(self) -> date:
        return self.at.date()


class AssessmentCovers(Operator):
    """The customer's risk assessment covers the product: its level is at least the one at `level_at_least`, it is not
    older than `valid_months` at the sale, and no more than `max_per_day` and `max_per_12_months` were made.

    `levels` are the steps of the scale from low to high, each with all its names for customers and for products.
    """

    key: ClassVar[str] = "assessment"
    level_at_least: OrderPath | None = "product.risk_rating"
    levels: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = ()
    valid_months: Count | None = None
    max_per_day: Count | None = None
    max_per_12_months: Count | None = None
    utc_offset: Annotated[str, Field(pattern=r"^[+-]\d{2}:\d{2}$")] = CHINA

    @model_validator(mode="after")
    def _scaled(self) -> "AssessmentCovers":
        if self.level_at_least is not None and not self.levels:
            raise ValueError("比较等级要写 levels / comparing levels needs levels")
        return self

    def look(self, situation: Situation) -> Outcome:
        return join("all_of", [self._of_one(view) for view in product_views(situation.view)])

    def _of_one(self, view: OrderView) -> Outcome:
        holder, sold_on = view.order.policyholder, view.sold_on
        if not holder.assessments and holder.risk_level is None:
            return not_applicable("suitability_figure_missing", field=named("policyholder.assessments"))
        taken = sorted(
            (_Taken(civil(one.at, self.utc_offset), one) for one in holder.assessments), key=lambda one: one.at
        )
        before = [one for one in taken if sold_on is None or one.day <= sold_on]
        notes: list[Note] = []
        steps: tuple[Callable[[], Outcome | None], ...] = (
            lambda: self._level(view, before, notes),
            lambda: self._age(before, sold_on, notes),
            lambda: self._number(before, sold_on),
        )
        found = [one for step in steps if (one := step()) is not None]
        states: tuple[Literal["miss", "unknown"], ...] = ("miss", "unknown")
        for state in states:
            for one in found:
                if one.state == state:
                    return one
        return hit("assessment_covers", notes=tuple(notes))

    def _level(self, view: OrderView, before: Sequence[_Taken], notes: list[Note]) -> Outcome | None:
        """What speaks against the level; None where nothing does."""
        if self.level_at_least is None:
            return None
        rating = view.value(self.level_at_least)
        level = next((one.assessment.level for one in reversed(before) if one.assessment.level), None)
        level = level or view.order.policyholder.risk_level
        if rating is None or level is None:
            absent = self.level_at_least if rating is None else "policyholder.risk_level"
            notes.append(note("not_compared", name=named(absent)))
            return None
        have, need = self._step(level), self._step(str(rating))
        if have is None or need is None:
            strange = level if have is None else str(rating)
            return unknown(Ruling("review", "risk_level_unknown", {"level": strange}))
        return miss("risk_level_low", level=level, rating=str(rating)) if have < need else None

    def _step(self, name: str) -> int | None:
        """Step of the level called `name`, from 0."""
        wanted = fold(name).strip()
        return next((i for i, names in enumerate(self.levels) if wanted in map(fold, names)), None)

    def _age(self, before: Sequence[_Taken], sold_on: date | None, notes: list[Note]) -> Outcome | None:
        if self.valid_months is None:
            return None
        if not before:
            notes.append(note("not_compared", name=named("policyholder.assessments")))
            return None
        if sold_on is None:
            return unknown(Ruling("review", "order_field_missing", {"fields": named("recorded_at")}))
        last = before[-1].day
        if sold_on > months_later(last, self.valid_months):
            return miss("assessment_expired", day=last.isoformat(), months=self.valid_months)
        return None

    def _number(self, before: Sequence[_Taken], sold_on: date | None) -> Outcome | None:
        days = Counter(one.day for one in before)
        if self.max_per_day is not None and days:
            day, most = max(days.items(), key=lambda one: (one[1], one[0]))
            if most > self.max_per_day:
                return miss("assessments_in_a_day", day=day.isoformat(), count=most, limit=self.max_per_day)
        if self.max_per_12_months is not None and before:
            since = months_later(sold_on or before[-1].day, -12)
            count = sum(one.day > since for one in before)
            if count > self.max_per_12_months:
                return miss("assessments_in_a_year", count=count, limit=self.max_per_12_months)
        return None


OPERATORS = (Ratio, Sum, AssessmentCovers)
