"""Offsets between streams, gaps, overlaps, restarts and several parts: one clock for all of it."""

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.media.clock import Reader, find_epochs
from engine.media.session import Session, open_session
from tests.media.making import FLASH, Sound, Video, onset, write


def events(session: Session) -> tuple[float, float]:
    """When the tone begins and when the picture turns white."""
    audio = session.audio()
    assert audio is not None
    lit = [frame.time for frame in session.frames(20) if frame.image.mean() > 128]
    return onset(audio.mono(), audio.rate), lit[0]


@pytest.mark.parametrize("file", ["a.mp4", "a.mkv", "a.ts", "a.mov"])
@pytest.mark.parametrize(("sound_delay", "picture_delay"), [(0.5, 0.0), (0.0, 0.5), (0.3, 0.3)])
def test_streams_that_begin_apart_stay_together(
    file: str, sound_delay: float, picture_delay: float, tmp_path: Path
) -> None:
    path = write(tmp_path / file, Video(delay=picture_delay), Sound(delay=sound_delay))
    zero = min(sound_delay, picture_delay)
    with open_session([path], tmp_path) as session:
        heard, seen = events(session)
        assert heard == pytest.approx(FLASH[0] - zero, abs=0.05)
        assert seen == pytest.approx(FLASH[0] - zero, abs=0.08)
        assert session.media.duration == pytest.approx(2.5 - zero, abs=0.1)
        first = next(session.frames(2))
        assert first.time == pytest.approx(picture_delay - zero, abs=0.03)


def test_missing_sound_becomes_silence_of_the_same_length(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", sound=Sound(hold=(0.2, 0.9)))
    with open_session([path], tmp_path) as session:
        audio = session.audio()
        assert audio is not None
        assert onset(audio.mono(), audio.rate) == pytest.approx(FLASH[0], abs=0.05)
        (gap,) = session.continuity.gaps
        assert (gap.start, gap.end) == (pytest.approx(0.2, abs=0.05), pytest.approx(0.9, abs=0.05))


def test_stalled_picture_leaves_a_gap(tmp_path: Path) -> None:
    times = [*np.arange(0, 1, 0.1), *np.arange(5, 6, 0.1)]
    path = write(tmp_path / "a.mkv", Video(times=times))
    with open_session([path], tmp_path) as session:
        seen = [frame.time for frame in session.frames(2)]
        assert not [time for time in seen if 3.2 < time < 4.9]
        assert [time for time in seen if time >= 5]
        (gap,) = session.continuity.gaps
        assert (gap.start, gap.end) == (pytest.approx(1.0, abs=0.11), pytest.approx(5.0, abs=0.01))


def test_overlapping_sound_keeps_its_place(tmp_path: Path) -> None:
    """Two recordings glued with 0.4 s of overlap: what comes later lies where its time stamps say."""
    single = write(tmp_path / "single.ts", sound=Sound())
    glued = tmp_path / "glued.ts"
    glued.write_bytes(single.read_bytes() + shifted(single, 2.1, tmp_path / "later.ts").read_bytes())
    with open_session([glued], tmp_path) as session:
        audio = session.audio()
        assert audio is not None
        assert session.media.duration == pytest.approx(4.6, abs=0.1)
        assert onset(audio.mono(), audio.rate) == pytest.approx(1.0, abs=0.05)
        later = audio.mono()[round(2.0 * audio.rate) :]
        assert onset(later, audio.rate) == pytest.approx(1.1, abs=0.05)
        assert session.continuity.gaps == ()


def shifted(source: Path, seconds: float, target: Path) -> Path:
    """The same recording with later time stamps."""
    with av.open(str(source)) as read, av.open(str(target), "w") as out:
        stream = out.add_stream_from_template(read.streams[0])
        first = None
        for packet in read.demux():
            if packet.size:
                first = packet.pts if first is None else first
                packet.pts = packet.dts = packet.pts - first + round(seconds / packet.time_base)
                packet.stream = stream
                out.mux(packet)
    return target


def test_clock_that_starts_anew_continues(tmp_path: Path) -> None:
    """An MPEG transport stream appended to itself: time stamps jump back to the start half-way."""
    single = write(tmp_path / "single.ts", Video(), Sound())
    double = tmp_path / "double.ts"
    double.write_bytes(single.read_bytes() * 2)
    with open_session([double], tmp_path) as session:
        assert session.media.duration == pytest.approx(5.0, abs=0.2)
        audio = session.audio()
        assert audio is not None
        heard = [onset(audio.mono()[begin:], audio.rate) + begin / audio.rate for begin in (0, 2 * audio.rate)]
        assert heard == pytest.approx([1.0, 3.5], abs=0.12)
        lit = [frame.time for frame in session.frames(10) if frame.image.mean() > 128]
        assert min(lit) == pytest.approx(1.0, abs=0.12)
        assert max(lit) == pytest.approx(4.0, abs=0.2)
        shown = session.frame_at(3.8)
        assert shown is not None
        assert shown.image.mean() > 128


def test_parts_follow_one_another(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "one.mp4", Video(), Sound()),
        write(tmp_path / "two.wav", sound=Sound("pcm_s16le", 8_000, "stereo"), seconds=1.75),
        write(tmp_path / "three.mkv", Video(size=(120, 160), delay=0.2), Sound(delay=0.2)),
    ]
    with open_session(paths, tmp_path / "work") as session:
        offsets = [part.offset for part in session.media.parts]
        lengths = [part.duration for part in session.media.parts]
        assert offsets == pytest.approx([0, lengths[0], lengths[0] + lengths[1]])
        assert session.media.duration == pytest.approx(sum(lengths))
        audio = session.audio()
        assert audio is not None
        assert audio.channels == 2
        for offset, zero in zip(offsets, (0.0, 0.0, 0.2), strict=True):
            begin = round(offset * audio.rate)
            assert onset(audio.mono()[begin:], audio.rate) == pytest.approx(FLASH[0] - zero, abs=0.05)
        shapes = {frame.image.shape[:2] for frame in session.frames(2) if frame.time >= offsets[2]}
        assert shapes == {(160, 120)}
        times = [frame.time for frame in session.frames(4)]
        assert times == sorted(times)
        assert not [time for time in times if offsets[1] + 0.01 < time < offsets[2]]
        assert session.frame_at(offsets[1] + 1) is None


@settings(max_examples=15, deadline=None)
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_offsets_add_up(lengths: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("parts")
    paths = [
        write(folder / f"{number}.wav", sound=Sound("pcm_s16le", 8_000), seconds=length / 4)
        for number, length in enumerate(lengths)
    ]
    with open_session(paths, folder / "work") as session:
        reached = 0.0
        for part, length in zip(session.media.parts, lengths, strict=True):
            assert part.offset == pytest.approx(reached)
            assert part.duration == pytest.approx(length / 4)
            reached += part.duration
        assert session.media.duration == pytest.approx(reached)
        audio = session.audio()
        assert audio is not None
        assert audio.samples.shape[1] == pytest.approx(reached * 16_000, abs=2)


@given(
    steps=st.lists(st.floats(0.01, 5.0), min_size=2, max_size=30),
    jumps=st.lists(st.tuples(st.integers(1, 29), st.sampled_from([-500.0, 5_000.0])), max_size=3),
)
def test_running_time_never_goes_back_and_never_jumps(steps: list[float], jumps: list[tuple[int, float]]) -> None:
    raw = np.cumsum([0.0, *steps])
    for place, by in jumps:
        raw[place:] += by
    ends = raw + 0.01
    epochs, shifts = find_epochs(raw, raw, ends, largest_gap=600, largest_step_back=1)
    running = raw + shifts
    assert (np.diff(running) >= 0).all()
    assert (np.diff(running) <= 600).all()
    reader = Reader(epochs, step_back=1)
    assert [reader.time(float(time)) for time in raw] == pytest.approx(running.tolist())
