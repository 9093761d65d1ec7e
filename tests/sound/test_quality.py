"""Sound quality against signals whose level, noise and damage are known."""

from pathlib import Path

import numpy as np
import pytest

from engine.interval import Interval
from engine.media.audio import Audio, from_samples
from engine.media.session import open_session
from engine.sound.quality import measure

RATE = 16_000
SPEECH = (Interval(2.0, 9.0), Interval(11.0, 18.0), Interval(22.0, 28.0))


def noise(seconds: float, level_db: float, seed: int = 1) -> np.ndarray:
    level = 10 ** (level_db / 20)
    return (np.random.default_rng(seed).standard_normal(round(seconds * RATE)) * level).astype(np.float32)


def speech(level_db: float, seconds: float = 30, spans: tuple[Interval, ...] = SPEECH) -> np.ndarray:
    """Noise of `level_db` during `spans`, nothing elsewhere."""
    times = np.arange(round(seconds * RATE)) / RATE
    voiced = np.any([(times >= span.start) & (times < span.end) for span in spans], axis=0)
    return np.where(voiced, noise(seconds, level_db, 2), 0).astype(np.float32)


def audio(*channels: np.ndarray) -> Audio:
    return from_samples(np.stack(channels).astype(np.float32), RATE)


@pytest.mark.parametrize(("level", "floor"), [(-20, -60), (-25, -40), (-30, -40), (-20, -23)])
def test_levels_and_ratio(level: float, floor: float) -> None:
    found = measure(audio(speech(level) + noise(30, floor)), SPEECH)
    assert found.noise_db == pytest.approx(floor, abs=0.5)
    assert found.level_db == pytest.approx(10 * np.log10(10 ** (level / 10) + 10 ** (floor / 10)), abs=0.5)
    assert found.snr_db == pytest.approx(level - floor, abs=1.0)
    assert [span.interval for span in found.spans] == [Interval(0, 10), Interval(10, 20), Interval(20, 30)]
    for span in found.spans:
        assert span.snr_db == pytest.approx(level - floor, abs=1.0)
    assert found.clipped_share == 0
    assert found.dropouts == ()


def test_noise_that_begins_half_way_is_seen_in_its_span() -> None:
    late = np.where(np.arange(30 * RATE) >= 20 * RATE, noise(30, -25, 3), noise(30, -60, 4))
    found = measure(audio(speech(-20) + late), SPEECH)
    ratios = [span.snr_db for span in found.spans]
    assert ratios[0] is not None
    assert ratios[2] is not None
    assert ratios[0] > 35
    assert ratios[2] == pytest.approx(5, abs=1.5)


def test_a_door_that_slams_is_no_noise_floor() -> None:
    samples = speech(-20) + noise(30, -55)
    samples[19 * RATE : 19 * RATE + 3000] += noise(3000 / RATE, -10, 8)
    assert measure(audio(samples), SPEECH).noise_db == pytest.approx(-55, abs=1)


def test_speech_overlooked_in_a_call_that_sends_no_pauses_is_no_noise() -> None:
    """Pauses are digital silence; what sounds outside the known speech is an answer that nobody counted."""
    overlooked = Interval(18.5, 20.7)
    times = np.arange(30 * RATE) / RATE
    syllables = np.sin(2 * np.pi * 3 * times) > -0.6
    spoken = speech(-25, spans=(*SPEECH, overlooked)) * syllables + speech(-55, spans=(*SPEECH, overlooked))
    found = measure(audio(spoken), SPEECH)
    assert found.noise_db < -50
    assert all(span.snr_db is None or span.snr_db > 20 for span in found.spans)


def test_speech_without_a_pause() -> None:
    """The quietest moments between syllables stand for the pauses."""
    times = np.arange(30 * RATE) / RATE
    syllables = (np.sin(2 * np.pi * 3 * times) > -0.6).astype(np.float32)
    found = measure(audio(noise(30, -20) * syllables + noise(30, -50, 5)), (Interval(0, 30),))
    assert found.noise_db == pytest.approx(-50, abs=2)
    assert found.snr_db == pytest.approx(29, abs=3)


def test_nobody_speaks() -> None:
    found = measure(audio(noise(30, -50)), ())
    assert found.snr_db is None
    assert found.level_db == pytest.approx(-50, abs=0.3)
    assert all(span.snr_db is None for span in found.spans)


def test_digital_silence() -> None:
    found = measure(audio(np.zeros(5 * RATE)), ())
    assert found.silent_share == 1
    assert found.level_db == found.noise_db == -100
    assert found.dropouts == (Interval(0, 5),)


@pytest.mark.parametrize(("length", "reported"), [(0.9, 0), (1.05, 1), (3.0, 1)])
def test_dropouts_of_a_second(length: float, reported: int) -> None:
    samples = speech(-20) + noise(30, -60)
    begin = round(12.345 * RATE)
    samples[begin : begin + round(length * RATE)] = 0
    found = measure(audio(samples), SPEECH).dropouts
    assert len(found) == reported
    for dropout in found:
        assert (dropout.start, dropout.end) == pytest.approx((12.345, 12.345 + length), abs=0.02)


def test_one_channel_silent_is_no_dropout() -> None:
    one, two = speech(-20) + noise(30, -60), speech(-20, spans=(Interval(9, 11), Interval(18, 22))) + noise(30, -60, 6)
    two[: 8 * RATE] = 0
    assert measure(audio(one, two), SPEECH).dropouts == ()


def test_clipping() -> None:
    clean = speech(-12) + noise(30, -60)
    assert measure(audio(clean), SPEECH).clipped_share < 1e-4
    share = measure(audio(np.clip(clean * 6, -1, 1)), SPEECH).clipped_share
    assert share > 0.05
    one_side = measure(audio(clean, np.clip(clean * 6, -1, 1)), SPEECH).clipped_share
    assert one_side == pytest.approx(share / 2, rel=0.3)


def test_gated_sound_has_no_perfect_ratio() -> None:
    """Zeros between speech say nothing about the noise under the speech."""
    gated = np.where(speech(-20) != 0, speech(-20) * _syllables(30) + noise(30, -40, 7), 0)
    found = measure(audio(gated), SPEECH)
    assert found.noise_db == pytest.approx(-40, abs=2.5)
    assert found.snr_db is not None
    assert found.snr_db < 25


def _syllables(seconds: float) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * 3 * times) > -0.6).astype(np.float32)


@pytest.mark.parametrize("samples", [0, 1, 50, 3200])
def test_tiny_recordings(samples: int) -> None:
    found = measure(audio(noise(1, -20)[:samples]), (Interval(0, 0.2),))
    assert found.level_db <= 0
    assert all(span.interval.end <= samples / RATE + 1e-9 for span in found.spans)


def test_real_speech_and_the_same_with_noise(field: Path, tmp_path: Path) -> None:
    path = field / "mandarin_single" / "CosyVoice__zero_shot_prompt.wav"
    with open_session([path], tmp_path) as session:
        clean = session.audio()
        assert clean is not None
        whole = (Interval(0.3, session.media.duration - 0.3),)
        quiet = measure(clean, whole)
        added = clean.mono() + noise(clean.duration, -35)[: len(clean.mono())]
        noisy = measure(audio(added), whole)
    assert quiet.snr_db is not None
    assert noisy.snr_db is not None
    assert quiet.snr_db > noisy.snr_db + 5
    assert noisy.noise_db == pytest.approx(-35, abs=3)
