"""Where conditions look, how they are joined, and what a check makes of them."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence import Quality, SoundQuality, SoundSpan, StageReport
from engine.inspection import Finding
from engine.interval import Interval
from engine.rules.operators.base import Outcome
from engine.rules.operators.logic import join
from tests.rules.operators.workbench import (
    CONSENT,
    EXCLUSION,
    INSURANCE,
    judged,
    outcome,
    reporting,
    requiring,
    session,
)

FILLER = ("customer", "我先听一听你怎么介绍这个东西。")
STATES = ("hit", "miss", "unknown", "not_applicable")


def scoped(scope, **fields):
    return reporting({"keyword": {"any": ["返佣"], "scope": scope}}, **fields)


@pytest.mark.parametrize(
    ("role", "said_by", "verdict"),
    [
        ("agent", "agent", "review"),
        ("agent", "system", "pass"),
        (["agent", "system"], "system", "review"),
        ("customer", "customer", "review"),
        ("any", "insured", "review"),
    ],
)
def test_roles(role, said_by, verdict):
    lines = [("agent", "您好，我来介绍。"), FILLER, (said_by, "返佣是有的，您放心吧。")]
    assert judged(scoped({"role": role}), lines).verdict == verdict


@pytest.mark.parametrize(
    ("time", "verdict"),
    [
        ({"first_s": 10}, "pass"),
        ({"last_s": 10}, "review"),
        ({"from_s": 15}, "review"),
        ({"to_s": 15}, "pass"),
        ({"from_s": 10, "to_s": 30}, "review"),
        ({"from_pct": 0.5}, "review"),
        ({"to_pct": 0.5}, "pass"),
        ({"from_s": 500}, "not_applicable"),
    ],
)
def test_time(time, verdict):
    lines = [("agent", "您好，我来介绍。"), FILLER, ("agent", "我们给您返佣。", 12.0)]
    assert judged(scoped({"time": time}), lines).verdict == verdict


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ({"from": 1, "to": 1}, "pass"),
        ({"from": 2, "to": 2}, "review"),
        ({"from": -1}, "pass"),
        ({"from": -2}, "review"),
    ],
)
def test_sentences(sentence, verdict):
    lines = [("agent", "您好，我来介绍。"), ("agent", "我们给您返佣。", 2.0), ("agent", "再见您慢走。", 2.0), FILLER]
    assert judged(scoped({"sentence": sentence}), lines).verdict == verdict


NEAR_LINES = [
    ("agent", CONSENT),
    ("customer", "同意。"),
    ("agent", "我们给您返佣。", 3.0),
    ("agent", "再介绍一下。", 10.0),
    ("agent", INSURANCE, 3.0),
    ("customer", "明白。"),
]


@pytest.mark.parametrize(
    ("near", "verdict"),
    [
        ({"item": "dr_consent", "where": "after"}, "review"),
        ({"item": "dr_consent", "where": "after", "within_s": 2}, "pass"),
        ({"item": "dr_consent", "where": "around", "within_s": 15}, "review"),
        ({"item": "dr_consent", "where": "before"}, "pass"),
        ({"item": "dr_consent", "where": "same"}, "pass"),
        ({"item": "dr_insurance", "where": "before"}, "review"),
        ({"item": "dr_insurance", "where": "before", "within_s": 3}, "pass"),
        ({"item": "dr_exclusion", "where": "after"}, "inconclusive"),
        ({"item": "dr_consent", "where": "after", "hit": 2}, "inconclusive"),
    ],
)
def test_near_an_item(near, verdict):
    assert judged(scoped({"near": near}), NEAR_LINES).verdict == verdict


@pytest.mark.parametrize(("hit", "verdict"), [("any", "review"), ("each", "pass"), (1, "pass"), (2, "review")])
def test_near_each_any_or_the_nth_time(hit, verdict):
    lines = [("agent", CONSENT), ("customer", "同意。"), ("agent", CONSENT, 9.0), ("agent", "给您返佣。", 1.0), FILLER]
    near = {"item": "dr_consent", "where": "after", "within_s": 8, "hit": hit}
    assert judged(scoped({"near": near}), lines).verdict == verdict


def test_all_sentences_or_any():
    condition = {"keyword": {"any": ["您"], "scope": {"role": "agent", "all_or_any": "all"}}}
    lines = [("agent", "您请看一下。"), ("agent", "您再看一下。", 2.0), FILLER]
    assert outcome(requiring(condition), lines)[0] == "pass"
    assert outcome(requiring(condition), [*lines, ("agent", "看这里吧。", 2.0)])[0] == "review"


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("inconclusive", ("inconclusive", "anchor_unsaid")),
        ("not_applicable", ("not_applicable", "anchor_unsaid")),
        ("fail", ("fail", "anchor_due_unsaid")),
    ],
)
def test_an_anchor_that_was_never_said(missing, expected):
    rules = scoped({"near": {"item": "dr_exclusion", "where": "after"}}, missing_anchor=missing)
    assert outcome(rules, NEAR_LINES) == expected


def test_a_missing_anchor_fails_nothing_that_could_not_be_heard():
    rules = scoped({"near": {"item": "dr_exclusion", "where": "after"}}, missing_anchor="fail")
    assert outcome(rules, [])[0] == "inconclusive"


def test_an_anchor_that_is_not_due_makes_the_check_not_applicable():
    rules = scoped({"near": {"item": "dr_dividend", "where": "after"}}, missing_anchor="fail")
    order = {"products": [{"design_type": "普通型"}]}
    assert outcome(rules, NEAR_LINES, order) == ("not_applicable", "anchor_not_due")


def test_requires_makes_a_check_apply_only_with_its_rules():
    rules = reporting({"keyword": {"any": ["返佣"]}}, requires=["dr_dividend"])
    assert outcome(rules, NEAR_LINES, {"products": [{"design_type": "普通型"}]})[1] == "requirement_absent"
    assert outcome(rules, NEAR_LINES, {"products": [{"design_type": "分红型"}]})[0] == "review"


def test_applies_if_and_dates_hold_for_checks_too():
    rules = reporting({"keyword": {"any": ["返佣"]}}, applies_if="policyholder.age >= 60", valid_from="2026-02-01")
    born = {"policyholder": {"birth_date": "1990-01-01"}, "recorded_at": "2026-03-01T10:00:00+08:00"}
    assert outcome(rules, NEAR_LINES, born)[1] == "not_required"
    early = {"recorded_at": "2026-01-01T10:00:00+08:00"}
    assert outcome(rules, NEAR_LINES, early)[1] == "not_yet_in_force"


def test_a_check_that_names_fields_of_the_product_is_judged_per_product():
    equal = {"entity_equals": {"field": "保费", "order_path": "product.premium", "number": {"unit": ["元"]}}}
    order = {"products": [{"premium": "12000"}, {"premium": "500"}]}
    rules = requiring(equal, verdict="fail")
    assert outcome(rules, [("agent", "保费一万二千元。"), FILLER], order)[0] == "pass"
    from engine.order import Order
    from engine.rules import evaluate

    judgement = evaluate(session(("agent", "保费一万二千元。"), FILLER), rules, Order.model_validate(order))
    assert [(one.product_index, one.verdict) for one in judgement.items if one.id == "cv_it"] == [
        (0, "pass"),
        (1, "fail"),
    ]


def with_noise(evidence, snr):
    spans = (SoundSpan(Interval(0.0, 100.0), -20.0, snr),)
    return replace(evidence, quality=Quality(sound=SoundQuality(-20.0, -40.0, 30.0, 0.0, 0.1, (), spans)))


@pytest.mark.parametrize(
    ("guards", "change", "code"),
    [
        ({"min_asr_conf": 0.9}, lambda e: e, None),
        ({"min_asr_conf": 0.99}, lambda e: e, "recognition_poor"),
        ({"min_snr": 15}, lambda e: e, None),
        ({"min_snr": 15}, lambda e: with_noise(e, 12.0), "noise_high"),
        ({"min_snr": 11}, lambda e: with_noise(e, 12.0), None),
        ({"min_snr": 15}, lambda e: replace(e, stages=(StageReport("sound", "failed"),)), "stage_lost"),
    ],
)
@pytest.mark.parametrize("text", ["我们给您返佣。", "我们都不给的。"])
def test_guards_make_a_check_inconclusive_whatever_was_found(guards, change, code, text):
    rules = reporting({"keyword": {"any": ["返佣"]}}, guards=guards)
    item = judged(rules, change(session(("agent", text), FILLER)))
    assert (item.verdict == "inconclusive") == (code is not None)
    if code:
        assert item.reason_code == code


def test_roles_in_doubt_trip_their_guard():
    evidence = session(("agent", "我们给您返佣。"), FILLER)
    assert evidence.transcript is not None
    speakers = tuple(replace(one, confidence=0.6) for one in evidence.transcript.speakers)
    doubtful = replace(evidence, transcript=replace(evidence.transcript, speakers=speakers))
    rules = reporting({"keyword": {"any": ["返佣"]}}, guards={"min_role_conf": 0.7})
    assert outcome(rules, doubtful) == ("inconclusive", "roles_unsure")
    assert outcome(rules, evidence)[0] == "review"


def states(*found):
    return [Outcome(one) for one in found]


@pytest.mark.parametrize(
    ("joint", "found", "expected"),
    [
        ("all_of", ("hit", "hit"), "hit"),
        ("all_of", ("hit", "miss"), "miss"),
        ("all_of", ("unknown", "miss"), "miss"),
        ("all_of", ("unknown", "hit"), "unknown"),
        ("all_of", ("hit", "not_applicable"), "hit"),
        ("any_of", ("miss", "hit", "unknown"), "hit"),
        ("any_of", ("miss", "unknown"), "unknown"),
        ("any_of", ("miss", "not_applicable"), "miss"),
        ("none_of", ("miss", "miss"), "hit"),
        ("none_of", ("miss", "unknown"), "unknown"),
        ("none_of", ("hit", "unknown"), "miss"),
        ("none_of", ("not_applicable",), "not_applicable"),
    ],
)
def test_three_values(joint, found, expected):
    assert join(joint, states(*found)).state == expected


@pytest.mark.parametrize("found", list(product(STATES, repeat=3)))
def test_at_least_agrees_with_any_and_all(found):
    outcomes = states(*found)
    due = sum(one != "not_applicable" for one in found)
    assert join("at_least", outcomes, 1).state == join("any_of", outcomes).state
    if due:
        assert join("at_least", outcomes, due).state == join("all_of", outcomes).state


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=6), st.randoms())
def test_joining_is_blind_to_order_and_none_is_not_any(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    for joint in ("all_of", "any_of", "none_of"):
        assert join(joint, states(*found)).state == join(joint, states(*shuffled)).state
    opposite = {"hit": "miss", "miss": "hit"}
    some = join("any_of", states(*found)).state
    assert join("none_of", states(*found)).state == opposite.get(some, some)


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=5), st.sampled_from(["hit", "miss"]))
def test_what_was_decided_with_an_open_operand_stays_decided_when_it_closes(found, closed):
    """Kleene's law: learning more never turns a hit into a miss."""
    for joint in ("all_of", "any_of", "none_of"):
        before = join(joint, states("unknown", *found)).state
        after = join(joint, states(closed, *found)).state
        assert before == "unknown" or before == after


def test_the_deciding_operand_gives_evidence_and_reason():
    rules = reporting({"all_of": [{"keyword": {"any": ["返佣"]}}, {"none_of": [{"keyword": {"any": ["法律"]}}]}]})
    item = judged(rules, [("agent", "我们给您返佣。"), FILLER])
    assert (item.verdict, [one.quote for one in item.evidence]) == ("review", ["返佣"])
    spared = judged(rules, [("agent", "返佣是违反法律的。"), FILLER])
    assert (spared.verdict, [one.quote for one in spared.evidence]) == ("pass", ["法律"])


def test_a_missing_anchor_leaves_what_others_decide():
    lost = {"keyword": {"any": ["返佣"], "scope": {"near": {"item": "dr_exclusion", "where": "after"}}}}
    rules = reporting({"any_of": [lost, {"keyword": {"any": ["保本"]}}]})
    assert outcome(rules, [("agent", "这个是保本的。"), FILLER])[0] == "review"
    assert outcome(rules, [("agent", "这个是很好的。"), FILLER]) == ("inconclusive", "anchor_unsaid")
    assert EXCLUSION


URGING = {
    "all_of": [
        {"keyword": {"any": ["赶紧签"], "scope": {"near": {"item": "dr_dividend", "where": "after"}}}},
        {"none_of": [{"keyword": {"any": ["不着急"]}}]},
    ]
}


@pytest.mark.parametrize("missing", ["inconclusive", "not_applicable", "fail"])
@pytest.mark.parametrize(("design", "due"), [("分红型", True), ("普通型", False)])
def test_what_else_must_hold_means_nothing_without_the_anchor(missing, design, due):
    """Found in review: the condition that leans on the item dropped out, and the other one alone made a finding."""
    rules = reporting(URGING, missing_anchor=missing)
    order = {"products": [{"design_type": design}]}
    assert outcome(rules, [("agent", "您赶紧签吧。"), FILLER], order)[0] == (missing if due else "not_applicable")
    assert outcome(rules, [("agent", "您先不着急。"), FILLER], order)[0] == "pass"


def test_another_open_condition_is_not_excused_by_a_missing_anchor():
    lost = {"keyword": {"any": ["返佣"], "scope": {"near": {"item": "dr_exclusion", "where": "after"}}}}
    rules = reporting({"any_of": [lost, {"keyword": {"any": ["保本"]}}]}, missing_anchor="not_applicable")
    assert outcome(rules, session(("agent", "您好您好您好您好"), probability=0.2))[0] == "inconclusive"


def test_evidence_of_the_same_span_stays_in_the_order_of_the_conditions():
    """Found by judging the same evidence twice: the order of such evidence was that of a set."""
    found = [Finding(0.0, 3.0, "unknown", "", f"{number} dB", "signal", 1.0) for number in range(8)]
    joined = join("any_of", [Outcome("hit", (one,)) for one in (*found, found[0])])
    assert list(joined.findings) == found
