"""An answer given with another mouth than the customer's, or with none in the picture, is for a person to look at."""

from dataclasses import replace

import pytest

from engine.evidence import Person, Scene, Speaking, VideoStream
from engine.interval import Interval
from engine.rules import evaluate
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import item_of

WHOLE = Interval(0.0, 1000.0)
ASK = "您今天购买的是一款保险产品，您明白吗？"
PEOPLE = (
    Person("F1", "agent", 1.0, (WHOLE,), ("T1",), ""),
    Person("F2", "customer", 1.0, (WHOLE,), ("T2",), ""),
    Person("F3", "unknown", 0.0, (WHOLE,), ("T3",), ""),
)


def filmed(lines, *, bound, person=None, score=0.95, at=-1, people=PEOPLE):
    """A session in which the utterance number `at` is bound to a face, to nobody, or to nothing."""
    evidence = rehearse([Line(role, text) for role, text in lines])
    said = evidence.transcript.utterances[at]
    speaking = Speaking(said.interval, said.speaker, bound, person, score if bound != "untold" else 0.0)
    part = replace(evidence.media.parts[0], video=VideoStream(1280, 720, 25.0, "h264"))
    scene = Scene(people, (), (WHOLE,), (WHOLE,), speaking=(speaking,))
    return replace(evidence, media=replace(evidence.media, parts=(part,)), scene=scene)


@pytest.mark.parametrize(
    ("bound", "person", "score", "expected", "face"),
    [
        ("face", "F2", 0.95, ("pass", "acknowledged"), "F2"),
        ("face", "F1", 0.95, ("review", "answered_by_other_face"), "F1"),  # 代答
        ("face", "F1", 0.85, ("pass", "acknowledged"), None),  # not surely enough
        ("face", "F3", 0.95, ("pass", "acknowledged"), "F3"),  # nobody knows who that is
        ("nobody", None, 0.95, ("review", "answered_off_screen"), None),
        ("untold", None, 0.0, ("pass", "acknowledged"), None),
    ],
)
def test_the_mouth_that_answers(ruleset, order, bound, person, score, expected, face):
    evidence = filmed([("agent", ASK), ("customer", "明白。")], bound=bound, person=person, score=score)
    item = item_of(evaluate(evidence, ruleset, order), "dr_is_insurance")
    assert (item.verdict, item.reason_code) == expected
    assert item.answer is not None
    assert item.answer.face == face


def test_a_doubted_answer_brings_its_clip(ruleset, order):
    evidence = filmed([("agent", ASK), ("customer", "明白。")], bound="face", person="F1")
    item = item_of(evaluate(evidence, ruleset, order), "dr_is_insurance")
    clip = item.evidence[-1]
    assert (clip.how, clip.role, clip.quote) == ("face", "customer", "明白。")
    assert (clip.start, clip.end) == (item.answer.start, item.answer.end)


def test_a_customer_s_mouth_under_the_salesperson_s_voice_is_no_silence(ruleset, order):
    lines = [("agent", ASK), ("agent", "明白。")]
    silent = filmed(lines, bound="face", person="F1")
    assert item_of(evaluate(silent, ruleset, order), "dr_is_insurance").reason_code == "no_answer"
    moved = item_of(evaluate(filmed(lines, bound="face", person="F2"), ruleset, order), "dr_is_insurance")
    assert (moved.verdict, moved.reason_code) == ("review", "answer_voice_doubtful")
    assert moved.answer.face == "F2"


def test_a_no_stays_a_no_whoever_s_mouth_it_is(ruleset, order):
    evidence = filmed([("agent", ASK), ("customer", "不明白。")], bound="face", person="F1")
    item = item_of(evaluate(evidence, ruleset, order), "dr_is_insurance")
    assert (item.verdict, item.reason_code) == ("fail", "not_understood")


def test_evidence_without_mouths_is_judged_as_before(ruleset, order):
    evidence = filmed([("agent", ASK), ("customer", "明白。")], bound="face", person="F1")
    before = replace(evidence, scene=replace(evidence.scene, speaking=None))
    item = item_of(evaluate(before, ruleset, order), "dr_is_insurance")
    assert (item.verdict, item.answer.face) == ("pass", None)
