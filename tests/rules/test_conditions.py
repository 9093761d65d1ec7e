from decimal import Decimal

import pytest

from engine.order import Order
from engine.rules.conditions import Truth, parse
from engine.rules.evaluation import sale_date
from engine.rules.orders import OrderView

SOLD = {
    "channel": "bank",
    "recorded_at": "2026-03-05T10:00:00+08:00",
    "products": [{"design_type": "分红型", "payment_years": 10, "cover_years": 30, "death_benefit": True}],
    "policyholder": {"birth_date": "1966-03-06"},
    "insured": {"same_as_policyholder": False},
}


def view(**changes):
    order = Order.model_validate(SOLD | changes)
    return OrderView(order, order.recorded_at.date(), order.products[0] if order.products else None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("product.design_type == 分红型", True),
        ("product.design_type != 分红型", False),
        ("product.design_type in [万能型, 投资连结型]", False),
        ("product.death_benefit and not insured.same_as_policyholder", True),
        ("policyholder.age >= 60", False),
        ("policyholder.age + product.payment_years >= 69", True),
        ("channel in [bank, concurrent_agency] or policyholder.age > 90", True),
        ("trigger == A", True),
        ("product.cover.kind == years and product.cover.value == 30", True),
        ("not (channel == bank)", False),
    ],
)
def test_conditions(text, value):
    assert parse(text).holds(view()) == Truth(value)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("product.premium > 100", Truth(None, ("product.premium",))),
        ("product.premium > 100 and channel == telesales", Truth(False)),
        ("product.premium > 100 or channel == bank", Truth(True)),
        ("not product.premium > 100", Truth(None, ("product.premium",))),
        ("product.premium + policyholder.age > 1", Truth(None, ("product.premium",))),
    ],
)
def test_a_missing_field_leaves_the_answer_open_only_where_it_matters(text, truth):
    assert parse(text).holds(view()) == truth


@pytest.mark.parametrize(
    "text", ["", "product.colour == red", "channel bank", "channel ==", "(channel == bank", "channel in bank", "a § b"]
)
def test_broken_conditions_are_refused(text):
    with pytest.raises(ValueError, match=" / "):
        parse(text)


def test_the_sixtieth_birthday_counts_from_its_day():
    assert view(recorded_at="2026-03-06T10:00:00+08:00").value("policyholder.age") == 60
    assert view().value("policyholder.age") == 59


@pytest.mark.parametrize(
    ("changes", "trigger"),
    [
        ({"channel": "agency"}, "none"),
        ({"channel": "agency", "policyholder": {"birth_date": "1960-01-01"}}, "B"),
        ({"channel": "agency", "products": [{"design_type": "投资连结型"}]}, "B"),
        ({"channel": "agency", "region": "CN-SN"}, "region"),
        ({"channel": "agency", "region": "CN-SN", "recorded_at": "2025-06-30T10:00:00+08:00"}, "none"),
        ({"channel": None}, None),
    ],
)
def test_why_a_sale_must_be_recorded(changes, trigger):
    assert view(**changes).value("trigger") == trigger


@pytest.mark.parametrize(
    ("order", "container", "expected"),
    [
        ("2026-01-02", "2025-05-05", "2026-01-02"),
        (None, "2025-05-05T01:02:03Z", "2025-05-05"),
        (None, "1904-01-01", None),
    ],
)
def test_the_date_of_sale_is_the_order_s_then_the_container_s_never_today(order, container, expected):
    from datetime import date

    found = sale_date(date.fromisoformat(order) if order else None, container)
    assert (found.isoformat() if found else None) == expected


RECORDED = {"recorded_at": "2026-11-20T10:00:00+08:00"}
INCOME = {"household_income": "100000", "budget": "20000"}


@pytest.mark.parametrize(
    ("product", "path", "value"),
    [
        ({"premium": "500000", "payment_mode": "趸交"}, "product.single_to_income", 5),
        ({"premium": "500000", "payment_mode": "趸交"}, "product.yearly_to_income", None),
        ({"premium": "2500", "payment_mode": "月交", "payment_years": 10}, "product.yearly_to_income", Decimal("0.3")),
        ({"premium": "2500", "payment_mode": "月交", "payment_years": 10}, "product.premium_to_budget", Decimal("1.5")),
        ({"premium": "2500", "payment_mode": "月交", "payment_years": 10}, "product.total_premium", 300000),
        ({"premium": "500000", "payment_mode": "趸交"}, "product.total_premium", 500000),
        ({"premium": "2500", "payment_mode": "月交"}, "product.total_premium", None),
        ({"payment_mode": "年交"}, "product.yearly_to_income", None),
    ],
)
def test_computed_amounts(product, path, value):
    assert view(products=[product], policyholder=INCOME).value(path) == value


def test_days_since_issue_and_receipt():
    dated = view(**RECORDED, issued_at="2026-11-01T23:00:00+08:00", receipt_signed_at="2026-11-05T08:00:00+08:00")
    assert (dated.value("days_since_issue"), dated.value("days_since_receipt")) == (19, 15)
    assert view(**RECORDED).value("days_since_receipt") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("given policyholder.birth_date", True),
        ("given policyholder.budget", False),
        ("not given policyholder.budget and channel == bank", True),
        ("given policyholder.budget and policyholder.budget > 1", False),
        ("policyholder.needs in [hearing, sight]", False),
        ("product_count > 1", False),
    ],
)
def test_what_an_order_gives_can_be_asked(text, value):
    assert parse(text).holds(view()) == Truth(value)


def test_one_of_several_needs_is_enough():
    several = view(policyholder={"needs": ["sight", "interpreter"]})
    assert parse("policyholder.needs in [hearing, sight]").holds(several) == Truth(True)
    assert parse("policyholder.needs in [hearing]").holds(several) == Truth(False)


def test_a_call_back_does_not_know_why_the_sale_was_recorded_unless_it_must_have_been():
    assert view(channel="callback").value("trigger") is None
    assert view(channel="callback", policyholder={"birth_date": "1950-01-01"}).value("trigger") == "B"
    assert view(channel="callback", products=[{"cover_years": 1}]).value("trigger") == "none"
