"""Operators over the words that were said."""

from dataclasses import replace

import pytest

from engine.evidence import Confirmation
from engine.order import Order
from engine.rules import evaluate
from engine.rules.rehearsal import Line, rehearse
from tests.rules.operators.workbench import judged, outcome, reporting, requiring, session

FILLER = ("customer", "我先听一听你怎么介绍这个东西。")


@pytest.mark.parametrize(
    ("params", "text", "verdict"),
    [
        ({"any": ["返佣", "保本"]}, "我们给您返佣。", "review"),
        ({"any": ["返佣", "保本"]}, "我们没有这种东西。", "pass"),
        ({"any": ["返佣", "保本", "高息"], "n": 2}, "我们给您返佣，还给返佣。", "pass"),
        ({"any": ["返佣", "保本", "高息"], "n": 2}, "我们给您返佣，还保本。", "review"),
        ({"all": ["返佣", "保本"]}, "我们给您返佣。", "pass"),
        ({"all": ["返佣", "保本"]}, "保本，给您返佣。", "review"),
        ({"any": ["返佣"], "min_hits": 2}, "我们给您返佣，返佣很多。", "review"),
        ({"any": ["返佣"], "min_hits": 2}, "我们给您返佣，很多。", "pass"),
        ({"any": ["返佣"], "except": ["不返佣"]}, "我们从来不返佣。", "pass"),
        ({"none": ["客服电话"]}, "有事情您找我就好。", "review"),
        ({"none": ["客服电话"]}, "有事情请打客服电话。", "pass"),
        ({"any": ["找我"], "none": ["客服电话"]}, "有事情找我，或者客服电话。", "pass"),
        ({"any": ["返佣"]}, "我们给您反用。", "review"),
        ({"any": ["返佣"], "pinyin": False}, "我们给您反用。", "pass"),
    ],
)
def test_keyword(params, text, verdict):
    assert judged(reporting({"keyword": params}), [("agent", text), FILLER]).verdict == verdict


def test_keyword_names_the_words_found_and_missing():
    item = judged(requiring({"keyword": {"all": ["保本", "返佣"]}}), [("agent", "我们给您返佣，这样好。"), FILLER])
    assert (item.verdict, item.reason_code) == ("review", "words_not_heard")
    assert [(one.name, one.found) for one in item.concepts] == [("保本", False), ("返佣", True)]
    assert [one.quote for one in item.evidence] == ["返佣"]


def test_what_was_not_heard_in_silence_or_noise_is_inconclusive():
    require = requiring({"keyword": {"any": ["客服电话"]}})
    assert outcome(require, []) == ("inconclusive", "no_speech")
    assert outcome(require, session(("agent", "您好您好您好您好"), probability=0.2))[0] == "inconclusive"
    report_none = reporting({"keyword": {"none": ["客服电话"]}})
    assert outcome(report_none, session(("agent", "您好您好您好您好"), probability=0.2))[0] == "inconclusive"


def test_words_of_a_doubtful_voice_are_for_a_person():
    rules = reporting({"keyword": {"any": ["返佣"]}})
    lines = [("agent", "您好，我来介绍。"), ("unknown", "我们给您返佣。"), FILLER]
    assert outcome(rules, lines) == ("review", "role_doubtful")
    assert outcome(requiring({"keyword": {"any": ["返佣"]}}), lines) == ("review", "role_doubtful")


def test_the_customers_words_are_not_the_agents():
    rules = reporting({"keyword": {"any": ["返佣"]}})
    assert outcome(rules, [("agent", "您好，我来介绍。"), ("customer", "有没有返佣？")])[0] == "pass"
    both = reporting({"keyword": {"any": ["返佣"], "scope": {"role": "any"}}})
    assert outcome(both, [("agent", "您好，我来介绍。"), ("customer", "有没有返佣？")])[0] == "review"


def test_a_near_match_counts_when_the_sound_confirms_it():
    rules = requiring({"keyword": {"any": ["终身"]}})
    evidence = session(("agent", "保险期间是中生的意思。"), FILLER)
    judgement = evaluate(evidence, rules, Order())
    item = next(one for one in judgement.items if one.id == "cv_it")
    assert (item.verdict, item.reason_code) == ("review", "heard_nearly")
    asked = next(one for one in judgement.requests if one.wanted == "终身")
    answer = Confirmation(asked.span, asked.heard, asked.wanted, 0.5, "test")
    assert evidence.transcript is not None
    confirmed = replace(evidence, transcript=replace(evidence.transcript, confirmations=(answer,)))
    assert outcome(rules, confirmed) == ("pass", "words_heard")
    denied = replace(answer, margin=-20.0)
    refused = replace(evidence, transcript=replace(evidence.transcript, confirmations=(denied,)))
    assert outcome(rules, refused) == ("review", "heard_nearly")


@pytest.mark.parametrize(
    ("params", "text", "verdict"),
    [
        ({"any": ["收益.{0,4}百分之[三四五六]"]}, "收益可以到百分之五。", "review"),
        ({"any": ["收益.{0,4}百分之[三四五六]"], "not_regex": ["演示"]}, "按演示，收益可以到百分之五。", "pass"),
        ({"any": ["收益.{0,4}百分之[三四五六]"], "not_regex": ["演示"]}, "演示一下。收益可以到百分之五。", "review"),
        ({"any": ["百分之[三四五六]"], "min_hits": 2}, "可以到百分之五。", "pass"),
    ],
)
def test_regex(params, text, verdict):
    assert judged(reporting({"regex": params}), [("agent", text), FILLER]).verdict == verdict


@pytest.mark.parametrize("joint", [None, "any_of", "none_of"])
def test_a_runaway_pattern_ends_inconclusive_never_as_a_pass(joint):
    runaway = {"regex": {"any": ["(啊|啊啊)+坏"]}}
    condition = {joint: [runaway]} if joint else runaway
    lines = [("agent", "啊" * 60 + "好")]
    for rules in (reporting(condition), requiring(condition)):
        assert outcome(rules, lines) == ("inconclusive", "pattern_timeout")


def test_a_runaway_pattern_leaves_the_other_rules_alone():
    rules = reporting({"regex": {"any": ["(啊|啊啊)+坏"]}})
    judgement = evaluate(rehearse([Line("agent", "啊" * 60 + "您好，录音录像")]), rules, Order())
    assert next(one for one in judgement.items if one.id == "dr_greeting").verdict == "pass"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请您亲笔签名。", ("pass", "words_heard")),
        ("请您亲比千名。", ("pass", "words_heard")),
        ("请您亲笔签个名。", ("review", "heard_nearly")),
        ("请您随便写一写就行。", ("review", "words_not_heard")),
    ],
)
def test_pinyin_fuzzy(text, expected):
    rules = requiring({"pinyin_fuzzy": {"phrases": ["亲笔签名"], "max_dist": 1}})
    assert outcome(rules, [("agent", text), FILLER]) == expected


CONCEPTS = {
    "must": [
        {"concept": "犹豫期", "any": ["犹豫期"]},
        {"concept": "天数", "number": {"unit": ["天", "日"]}},
        {"concept": "全额", "any": ["全额"]},
    ],
    "unless": ["没有犹豫期"],
    "window_s": 20,
}


@pytest.mark.parametrize(
    ("text", "share", "expected", "found"),
    [
        ("犹豫期是十五天，可以全额退保。", 1.0, "pass", [True, True, True]),
        ("由于期是十五天，可以全额退保。", 1.0, "pass", [True, True, True]),
        ("犹豫期是十五天，可以退保。", 1.0, "review", [True, True, False]),
        ("犹豫期是十五天，可以退保。", 0.6, "pass", [True, True, False]),
        ("我们这个没有犹豫期，十五天，全额。", 1.0, "review", [False, True, True]),
    ],
)
def test_concept_all(text, share, expected, found):
    rules = requiring({"concept_all": {**CONCEPTS, "min_share": share}})
    item = judged(rules, [("agent", text), FILLER])
    assert item.verdict == expected
    assert [one.found for one in item.concepts] == found


def test_concepts_too_far_apart_do_not_come_together():
    rules = requiring({"concept_all": {**CONCEPTS, "window_s": 5}})
    lines = [("agent", "犹豫期是十五天。"), FILLER, ("agent", "可以全额退保。", 10.0)]
    assert outcome(rules, lines) == ("review", "concepts_missing")


PREMIUM = {
    "field": "保费",
    "order_path": "product.premium",
    "number": {"unit": ["元", "块"], "bare_from": 1000, "near": ["保费", "交"]},
}
ORDER = {"products": [{"premium": "12000"}]}


@pytest.mark.parametrize(
    ("text", "tolerance", "expected"),
    [
        ("每年保费一万二千元。", 0, ("pass", "order_agrees")),
        ("每年保费一万二。", 0, ("pass", "order_agrees")),
        ("每年保费一万一千九百九十元。", 10, ("pass", "order_agrees")),
        ("每年保费一万五千元。", 10, ("review", "order_differs")),
        ("每年都要交钱。", 0, ("review", "order_value_unheard")),
    ],
)
def test_entity_equals(text, tolerance, expected):
    rules = requiring({"entity_equals": {**PREMIUM, "tolerance": tolerance}})
    assert outcome(rules, [("agent", text), FILLER], ORDER) == expected


def test_entity_equals_without_the_field_or_with_choices_and_names():
    rules = requiring({"entity_equals": PREMIUM})
    assert outcome(rules, [("agent", "每年保费一万二千元。"), FILLER])[1] == "order_field_missing"
    mode = {"field": "缴费方式", "order_path": "product.payment_mode", "choices": {"年交": ["年交"], "月交": ["月交"]}}
    modes = requiring({"entity_equals": mode})
    order = {"products": [{"payment_mode": "年交"}]}
    assert outcome(modes, [("agent", "缴费方式是年交的。"), FILLER], order)[0] == "pass"
    assert outcome(modes, [("agent", "缴费方式是月交的。"), FILLER], order) == ("review", "order_differs")
    name = requiring({"entity_equals": {"field": "产品名称", "order_path": "product.full_name"}})
    named = {"products": [{"full_name": "安康鑫享终身寿险"}]}
    assert outcome(name, [("agent", "产品叫安康新享终身寿险。"), FILLER], named)[0] == "pass"
    assert outcome(name, [("agent", "产品叫别的什么名字的保险。"), FILLER], named)[1] == "order_value_unheard"


def test_a_value_hardly_recognised_is_for_a_person():
    rules = requiring({"entity_equals": PREMIUM})
    evidence = session(("agent", "每年保费一万五千元。"), FILLER, probability=0.55)
    assert outcome(rules, evidence, ORDER) == ("review", "order_doubtful")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("我自己出钱给您把首年保费垫上。", "review"),
        ("我自己掏钱给您把首年保费垫上。", "review"),
        ("我不自己出钱给您把首年保费垫上。", "pass"),
        ("下面看一下条款里的第三页。", "pass"),
    ],
)
def test_similar(text, verdict):
    rules = reporting({"similar": {"samples": ["我自己出钱给您把首年保费垫上"], "min_score": 0.8}})
    assert judged(rules, [("agent", text), FILLER]).verdict == verdict


@pytest.mark.parametrize(
    ("texts", "params", "verdict"),
    [
        (["今天必须要签下来。", "看一下条款。", "今天必须要签下来。"], {}, "review"),
        (["今天必须要签下来。", "看一下条款。", "今天必须要签下来。"], {"hit_times": 2}, "pass"),
        (["今天必须要签下来。", "看一下条款。", "今天必须要签下来。"], {"within": 1}, "pass"),
        (["今天必须要签下来。", "看一下条款。", "今天必须要签下来。"], {"excludes": ["必须"]}, "pass"),
        (["对的。", "对的。", "对的。"], {}, "pass"),
    ],
)
def test_repeat(texts, params, verdict):
    rules = reporting({"repeat": params})
    lines = [("agent", text, 1.5) for text in texts]
    assert judged(rules, [*lines, FILLER]).verdict == verdict
