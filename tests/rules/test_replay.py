"""Stored evidence judged again: what only the sound could tell is pending, everything else as it was."""

import json
from dataclasses import replace

import pytest

from engine.chat import open_chat
from engine.evidence import Confirmation, Evidence, Unanswered
from engine.rules import evaluate
from engine.rules.rehearsal import Line, rehearse
from engine.rules.replay import replay
from engine.stages import Stages
from tests.rules.conftest import item_of, sale

NEAR = [Line("agent", "请您统一录音录像。"), Line("customer", "同意。")]


def answered(evidence: Evidence, ruleset, order, margin: float) -> Evidence:
    """`evidence` with an answer to every question, and to those that come up then."""
    while True:
        requests = replay(evidence, ruleset, order).requests
        if not requests:
            return evidence
        given = tuple(Confirmation(one.span, one.heard, one.wanted, margin, "test") for one in requests)
        heard = evidence.transcript
        evidence = replace(evidence, transcript=replace(heard, confirmations=(*heard.confirmations, *given)))


@pytest.mark.parametrize("margin", [-9.0, 2.0])
def test_a_replay_with_every_answer_is_the_judgement_itself(ruleset, order, margin):
    evidence = answered(rehearse([Line(role, text) for role, text in sale()]), ruleset, order, margin)
    assert replay(evidence, ruleset, order).items == evaluate(evidence, ruleset, order).items


def test_a_near_match_without_an_answer_is_pending(ruleset, order):
    item = item_of(replay(rehearse(NEAR), ruleset, order), "dr_consent")
    assert (item.verdict, item.reason_code) == ("inconclusive", "pending_media")
    assert "heard_nearly" in [note.code for note in item.notes]


def test_a_critical_yes_without_an_answer_is_pending(ruleset, order):
    evidence = rehearse([Line("agent", "您今天购买的是一款保险产品，您明白吗？"), Line("customer", "明白。")])
    assert item_of(evaluate(evidence, ruleset, order), "dr_is_insurance").verdict == "pass"
    assert item_of(replay(evidence, ruleset, order), "dr_is_insurance").reason_code == "pending_media"


def test_what_the_sound_cannot_tell_stays_as_it_was_judged(ruleset, order):
    """Inspecting again would ask the same, in vain: the item must not wait for it."""
    evidence = rehearse(NEAR)
    vain = tuple(Unanswered(one.span, one.heard, one.wanted) for one in replay(evidence, ruleset, order).requests)
    asked = replace(evidence, transcript=replace(evidence.transcript, unanswered=vain))
    assert replay(asked, ruleset, order).items == evaluate(asked, ruleset, order).items
    assert item_of(replay(asked, ruleset, order), "dr_consent").reason_code == "heard_nearly"


def test_what_no_answer_could_change_stays(ruleset, order):
    evidence = rehearse([*NEAR[:1], Line("customer", "我不同意。")])
    judged, again = evaluate(evidence, ruleset, order), replay(evidence, ruleset, order)
    assert again.requests
    assert item_of(again, "dr_consent") == item_of(judged, "dr_consent")
    assert item_of(again, "dr_consent").verdict == "fail"


@pytest.mark.parametrize("which", [0, 1])
def test_one_answer_of_two_still_leaves_the_item_pending(ruleset, order, which):
    evidence = rehearse(NEAR)
    requests = [one for one in replay(evidence, ruleset, order).requests if one.wanted in ("同意", "不同意")]
    one = requests[which]
    favourable = 5.0 if one.wanted == "同意" else -20.0
    given = (Confirmation(one.span, one.heard, one.wanted, favourable, "test"),)
    half = replace(evidence, transcript=replace(evidence.transcript, confirmations=given))
    assert item_of(replay(half, ruleset, order), "dr_consent").reason_code == "pending_media"


def test_a_text_record_has_no_sound_to_wait_for(tmp_path, ruleset, order):
    lines = [{"role": role, "text": text} for role, text in sale()]
    path = tmp_path / "chat.json"
    path.write_text(json.dumps({"utterances": lines}, ensure_ascii=False), encoding="utf-8")
    evidence = open_chat([path]).evidence(Stages(), ("audio",))
    before, after = evaluate(evidence, ruleset, order), replay(evidence, ruleset, order)
    assert before.requests
    assert [item.verdict for item in after.items] == [item.verdict for item in before.items]
    assert "pending_media" not in {item.reason_code for item in after.items}
