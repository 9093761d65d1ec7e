"""Laws of linking and counting, on surveys made of arbitrary sightings."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evidence import Box, Sighting
from engine.interval import Interval, total
from engine.vision.geometry import Area
from engine.vision.people import describe
from engine.vision.picture import Light
from engine.vision.settings import VisionSettings
from engine.vision.survey import Glance, SeenFace, Survey
from engine.vision.tracks import link

SETTINGS = VisionSettings()
RED = (1.0,) + (0.0,) * 17
BLUE = (0.0,) * 7 + (1.0,) + (0.0,) * 10
LIGHT = Light(120.0, 200.0, 500.0)


def face(time: float, x: float, height: float = 100.0, look: tuple[float, ...] = RED + RED) -> SeenFace:
    area = Area(x, 300.0, height, height)
    box = Box(x / 1280, 300 / 720, height / 1280, height / 720)
    return SeenFace(Sighting(time, box, height, 0.9, 0.0), area, look)


def surveyed(rows: list[list[SeenFace]], step: float = 0.5) -> Survey:
    return Survey(
        tuple(
            Glance(Interval(number * step, (number + 1) * step), LIGHT, True, tuple(row))
            for number, row in enumerate(rows)
        ),
        None,
    )


faces = st.builds(
    lambda x, height, look: (x, height, look),
    st.floats(0, 1200),
    st.floats(30, 300),
    st.sampled_from([RED + RED, BLUE + BLUE, RED + BLUE]),
)
surveys = st.lists(st.lists(faces, max_size=4), max_size=25).map(
    lambda rows: surveyed([[face(n * 0.5, *one) for one in row] for n, row in enumerate(rows)])
)


@settings(deadline=None, max_examples=60)
@given(surveys)
def test_every_sighting_is_in_one_track_and_tracks_have_short_gaps(survey: Survey) -> None:
    tracks = link(survey, SETTINGS)
    linked = [sighting for track in tracks for sighting in track.sightings]
    seen = [one.sighting for glance in survey.glances for one in glance.faces]
    assert sorted(map(repr, linked)) == sorted(map(repr, seen))
    for track in tracks:
        times = [sighting.time for sighting in track.sightings]
        assert times == sorted(set(times))
        assert all(later - now <= SETTINGS.bridge + 0.5 for now, later in pairwise(times))
        assert track.interval.start == times[0]
        assert track.interval.end > times[-1]
    assert len({track.id for track in tracks}) == len(tracks)


@settings(deadline=None, max_examples=60)
@given(surveys)
def test_presence_is_disjoint_and_inside_the_recording(survey: Survey) -> None:
    tracks = link(survey, SETTINGS)
    scene = describe(survey, tracks, None, SETTINGS)
    end = len(survey.glances) * 0.5
    for person in scene.people:
        assert all(0 <= span.start < span.end <= end for span in person.intervals)
        assert all(
            later.start - now.end > SETTINGS.bridge
            for now, later in zip(person.intervals, person.intervals[1:], strict=False)
        )
    owners = [track for person in scene.people for track in person.tracks]
    assert len(owners) == len(set(owners))
    assert set(owners) <= {track.id for track in tracks}
    assert 0.0 <= scene.same_frame_share() <= 1.0
    assert total(scene.surveyed) == end


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-60, 60), min_size=2, max_size=30))
def test_people_side_by_side_are_never_one(moves: list[float]) -> None:
    rows = [[face(n * 0.5, 300 + move), face(n * 0.5, 800 + move)] for n, move in enumerate(moves)]
    scene = describe(surveyed(rows), link(surveyed(rows), SETTINGS), None, SETTINGS)
    assert [person.seconds for person in scene.people] == [len(moves) * 0.5] * 2


def test_another_person_in_the_same_chair_is_another_person() -> None:
    rows = [[face(n * 0.5, 300, look=RED + RED)] for n in range(8)]
    rows += [[] for _ in range(10)]
    rows += [[face(n * 0.5, 310, look=BLUE + BLUE)] for n in range(18, 26)]
    scene = describe(surveyed(rows), link(surveyed(rows), SETTINGS), None, SETTINGS)
    assert len(scene.people) == 2


def test_somebody_back_in_the_same_chair_is_the_same_person() -> None:
    rows = [[face(n * 0.5, 300)] for n in range(8)] + [[] for _ in range(10)]
    rows += [[face(n * 0.5, 320)] for n in range(18, 26)]
    scene = describe(surveyed(rows), link(surveyed(rows), SETTINGS), None, SETTINGS)
    (person,) = scene.people
    assert person.intervals == (Interval(0.0, 4.0), Interval(9.0, 13.0))


def test_people_who_cross_keep_their_tracks_by_their_looks() -> None:
    rows = [
        [face(n * 0.5, 200 + 60 * n, look=RED + RED), face(n * 0.5, 800 - 60 * n, look=BLUE + BLUE)] for n in range(11)
    ]
    first, second = link(surveyed(rows), SETTINGS)
    assert first.sightings[-1].box.left > first.sightings[0].box.left
    assert second.sightings[-1].box.left < second.sightings[0].box.left


def test_a_flicker_is_no_person() -> None:
    rows = [[face(n * 0.5, 300)] for n in range(20)]
    rows[7].append(face(3.5, 900))
    scene = describe(surveyed(rows), link(surveyed(rows), SETTINGS), None, SETTINGS)
    assert len(scene.people) == 1
    assert len(scene.tracks) == 2
