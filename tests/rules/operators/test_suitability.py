"""Suitability: premiums against income and budget, terms against age, assessments of risk."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from engine.rules.operators.catalogue import by_key
from tests.rules.operators.measuring import look, sentence, told

SOLD = "2026-11-02T10:12:00+08:00"
SINGLE = {"ratio": {"of": "product.single_premium", "to": "policyholder.household_income", "above": 4}}
YEARLY = {"ratio": {"of": "product.yearly_premium", "to": "policyholder.household_income", "above": 0.2}}
BUDGET = {
    "ratio": {
        "of": ["product.single_premium", "product.yearly_premium"],
        "to": "policyholder.budget",
        "at_least": 1.5,
        "unless": "declaration_signed",
    }
}
LEVELS = [["C1", "R1", "保守型"], ["C2", "R2"], ["C3", "R3"], ["C4", "R4"], ["C5", "R5", "进取型"]]


def sale(*products, **holder):
    return {"recorded_at": SOLD, "policyholder": holder, "products": list(products)}


def paid(premium, mode="年交", years=10, **more):
    return {"premium": premium, "payment_mode": mode, "payment_years": years, **more}


@pytest.mark.parametrize(
    ("written", "product", "holder", "state", "code"),
    [
        (SINGLE, paid("400000", "趸交"), {"household_income": "100000"}, "miss", "ratio_fit"),
        (SINGLE, paid("400001", "趸交"), {"household_income": "100000"}, "hit", "ratio_high"),
        (SINGLE, paid("500000", "年交"), {"household_income": "100000"}, "not_applicable", "premium_paid_otherwise"),
        (SINGLE, paid("500000", "趸交"), {"annual_income": "1"}, "not_applicable", "suitability_figure_missing"),
        (SINGLE, {"payment_mode": "趸交"}, {"household_income": "1"}, "unknown", "order_field_missing"),
        (SINGLE, paid("1", "趸交"), {"household_income": "0"}, "unknown", "suitability_base_zero"),
        # the yearly premium is the instalment times 1, 2, 4 or 12
        (YEARLY, paid("20000", "年交"), {"household_income": "100000"}, "miss", "ratio_fit"),
        (YEARLY, paid("10001", "半年交"), {"household_income": "100000"}, "hit", "ratio_high"),
        (YEARLY, paid("5000", "季交"), {"household_income": "100000"}, "miss", "ratio_fit"),
        (YEARLY, paid("1667", "月交"), {"household_income": "100000"}, "hit", "ratio_high"),
        (YEARLY, paid("9", "趸交"), {"household_income": "1"}, "not_applicable", "premium_paid_otherwise"),
        (BUDGET, paid("15000"), {"budget": "10000"}, "hit", "ratio_high"),
        (BUDGET, paid("14999.99"), {"budget": "10000"}, "miss", "ratio_fit"),
        (BUDGET, paid("15000", "趸交"), {"budget": "10000"}, "hit", "ratio_high"),
        (BUDGET, paid("15000"), {}, "not_applicable", "suitability_figure_missing"),
    ],
)
def test_ratios(written, product, holder, state, code):
    assert told(look(written, order=sale(product, **holder), product=0)) == (state, code)


def test_the_figures_are_named_and_no_amount_is():
    outcome = look(YEARLY, order=sale(paid("2500", "月交"), household_income="100000"), product=0)
    assert sentence(outcome) == "年交保费是投保人家庭年收入的 30%，超出规定（限值 20%），应由客户签署特别声明，请核实。"


def test_a_limit_of_more_than_once_is_told_in_times():
    outcome = look(SINGLE, order=sale(paid("500000", "趸交"), household_income="100000"), product=0)
    assert sentence(outcome).startswith("趸交保费是投保人家庭年收入的 5 倍，超出规定（限值 4 倍），")


def test_of_several_products_the_one_beyond_the_limit_decides():
    order = sale(paid("1000"), paid("50000"), household_income="100000")
    assert look(YEARLY, order=order).state == "hit"
    assert look(YEARLY, order=order, product=0).state == "miss"


@pytest.mark.parametrize(("signed", "state"), [(True, "miss"), (False, "hit"), (None, "hit")])
def test_a_signed_declaration_settles_it(signed, state):
    order = {**sale(paid("15000"), budget="10000"), "declaration_signed": signed}
    outcome = look(BUDGET, order=order, product=0)
    assert outcome.state == state
    assert [note.code for note in outcome.notes] == (["not_compared"] if signed is None else [])


AGE_AND_TERM = {"sum": {"of": ["policyholder.age", "product.payment_years"], "at_least": 75}}


@pytest.mark.parametrize(
    ("born", "product", "state", "code"),
    [
        ("1961-11-02", paid("1", years=10), "hit", "sum_high"),
        ("1961-11-03", paid("1", years=10), "miss", "sum_fit"),
        ("1961-11-02", {"payment_mode": "趸交"}, "not_applicable", "premium_paid_otherwise"),
        ("1961-11-02", {"payment_mode": "年交"}, "unknown", "order_field_missing"),
        (None, paid("1", years=10), "unknown", "order_field_missing"),
    ],
)
def test_age_and_years_to_pay(born, product, state, code):
    assert told(look(AGE_AND_TERM, order=sale(product, birth_date=born), product=0)) == (state, code)


def assessed(*taken, level=None):
    found = [{"at": at, "level": level} for at, level in taken]
    return {"assessments": found, "risk_level": level}


def covers(**parameters):
    return {"assessment": {"levels": LEVELS, **parameters}}


@pytest.mark.parametrize(
    ("parameters", "rating", "holder", "state", "code"),
    [
        ({}, "R3", assessed(("2026-06-01", "C3")), "hit", "assessment_covers"),
        ({}, "R4", assessed(("2026-06-01", "C3")), "miss", "risk_level_low"),
        # the newest assessment before the sale counts
        ({}, "R3", assessed(("2026-06-01", "C4"), ("2026-10-01", "C2")), "miss", "risk_level_low"),
        ({}, "R3", assessed(("2026-06-01", "C2"), ("2026-12-01", "C5")), "miss", "risk_level_low"),
        ({}, "R3", assessed(level="进取型"), "hit", "assessment_covers"),
        ({}, "R3", assessed(("2026-06-01", "激进")), "unknown", "risk_level_unknown"),
        ({}, "R3", assessed(), "not_applicable", "suitability_figure_missing"),
        ({"valid_months": 12}, "R3", assessed(("2025-11-02", "C3")), "hit", "assessment_covers"),
        ({"valid_months": 12}, "R3", assessed(("2025-11-01", "C3")), "miss", "assessment_expired"),
        ({"max_per_day": 2}, "R3", assessed(*[("2026-06-01", "C3")] * 2), "hit", "assessment_covers"),
        ({"max_per_day": 2}, "R3", assessed(*[("2026-06-01", "C3")] * 3), "miss", "assessments_in_a_day"),
        (
            {"max_per_12_months": 8},
            "R3",
            assessed(*[(f"2026-0{month}-01", "C3") for month in range(1, 10)]),
            "miss",
            "assessments_in_a_year",
        ),
        (
            {"max_per_12_months": 8},
            "R3",
            assessed(("2025-11-02", "C3"), *[(f"2026-0{month}-01", "C3") for month in range(1, 9)]),
            "hit",
            "assessment_covers",
        ),
    ],
)
def test_assessments(parameters, rating, holder, state, code):
    order = sale(paid("1", risk_rating=rating), **holder)
    assert told(look(covers(**parameters), order=order, product=0)) == (state, code)


def test_assessments_count_by_the_day_in_china():
    late = [("2026-06-01T17:00:00Z", "C3"), ("2026-06-02T01:00:00+08:00", "C3"), ("2026-06-02T10:00:00+08:00", "C3")]
    order = sale(paid("1", risk_rating="R3"), **assessed(*late))
    assert told(look(covers(max_per_day=2), order=order, product=0)) == ("miss", "assessments_in_a_day")


def test_a_rating_the_order_lacks_is_not_compared():
    order = sale(paid("1"), **assessed(("2026-06-01", "C1")))
    outcome = look(covers(valid_months=12), order=order, product=0)
    assert (outcome.state, [note.code for note in outcome.notes]) == ("hit", ["not_compared"])


def test_the_age_of_an_assessment_needs_the_date_of_sale():
    order = sale(paid("1", risk_rating="R3"), **assessed(("2026-06-01", "C3"))) | {"recorded_at": None}
    assert told(look(covers(valid_months=12), order=order, product=0)) == ("unknown", "order_field_missing")


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("ratio", {"of": "product.premium", "to": "policyholder.budget"}),
        ("ratio", {"of": "product.premium", "to": "policyholder.budget", "above": 1, "at_least": 1}),
        ("ratio", {"of": "product.price", "to": "policyholder.budget", "above": 1}),
        ("sum", {"of": ["policyholder.age"], "at_least": 75}),
        ("assessment", {"level_at_least": "product.risk_rating"}),
    ],
)
def test_parameters_that_mean_nothing_are_faults(key, parameters):
    with pytest.raises(ValidationError):
        by_key()[key].model_validate(parameters)


def test_shares_are_compared_exactly_not_as_binary_fractions():
    order = sale(paid("20000"), household_income=str(Decimal("100000")))
    assert look(YEARLY, order=order, product=0).state == "miss"
