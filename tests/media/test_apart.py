"""Decoding in a process that may die alone: what dies, hangs or is greedy harms its own piece of work only."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.media import apart, session
from engine.media.apart import Died, Helper
from engine.media.scan import scan
from engine.media.session import open_session
from engine.media.settings import HelperLimits, MediaSettings
from engine.pipeline import inspect_media
from tests.media.making import Sound, Video, write
from tests.media.misbehaving import burn, die_once_after, eat, fail, frames_of, kill_itself, sleep

BRISK = HelperLimits(memory=600 * 1024**2, patience_s=1.0, silence_s=6.0)
AT_HOME = MediaSettings(helper=HelperLimits(enabled=False))


@pytest.fixture
def helper() -> Iterator[Helper]:
    made = Helper(BRISK)
    yield made
    with suppress(OSError):
        made.close()


def test_what_is_called_there_returns_or_raises_here(helper: Helper) -> None:
    assert helper.call(max, 3, 7) == 7
    assert helper.call(os.getpid) != os.getpid()
    with pytest.raises(MingjianError, match="MJ102"):
        helper.call(fail)
    assert helper.well


@pytest.mark.parametrize("work", [kill_itself, burn, sleep, eat])
def test_its_death_is_an_answer(work: Callable[[], int], helper: Helper) -> None:
    began = time.monotonic()
    with pytest.raises(Died):
        helper.call(work)
    assert time.monotonic() - began < 30
    assert not helper.well


def test_the_callers_memory_stays_as_it_was(helper: Helper) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Died, match="memory"):
        helper.call(eat)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_large_caller_does_not_make_its_helpers_unwell() -> None:
    ballast = b"\1" * 400 * 1024**2
    held = Helper(replace(BRISK, recycle_memory=300 * 1024**2))
    assert held.call(max, 3, len(ballast)) == len(ballast)
    assert held.well
    held.close()


def test_pictures_come_in_order_whatever_their_size(helper: Helper) -> None:
    sizes = [(20, 30), (20, 30), (400, 600), (3, 5), (500, 700), (20, 30)]
    shown = list(helper.frames(frames_of, sizes))
    assert [one.image.shape[:2] for one in shown] == sizes
    assert [int(one.image.max()) for one in shown] == list(range(len(sizes)))
    assert all((one.image == one.image.flat[0]).all() for one in shown)
    assert helper.well


def test_who_has_seen_enough_may_go(helper: Helper) -> None:
    passing = helper.frames(frames_of, [(20, 30)] * 50)
    assert next(passing).time == 0
    passing.close()
    assert helper.well
    assert helper.call(max, 1, 2) == 2


def test_helpers_are_used_again_and_dead_ones_replaced() -> None:
    limits = replace(BRISK, kept=1)
    first = apart.call(limits, os.getpid)
    assert apart.call(limits, os.getpid) == first
    with pytest.raises(Died):
        apart.call(limits, kill_itself)
    assert apart.call(limits, os.getpid) not in (first, os.getpid())


def test_helpers_of_other_limits_make_room() -> None:
    first = [apart.call(replace(BRISK, kept=2, patience_s=2.0 + number), os.getpid) for number in range(2)]
    wanted = replace(BRISK, kept=2)
    second = apart.call(wanted, os.getpid)
    assert second not in first
    assert apart.call(wanted, os.getpid) == second


@pytest.mark.parametrize("shown", [0, 3])
def test_one_death_alone_costs_no_picture(shown: int, tmp_path: Path) -> None:
    seen = apart.frames(BRISK, die_once_after, shown, tmp_path / "died")
    assert [one.time for one in seen] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert (tmp_path / "died").exists()


def test_apart_or_not_gives_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", Video(), Sound())
    seen = []
    for settings in (MediaSettings(), AT_HOME):
        with open_session([path], tmp_path / "work", settings) as opened:
            audio = opened.audio()
            assert audio is not None
            clip = opened.cut(opened.media.parts[0].interval, tmp_path / "clip.mp4").read_bytes()
            pictures = [(one.time, one.image.tobytes()) for one in opened.frames(5)]
            seen.append((opened.media, audio.mono().tobytes(), pictures, clip, opened.continuity))
    assert seen[0] == seen[1]


def test_a_scan_that_dies_is_a_coded_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.wav", sound=Sound("pcm_s16le"))
    monkeypatch.setattr("engine.media.salvage.scan", kill_itself)
    with pytest.raises(MingjianError) as error:
        open_session([path], tmp_path / "work")
    assert error.value.code == "media_kills_decoder"
    assert scan(path, AT_HOME).duration == pytest.approx(2.5, abs=0.1)


def test_sound_that_dies_is_lost_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.mp4", Video(), Sound())
    monkeypatch.setattr("engine.media.decode.decode_part", kill_itself)
    with open_session([path], tmp_path / "work") as opened:
        audio = opened.audio()
        assert audio is not None
        assert not audio.mono().any()
        assert opened.continuity.decode_errors == 1
        assert opened.continuity.undecoded is not None
        assert sum(one.duration for one in opened.continuity.undecoded) == pytest.approx(opened.media.duration, abs=0.1)


def test_pictures_that_die_end_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.mp4", Video(), Sound())
    monkeypatch.setattr(session, "pass_over", kill_itself)
    with open_session([path], tmp_path / "work") as opened:
        assert list(opened.frames(5)) == []
        assert opened.continuity.decode_errors == 1


def test_a_stage_whose_pictures_die_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.mp4", Video())
    monkeypatch.setattr(session, "pass_over", kill_itself)
    stages = inspect_media(path).inspection.stages
    told = next(one for one in stages if one.name == "vision")
    assert (told.status, told.reason) == ("degraded", "pictures_end_early")
