from dataclasses import replace

import pytest

from engine.errors import MingjianError
from engine.order import Order
from engine.rules import Judgement, choose
from engine.rules.policy import decide, load_policy
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import sale

EVIDENCE = rehearse([Line(role, text) for role, text in sale()])


@pytest.fixture(scope="module")
def policy():
    return load_policy()


@pytest.fixture
def clean(judge):
    """What is said in a sale without fault; a rehearsal has no noise to measure and no papers to check."""
    judgement = judge(*sale())
    return replace(judgement, items=tuple(i for i in judgement.items if i.kind in ("disclosure", "forbidden")))


def with_verdict(judgement: Judgement, name: str, verdict: str, code: str = "disclosure_missing") -> Judgement:
    items = tuple(
        replace(item, verdict=verdict, reason_code=code) if item.id == name else item for item in judgement.items
    )
    return replace(judgement, items=items)


def test_a_clean_sale_is_clear(clean, policy):
    decision = decide(clean, policy, EVIDENCE)
    assert (decision.verdict, decision.score, decision.outcome.classification) == ("clear", 100.0, "标准件")
    assert decision.reasons == ()


@pytest.mark.parametrize(
    ("name", "verdict", "flagged", "score", "outcome"),
    [
        ("dr_cooling_off", "fail", True, 75.0, ("问题件", "要素缺失")),
        ("dr_cooling_off", "review", True, 100.0, ("核实件", "需人工复核")),
        ("dr_cooling_off", "inconclusive", True, 100.0, ("核实件", "需人工复核")),
        ("dr_period", "fail", True, 90.0, ("问题件", "要素缺失")),
        ("dr_own_will", "fail", False, 95.0, ("次标准件", None)),
        ("dr_claims_channel", "review", False, 100.0, ("次标准件", None)),
        ("fb_sign_for", "fail", True, 75.0, ("问题件", "代签字")),
        ("fb_guarantee", "fail", True, 75.0, ("问题件", "疑似误导")),
    ],
)
def test_severity_and_verdict_decide(clean, policy, name, verdict, flagged, score, outcome):
    decision = decide(with_verdict(clean, name, verdict), policy, EVIDENCE)
    assert decision.verdict == ("flagged" if flagged else "clear")
    assert decision.score == score
    assert (decision.outcome.classification, decision.outcome.kind) == outcome
    assert bool(decision.reasons) is flagged


def test_a_refusal_flags_whatever_else_happened(clean, policy):
    decision = decide(replace(clean, refused=True), policy, EVIDENCE)
    assert (decision.verdict, decision.outcome.classification) == ("flagged", "中止")


def test_the_score_never_falls_below_zero(judge, policy):
    nothing = rehearse([Line("agent", "今天天气不错，我们聊聊别的事情吧。")])
    assert decide(judge(("agent", "今天天气不错，我们聊聊别的事情吧。")), policy, nothing).score == 0.0


def test_speech_that_was_not_recognised_is_unusable(clean, policy):
    mute = replace(EVIDENCE, transcript=replace(EVIDENCE.transcript, characters=(), utterances=()))
    decision = decide(clean, policy, mute)
    assert (decision.verdict, decision.reasons[0].code) == ("unusable", "unusable_coverage")


def test_broken_and_unknown_policies_are_refused(tmp_path):
    with pytest.raises(MingjianError) as unknown:
        load_policy("moon")
    assert unknown.value.code == "policy_unknown"
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema: 1\nid: broken\nflag: {severity: [urgent]}\n", encoding="utf-8")
    with pytest.raises(MingjianError, match=r"broken\.yaml:3:19") as faults:
        load_policy(broken)
    assert faults.value.code == "policy_faults"


@pytest.mark.parametrize(
    ("given", "video", "name", "codes"),
    [
        ({"scenario": "face_to_face", "channel": "bank"}, True, "face_to_face", []),
        ({"channel": "agency"}, True, "face_to_face", []),
        ({"channel": "bank"}, True, "bank", []),
        ({"channel": "internet"}, True, "remote", []),
        ({"channel": "callback"}, False, "callback", []),
        ({}, True, "face_to_face", ["scenario_assumed"]),
        ({}, False, "telesales", ["scenario_assumed"]),
    ],
)
def test_which_rules_judge_a_session(given, video, name, codes):
    chosen, notes = choose(Order.model_validate(given), video)
    assert (chosen, [note.code for note in notes]) == (name, codes)
