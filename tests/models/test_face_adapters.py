"""The face networks themselves, on the pictures that packages ship."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.errors import WeightsError
from models.face_detector import GRID, INPUT_PX, FaceDetector, join, letterbox
from models.face_landmarks import FaceLandmarks
from models.face_mesh import FaceMesh, Gaze, follow, gaze_at
from models.native_notes import hushed
from models.single_shot import grid, overlap

Picture = NDArray[np.uint8]
FACE = (178, 75, 100, 120)
"""Left, top, width and height of the astronaut's face in the picture of 512 x 512, forehead to chin, read by eye."""


@pytest.fixture(scope="module")
def astronaut() -> Picture:
    import skimage.data

    return np.asarray(skimage.data.astronaut(), dtype=np.uint8)


@pytest.fixture(scope="module")
def detector() -> Iterator[FaceDetector]:
    with FaceDetector() as one:
        yield one


@pytest.fixture(scope="module")
def landmarks() -> Iterator[FaceLandmarks]:
    with FaceLandmarks() as one:
        yield one


def test_the_face_is_boxed_with_its_points_inside(detector: FaceDetector, astronaut: Picture) -> None:
    face = detector.detect(astronaut, 0.5)[0]
    assert face.score > 0.8
    left, top, width, height = FACE
    assert face.left + face.width / 2 == pytest.approx(left + width / 2, abs=0.2 * width)
    assert face.top + face.height / 2 == pytest.approx(top + height / 2, abs=0.2 * height)
    assert face.height == pytest.approx(height, rel=0.2)
    right_eye, left_eye, nose, mouth, *_ = face.points
    assert right_eye[0] < nose[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < mouth[1]


@pytest.mark.parametrize(
    ("dx", "dy", "width", "height"), [(0, 0, 512, 900), (300, 40, 1280, 560), (70, 500, 700, 1100)]
)
def test_boxes_are_in_pixels_of_any_frame(
    detector: FaceDetector, astronaut: Picture, dx: int, dy: int, width: int, height: int
) -> None:
    frame = np.zeros((height, width, 3), dtype=np.uint8)
    frame[dy : dy + 512, dx : dx + 512] = astronaut
    alone, there = detector.detect(astronaut, 0.5)[0], detector.detect(frame, 0.5)[0]
    assert there.left - dx == pytest.approx(alone.left, abs=0.15 * alone.width)
    assert there.top - dy == pytest.approx(alone.top, abs=0.15 * alone.height)


def test_nothing_is_found_in_an_empty_picture(detector: FaceDetector, landmarks: FaceLandmarks) -> None:
    for image in (np.zeros((720, 1280, 3), dtype=np.uint8), np.full((1, 1, 3), 255, dtype=np.uint8)):
        assert detector.detect(image, 0.5) == ()
    assert landmarks.place(np.full((256, 256, 3), 120, dtype=np.uint8)) is None


def test_landmarks_lie_on_the_face(landmarks: FaceLandmarks, astronaut: Picture) -> None:
    placed = landmarks.place(astronaut[25:225, 125:325])
    assert placed is not None
    assert placed.points.shape == (478, 2)
    assert placed.height == pytest.approx(FACE[3], rel=0.2)
    assert placed.width == pytest.approx(FACE[2], rel=0.25)
    assert 0.0 <= placed.mouth_open < 0.2


def test_a_closed_task_is_closed_once() -> None:
    task = FaceLandmarks()
    task.close()
    task.close()


@pytest.mark.parametrize("adapter", [FaceDetector, FaceLandmarks])
def test_missing_weights_are_named(adapter: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGJIAN_WEIGHTS", str(tmp_path))
    with pytest.raises(WeightsError):
        adapter()


def test_anchors_are_cell_middles() -> None:
    cells = grid(GRID)
    assert cells.shape == (GRID * GRID, 2)
    assert cells[1] - cells[0] == pytest.approx((1 / GRID, 0))
    assert cells.min() == pytest.approx(0.5 / GRID)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 2000), st.integers(1, 2000))
def test_letterbox_keeps_the_whole_picture(width: int, height: int) -> None:
    square, scale, (left, top) = letterbox(np.full((height, width, 3), 255, dtype=np.uint8))
    assert square.shape == (1, INPUT_PX, INPUT_PX, 3)
    lit = np.argwhere(square[0, :, :, 0] > 0)
    assert lit.min(axis=0) == pytest.approx((top, left))
    size = lit.max(axis=0) - lit.min(axis=0) + 1
    assert size * scale == pytest.approx((height, width), abs=max(scale, 1.0) + 1e-6)


def test_boxes_of_one_face_are_joined_by_weight() -> None:
    boxes = np.zeros((3, 16), dtype=np.float32)
    boxes[:, :4] = [[0.1, 0.1, 0.3, 0.3], [0.12, 0.1, 0.32, 0.3], [0.7, 0.7, 0.9, 0.9]]
    (best, first), (_, second) = join(boxes, np.array([0.9, 0.3, 0.8], dtype=np.float32))
    assert best == pytest.approx(0.9)
    assert first[0] == pytest.approx(0.105)
    assert second[0] == pytest.approx(0.7)
    assert overlap(boxes[0, :4], boxes[2, :4]) == 0.0
    assert overlap(boxes[0, :4], boxes[0, :4]) == pytest.approx(1.0)


def test_loading_is_quiet_and_errors_are_not(capfd: pytest.CaptureFixture[str]) -> None:
    with FaceDetector(), FaceLandmarks():
        pass
    assert capfd.readouterr().err == ""
    with hushed():
        os.write(2, b"W0000 00:00:17 1 graph.cc:1] a note\nE0000 00:00:17 1 graph.cc:1] an error\nand a line")
    assert capfd.readouterr().err == "E0000 00:00:17 1 graph.cc:1] an error\nand a line"


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    with FaceMesh() as one:
        yield one


@pytest.mark.parametrize("turn", [0, 90])
def test_the_mesh_alone_places_the_points_the_whole_task_places(
    mesh: FaceMesh, landmarks: FaceLandmarks, astronaut: Picture, turn: int
) -> None:
    left, top, width, height = FACE
    view = astronaut[top - 60 : top + height + 60, left - 60 : left + width + 60]
    whole = landmarks.place(view)
    assert whole is not None
    picture = np.ascontiguousarray(np.rot90(view, -turn // 90))
    middle = (picture.shape[1] / 2, picture.shape[0] / 2)
    first = gaze_at(middle, width, height)
    alone = mesh.place(picture, Gaze(first.x, first.y, first.side, np.deg2rad(turn)))
    assert alone is not None
    again = mesh.place(picture, follow(alone.points))
    assert again is not None
    assert again.height == pytest.approx(whole.height, rel=0.05)
    assert again.lips_apart == pytest.approx(whole.lips_apart, abs=0.02)
    assert again.turned == pytest.approx(whole.turned, abs=0.1)
    if not turn:
        assert np.abs(again.points - whole.points).mean() < 0.04 * whole.height


def test_the_mesh_sees_no_face_where_there_is_none(mesh: FaceMesh) -> None:
    assert mesh.place(np.full((200, 200, 3), 128, np.uint8), Gaze(100.0, 100.0, 150.0)) is None
