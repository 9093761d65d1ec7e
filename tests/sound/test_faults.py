"""Faults of the sound: holes, clipping, echo, hum, band, channels and levels of each voice."""

import numpy as np
import pytest

from engine.evidence import Turn
from engine.interval import Interval
from engine.sound.breaks import find_breaks
from engine.sound.quality import measure
from tests.sound.test_quality import RATE, SPEECH, audio, noise, speech

WHOLE = (Interval(0.0, 30.0),)


def syllables(level_db: float = -20.0, seconds: float = 30.0, seed: int = 3) -> np.ndarray:
    """Noise that comes and goes as speech does, over a quiet room."""
    times = np.arange(round(seconds * RATE)) / RATE
    shape = np.clip(np.sin(2 * np.pi * 2.7 * times) + 0.4 * np.sin(2 * np.pi * 0.9 * times), 0.02, 1)
    return (noise(seconds, level_db, seed) * shape + noise(seconds, -65, seed + 1)).astype(np.float32)


@pytest.mark.parametrize(("length", "holes"), [(0.05, 0), (0.2, 1), (0.6, 1), (1.5, 0)])
def test_holes_in_the_middle_of_sound(length: float, holes: int) -> None:
    samples = noise(30, -20)
    begin = round(12.345 * RATE)
    samples[begin : begin + round(length * RATE)] = 0
    found = measure(audio(samples), WHOLE).holes
    assert found is not None
    assert len(found) == holes
    for hole in found:
        assert (hole.start, hole.end) == pytest.approx((12.345, 12.345 + length), abs=0.02)


def test_what_a_recorder_mutes_in_pauses_is_no_hole() -> None:
    samples = noise(30, -20) * np.repeat(np.linspace(1, 0, 300) ** 2, RATE // 10)[: 30 * RATE]
    faded = np.concatenate([samples, np.zeros(RATE // 2, np.float32), noise(5, -20)])
    assert measure(audio(faded), (Interval(0, 20),)).holes == ()


@pytest.mark.parametrize("peak", [0.99, 0.4])
def test_clipping_at_full_scale_and_below_it(peak: float) -> None:
    clean = syllables(-18)
    assert measure(audio(clean), WHOLE).clipped == ()
    spoiled = clean.copy()
    part = slice(10 * RATE, 16 * RATE)
    limit = np.quantile(np.abs(clean[part]), 0.95)
    spoiled[part] = np.clip(clean[part], -limit, limit) * (peak / limit)
    (found,) = measure(audio(spoiled), WHOLE).clipped or ()
    assert (found.start, found.end) == pytest.approx((10, 16), abs=0.6)


def test_each_span_has_its_own_clipping() -> None:
    loud = np.clip(np.where(np.arange(30 * RATE) >= 20 * RATE, noise(30, -1), noise(30, -20)), -1, 1)
    shares = [span.clipped_share for span in measure(audio(loud), WHOLE).spans]
    assert shares[:2] == [0, 0]
    assert shares[2] > 0.03


@pytest.mark.parametrize(("gain", "delay"), [(0.3, 0.12), (0.5, 0.25), (0.6, 0.5)])
def test_an_echo_is_found_with_its_delay(gain: float, delay: float) -> None:
    dry = syllables()
    late = np.pad(dry, (round(delay * RATE), 0))[: len(dry)]
    found = measure(audio(dry + gain * late), WHOLE).echo
    assert found is not None
    assert found.delay == pytest.approx(delay, abs=0.001)
    assert 0.5 * gain < found.gain < gain + 0.05  # what comes late falls out of the window
    assert measure(audio(dry), WHOLE).echo is None


@pytest.mark.parametrize("hz", [50, 60])
def test_hum_is_told_by_its_lines(hz: int) -> None:
    times = np.arange(30 * RATE) / RATE
    lines = sum(share * np.sin(2 * np.pi * hz * n * times) for n, share in ((1, 1.0), (2, 0.6), (3, 0.4), (5, 0.3)))
    found = measure(audio(syllables() + 0.01 * lines), WHOLE).hum
    assert found is not None
    assert found.hz == hz
    assert found.level_db == pytest.approx(10 * np.log10(1e-4 * 0.5 * (1 + 0.36 + 0.16 + 0.09)), abs=1.5)


def test_a_tone_is_no_hum() -> None:
    tone = 0.05 * np.sin(2 * np.pi * 440 * np.arange(30 * RATE) / RATE)
    assert measure(audio(syllables() + tone), WHOLE).hum is None
    assert measure(audio(syllables()), WHOLE).hum is None


def test_a_telephone_s_band() -> None:
    from scipy.signal import butter, sosfiltfilt

    wide = syllables()
    narrow = sosfiltfilt(butter(12, 3400, fs=RATE, output="sos"), wide)
    assert measure(audio(wide), WHOLE).bandwidth_hz == pytest.approx(8000, abs=300)
    assert measure(audio(narrow.astype(np.float32)), WHOLE).bandwidth_hz == pytest.approx(4100, abs=500)


def test_levels_of_each_voice_while_it_speaks_alone() -> None:
    samples = speech(-20, spans=SPEECH[:1]) + speech(-38, spans=SPEECH[1:]) + noise(30, -60, 9)
    turns = (Turn(SPEECH[0], "A"), Turn(SPEECH[1], "B"), Turn(Interval(8.5, 9.0), "B"), Turn(Interval(29.5, 30), "C"))
    found = measure(audio(samples), SPEECH, turns=turns).parties
    assert found is not None
    assert [one.speaker for one in found] == ["A", "B"]
    assert [one.level_db for one in found] == pytest.approx([-20, -38], abs=0.5)
    assert [one.seconds for one in found] == pytest.approx([6.5, 7.0], abs=0.02)
    assert measure(audio(samples), SPEECH).parties is None


@pytest.mark.parametrize(("channels", "dead"), [(1, 0), (2, 0), (3, 1)])
def test_a_channel_without_sound(channels: int, dead: int) -> None:
    one = speech(-20) + noise(30, -60)
    given = {1: (one,), 2: (one, speech(-20, spans=SPEECH[:1]) + noise(30, -60, 4)), 3: (one, np.zeros(30 * RATE))}
    assert measure(audio(*given[channels]), SPEECH).dead_channels == dead


def test_a_break_stands_out_from_what_the_sound_does_anyway() -> None:
    times = np.arange(10 * RATE) / RATE
    low = 0.1 * np.sin(2 * np.pi * 220 * times) + noise(10, -60)
    high = 0.1 * np.sin(2 * np.pi * 1800 * times) + noise(10, -60)
    spliced = np.where(times < 5, low, high).astype(np.float32)
    assert find_breaks(spliced, RATE, (2.0, 5.0, 8.0)) == (5.0,)
    assert find_breaks(spliced[: RATE // 10], RATE, (0.05,)) == ()
    assert find_breaks(np.zeros(0, np.float32), RATE, (1.0,)) == ()
