"""Noise weakened before recognition: by how much, where not at all, and what it leaves of the speech."""

import numpy as np
import pytest

from engine.interval import Interval
from engine.speech.denoise import without_noise
from engine.speech.settings import NoiseSettings

RATE = 16000
SPEECH = (Interval(1.0, 2.0), Interval(2.6, 4.0))
TIME = np.arange(5 * RATE) / RATE


def voice() -> np.ndarray:
    """Vowels between pauses: harmonics of 150 Hz that come and go four times a second."""
    vowel = sum(np.sin(2 * np.pi * 150 * n * TIME) / n for n in range(1, 20)) * (1.2 + np.sin(2 * np.pi * 4 * TIME))
    speaking = sum((one.start <= TIME) & (one.end > TIME) for one in SPEECH)
    return (0.05 * vowel * speaking).astype(np.float32)


def noise(snr_db: float) -> np.ndarray:
    spoken = voice()
    level = np.sqrt(np.square(spoken[spoken != 0]).mean()) * 10 ** (-snr_db / 20)
    return (np.random.default_rng(7).standard_normal(len(TIME)) * level).astype(np.float32)


def left_over(sound: np.ndarray, spoken: np.ndarray) -> float:
    """What is not speech in `sound`, in dB."""
    return 10 * float(np.log10(np.square(sound - spoken).mean()))


def test_noise_is_weakened_and_the_speech_stays():
    spoken, hiss = voice(), noise(10.0)
    clearer = without_noise(spoken + hiss, SPEECH, NoiseSettings())
    assert clearer.dtype == np.float32
    assert len(clearer) == len(spoken)
    assert left_over(clearer, spoken) < left_over(spoken + hiss, spoken) - 4.0
    assert np.corrcoef(clearer, spoken)[0, 1] > 0.97
    pause = slice(0, RATE // 2)
    assert np.square(clearer[pause]).mean() < 0.02 * np.square(hiss[pause]).mean()


def test_the_same_sound_gives_the_same_sound():
    noisy = voice() + noise(10.0)
    assert np.array_equal(
        without_noise(noisy, SPEECH, NoiseSettings()), without_noise(noisy.copy(), SPEECH, NoiseSettings())
    )


@pytest.mark.parametrize("snr_db", [25.0, 60.0])
def test_clear_sound_is_left_as_it_is(snr_db):
    assert without_noise(voice() + noise(snr_db), SPEECH, NoiseSettings()) is None


def test_what_cannot_be_measured_is_left_as_it_is():
    assert without_noise(np.zeros(5 * RATE, np.float32), SPEECH, NoiseSettings()) is None
    assert without_noise(np.zeros(100, np.float32), (), NoiseSettings()) is None
    assert without_noise(noise(0.0), (), NoiseSettings()) is None  # nobody speaks


def test_without_pauses_the_quiet_moments_tell_the_noise():
    spoken, hiss = voice(), noise(5.0)
    begin, end = round(2.6 * RATE), round(4.0 * RATE)
    clearer = without_noise((spoken + hiss)[begin:end], [Interval(0.0, 1.4)], NoiseSettings())
    assert left_over(clearer, spoken[begin:end]) < left_over((spoken + hiss)[begin:end], spoken[begin:end]) - 2.0
