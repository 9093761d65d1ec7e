"""The order as rules see it: dotted paths, `product` being each product in turn, and a few computed fields.

Computed: `policyholder.age` at the date of sale, `trigger` (A, B or region: why the sale had to be recorded),
`product.cover` from `cover_years` where only that is given, `days_since_issue` and `days_since_receipt` up to the
recording, `longest_cooling_off` of all products, in days; `product.single_premium` where it is paid at once, and
`product.yearly_premium`, what is paid in a year, where it is not; the two as shares of the household's yearly income
(`product.single_to_income`, `product.yearly_to_income`) and of the stated budget (`product.premium_to_budget`);
`product.total_premium` of all instalments; `product_count`. `parameter.NAME` is a switch of the rule set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import get_args

from pydantic import BaseModel

from engine.order import Cover, Order, Product

Value = str | Decimal | bool | tuple[str, ...] | None

COMPUTED = (
    "policyholder.age", "trigger", "days_since_issue", "days_since_receipt", "longest_cooling_off", "product_count",
    "product.total_premium", "product.single_to_income", "product.yearly_to_income", "product.premium_to_budget",
)  # fmt: skip
SINGLE_PREMIUM, YEARLY_PREMIUM = "product.single_premium", "product.yearly_premium"
PARAMETER = "parameter."
PAYMENT_MODE, PAYMENT_YEARS, SINGLE = "product.payment_mode", "product.payment_years", "趸交"
INSTALMENTS_A_YEAR = {"年交": 1, "半年交": 2, "季交": 4, "月交": 12}
RECORDED_REGIONS = {"CN-YN": date(2022, 8, 1), "CN-SN": date(2025, 7, 1)}
LINKED = "投资连结型"


def known_path(path: str) -> bool:
    """Whether `path` names a field of the order, a computed one or a parameter (of whatever rule set)."""
    if path in (*COMPUTED, SINGLE_PREMIUM, YEARLY_PREMIUM) or path.startswith(PARAMETER):
        return True
    head, *rest = path.split(".")
    model: type[BaseModel] | None = Product if head == "product" else Order
    for name in rest if head == "product" else [head, *rest]:
        if model is None or name not in model.model_fields:
            return False
        model = _section(model.model_fields[name].annotation)
    return bool(rest) or head in Order.model_fields


def _section(annotation: object) -> type[BaseModel] | None:
    options = (annotation, *get_args(annotation))
    return next((a for a in options if isinstance(a, type) and issubclass(a, BaseModel)), None)


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order at its date of sale, looking at one of its products (or at none), under the rule set's parameters."""

    order: Order
    sold_on: date | None
    product: Product | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    _known: dict[str, Value] = field(default_factory=dict, init=False, repr=False, compare=False)

    def value(self, path: str) -> Value:
        """The value at `path`; None where the order does not say."""
        if path not in self._known:
            self._known[path] = self._value(path)
        return self._known[path]

    def has_no(self, path: str) -> bool:
        """Whether the order says nothing at `path` because there is nothing to say: a single premium has no payment
        years.
        """
        return path == PAYMENT_YEARS and self.value(path) is None and self.value(PAYMENT_MODE) == SINGLE

    def _value(self, path: str) -> Value:
        if path == "policyholder.age":
            return self._age()
        if path == "trigger":
            return self._trigger()
        if path == "days_since_issue":
            return self._days_since(self.order.issued_at)
        if path == "days_since_receipt":
            return self._days_since(self.order.receipt_signed_at)
        if path == "longest_cooling_off":
            days = [one.cooling_off_days for one in self.order.products if one.cooling_off_days is not None]
            return Decimal(max(days)) if days else None
        if path == "product_count":
            return Decimal(len(self.order.products)) if self.order.products else None
        if path == "product.total_premium":
            return self._total_premium()
        if path == "product.single_to_income":
            return _share(self._premium(SINGLE_PREMIUM), self.order.policyholder.household_income)
        if path == "product.yearly_to_income":
            return _share(self._premium(YEARLY_PREMIUM), self.order.policyholder.household_income)
        if path == "product.premium_to_budget":
            paid = self._premium(SINGLE_PREMIUM) or self._premium(YEARLY_PREMIUM)
            return _share(paid, self.order.policyholder.budget)
        if path.startswith(PARAMETER):
            return self.parameters.get(path.removeprefix(PARAMETER))
        if path in (SINGLE_PREMIUM, YEARLY_PREMIUM):
            return self._premium(path)
        here: object = self.order
        names = path.split(".")
        if names[0] == "product":
            here, names = _with_cover(self.product), names[1:]
        for name in names:
            here = getattr(here, name, None)
        return _plain(here)

    def _age(self) -> Decimal | None:
        born = self.order.policyholder.birth_date
        if born is None or self.sold_on is None:
            return None
        birthday_to_come = (self.sold_on.month, self.sold_on.day) < (born.month, born.day)
        return Decimal(self.sold_on.year - born.year - birthday_to_come)

    def _premium(self, path: str) -> Decimal | None:
        """The single or the yearly premium of the product, in yuan; None where it is paid the other way."""
        if self.product is None or self.product.premium is None or self.product.payment_mode is None:
            return None
        instalments = INSTALMENTS_A_YEAR.get(self.product.payment_mode)
        if path == SINGLE_PREMIUM:
            return self.product.premium if instalments is None else None
        return self.product.premium * instalments if instalments is not None else None

    def _total_premium(self) -> Decimal | None:
        """What is paid in all instalments together."""
        yearly = self._premium(YEARLY_PREMIUM)
        if yearly is None or self.product is None or self.product.payment_years is None:
            return self._premium(SINGLE_PREMIUM)
        return yearly * self.product.payment_years

    def _days_since(self, moment: datetime | None) -> Decimal | None:
        """Calendar days from `moment` to the recording."""
        recorded = self.order.recorded_at
        return Decimal((recorded.date() - moment.date()).days) if recorded and moment else None

    def _trigger(self) -> str | None:
        """A: sold by a concurrent agency, cover above a year. B: elsewhere, unit-linked or an elderly policyholder.
        region: a province that records every such sale. none: not required. None: not known, as when a call-back's
        order does not say through which channel the policy was sold."""
        if not self.order.products or self.order.channel is None:
            return None
        long = any(_longer_than_a_year(product) for product in self.order.products)
        linked = any(product.design_type == LINKED for product in self.order.products)
        since = RECORDED_REGIONS.get(self.order.region or "")
        age = self._age()
        if self.order.channel in ("bank", "concurrent_agency") and long:
            return "A"
        if linked or (long and age is not None and age >= 60):
            return "B"
        if long and since and self.sold_on and self.sold_on >= since:
            return "region"
        return None if long and self.order.channel == "callback" else "none"


def _share(paid: Decimal | None, of: Decimal | None) -> Decimal | None:
    return paid / of if paid is not None and of else None


def _with_cover(product: Product | None) -> Product | None:
    if product is not None and product.cover is None and product.cover_years is not None:
        return product.model_copy(update={"cover": Cover(kind="years", value=product.cover_years)})
    return product


def _longer_than_a_year(product: Product) -> bool:
    cover = product.cover
    years = cover.value if cover and cover.kind == "years" else product.cover_years
    return (cover is not None and cover.kind != "years") or (years is not None and years > 1)


def _plain(value: object) -> Value:
    if isinstance(value, bool) or value is None or isinstance(value, str | Decimal):
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return value
    return str(value)
