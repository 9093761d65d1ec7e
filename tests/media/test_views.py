"""Views of a recording: the same pictures, whether they are looked at one after the other or each on its own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.media.frames import Frame
from engine.media.session import Session, open_session
from engine.media.settings import MediaSettings
from tests.media.making import Sound, Video, write

SHORT = replace(MediaSettings(), view_s=2.0)
WHOLE = replace(MediaSettings(), view_s=1e6)
FPS = 4.0
STALLED = [*np.arange(0, 3, 0.05), *np.arange(5.5, 9, 0.05)]
"""Pictures stop for 2.5 seconds, across the beginning of a view."""


def seen(frames: Sequence[Frame]) -> list[tuple[float, float]]:
    return [(round(frame.time, 6), float(frame.image.mean())) for frame in frames]


def alone(session: Session, number: int) -> list[Frame]:
    return list(session.frames_in(session.views(FPS)[number], FPS, lambda _: None))


@pytest.mark.parametrize(
    ("file", "video"),
    [
        ("a.mp4", Video()),
        ("a.mp4", Video(group=200)),
        ("a.mkv", Video()),
        ("a.ts", Video(delay=0.4)),
        ("a.mp4", Video(times=STALLED)),
        ("a.avi", Video("mpeg4")),
        ("a.webm", Video("libvpx")),
    ],
    ids=["mp4", "one key frame", "mkv", "ts", "stalled", "avi", "webm"],
)
def test_views_in_any_order_show_what_one_pass_shows(file: str, video: Video, tmp_path: Path) -> None:
    path = write(tmp_path / file, video, seconds=9)
    with open_session([path], tmp_path / "work", WHOLE) as session:
        assert len(session.views(FPS)) == 1
        expected = seen(list(session.frames(FPS)))
    with open_session([path], tmp_path / "work", SHORT) as session:
        views = session.views(FPS)
        assert len(views) >= 4
        backwards = [alone(session, number) for number in reversed(range(len(views)))]
        assert seen([frame for view in reversed(backwards) for frame in view]) == expected
        assert seen(list(session.frames(FPS))) == expected


def test_every_part_has_views_of_its_own(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{name}.mp4", Video(), Sound(), seconds=5) for name in "ab"]
    with open_session(paths, tmp_path / "work", SHORT) as session:
        views = session.views(FPS)
        assert [view.part for view in views] == [0, 0, 1, 1]
        assert min(frame.time for frame in alone(session, 2)) == pytest.approx(session.media.parts[1].offset, abs=0.1)


def test_sound_alone_has_no_views(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.wav", sound=Sound("pcm_s16le"))], tmp_path / "work", SHORT) as session:
        assert session.views(FPS) == ()


def test_damage_of_a_view_is_the_same_in_any_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", Video(size=(320, 240), group=40), seconds=9)
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(3)
    for place in rng.integers(len(data) // 3, len(data), 300):
        data[place] = rng.integers(0, 256)
    path.write_bytes(bytes(data))
    with open_session([path], tmp_path / "work", SHORT) as session:
        views = session.views(FPS)

        def looked(order: list[int]) -> dict[int, tuple[int, list[tuple[float, float]]]]:
            found = {}
            for number in order:
                errors: list[str] = []
                frames = list(session.frames_in(views[number], FPS, errors.append))
                found[number] = (len(errors), seen(frames))
            return found

        numbers = list(range(len(views)))
        forwards, backwards = looked(numbers), looked(numbers[::-1])
    assert sum(errors for errors, _ in forwards.values()) > 0
    assert forwards == backwards
