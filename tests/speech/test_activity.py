"""Voice activity: short answers stay, silence and noise give nothing."""

import numpy as np
import pytest

from engine.interval import Interval, total
from engine.speech.activity import detect
from engine.speech.settings import ActivitySettings

RATE = 16000
FRAME = 512


class Scripted:
    """A network that says what it is told, one probability per frame of 32 ms."""

    def __init__(self, probabilities: list[float]) -> None:
        self._probabilities = np.array(probabilities, dtype=np.float32)

    def probabilities(self, _: np.ndarray) -> np.ndarray:
        return self._probabilities


def sound(frames: int, level: float = 0.1) -> np.ndarray:
    return np.full(frames * FRAME, level, dtype=np.float32)


def test_an_answer_of_a_fifth_of_a_second_is_kept() -> None:
    found = detect(sound(40), Scripted([0.0] * 20 + [0.9] * 6 + [0.0] * 14))
    assert len(found) == 1
    assert found[0].start == pytest.approx(0.64 - 0.06)
    assert found[0].end == pytest.approx(0.832 + 0.06)


def test_a_click_of_one_frame_is_dropped() -> None:
    assert detect(sound(40), Scripted([0.0] * 20 + [0.9] + [0.0] * 19)) == ()


def test_a_breath_is_bridged_and_a_pause_is_not() -> None:
    breath = [0.9] * 10 + [0.0] * 3 + [0.9] * 10
    pause = [0.9] * 10 + [0.0] * 12 + [0.9] * 10
    assert len(detect(sound(40), Scripted(breath + [0.0] * 17))) == 1
    assert len(detect(sound(40), Scripted(pause + [0.0] * 8))) == 2


def test_what_is_too_quiet_is_no_speech_whatever_the_network_says() -> None:
    assert detect(sound(40, 1e-5), Scripted([0.9] * 40)) == ()


def test_unsure_speech_out_of_silence_counts_and_unsure_noise_does_not() -> None:
    doubt = [0.01] * 20 + [0.2] * 10 + [0.01] * 10
    muffled = np.concatenate([sound(20, 1e-4), sound(10, 0.1), sound(10, 1e-4)])
    assert len(detect(muffled, Scripted(doubt))) == 1
    assert detect(sound(40), Scripted(doubt)) == ()


def test_stretches_end_with_the_sound() -> None:
    found = detect(sound(10)[:-100], Scripted([0.9] * 10))
    assert found == (Interval(0.0, (10 * FRAME - 100) / RATE),)


def test_no_sound_gives_no_speech(detector: object) -> None:
    assert detect(np.zeros(0, dtype=np.float32), detector) == ()


@pytest.mark.parametrize("level", [0.0, 1e-3, 0.05])
def test_silence_and_white_noise_give_no_speech(detector: object, level: float) -> None:
    noise = np.random.default_rng(3).normal(0, 1, 10 * RATE).astype(np.float32) * level
    assert detect(noise, detector) == ()


def test_real_speech_is_found(detector: object, clip: object) -> None:
    spoken = clip("mandarin_single/FunASR__asr_example.wav")
    quiet = np.zeros(3 * RATE, dtype=np.float32)
    found = detect(np.concatenate([quiet, spoken, quiet]), detector)
    assert all(one.start > 3.5 and one.end < 9.0 for one in found)
    assert 3.5 < total(found) < 5.0


def test_settings_are_used() -> None:
    strict = ActivitySettings(onset=0.95)
    assert detect(sound(20), Scripted([0.9] * 20), strict) == ()
