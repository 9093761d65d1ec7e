"""How often small faces are found: two real faces in one 720p frame, each frame searched without memory of the last."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.vision.finder import FaceFinder, FaceModels
from engine.vision.settings import VisionSettings
from tests.vision.scenes import HEIGHT, WIDTH, Head, Picture, Place, near

FACES = (
    "LivePortrait__s1.jpg",
    "LivePortrait__s12.jpg",
    "LivePortrait__s42.jpg",
    "SadTalker__full_body_1.png",
    "SadTalker__full_body_2.png",
    "SadTalker__happy.png",
    "SadTalker__happy1.png",
    "SadTalker__people_0.png",
    "SadTalker__sad.png",
    "SadTalker__sad1.png",
    "face_recognition__alex-lacamoire.png",
    "face_recognition__biden.jpg",
    "face_recognition__biden2.jpg",
    "face_recognition__obama.jpg",
    "face_recognition__obama2.jpg",
    "face_recognition__obama_small.jpg",
    "golang-samples__face_no_surprise.jpg",
    "hallo__hallo_3.jpg",
    "hallo__hallo_6.jpg",
)
BACKGROUNDS = ("coffee", "chelsea", "rocket")

Compose = Callable[..., Picture]


def rooms(plain: Picture) -> list[Picture]:
    import cv2
    import skimage.data

    size = plain.shape[1], plain.shape[0]
    return [plain, np.full_like(plain, 200), *(cv2.resize(getattr(skimage.data, one)(), size) for one in BACKGROUNDS)]


def pairs(heads: list[Head], height: int, count: int) -> Iterator[tuple[Place, Place]]:
    """Two different people apart from each other, faces of `height` px, wholly inside the frame."""
    rng = np.random.default_rng(height)
    margin = 1.1 * height
    for _ in range(count):
        one, other = rng.choice(len(heads), 2, replace=False)
        x, y = rng.uniform(margin, WIDTH / 2 - margin), rng.uniform(WIDTH / 2 + margin, WIDTH - margin)
        up, down = rng.uniform(margin, HEIGHT - margin, 2)
        yield Place(heads[one], x, up, height), Place(heads[other], y, down, height)


def recall(
    heads: list[Head], backgrounds: list[Picture], height: int, count: int, compose: Compose, models: FaceModels
) -> tuple[float, float, float]:
    """Share of the faces found, share of the frames with both found, faces found elsewhere per frame."""
    settings = VisionSettings()
    faces = frames = strangers = 0
    for number, places in enumerate(pairs(heads, height, count)):
        image = compose(*places, frame=backgrounds[number % len(backgrounds)])
        found = FaceFinder(models, settings).find(image, 0.0)
        hits = [any(near(*face.area.middle, place) for face in found) for place in places]
        faces += sum(hits)
        frames += all(hits)
        strangers += len(found) - sum(hits)
    return faces / (2 * count), frames / count, strangers / count


@pytest.mark.parametrize(("height", "least"), [(70, 0.85), (100, 0.95), (140, 0.98), (240, 0.98)])
def test_faces_that_packages_ship_are_found(
    astronaut: Head, hopper: Head, room: Picture, compose: Compose, models: FaceModels, height: int, least: float
) -> None:
    found, _, strangers = recall([astronaut, hopper], [room], height, 10, compose, models)
    assert found >= least
    assert strangers == 0


@pytest.mark.full
@pytest.mark.parametrize(("height", "least"), [(70, 0.85), (90, 0.9), (100, 0.95), (140, 0.98)])
def test_field_faces_are_found(
    field: Path,
    read_rgb: Callable[[Path], Picture],
    head_of: Callable[[Picture], Head],
    room: Picture,
    compose: Compose,
    models: FaceModels,
    height: int,
    least: float,
    capsys: pytest.CaptureFixture[str],
) -> None:
    heads = [head_of(read_rgb(field / "faces" / name)) for name in FACES]
    found, both, strangers = recall(heads, rooms(room), height, 50, compose, models)
    with capsys.disabled():
        print(f"\n{height} px: faces {found:.3f}, frames with both {both:.3f}, elsewhere {strangers:.2f} per frame")
    assert both >= least
