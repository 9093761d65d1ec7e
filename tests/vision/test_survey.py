"""The real networks on people who sit, leave, come back, and sit in the dark."""

from collections.abc import Callable

import numpy as np
import pytest

from engine.evidence import Scene
from engine.interval import Interval, total
from engine.vision.finder import FaceModels
from engine.vision.people import describe
from engine.vision.settings import VisionSettings
from engine.vision.survey import Survey, held, survey
from engine.vision.tracks import link
from tests.vision.scenes import Head, Picture, Place, Still, near, swaying

Compose = Callable[..., Picture]


@pytest.fixture(scope="module")
def look(models: FaceModels, settings: VisionSettings) -> Callable[[list[Picture]], tuple[Survey, Scene]]:
    """Survey pictures shown for half a second each, and the scene they make."""

    def run(pictures: list[Picture]) -> tuple[Survey, Scene]:
        frames = (Still(number / 2, picture) for number, picture in enumerate(pictures))
        seen = survey(frames, models, settings, end=len(pictures) / 2)
        return seen, describe(seen, link(seen, settings), None, settings)

    return run


@pytest.mark.parametrize("height", [70, 100, 140, 240])
def test_two_people_in_one_frame(
    look: Callable[[list[Picture]], tuple[Survey, Scene]],
    compose: Compose,
    astronaut: Head,
    hopper: Head,
    height: int,
) -> None:
    pair = Place(astronaut, 350, 330, height), Place(hopper, 930, 330, height)
    seen, scene = look([compose(*swaying(pair, step)) for step in range(12)])
    assert [len(glance.faces) for glance in seen.glances] == [2] * 12
    for glance in seen.glances:
        for face, place in zip(glance.faces, pair, strict=True):
            assert near(*face.area.middle, place)
            assert face.sighting.height_px == pytest.approx(height, rel=0.1)
    assert len(scene.people) == 2
    assert scene.same_frame_share() == 1.0
    assert all(person.intervals == (Interval(0.0, 6.0),) for person in scene.people)
    assert all(person.role == "unknown" and person.why for person in scene.people)
    mouths = [face.sighting.mouth_open for glance in seen.glances for face in glance.faces]
    assert sum(mouth is not None for mouth in mouths) >= 10


def test_who_leaves_and_returns_is_the_same_person_and_the_gap_shows(
    look: Callable[[list[Picture]], tuple[Survey, Scene]], compose: Compose, astronaut: Head, hopper: Head
) -> None:
    pair = Place(astronaut, 350, 330, 120), Place(hopper, 930, 330, 120)
    both = [compose(*swaying(pair, step)) for step in range(10)]
    alone = [compose(swaying(pair, step)[0]) for step in range(10)]
    _, scene = look([*both, *alone, *both])
    stayed, left = scene.people
    assert stayed.intervals == (Interval(0.0, 15.0),)
    assert left.intervals == (Interval(0.0, 5.0), Interval(10.0, 15.0))
    assert len(left.tracks) == 2
    assert scene.same_frame_share() == pytest.approx(2 / 3)


def test_a_short_look_away_is_no_absence(
    look: Callable[[list[Picture]], tuple[Survey, Scene]], compose: Compose, astronaut: Head
) -> None:
    there, away = compose(Place(astronaut, 400, 330, 120)), compose()
    _, scene = look([*[there] * 4, *[away] * 4, *[there] * 4])
    assert [person.intervals for person in scene.people] == [(Interval(0.0, 6.0),)]


def test_nobody_is_found_where_nobody_is(look: Callable[[list[Picture]], tuple[Survey, Scene]], room: Picture) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    grey = np.full((720, 1280, 3), 128, dtype=np.uint8)
    seen, scene = look([room, noise, grey, noise, room, grey])
    assert not any(glance.faces for glance in seen.glances)
    assert scene.people == scene.tracks == ()
    assert scene.same_frame_share() == 0.0
    assert total(scene.surveyed) == 3.0


def test_dark_frames_are_not_judged(
    look: Callable[[list[Picture]], tuple[Survey, Scene]], compose: Compose, astronaut: Head, hopper: Head
) -> None:
    lit = compose(Place(astronaut, 350, 330, 120), Place(hopper, 930, 330, 120))
    seen, scene = look([*[lit] * 4, *[lit // 60] * 8, *[lit] * 4])
    assert scene.judged == (Interval(0.0, 2.0), Interval(6.0, 8.0))
    assert scene.surveyed == (Interval(0.0, 8.0),)
    assert scene.same_frame_share() == 1.0
    assert seen.picture is not None
    assert seen.picture.dark_share == 0.5


def test_faces_below_the_judgeable_size_are_marked(
    look: Callable[[list[Picture]], tuple[Survey, Scene]], compose: Compose, astronaut: Head
) -> None:
    far, close = compose(Place(astronaut, 350, 330, 55)), compose(Place(astronaut, 350, 330, 120))
    _, scene = look([*[far] * 4, *[close] * 4])
    assert scene.too_small == (Interval(0.0, 2.0),)


def test_pictures_of_any_shape_are_surveyed(look: Callable[[list[Picture]], tuple[Survey, Scene]]) -> None:
    shapes = [(1, 1, 3), (9, 300, 3), (300, 9, 3), (64, 64, 3), (1080, 1920, 3)]
    _, scene = look([np.full(shape, 120, dtype=np.uint8) for shape in shapes])
    assert scene.people == ()


def test_the_same_pictures_give_the_same_scene(
    look: Callable[[list[Picture]], tuple[Survey, Scene]], compose: Compose, astronaut: Head, hopper: Head
) -> None:
    pair = Place(astronaut, 350, 330, 90), Place(hopper, 930, 330, 80)
    pictures = [compose(*swaying(pair, step)) for step in range(6)]
    assert look(pictures) == look(pictures)


def test_a_recording_without_frames_gives_an_empty_scene(models: FaceModels, settings: VisionSettings) -> None:
    seen = survey([], models, settings)
    assert (seen.glances, seen.picture) == ((), None)
    scene = describe(seen, link(seen, settings), None, settings)
    assert (scene.people, scene.surveyed, scene.judged) == ((), (), ())


def test_progress_rises_to_the_end(models: FaceModels, settings: VisionSettings, room: Picture) -> None:
    told: list[tuple[str, float, float]] = []
    frames = [Still(time, room[:90, :160]) for time in (0.0, 0.5, 1.0)]
    survey(frames, models, settings, lambda *now: told.append(now), end=1.4)
    shares = [completed for _, completed, _ in told]
    assert shares == sorted(shares)
    assert told[-1] == ("vision", 1.4, 1.4)


@pytest.mark.parametrize(
    ("times", "end", "spans"),
    [
        ([], None, []),
        ([0.0], None, [(0.0, 0.5)]),
        ([0.0], 0.2, [(0.0, 0.2)]),
        ([0.0, 0.5, 1.0], 1.3, [(0.0, 0.5), (0.5, 1.0), (1.0, 1.3)]),
        ([0.0, 10.0], 10.0, [(0.0, 1.5), (10.0, 10.0)]),
    ],
)
def test_a_frame_stands_for_the_time_until_the_next(
    settings: VisionSettings, times: list[float], end: float | None, spans: list[tuple[float, float]]
) -> None:
    assert held(times, settings, end) == [Interval(*span) for span in spans]
