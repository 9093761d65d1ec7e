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
