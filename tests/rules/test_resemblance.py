"""What merely resembles the words of a rule: found as a guess, counted only when the sound confirms it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence import Confirmation
from engine.language.pinyin import blurred
from engine.order import Order
from engine.rules import evaluate, load
from engine.rules.rehearsal import Line, rehearse
from engine.rules.resemblance import Index
from tests.rules.conftest import ORDER, item_of


def answered(evidence, ruleset, order, asked, margin, others=-30.0):
    """`evidence` with the sound's answers: `margin` for the word wanted in `asked`, which has to be a question."""
    requests = evaluate(evidence, ruleset, order).requests
    assert asked in {(one.heard, one.wanted) for one in requests}
    answers = tuple(
        Confirmation(one.span, one.heard, one.wanted, margin if one.wanted == asked[1] else others, "test")
        for one in requests
    )
    return replace(evidence, transcript=replace(evidence.transcript, confirmations=answers))


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("保费", "宝贝总额", [0]),
        ("如实", "都容时收明", [1]),
        ("说明", "都容时收明", [3]),
        ("双录", "左霜落的", [1]),
        ("宽限期", "宽陷侵内", [0]),
        ("损失", "会有一定的此事", [5]),
        ("损失", "一定的嘴湿", [3]),
        ("保费", "保费总额", []),  # the word itself is no resemblance
        ("保费", "理赔", []),
        ("利益演示是", "历历也是假设的", [0]),  # two equal syllables in a row are spoken as one
        ("工作证", "我的工作精", [2]),  # eng without its glide
        ("退保", "退", []),
        ("确认", "ok确认", []),
    ],
)
def test_syllables_may_share_their_initial_or_their_rhyme(word, text, found):
    assert [start for start, _ in Index(text, blurred(text)).places(word, blurred(word))] == found


@given(st.text(alphabet="保费宝贝总额如实容时说明不一", max_size=30))
def test_several_words_at_once_are_each_word_alone(text):
    index = Index(text, blurred(text))
    words = [(word, blurred(word)) for word in ("保费总额", "如实", "说明", "如实说明", "保费", "x")]
    assert index.places_of(words) == [index.places(*one) for one in words]


@pytest.mark.parametrize(
    ("margin", "probability", "expected"),
    [
        (None, 0.6, ("review", "heard_nearly")),
        (2.0, 0.6, ("pass", "acknowledged")),
        (-30.0, 0.6, ("fail", "disclosure_incomplete")),
        (None, 0.95, ("fail", "disclosure_incomplete")),
    ],
)
def test_a_resemblance_counts_only_where_the_sound_confirms_it(ruleset, order, margin, probability, expected):
    lines = [
        Line("agent", "健康告知请您容时填写，如果隐瞒，将来公司可能解除合同，您明白吗？"),
        Line("customer", "明白。"),
    ]
    evidence = rehearse(lines, probability=probability)
    if margin is not None:
        evidence = answered(evidence, ruleset, order, ("容时", "如实"), margin)
    item = item_of(evaluate(evidence, ruleset, order), "dr_truthful")
    assert (item.verdict, item.reason_code) == expected


@pytest.mark.parametrize(("margin", "verdict"), [(2.0, "pass"), (-30.0, "fail")])
def test_a_word_said_plainly_elsewhere_may_be_misheard_where_it_counts(ruleset, order, margin, verdict):
    lines = [
        Line("agent", "录音录像是维护您权益的，文件请您认真阅读，问题请您如实回答。"),
        Line("customer", "好的。"),
        *(Line("agent", f"这是第{number}页，请您慢慢看。") for number in "一二三四五六七八九"),
        Line("agent", "请您容时告知，没有容时告知的，公司可能解除合同，您明白吗？"),
        Line("customer", "明白。"),
    ]
    evidence = answered(rehearse(lines, probability=0.7), ruleset, order, ("容时", "如实"), margin)
    item = item_of(evaluate(evidence, ruleset, order), "dr_truthful")
    assert item.verdict == verdict, item.reason


def test_several_wordings_for_one_place_take_the_room_of_one(ruleset, order):
    """清交 is asked about as 趸交, 趸缴, 期交 and 期缴: that must not keep 以自行 from being asked about as 一次性."""
    once = order.products[0].model_copy(update={"premium": Decimal(500), "payment_mode": "趸交", "payment_years": None})
    paid = order.model_copy(update={"products": (once,)})
    lines = [Line("agent", "您的宝费是以自行交清，交五百元，您确认吗？"), Line("customer", "我确认。")]
    evidence = rehearse(lines, probability=0.6)
    answers = answered(evidence, ruleset, paid, ("以自行", "一次性"), 0.2)
    item = item_of(evaluate(answers, ruleset, paid), "dr_payment")
    assert (item.verdict, item.reason_code) == ("pass", "acknowledged"), item.reason


def test_nothing_inside_a_word_that_was_heard_letter_by_letter_is_another_word(order):
    short_cover = order.products[0].model_copy(update={"line": "accident"})
    insured = order.model_copy(update={"products": (short_cover,)})
    lines = [Line("agent", "它的保险责任是，发生意外身故，给付身故保险金，您了解吗？"), Line("customer", "清楚了。")]
    for text, guessed in (("保险责任", False), ("保显责任", True)):
        said = [replace(one, text=one.text.replace("保险责任", text)) for one in lines]
        inspection = evaluate(rehearse(said, probability=0.6), load("bank"), insured)
        asked = {one.heard for one in inspection.requests if one.wanted == "限额"}
        assert asked == ({"显责"} if guessed else set())


def test_a_word_of_the_next_question_is_no_part_of_this_one_where_this_one_may_be_misheard():
    order = Order.model_validate(ORDER | {"scenario": "callback"})
    lines = [
        Line("agent", "您在我们公司买了一份安康鑫享终身受血，对吗？"),
        Line("customer", "是的，没错。"),
        Line("agent", "请问保险合同收到了吗，是您本人签收的吗？"),
        Line("customer", "收到了，是我签的。"),
    ]
    rules = load("callback")
    evidence = answered(rehearse(lines, probability=0.7), rules, order, ("受血", "寿险"), 2.0, others=2.0)
    item = item_of(evaluate(evidence, rules, order), "fu_bought")
    assert item.reason_code != "acknowledged_in_bulk", item.reason
