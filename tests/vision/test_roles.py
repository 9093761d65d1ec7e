"""Mouths against voices. The openings are made up; how well real mouths open is measured in test_field_faces.py."""

import numpy as np
import pytest

from engine.evidence import Box, Role, Sighting, Speaker, Transcript, Turn
from engine.interval import Interval
from engine.vision.roles import rank_score, roles
from engine.vision.settings import VisionSettings

SETTINGS = VisionSettings()
BOX = Box(0.1, 0.1, 0.1, 0.1)
MINUTES = 2


def transcript(first: Role = "agent", second: Role = "customer") -> Transcript:
    """S1 and S2 take turns of 6 s and 3 s with a second between."""
    turns, time = [], 0.0
    while time < 60 * MINUTES:
        turns += [Turn(Interval(time, time + 6), "S1"), Turn(Interval(time + 7, time + 10), "S2")]
        time += 11
    speakers = tuple(Speaker(one, role, 0.95, 60.0, "") for one, role in (("S1", first), ("S2", second)))
    return Transcript((), (), speakers, tuple(turns), tuple(turn.interval for turn in turns))


def mouth(speaker: str | None, seed: int, rise: float = 0.15, every: float = 1.0) -> list[Sighting]:
    """Openings of somebody who opens the mouth in the turns of `speaker`, one look per `every` seconds."""
    rng = np.random.default_rng(seed)
    own = [turn.interval for turn in transcript().turns if turn.speaker == speaker]
    looks = []
    for time in np.arange(0.25, 60 * MINUTES, every):
        talks = any(time in span for span in own)
        opening = abs(rng.normal(0, 0.02)) + (rng.uniform(0, 2 * rise) if talks else 0)
        looks.append(Sighting(float(time), BOX, 120.0, 0.9, float(opening)))
    return looks


def test_each_mouth_gets_its_voice() -> None:
    told = roles([mouth("S2", 1), mouth("S1", 2)], transcript(), SETTINGS)
    assert [one.role for one in told] == ["customer", "agent"]
    assert all(0.8 < one.confidence <= 0.95 for one in told)
    assert "客户" in told[0].why
    assert "销售人员" in told[1].why


@pytest.mark.parametrize("seed", range(20))
def test_a_mouth_that_never_opens_stays_unknown(seed: int) -> None:
    (told,) = roles([mouth(None, seed)], transcript(), SETTINGS)
    assert told.role == "unknown"
    assert told.confidence == 0.0
    assert told.why


def test_two_mouths_with_one_voice_stay_unknown() -> None:
    told = roles([mouth("S1", 3), mouth("S1", 4)], transcript(), SETTINGS)
    assert [one.role for one in told] == ["unknown", "unknown"]


def test_a_tiny_rise_is_no_speech() -> None:
    (told,) = roles([mouth("S1", 5, rise=0.01)], transcript(), SETTINGS)
    assert told.role == "unknown"


def test_few_looks_tell_nothing() -> None:
    (told,) = roles([mouth("S1", 6, every=12.0)], transcript(), SETTINGS)
    assert told.role == "unknown"


def test_without_voices_or_their_roles_nothing_is_told() -> None:
    looks = [mouth("S1", 7)]
    assert roles(looks, None, SETTINGS)[0].role == "unknown"
    assert roles(looks, transcript("unknown", "system"), SETTINGS)[0].role == "unknown"


def test_rank_score_is_symmetric_and_zero_for_ties() -> None:
    low, high = np.arange(20.0), np.arange(5.0, 25.0)
    assert rank_score(high, low) == pytest.approx(-rank_score(low, high))
    assert rank_score(high, low) > 1.5
    assert rank_score(np.zeros(20), np.zeros(30)) == 0.0
