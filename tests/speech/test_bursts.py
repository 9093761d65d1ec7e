"""Very short voiced sounds on a channel of its own: kept, while clicks, leaks and noise are not."""

import numpy as np
import pytest

from engine.interval import Interval
from engine.speech.bursts import voiced_bursts

RATE = 16000


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def hum(seconds: float, pitch: float = 180.0, level: float = 0.1) -> np.ndarray:
    """A closed-mouth 嗯: harmonics of one pitch, falling by 6 dB each."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(level * sum(np.sin(2 * np.pi * pitch * n * time) / n for n in range(1, 6)), dtype=np.float32)


def rustle(seconds: float, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(3).normal(0, level, round(seconds * RATE)).astype(np.float32)


def around(burst: np.ndarray) -> np.ndarray:
    return np.concatenate([silence(1.0), burst, silence(1.0)])


@pytest.mark.parametrize(("seconds", "pitch"), [(0.15, 92.0), (0.2, 180.0), (0.4, 310.0)])
def test_a_short_voiced_sound_out_of_silence_is_kept(seconds: float, pitch: float) -> None:
    sound = around(hum(seconds, pitch))
    (found,) = voiced_bursts(sound, [silence(3.0)[: len(sound)]], ())
    assert found.start == pytest.approx(1.0, abs=0.1)
    assert found.end == pytest.approx(1.0 + seconds, abs=0.1)


@pytest.mark.parametrize(
    "sound",
    [around(rustle(0.2)), around(hum(0.03)), np.concatenate([rustle(1.0), hum(0.3), rustle(1.0)]), silence(0.0)],
    ids=["a rustle", "a click", "a hum in noise as loud", "nothing"],
)
def test_what_is_no_voice_of_its_own_is_not(sound: np.ndarray) -> None:
    assert voiced_bursts(sound, [np.zeros_like(sound)], ()) == ()


def test_a_leak_of_the_other_party_is_not() -> None:
    other = around(hum(0.3))
    assert voiced_bursts(other * 0.1, [other], ()) == ()


def test_speech_that_is_known_is_not_found_again() -> None:
    sound = around(hum(0.3))
    assert voiced_bursts(sound, [np.zeros_like(sound)], (Interval(0.9, 1.4),)) == ()
