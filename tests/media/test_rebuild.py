"""An MP4 whose recorder died before it wrote the index: what a sound file of the same device gives back."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import MingjianError
from engine.media.session import open_session
from tests.media.making import Sound, Video, write

RATE, FPS = 44_100, 25


def recording(path: Path, codec: str, reordered: int, layout: str, seconds: float, seed: int) -> Path:
    """A moving picture that is white, and a tone over noise, from second 1 to 1.5."""
    random = np.random.default_rng(seed)
    wide = np.kron(random.integers(0, 255, (30, 80, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    options = {"libx264": {"bf": str(reordered)}, "libx265": {"x265-params": f"bframes={reordered}:log-level=none"}}
    with av.open(str(path), "w", format="mp4") as out:
        picture = out.add_stream(codec, rate=FPS, options={"preset": "ultrafast", **options[codec]})
        picture.width, picture.height, picture.pix_fmt = 320, 240, "yuv420p"
        picture.codec_context.gop_size = FPS
        voice = out.add_stream("aac", rate=RATE, layout=layout)
        done, channels = 0, voice.codec_context.layout.nb_channels
        for number in range(round(seconds * FPS)):
            image = np.ascontiguousarray(wide[:, number % 160 : number % 160 + 320])
            image = np.full_like(image, 235) if 1.0 <= number / FPS < 1.5 else image
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(picture.encode(frame))
            until = round((number + 1) / FPS * RATE)
            time = np.arange(done, until) / RATE
            heard = np.where((time >= 1) & (time < 1.5), 0.5 * np.sin(2 * np.pi * 700 * time), 0)
            heard = (heard + 0.02 * random.standard_normal(len(time))).astype(np.float32)
            piece = av.AudioFrame.from_ndarray(np.tile(heard, (channels, 1)), format="fltp", layout=layout)
            piece.sample_rate, piece.pts, piece.time_base = RATE, done, Fraction(1, RATE)
            out.mux(voice.encode(piece))
            done = until
        out.mux(picture.encode(None))
        out.mux(voice.encode(None))
    return path


def cut(path: Path, target: Path, share: float = 0.8) -> Path:
    """The file as it is when the recorder dies: no index, and only the first `share` of its data."""
    data = path.read_bytes()
    target.write_bytes(data[: round(data.index(b"moov") * share)])
    return target


@pytest.mark.parametrize(
    ("codec", "reordered", "layout"),
    [("libx264", 0, "mono"), ("libx264", 2, "stereo"), ("libx265", 0, "stereo"), ("libx265", 3, "mono")],
)
def test_pictures_and_sound_come_back_at_their_times(codec: str, reordered: int, layout: str, tmp_path: Path) -> None:
    good = recording(tmp_path / "good.mp4", codec, reordered, layout, 3, seed=2)
    broken = cut(recording(tmp_path / "whole.mp4", codec, reordered, layout, 6, seed=1), tmp_path / "broken.mp4")
    with open_session([broken], tmp_path / "work", reference=good) as session:
        assert session.media.duration == pytest.approx(4.8, abs=0.25)
        audio = session.audio()
        assert audio is not None
        loud = np.flatnonzero(np.abs(audio.mono()) > 0.3) / audio.rate
        assert (loud[0], loud[-1]) == pytest.approx((1.0, 1.5), abs=0.05)
        lit = [frame.time for frame in session.frames(10) if frame.image.mean() > 200]
        assert (lit[0], lit[-1]) == pytest.approx((1.0, 1.48), abs=0.12)
        part = session.media.parts[0]
        assert (part.name, part.container, part.reference is None) == ("broken.mp4", "mp4", False)
        assert part.identity != part.sha256
        assert [loss.what for loss in session.continuity.losses or ()] == ["rebuilt"]
        assert [note.code for note in session.notes] == ["loss_rebuilt"]
    assert list((tmp_path / "work").iterdir()) == []


def test_without_a_reference_the_cure_is_named(tmp_path: Path) -> None:
    broken = cut(write(tmp_path / "whole.mp4", Video(), Sound()), tmp_path / "broken.mp4", 1.0)
    with pytest.raises(MingjianError) as error:
        open_session([broken], tmp_path / "work")
    assert error.value.code == "media_truncated"


@pytest.mark.parametrize(
    ("name", "video", "sound"),
    [
        ("sound.m4a", None, Sound()),
        ("other.avi", Video("mpeg4"), Sound("libmp3lame", 44_100)),
        ("other.mkv", Video("libvpx"), Sound("libopus")),
    ],
)
def test_a_reference_of_another_kind_is_refused(name: str, video: Video | None, sound: Sound, tmp_path: Path) -> None:
    broken = cut(write(tmp_path / "whole.mp4", Video(), Sound()), tmp_path / "broken.mp4", 1.0)
    with pytest.raises(MingjianError) as error:
        open_session([broken], tmp_path / "work", reference=write(tmp_path / name, video, sound))
    assert error.value.code == "media_reference_unfit"


def test_a_whole_file_needs_no_reference(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.mp4", Video(), Sound())
    with open_session([whole], tmp_path / "work", reference=tmp_path / "none.mp4") as session:
        assert session.media.parts[0].reference is None
        assert session.notes == ()


def test_noise_for_data_is_no_recording(tmp_path: Path) -> None:
    good = write(tmp_path / "good.mp4", Video(), Sound())
    head = good.read_bytes()[: good.read_bytes().index(b"mdat") + 4]
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(head + np.random.default_rng(1).integers(0, 256, 200_000).astype(np.uint8).tobytes())
    with pytest.raises(MingjianError) as error:
        open_session([broken], tmp_path / "work", reference=good)
    assert error.value.code == "media_reference_unfit"
