"""Speech in steady noise made clearer, to be recognised.

Every frequency of every moment is weakened by as much of it as is noise: the log-spectral amplitude estimator of
Ephraim and Malah (1985) with their decision-directed estimate of what is speech. The noise is measured in the pauses of
the same window; a window almost without pauses is judged by its quiet moments, because in running speech every
frequency is free of speech about half of the time (Stahl, Fischer and Bippus, 2000).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval
from engine.speech.settings import NoiseSettings

RATE = 16000
FRAME = 512
HOP = 128
MEDIAN_OF_NOISE = np.log(2)
"""Median of an exponential distribution in units of its mean: the power of noise in one band is distributed so."""
QUIET_SHARE = 0.1
LOUDEST_OVER_NOISE = 1e3
LEAST_POWER = 1e-12

Samples = NDArray[np.float32]
Spectra = NDArray[np.complex128]
Powers = NDArray[np.float64]


def without_noise(samples: Samples, speech: Sequence[Interval], settings: NoiseSettings) -> Samples | None:
    """Mono float32 sound at 16 kHz with its steady noise weakened; None where it is clear enough as it is.

    `speech` is where somebody speaks, in seconds from the first sample.
    """
    if len(samples) < FRAME:
        return None
    spectra = _spectra(samples)
    powers = np.square(np.abs(spectra))
    times = (np.arange(len(powers)) * HOP - FRAME / 2) / RATE
    noise = _noise(powers, _outside(times, speech, settings.margin), settings)
    if _snr_db(powers[~_outside(times, speech, 0.0)], noise) >= settings.clear_db:
        return None
    return _sound(spectra * _gains(powers, noise, settings), len(samples))


def _outside(times: Powers, speech: Sequence[Interval], margin: float) -> NDArray[np.bool_]:
    """Which of `times` lie further than `margin` seconds from any speech."""
    quiet = np.ones(len(times), dtype=np.bool_)
    for one in speech:
        quiet &= (times < one.start - margin) | (times > one.end + margin)
    return quiet


def _noise(powers: Powers, pausing: NDArray[np.bool_], settings: NoiseSettings) -> Powers:
    """Mean power of the noise in every band."""
    if pausing.sum() * HOP / RATE >= settings.least_pause:
        return np.asarray(np.median(powers[pausing], axis=0) / MEDIAN_OF_NOISE + LEAST_POWER)
    quiet = np.quantile(powers, QUIET_SHARE, axis=0)
    return np.asarray(quiet / -np.log(1 - 2 * QUIET_SHARE) + LEAST_POWER)


def _snr_db(speaking: Powers, noise: Powers) -> float:
    """Power of the speech alone against the noise's, in dB; infinite where either cannot be measured."""
    if not len(speaking) or noise.max() <= 2 * LEAST_POWER:
        return float("inf")
    alone = float(speaking.mean(axis=0).sum() - noise.sum())
    return 10 * float(np.log10(max(alone, LEAST_POWER) / noise.sum()))


def _gains(powers: Powers, noise: Powers, settings: NoiseSettings) -> Powers:
    """What every band of every frame is multiplied with."""
    from scipy.special import exp1

    floor, least = 10 ** (settings.floor_db / 20), 10 ** (settings.least_speech_db / 10)
    over = np.minimum(powers / noise, LOUDEST_OVER_NOISE)
    gains = np.empty_like(powers)
    before = np.ones(powers.shape[1])
    for frame, here in enumerate(over):
        speech = settings.inertia * before + (1 - settings.inertia) * np.maximum(here - 1, 0)
        speech = np.maximum(speech, least)
        share = speech / (1 + speech)
        gain = np.minimum(share * np.exp(0.5 * exp1(np.maximum(share * here, 1e-8))), 1.0)
        before = np.square(gain) * here
        gains[frame] = np.maximum(gain, floor)
    return gains


def _window() -> Powers:
    return np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME))


def _spectra(samples: Samples) -> Spectra:
    padded = np.pad(samples.astype(np.float64), (FRAME, 2 * FRAME))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    return np.asarray(np.fft.rfft(frames * _window(), axis=1))


def _sound(spectra: Spectra, length: int) -> Samples:
    """Overlapping frames added up again: squared windows a quarter apart add up to 2."""
    frames = np.fft.irfft(spectra, FRAME, axis=1) * (_window() * (2 * HOP / FRAME))
    parts = FRAME // HOP
    total = np.zeros((len(frames) + parts) * HOP)
    for part in range(parts):
        piece = frames[:, part * HOP : (part + 1) * HOP].reshape(-1)
        total[part * HOP : part * HOP + len(piece)] += piece
    return total[FRAME : FRAME + length].astype(np.float32)
