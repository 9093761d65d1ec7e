"""The order as rules see it: dotted paths, `product` being each product in turn, and a few computed fields.

Computed: `policyholder.age` at the date of sale, `trigger` (A, B or region: why the sale had to be recorded),
`product.cover` from `cover_years` where only that is given.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import get_args

from pydantic import BaseModel

from engine.order import Cover, Order, Product

Value = str | Decimal | bool | tuple[str, ...] | None

COMPUTED = ("policyholder.age", "trigger")
RECORDED_REGIONS = {"CN-YN": date(2022, 8, 1), "CN-SN": date(2025, 7, 1)}
LINKED = "投资连结型"


def known_path(path: str) -> bool:
    """Whether `path` names a field of the order or a computed one."""
    if path in COMPUTED:
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
    """An order at its date of sale, looking at one of its products (or at none)."""

    order: Order
    sold_on: date | None
    product: Product | None = None

    def value(self, path: str) -> Value:
        """The value at `path`; None where the order does not say."""
        if path == "policyholder.age":
            return self._age()
        if path == "trigger":
            return self._trigger()
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

    def _trigger(self) -> str | None:
        """A: sold by a concurrent agency, cover above a year. B: elsewhere, unit-linked or an elderly policyholder.
        region: a province that records every such sale. none: not required. None: not known."""
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
        return "region" if long and since and self.sold_on and self.sold_on >= since else "none"


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
