"""Which reply belongs to which disclosure, and what it means."""

from dataclasses import replace

import pytest

from engine.evidence import Confirmation, Quality, SoundQuality, SoundSpan, StageReport, Stranger
from engine.interval import Interval
from engine.rules import evaluate
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import item_of

ASK = "您今天购买的是一款保险产品，您明白吗？"
NEXT = "下面介绍保险责任，被保险人身故我们给付身故保险金，您听明白了吗？"


def outcome(judgement, name="dr_is_insurance"):
    item = item_of(judgement, name)
    return item.verdict, item.reason_code


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("agent", ASK), ("customer", "明白。")], ("pass", "acknowledged")),
        ([("agent", ASK), ("customer", "没有不明白的。")], ("pass", "acknowledged")),
        ([("agent", ASK), ("customer", "没有，不明白。")], ("fail", "not_understood")),
        ([("agent", ASK), ("customer", "不是。")], ("fail", "answer_contrary")),
        ([("agent", ASK), ("customer", "我不买了。")], ("fail", "refused")),
        ([("agent", ASK), ("customer", "嗯。")], ("review", "answer_weak")),
        (
            [("agent", ASK), ("customer", "嗯。"), ("agent", "您明白吧？"), ("customer", "明白。")],
            ("pass", "acknowledged"),
        ),
        ([("agent", ASK), ("customer", "什么是保险？")], ("review", "question_open")),
        (
            [("agent", ASK), ("customer", "什么是保险？"), ("agent", "就是保障。"), ("customer", "哦，明白了。")],
            ("pass", "explained_after_question"),
        ),
        (
            [("agent", ASK), ("customer", "不明白。"), ("agent", "就是保障。"), ("customer", "明白了。")],
            ("review", "understood_later"),
        ),
        ([("agent", ASK)], ("fail", "no_answer")),
        ([("agent", ASK), ("system", "明白。")], ("fail", "no_answer")),
        ([("agent", ASK), ("unknown", "明白。")], ("review", "answer_role_doubtful")),
        ([("agent", ASK), ("agent", NEXT), ("customer", "明白。")], ("review", "acknowledged_in_bulk")),
        ([("customer", "明白。"), ("agent", ASK)], ("fail", "no_answer")),
    ],
)
def test_replies(judge, lines, expected):
    assert outcome(judge(*lines)) == expected


def test_a_chained_yes_acknowledges_the_last_question_only(judge):
    judgement = judge(("agent", ASK), ("agent", NEXT), ("customer", "明白。"))
    assert outcome(judgement, "dr_coverage") == ("pass", "acknowledged")


def test_an_answer_that_comes_too_late_is_none(ruleset, order):
    lines = [Line("agent", ASK), Line("customer", "明白。", after=16.0)]
    assert outcome(evaluate(rehearse(lines), ruleset, order)) == ("fail", "no_answer")


def test_answers_that_differ_are_for_a_person(judge):
    lines = [("agent", ASK), ("customer", "明白。"), ("agent", "好。" + ASK), ("customer", "不明白。")]
    assert outcome(judge(*lines)) == ("review", "answer_changed")


@pytest.mark.parametrize(
    ("answers", "strange", "expected"),
    [
        (["明白。"], (1,), ("review", "answer_other_voice")),
        (["明白。", "明白。"], (1,), ("pass", "acknowledged")),  # the customer says it too
        (["明白。", "不明白。"], (1,), ("fail", "not_understood")),
        (["不明白。"], (1,), ("fail", "not_understood")),
        (["我不买了。", "明白。"], (1,), ("fail", "refused")),
        (["嗯。", "明白。"], (2,), ("review", "answer_weak")),
        (["明白。"], (), ("pass", "acknowledged")),
    ],
)
def test_an_answer_in_another_voice_is_for_a_person(ruleset, order, answers, strange, expected):
    evidence = rehearse([Line("agent", ASK), *(Line("customer", one) for one in answers)])
    said = evidence.transcript.utterances
    strangers = tuple(Stranger(said[number].interval, "customer", 0.6) for number in strange)
    transcript = replace(evidence.transcript, strangers=strangers)
    assert outcome(evaluate(replace(evidence, transcript=transcript), ruleset, order)) == expected
    corrected = replace(transcript, corrected=tuple(one.span for one in strangers))
    told = outcome(evaluate(replace(evidence, transcript=corrected), ruleset, order))
    assert told[1] != "answer_other_voice"


def test_an_answer_recognised_poorly_is_unclear(ruleset, order):
    evidence = rehearse([Line("agent", ASK), Line("customer", "明白。")])
    heard = evidence.transcript
    characters = tuple(replace(c, probability=0.2) if c.speaker == "customer" else c for c in heard.characters)
    poor = replace(evidence, transcript=replace(heard, characters=characters))
    assert outcome(evaluate(poor, ruleset, order)) == ("review", "answer_unsure")


def test_a_voice_without_text_is_not_silence(ruleset, order):
    evidence = rehearse([Line("agent", ASK), Line("customer", "明白。")])
    heard = evidence.transcript
    mute = replace(heard, characters=tuple(c for c in heard.characters if c.speaker == "agent"))
    mute = replace(mute, utterances=mute.utterances[:1])
    assert outcome(evaluate(replace(evidence, transcript=mute), ruleset, order)) == ("review", "answer_unread")


def test_silence_in_noise_or_under_crosstalk_is_inconclusive(ruleset, order):
    evidence = rehearse([Line("agent", ASK)])
    after = Interval(evidence.media.duration - 1.0, evidence.media.duration + 3.0)
    noisy = SoundQuality(-30.0, -31.0, 20.0, 0.0, 0.0, (), (SoundSpan(after, -30.0, 2.0),))
    assert outcome(evaluate(replace(evidence, quality=Quality(sound=noisy)), ruleset, order)) == (
        "inconclusive",
        "answer_noise",
    )
    crossed = replace(evidence, transcript=replace(evidence.transcript, overlaps=(after,)))
    assert outcome(evaluate(crossed, ruleset, order)) == ("inconclusive", "answer_overlapped")


def test_silence_proves_nothing_where_voices_could_not_be_told_apart(ruleset, order):
    failed = replace(rehearse([Line("agent", ASK)]), stages=(StageReport("diarize", "failed", "stage_failed"),))
    assert outcome(evaluate(failed, ruleset, order)) == ("inconclusive", "stage_lost")


@pytest.mark.parametrize(("margin", "expected"), [(-9.0, "pass"), (-4.0, "review"), (0.5, "review")])
def test_an_answer_recognised_poorly_counts_where_the_sound_denies_each_negation(ruleset, order, margin, expected):
    evidence = rehearse([Line("agent", ASK), Line("customer", "明白。")])
    heard = evidence.transcript
    characters = tuple(replace(c, probability=0.2) if c.speaker == "customer" else c for c in heard.characters)
    poor = replace(evidence, transcript=replace(heard, characters=characters))
    requests = [one for one in evaluate(poor, ruleset, order).requests if one.heard == "明白"]
    assert {"不明白", "没明白"} <= {one.wanted for one in requests}
    for likeliest in requests:
        answers = tuple(
            Confirmation(one.span, one.heard, one.wanted, margin if one == likeliest else -20.0, "test")
            for one in requests
        )
        answered = replace(poor, transcript=replace(poor.transcript, confirmations=answers))
        assert outcome(evaluate(answered, ruleset, order))[0] == expected


@pytest.mark.parametrize(("margin", "expected"), [(-9.0, "pass"), (0.5, "review")])
def test_a_yes_on_a_critical_item_is_compared_with_its_negation(ruleset, order, margin, expected):
    evidence = rehearse([Line("agent", ASK), Line("customer", "明白。")])
    requests = [one for one in evaluate(evidence, ruleset, order).requests if one.heard == "明白"]
    assert {"不明白", "没明白"} <= {one.wanted for one in requests}
    for likeliest in requests:
        answers = tuple(
            Confirmation(one.span, one.heard, one.wanted, margin if one == likeliest else -20.0, "test")
            for one in requests
        )
        answered = replace(evidence, transcript=replace(evidence.transcript, confirmations=answers))
        assert outcome(evaluate(answered, ruleset, order))[0] == expected


@pytest.mark.parametrize(
    ("yes", "no", "expected"),
    [
        (None, None, ("review", "answer_unclear")),
        (1.0, -21.0, ("pass", "acknowledged_as")),
        (-5.0, -21.0, ("pass", "acknowledged_as")),
        (-5.0, -9.0, ("review", "answer_unclear")),
        (-7.0, -21.0, ("review", "answer_unclear")),
        (1.0, -4.0, ("review", "answer_unclear")),
        (1.0, None, ("review", "answer_unclear")),
    ],
)
def test_a_misspelled_yes_counts_where_the_sound_has_it_and_denies_each_negation(ruleset, order, yes, no, expected):
    evidence = rehearse([Line("agent", ASK), Line("customer", "您摆了。")])
    requests = [one for one in evaluate(evidence, ruleset, order).requests if one.heard == "您摆了"]
    assert {one.wanted for one in requests} == {"明白了", "不明白", "没明白"}
    margins = {one: yes if one.wanted == "明白了" else no for one in requests}
    answers = tuple(
        Confirmation(one.span, one.heard, one.wanted, margin, "test") for one, margin in margins.items() if margin
    )
    answered = replace(evidence, transcript=replace(evidence.transcript, confirmations=answers))
    assert outcome(evaluate(answered, ruleset, order)) == expected


@pytest.mark.parametrize("said", ["没摆了。", "不白了。", "摆了。", "您在这里摆了一天。", "我去买菜。"])
def test_what_negates_or_resembles_no_yes_is_not_asked_about(ruleset, order, said):
    evidence = rehearse([Line("agent", ASK), Line("customer", said)])
    judgement = evaluate(evidence, ruleset, order)
    assert not [one for one in judgement.requests if one.heard == said.removesuffix("。")]


@pytest.mark.parametrize(
    ("asked", "after", "expected"),
    [
        ("您知道吗我不", 0.1, ("review", "answer_unclear")),  # 我不知道, cut by a wrong change of voices
        ("您知道不？", 0.1, ("pass", "acknowledged")),
        ("您知道吗我不", 1.5, ("pass", "acknowledged")),
        ("您知道吗我", 0.1, ("pass", "acknowledged")),
    ],
)
def test_a_negation_given_to_the_voice_before_leaves_a_yes_unclear(ruleset, order, asked, after, expected):
    lines = [Line("agent", f"{ASK.rstrip('？')}，{asked}"), Line("customer", "知道", after)]
    assert outcome(evaluate(rehearse(lines), ruleset, order)) == expected


def test_a_negation_given_to_the_voice_before_leaves_a_misspelled_yes_unclear(ruleset, order):
    lines = [Line("agent", f"{ASK.rstrip('？')}，您知道吗我不"), Line("customer", "您摆了", 0.1)]
    evidence = rehearse(lines)
    reply = evidence.transcript.characters[-3].interval.start, evidence.transcript.characters[-1].interval.end
    answers = tuple(
        Confirmation(Interval(*reply), "您摆了", wanted, margin, "test")
        for wanted, margin in (("明白了", 1.0), ("不明白", -20.0), ("没明白", -20.0))
    )
    judged = evaluate(replace(evidence, transcript=replace(evidence.transcript, confirmations=answers)), ruleset, order)
    assert outcome(judged) == ("review", "answer_unclear")
    assert not [one for one in judged.requests if one.heard == "您摆了"]


@pytest.mark.parametrize(
    ("margin", "verdict", "how"), [(None, "review", "pinyin"), (-12.0, "review", "pinyin"), (-0.5, "pass", "acoustic")]
)
def test_a_near_match_counts_only_when_the_sound_confirms_it(ruleset, order, margin, verdict, how):
    evidence = rehearse(
        [Line("agent", "这份合同的保险期间是至七十岁，报道七十岁。您看保顺期险"), Line("customer", "好。")]
    )
    evidence = rehearse([Line("agent", "请您统一录音录像。"), Line("customer", "同意。")])
    (request,) = [one for one in evaluate(evidence, ruleset, order).requests if one.wanted == "同意"]
    assert request.heard == "统一"
    if margin is not None:
        answer = Confirmation(request.span, request.heard, request.wanted, margin, "test")
        evidence = replace(evidence, transcript=replace(evidence.transcript, confirmations=(answer,)))
    item = item_of(evaluate(evidence, ruleset, order), "dr_consent")
    (finding,) = [one for one in item.evidence if one.quote == "统一"]
    assert (item.verdict, finding.how, finding.margin) == (verdict, how, margin)


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ([("agent", "需要录音录像，您同意吗？"), ("customer", "我不同意。")], True),
        (
            [
                ("agent", "需要录音录像，您同意吗？"),
                ("customer", "同意。"),
                ("agent", "好。"),
                ("customer", "算了，不买了。"),
            ],
            True,
        ),
        (
            [
                ("agent", "需要录音录像，您同意吗？"),
                ("customer", "不同意。"),
                ("agent", "很快的。"),
                ("customer", "那同意。"),
            ],
            True,
        ),
        ([("agent", "需要录音录像，您同意吗？"), ("customer", "没有不同意的。")], False),
    ],
)
def test_a_refusal_marks_the_recording(judge, lines, refused):
    assert judge(*lines).refused is refused
