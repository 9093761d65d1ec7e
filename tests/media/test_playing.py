"""What browsers play: the file as it is, repacked, or encoded anew; always on the clock of the recording."""

from pathlib import Path

import av
import pytest

from engine.errors import MingjianError
from engine.media.playing import make_playable, way_of
from engine.media.session import open_session
from engine.media.settings import DEFAULT
from tests.media.making import FLASH, Sound, Video, onset, write

FIRST = {"movflags": "+faststart"}
CASES = [
    ("a.mp4", Video(), Sound(), FIRST, "as_it_is"),
    ("a.mp4", Video(), Sound(), {}, "repack"),
    ("a.mkv", Video(), Sound(), {}, "repack"),
    ("a.ts", Video(delay=0.2), Sound(delay=0.2), {}, "repack"),
    ("a.flv", Video(), Sound(rate=44_100), {}, "repack"),
    ("a.avi", Video("mpeg4"), Sound("libmp3lame", 44_100), {}, "encode"),
    ("a.mp4", Video(pixels="yuv444p"), Sound(), FIRST, "encode"),
    ("a.mov", Video(turn=90), Sound(), {}, "encode"),
    ("a.webm", Video("libvpx"), Sound("libopus"), {}, "as_it_is"),
    ("a.mp3", None, Sound("libmp3lame", 44_100), {}, "as_it_is"),
    ("a.wav", None, Sound("pcm_s16le", 8_000), {}, "as_it_is"),
    ("a.wav", None, Sound("pcm_alaw", 8_000), {}, "encode"),
    ("a.flac", None, Sound("flac"), {}, "encode"),
]


@pytest.mark.parametrize(("file", "video", "sound", "options", "way"), CASES, ids=[f"{c[0]} {c[4]}" for c in CASES])
def test_the_copy_plays_and_keeps_the_clock(
    file: str, video: Video | None, sound: Sound, options: dict[str, str], way: str, tmp_path: Path
) -> None:
    path = write(tmp_path / file, video, sound, seconds=4, options=options)
    target = tmp_path / "copy.mp4"
    assert way_of(path, DEFAULT) == way
    assert make_playable(path, target, tmp_path / "work", DEFAULT, 720) is (way != "as_it_is")
    assert target.exists() is (way != "as_it_is")
    if way == "as_it_is":
        return
    assert way_of(target, DEFAULT) == "as_it_is"
    with open_session([path], tmp_path / "w1") as before, open_session([target], tmp_path / "w2") as after:
        heard = [session.audio() for session in (before, after)]
        assert all(one is not None for one in heard)
        times = [onset(one.mono(), one.rate) for one in heard if one is not None]
        assert times[1] == pytest.approx(times[0], abs=0.06)
        if video is not None:
            lit = [[one.time for one in each.frames(20) if one.image.mean() > 128] for each in (before, after)]
            assert min(lit[1]) == pytest.approx(min(lit[0]), abs=0.11)
            assert FLASH[0] - 0.5 < min(lit[1]) < FLASH[1]
            assert after.media.parts[0].video is not None
            assert after.media.parts[0].video.codec == "h264"


def test_repacking_copies_the_stream_bit_by_bit(tmp_path: Path) -> None:
    path, target = write(tmp_path / "a.mkv", Video(), Sound(), seconds=4), tmp_path / "copy.mp4"
    make_playable(path, target, tmp_path / "work", DEFAULT, 720)
    counts = []
    for one in (path, target):
        with av.open(str(one)) as container:
            counts.append(sum(packet.size > 0 for packet in container.demux(video=0)))
    assert counts[0] == counts[1]


def test_pictures_encoded_anew_are_no_higher_than_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.avi", Video("mpeg4", size=(320, 240)), Sound("libmp3lame", 44_100))
    make_playable(path, tmp_path / "copy.mp4", tmp_path / "work", DEFAULT, 144)
    with av.open(str(tmp_path / "copy.mp4")) as container:
        assert container.streams.video[0].height == 144


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(MingjianError):
        way_of(path, DEFAULT)
