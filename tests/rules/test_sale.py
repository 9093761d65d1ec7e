"""A whole sale: everything said passes, whatever is left out fails, and only that."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.evidence import Evidence, Media, Quality, StageReport
from engine.inspection import Item
from engine.interval import Interval, total
from engine.order import Order
from engine.rules import evaluate
from engine.rules.policy import decide, load_policy
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import SALE, item_of, sale

WITHOUT_ANSWER = {
    "dr_agent_identity", "dr_rights_notice", "dr_insurer_name", "dr_product_name", "dr_claims_channel",
    "dr_reinstatement",
}  # fmt: skip
LAST, SUMMARY = "dr_own_will", "dr_documents_read"
ASKING = [item for item, _, _ in SALE if item not in WITHOUT_ANSWER | {LAST, SUMMARY}]


def verdicts(items: Sequence[Item]) -> dict[str, str]:
    return {item.id: item.verdict for item in items}


def test_a_complete_sale_passes_every_item(judge):
    spoken = [item for item in judge(*sale()).items if item.kind in ("disclosure", "forbidden", "sequence")]
    found = verdicts(spoken)
    assert {item for item, _, _ in SALE} <= {item for item, verdict in found.items() if verdict == "pass"}
    assert {verdict for verdict in found.values() if verdict != "pass"} == {"not_applicable"}


def test_lost_punctuation_changes_no_verdict(judge):
    assert verdicts(judge(*sale(), punctuated=False).items) == verdicts(judge(*sale()).items)


@pytest.mark.parametrize("left_out", [item for item, _, _ in SALE])
def test_what_was_not_said_fails_and_nothing_else_does(judge, left_out):
    found = verdicts(judge(*sale(without=[left_out])).items)
    assert found[left_out] == "fail"
    assert [item for item, verdict in found.items() if verdict == "fail"] == [left_out]


@pytest.mark.parametrize("left_out", ASKING)
def test_what_was_not_answered_never_passes(judge, left_out):
    found = item_of(judge(*sale(unanswered=[left_out])), left_out)
    assert (found.verdict, found.reason_code) == ("review", "acknowledged_in_bulk")


def test_one_yes_may_acknowledge_a_summary_together_with_the_next_question(judge):
    assert item_of(judge(*sale(unanswered=[SUMMARY])), SUMMARY).verdict == "pass"


@pytest.mark.parametrize("asked", [*ASKING, LAST, SUMMARY])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("不清楚。", "fail"), ("我不太明白。", "fail"), ("嗯。", "review"), ("今天天气挺好。", "review")],
)
def test_the_answer_decides(judge, asked, answer, verdict):
    if asked == "dr_no_other_promise":
        verdict = "review"
    assert item_of(judge(*sale(**{asked: answer})), asked).verdict == verdict


def test_a_customer_who_says_nothing_at_all_fails_what_had_to_be_answered(judge):
    judgement = judge(*sale(unanswered=[item for item, _, _ in SALE]))
    assert not [item.id for item in judgement.items if item.id in ASKING and item.verdict == "pass"]
    assert item_of(judgement, "dr_own_will").reason_code == "no_answer"


def test_the_same_evidence_gives_the_same_judgement(judge):
    assert judge(*sale()) == judge(*sale())


def test_evidence_names_its_exact_place(judge):
    item = item_of(
        judge(("agent", "您签收合同第二天起有十五天由于期，可以退保，明白吗？"), ("customer", "明白。")),
        "dr_cooling_off",
    )
    heard = {concept.name: (concept.quote, concept.value) for concept in item.concepts}
    assert heard["天数"] == ("十五天", 15.0)
    (by_sound,) = [one for one in item.evidence if one.quote == "由于期"]
    assert (by_sound.how, by_sound.matched, by_sound.role) == ("pinyin", "犹豫期", "agent")
    assert by_sound.end - by_sound.start == pytest.approx(0.6)
    assert item.answer is not None
    assert (item.answer.quote, item.answer.classification) == ("明白。", "affirm")


def test_a_near_miss_says_what_is_missing(judge):
    item = item_of(judge(("agent", "有犹豫期的，一共十五天，您放心。")), "dr_cooling_off")
    assert item.verdict == "fail"
    assert [concept.name for concept in item.concepts if not concept.found] == ["起算", "权利"]
    assert "起算" in item.reason


def test_the_customer_saying_it_is_no_disclosure(judge):
    item = item_of(
        judge(("customer", "我知道签收第二天起有十五天犹豫期，可以退保。"), ("agent", "好的。")), "dr_cooling_off"
    )
    assert (item.verdict, item.reason_code) == ("fail", "said_by_other")


def test_words_of_a_doubtful_voice_are_for_a_person(judge):
    item = item_of(
        judge(("unknown", "签收第二天起有十五天犹豫期，可以退保，明白吗？"), ("customer", "明白。")), "dr_cooling_off"
    )
    assert (item.verdict, item.reason_code) == ("review", "role_doubtful")


def test_a_broadcast_may_read_what_need_not_be_the_salesperson(judge):
    judgement = judge(
        ("system", "您购买的是一款保险产品，您明白吗？"),
        ("customer", "明白。"),
        ("system", "我是远山人寿的李静，工号一二三。"),
    )
    assert item_of(judgement, "dr_is_insurance").verdict == "pass"
    assert item_of(judgement, "dr_agent_identity").verdict == "fail"


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (Evidence(Media((), 10.0), None, None, Quality()), "no_sound"),
        (rehearse([]), "no_speech"),
        (
            Evidence(Media((), 10.0), None, None, Quality(), (StageReport("transcribe", "failed", "stage_failed"),)),
            "stage_lost",
        ),
    ],
)
def test_without_evidence_nothing_passes_and_nothing_fails(ruleset, order, evidence, code):
    judgement = evaluate(evidence, ruleset, order)
    said = [item for item in judgement.items if item.kind in ("disclosure", "forbidden")]
    spoken = [item for item in said if item.verdict != "not_applicable"]
    assert {SALE[0][0], "fb_guarantee"} <= {item.id for item in spoken}
    assert {(item.verdict, item.reason_code) for item in spoken} == {("inconclusive", code)}
    assert decide(judgement, load_policy(), evidence).verdict == "unusable"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([text for _, text, _ in SALE]), max_size=4), st.floats(0.0, 0.7))
def test_low_coverage_never_lets_an_absence_count(ruleset, order, texts, share):
    """Speech without text: what was heard may pass; the rest is inconclusive, never a failure and never a pass."""
    evidence = rehearse([Line("agent", text) for text in texts] or [Line("agent", "您好。")])
    assert evidence.transcript is not None
    heard = total(evidence.transcript.speech)
    silent = Interval(evidence.media.duration, evidence.media.duration + heard / max(share, 0.05) - heard + 5.0)
    transcript = replace(evidence.transcript, speech=(*evidence.transcript.speech, silent))
    wide = replace(evidence, transcript=transcript, media=replace(evidence.media, duration=silent.end + 1.0))
    judgement = evaluate(wide, ruleset, order)
    said = {item for item, text, _ in SALE if text in texts}
    for item in judgement.items:
        if item.kind == "forbidden":
            assert item.verdict == "inconclusive"
        elif item.kind == "disclosure" and item.id not in said and not item.evidence:
            assert item.verdict in ("inconclusive", "not_applicable")


def test_an_order_without_anything_is_judged_and_says_so(ruleset):
    judgement = evaluate(rehearse([Line(role, text) for role, text in sale()]), ruleset, Order())
    assert [note.code for note in judgement.notes] == ["date_unknown"]
    item = item_of(judgement, "dr_cooling_off")
    assert item.verdict == "pass"
    assert "not_compared" in [note.code for note in item.notes]


def with_needs(order: Order, *needs: str) -> Order:
    return Order.model_validate(
        {**order.as_given(), "policyholder": {**order.as_given()["policyholder"], "needs": needs}}
    )


@pytest.mark.parametrize(
    ("needs", "item", "verdict"),
    [
        ((), "dr_coverage", "fail"),
        (("hearing",), "dr_coverage", "review"),
        (("speech",), "dr_coverage", "review"),
        (("interpreter",), "dr_coverage", "review"),
        (("sight",), "dr_coverage", "fail"),
        (("sight",), "dr_documents_read", "review"),
        (("sight", "hearing"), "dr_coverage", "review"),
        ((), "sc_written", "not_applicable"),
        (("hearing",), "sc_written", "fail"),
        (("sight",), "sc_read_aloud", "fail"),
        (("interpreter",), "sc_interpreter", "fail"),
    ],
)
def test_a_special_customer_is_not_failed_for_what_cannot_be_done_aloud(judge, order, needs, item, verdict):
    judgement = judge(("agent", "您好，今天天气不错，我们开始吧。"), given=with_needs(order, *needs))
    found = item_of(judgement, item)
    assert found.verdict == verdict
    assert (found.reason_code == "special_customer") == (verdict == "review")


def test_forbidden_words_fail_before_any_customer(judge, order):
    judgement = judge(("agent", "这个收益是保证的，每年固定百分之四"), given=with_needs(order, "hearing"))
    assert item_of(judgement, "fb_guarantee").verdict == "fail"
