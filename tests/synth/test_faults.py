"""Faults are put where they are said to be, and nowhere else."""

import numpy as np
import pytest

from eval.synth.clips import FPS, RATE, Clip, sounded
from eval.synth.effects import KINDS, SEVERITIES, SOUND_KINDS, Kind, Severity
from eval.synth.faults import spoil


def film(seconds: float = 6.0, seed: int = 1) -> Clip:
    """A textured picture that slides, and noise that comes and goes."""
    random = np.random.default_rng(seed)
    wide = random.integers(40, 200, (48, 400, 3)).astype(np.uint8)
    images = tuple(np.ascontiguousarray(wide[:, n : n + 64]) for n in range(round(seconds * FPS)))
    times = np.arange(round(seconds * RATE)) / RATE
    voice = 0.1 * random.standard_normal(len(times)) * (0.2 + 0.8 * np.abs(np.sin(2 * np.pi * 1.3 * times)))
    return Clip("film", images, voice.astype(np.float32))


CLIP, OTHER = film(), film(seed=2)


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_has_a_place_and_is_the_same_each_time(kind: Kind, severity: Severity) -> None:
    first, again = (spoil(CLIP, kind, severity, 7, OTHER) for _ in range(2))
    assert first.spans == again.spans
    assert np.array_equal(first.clip.sound, again.clip.sound)
    assert all(np.array_equal(one, two) for one, two in zip(first.clip.images, again.clip.images, strict=True))
    for span in first.spans:
        assert 0 <= span.start <= span.end <= first.clip.seconds + 1e-6
    assert abs(len(first.clip.sound) / RATE - first.clip.seconds) < 1 / FPS


@pytest.mark.parametrize("kind", ["black", "freeze", "dark", "bright", "blur", "covered"])
def test_outside_its_span_the_picture_is_as_it_was(kind: Kind) -> None:
    spoiled = spoil(CLIP, kind, "medium", 3)
    (span,) = spoiled.spans
    changed = [
        n / FPS
        for n, (now, then) in enumerate(zip(spoiled.clip.images, CLIP.images, strict=True))
        if not np.array_equal(now, then)
    ]
    assert span.start <= min(changed) < span.start + 2.5 / FPS
    assert span.end - 1.5 / FPS <= max(changed) < span.end
    assert np.array_equal(spoiled.clip.sound, CLIP.sound)


@pytest.mark.parametrize("kind", sorted(SOUND_KINDS))
def test_faults_of_the_sound_leave_the_picture(kind: Kind) -> None:
    spoiled = spoil(CLIP, kind, "medium", 3)
    assert spoiled.clip.images == CLIP.images
    assert not np.array_equal(spoiled.clip.sound, CLIP.sound)


def test_a_dropout_is_zeros_where_it_says() -> None:
    spoiled = spoil(CLIP, "dropout", "medium", 3)
    (span,) = spoiled.spans
    inside = slice(round(span.start * RATE), round(span.end * RATE))
    assert not spoiled.clip.sound[inside].any()
    assert span.duration == pytest.approx(1.2)


def test_a_cut_takes_out_picture_and_sound_alike() -> None:
    spoiled = spoil(CLIP, "cut", "medium", 3)
    at = round(spoiled.spans[0].start * FPS)
    assert spoiled.clip.seconds == pytest.approx(4.0)
    assert np.array_equal(spoiled.clip.images[at - 1], CLIP.images[at - 1])
    assert np.array_equal(spoiled.clip.images[at], CLIP.images[at + 2 * FPS])


def test_noise_lies_as_far_below_the_speech_as_asked() -> None:
    spoiled = spoil(CLIP, "noise", "medium", 3).clip.sound - CLIP.sound
    ratio = 20 * np.log10(float(np.sqrt(np.square(CLIP.sound).mean())) / float(np.sqrt(np.square(spoiled).mean())))
    assert ratio == pytest.approx(10 - 2, abs=2)  # of all the sound; its louder half is 2 dB louder


@pytest.mark.parametrize("severity", SEVERITIES)
def test_an_offset_moves_the_sound_by_its_lag(severity: Severity) -> None:
    spoiled = spoil(CLIP, "offset", severity, 3)
    shift = round(spoiled.lag * RATE)
    moved = spoiled.clip.sound[max(0, shift) : len(CLIP.sound) + min(0, shift)]
    assert np.array_equal(moved, CLIP.sound[max(0, -shift) : len(CLIP.sound) - max(0, shift)])


def test_a_splice_needs_something_to_go_on_with() -> None:
    with pytest.raises(ValueError, match="another clip"):
        spoil(CLIP, "splice", "mild", 1)


def test_sound_survives_its_codec() -> None:
    heard = sounded(CLIP.sound)
    assert abs(len(heard) - len(CLIP.sound)) < RATE / 10
    assert float(np.corrcoef(heard[RATE : 4 * RATE], CLIP.sound[RATE : 4 * RATE])[0, 1]) > 0.8
