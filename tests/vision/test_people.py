"""Who is one person: by seat, by clothes, by the voice that goes with the mouth; and who is not there live."""

from dataclasses import replace

import pytest

from engine.evidence import Lifeless, PictureQuality, Speaker, Transcript, Turn, Utterance
from engine.interval import Interval
from engine.vision.mouths import Burst, Mouth
from engine.vision.people import Watching, describe
from engine.vision.settings import VisionSettings
from engine.vision.survey import Survey
from engine.vision.tracks import link
from engine.vision.trait import blocks_of
from tests.vision.test_tracks import BLUE, RED, face, surveyed

SETTINGS = VisionSettings()
STEP = 1 / SETTINGS.mouths.rate
PICTURE = PictureQuality(120.0, 500.0, 0.0, 0.0, black=(), frozen=())
GREY = (0.0,) * 14 + (1.0,) + (0.0,) * 3
LEFT, RIGHT = 200.0, 900.0


def talk(*said: tuple[str, float, float]) -> Transcript:
    utterances = tuple(
        Utterance(n, Interval(start, end), speaker, "unknown", "明白", 1.0, 0, 0)
        for n, (speaker, start, end) in enumerate(said)
    )
    speakers = (Speaker("S1", "agent", 0.9, 9.0, ""), Speaker("S2", "customer", 0.9, 9.0, ""))
    turns = tuple(Turn(one.interval, one.speaker or "") for one in utterances)
    return Transcript((), utterances, speakers, turns, tuple(one.interval for one in utterances))


def watched(transcript: Transcript, survey: Survey, owner: dict[str, str]) -> Watching:
    """Every utterance watched: the mouth of the track `owner` of its voice moves, the others in the picture do not."""
    bursts = []
    tracks = link(survey, SETTINGS)
    for said in transcript.utterances:
        count = round((said.interval.duration + 0.6) / STEP)
        span = said.interval.widened(0.3)
        there = [one.id for one in tracks if one.interval.overlap(said.interval)]
        mouths = tuple(
            Mouth(
                one,
                tuple(
                    0.05 + (0.025 * (step % 2) if owner.get(said.speaker or "", "") == one else 0)
                    for step in range(count)
                ),
                100.0,
                0.1,
            )
            for one in there
        )
        bursts.append(Burst(span.start, STEP, count, mouths))
    return Watching(tuple(bursts))


def test_the_roles_of_faces_are_those_of_the_voices_their_mouths_speak_with() -> None:
    survey = surveyed([[face(n / 2, LEFT), face(n / 2, RIGHT, look=BLUE + BLUE)] for n in range(60)])
    said = talk(*((("S1", "S2")[n % 2], 4.0 * n + 1, 4.0 * n + 3) for n in range(7)))
    tracks = link(survey, SETTINGS)
    scene = describe(survey, tracks, said, SETTINGS, watched(said, survey, {"S1": "T2", "S2": "T1"}))
    roles = {one.tracks: one.role for one in scene.people}
    assert roles == {("T2",): "agent", ("T1",): "customer"}
    by_id = {one.id: one for one in scene.people}
    assert scene.speaking is not None
    assert [(one.bound, by_id[one.person or ""].role) for one in scene.speaking] == [
        ("face", ("agent", "customer")[n % 2]) for n in range(7)
    ]
    assert scene.mouths is not None
    assert all(
        (one.agreement > 0.5) == (by_id[one.person].role == "agent") for one in scene.mouths if one.speaker == "S1"
    )


@pytest.mark.parametrize(("voice", "people"), [("S2", 1), ("S1", 2)])
def test_somebody_who_comes_back_elsewhere_is_known_by_the_voice(voice: str, people: int) -> None:
    """Half of the clothes are hidden, and the seat is another: the look alone would not do."""
    rows = [[face(n / 2, LEFT, look=RED + BLUE)] for n in range(30)] + [[] for _ in range(10)]
    rows += [
        [face(n / 2, RIGHT, look=RED + tuple((a + b) / 2 for a, b in zip(BLUE, GREY, strict=True)))]
        for n in range(40, 70)
    ]
    survey = surveyed(rows)
    said = talk(("S2", 1, 3), ("S2", 5, 7), ("S2", 9, 11), (voice, 21, 23), (voice, 25, 27), (voice, 29, 31))
    owners = [{"S2": "T1"}] * 3 + [{voice: "T2"}] * 3
    bursts = [
        burst
        for n, owner in enumerate(owners)
        for burst in watched(replace(said, utterances=said.utterances[n : n + 1]), survey, owner).bursts
    ]
    scene = describe(survey, link(survey, SETTINGS), said, SETTINGS, Watching(tuple(bursts)))
    assert len(scene.people) == people
    assert len(describe(survey, link(survey, SETTINGS), said, SETTINGS).people) == 2


def test_another_voice_in_the_same_seat_is_another_person() -> None:
    rows = (
        [[face(n / 2, LEFT)] for n in range(30)]
        + [[] for _ in range(10)]
        + [[face(n / 2, LEFT)] for n in range(40, 70)]
    )
    survey = surveyed(rows)
    said = talk(("S1", 1, 3), ("S1", 5, 7), ("S1", 9, 11), ("S2", 21, 23), ("S2", 25, 27), ("S2", 29, 31))
    watching = watched(said, survey, {"S1": "T1", "S2": "T2"})
    assert len(describe(survey, link(survey, SETTINGS), said, SETTINGS).people) == 1
    scene = describe(survey, link(survey, SETTINGS), said, SETTINGS, watching)
    assert [one.role for one in scene.people] == ["agent", "customer"]


def stirring(rows, quiet: dict[str, tuple[float, float]], picture: PictureQuality = PICTURE) -> Survey:
    """A survey in which the faces of one look do not stir for a while."""
    survey = surveyed(rows)
    glances = []
    for glance in survey.glances:
        faces = []
        for one in glance.faces:
            begin, end = quiet.get("red" if one.look == RED + RED else "blue", (0.0, 0.0))
            faces.append(replace(one, stir=0.2 if begin <= glance.time < end else 6.0))
        glances.append(replace(glance, faces=tuple(faces)))
    return replace(survey, glances=tuple(glances), picture=picture)


PAIR = [[face(n / 2, LEFT), face(n / 2, RIGHT, look=BLUE + BLUE)] for n in range(60)]


def test_a_tile_that_stands_still_shows_nobody_live() -> None:
    survey = stirring(PAIR, {"blue": (10.0, 20.0)})
    scene = describe(survey, link(survey, SETTINGS), None, SETTINGS)
    assert [one.seconds for one in scene.people] == [30.0, 20.0]
    assert scene.lifeless == (Lifeless(Interval(10.0, 20.0), "F2", "frozen"),)
    assert scene.same_frame_share() == pytest.approx(2 / 3, abs=0.03)


def test_a_moment_without_a_stir_and_a_picture_that_freezes_as_a_whole_are_no_lifeless_tile() -> None:
    for quiet, picture in (
        ({"blue": (10.0, 13.0)}, PICTURE),
        ({"blue": (10.0, 20.0), "red": (10.0, 20.0)}, replace(PICTURE, frozen=(Interval(10.0, 20.0),))),
    ):
        survey = stirring(PAIR, quiet, picture)
        scene = describe(survey, link(survey, SETTINGS), None, SETTINGS)
        assert (scene.lifeless, [one.seconds for one in scene.people]) == ((), [30.0, 30.0])


def test_a_picture_on_the_wall_is_nobody() -> None:
    survey = stirring(PAIR, {"blue": (0.0, 30.0)})
    scene = describe(survey, link(survey, SETTINGS), None, SETTINGS)
    assert [one.id for one in scene.people] == ["F1"]
    assert len(scene.tracks) == 2


def test_a_tile_that_goes_black_is_named() -> None:
    rows = [row if n < 40 else row[:1] for n, row in enumerate(PAIR)]
    survey = stirring(rows, {})
    seat = rows[0][1].sighting.box
    half = blocks_of(replace(rows[0][1].area, left=0.5, top=0.0, width=0.5, height=1.0))
    dark = [replace(one, black=half) if one.time >= 20.0 else one for one in survey.glances]
    scene = describe(replace(survey, glances=tuple(dark)), link(survey, SETTINGS), None, SETTINGS)
    assert seat.left > 0.5
    assert scene.lifeless == (Lifeless(Interval(20.0, 30.0), "F2", "black"),)
    lit = describe(survey, link(survey, SETTINGS), None, SETTINGS)
    assert lit.lifeless == ()
    assert scene.people[1].intervals == lit.people[1].intervals == (Interval(0.0, 20.0),)


def test_without_mouths_nothing_is_said_of_who_speaks() -> None:
    survey = stirring(PAIR, {})
    scene = describe(survey, link(survey, SETTINGS), None, SETTINGS)
    assert (scene.speaking, scene.mouths) == (None, None)
