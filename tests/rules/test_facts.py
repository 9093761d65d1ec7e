"""Spoken values against the order, and what happens where either is missing."""

from dataclasses import replace

import pytest

from engine.evidence import Confirmation
from engine.order import Order
from engine.rules import evaluate
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import ORDER, item_of

PAY = "缴费方式是年交，每年保费{}，一共交{}，您确认吗？"
COOL = "签收合同第二天起有{}犹豫期，期间可以全额退保，您明白吗？"


def with_product(**fields):
    return Order.model_validate(ORDER | {"products": [ORDER["products"][0] | fields]})


@pytest.mark.parametrize(
    ("premium", "years", "verdict", "code"),
    [
        ("一万二", "十年", "pass", "acknowledged"),
        ("一万两千元", "10年", "pass", "acknowledged"),
        ("12000元", "十年", "pass", "acknowledged"),
        ("1.2万元", "十年", "pass", "acknowledged"),
        ("两万元", "十年", "fail", "order_differs"),
        ("一万二", "二十年", "fail", "order_differs"),
        ("一万二", "完为止", "review", "order_value_unheard"),
        ("一万二", "百分之十年", "review", "order_value_unheard"),
        ("一万二", "两三年", "review", "order_value_unheard"),
    ],
)
def test_payment(judge, premium, years, verdict, code):
    item = item_of(judge(("agent", PAY.format(premium, years)), ("customer", "确认。")), "dr_payment")
    assert (item.verdict, item.reason_code) == (verdict, code)


@pytest.mark.parametrize(
    ("days", "verdict"), [("十五天", "pass"), ("15日", "pass"), ("十五个自然日", "pass"), ("二十天", "fail")]
)
def test_cooling_off_days_follow_the_order_not_a_constant(judge, days, verdict):
    lines = ("agent", COOL.format(days)), ("customer", "明白。")
    assert item_of(judge(*lines), "dr_cooling_off").verdict == verdict
    twenty = item_of(judge(*lines, given=with_product(cooling_off_days=20)), "dr_cooling_off")
    assert twenty.verdict == ("pass" if days == "二十天" else "fail")


def test_a_difference_names_both_values(judge):
    item = item_of(judge(("agent", COOL.format("二十天")), ("customer", "明白。")), "dr_cooling_off")
    assert item.reason == "天数：说的是 20，订单是 15，不一致。"


def test_a_number_that_was_recognised_poorly_is_for_a_person(ruleset, order):
    evidence = rehearse([Line("agent", COOL.format("二十天")), Line("customer", "明白。")])
    characters = tuple(replace(c, probability=0.3) if c.text in "二十天" else c for c in evidence.transcript.characters)
    poor = replace(evidence, transcript=replace(evidence.transcript, characters=characters))
    item = item_of(evaluate(poor, ruleset, order), "dr_cooling_off")
    assert (item.verdict, item.reason_code) == ("review", "order_doubtful")


@pytest.mark.parametrize(("margin", "verdict"), [(0.4, "pass"), (-9.0, "fail")])
def test_the_sound_may_settle_a_difference(ruleset, order, margin, verdict):
    evidence = rehearse([Line("agent", COOL.format("二十天")), Line("customer", "明白。")])
    (request,) = [one for one in evaluate(evidence, ruleset, order).requests if one.wanted == "十五天"]
    assert request.heard == "二十天"
    answer = Confirmation(request.span, request.heard, request.wanted, margin, "test")
    answered = replace(evidence, transcript=replace(evidence.transcript, confirmations=(answer,)))
    assert item_of(evaluate(answered, ruleset, order), "dr_cooling_off").verdict == verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("产品全称是安康鑫享终身寿险。", "pass"),
        ("我们看的是鞍钢新想中身寿险。", "pass"),
        ("产品全称是安康终身寿。", "review"),
        ("产品全称是吉祥年年年金。", "fail"),
    ],
)
def test_the_product_s_name_may_sound_alike(judge, said, verdict):
    assert item_of(judge(("agent", said)), "dr_product_name").verdict == verdict


@pytest.mark.parametrize(
    ("cover", "said", "verdict"),
    [
        ({"kind": "whole_life"}, "终身", "pass"),
        ({"kind": "years", "value": 30}, "三十年", "pass"),
        ({"kind": "years", "value": 20}, "三十年", "fail"),
        ({"kind": "to_age", "value": 70}, "到七十周岁", "pass"),
        ({"kind": "to_age", "value": 80}, "到七十周岁", "fail"),
        ({"kind": "whole_life"}, "三十年", "fail"),
        ({"kind": "whole_life"}, "到七十周岁", "fail"),
        ({"kind": "whole_life"}, "合同里写的", "review"),
    ],
)
def test_cover_period(judge, cover, said, verdict):
    lines = ("agent", f"这份合同的保险期间是{said}，您知道吗？"), ("customer", "知道。")
    item = item_of(judge(*lines, given=with_product(cover=cover)), "dr_period")
    assert item.verdict == verdict
    assert not any(code in item.reason for code in ("whole_life", "years", "to_age", "None")), item.reason


def test_a_single_payment_has_no_years(judge):
    once = with_product(payment_mode="趸交", premium="50000", payment_years=None)
    lines = ("agent", "这个是一次性交费，总共缴费五万块，您知道吧？"), ("customer", "知道。")
    assert item_of(judge(*lines, given=once), "dr_payment").verdict == "pass"


def test_without_the_order_s_value_a_pass_stays_a_pass_with_a_note(judge):
    item = item_of(judge(("agent", COOL.format("十五天")), ("customer", "明白。"), given=Order()), "dr_cooling_off")
    assert item.verdict == "pass"
    assert [note.code for note in item.notes] == ["not_compared"]


def test_one_item_per_product(ruleset):
    two = Order.model_validate({"products": [{"cooling_off_days": 15}, {"cooling_off_days": 20}]})
    judgement = evaluate(rehearse([Line("agent", COOL.format("十五天")), Line("customer", "明白。")]), ruleset, two)
    found = [(item.product_index, item.verdict) for item in judgement.items if item.id == "dr_cooling_off"]
    assert found == [(0, "pass"), (1, "fail")]
    assert [item.product_index for item in judgement.items if item.id == "dr_consent"] == [None]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("您收到合同以后，由于七十五天，期间可以全额退保，您明白吗？", "pass"),
        ("由于七是十五天，从您签收合同开始算，可以全额退保，您明白吗？", "pass"),
        ("由于七二十天，从您签收合同开始算，可以全额退保，您明白吗？", "fail"),
        ("犹豫期七十五天，从您签收合同开始算，可以全额退保，您明白吗？", "fail"),
    ],
)
def test_the_last_syllable_of_the_period_s_name_is_no_numeral(judge, said, verdict):
    assert item_of(judge(("agent", said), ("customer", "明白。")), "dr_cooling_off").verdict == verdict


def test_a_month_before_days_is_no_date(judge):
    said = "由于七月二十天，从您签收合同开始算，可以全额退保，您明白吗？"
    lines = ("agent", said), ("customer", "明白。")
    assert item_of(judge(*lines, given=with_product(cooling_off_days=20)), "dr_cooling_off").verdict == "pass"


@pytest.mark.parametrize(("margin", "verdict"), [(None, "review"), (-2.0, "pass"), (-20.0, "review")])
def test_a_choice_that_merely_resembles_the_order_s_is_put_to_the_sound(ruleset, order, margin, verdict):
    lines = [Line("agent", "这份合同的保险期间是中生，您知道吗？"), Line("customer", "知道。")]
    evidence = rehearse(lines, probability=0.7)
    (request,) = [one for one in evaluate(evidence, ruleset, order).requests if one.wanted == "终身"]
    if margin is not None:
        answer = Confirmation(request.span, request.heard, request.wanted, margin, "test")
        evidence = replace(evidence, transcript=replace(evidence.transcript, confirmations=(answer,)))
    assert item_of(evaluate(evidence, ruleset, order), "dr_period").verdict == verdict


@pytest.mark.parametrize(("margin", "verdict"), [(None, "review"), (-2.0, "pass"), (-20.0, "fail")])
def test_a_way_of_paying_may_be_misheard_altogether(ruleset, margin, verdict):
    lines = [Line("agent", "您一次先将一万二千元保费，您确认吗？"), Line("customer", "确认。")]
    evidence = rehearse(lines, probability=0.7)
    single = with_product(payment_mode="趸交", payment_years=None)
    requests = [one for one in evaluate(evidence, ruleset, single).requests if one.wanted == "一次性"]
    assert requests
    if margin is not None:
        answers = tuple(Confirmation(one.span, one.heard, one.wanted, margin, "test") for one in requests)
        evidence = replace(evidence, transcript=replace(evidence.transcript, confirmations=answers))
    assert item_of(evaluate(evidence, ruleset, single), "dr_payment").verdict == verdict
