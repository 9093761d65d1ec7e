"""Which clips are cut, and from where to where."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.inspection import Answer, Finding, Item
from engine.interval import Interval
from engine.report.clips import ClipSettings, illustrate, plan
from tests.report import sample

SETTINGS = ClipSettings()


def item(*spans: tuple[float, float], answer: tuple[float, float] | None = None, **more: object) -> Item:
    """A passed item found at `spans`."""
    findings = tuple(Finding(start, end, "agent", "话", "话", "text", 1.0) for start, end in spans)
    replied = Answer("affirm", answer[0], answer[1], "好", "customer") if answer else None
    base = replace(sample.items()[0], evidence=findings, answer=replied)
    return replace(base, **more)  # type: ignore[arg-type]


def planned(*items: Item, settings: ClipSettings = SETTINGS) -> list[tuple[float, float]]:
    """Bounds of the clips planned for a session of these items."""
    shots = plan(replace(sample.inspection(), items=items), settings)
    return [(round(shot.interval.start, 2), round(shot.interval.end, 2)) for shot in shots]


@pytest.mark.parametrize(
    ("found", "clips"),
    [
        (item((10, 12)), [(9.2, 12.8)]),
        (item((0.2, 1)), [(0, 1.8)]),
        (item((184, 186)), [(183.2, 186)]),
        (item((10, 12), (14, 15)), [(9.2, 15.8)]),
        (item((10, 12), (40, 41)), [(9.2, 12.8), (39.2, 41.8)]),
        (item((10, 12), answer=(12.5, 13)), [(9.2, 14)]),
        (item((10, 12), answer=(20, 21)), [(9.2, 22)]),
        (item((10, 12), answer=(60, 61)), [(9.2, 12.8)]),
        (item((20, 100)), [(19.2, 43.2)]),
        (item((20, 100), answer=(101, 102)), [(79, 103)]),
        (item(), []),
        (item((10, 11), (30, 31), (50, 51), (70, 71)), [(9.2, 11.8), (29.2, 31.8), (49.2, 51.8)]),
    ],
)
def test_where_clips_begin_and_end(found: Item, clips: list[tuple[float, float]]) -> None:
    assert planned(found) == clips


def test_what_needs_a_person_comes_first_when_clips_are_limited(tmp_path: Path) -> None:
    items = (item((10, 11)), item((30, 31), verdict="fail"), item((50, 51), verdict="review"))
    inspection = replace(sample.inspection(), items=items)
    shown = illustrate(inspection, sample.Stills(), tmp_path, replace(SETTINGS, at_most=2), lambda *_: None)
    assert [one.evidence[0].clip is not None for one in shown.items] == [False, True, True]
    assert shown.left_out == 1


def test_equal_spans_share_a_file(tmp_path: Path) -> None:
    inspection = replace(sample.inspection(), items=(item((10, 11)), item((10, 11), id="other")))
    shown = illustrate(inspection, sample.Stills(), tmp_path, SETTINGS, lambda *_: None)
    assert len({one.evidence[0].clip for one in shown.items}) == 1
    assert len(list((tmp_path / "clips").iterdir())) == 1


def test_ids_from_a_rule_set_cannot_name_other_folders(tmp_path: Path) -> None:
    inspection = replace(sample.inspection(), items=(item((10, 11), id="../../x/y"),))
    shown = illustrate(inspection, sample.Stills(), tmp_path, SETTINGS, lambda *_: None)
    assert shown.items[0].evidence[0].clip == "clips/______x_y.mp4"


def test_sound_alone_gives_sound_clips_and_no_frames(tmp_path: Path) -> None:
    inspection = replace(sample.inspection(video=False), items=(item((10, 11)),))
    shown = illustrate(inspection, sample.Stills(), tmp_path, SETTINGS, lambda *_: None)
    assert shown.items[0].evidence[0].clip == "clips/dr_consent.m4a"
    assert shown.items[0].evidence[0].frame is None


def test_a_moment_without_picture_has_a_clip_and_no_frame(tmp_path: Path) -> None:
    class Dark(sample.Stills):
        def frame_at(self, time: float) -> None:  # type: ignore[override]  # noqa: ARG002
            return None

    inspection = replace(sample.inspection(), items=(item((10, 11)),))
    shown = illustrate(inspection, Dark(), tmp_path, SETTINGS, lambda *_: None)
    assert shown.items[0].evidence[0].clip is not None
    assert shown.items[0].evidence[0].frame is None


def test_progress_never_falls(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    illustrate(sample.inspection(), sample.Stills(), tmp_path, SETTINGS, lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_intervals_of_shots_lie_inside_the_session() -> None:
    session = Interval(0.0, sample.DURATION)
    for shot in plan(sample.inspection(), SETTINGS):
        assert shot.interval & session == shot.interval
