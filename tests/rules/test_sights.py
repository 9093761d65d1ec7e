from dataclasses import replace

import pytest

from engine.evidence import Person, Scene, StageReport, VideoStream
from engine.interval import Interval
from engine.rules import evaluate
from engine.rules.rehearsal import Line, rehearse
from engine.rules.schema import SettingsPart
from tests.rules.conftest import item_of, sale

WHOLE = Interval(0.0, 1000.0)


def filmed(scene, lines=None, stages=()):
    evidence = rehearse([Line(role, text) for role, text in (lines or sale())])
    part = replace(evidence.media.parts[0], video=VideoStream(1280, 720, 25.0, "h264"))
    return replace(evidence, media=replace(evidence.media, parts=(part,)), scene=scene, stages=stages)


def scene(agent, customer=WHOLE, judged=WHOLE, too_small=()):
    people = (
        Person("F1", "agent", 1.0, (agent,), ("T1",), ""),
        Person("F2", "customer", 1.0, (customer,), ("T2",), ""),
    )
    return Scene(people, (), (WHOLE,), (judged,), too_small)


@pytest.mark.parametrize(
    ("seen", "verdict", "code"),
    [
        (scene(WHOLE), "pass", "same_frame_kept"),
        (scene(Interval(0.0, 60.0)), "review", "same_frame_low"),
        (scene(Interval(0.0, 60.0), too_small=(Interval(60.0, 1000.0),)), "inconclusive", "faces_too_small"),
        (scene(WHOLE, judged=Interval(0.0, 20.0)), "inconclusive", "picture_unjudgeable"),
        (None, "inconclusive", "stage_lost"),
    ],
)
def test_same_frame(ruleset, order, seen, verdict, code):
    item = item_of(evaluate(filmed(seen), ruleset, order), "v_same_frame")
    assert (item.verdict, item.reason_code) == (verdict, code)


def test_not_seen_fails_only_where_the_detector_s_recall_was_measured_high_enough(ruleset, order):
    sharp = replace(ruleset, settings=SettingsPart(detector_recall={"face": 0.97}))
    evidence = filmed(scene(Interval(0.0, 60.0)))
    assert item_of(evaluate(evidence, sharp, order), "v_same_frame").verdict == "fail"
    assert item_of(evaluate(evidence, ruleset, order), "v_same_frame").verdict == "review"


def test_the_window_runs_from_the_first_explanation_to_the_last_answer(ruleset, order):
    judgement = evaluate(filmed(scene(WHOLE)), ruleset, order)
    window = item_of(judgement, "v_same_frame").window
    assert window.start == item_of(judgement, "dr_is_insurance").evidence[0].start
    assert window.end == item_of(judgement, "dr_own_will").answer.end


def test_a_window_without_its_beginning_is_inconclusive(ruleset, order):
    evidence = filmed(scene(WHOLE), sale(without=["dr_is_insurance"]))
    item = item_of(evaluate(evidence, ruleset, order), "v_same_frame")
    assert (item.verdict, item.reason_code) == ("inconclusive", "anchor_missing")


def test_a_little_less_than_advised_is_a_pass_with_a_note(ruleset, order):
    whole = item_of(evaluate(filmed(scene(WHOLE)), ruleset, order), "v_same_frame").window
    away = Interval(whole.start, whole.end - 0.1 * (whole.end - whole.start))
    item = item_of(evaluate(filmed(scene(away)), ruleset, order), "v_same_frame")
    assert (item.verdict, [note.code for note in item.notes]) == ("pass", ["same_frame_partly"])


def test_sound_alone_has_no_picture_to_judge(ruleset, order):
    evidence = rehearse([Line(role, text) for role, text in sale()])
    assert item_of(evaluate(evidence, ruleset, order), "v_same_frame").verdict == "not_applicable"
    failed = filmed(None, stages=(StageReport("vision", "failed", "stage_failed"),))
    assert item_of(evaluate(failed, ruleset, order), "v_same_frame").verdict == "inconclusive"
