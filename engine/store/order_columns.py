"""What a session's columns say of its order: why it had to be recorded, by when a person must have looked, whom it is
about.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from engine.order import Order
from engine.rules.orders import OrderView
from engine.store.keys import Keys, PersonKind

CHINA = timezone(timedelta(hours=8))
PersonRole = Literal["policyholder", "insured", "guardian", "agent"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person of an order by key (engine/store/keys.py)."""

    role: PersonRole
    kind: PersonKind
    key: str


def aware(moment: datetime | None) -> datetime | None:
    """A moment with a time zone: China's, where it names none."""
    return moment.replace(tzinfo=CHINA) if moment and moment.tzinfo is None else moment


def trigger(order: Order, sold_on: date | None) -> str:
    """A | B | region | none: why a sale has to be recorded (regulation T-01 to T-05); none where it is not known."""
    return str(OrderView(order, sold_on).value("trigger") or "none")


def product_name(order: Order) -> str | None:
    """The products' names, as a list shows them."""
    return "、".join(name for name in (product.full_name for product in order.products) if name)[:300] or None


def branch(order: Order) -> str | None:
    """The organisation the salesperson belongs to."""
    return order.agent.org


def people(order: Order, keys: Keys) -> tuple[Person, ...]:
    """Everybody the order gives an ID number or a phone of."""
    found = []
    roles: tuple[PersonRole, ...] = ("policyholder", "insured", "guardian", "agent")
    for role in roles:
        party = getattr(order, role)
        id_number = getattr(party, "id_number", None)
        for kind, number in (("id", id_number), ("phone", party.phone)):
            key = keys.person(kind, str(number) if number is not None else None)  # type: ignore[arg-type]
            if key is not None:
                found.append(Person(role, kind, key))  # type: ignore[arg-type]
    return tuple(found)
