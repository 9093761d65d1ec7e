"""Made-up sales: who buys what from whom, as an order and as words. Nobody in them exists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

from engine.errors import MingjianError
from engine.order import DesignType, Scenario
from eval.corpus.templates import Kind, Number, ProductTemplate, Scenarios, Sex, Tag

NOBODY = "999999"
"""Area code of ID numbers that no person has."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""Of the check digit of an ID number (GB 11643)."""

CHECK_DIGITS = "10X98765432"
CHINA = timezone(timedelta(hours=8))
FIRST_DAY = datetime(2026, 3, 2, tzinfo=CHINA)
"""All made-up sales lie after this day: the newest rules are in force then."""

LAST_DAYS = 240
AGES = (25, 55)
INCOME_OVER_PREMIUM = 12
OTHER_DAYS = {10: (15, 20), 15: (10, 20), 20: (15, 10)}


@dataclass(frozen=True)
class Sale:
    """One sale. `order` is its application data, `words` what stands for each slot of a phrase."""

    scenario: Scenario
    kind: Kind
    tags: tuple[Tag, ...]
    order: dict[str, Any]
    words: dict[str, str]
    wrong: dict[Number, str]
    """Slots as they are said wrongly, against the order."""


def make_sale(
    scenario: Scenario,
    sex: Sex,
    random: Random,
    templates: Scenarios,
    designs: Collection[DesignType] | None = None,
) -> Sale:
    """A sale in `scenario` to a customer of `sex`, the rest of it drawn from `random`; of a product of these `designs`,
    of any without them. Raises MingjianError `corpus_plan` where there is no such product.
    """
    template = templates.scenarios[scenario]
    products = [one for one in templates.products if designs is None or one.design_type in designs]
    if not products:
        raise MingjianError("corpus_plan", path="designs", detail=", ".join(designs or ()))
    product = random.choices(products, [one.weight for one in products])[0]
    mode = random.choice(product.modes)
    channel = random.choice(template.channels)
    surname = random.choice(templates.surnames)
    name = surname + random.choice(templates.given_names[sex])
    agent, insurer = random.choice(templates.agents), random.choice(templates.insurers)
    seller = random.choice(templates.banks) if channel == "bank" and scenario == "bank" else insurer.short_name
    recorded = FIRST_DAY + timedelta(days=random.randrange(LAST_DAYS), hours=random.randint(10, 17))
    days, years = random.choice(templates.cooling_off_days), random.choice(templates.payment_years)
    premium, cover = Decimal(random.choice(product.premiums)), random.choice(product.cover_years or (0,))
    waiting = random.choice(product.waiting_days) if product.waiting_days else None
    full_name = insurer.short_name.removesuffix("人寿") + random.choice(product.names)
    birth, number = _birth(random, recorded.date()), random.randrange(10_000)
    dual = channel == "bank" and cover != 1
    tags: list[Tag] = [mode, product.kind]
    tags += ["bank"] if scenario == "bank" else []
    tags += ["dual_recorded"] if dual else []
    order: dict[str, Any] = {
        "policy_no": f"P{recorded:%Y%m%d}{random.randrange(100_000):05d}",
        "channel": channel,
        "scenario": scenario,
        "recorded_at": recorded.isoformat(),
        "insurer": {"name": insurer.name, "short_name": insurer.short_name},
        "products": [_product(product, full_name, mode, premium, years, cover, days, waiting)],
        "policyholder": {
            "name": name,
            "sex": sex,
            "id_number": id_number(birth, number, sex),
            "phone": f"19900{random.randrange(500_000):06d}",
            "birth_date": birth.isoformat(),
            "annual_income": str(premium * INCOME_OVER_PREMIUM),
            "household_income": str(premium * INCOME_OVER_PREMIUM),
            "budget": str(premium * 2),
        },
        "insured": {"same_as_policyholder": True},
        "agent": {
            "name": agent.name,
            "staff_no": agent.staff_no,
            "phone": f"19900{500_000 + random.randrange(500_000):06d}",
            "org": seller,
        },
    }
    if scenario == "callback":
        signed = recorded - timedelta(days=random.randint(2, 8))
        order["receipt_signed_at"] = signed.isoformat()
        order["issued_at"] = (signed - timedelta(days=3)).isoformat()
    words = {
        "surname": surname,
        "title": "先生" if sex == "男" else "女士",
        "name": name,
        "agent": agent.name,
        "agent_surname": agent.name[0],
        "staff": agent.staff_no,
        "insurer": insurer.short_name,
        "insurer_full": insurer.name,
        "bank": seller,
        "product": full_name,
        "premium": f"{premium}元",
        "years": f"{years}年",
        "total": f"{premium * years}元",
        "days": f"{days}天",
        "period": f"{cover}年" if cover else "终身",
        "waiting": f"{waiting}天" if waiting else "",
        "month": f"{recorded.month}月",
    }
    return Sale(scenario, product.kind, tuple(tags), order, words, _wrong(random, premium, years, days, cover, waiting))


def _product(
    template: ProductTemplate,
    name: str,
    mode: str,
    premium: Decimal,
    years: int,
    cover: int,
    days: int,
    waiting: int | None,
) -> dict[str, Any]:
    product: dict[str, Any] = {
        "full_name": name,
        "design_type": template.design_type,
        "line": template.line,
        "cover": {"kind": "years", "value": cover} if cover else {"kind": "whole_life"},
        "cooling_off_days": days,
        "premium": str(premium),
        "payment_mode": "趸交" if mode == "single" else "年交",
        "death_benefit": template.line != "health",
    }
    if mode == "regular":
        product["payment_years"] = years
    if waiting is not None:
        product["waiting_days"] = waiting
    return product


def _wrong(
    random: Random, premium: Decimal, years: int, days: int, cover: int, waiting: int | None
) -> dict[Number, str]:
    """Other values of each number, as a slip of the tongue or a false promise would have them."""
    wrong: dict[Number, str] = {
        "premium": f"{premium + random.choice((1, 2)) * Decimal(10) ** premium.adjusted()}元",
        "years": f"{random.choice([one for one in (3, 5, 10, 15, 20) if one != years])}年",
        "days": f"{random.choice(OTHER_DAYS.get(days, (10,)))}天",
        "period": f"{random.choice([one for one in (5, 10, 20, 30) if one != cover])}年",
    }
    if waiting is not None:
        wrong["waiting"] = f"{random.choice([one for one in (30, 60, 90, 180) if one != waiting])}天"
    return wrong


def _birth(random: Random, today: date) -> date:
    return date(today.year - random.randint(*AGES), random.randint(1, 12), random.randint(1, 28))


def id_number(birth: date, number: int, sex: str) -> str:
    """An ID number that no person has, with its check digit right: area 999999, odd sequences for men.

    >>> id_number(date(1969, 5, 18), 2, "女")
    '999999196905180022'
    """
    sequence = number % 500 * 2 + (1 if sex == "男" else 0)
    body = f"{NOBODY}{birth:%Y%m%d}{sequence:03d}"
    return body + CHECK_DIGITS[sum(int(one) * weight for one, weight in zip(body, WEIGHTS, strict=True)) % 11]
