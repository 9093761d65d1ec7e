"""Pictures: upright, at the right time, the same whichever way they are fetched."""

from pathlib import Path

import numpy as np
import pytest

from engine.media.orientation import Orientation, from_matrix
from engine.media.session import open_session
from tests.media.making import BLACK, FLASH, WHITE, Sound, Video, write

# How far the picture is turned counter-clockwise for showing, and where its white top left quarter is then seen.
TURNS = {0: (0, 0), 90: (1, 0), 180: (1, 1), -90: (0, 1)}


@pytest.mark.parametrize("turn", [90, 180, -90])
@pytest.mark.parametrize("file", ["a.mp4", "a.mov"])
def test_turned_phone_video_stands_upright(file: str, turn: int, tmp_path: Path) -> None:
    path = write(tmp_path / file, Video(turn=turn))
    with open_session([path], tmp_path) as session:
        video = session.media.parts[0].video
        assert video is not None
        assert (video.width, video.height) == ((160, 120) if turn == 180 else (120, 160))
        image = next(session.frames(1)).image
        assert image.shape == (video.height, video.width, 3)
        assert bright_quarter(image) == TURNS[turn]
        clip = session.cut(session.media.parts[0].interval, tmp_path / "clip.mp4")
    with open_session([clip], tmp_path) as cut:
        assert bright_quarter(next(cut.frames(1)).image) == TURNS[turn]


def test_mirrored_video_is_shown_as_a_player_shows_it(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.mp4", Video(mirror=True))], tmp_path) as session:
        assert bright_quarter(next(session.frames(1)).image) == (0, 1)


def bright_quarter(image: np.ndarray) -> tuple[int, int]:
    """Row and column (0 or 1) of the brightest quarter."""
    height, width = image.shape[0] // 2, image.shape[1] // 2
    means = [[image[r * height :][:height, c * width :][:, :width].mean() for c in (0, 1)] for r in (0, 1)]
    row, column = np.unravel_index(np.argmax(means), (2, 2))
    return int(row), int(column)


def test_orientation_of_every_quarter_turn_and_its_mirror() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3, 1).repeat(3, axis=2)
    for quarter in range(4):
        angle = np.pi / 2 * quarter
        cos, sin = round(np.cos(angle)), round(np.sin(angle))
        upright = from_matrix(cos, sin, -sin, cos).apply(image)
        assert (upright == np.rot90(image, -quarter)).all()
        mirrored = from_matrix(-cos, sin, sin, cos).apply(image)
        assert (mirrored == np.rot90(image, -quarter)[:, ::-1]).all()
    assert from_matrix(0, 0, 0, 0) == Orientation()


def test_uneven_frame_rate_is_sampled_by_time(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.08, 0.6, 0.98, 1.02, 1.04, 1.48, 1.52, 2.3, 2.9]
    path = write(tmp_path / "a.mkv", Video(times=times, group=100))
    with open_session([path], tmp_path) as session:
        seen = {round(frame.time, 2): frame.image.mean() > 128 for frame in session.frames(2)}
        assert list(seen) == [0.0, 0.08, 0.98, 1.48, 1.52, 2.3]
        assert [time for time, white in seen.items() if white] == [1.48]
        video = session.media.parts[0].video
        assert video is not None
        assert video.fps == pytest.approx(10 / 2.9, rel=0.01)
        shown = session.frame_at(1.3)
        assert shown is not None
        assert (round(shown.time, 2), shown.image.mean() > 128) == (1.04, True)


@pytest.mark.parametrize("group", [1, 5, 9, 40])
@pytest.mark.parametrize("fps", [1.0, 2.0, 3.0, 20.0])
def test_survey_shows_what_a_viewer_sees(group: int, fps: float, tmp_path: Path) -> None:
    """Whatever is passed over undecoded, the pictures are those that playing the file shows at those times."""
    with open_session([write(tmp_path / "a.mp4", Video(group=group))], tmp_path) as session:
        frames = list(session.frames(fps))
        wanted = np.arange(0, 2.5, 1 / fps)
        assert [frame.time for frame in frames] == pytest.approx(wanted.tolist(), abs=0.051)
        for frame in frames:
            level = WHITE if FLASH[0] <= frame.time + 1e-3 < FLASH[1] else BLACK
            assert abs(float(frame.image.mean()) - level) < 25
            same = session.frame_at(frame.time + 0.001)
            assert same is not None
            assert same.time == pytest.approx(frame.time, abs=0.002)
            assert (same.image == frame.image).all()


def test_slow_video_is_held_between_its_pictures(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.mp4", Video(fps=1), seconds=4)], tmp_path) as session:
        assert [round(frame.time, 2) for frame in session.frames(2)] == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]


def test_frame_at_every_time(tmp_path: Path) -> None:
    with open_session([write(tmp_path / "a.mp4", Video(fps=10), Sound(), seconds=2)], tmp_path) as session:
        for time in np.arange(0, 2, 0.07):
            frame = session.frame_at(float(time))
            assert frame is not None
            assert frame.time == pytest.approx(time // 0.1 * 0.1, abs=0.003)
        assert session.frame_at(30.0) is None
        assert session.frame_at(-30.0) is None


def test_cover_art_is_no_picture(field: Path, tmp_path: Path) -> None:
    with open_session([field / "odd_media" / "media__sample_with_id3.adts"], tmp_path) as session:
        assert session.media.parts[0].video is None
        assert list(session.frames(2)) == []
