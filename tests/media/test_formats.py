"""Every container and codec that call centres and phones hand over, on one clock."""

from pathlib import Path

import numpy as np
import pytest

from engine.media.session import open_session
from tests.media.making import FLASH, Sound, Video, onset, write

WITH_PICTURE = {
    "mp4": ("a.mp4", Video(), Sound()),
    "mov": ("a.mov", Video("mpeg4"), Sound("pcm_s16le")),
    "mkv": ("a.mkv", Video(), Sound("flac")),
    "mkv_opus": ("a.mkv", Video("libx265", fps=10), Sound("libopus")),
    "webm": ("a.webm", Video("libvpx"), Sound("libopus")),
    "avi": ("a.avi", Video("mpeg4"), Sound("libmp3lame", 44_100)),
    "avi_mjpeg": ("a.avi", Video("mjpeg", pixels="yuvj420p"), Sound("pcm_s16le", 8_000)),
    "flv": ("a.flv", Video("flv"), Sound("aac", 44_100)),
    "3gp": ("a.3gp", Video("mpeg4", size=(176, 144)), Sound("libopencore_amrnb", 8_000)),
    "ts": ("a.ts", Video(), Sound()),
    "ts_mp2": ("a.ts", Video("mpeg2video", fps=25), Sound("mp2")),
}
SOUND_ONLY = {
    "wav": ("a.wav", Sound("pcm_s16le", 16_000)),
    "wav_mulaw": ("a.wav", Sound("pcm_mulaw", 8_000)),
    "wav_alaw": ("a.wav", Sound("pcm_alaw", 8_000)),
    "wav_96k": ("a.wav", Sound("pcm_s24le", 96_000)),
    "wav_float": ("a.wav", Sound("pcm_f32le", 44_100, "stereo")),
    "wav_adpcm": ("a.wav", Sound("adpcm_ima_wav", 22_050)),
    "flac": ("a.flac", Sound("flac", 44_100)),
    "mp3": ("a.mp3", Sound("libmp3lame", 16_000)),
    "mp3_stereo": ("a.mp3", Sound("libmp3lame", 44_100, "stereo")),
    "m4a": ("a.m4a", Sound("aac", 44_100)),
    "aac": ("a.aac", Sound("aac", 16_000)),
    "amr": ("a.amr", Sound("libopencore_amrnb", 8_000)),
    "opus": ("a.opus", Sound("libopus", 48_000)),
    "ogg": ("a.ogg", Sound("libopus", 48_000, "stereo")),
    "mka": ("a.mka", Sound("pcm_s16le", 11_025)),
    "m4a_51": ("a.m4a", Sound("aac", 48_000, "5.1")),
    "wav_51": ("a.wav", Sound("pcm_s16le", 48_000, "5.1")),
}


@pytest.mark.parametrize("name", WITH_PICTURE)
def test_picture_and_sound_share_the_clock(name: str, tmp_path: Path) -> None:
    file, video, sound = WITH_PICTURE[name]
    with open_session([write(tmp_path / file, video, sound)], tmp_path / "work") as session:
        part = session.media.parts[0]
        assert session.media.duration == pytest.approx(2.5, abs=0.15)
        assert part.video is not None
        assert (part.video.width, part.video.height) == video.size
        assert part.video.fps == pytest.approx(video.fps, rel=0.05)
        audio = session.audio()
        assert audio is not None
        assert (audio.rate, audio.samples.dtype) == (16_000, np.float32)
        assert onset(audio.mono(), audio.rate) == pytest.approx(FLASH[0], abs=0.05)
        lit = [frame.time for frame in session.frames(20) if frame.image.mean() > 128]
        assert lit[0] == pytest.approx(FLASH[0], abs=0.11)
        assert lit[-1] == pytest.approx(FLASH[1], abs=0.16)
        shown = session.frame_at(1.3)
        assert shown is not None
        assert shown.image.mean() > 200
        dark = session.frame_at(0.4)
        assert dark is not None
        assert dark.image.mean() < 50
        assert session.continuity.decode_errors == 0
        assert not session.continuity.truncated
        assert session.continuity.gaps == ()


@pytest.mark.parametrize("name", SOUND_ONLY)
def test_sound_alone(name: str, tmp_path: Path) -> None:
    file, sound = SOUND_ONLY[name]
    with open_session([write(tmp_path / file, sound=sound)], tmp_path / "work") as session:
        part = session.media.parts[0]
        assert part.video is None
        assert part.audio is not None
        assert part.audio.rate == (48_000 if "opus" in sound.codec else sound.rate)
        assert session.media.duration == pytest.approx(2.5, abs=0.15)
        audio = session.audio()
        assert audio is not None
        assert audio.duration == pytest.approx(session.media.duration, abs=0.01)
        unmarked_delay = 1024 / sound.rate if name == "aac" else 0.0
        assert onset(audio.mono(), audio.rate) == pytest.approx(FLASH[0] + unmarked_delay, abs=0.05)
        loud = audio.mono()[round(1.1 * 16_000) : round(1.4 * 16_000)]
        assert np.sqrt(np.mean(np.square(loud))) == pytest.approx(0.5 / np.sqrt(2), rel=0.35)
        assert list(session.frames(2)) == []
        assert session.frame_at(1.0) is None
        assert session.continuity.decode_errors == 0


def test_picture_alone(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.mp4", Video())], tmp_path / "work") as session:
        assert session.audio() is None
        assert not session.media.has_audio
        assert [round(frame.time, 2) for frame in session.frames(2)] == [0.0, 0.5, 1.0, 1.5, 2.0]


@pytest.mark.parametrize(
    "name", ["双录 '张三' \"签字\" &;$(x) %d.mp4", "concat:a.mp4", "-i.mp4", "a?b*#.mp4", "无扩展名"]
)
def test_any_file_name(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / name, Video(), Sound(), container="mp4")
    with open_session([path], tmp_path / "工作 目录") as session:
        assert session.media.parts[0].name == name
        audio = session.audio()
        assert audio is not None
        assert onset(audio.mono(), audio.rate) == pytest.approx(FLASH[0], abs=0.05)
        assert len(list(session.frames(1))) == 3


def test_pixels_that_are_not_square_are_shown_square(tmp_path: Path) -> None:
    """H.263 in its usual size has pixels of 12:11."""
    path = write(tmp_path / "a.3gp", Video("h263", size=(176, 144)))
    with open_session([path], tmp_path) as session:
        video = session.media.parts[0].video
        assert video is not None
        assert (video.width, video.height) == (192, 144)
        assert next(session.frames(1)).image.shape == (144, 192, 3)


def test_content_decides_and_not_the_extension(tmp_path: Path) -> None:
    path = write(tmp_path / "really_mp4.wav", Video(), Sound(), container="mp4")
    with open_session([path], tmp_path) as session:
        assert session.media.parts[0].container == "mp4"
        assert session.media.has_video


def test_clip_of_a_fifth_of_a_second(tmp_path: Path) -> None:
    path = write(tmp_path / "short.mp4", Video(fps=25), Sound(), seconds=0.2)
    with open_session([path], tmp_path) as session:
        assert session.media.duration == pytest.approx(0.2, abs=0.03)
        assert len(list(session.frames(2))) == 1
        audio = session.audio()
        assert audio is not None
        assert audio.duration == pytest.approx(session.media.duration, abs=0.01)


def test_hash_and_size_are_those_of_the_file(tmp_path: Path) -> None:
    import hashlib

    path = write(tmp_path / "a.wav", sound=Sound("pcm_s16le"))
    with open_session([path], tmp_path) as session:
        part = session.media.parts[0]
        assert part.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert part.bytes == path.stat().st_size


@pytest.mark.parametrize(
    ("written", "read"),
    [("2026-03-04T05:06:07Z", "2026-03-04T05:06:07+00:00"), ("1970-01-01T00:00:00Z", None), (None, None)],
)
def test_time_of_recording(written: str | None, read: str | None, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", sound=Sound(), created=written)
    with open_session([path], tmp_path) as session:
        assert session.media.recorded_at == read
