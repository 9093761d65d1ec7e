"""Files that are no recordings: one clear coded error each, in both languages, naming the file."""

import os
import resource
import wave
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from engine.errors import MingjianError
from engine.media.session import open_session
from engine.media.settings import MediaSettings
from tests.media.making import Sound, Video, write


def refused(path: Path, work: Path) -> MingjianError:
    """The error with which the file is refused."""
    with pytest.raises(MingjianError) as error:
        open_session([path], work)
    assert str(path) in error.value.zh
    assert str(path) in error.value.en
    assert not work.exists()
    return error.value


def text(path: Path) -> None:
    path.write_text("保险合同\n" * 1000, encoding="utf-8")


def empty(path: Path) -> None:
    path.touch()


def noise(path: Path) -> None:
    path.write_bytes(bytes((i * 7919 + i // 256 * 104729) % 251 for i in range(50_000)))


def zeros(path: Path) -> None:
    path.write_bytes(bytes(100_000))


def header_only(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))


def without_moov(path: Path) -> None:
    """An ordinary mp4 keeps its index at the end; the recorder died before writing it."""
    whole = write(path.with_name("whole.mp4"), Video(), Sound())
    data = whole.read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])
    whole.unlink()


def index_without_data(path: Path) -> None:
    whole = write(path.with_name("whole.mp4"), Video(), Sound(), options={"movflags": "+faststart"})
    data = whole.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + 4])
    whole.unlink()


def playlist(path: Path) -> None:
    """Naming another file must not open it."""
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nother.ts\n#EXT-X-ENDLIST\n")


def concat_script(path: Path) -> None:
    path.write_text("ffconcat version 1.0\nfile other.mp4\n")


def still_picture(path: Path) -> None:
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as out:
        stream = out.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        out.mux(stream.encode(av.VideoFrame(64, 48, "yuvj420p")))
        out.mux(stream.encode(None))


def subtitles(path: Path) -> None:
    path.write_text("1\n00:00:00,000 --> 00:00:02,000\n您好\n\n", encoding="utf-8")


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    """Opening one would wait for ever."""
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "name", "code"),
    [
        (text, "a.mp4", "media_not_media"),
        (noise, "a.mp3", "media_not_media"),
        (noise, "a.wav", "media_not_media"),
        (noise, "a.pcm", "media_not_media"),
        (zeros, "a.mp4", "media_not_media"),
        (zeros, "a.wav", "media_not_media"),
        (empty, "a.mp4", "media_empty"),
        (header_only, "a.wav", "media_zero_length"),
        (without_moov, "a.mp4", "media_truncated"),
        (without_moov, "双录 '1' \"x\".mov", "media_truncated"),
        (index_without_data, "a.mp4", "media_no_data"),
        (playlist, "a.m3u8", "media_not_media"),
        (playlist, "a.mp4", "media_not_media"),
        (concat_script, "a.ffconcat", "media_not_media"),
        (concat_script, "a.mp4", "media_not_media"),
        (still_picture, "a.jpg", "media_not_media"),
        (subtitles, "a.srt", "media_not_media"),
        (folder, "a.mp4", "media_not_media"),
        (pipe, "a.mp4", "media_not_media"),
        (loop, "a.mp4", "media_not_found"),
    ],
)
def test_one_coded_error(make: Callable[[Path], None], name: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / name
    make(path)
    assert refused(path, tmp_path / "work").code == code


@pytest.mark.parametrize("name", ["missing.mp4", "no/such/folder.mp4", "a" * 300 + ".mp4"])
def test_missing_file(name: str, tmp_path: Path) -> None:
    assert refused(tmp_path / name, tmp_path / "work").code == "media_not_found"


def test_no_permission(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", sound=Sound("pcm_s16le"))
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        for folder in (tmp_path, *tmp_path.parents[:3]):
            folder.chmod(0o755)
        os.seteuid(65534)
    try:
        assert refused(path, tmp_path / "work").code == "media_unreadable"
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("limits", [MediaSettings(largest_pixels=10_000), MediaSettings(largest_rate=22_050)])
def test_absurd_size_is_refused_before_decoding(limits: MediaSettings, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", Video(), Sound())
    with pytest.raises(MingjianError) as error:
        open_session([path], tmp_path / "work", limits)
    assert error.value.code == "media_refused"


def test_promised_size_costs_no_memory(tmp_path: Path) -> None:
    """A header of 60,000 x 60,000 in a file of some kilobytes: refused, or read as the small picture it is."""
    path = write(tmp_path / "a.avi", Video("mjpeg", pixels="yuvj420p"), seconds=0.5)
    data = path.read_bytes()
    large = (60_000).to_bytes(4, "little") * 2
    data = data.replace((160).to_bytes(4, "little") + (120).to_bytes(4, "little"), large)
    frame_header = b"\xff\xc0\x00\x11\x08"
    small = frame_header + (120).to_bytes(2, "big") + (160).to_bytes(2, "big")
    assert small in data
    data = data.replace(small, frame_header + (60_000).to_bytes(2, "big") * 2)
    path.write_bytes(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(MingjianError) as error:
        open_session([path], tmp_path / "work")
    assert error.value.code in {"media_refused", "media_no_streams"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000


def test_one_bad_part_names_itself(tmp_path: Path) -> None:
    good = write(tmp_path / "good.wav", sound=Sound("pcm_s16le"))
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"x" * 5000)
    with pytest.raises(MingjianError) as error:
        open_session([good, bad, good], tmp_path / "work")
    assert error.value.details["path"] == bad


def test_no_parts(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        open_session([], tmp_path)


def test_work_folder_that_cannot_be_made(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.touch()
    path = write(tmp_path / "a.wav", sound=Sound("pcm_s16le"))
    with open_session([path], blocker / "work") as session, pytest.raises(MingjianError) as error:
        session.audio()
    assert error.value.code == "output_failed"
