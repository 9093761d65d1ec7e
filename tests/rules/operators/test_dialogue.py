"""Operators over question and answer, and over the order of items."""

from dataclasses import replace

import pytest

from engine.evidence import StageReport
from engine.interval import Interval
from tests.rules.operators.workbench import (
    CONSENT,
    EXCLUSION,
    INSURANCE,
    SUMMARY,
    judged,
    outcome,
    reporting,
    requiring,
    session,
)

YES = ("customer", "同意。")


def unread(evidence, start, end, voice="customer"):
    """The same, with speech of `voice` from `start` to `end` that gave no text."""
    from engine.evidence import Turn

    said = evidence.transcript
    span = Interval(start, end)
    heard = replace(said, turns=(*said.turns, Turn(span, voice)), speech=tuple(sorted((*said.speech, span))))
    return replace(evidence, transcript=heard)


@pytest.mark.parametrize(
    ("params", "answer", "expected"),
    [
        ({"expect": "affirm"}, "同意。", ("pass", "answer_as_asked")),
        ({"expect": "affirm"}, "不同意。", ("review", "answer_of_other_class")),
        ({"expect": "deny"}, "没有。", ("pass", "answer_as_asked")),
        ({"classes": ["refusal"]}, "我不买了。", ("pass", "answer_as_asked")),
        ({"classes": ["weak", "affirm"]}, "嗯。", ("pass", "answer_as_asked")),
        ({"expect": "affirm"}, "嗯。", ("review", "answer_of_other_class")),
        ({"expect": "affirm"}, "今天天气挺好。", ("review", "answer_unclear")),
        ({"classes": ["unclear"]}, "今天天气挺好。", ("pass", "answer_as_asked")),
        ({"expect": "affirm"}, None, ("review", "no_answer")),
        ({"classes": ["none"]}, None, ("pass", "answer_as_asked")),
    ],
)
def test_ack(params, answer, expected):
    lines = [("agent", CONSENT), *([("customer", answer)] if answer else [])]
    assert outcome(requiring({"ack": {"item": "dr_consent", **params}}), lines) == expected


def test_ack_of_an_item_that_asks_for_no_answer_takes_the_first_reply():
    rules = requiring({"ack": {"item": "dr_greeting", "classes": ["affirm", "weak"]}})
    assert outcome(rules, [("agent", "您好，我是李静，方便说话吗？"), ("customer", "可以。")])[0] == "pass"
    assert outcome(rules, [("agent", "您好，我是李静，方便说话吗？")]) == ("review", "no_answer")


def test_an_answer_that_cannot_be_judged_stays_open():
    rules = requiring({"ack": {"item": "dr_consent", "expect": "affirm"}})
    doubtful = [("agent", CONSENT), ("unknown", "同意。")]
    assert outcome(rules, doubtful) == ("review", "answer_open")
    evidence = session(("agent", CONSENT))
    silent = replace(evidence, stages=(StageReport("diarize", "failed"),))
    assert outcome(rules, silent) == ("inconclusive", "answer_open")
    assert outcome(reporting({"ack": {"item": "dr_consent", "classes": ["none"]}}), silent)[0] == "inconclusive"


@pytest.mark.parametrize(
    ("params", "pause", "verdict"),
    [
        ({"min_ms": 150}, 0.05, "review"),
        ({"min_ms": 150}, 0.4, "pass"),
        ({"min_ms": 150, "longer_than_s": 60}, 0.05, "not_applicable"),
        ({"min_ms": 150, "times": 2}, 0.05, "pass"),
        ({"max_s": 5}, 6.0, "review"),
        ({"max_s": 5}, 4.0, "pass"),
        ({"min_ms": 150, "item": "dr_consent"}, 0.05, "review"),
        ({"min_ms": 150, "item": "dr_insurance"}, 0.05, "inconclusive"),
    ],
)
def test_answer_latency(params, pause, verdict):
    question = CONSENT.removesuffix("？")
    item = judged(reporting({"answer_latency": params}), [("agent", question), ("customer", "同意。", pause)])
    assert item.verdict == verdict


def test_a_session_without_answers_has_no_latency():
    assert outcome(reporting({"answer_latency": {"min_ms": 150}}), [("agent", CONSENT)]) == (
        "not_applicable",
        "no_answers_timed",
    )


@pytest.mark.parametrize(
    ("lines", "most", "expected"),
    [
        ([("agent", CONSENT), YES, ("agent", INSURANCE), YES], 1, "pass"),
        ([("agent", CONSENT), ("agent", INSURANCE), YES], 1, "review"),
        ([("agent", CONSENT), ("agent", INSURANCE), YES], 2, "pass"),
        ([("agent", CONSENT), ("agent", INSURANCE), ("agent", EXCLUSION), YES], 2, "review"),
        ([("agent", CONSENT), ("agent", INSURANCE), ("agent", SUMMARY), YES], 1, "pass"),
        ([("agent", CONSENT), ("agent", "您好。"), YES], 1, "pass"),
        ([("agent", "您好，请坐一下。")], 1, "not_applicable"),
    ],
)
def test_chained_items(lines, most, expected):
    assert judged(reporting({"chained_items": {"max_per_ack": most}}), lines).verdict == expected


def test_a_chain_with_speech_that_was_not_read_is_open():
    lines = session(("agent", CONSENT), ("agent", INSURANCE, 3.0), YES)
    rules = reporting({"chained_items": {}})
    item = judged(rules, lines)
    assert (item.verdict, item.reason_code) == ("review", "items_chained")
    assert item.evidence[0].quote == "同意录制、保险产品"
    said = lines.transcript.utterances[0].interval.end
    assert outcome(rules, unread(lines, said + 0.5, said + 1.5)) == ("review", "answer_unread")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("agent", CONSENT), YES], ("pass", "questions_answered")),
        (
            [("agent", CONSENT), YES, ("agent", "您贵姓？"), ("agent", "下面介绍。", 9.0)],
            ("review", "questions_unanswered"),
        ),
        ([("agent", CONSENT), ("customer", "嗯。")], ("pass", "questions_answered")),
        ([("agent", CONSENT), ("unknown", "同意。")], ("review", "answer_unread")),
        ([("agent", "您好，请坐一下。")], ("not_applicable", "nothing_asked")),
    ],
)
def test_missing_reply(lines, expected):
    assert outcome(reporting({"missing_reply": {"within_s": 8}}), lines) == expected


def test_a_missing_reply_quotes_the_question():
    item = judged(reporting({"missing_reply": {}}), [("agent", "我姓李。您贵姓？"), ("agent", "下面介绍。", 30.0)])
    assert item.evidence[0].quote == "您贵姓"


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        ([("agent", "犹豫期就是可以反悔的时间。")], "pass"),
        ([("agent", "嗯。")], "review"),
        ([("agent", "下面介绍别的。", 20.0)], "review"),
        ([], "review"),
    ],
)
def test_question_back_unanswered(after, verdict):
    lines = [("agent", CONSENT), ("customer", "什么是录音录像？"), *after]
    assert judged(reporting({"question_back_unanswered": {}}), lines).verdict == verdict


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"s": 5}, ("review", "responses_late")),
        ({"s": 8}, ("pass", "responses_in_time")),
        ({"s": 5, "times": 2}, ("pass", "responses_in_time")),
        ({"s": 2, "by": "customer"}, ("pass", "responses_in_time")),
    ],
)
def test_responded_after(params, expected):
    lines = [("agent", CONSENT), YES, ("agent", "下面介绍产品。", 6.0), ("customer", "好的。")]
    assert outcome(reporting({"responded_after": params}), lines) == expected


ORDER_OF = {"order_of": {"items": ["dr_consent", "dr_insurance", "dr_exclusion"]}}
IN_ORDER = [("agent", CONSENT), YES, ("agent", INSURANCE), YES, ("agent", EXCLUSION), YES]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (IN_ORDER, ("pass", "order_kept")),
        ([*IN_ORDER, ("agent", CONSENT), YES], ("pass", "order_kept")),
        ([("agent", INSURANCE), YES, *IN_ORDER], ("review", "order_turned")),
        (IN_ORDER[:4], ("inconclusive", "anchor_unsaid")),
        ([("agent", EXCLUSION), YES, ("agent", CONSENT), YES], ("review", "order_turned")),
        ([("agent", "请坐一下吧。")], ("inconclusive", "anchor_unsaid")),
    ],
)
def test_order_of(lines, expected):
    assert outcome(requiring(ORDER_OF), lines) == expected


def test_an_item_that_is_not_due_drops_out_of_the_order():
    rules = requiring({"order_of": {"items": ["dr_consent", "dr_dividend", "dr_insurance"]}})
    order = {"products": [{"design_type": "普通型"}]}
    assert outcome(rules, IN_ORDER, order) == ("pass", "order_kept")
    assert outcome(rules, IN_ORDER, {"products": [{"design_type": "分红型"}]})[0] == "inconclusive"


def test_a_turned_order_shows_both_items():
    item = judged(requiring(ORDER_OF), [("agent", INSURANCE), YES, ("agent", CONSENT), YES])
    assert "保险产品" in item.reason
    assert "同意录制" in item.reason
    assert [one.quote for one in item.evidence] == ["保险产品", "录音录像"]
    assert [one.found for one in item.concepts] == [True, True, False]


def test_lost_voices_leave_the_dialogue_open():
    evidence = replace(session(("agent", CONSENT)), stages=(StageReport("attribute", "failed"),))
    for condition in (
        {"chained_items": {}},
        {"missing_reply": {}},
        {"question_back_unanswered": {}},
        {"responded_after": {"s": 3}},
    ):
        assert outcome(reporting(condition), evidence) == ("inconclusive", "stage_lost")
