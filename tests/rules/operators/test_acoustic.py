"""Operators over sound and voices: limits broken, kept, and what cannot be judged."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from engine.evidence import SoundQuality, SoundSpan, StageReport, VoiceLikeness
from engine.interval import Interval
from engine.rules.operators.catalogue import by_key
from engine.rules.operators.outcomes import figure
from tests.rules.operators.measuring import look, part, said, sentence, session, told, voices

EXCLUSION = "责任免除的部分请您注意酒后驾驶无证驾驶和故意犯罪这些情况公司不赔"
TALK = ((0.0, 40.0, "agent"), (46.0, 50.0, "customer"), (50.0, 100.0, "agent"))


def sound(*snr, dropouts=(), level=-20.0, overall=20.0):
    spans = tuple(
        SoundSpan(Interval(10.0 * i, 10.0 * i + 10), level if isinstance(level, float) else level[i], one)
        for i, one in enumerate(snr)
    )
    return SoundQuality(-20.0, -50.0, overall, 0.0, 0.0, tuple(Interval(*one) for one in dropouts), spans)


@pytest.mark.parametrize(
    ("parameters", "state", "code"),
    [
        ({"gap_s": 5}, "hit", "silence_long"),
        ({"gap_s": 6}, "miss", "silence_none"),
        ({"max_ratio": 0.05}, "hit", "silence_much"),
        ({"max_ratio": 0.07}, "miss", "silence_none"),
        ({"gap_s": 45, "by_role": "customer"}, "hit", "silence_long"),
        ({"gap_s": 55, "by_role": "customer"}, "miss", "silence_none"),
    ],
)
def test_silence(parameters, state, code):
    outcome = look({"silence": parameters}, session(voices(*TALK)))
    assert told(outcome) == (state, code)


def test_a_silence_names_its_span_and_length():
    outcome = look({"silence": {"gap_s": 5}}, session(voices(*TALK)))
    assert sentence(outcome) == "1 处超过 5 秒没有人说话，最长 6 秒（0:40 起），请听原声。"
    assert [(one.start, one.end, one.how) for one in outcome.findings] == [(40.0, 46.0, "signal")]


def test_a_silence_that_may_be_lost_data_or_a_voice_in_doubt_is_not_decided():
    lost = session(voices(*TALK), gaps=(Interval(42.0, 44.0),))
    assert told(look({"silence": {"gap_s": 5}}, lost)) == ("unknown", "silence_doubtful")
    doubt = session(voices((0.0, 90.0, "agent"), (95.0, 96.0, "customer"), unsure=("agent",)))
    wanted = {"silence": {"gap_s": 50, "by_role": "customer"}}
    assert told(look(wanted, doubt)) == ("unknown", "silence_role_doubtful")


@pytest.mark.parametrize("written", [{"silence": {"gap_s": 5}}, {"snr": {"min_db": 10}}, {"rate": {"max_cps": 7}}])
def test_without_sound_nothing_is_concluded(written):
    mute = session(None, parts=(part(audio=None),))
    assert told(look(written, mute)) == ("unknown", "no_sound")
    lost = session(None, stages=(StageReport("activity", "failed", "stage_failed"),))
    assert told(look(written, lost)) == ("unknown", "stage_lost")
    text_record = session(voices(*TALK), parts=(part(audio=None, video=None),))
    assert told(look(written, text_record)) == ("not_applicable", "text_record")


def test_lost_sound_is_told_from_a_recorder_that_mutes_pauses():
    talk = voices((0.0, 30.0, "agent"), (35.0, 60.0, "agent"), (66.0, 100.0, "agent"))
    dropout = {"dropout": {"min_s": 1.0}}
    assert told(look(dropout, session(talk, sound=sound(20.0)))) == ("miss", "dropout_none")
    assert told(look(dropout, session(talk, sound=sound(20.0, dropouts=[(40.0, 43.0)])))) == ("hit", "dropout_found")
    muted = sound(20.0, dropouts=[(30.1, 34.9), (60.1, 65.9)])
    assert told(look(dropout, session(talk, sound=muted))) == ("not_applicable", "sound_gated")


@pytest.mark.parametrize(
    ("parameters", "state", "code"),
    [
        ({"ratio": 0.05}, "hit", "overlap_much"),
        ({"ratio": 0.3}, "miss", "overlap_little"),
        ({"delay_ms": 1500}, "hit", "talked_over"),
        ({"delay_ms": 3000}, "miss", "overlap_none"),
        ({"delay_ms": 1500, "min_chars": 50}, "miss", "overlap_none"),
        ({"delay_ms": 1500, "by_role": "agent"}, "hit", "talked_over"),
        ({"delay_ms": 1500, "by_role": "customer"}, "miss", "overlap_none"),
        ({"ratio": 0.3, "delay_ms": 1500}, "hit", "talked_over"),
    ],
)
def test_overlap(parameters, state, code):
    talk = voices((0.0, 12.0, "customer"), (10.0, 20.0, "agent"), overlaps=[(10.0, 12.0)])
    assert told(look({"overlap": parameters}, session(talk))) == (state, code)


def test_who_interrupted_is_named_or_in_doubt():
    turns = (0.0, 12.0, "customer"), (10.0, 20.0, "agent")
    outcome = look({"overlap": {"delay_ms": 1500}}, session(voices(*turns, overlaps=[(10.0, 12.0)])))
    assert (outcome.findings[0].role, outcome.findings[0].matched) == ("agent", "销售人员抢话 2 秒")
    unsure = session(voices(*turns, overlaps=[(10.0, 12.0)], unsure=("agent",)))
    outcome = look({"overlap": {"delay_ms": 1500, "by_role": "agent"}}, unsure)
    assert told(outcome) == ("unknown", "talked_over_role_doubtful")


def test_overlap_inside_an_item():
    talk = voices((0.0, 10.0, "agent"), (2.0, 8.0, "customer"), text=EXCLUSION, overlaps=[(2.0, 8.0)])
    told_item = said("dr_exclusion", 0.0, 10.0)
    outcome = look({"overlap": {"item": "dr_exclusion", "ratio": 0.3}}, session(talk), said=told_item)
    assert told(outcome) == ("hit", "item_overlapped")
    assert "责任免除" in sentence(outcome)
    assert "60%" in sentence(outcome)


def read(seconds, until=None):
    """The exclusions read in `seconds`."""
    return session(voices((0.0, seconds, "agent"), text=EXCLUSION)), said("dr_exclusion", 0.0, seconds, until)


@pytest.mark.parametrize(
    ("seconds", "parameters", "state", "code"),
    [
        (3.5, {"max_cps": 7.0}, "hit", "rate_too_fast"),
        (5.0, {"max_cps": 7.0}, "miss", "rate_fit"),
        (20.0, {"min_cps": 2.0}, "hit", "rate_too_slow"),
        (3.5, {"max_cps": 7.0, "min_chars": 80}, "unknown", "rate_too_short"),
    ],
)
def test_speed_inside_an_item(seconds, parameters, state, code):
    evidence, where = read(seconds)
    outcome = look({"rate": {"item": "dr_exclusion", **parameters}}, evidence, said=where)
    assert told(outcome) == (state, code)


def test_too_fast_names_the_item_and_both_figures():
    evidence, where = read(3.5)
    outcome = look({"rate": {"item": "dr_exclusion", "max_cps": 7.0}}, evidence, said=where)
    assert sentence(outcome) == "责任免除说得过快：每秒 9.1 字，不应超过 7 字。"
    assert outcome.findings[0].quote.startswith("责任免除")


def test_an_item_read_once_slowly_enough_is_not_too_fast():
    both = voices((0.0, 3.5, "agent"), (10.0, 16.0, "agent"), text=EXCLUSION)
    twice = {
        "dr_exclusion": (
            *said("dr_exclusion", 0.0, 3.5)["dr_exclusion"],
            *said("dr_exclusion", 10.0, 16.0)["dr_exclusion"],
        )
    }
    assert look({"rate": {"item": "dr_exclusion", "max_cps": 7.0}}, session(both), said=twice).state == "miss"


def test_each_item_is_measured_and_only_the_hasty_ones_are_named():
    both = voices((0.0, 3.5, "agent"), (10.0, 16.0, "agent"), text=EXCLUSION)
    items = said("dr_exclusion", 0.0, 3.5) | said("dr_coverage", 10.0, 16.0)
    outcome = look({"rate": {"item": "each", "max_cps": 7.0}}, session(both), said=items)
    assert outcome.state == "hit"
    assert "责任免除" in sentence(outcome)
    assert "保险责任" not in sentence(outcome)
    assert told(look({"rate": {"item": "each", "max_cps": 7.0}}, session(both))) == ("unknown", "no_item_heard")


def test_speed_of_a_role_overall():
    quick = session(voices((0.0, 10.0, "agent"), cps=9.0))
    outcome = look({"rate": {"role": "agent", "max_cps": 7}}, quick)
    assert told(outcome) == ("hit", "rate_too_fast")
    assert told(look({"rate": {"role": "customer", "max_cps": 7}}, quick)) == ("unknown", "rate_too_short")


@pytest.mark.parametrize(
    ("levels", "between", "state"),
    [
        ((-20.0, -23.0, -40.0), "all", "hit"),
        ((-20.0, -28.0, -36.0), "neighbours", "miss"),
        ((-20.0, -28.0, -36.0), "all", "hit"),
    ],
)
def test_change_of_level(levels, between, state):
    evidence = session(voices(*TALK), sound=sound(20.0, 20.0, 20.0, level=levels))
    assert look({"energy": {"range": 12, "between": between}}, evidence).state == state


def test_level_of_spans_without_speech_says_nothing():
    evidence = session(voices(*TALK), sound=sound(20.0, None, level=(-20.0, -60.0)))
    assert told(look({"energy": {"range": 12}}, evidence)) == ("unknown", "energy_too_short")


def test_noise_where_an_item_is_said_and_overall():
    evidence, where = read(5.0)
    noisy = replace(evidence, quality=replace(evidence.quality, sound=sound(6.0, 25.0, overall=18.0)))
    of_item = {"snr": {"item": "dr_exclusion", "min_db": 10}}
    outcome = look(of_item, noisy, said=where)
    assert told(outcome) == ("hit", "snr_low")
    assert sentence(outcome) == "责任免除噪声过大：信噪比 6 dB，应不低于 10 dB。"
    assert look({"snr": {"min_db": 10}}, noisy).state == "miss"
    assert told(look(of_item, evidence, said=where)) == ("unknown", "not_measured")


@pytest.mark.parametrize(
    ("unsure", "parameters", "state"),
    [
        ((), {"role": "customer", "min": 0.05}, "hit"),
        ((), {"role": "customer", "min": 0.03}, "miss"),
        ((), {"role": "agent", "max": 0.9}, "hit"),
        (("agent",), {"role": "customer", "min": 0.05}, "unknown"),
        (("agent",), {"role": "agent", "max": 0.9}, "unknown"),
    ],
)
def test_share_of_the_speech(unsure, parameters, state):
    assert look({"speech_share": parameters}, session(voices(*TALK, unsure=unsure))).state == state


def test_certainty_of_recognition():
    poor = session(voices((0.0, 8.0, "agent"), text=EXCLUSION, probability=0.4))
    where = said("dr_exclusion", 0.0, 8.0)
    assert told(look({"asr_conf": {"item": "dr_exclusion", "min": 0.6}}, poor, said=where)) == ("hit", "asr_conf_low")
    assert look({"asr_conf": {"min": 0.3}}, poor).state == "miss"


def test_number_of_voices():
    three = voices((0.0, 40.0, "agent"), (40.0, 60.0, "customer"), (60.0, 62.0, "other"))
    assert told(look({"voice_count": {"max": 2}}, session(three))) == ("hit", "voices_many")
    assert look({"voice_count": {"max": 2, "min_s": 3}}, session(three)).state == "miss"
    assert look({"voice_count": {"max": 2, "not_counted": ["other"]}}, session(three)).state == "miss"
    assert look({"voice_count": {"min": 4}}, session(three)).state == "hit"
    one_as_two = replace(three, speakers=tuple(replace(one, role="agent") for one in three.speakers))
    for similarity, state in ((0.85, "miss"), (0.8, "hit")):
        alike = replace(one_as_two, likeness=(VoiceLikeness("customer", "agent", similarity),))
        assert look({"voice_count": {"max": 2}}, session(alike)).state == state
    mixed_up = session(three, stages=(StageReport("diarize", "degraded", "voices_missing"),))
    assert told(look({"voice_count": {"max": 3}}, mixed_up)) == ("unknown", "voices_missing")
    lost = session(three, stages=(StageReport("diarize", "failed", "stage_failed"),))
    assert told(look({"voice_count": {"max": 2}}, lost)) == ("unknown", "stage_lost")


@pytest.mark.parametrize(
    ("likeness", "parameters", "state", "code"),
    [
        (None, {"other": "customer"}, "unknown", "not_measured"),
        ((), {"other": "customer"}, "unknown", "voices_not_compared"),
        ((VoiceLikeness("customer", "agent", 0.9),), {"other": "customer"}, "hit", "voices_same"),
        ((VoiceLikeness("customer", "agent", 0.5),), {"other": "customer"}, "miss", "voices_differ"),
        (None, {"enrolled": "agent"}, "not_applicable", "voice_not_enrolled"),
        ((VoiceLikeness("agent", "agent", 0.9, enrolled=True),), {"enrolled": "agent"}, "hit", "voices_same"),
    ],
)
def test_the_same_voice(likeness, parameters, state, code):
    evidence = session(voices(*TALK, likeness=likeness))
    written = {"same_voice_as": {"role": "agent", "min_similarity": 0.8, **parameters}}
    assert told(look(written, evidence)) == (state, code)


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("silence", {}),
        ("overlap", {"min_chars": 3}),
        ("rate", {"item": "dr_exclusion"}),
        ("speech_share", {"role": "agent"}),
        ("voice_count", {}),
        ("same_voice_as", {"role": "agent", "min_similarity": 0.8}),
        ("rate", {"max_cps": 7, "speed": 3}),
    ],
)
def test_an_operator_without_a_limit_is_a_fault(key, parameters):
    with pytest.raises(ValidationError):
        by_key()[key].model_validate(parameters)


def test_a_figure_is_told_from_its_limit():
    assert [figure(7.04, 7), figure(7.0, 7), figure(9.25)] == ["7.04", "7", "9.2"]
