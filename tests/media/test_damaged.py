"""Recordings that broke on the way: what is left is used, and what is lost is said."""

from pathlib import Path

import numpy as np
import pytest

from engine.media.session import open_session
from tests.media.making import Sound, Video, onset, write

FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}


@pytest.mark.parametrize(
    ("file", "options"),
    [("a.mp4", {"movflags": "+faststart"}), ("a.mp4", FRAGMENTS), ("a.mkv", {}), ("a.flv", {}), ("a.avi", {})],
    ids=["mp4", "fragmented mp4", "mkv", "flv", "avi"],
)
def test_cut_in_the_middle(file: str, options: dict[str, str], tmp_path: Path) -> None:
    video = Video("mpeg4") if file.endswith("avi") else Video()
    sound = Sound("libmp3lame", 44_100) if file.endswith("avi") else Sound(rate=44_100)
    whole = write(tmp_path / f"whole_{file}", video, sound, seconds=8, options=options)
    cut = tmp_path / file
    data = whole.read_bytes()
    cut.write_bytes(data[: len(data) * 6 // 10])
    with open_session([cut], tmp_path / "work") as session:
        assert 1.2 < session.media.duration < 7.5
        audio = session.audio()
        assert audio is not None
        assert onset(audio.mono(), audio.rate) == pytest.approx(1.0, abs=0.06)
        lit = [frame.time for frame in session.frames(10) if frame.image.mean() > 128]
        assert min(lit) == pytest.approx(1.0, abs=0.12)
        assert session.continuity.truncated


def test_whole_files_are_not_called_truncated(tmp_path: Path) -> None:
    for options in ({"movflags": "+faststart"}, FRAGMENTS, {}):
        with open_session([write(tmp_path / "a.mp4", Video(), Sound(), options=options)], tmp_path / "work") as session:
            assert not session.continuity.truncated


def test_cut_wave_file(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.wav", sound=Sound("pcm_s16le", 16_000), seconds=8)
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[:100_001])
    with open_session([cut], tmp_path / "work") as session:
        assert session.media.duration == pytest.approx(100_000 / 32_000, abs=0.05)
        assert session.continuity.truncated


@pytest.mark.parametrize("file", ["a.ts", "a.mkv", "a.mp4"])
def test_bytes_overwritten_with_noise(file: str, tmp_path: Path) -> None:
    """Damage in the middle: no exception, errors are counted, and what follows the damage is in its place."""
    sound = Sound() if file != "a.mkv" else Sound("flac")
    whole = write(tmp_path / f"whole_{file}", Video(size=(320, 240)), sound, seconds=8, options={})
    data = bytearray(whole.read_bytes())
    start = data.find(b"mdat") + 8 if file == "a.mp4" else len(data) * 3 // 10
    rng = np.random.default_rng(5)
    for place in rng.integers(start, start + len(data) // 5, 400):
        data[place] = rng.integers(0, 256)
    broken = tmp_path / file
    broken.write_bytes(bytes(data))
    with open_session([broken], tmp_path / "work") as session:
        audio = session.audio()
        frames = list(session.frames(5))
        assert audio is not None
        assert np.isfinite(audio.mono()).all()
        assert session.media.duration == pytest.approx(8, abs=0.3)
        assert frames[-1].time > 7
        assert session.continuity.decode_errors > 0


def test_damage_is_counted_once_however_often_it_is_read(field: Path, tmp_path: Path) -> None:
    with open_session([field / "odd_media" / "decord__corrupted.mp4"], tmp_path) as session:
        counts = []
        for _ in range(2):
            assert len(list(session.frames(2))) == 10
            counts.append(session.continuity.decode_errors)
        assert counts[0] == counts[1] > 0
