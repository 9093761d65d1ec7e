"""Several files of one session: in which order they come, and what lies between them."""

from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.media.parts import Take, arranged, joints
from engine.media.session import open_session
from tests.media.making import Sound, Video, write


def takes(*given: tuple[str, float, str | None]) -> list[Take]:
    return [Take(Path(name), seconds, at) for name, seconds, at in given]


AT = "2026-03-01T10:{:02d}:{:02d}+00:00".format


@pytest.mark.parametrize(
    ("parts", "by", "order"),
    [
        (takes(("b.mp4", 60, AT(1, 0)), ("a.mp4", 60, AT(0, 0))), "given", [0, 1]),
        (takes(("b.mp4", 60, AT(1, 0)), ("a.mp4", 60, AT(0, 0))), "time", [1, 0]),
        (takes(("part10.mp4", 60, None), ("part9.mp4", 60, None), ("part1.mp4", 9, None)), "name", [2, 1, 0]),
        (takes(("双录_20260301_100100.mp4", 60, None), ("双录_20260301_100000.mp4", 60, None)), "time", [1, 0]),
    ],
)
def test_order(parts: list[Take], by: str, order: list[int]) -> None:
    assert arranged(parts, by) == order


def test_without_times_there_is_no_order_of_recording() -> None:
    with pytest.raises(MingjianError) as error:
        arranged(takes(("a.mp4", 60, AT(0, 0)), ("b.mp4", 60, None)), "time")
    assert error.value.details["path"] == Path("b.mp4")


@pytest.mark.parametrize(
    ("parts", "seconds"),
    [
        (takes(("a.mp4", 60, AT(0, 0)), ("b.mp4", 30, AT(1, 0))), 0.0),
        (takes(("a.mp4", 60, AT(0, 0)), ("b.mp4", 60, AT(1, 0))), 0.0),
        (takes(("a.mp4", 60, AT(0, 0)), ("b.mp4", 60, AT(6, 0))), 300.0),
        (takes(("a.mp4", 60, AT(0, 0)), ("b.mp4", 90, AT(6, 0))), 270.0),  # whichever moment is meant
        (takes(("a.mp4", 60, AT(0, 0)), ("b.mp4", 60, AT(0, 20))), -40.0),
        (takes(("a.mp4", 60, AT(0, 0)), ("b.mp4", 60, None)), None),
        (takes(("VID_20260301_100000.mp4", 60, None), ("VID_20260301_100200.mp4", 60, None)), 60.0),
        (takes(("99999999_999999.mp4", 60, None), ("20261399_100200.mp4", 60, None)), None),
    ],
)
def test_what_lies_between(parts: list[Take], seconds: float | None) -> None:
    (joint,) = joints(parts)
    assert joint.after == 0
    assert joint.seconds == (None if seconds is None else pytest.approx(seconds))


def test_a_session_of_parts_is_on_one_clock(tmp_path: Path) -> None:
    second = write(tmp_path / "b.mp4", Video(), Sound(), seconds=3, created="2026-03-01T10:05:00Z")
    first = write(tmp_path / "a.mp4", Video(), Sound(), seconds=2, created="2026-03-01T10:00:00Z")
    with open_session([second, first], tmp_path / "work", by="time") as session:
        assert [part.name for part in session.media.parts] == ["a.mp4", "b.mp4"]
        assert session.media.parts[1].offset == pytest.approx(2, abs=0.1)
        assert session.media.duration == pytest.approx(5, abs=0.15)
        (joint,) = session.continuity.joints or ()
        assert joint.seconds == pytest.approx(297, abs=0.2)
        lit = [frame.time for frame in session.frames(10) if frame.image.mean() > 128]
        assert any(1.0 <= time < 1.5 for time in lit)
        assert any(3.0 <= time < 3.6 for time in lit)
