"""Clips and pictures for readers: short, playable, the right moment, never half written."""

import os
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import MingjianError
from engine.interval import Interval
from engine.media.clips import write_jpeg
from engine.media.session import open_session
from tests.media.making import Sound, Video, onset, write


def test_clip_shows_its_moment(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", Video(size=(1280, 720), group=50), Sound("libopus"))
    with open_session([path], tmp_path / "work") as session:
        clip = session.cut(Interval(0.5, 2.0), tmp_path / "clip.mp4")
    with av.open(str(clip)) as written:
        assert {stream.codec_context.codec.canonical_name for stream in written.streams} == {"h264", "aac"}
        assert written.streams.video[0].codec_context.pix_fmt == "yuv420p"
    with open_session([clip], tmp_path / "work") as session:
        part = session.media.parts[0]
        assert part.duration == pytest.approx(1.5, abs=0.1)
        assert part.video is not None
        assert (part.video.width, part.video.height) == (640, 360)
        audio = session.audio()
        assert audio is not None
        assert onset(audio.mono(), audio.rate) == pytest.approx(0.5, abs=0.05)
        lit = [frame.time for frame in session.frames(15) if frame.image.mean() > 128]
        assert (min(lit), max(lit)) == (pytest.approx(0.5, abs=0.08), pytest.approx(1.0, abs=0.14))
    data = clip.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_same_interval_gives_the_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", Video(), Sound())
    with open_session([path], tmp_path / "work") as session:
        first, second = (session.cut(Interval(0.3, 1.7), tmp_path / name) for name in ("1.mp4", "2.mp4"))
        assert first.read_bytes() == second.read_bytes()


def test_clip_of_sound_alone(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.mp3", sound=Sound("libmp3lame"))], tmp_path / "work") as session:
        clip = session.cut(Interval(0.8, 1.4), tmp_path / "clip.m4a")
    with open_session([clip], tmp_path / "work") as session:
        assert session.media.parts[0].video is None
        audio = session.audio()
        assert audio is not None
        assert onset(audio.mono(), audio.rate) == pytest.approx(0.2, abs=0.05)


def test_clip_across_parts_of_different_shape(tmp_path: Path) -> None:
    paths = [write(tmp_path / "1.mp4", Video(), Sound()), write(tmp_path / "2.mp4", Video(size=(120, 160)), Sound())]
    with open_session(paths, tmp_path / "work") as session:
        second = session.media.parts[1].offset
        clip = session.cut(Interval(second - 0.5, second + 1.3), tmp_path / "clip.mp4")
    with open_session([clip], tmp_path / "work") as session:
        assert session.media.duration == pytest.approx(1.8, abs=0.1)
        shown = session.frame_at(1.7)
        assert shown is not None
        assert shown.image.shape == (120, 160, 3)
        assert shown.image[:, 70:90].mean() > 200
        assert shown.image[:, :20].mean() < 40


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.0), (1.0, 1.01), (2.4, 99.0)])
def test_edges_are_clipped(start: float, end: float, tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.mp4", Video(), Sound())], tmp_path / "work") as session:
        clip = session.cut(Interval(start, end), tmp_path / "clip.mp4")
    with open_session([clip], tmp_path / "work") as session:
        assert 0.05 < session.media.duration < 0.4


def test_interval_outside_the_session(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.wav", sound=Sound("pcm_s16le"))], tmp_path / "work") as session:
        with pytest.raises(ValueError, match="outside"):
            session.cut(Interval(90, 95), tmp_path / "clip.mp4")
        assert not (tmp_path / "clip.mp4").exists()


def test_unwritable_target_is_a_coded_error(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.mp4", Video(), Sound())], tmp_path / "work") as session:
        with pytest.raises(MingjianError) as failed:
            session.cut(Interval(0, 1), tmp_path / "no such folder" / "clip.mp4")
        assert failed.value.code == "output_failed"


def test_full_disk_is_a_coded_error_and_leaves_nothing(tmp_path: Path) -> None:
    """/dev/full takes no byte, as a full disk does."""
    target = tmp_path / "clip.mp4"
    partial = tmp_path / f".clip.mp4.{os.getpid()}.partial"
    partial.symlink_to("/dev/full")
    with open_session([write(tmp_path / "a.mp4", Video(), Sound())], tmp_path / "work") as session:
        with pytest.raises(MingjianError) as failed:
            session.cut(Interval(0, 1), target)
        assert failed.value.code == "output_full"
    assert not target.exists()
    assert not partial.is_symlink()


def test_jpeg_is_scaled_down_and_readable(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.mp4", Video(size=(640, 480)))], tmp_path) as session:
        frame = session.frame_at(1.2)
        assert frame is not None
        path = write_jpeg(frame, tmp_path / "图 1.jpg", max_height=240)
    with av.open(str(path), format="mjpeg") as written:
        image = next(written.decode(video=0)).to_ndarray(format="rgb24")
    assert image.shape == (240, 320, 3)
    assert np.abs(image.astype(int) - 255).mean() < 30


def test_working_files_go_when_the_session_closes(tmp_path: Path) -> None:
    work = tmp_path / "work"
    with open_session([write(tmp_path / "a.wav", sound=Sound("pcm_s16le", layout="stereo"))], work) as session:
        session.audio()
        assert list(work.rglob("*.f32"))
    assert list(work.iterdir()) == []
