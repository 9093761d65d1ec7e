"""Operators over the application data: ID numbers, phones, hours, lists. Nothing personal is repeated."""

from datetime import date
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.rules.identity import check_character, masked_phone, parse_id, plain_phone, plain_sex
from engine.rules.operators.base import Context
from engine.rules.operators.catalogue import by_key
from engine.rules.operators.orderdata import months_later
from tests.rules.operators.measuring import look, sentence, told

WOMAN = "11010519491231002X"  # the example of GB 11643-1999
SEVENTEEN = st.text("0123456789", min_size=17, max_size=17)
VALUES = {**{str(digit): digit for digit in range(10)}, "X": 10}


def holder(**fields):
    return {"policyholder": fields}


@given(SEVENTEEN)
def test_the_check_character_makes_the_number_divisible(digits):
    """ISO 7064 MOD 11-2: the characters, weighted by powers of two, leave 1 modulo 11."""
    number = digits + check_character(digits)
    weighted = sum(VALUES[one] * 2 ** (17 - place) for place, one in enumerate(number))
    assert weighted % 11 == 1


@given(SEVENTEEN, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(digits, place, change):
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    assert check_character(wrong) != check_character(digits)


@given(SEVENTEEN, st.integers(0, 15))
def test_neighbours_that_changed_places_are_always_found(digits, place):
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert (check_character(swapped) == check_character(digits)) == (swapped == digits)


@pytest.mark.parametrize(
    ("fields", "state", "code"),
    [
        ({"id_number": WOMAN, "birth_date": "1949-12-31", "sex": "女"}, "hit", "id_number_right"),
        ({"id_number": WOMAN.lower()}, "hit", "id_number_right"),
        ({"id_number": "１１０１０５１９４９１２３１００２Ｘ"}, "hit", "id_number_right"),
        ({"id_number": "110105194912310021"}, "miss", "id_number_wrong"),
        ({"id_number": WOMAN, "birth_date": "1949-12-30"}, "miss", "id_number_wrong"),
        ({"id_number": WOMAN, "sex": "男"}, "miss", "id_number_wrong"),
        ({"id_number": "11010519491331002" + check_character("11010519491331002")}, "miss", "id_number_wrong"),
        ({"id_number": "E12345678"}, "not_applicable", "id_other_paper"),
        ({"id_number": "110105491231002"}, "not_applicable", "id_other_paper"),
        ({}, "unknown", "order_field_missing"),
    ],
)
def test_id_numbers(fields, state, code):
    assert told(look({"id_number": {}}, order=holder(**fields))) == (state, code)


def test_what_the_order_does_not_state_is_not_compared():
    outcome = look({"id_number": {}}, order=holder(id_number=WOMAN))
    assert outcome.state == "hit"
    assert [note.code for note in outcome.notes] == ["not_compared", "not_compared"]
    assert [one.name for one in outcome.concepts] == ["校验位"]


def test_a_check_that_is_switched_off_finds_nothing():
    wrong = holder(id_number="110105194912310021", birth_date="1949-12-31", sex="女")
    assert look({"id_number": {"check_digit": False}}, order=wrong).state == "hit"
    with pytest.raises(ValidationError):
        by_key()["id_number"].model_validate({"check_digit": False, "birth_date": False, "sex": False})


@pytest.mark.parametrize(
    ("written", "order", "context"),
    [
        ({"id_number": {}}, holder(id_number=WOMAN, sex="男"), Context()),
        (
            {"phone_equals": {}},
            {"policyholder": {"phone": "13800138000"}, "agent": {"phone": "13800138000"}},
            Context(),
        ),
        ({"phone_shared": {"from": 3}}, holder(phone="13800138000"), Context(customers_by_phone={"13800138000": 5})),
        (
            {"do_not_call": {}},
            {**holder(phone="13800138000"), "recorded_at": "2026-11-02T10:12:00+08:00"},
            Context(do_not_call={"13800138000": "2026-10-01"}),
        ),
    ],
)
def test_no_personal_number_is_repeated(written, order, context):
    outcome = look(written, order=order, context=context)
    shown = sentence(outcome) + "".join(str(one) for one in (*outcome.concepts, *outcome.notes, *outcome.findings))
    assert outcome.state in ("hit", "miss")
    assert WOMAN not in shown
    assert "13800138000" not in shown


def test_an_insured_who_is_the_policyholder_has_no_number_of_his_own():
    order = {"insured": {"same_as_policyholder": True}}
    assert told(look({"id_number": {"party": "insured"}}, order=order)) == ("not_applicable", "same_as_policyholder")


@pytest.mark.parametrize(
    ("order", "state"),
    [
        ({"policy_no": "P1", "products": [{"premium": "1"}, {"premium": "2"}]}, "hit"),
        ({"policy_no": "P1", "products": [{"premium": "1"}, {}]}, "miss"),
        ({"policy_no": "", "products": [{"premium": "1"}]}, "miss"),
        ({"policy_no": "P1"}, "miss"),
    ],
)
def test_required_fields(order, state):
    assert look({"required": {"fields": ["policy_no", "product.premium"]}}, order=order).state == state


def test_missing_fields_are_named_as_people_name_them():
    outcome = look({"required": {"fields": ["policy_no", "policyholder.phone"]}})
    assert sentence(outcome) == "订单缺少：保单号、投保人电话。"


OWN = "policyholder.name == agent.name"


@pytest.mark.parametrize(
    ("customer", "agent", "state", "code"),
    [
        ({"phone": "138-0013-8000"}, {"phone": "+86 13800138000"}, "hit", "phones_equal"),
        ({"phone": "13800138000"}, {"phone": "13800138001"}, "miss", "phones_differ"),
        ({"phone": "1", "name": "李静"}, {"phone": "1", "name": "李静"}, "miss", "phones_excused"),
        ({"phone": "1", "name": "王五"}, {"phone": "1", "name": "李静"}, "hit", "phones_equal"),
        ({"phone": "13800138000"}, {}, "unknown", "order_field_missing"),
    ],
)
def test_the_customer_s_phone_is_the_seller_s(customer, agent, state, code):
    order = {"policyholder": customer, "agent": agent}
    assert told(look({"phone_equals": {"field": "agent.phone", "unless": OWN}}, order=order)) == (state, code)


@pytest.mark.parametrize(
    ("known", "state", "code"),
    [
        (None, "not_applicable", "no_earlier_customers"),
        ({}, "miss", "phone_not_shared"),
        ({"13800138000": 2}, "miss", "phone_not_shared"),
        ({"13800138000": 3}, "hit", "phone_shared"),
    ],
)
def test_one_phone_for_many_customers(known, state, code):
    outcome = look(
        {"phone_shared": {"from": 3}}, order=holder(phone="138 0013 8000"), context=Context(customers_by_phone=known)
    )
    assert told(outcome) == (state, code)


@pytest.mark.parametrize(
    ("recorded_at", "asked", "state", "code"),
    [
        ("2026-11-02T10:12:00+08:00", None, "miss", "call_hours_open"),
        ("2026-11-02T21:00:00+08:00", None, "hit", "call_hours_closed"),
        ("2026-11-02T20:59:59+08:00", None, "miss", "call_hours_open"),
        ("2026-11-02T08:59:59+08:00", None, "hit", "call_hours_closed"),
        ("2026-11-02T09:00:00+08:00", None, "miss", "call_hours_open"),
        ("2026-11-02T14:00:00Z", None, "hit", "call_hours_closed"),  # 22:00 in China
        ("2026-11-02T22:00:00+09:00", None, "hit", "call_hours_closed"),  # 21:00 in China
        ("2026-11-02T22:00:00", None, "hit", "call_hours_closed"),
        ("2026-11-02T22:00:00+08:00", True, "miss", "call_hours_asked"),
        ("2026-11-02T22:00:00+08:00", False, "hit", "call_hours_closed"),
        (None, None, "unknown", "order_field_missing"),
    ],
)
def test_calls_in_closed_hours(recorded_at, asked, state, code):
    order = {"recorded_at": recorded_at, "customer_asked": asked}
    written = {"call_hours": {"closed": "21:00-09:00", "unless": "customer_asked"}}
    assert told(look(written, order=order)) == (state, code)


@pytest.mark.parametrize(
    ("refused", "called", "state", "code"),
    [
        ("2026-05-03", "2026-11-02", "hit", "on_refusers_list"),
        ("2026-05-02", "2026-11-02", "miss", "refusal_not_in_force"),
        ("2026-11-02", "2026-11-02", "unknown", "refused_same_day"),
        ("2026-11-03", "2026-11-02", "miss", "refusal_not_in_force"),
        ("2026-05-03", None, "unknown", "refusal_undated"),
    ],
)
def test_those_who_refused_calls(refused, called, state, code):
    order = {**holder(phone="13800138000"), "recorded_at": f"{called}T10:00:00+08:00" if called else None}
    context = Context(do_not_call={"13800138000": refused})
    assert told(look({"do_not_call": {"months": 6}}, order=order, context=context)) == (state, code)
    absent = look({"do_not_call": {"months": 6}}, order=order)
    assert told(absent) == ("not_applicable", "no_refusers_list")
    assert look({"do_not_call": {}}, order=order, context=Context(do_not_call={})).state == "miss"


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("required", {"fields": ["policy_number"]}),
        ("required", {"fields": []}),
        ("phone_equals", {"unless": "policyholder is agent"}),
        ("call_hours", {"closed": "21-9"}),
        ("phone_shared", {"from": 1}),
        ("do_not_call", {"months": 0}),
    ],
)
def test_parameters_that_mean_nothing_are_faults(key, parameters):
    with pytest.raises(ValidationError):
        by_key()[key].model_validate(parameters)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_months_later_is_that_many_months_on(day, months):
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert months_later(later, -months).month == day.month


@example("13000000086", "")
@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "+86", "86", "0086", "+86-"]))
def test_a_mobile_is_the_same_however_it_is_written(number, prefix):
    spaced = f"{prefix} {number[:3]}-{number[3:7]} {number[7:]}"
    assert plain_phone(spaced) == number
    assert len(masked_phone(number)) == 11
    assert number[3:9] not in masked_phone(number)


def test_sexes_and_other_numbers():
    assert [plain_sex(one) for one in ("男", "女", "Male", "ｆ", "?")] == ["男", "女", "男", "女", None]
    assert all(parse_id(text) is None for text in ("", "A" * 18, "1" * 17, "1" * 19, "X" + "1" * 17))
    assert {parse_id(f"1101051949123100{a}{b}").sex for a, b in product("13579", "0")} == {"男"}
