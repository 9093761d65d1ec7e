"""Real pictures and clips: who is there is found, what is no face is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.evidence import Scene
from engine.vision.finder import FaceFinder, FaceModels
from engine.vision.people import describe
from engine.vision.settings import VisionSettings
from engine.vision.survey import Survey, survey
from engine.vision.tracks import link
from tests.vision.clips import frames_of
from tests.vision.scenes import Picture

NOT_FACES = (
    "faces/LivePortrait__mask_blue.jpg",
    "faces/LivePortrait__s25.jpg",
    "faces/LivePortrait__s32.jpg",
    "documents/RapidOCR__ch_doc_server.png",
    "documents/RapidOCR__ch_en_num.jpg",
    "documents/RapidOCR__empty_black.jpg",
    "documents/RapidOCR__return_word_debug.jpg",
    "documents/websdk-java-demo__doc.jpg",
    "documents/websdk-java-demo__finger.jpg",
    "documents/websdk-java-demo__itr.jpg",
)


@pytest.fixture
def find(models: FaceModels, settings: VisionSettings) -> Callable[[Picture], int]:
    return lambda image: len(FaceFinder(models, settings).find(image, 0.0))


@pytest.mark.parametrize("name", NOT_FACES)
def test_papers_hands_masks_and_dogs_are_no_faces(
    field: Path, read_rgb: Callable[[Path], Picture], find: Callable[[Picture], int], name: str
) -> None:
    assert find(read_rgb(field / name)) == 0


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("face_recognition__biden.jpg", 1),
        ("face_recognition__obama_partial_face.jpg", 1),
        ("face_recognition__obama-240p.jpg", 1),
        ("face_recognition__kit_with_rose.jpg", 2),
        ("face-api__sample1.jpg", 3),
        ("face-api__sample3.jpg", 3),
        ("face-api__sample4.jpg", 4),
        ("face-api__sample6.jpg", 4),
        ("LivePortrait__t1.jpg", 6),
    ],
)
def test_everybody_in_a_picture_is_found(
    field: Path, read_rgb: Callable[[Path], Picture], find: Callable[[Picture], int], name: str, people: int
) -> None:
    assert find(read_rgb(field / "faces" / name)) == people


@pytest.mark.parametrize(
    ("name", "people", "share"),
    [
        ("ClearerVoice-Studio__001.avi", 2, 1.0),
        ("LivePortrait__s18.mp4", 1, 0.0),
        ("LivePortrait__s13.mp4", 1, 0.0),
        ("video-retalking__2.mp4", 1, 0.0),
    ],
)
def test_people_of_a_clip_are_followed(
    field: Path, models: FaceModels, settings: VisionSettings, name: str, people: int, share: float
) -> None:
    scene, seen = surveyed(field / "talking_video" / name, models, settings)
    assert len(scene.people) == people
    assert scene.same_frame_share() == share
    assert scene.judged == scene.surveyed
    assert all(len(glance.faces) >= people for glance in seen.glances)


def surveyed(path: Path, models: FaceModels, settings: VisionSettings) -> tuple[Scene, Survey]:
    seen = survey(frames_of(path), models, settings)
    return describe(seen, link(seen, settings), None, settings), seen
