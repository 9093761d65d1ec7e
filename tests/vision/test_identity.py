"""A face against a photo: told alike by a stand-in network that looks at colours; nothing without a photo."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.evidence import Person, Scene
from engine.interval import Interval
from engine.vision.finder import FaceModels
from engine.vision.identity import TEMPLATE, aligned, compare, photo_of, similarity
from engine.vision.settings import VisionSettings
from engine.vision.survey import survey
from engine.vision.tracks import link
from tests.vision.scenes import Head, Picture, Place, Still


class Colours:
    """Not a network: the mean colour of the middle of an aligned face, against grey."""

    def vector(self, face: Picture, /) -> np.ndarray:
        values = face[30:90, 30:80].reshape(-1, 3).mean(axis=0) - face[30:90, 30:80].mean()
        return (values / max(float(np.linalg.norm(values)), 1e-6)).astype(np.float32)


@pytest.mark.parametrize(("turn", "scale", "shift"), [(0.0, 1.0, (0, 0)), (0.4, 2.5, (30, -12)), (-1.1, 0.3, (5, 90))])
def test_a_turned_scaled_and_moved_face_is_brought_back(turn: float, scale: float, shift: tuple[int, int]) -> None:
    spin = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = TEMPLATE @ spin.T + np.array(shift)
    matrix = similarity(moved.astype(np.float32), TEMPLATE)
    assert np.allclose(moved @ matrix[:, :2].T + matrix[:, 2], TEMPLATE, atol=1e-3)


def test_an_aligned_face_has_its_eyes_level(models: FaceModels, astronaut: Head) -> None:
    side = min(astronaut.image.shape[:2])
    placed = models.landmarks.place(astronaut.image[:side, :side])
    assert placed is not None
    assert aligned(astronaut.image[:side, :side], placed.points).shape == (112, 112, 3)


def test_who_is_on_the_photo_is_more_like_it(
    models: FaceModels, settings: VisionSettings, compose: Callable[..., Picture], astronaut: Head, hopper: Head
) -> None:
    frame = compose(Place(astronaut, 350, 330, 130), Place(hopper, 930, 330, 130))
    seen = survey([Still(n / 2, frame) for n in range(4)], models, settings)
    tracks = link(seen, settings)
    left, right = sorted(tracks, key=lambda one: one.sightings[0].box.left)
    whole = (Interval(0.0, 2.0),)
    people = tuple(Person(n, "unknown", 0.0, whole, (one.id,), "") for n, one in (("F1", left), ("F2", right)))
    scene = Scene(people, tracks, (Interval(0.0, 2.0),), (Interval(0.0, 2.0),))
    photo = compose(Place(astronaut, 640, 330, 160))
    found = compare(scene, photo, lambda _: frame, models, Colours(), settings)
    alike = {one.person: one.similarity for one in found}
    assert alike["F1"] > 0.9
    assert alike["F1"] > alike["F2"]
    assert compare(scene, frame, lambda _: frame, models, Colours(), settings) == ()  # two faces: whose photo is it?


@pytest.mark.parametrize("name", ["../outside", "a/b", "", None, "P1", "x" * 65])
def test_a_photo_is_found_by_a_plain_number_only(tmp_path: Path, name: str | None) -> None:
    (tmp_path.parent / "outside.png").write_bytes(b"")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert photo_of(tmp_path, name) is None
    assert photo_of(tmp_path, "broken") is None
    assert photo_of(None, "P1") is None
