"""Operators over files and their pictures."""

import pytest
from pydantic import ValidationError

from engine.evidence import Joint, PictureQuality, VideoStream
from engine.interval import Interval
from engine.rules.operators.base import Context
from engine.rules.operators.catalogue import by_key
from tests.rules.operators.measuring import heard_only, look, part, scene, sentence, session, told


def picture(dark=0.0, blurred=0.0, luma=120.0, **spans):
    return PictureQuality(luma, 200.0, dark, blurred, **spans)


@pytest.mark.parametrize(
    ("parameters", "facts", "state", "code"),
    [
        ({"min": 120}, {}, "hit", "duration_short"),
        ({"max": 60}, {}, "hit", "duration_long"),
        ({"min": 60, "max": 120}, {}, "miss", "duration_fit"),
        # how long a file that breaks off would have been is not known
        ({"max": 120}, {"truncated": True}, "unknown", "media_cut_short"),
        ({"max": 60}, {"truncated": True}, "hit", "duration_long"),
    ],
)
def test_duration(parameters, facts, state, code):
    assert told(look({"duration": parameters}, session(**facts))) == (state, code)


def test_one_take_in_one_file():
    known = {"order": {"policy_no": "P1"}, "context": Context(related=())}
    assert told(look({"one_file_per_policy": {}}, session(), **known)) == ("hit", "one_file")
    parts = part("a.mp4", 50.0), part("b.mp4", 50.0, 50.0)
    outcome = look({"one_file_per_policy": {}}, session(parts=parts))
    assert told(outcome) == ("miss", "several_files")
    assert [(one.start, one.end) for one in outcome.findings] == [(0.0, 50.0), (50.0, 100.0)]


PARTS = (part("a.mp4", 50.0), part("b.mp4", 50.0, 50.0))


@pytest.mark.parametrize(
    ("joints", "state", "code"),
    [
        ((Joint(0, 0.0),), "miss", "parts_follow"),
        ((Joint(0, 1.5),), "miss", "parts_follow"),
        ((Joint(0, 300.0),), "hit", "parts_apart"),
        ((Joint(0, -20.0),), "hit", "parts_apart"),
        ((Joint(0, None),), "unknown", "parts_untimed"),
        (None, "unknown", "parts_untimed"),
    ],
)
def test_parts_that_do_not_follow_one_another(joints, state, code):
    outcome = look({"parts_apart": {}}, session(parts=PARTS, joints=joints))
    assert told(outcome) == (state, code)
    if state == "hit":
        assert [one.start for one in outcome.findings] == [50.0]


def test_one_part_has_nothing_to_follow():
    assert told(look({"parts_apart": {}}, session())) == ("not_applicable", "one_part")


@pytest.mark.parametrize(
    ("known", "state", "code"),
    [
        (None, "not_applicable", "no_upload_hash"),
        ({"a.mp4": "AB"}, "hit", "hash_same"),
        ({"a.mp4": "cd"}, "miss", "hash_changed"),
        ({"b.mp4": "ab"}, "unknown", "upload_hash_missing"),
    ],
)
def test_the_file_that_was_uploaded(known, state, code):
    assert told(look({"hash_unchanged": {}}, context=Context(sha256_at_upload=known))) == (state, code)


@pytest.mark.parametrize(
    ("edits", "parameters", "state", "code"),
    [
        (None, {}, "unknown", "not_measured"),
        ((), {}, "miss", "edit_traces_none"),
        (("edit_list",), {}, "hit", "edit_traces"),
        (("edit_list",), {"ignore": ["edit_list"]}, "miss", "edit_traces_none"),
    ],
)
def test_traces_of_editing(edits, parameters, state, code):
    assert told(look({"edit_trace": parameters}, session(edits=edits))) == (state, code)


@pytest.mark.parametrize(
    ("video", "written", "state", "code"),
    [
        (VideoStream(1280, 720, 14.9, "h264"), {"fps": {"min": 15}}, "hit", "fps_low"),
        (VideoStream(1280, 720, 15.0, "h264"), {"fps": {"min": 15}}, "miss", "fps_fit"),
        (VideoStream(720, 1280, 25.0, "h264"), {"resolution": {"min_height": 720}}, "miss", "resolution_fit"),
        (VideoStream(640, 480, 25.0, "h264"), {"resolution": {"min_height": 720}}, "hit", "resolution_low"),
        (None, {"fps": {"min": 15}}, "not_applicable", "no_picture"),
        (None, {"resolution": {"min_height": 720}}, "not_applicable", "no_picture"),
    ],
)
def test_rate_and_size(video, written, state, code):
    assert told(look(written, session(parts=(part(video=video),)))) == (state, code)


def test_the_worst_part_decides_and_is_named():
    parts = part("a.mp4", 50.0), part("b.mp4", 50.0, 50.0, VideoStream(640, 480, 25.0, "h264"))
    outcome = look({"resolution": {"min_height": 720}}, session(parts=parts))
    assert sentence(outcome) == "画面短边只有 480 像素，应不少于 720 像素。"
    assert [one.start for one in outcome.findings] == [50.0]


@pytest.mark.parametrize(
    ("back", "state", "code"),
    [(None, "unknown", "not_measured"), ((), "hit", "timestamps_run"), ((12.0,), "miss", "timestamps_back")],
)
def test_time_stamps(back, state, code):
    assert told(look({"timestamps_monotonic": {}}, session(steps_back=back))) == (state, code)


GAP = Interval(30.0, 33.0)


@pytest.mark.parametrize(
    ("facts", "parameters", "state", "code"),
    [
        ({"gaps": (GAP,)}, {"of": ["gap"], "with_sound": False}, "hit", "cut_found"),
        ({}, {"of": ["gap"], "with_sound": False}, "miss", "cut_none"),
        ({}, {"of": ["gap"]}, "miss", "cut_none"),
        ({"truncated": True}, {"of": ["gap"]}, "unknown", "media_cut_short"),
        # no such measure yet: nothing follows from having found nothing
        ({}, {}, "unknown", "not_measured"),
        ({"gaps": (GAP,)}, {"of": ["gap"]}, "unknown", "not_measured"),
        ({"picture_cuts": (50.0,), "sound_breaks": (50.3,)}, {}, "hit", "cut_found"),
        ({"picture_cuts": (50.0,), "sound_breaks": (51.0,)}, {}, "miss", "cut_unbroken"),
        ({"picture_cuts": (50.0,), "sound_breaks": (51.0,)}, {"with_sound": False}, "hit", "cut_found"),
        ({"gaps": (GAP,), "picture_cuts": (), "sound_breaks": (33.4,)}, {}, "hit", "cut_found"),
    ],
)
def test_cuts(facts, parameters, state, code):
    assert told(look({"cut": parameters}, session(**facts))) == (state, code)


@pytest.mark.parametrize(
    ("quality", "written", "state", "code"),
    [
        (picture(dark=0.3), {"dim": {"max_share": 0.2}}, "hit", "picture_dark"),
        (picture(dark=0.2), {"dim": {"max_share": 0.2}}, "miss", "picture_light_fit"),
        (picture(luma=240.0), {"dim": {"max_share": 0.2, "max_luma": 230}}, "hit", "picture_bright"),
        (picture(blurred=0.5), {"blur": {"max_share": 0.3}}, "hit", "picture_blurred"),
        (picture(), {"blur": {"max_share": 0.3}}, "miss", "picture_sharp"),
        (None, {"blur": {"max_share": 0.3}}, "unknown", "not_measured"),
        (picture(), {"black_freeze": {"max_share": 0.3, "min_s": 5}}, "unknown", "not_measured"),
    ],
)
def test_light_and_sharpness(quality, written, state, code):
    assert told(look(written, session(scene=scene(), picture=quality))) == (state, code)


def test_black_or_frozen_pictures_count_once_and_from_some_seconds_on():
    spans = {"black": (Interval(0.0, 20.0),), "frozen": (Interval(10.0, 28.0), Interval(50.0, 54.0))}
    evidence = session(scene=scene(), picture=picture(**spans))
    lost = {"max_share": 0.25, "min_s": 5}
    outcome = look({"black_freeze": lost}, evidence)
    assert told(outcome) == ("hit", "black_freeze")
    assert sentence(outcome) == "黑屏或定格的时间占 28%，不应超过 25%。"
    fair = look({"black_freeze": {**lost, "max_share": 0.3, "advised_share": 0.05}}, evidence)
    assert (fair.state, [note.code for note in fair.notes]) == ("miss", ["black_freeze_partly"])


def test_a_call_has_no_picture_to_be_dark():
    assert told(look({"dim": {"max_share": 0.2}}, heard_only(session()))) == ("not_applicable", "no_picture")


@pytest.mark.parametrize(("key", "parameters"), [("duration", {}), ("cut", {"of": []}), ("fps", {"min": 0})])
def test_what_states_no_limit_is_a_fault(key, parameters):
    with pytest.raises(ValidationError):
        by_key()[key].model_validate(parameters)
