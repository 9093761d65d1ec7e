"""Answers in another voice: which turns of the customer sound like somebody else."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.evidence import Role, Speaker, Stranger, Transcript, Turn
from engine.interval import Interval
from engine.speech.settings import StrangerSettings
from engine.speech.strangers import RATE, find_strangers

SETTINGS = StrangerSettings()
OWN, OTHER, ALIKE = 0.0, 0.1, 0.2


class ByLevel:
    """A network that tells constant sounds apart by their level: one direction for each, the third near the first."""

    def vectors(self, sounds: Sequence[np.ndarray]) -> np.ndarray:
        directions = np.array([[1, 0], [0.6, 0.8], [0.9, 0.436]], dtype=np.float32)
        return np.stack([directions[round(float(np.median(sound)) * 10)] for sound in sounds])


def talk(
    levels: Sequence[float], seconds: float = 1.0, role: Role = "customer", speaker: str = "S2"
) -> tuple[Transcript, np.ndarray]:
    """A salesperson and a customer take turns of `seconds` each; the customer's are at `levels`."""
    turns, sound, time = [], [], 0.0
    for level in levels:
        for name, loud in (("S1", OTHER), (speaker, level)):
            turns.append(Turn(Interval(time, time + seconds), name))
            sound.append(np.full(round(seconds * RATE), loud, dtype=np.float32))
            time += seconds
    speakers = (Speaker("S1", "agent", 1.0, 9.0, ""), Speaker(speaker, role, 1.0, 9.0, ""))
    return Transcript((), (), speakers, tuple(turns), ()), np.concatenate(sound)


def found(transcript: Transcript, sound: np.ndarray) -> tuple[Stranger, ...]:
    return find_strangers(transcript, sound, ByLevel(), SETTINGS)


@pytest.mark.parametrize("role", ["customer", "insured"])
def test_a_few_answers_in_a_row_in_another_voice(role: Role) -> None:
    levels = [OWN] * 4 + [OTHER] * 2 + [OWN] * 4
    assert found(*talk(levels, role=role)) == (Stranger(Interval(9.0, 12.0), role, 0.6),)


@pytest.mark.parametrize(
    "levels",
    [
        [OWN] * 10,
        [OWN] * 4 + [ALIKE] * 3 + [OWN] * 4,  # 0.9: one person does not sound the same all the time
        [OWN] * 5 + [OTHER] + [OWN] * 5,  # one second of sound proves nothing
        [OWN, OTHER, OTHER],  # too little to know how the customer sounds
    ],
)
def test_what_is_no_other_voice(levels: list[float]) -> None:
    assert found(*talk(levels)) == ()


def test_the_salesperson_is_not_compared() -> None:
    assert found(*talk([OWN] * 4 + [OTHER] * 3 + [OWN] * 4, role="agent")) == ()


def test_one_long_answer_is_enough() -> None:
    assert found(*talk([OWN] * 3 + [OTHER] + [OWN] * 3, seconds=2.0)) == (Stranger(Interval(14, 16), "customer", 0.6),)


def test_two_strangers_at_different_times_are_two() -> None:
    levels = [OWN] * 6 + [OTHER] * 2 + [OWN] * 6 + [OTHER] * 2 + [OWN] * 6
    assert [one.span for one in found(*talk(levels))] == [Interval(13, 16), Interval(29, 32)]


def test_two_voices_that_answer_as_much_are_both_strangers() -> None:
    """Nobody can say then which of them is the customer."""
    spans = [one.span for one in found(*talk([OWN] * 5 + [OTHER] * 4))]
    assert spans == [Interval(1, 10), Interval(11, 18)]


def test_a_person_heard_as_another_voice_of_the_customer_s_is_a_stranger() -> None:
    transcript, sound = talk([OWN] * 6 + [OTHER] * 2)
    turns = tuple(
        replace(one, speaker="S3") if one.interval.start >= 13 and one.speaker == "S2" else one
        for one in transcript.turns
    )
    third = replace(transcript, turns=turns, speakers=(*transcript.speakers, Speaker("S3", "customer", 1.0, 2.0, "")))
    assert [one.span for one in found(third, sound)] == [Interval(13, 16)]


def test_what_is_said_while_others_speak_is_left_out() -> None:
    transcript, sound = talk([OWN] * 6 + [OTHER] * 2)
    crossed = tuple(
        replace(one, interval=Interval(one.interval.start, one.interval.end + 1.0))
        if one.speaker == "S1" and one.interval.start >= 12
        else one
        for one in transcript.turns
    )
    assert found(replace(transcript, turns=crossed), sound) == ()
