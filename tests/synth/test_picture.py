"""Faces in frames: where they are put, that they open their mouths, and that the film has them when the truth says."""

from pathlib import Path

import numpy as np
import pytest

from engine.interval import Interval
from eval.synth.film import frames, write_film
from eval.synth.picture import PORTRAITS, FaceBox, cut_out, place, portrait, room, scaled, table_top
from eval.synth.script import Face, Video
from eval.synth.truth import TrueFace, TrueSpeaker, TrueTurn, Truth

VIDEO = Video(faces=(Face(picture="hopper", of="A", height_px=120, x=0.5, y=0.4),), fps=10)
TRUTH = Truth(
    id="film",
    media="film.mp4",
    duration=4.0,
    speakers=(TrueSpeaker("A", "agent", "male"),),
    turns=(TrueTurn(0, "A", "agent", Interval(0.0, 1.5), "您好。", "您好。"),),
    faces=(TrueFace("hopper", "A", "agent", 120, 0.5, 0.4, (Interval(0.0, 2.0),)),),
    dark=(Interval(3.0, 4.0),),
)
SOUND = (0.3 * np.sin(np.arange(4 * 16000) / 5)).astype(np.float32)[None]


@pytest.mark.parametrize("height", [70, 240])
def test_a_face_gets_its_height_and_place(height: int) -> None:
    frame = np.full((720, 1280, 3), 7, np.uint8)
    box = FaceBox(40.0, 40.0, 20.0, 20.0)
    picture = np.full((120, 100, 3), 7, np.uint8)
    picture[40:60, 40:60] = 250
    place(frame, scaled(cut_out(picture, box), height), (640.0, 360.0))
    rows, columns = np.nonzero(frame[..., 0] > 128)
    assert rows.max() - rows.min() == pytest.approx(height, abs=0.06 * height + 2)
    assert (rows.mean(), columns.mean()) == pytest.approx((359.5, 639.5), abs=1.5)


def test_a_face_at_the_edge_is_cut() -> None:
    frame = room(320, 180)
    before = frame.copy()
    place(frame, scaled(portrait("hopper"), 100), (0.0, 90.0))
    assert not np.array_equal(frame, before)
    place(frame, scaled(portrait("hopper"), 100), (-2000.0, 90.0))


@pytest.mark.parametrize("name", PORTRAITS)
def test_landmarks_agree_with_height_and_mouth(name: str) -> None:
    from models.face_landmarks import FaceLandmarks

    heights, mouths = [], []
    with FaceLandmarks() as landmarks:
        for opened in (0.0, 1.0):
            frame = room(640, 640)
            place(frame, scaled(portrait(name), 160, opened), (320.0, 300.0))
            placed = landmarks.place(frame[60:540, 80:560].copy())
            assert placed is not None
            heights.append(placed.height)
            mouths.append(placed.mouth_open)
    assert heights[0] == pytest.approx(160, rel=0.06)
    assert mouths[0] < 0.1
    assert mouths[1] > mouths[0] + 0.15


def test_frames_show_who_is_there_and_the_dark() -> None:
    shown = list(frames(VIDEO, TRUTH, SOUND, 16000))
    empty = room(1280, 720)
    assert len(shown) == 40
    assert not np.array_equal(shown[5], empty)
    assert np.array_equal(shown[25], empty)
    assert shown[35].mean() < 10
    mouth = (slice(300, 340), slice(600, 680))
    assert not np.array_equal(shown[3][mouth], shown[18][mouth])
    assert np.array_equal(shown[5][table_top(720) :], empty[table_top(720) :])


def test_film_has_both_streams_from_zero(tmp_path: Path) -> None:
    import av

    path = tmp_path / "film.mp4"
    write_film(path, VIDEO, TRUTH, SOUND, 16000)
    with av.open(str(path)) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height, video.frames) == ("h264", 1280, 720, 40)
        assert audio.codec_context.name == "aac"
        assert float(video.start_time * video.time_base) == pytest.approx(0.0, abs=0.05)
        assert film.duration / 1e6 == pytest.approx(4.0, abs=0.15)
