"""Whose sound is whose: by the turns of the voices, or by a channel of their own."""

import numpy as np

from engine.evidence import Role, Speaker, Transcript, Turn
from engine.interval import Interval
from engine.parties import parties

PER_SECOND = 10


def transcript(*turns: tuple[str, float, float]) -> Transcript:
    roles: dict[str, Role] = {"S1": "agent", "S2": "customer"}
    return Transcript(
        characters=(),
        utterances=(),
        speakers=tuple(Speaker(name, role, 1.0, 1.0, "") for name, role in roles.items()),
        turns=tuple(Turn(Interval(start, end), name) for name, start, end in turns),
        speech=(),
    )


def test_in_one_channel_a_party_has_what_sounds_in_its_turns_and_the_rest_is_nobodys() -> None:
    peaks = np.full((1, 100), 50, dtype=np.uint8)
    (agent, customer), rest = parties(peaks, PER_SECOND, transcript(("S1", 1, 2), ("S2", 5, 6)))
    assert (agent.role, customer.role) == ("agent", "customer")
    assert agent.peaks[10:20].tolist() == [50] * 10
    assert agent.peaks[30:].max() == 0
    assert customer.peaks[50:60].tolist() == [50] * 10
    assert customer.peaks[:45].max() == 0
    assert rest[12] == rest[55] == 0
    assert rest[30] == 50


def test_a_party_with_a_channel_of_its_own_has_all_of_it() -> None:
    peaks = np.zeros((2, 100), dtype=np.uint8)
    peaks[0, 10:20], peaks[1, 50:60], peaks[1, 80] = 90, 70, 9
    (agent, customer), _ = parties(peaks, PER_SECOND, transcript(("S1", 1, 2), ("S2", 5, 6)))
    assert (agent.peaks == peaks[0]).all()
    assert (customer.peaks == peaks[1]).all()


def test_without_a_transcript_or_sound_nobody_has_any() -> None:
    peaks = np.array([[1, 2], [3, 1]], dtype=np.uint8)
    found, rest = parties(peaks, PER_SECOND, None)
    assert found == ()
    assert rest.tolist() == [3, 2]
    assert parties(np.zeros((0, 0), dtype=np.uint8), PER_SECOND, transcript(("S1", 0, 1)))[0] == ()
