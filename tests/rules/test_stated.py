"""Answers that state what was asked for: read in the ways people say it, and compared with the order."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence import Stranger
from engine.language.numbers import spell
from engine.order import Order
from engine.rules import evaluate, load
from engine.rules.rehearsal import Line, rehearse
from engine.rules.schema import SettingsPart
from engine.rules.stated import compare, spoken_dates, spoken_digits
from tests.rules.conftest import item_of

BORN = "1985-03-04"
HOLDER = {
    "name": "王建国",
    "birth_date": BORN,
    "id_number": "110105198503041234",
    "address": "上海市浦东新区世纪大道一百号三栋",
}
SETTINGS = SettingsPart()
READ_OUT = dict(zip("0123456789", "零一二三四五六七八九", strict=True))


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ("一九八五年三月四号", "equal"),
        ("我是一九八五年三月四日出生的", "equal"),
        ("85年3月4日", "equal"),
        ("八五年三月四号", "equal"),
        ("1985年03月04日。", "equal"),
        ("三月四号", "equal"),
        ("3月4号", "equal"),
        ("一九八五零三零四", "equal"),
        ("19850304", "equal"),
        ("一九八五年三月五号", "different"),
        ("八六年三月四号", "different"),
        ("四月三号", "different"),
        ("八五年", "unknown"),
        ("农历三月四号", "unknown"),
        ("我不记得了", "unknown"),
        ("三月四号，不对，三月五号", "different"),  # the last that was said holds
    ],
)
def test_a_birth_date(said, match):
    assert compare("birth_date", said, BORN, SETTINGS) == match


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2025, 12, 31)))
def test_every_date_is_read_back_however_it_is_said(day):
    year = "".join(READ_OUT[digit] for digit in str(day.year))
    ways = (
        f"{year}年{spell(day.month)}月{spell(day.day)}号",
        f"{day.year}年{day.month}月{day.day}日",
        f"{year[2:]}年{spell(day.month)}月{spell(day.day)}日",
        f"{day:%Y%m%d}",
    )
    for said in ways:
        assert [one.is_of(day) for one in spoken_dates(said)] == [True], said


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ("幺二三四", "equal"),
        ("一二三四", "equal"),
        ("后四位是1234", "equal"),
        ("零四幺二三四", "equal"),
        ("一二三五", "different"),
        ("二三四", "unknown"),
        ("是的", "unknown"),
        ("三月四号", "unknown"),  # a date is no number of a card
    ],
)
def test_the_digits_of_a_card(said, match):
    assert compare("id_number", said, HOLDER["id_number"], SETTINGS) == match


def test_a_check_character_is_read_in_its_spoken_forms():
    assert spoken_digits("后四位幺二三叉") == spoken_digits("后四位幺二三X") == ("123X",)


@pytest.mark.parametrize(
    ("kind", "said", "match"),
    [
        ("name", "我叫王建国", "equal"),
        ("name", "我是王健国", "equal"),  # homophones
        ("name", "我叫李小红", "different"),
        ("name", "我是投保人", "unknown"),
        ("name", "我是他爱人", "unknown"),
        ("address", "上海市浦东新区世纪大道一百号三栋", "equal"),
        ("address", "浦东新区世纪大道一百号三栋", "equal"),
        ("address", "北京市朝阳区建国路五号二楼", "different"),
        ("address", "还是老地方", "unknown"),
    ],
)
def test_names_and_addresses(kind, said, match):
    assert compare(kind, said, HOLDER[kind], SETTINGS) == match


@pytest.fixture(scope="module")
def rules():
    return load("callback")


def asked(rules, question, *answers, probability=0.95, holder=HOLDER, strange=()):
    """The item of an identity; the answers counted in `strange` are in another voice than the customer's."""
    lines = [Line("agent", question), *(Line("customer", answer, 1.5) for answer in answers)]
    order = Order.model_validate({"scenario": "callback", "policyholder": holder})
    evidence = rehearse(lines, probability)
    said = evidence.transcript.utterances[1:]
    others = tuple(Stranger(said[number].interval, "customer", 0.6) for number in strange)
    evidence = replace(evidence, transcript=replace(evidence.transcript, strangers=others))
    return item_of(evaluate(evidence, rules, order), "fu_identity")


BIRTHDAY = "我需要确认您是投保人本人，请问您的出生日期是？"


@pytest.mark.parametrize(
    ("answer", "verdict", "code", "answered"),
    [
        ("一九八五年三月四号。", "pass", "answer_states", "affirm"),
        ("是三月四号。", "pass", "answer_states", "affirm"),
        ("八六年五月一号。", "fail", "answer_states_otherwise", "deny"),
        ("是的，八六年五月一号。", "fail", "answer_states_otherwise", "deny"),  # a yes does not outweigh a wrong date
        ("嗯。", "review", "answer_weak", "weak"),
        ("不是我。", "fail", "answer_contrary", "deny"),
        ("我不知道。", "fail", "not_understood", "not_understood"),
    ],
)
def test_an_identity_is_confirmed_by_what_was_asked_for(rules, answer, verdict, code, answered):
    item = asked(rules, BIRTHDAY, answer)
    assert (item.verdict, item.reason_code, item.answer.classification) == (verdict, code, answered)
    assert BORN not in item.reason


def test_both_facts_that_were_asked_for_must_agree(rules):
    question = "为了保护您的隐私，麻烦您核对一下身份证后四位和生日。"
    assert asked(rules, question, "幺二三四，三月四号。").verdict == "pass"
    assert asked(rules, question, "幺二三四，三月五号。").verdict == "fail"
    assert asked(rules, question, "幺二三四。", "三月四号。").verdict == "pass"


def test_without_the_order_s_field_or_a_sure_recognition_a_person_listens(rules):
    assert asked(rules, BIRTHDAY, "一九八五年三月四号。", holder={}).reason_code == "answer_unclear"
    item = asked(rules, BIRTHDAY, "八六年三月四号。", probability=0.55)
    assert (item.verdict, item.reason_code) == ("review", "answer_unsure")


@pytest.mark.parametrize(
    ("answers", "strange", "expected"),
    [
        (["三月四号。"], (0,), ("review", "answer_other_voice")),
        (["八六年五月一号。", "三月四号。"], (1,), ("fail", "answer_states_otherwise")),  # put right by somebody else
        (["八六年五月一号。", "三月四号。"], (0,), ("pass", "answer_states")),
    ],
)
def test_facts_count_in_the_customer_s_own_voice(rules, answers, strange, expected):
    item = asked(rules, BIRTHDAY, *answers, strange=strange)
    assert (item.verdict, item.reason_code) == expected


def test_what_was_not_asked_for_is_not_compared(rules):
    item = asked(rules, "请问您是投保人王建国先生本人吗？", "是的，今天是三月五号。")
    assert item.reason_code != "answer_states_otherwise"
