"""Voices known beforehand: which sample is whose, and when a voice is surely the enrolled one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.evidence import Speaker, Transcript, Turn, VoiceLikeness
from engine.interval import Interval
from engine.speech.diarize import DiarizationModels
from engine.speech.enrolment import RATE, compare, recognised, sample_of, voiceprint
from engine.speech.settings import EnrolmentSettings

SETTINGS = EnrolmentSettings()


class ByLevel:
    """A network that tells constant sounds apart by their level: 0.1 points along the first axis, 0.2 the second."""

    def vectors(self, sounds: Sequence[np.ndarray]) -> np.ndarray:
        return np.stack([np.eye(4, dtype=np.float32)[round(float(np.median(sound)) * 10)] for sound in sounds])


def session() -> tuple[Transcript, np.ndarray]:
    """S1 speaks at level 0.1 for 6 s, S2 at 0.2 for 3 s, S3 for too short a time to be compared."""
    turns = (Turn(Interval(0, 6), "S1"), Turn(Interval(6, 9), "S2"), Turn(Interval(9, 9.5), "S3"))
    speakers = tuple(Speaker(name, "unknown", 0.0, 1.0, "") for name in ("S1", "S2", "S3"))
    sound = np.repeat(np.array([0.1, 0.2, 0.3], dtype=np.float32), [6 * RATE, 3 * RATE, RATE // 2])
    return Transcript((), (), speakers, turns, ()), sound


def test_voices_are_compared_with_each_other_and_with_the_sample() -> None:
    transcript, sound = session()
    found = compare(transcript, sound, ByLevel(), {"agent": np.eye(4, dtype=np.float32)[1]}, SETTINGS)
    assert found == (
        VoiceLikeness("S1", "S2", 0.0),
        VoiceLikeness("S1", "agent", 1.0, enrolled=True),
        VoiceLikeness("S2", "agent", 0.0, enrolled=True),
    )


@pytest.mark.parametrize(
    ("similarities", "who"),
    [((0.9, 0.6), "S1"), ((0.6, 0.9), "S2"), ((0.8, 0.6), None), ((0.9, 0.88), None), ((0.9,), "S1"), ((), None)],
)
def test_a_voice_is_recognised_only_when_it_is_like_enough_and_ahead(
    similarities: tuple[float, ...], who: str | None
) -> None:
    likeness = [VoiceLikeness(f"S{n}", "agent", one, enrolled=True) for n, one in enumerate(similarities, start=1)]
    likeness.append(VoiceLikeness("S1", "S2", 0.99))
    assert list(recognised(likeness, SETTINGS)) == ([who] if who else [])


@pytest.mark.parametrize(
    ("staff_no", "found"), [("1023", True), ("9", False), ("../1023", False), ("", False), (None, False)]
)
def test_a_sample_is_found_by_a_plain_staff_number_only(tmp_path: Path, staff_no: str | None, found: bool) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    (folder / "1023.wav").touch()
    (tmp_path / "9.wav").touch()
    assert (sample_of(folder, staff_no) is not None) == found
    assert sample_of(None, staff_no) is None


def test_a_real_voice_is_nearer_its_own_sample_than_another(
    clip: Callable[[str], np.ndarray], voice_models: DiarizationModels
) -> None:
    def piece(name: str, start: float, end: float) -> np.ndarray:
        sound = clip(f"mandarin_single/{name}")[round(start * RATE) : round(end * RATE)]
        vector = voiceprint(sound, [Interval(0, end - start)], voice_models.embedder, SETTINGS)
        assert vector is not None
        return vector

    sample = piece("MOSS-TTSD__pod_m_enhanced.wav", 0, 5)
    again = piece("MOSS-TTSD__pod_m_enhanced.wav", 5, 10)
    other = piece("MOSS-TTSD__pod_f_enhanced.wav", 0, 5)
    assert float(sample @ again) >= SETTINGS.least_similarity > float(sample @ other)
