"""Faults that a script plants lie where the truth says, and the rest of the truth moves with them."""

import numpy as np
import pytest
from pydantic import ValidationError

from engine.interval import Interval
from eval.synth.effects import PICTURE_KINDS, SOUND_KINDS, Kind
from eval.synth.script import Script
from eval.synth.session import Composition, spoiler_of
from eval.synth.spoiling import Spoiler
from eval.synth.truth import TrueFace, TrueFault, TrueSpeaker, TrueTurn, Truth

RATE, FPS, SECONDS = 8000, 5, 10.0
TURNS = ((1.0, 2.0), (3.0, 4.5), (6.0, 8.0))


def truth() -> Truth:
    turns = tuple(TrueTurn(n, "A", "agent", Interval(*span), "好", "好", f"L{n}") for n, span in enumerate(TURNS))
    face = TrueFace("astronaut", "A", "agent", 100, 0.5, 0.4, (Interval(0.0, SECONDS),))
    return Truth("s", "s.mp4", SECONDS, (TrueSpeaker("A", "agent", "male"),), turns, (face,), (Interval(8.5, 9.5),))


def sound() -> np.ndarray:
    time = np.arange(round(SECONDS * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * 200 * time) * (1 + 0.5 * np.sin(2 * np.pi * time)))[None].astype(np.float32)


def images() -> list[np.ndarray]:
    random = np.random.default_rng(1)
    base = random.integers(60, 200, (48, 64, 3)).astype(np.uint8)
    return [np.roll(base, number, axis=1) for number in range(round(SECONDS * FPS))]


def spoiler(kind: Kind, *spans: Interval, lag: float = 0.0) -> Spoiler:
    return Spoiler((TrueFault(kind, "medium", spans or (Interval(3.0, 5.0),), lag),), 7)


@pytest.mark.parametrize("kind", sorted(PICTURE_KINDS))
def test_pictures_are_spoiled_in_the_span_and_nowhere_else(kind: Kind) -> None:
    made = list(spoiler(kind).images(iter(images()), FPS))
    changed = [n / FPS for n, (one, two) in enumerate(zip(made, images(), strict=True)) if not np.array_equal(one, two)]
    assert 3.0 <= changed[0] <= 3.2
    assert 4.7 < changed[-1] < 5.0
    assert np.array_equal(spoiler(kind).sound(sound(), RATE), sound())


@pytest.mark.parametrize("kind", sorted(SOUND_KINDS))
def test_sound_is_spoiled_in_the_span_and_nowhere_else(kind: Kind) -> None:
    made = spoiler(kind).sound(sound(), RATE)
    changed = np.flatnonzero(np.abs(made - sound())[0] > 1e-4) / RATE
    assert 3.0 <= changed[0] < 3.5
    assert 4.9 < changed[-1] < 5.0
    assert len(list(spoiler(kind).images(iter(images()), FPS))) == len(images())


def test_a_cut_takes_as_much_out_of_everything() -> None:
    cut = spoiler("cut", Interval(4.0, 7.0))
    after = cut.truth(truth())
    assert after.duration == pytest.approx(7.0)
    assert cut.sound(sound(), RATE).shape[1] / RATE == pytest.approx(7.0)
    assert len(list(cut.images(iter(images()), FPS))) / FPS == pytest.approx(7.0)
    assert [(one.interval.start, one.interval.end) for one in after.turns] == [(1.0, 2.0), (3.0, 4.0), (4.0, 5.0)]
    assert after.dark == (Interval(5.5, 6.5),)
    assert after.faces[0].intervals == (Interval(0.0, 7.0),)
    assert after.planted[0].intervals == (Interval(4.0, 4.0),)
    assert np.array_equal(cut.sound(sound(), RATE)[:, 4 * RATE :], sound()[:, 7 * RATE :])


def test_what_was_said_in_a_cut_is_gone() -> None:
    after = spoiler("cut", Interval(2.5, 5.0)).truth(truth())
    assert [one.line for one in after.turns] == [0, 2]


def test_an_offset_moves_voices_and_no_faces() -> None:
    late = spoiler("offset", Interval(0.0, SECONDS), lag=0.7)
    after = late.truth(truth())
    assert [one.interval.start for one in after.turns] == pytest.approx([1.7, 3.7, 6.7])
    assert after.faces == truth().faces
    assert after.planted[0].lag == 0.7
    assert np.array_equal(late.sound(sound(), RATE)[:, round(0.7 * RATE) :], sound()[:, : -round(0.7 * RATE)])


def test_after_a_splice_it_is_another_take() -> None:
    made = list(spoiler("splice", Interval(4.0, 6.0)).images(iter(images()), FPS))
    assert len(made) / FPS == pytest.approx(8.0)
    assert np.array_equal(made[19], images()[19])
    assert made[20].mean() < 0.6 * images()[30].mean()


SCRIPT = {
    "id": "s",
    "speakers": {"A": {"voice": "male", "role": "agent"}},
    "lines": [{"by": "A", "say": "您好。", "id": "L0"}, {"by": "A", "say": "再见。", "id": "L1"}],
}


def test_a_script_places_faults_by_its_lines() -> None:
    script = Script.model_validate(
        {
            **SCRIPT,
            "video": {},
            "spoilt": [{"kind": "black", "from": "L1", "until": 5}, {"kind": "offset", "earlier": True}],
        }
    )
    planted = spoiler_of(script, Composition(truth(), sound())).faults
    assert planted[0].intervals == (Interval(3.0, 5.0),)
    assert planted[1].lag == -0.7


@pytest.mark.parametrize(
    ("spoilt", "complaint"),
    [
        ({"kind": "black"}, "needs a picture"),
        ({"kind": "cut"}, "needs until"),
        ({"kind": "hum", "from": "L9"}, "no line with id"),
        ({"kind": "turned"}, "spoilt"),
    ],
)
def test_faults_that_cannot_be_planted(spoilt: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Script.model_validate({**SCRIPT, "spoilt": [spoilt]})
