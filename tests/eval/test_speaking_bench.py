"""The bench of who speaks: its sessions are what they say, its counts are right, and made people are told apart."""

from itertools import pairwise

import numpy as np
import pytest

from engine.evidence import Box, Person, Scene, Sighting, Speaking, Track
from engine.interval import Interval
from engine.vision.finder import FaceModels
from engine.vision.settings import VisionSettings
from eval.benchmarks.speaking import Trial, bound_to, figures, look_at
from eval.synth.clips import FPS, RATE
from eval.synth.picture import PortraitName, portrait, scaled
from eval.synth.talkers import LEAD_S, Meeting, Part, Party, Said, Talker, meet

SECONDS = 4.0
STEP = 5


def talker(name: PortraitName, seed: int) -> Talker:
    """A portrait that talks after a second of rest, its mouth opening and closing four times a second or so."""
    random = np.random.default_rng(seed)
    count = round(SECONDS * FPS)
    opening = np.abs(np.sin(np.cumsum(random.uniform(0.5, 1.4, count)))) * (np.arange(count) >= FPS)
    steps = [scaled(portrait(name), 160.0, step / 4) for step in range(5)]
    images = tuple(steps[round(float(one) * 4)].image for one in opening)
    sound = (0.1 * random.standard_normal(round(SECONDS * RATE))).astype(np.float32)
    rest = steps[0]
    return Talker(name, images, rest.alpha, rest.face, sound, (Interval(1.0, SECONDS),), 0, 0.0)


@pytest.fixture(scope="module")
def pair() -> tuple[Talker, Talker]:
    return talker("astronaut", 1), talker("hopper", 2)


PARTS = (Part("left", 1.6), Part("right", 1.2), Part(None, 2.4))


def meeting(pair: tuple[Talker, Talker], *parts: Part) -> Meeting:
    return meet(pair[0], pair[1], pair[0], parts, 120.0, 0.6)


def test_a_meeting_is_heard_and_seen_when_it_says(pair: tuple[Talker, Talker]) -> None:
    made = meeting(pair, *PARTS)
    assert [one.by for one in made.said] == ["left", "right", None]
    for one in made.said:
        inside = made.clip.sound[round(one.interval.start * RATE) : round(one.interval.end * RATE)]
        assert float(np.sqrt(np.square(inside).mean())) > 0.05
    quiet = made.clip.sound[round((made.said[0].interval.end + 0.1) * RATE) : round(made.said[1].interval.start * RATE)]
    assert float(np.abs(quiet).max()) == 0.0
    left = [made.clip.images[number][:, :640] for number in range(0, len(made.clip.images), STEP)]
    moved = [float(np.abs(now.astype(int) - before).max()) for before, now in pairwise(left)]
    times = [number * STEP / FPS for number in range(1, len(left))]
    own = made.said[0].interval.widened(LEAD_S, STEP / FPS)
    assert all(size < 10 for size, time in zip(moved, times, strict=True) if time not in own)
    assert max(size for size, time in zip(moved, times, strict=True) if time in own) > 50


def test_somebody_away_is_not_in_the_room(pair: tuple[Talker, Talker]) -> None:
    made = meet(pair[0], pair[1], pair[0], PARTS[:1], 120.0, 0.6, (Interval(1.0, 1.7),))
    there, gone = (made.clip.images[round(time * FPS)][:, 640:].astype(int) for time in (0.5, 1.5))
    assert np.abs(there - gone).max() > 50
    assert made.same_frame_share == pytest.approx(1 - 0.7 / made.clip.seconds)


def test_what_somebody_has_no_speech_for_is_left_out(pair: tuple[Talker, Talker]) -> None:
    assert [one.by for one in meeting(pair, Part("left", 9.0), Part("right", 1.0)).said] == ["right"]


def scene(*found: tuple[float, str, str | None]) -> Scene:
    tracks = tuple(
        Track(name, Interval(0.0, 9.0), (Sighting(0.0, Box(x, 0.3, 0.1, 0.2), 120.0, 0.9),))
        for name, x in (("T1", 0.2), ("T2", 0.7))
    )
    people = tuple(Person(f"F{n}", "unknown", 0.0, (Interval(0.0, 9.0),), (f"T{n}",), "") for n in (1, 2))
    speaking = tuple(Speaking(Interval(at, at + 1.0), "S1", bound, face, 0.9) for at, bound, face in found)  # type: ignore[arg-type]
    return Scene(people, tracks, (), (), speaking=speaking)


def test_what_is_bound_is_told_by_the_side_of_the_face() -> None:
    seen = scene((1.0, "face", "F1"), (3.0, "face", "F2"), (5.0, "nobody", None), (7.0, "untold", None))
    told = [bound_to(seen, Said(Interval(at, at + 1.0), "left")) for at in (1.0, 3.0, 5.0, 7.0, 8.5)]
    assert told == ["left", "right", "nobody", "untold", "untold"]


def test_untold_is_not_right_and_only_large_frontal_faces_have_a_target() -> None:
    def trial(bound: str, by: Party | None, px: int = 100, frontal: bool = True) -> Trial:
        return Trial("film", px, frontal, Said(Interval(0.0, 2.0), by), bound, by or "nobody")

    rows = figures([trial("left", "left"), trial("untold", "left"), trial("nobody", None), trial("left", "left", 70)])
    whole = {row.name: row for row in rows if "all but" in row.name}
    large, small = (whole[f"who speaks: frontal, {px} px, all but both moving"] for px in (100, 70))
    assert large.value == pytest.approx(2 / 3)
    assert (large.target, small.target) == (0.9, None)
    assert "1 untold, 0 wrong" in (large.note or "")


@pytest.mark.full
def test_made_people_are_told_apart_by_their_mouths(pair: tuple[Talker, Talker]) -> None:
    settings = VisionSettings()
    made = meeting(pair, *PARTS, Part("right", 1.6), Part("left", 1.2))
    with FaceModels(settings) as models:
        seen = look_at(made, models, settings)
    assert [bound_to(seen, one) for one in made.said] == ["left", "right", "nobody", "right", "left"]
