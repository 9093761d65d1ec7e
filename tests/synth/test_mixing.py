"""Placing and mixing, on tones instead of voices."""

import numpy as np
import pytest

from eval.synth.mixing import LOUDEST, mix, noise, place, resampled, reverberated, telephoned
from eval.synth.script import Line, Noise, Script, Sound, SpeakerSpec
from models.mandarin_voice import RATE

SPEAKERS = {
    "A": SpeakerSpec(voice="male", role="agent", channel=0),
    "B": SpeakerSpec(voice="female", role="customer", channel=1, level_db=-12),
}
LINES = (Line(by="A", say="您好。"), Line(by="B", say="好。", gap=0.5), Line(by="A", say="再见。", during=0.5))


def tone(seconds: float, hertz: float = 440.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


SPOKEN = [tone(2.0), tone(1.0, 700), tone(1.0)]


def script(**sound: object) -> Script:
    return Script(id="tones", speakers=SPEAKERS, lines=LINES, lead=1.0, tail=0.5, sound=Sound.model_validate(sound))


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.square(samples).mean()))


def test_gaps_overlaps_and_lines_during_others() -> None:
    first, second, third = place(LINES, SPOKEN, gap=0.3, lead=1.0)
    assert (first.start, first.end) == (1.0, 3.0)
    assert second.start == pytest.approx(3.5)
    assert third.start == pytest.approx(4.0)
    overlapping = place((LINES[0], Line(by="B", say="好。", gap=-0.4)), SPOKEN[:2], 0.3, 0.0)
    assert overlapping[1].start == pytest.approx(1.6)


def test_sound_lies_where_the_truth_says() -> None:
    made = script()
    places = place(LINES, SPOKEN, 0.3, 1.0)
    (sound,) = mix(made, SPOKEN, places)
    assert len(sound) == round((places[-1].end + 0.5) * 16000)
    assert rms(sound[: round(0.99 * 16000)]) < 1e-4
    assert rms(sound[round(1.1 * 16000) : round(2.9 * 16000)]) > 0.2
    assert rms(sound[round(3.05 * 16000) : round(3.45 * 16000)]) < 1e-3


def test_split_keeps_parties_apart_and_levels_differ() -> None:
    agent, customer = mix(script(layout="split"), SPOKEN, place(LINES, SPOKEN, 0.3, 1.0))
    only_customer = slice(round(3.55 * 16000), round(3.95 * 16000))
    assert rms(agent[only_customer]) < 1e-4
    assert 20 * np.log10(rms(customer[only_customer]) / 0.3535) == pytest.approx(-12, abs=0.5)


def test_dual_mono_is_the_same_twice() -> None:
    left, right = mix(script(layout="dual_mono"), SPOKEN, place(LINES, SPOKEN, 0.3, 1.0))
    assert np.array_equal(left, right)


@pytest.mark.parametrize("kind", ["white", "hum"])
@pytest.mark.parametrize("snr_db", [0.0, 15.0])
def test_noise_has_its_level(kind: str, snr_db: float) -> None:
    wanted = Noise.model_validate({"kind": kind, "snr_db": snr_db})
    made = noise(wanted, RATE, 0.1, script(), 0)
    assert 20 * np.log10(0.1 / rms(made)) == pytest.approx(snr_db, abs=0.01)
    assert np.array_equal(made, noise(wanted, RATE, 0.1, script(), 0))


def test_never_too_loud() -> None:
    loud = [tone(2.0) * 3, tone(1.0) * 3, tone(1.0) * 3]
    assert np.abs(mix(script(), loud, place(LINES, loud, 0.3, 1.0))).max() <= LOUDEST + 1e-6


def test_telephone_keeps_the_middle_of_the_band_only() -> None:
    assert rms(telephoned(tone(1.0, 1000.0))) > 0.3
    assert rms(telephoned(tone(1.0, 100.0))) < 0.02
    assert rms(telephoned(tone(1.0, 6000.0))) < 0.02


def test_a_room_rings_on() -> None:
    samples = np.concatenate([tone(0.5), np.zeros(RATE, np.float32)])
    rung = reverberated(samples, 0.4, seed=1)
    tail = slice(round(0.52 * RATE), round(0.6 * RATE))
    assert rms(rung[tail]) > 0.01
    assert rms(rung[round(1.2 * RATE) :]) < 1e-3


def test_resampling_keeps_length_in_seconds() -> None:
    assert len(resampled(tone(1.0), RATE, 8000)) == 8000
