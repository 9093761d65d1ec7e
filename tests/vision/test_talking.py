"""Who speaks, from mouths made up here: bound to the one that moves with the voice, to nobody, or to nothing."""

from collections.abc import Callable

import numpy as np
import pytest

from engine.evidence import Box, Sighting, Speaker, Track, Transcript, Turn, Utterance
from engine.interval import Interval, total, union
from engine.vision.finder import FaceModels
from engine.vision.mouths import Burst, Mouth, area_at, gaps, plan, watch
from engine.vision.settings import MouthLimits, VisionSettings
from engine.vision.survey import survey
from engine.vision.talking import HIDDEN, HUM, TOO_SMALL, TURNED, UNCLEAR, UNSEEN, bind, hold
from engine.vision.tracks import link
from tests.vision.scenes import Head, Picture, Place, Still

LIMITS = MouthLimits()
STEP = 1 / LIMITS.rate
SPAN = 20.0
SPEAKING, STILL, BUSY = 0.025, 0.002, 0.014
"""How far lips move from look to look: speaking, at rest, chewing."""

SAID = (
    ("S1", 1.0, 3.0),
    ("S2", 4.0, 5.0),
    ("S1", 6.0, 8.0),
    ("S2", 9.0, 9.6),
    ("S3", 11.0, 13.0),
    ("S2", 15.0, 17.0),
)


def transcript(*words: str) -> Transcript:
    utterances = tuple(
        Utterance(number, Interval(start, end), speaker, "unknown", words[number] if words else "明白", 1.0, 0, 0)
        for number, (speaker, start, end) in enumerate(SAID)
    )
    speakers = tuple(Speaker(name, "unknown", 1.0, 1.0, "") for name in ("S1", "S2", "S3"))
    turns = tuple(Turn(one.interval, one.speaker or "") for one in utterances)
    return Transcript((), utterances, speakers, turns, tuple(one.interval for one in utterances))


def mouth(
    track: str, voice: str | None, rest: float = STILL, *, lag: float = 0.0, px: float = 120.0, turned: float = 0.1
):
    """A mouth that moves while `voice` speaks, `lag` seconds before it is heard."""
    random = np.random.default_rng([ord(one) for one in track])
    times = (np.arange(round(SPAN * LIMITS.rate)) + 0.5) * STEP + lag
    own = [(start, end) for speaker, start, end in SAID if speaker == voice]
    size = np.array([SPEAKING if any(a <= time < b for a, b in own) else rest for time in times])
    gaps = 0.05 + np.where(np.arange(len(times)) % 2 == 0, 0.5, -0.5) * size * (0.7 + 0.6 * random.random(len(times)))
    return Mouth(track, tuple(float(one) for one in gaps), px, turned)


def bound(*mouths: Mouth, words: tuple[str, ...] = (), lag: float = 0.0, there: dict[str, Interval] | None = None):
    burst = Burst(0.0, STEP, len(mouths[0].apart) if mouths else round(SPAN * LIMITS.rate), tuple(mouths))
    bouts = hold([burst], transcript(*words), LIMITS, lag, there)
    return [(one.track or one.reason or one.bound) for one in (bind(bout, LIMITS) for bout in bouts)]


def test_each_utterance_is_bound_to_the_mouth_that_moves_or_to_nobody() -> None:
    assert bound(mouth("T1", "S1"), mouth("T2", "S2")) == ["T1", "T2", "T1", "T2", "nobody", "T2"]


def test_a_mouth_that_never_rests_takes_no_utterance_from_the_one_that_speaks() -> None:
    found = bound(mouth("T1", "S1"), mouth("T2", None, BUSY))
    assert [found[0], found[2]] == ["T1", "T1"]
    assert found[4] in (UNCLEAR, "nobody")


def test_sound_that_lags_is_held_against_the_pictures_it_belongs_to() -> None:
    mouths = mouth("T1", "S1", lag=0.8), mouth("T2", "S2", lag=0.8)
    assert bound(*mouths, lag=0.8) == ["T1", "T2", "T1", "T2", "nobody", "T2"]
    assert bound(*mouths) != ["T1", "T2", "T1", "T2", "nobody", "T2"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (mouth("T2", "S2", px=60.0), TOO_SMALL),
        (mouth("T2", "S2", turned=0.8), TURNED),
        (Mouth("T2", (None,) * round(SPAN * LIMITS.rate), 120.0, 1.0), HIDDEN),
    ],
)
def test_what_an_unreadable_mouth_may_have_said_is_not_said_by_nobody(other: Mouth, reason: str) -> None:
    found = bound(mouth("T1", "S1"), other)
    assert (found[0], found[2]) == ("T1", "T1")
    assert [found[1], found[3], found[4], found[5]] == [reason] * 4


def test_somebody_too_small_to_be_read_may_have_spoken_too() -> None:
    whole = Interval(0.0, SPAN)
    found = bound(mouth("T1", "S1"), there={"T1": whole, "T9": whole})
    assert found == ["T1", TOO_SMALL, "T1", TOO_SMALL, TOO_SMALL, TOO_SMALL]
    assert bound(there={"T9": whole}) == [TOO_SMALL] * len(SAID)
    assert bound() == [UNSEEN] * len(SAID)


def test_who_comes_later_hides_no_mouth_before() -> None:
    """A burst may last while somebody comes in: away, he had no mouth that could have been covered."""
    late = mouth("T2", None)
    late = Mouth(late.track, (None,) * 175 + late.apart[175:], late.height_px, late.turned)  # from 14 s on
    there = {"T1": Interval(0.0, SPAN), "T2": Interval(14.0, SPAN)}
    assert bound(mouth("T1", "S1"), late, there=there) == ["T1", "nobody", "T1", "nobody", "nobody", "nobody"]
    assert bound(mouth("T1", "S1"), late)[1] == HIDDEN


def test_a_face_that_was_not_watched_may_be_the_one_that_spoke() -> None:
    """Now over, now under the least height: nobody is said to speak from off screen while it is there."""
    there = {"T1": Interval(0.0, SPAN), "T2": Interval(8.5, 13.5)}
    assert bound(mouth("T1", "S1"), there=there) == ["T1", "nobody", "T1", TOO_SMALL, TOO_SMALL, "nobody"]


def test_a_hum_needs_no_mouth() -> None:
    words = ("明白", "明白", "明白", "明白", "嗯嗯。", "明白")
    assert bound(mouth("T1", "S1"), mouth("T2", "S2"), words=words)[4] == HUM


def test_what_was_not_watched_is_not_judged() -> None:
    burst = Burst(0.0, STEP, round(2.2 * LIMITS.rate), ())
    assert [one.interval.start for one in hold([burst], transcript(), LIMITS)] == [1.0]


def track(name: str, *spans: Interval) -> Track:
    times = [at / 2 for span in spans for at in range(round(span.start * 2), round(span.end * 2))]
    sightings = tuple(Sighting(time, Box(0.2 + time / 1000, 0.3, 0.1, 0.2), 120.0, 0.9) for time in times)
    return Track(name, Interval(spans[0].start, spans[-1].end), sightings)


def talk(count: int, *roles: str) -> Transcript:
    utterances = tuple(
        Utterance(n, Interval(5.0 * n, 5.0 * n + 2.0), roles[n % len(roles)], roles[n % len(roles)], "好", 1.0, 0, 0)
        for n in range(count)
    )
    return Transcript((), utterances, (), (), tuple(one.interval for one in utterances))


def test_answers_are_watched_first_then_a_sample_of_every_voice() -> None:
    spans = plan(talk(100, "agent", "customer"), [track("T1", Interval(0.0, 500.0))], LIMITS, 500.0)
    customer = [one for one in spans if int(one.middle // 5) % 2]
    assert total(union(spans)) <= LIMITS.most_share * 500.0
    assert len(customer) >= 10
    assert max(one.start for one in customer) > 400.0  # spread over all of it, not the first ones


def test_all_answers_of_a_short_session_are_watched_and_no_empty_picture_is() -> None:
    spans = plan(talk(6, "agent", "customer"), [track("T1", Interval(0.0, 17.0))], LIMITS, 30.0)
    assert all(any(one.overlap(Interval(start, start + 2.0)) == 2.0 for one in spans) for start in (5.0, 15.0))
    assert not any(one.overlap(Interval(20.0, 30.0)) for one in spans)


def test_what_is_watched_already_costs_nothing() -> None:
    talked, faces = talk(100, "agent", "customer"), [track("T1", Interval(0.0, 500.0))]
    already = (Interval(0.0, 250.0),)
    new = plan(talked, faces, LIMITS, 500.0, already)
    assert total(union(new)) > total(union(plan(talked, faces, LIMITS, 500.0)))


def test_a_face_moves_evenly_between_two_looks_and_is_lost_after_them() -> None:
    sightings = (Sighting(1.0, Box(0.2, 0.3, 0.1, 0.2), 100.0, 0.9), Sighting(1.5, Box(0.3, 0.3, 0.1, 0.2), 100.0, 0.9))
    middle = area_at(sightings, 1.25, 1000, 1000, LIMITS)
    assert middle is not None
    assert middle.left == pytest.approx(250.0)
    assert area_at(sightings, 2.0, 1000, 1000, LIMITS) is not None
    assert area_at(sightings, 3.0, 1000, 1000, LIMITS) is None


def test_mouths_are_read_where_the_survey_saw_the_faces(
    models: FaceModels, settings: VisionSettings, compose: Callable[..., Picture], astronaut: Head, hopper: Head
) -> None:
    """The second one leaves half-way, the third is too small."""
    all_, two = (
        compose(*(Place(head, x, 330, size) for head, x, size in people))
        for people in (
            ((astronaut, 250, 120), (hopper, 700, 110), (astronaut, 1100, 50)),
            ((astronaut, 250, 120), (astronaut, 1100, 50)),
        )
    )
    seen = survey([Still(n / 2, all_ if n < 4 else two) for n in range(8)], models, settings)
    tracks = link(seen, settings)
    pictures = [Still(n / 25, all_ if n < 50 else two) for n in range(100)]
    burst = watch(Interval(0.5, 3.5), pictures[12:88], tracks, models.mesh, settings)
    assert [round(one.height_px, -1) for one in burst.mouths] == [120, 110]
    there, left = (gaps(one) for one in burst.mouths)
    assert np.isfinite(there).all()
    assert float(np.nanmax(there)) < 0.1
    assert np.isfinite(left)[:15].all()
    assert not np.isfinite(left)[30:].any()
    assert float(np.abs(np.diff(there)).max()) < LIMITS.usual_motion
    assert all(one.turned < 0.35 for one in burst.mouths)
