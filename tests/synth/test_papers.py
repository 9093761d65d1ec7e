"""Papers, writing and clocks of scripts: their truth, and that they are drawn when it says so."""

import numpy as np
import pytest
from pydantic import ValidationError

from eval.synth import papers
from eval.synth.desk import Desk
from eval.synth.picture import room
from eval.synth.script import Script
from eval.synth.session import truth_of

PAPER = {"title": "人身保险投保提示书", "lines": ["一、请您认真阅读。"], "from": 1.0, "until": 5.0,
         "writing": [{"text": "王秀兰", "from": 2.0, "seconds": 1.5}]}  # fmt: skip


def script(**video):
    return Script.model_validate({"id": "t", "speakers": {}, "lines": [], "video": video})


def test_the_truth_says_what_is_shown_signed_and_read():
    made = script(papers=[PAPER], clock={"start": "2026-11-02T10:00:00", "jumps": [[4.0, -60.0]]})
    truth = truth_of(made, [], 10.0)
    assert [(one.title, one.interval.start, one.interval.end) for one in truth.papers] == [
        ("人身保险投保提示书", 1.0, 5.0)
    ]
    assert [(one.kind, one.text, one.interval.duration) for one in truth.acts] == [("signing", "王秀兰", 1.5)]
    assert [(one.time, one.shows) for one in truth.clock] == [
        (0.0, "2026-11-02T10:00:00"),
        (4.0, "2026-11-02T09:59:04"),
    ]


def test_a_moment_nobody_speaks_at_is_a_fault_of_the_script():
    with pytest.raises(ValidationError, match="no line with id 'nowhere'"):
        script(papers=[{**PAPER, "until": "nowhere"}])


def test_papers_are_drawn_while_they_are_shown_and_ink_stays():
    made = script(papers=[PAPER])
    desk = Desk(made.video, truth_of(made, [], 10.0))
    empty = room(1280, 720)

    def at(time):
        frame = empty.copy()
        desk.draw(frame, time)
        return frame

    assert np.array_equal(at(0.5), empty)
    assert np.array_equal(at(6.0), empty)
    bare, signed = at(1.9).astype(int), at(4.4).astype(int)
    assert (np.abs(bare - empty) > 20).any(axis=2).mean() > 0.05
    changed = (np.abs(signed - bare) > 40).any(axis=2)
    assert 0 < changed.mean() < 0.05


def test_writing_grows_from_left_to_right():
    sheet = papers.page("投保单", ["一"])
    shares = [(papers.written(sheet, "王秀兰", share, 1).image != sheet.image).mean() for share in (0, 0.4, 1)]
    assert shares[0] == 0
    assert shares[0] < shares[1] < shares[2]


def test_a_sheet_keeps_its_width_in_the_frame():
    frame = np.zeros((720, 1280, 3), np.uint8)
    sheet = papers.page("投保单", ["一"])
    papers.hold(frame, sheet, papers.pose(sheet, 400, (640, 360)))
    columns = np.flatnonzero((frame > 100).all(axis=2).any(axis=0))
    assert columns[-1] - columns[0] + 1 == pytest.approx(400, abs=3)
