"""The thirteen rules of how an answer is taken, each by its number in the domain's list."""

from dataclasses import replace

import pytest

from engine.evidence import Quality, SoundQuality, SoundSpan
from engine.interval import Interval
from engine.order import Order
from engine.report.clips import ClipSettings
from engine.rules import evaluate, load
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import item_of

ASK = "您今天购买的是一款保险产品，您明白吗？"
NEXT = "下面介绍保险责任，被保险人身故我们给付身故保险金，您听明白了吗？"
PROMISE = "除了合同里写的，我有没有给您其他口头承诺？"
READ = "投保提示书和条款您都阅读过，内容都理解了吗？"
CONSENT = "根据监管要求，这次投保需要全程录音录像，您同意吗？"


@pytest.fixture
def ruled(ruleset, order):
    """Verdict and reason of an item after some lines of (role, text) or (role, text, silence before)."""

    def ruled_of(*lines, item="dr_is_insurance", evidence=None):
        heard = evidence or rehearse([Line(*line) for line in lines])
        found = item_of(evaluate(heard, ruleset, order), item)
        return found.verdict, found.reason_code

    return ruled_of


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("不明白", ("fail", "not_understood")),
        ("没有不明白的", ("pass", "acknowledged")),
        ("没听明白", ("fail", "not_understood")),
        ("明白", ("pass", "acknowledged")),
    ],
)
def test_rule_1_negations_come_before_affirmatives_and_double_negation_before_both(ruled, answer, expected):
    assert ruled(("agent", ASK), ("customer", answer)) == expected


@pytest.mark.parametrize("voice", ["agent", "system", "other", "insured"])
def test_rule_2_only_the_customer_s_voice_counts(ruled, voice):
    assert ruled(("agent", ASK), (voice, "明白", 0.5))[0] != "pass"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("customer", "明白。"), ("agent", ASK)], ("fail", "no_answer")),
        ([("agent", ASK), ("agent", NEXT), ("customer", "不明白。")], ("review", "acknowledged_in_bulk")),
        ([("agent", ASK), ("customer", "明白。", 15.5)], ("fail", "no_answer")),
        ([("agent", ASK), ("customer", "明白。", 14.0)], ("pass", "acknowledged")),
    ],
)
def test_rule_3_an_answer_comes_after_its_question_and_before_the_next_item(ruled, lines, expected):
    assert ruled(*lines) == expected


def test_rule_4_one_yes_after_a_chain_is_for_the_last_question_but_a_summary_counts(ruled):
    chain = ("agent", ASK), ("agent", NEXT), ("customer", "明白。")
    assert ruled(*chain) == ("review", "acknowledged_in_bulk")
    assert ruled(*chain, item="dr_coverage") == ("pass", "acknowledged")
    summed = ("agent", READ), ("agent", NEXT), ("customer", "明白。")
    assert ruled(*summed, item="dr_documents_read") == ("pass", "acknowledged")


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (PROMISE, "没有。", ("pass", "acknowledged")),
        (PROMISE, "有的。", ("fail", "answer_contrary")),
    ],
)
def test_rule_5_the_wording_says_which_answer_is_good(ruled, question, answer, expected):
    assert ruled(("agent", question), ("customer", answer), item="dr_no_other_promise") == expected


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("投保单是您本人亲笔签名的吗？", "是我自己签的。", "pass"),
        ("投保单是您本人亲笔签名的吗，有没有别人代签？", "没有。", "pass"),
        ("投保单是您本人亲笔签名的吗？", "不是我自己签的。", "fail"),
    ],
)
def test_rule_5_part_of_the_question_may_turn_it(question, answer, verdict):
    evidence = rehearse([Line("agent", question), Line("customer", answer)])
    order = Order.model_validate({"scenario": "callback"})
    assert item_of(evaluate(evidence, load("callback"), order), "fu_self_sign").verdict == verdict


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ([("agent", "就是出了事公司赔钱的合同。")], ("pass", "explained_after_question")),
        ([("agent", "嗯。")], ("review", "question_open")),
        ([], ("review", "question_open")),
    ],
)
def test_rule_6_a_question_back_re_opens_the_item_until_it_is_answered(ruled, between, expected):
    lines = ("agent", ASK), ("customer", "什么是保险？"), *between, ("customer", "明白。", 2.0)
    assert ruled(*lines) == expected


@pytest.mark.parametrize("later", ["明白，同意。", "好，那买吧，我明白。"])
def test_rule_7_a_refusal_marks_the_recording_even_when_a_yes_follows(ruleset, order, later):
    lines = (
        ("agent", CONSENT),
        ("customer", "同意。"),
        ("agent", ASK),
        ("customer", "我不买了。"),
        ("customer", later, 2.0),
    )
    judgement = evaluate(rehearse([Line(*line) for line in lines]), ruleset, order)
    assert judgement.refused
    assert item_of(judgement, "dr_is_insurance").reason_code == "refused"


@pytest.mark.parametrize(("noisy", "code"), [(True, "answer_noise"), (False, "answer_overlapped")])
def test_rule_8_silence_in_poor_sound_is_inconclusive(ruled, noisy, code):
    evidence = rehearse([Line("agent", ASK)])
    after = Interval(evidence.media.duration - 1.0, evidence.media.duration + 3.0)
    if noisy:
        sound = SoundQuality(-30.0, -31.0, 20.0, 0.0, 0.0, (), (SoundSpan(after, -30.0, 2.0),))
        evidence = replace(evidence, quality=Quality(sound=sound))
    else:
        evidence = replace(evidence, transcript=replace(evidence.transcript, overlaps=(after,)))
    assert ruled(evidence=evidence) == ("inconclusive", code)


def test_rule_9_the_latency_of_every_answer_is_in_the_evidence(ruleset, order):
    quick = rehearse([Line("agent", ASK.rstrip("？")), Line("customer", "明白。", 0.1)])
    assert item_of(evaluate(quick, ruleset, order), "dr_is_insurance").answer.latency == pytest.approx(0.1)


def test_rule_10_the_clip_reaches_from_before_the_question_s_end_to_after_the_answer():
    assert (ClipSettings().question_lead, ClipSettings().answer_tail) == (2.0, 1.0)


def test_rule_11_speech_without_text_is_unclear_and_silence_is_decided_by_voice_activity(ruled):
    evidence = rehearse([Line("agent", ASK), Line("customer", "明白。")])
    heard = evidence.transcript
    spoken = tuple(one for one in heard.characters if one.speaker == "agent")
    mute = replace(heard, characters=spoken, utterances=heard.utterances[:1])
    assert ruled(evidence=replace(evidence, transcript=mute)) == ("review", "answer_unread")
    silent = replace(mute, speech=heard.speech[:1], turns=heard.turns[:1])
    assert ruled(evidence=replace(evidence, transcript=silent)) == ("fail", "no_answer")
    invented = ruled(("agent", ASK), ("customer", "中文字幕"))
    assert invented == ("review", "answer_unclear")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("没有，不明白", ("fail", "not_understood")),
        ("没有不明白的", ("pass", "acknowledged")),
        ("没有都明白", ("review", "answer_weak")),
    ],
)
@pytest.mark.parametrize("punctuated", [True, False])
def test_rule_12_pauses_stand_for_punctuation(ruled, answer, expected, punctuated):
    evidence = rehearse([Line("agent", ASK), Line("customer", answer)], punctuated=punctuated)
    assert ruled(evidence=evidence) == expected


def test_rule_13_a_critical_yes_is_asked_against_its_own_negations(ruleset, order):
    evidence = rehearse([Line("agent", ASK), Line("customer", "明白。")])
    asked = {(one.heard, one.wanted) for one in evaluate(evidence, ruleset, order).requests}
    assert ("明白", "不明白") in asked
    denied = rehearse([Line("agent", ASK), Line("customer", "不明白。")])
    assert evaluate(denied, ruleset, order).requests == ()
