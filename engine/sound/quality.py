"""How well a session can be heard: levels, noise, clipping, silence and lost stretches.

The noise is measured where nobody speaks, and speech against it where somebody does. Stretches of digital zeros say
nothing about noise, since systems that gate sound put zeros wherever nobody speaks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evidence import SoundQuality, SoundSpan
from engine.interval import Interval
from engine.media.audio import Audio
from engine.sound.levels import FRAME_SECONDS, Levels, gather, runs


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """Times in seconds, levels in dB of full scale, magnitudes 0..1.

    `margin` around speech is no pause, because speech activity cuts endings short. With less than `least_pause` of
    pauses the noise is the `noise_percentile` of all levels instead.
    """

    span: float = 10.0
    margin: float = 0.15
    least_pause: float = 1.0
    least_local_pause: float = 0.5
    least_speech: float = 0.3
    noise_percentile: float = 5.0
    silent_below_db: float = -60.0
    zero_below: float = 2e-5
    clipped_above: float = 0.985
    shortest_dropout: float = 1.0
    lowest_db: float = -100.0
    snr_range: tuple[float, float] = (-10.0, 60.0)


DEFAULT = SoundSettings()


def measure(audio: Audio, speech: tuple[Interval, ...], settings: SoundSettings = DEFAULT) -> SoundQuality:
    """Sound quality of a session in which somebody speaks during `speech`.

    `level_db` is the level of the speech, or of everything where nobody speaks. `snr_db` is None without speech.
    """
    levels = gather(audio, settings.zero_below, settings.clipped_above)
    speaking = levels.covered(speech) & ~levels.zero
    pausing = ~levels.covered(tuple(interval.widened(settings.margin) for interval in speech)) & ~levels.zero
    noise = _noise(levels, pausing, settings)
    heard = speaking if speaking.any() else ~levels.zero
    return SoundQuality(
        level_db=_db(_mean(levels.power, heard), settings),
        noise_db=_db(noise, settings),
        snr_db=_snr(levels.power, speaking, noise, settings),
        clipped_share=levels.clipped,
        silent_share=float((levels.power < 10 ** (settings.silent_below_db / 10)).mean()) if len(levels.power) else 1.0,
        dropouts=tuple(_cut_at(dropout, audio.duration) for dropout in runs(levels.zero, settings.shortest_dropout)),
        spans=_spans(levels, speaking, pausing, noise, audio.duration, settings),
    )


def _noise(levels: Levels, pausing: NDArray[np.bool_], settings: SoundSettings) -> float:
    """Power between speech: the median over the pauses, which a cough or a door does not move."""
    if pausing.sum() * FRAME_SECONDS >= settings.least_pause:
        return float(np.median(levels.power[pausing]))
    sounding = levels.power[~levels.zero]
    return float(np.percentile(sounding, settings.noise_percentile)) if len(sounding) else 0.0


def _spans(
    levels: Levels,
    speaking: NDArray[np.bool_],
    pausing: NDArray[np.bool_],
    noise: float,
    duration: float,
    settings: SoundSettings,
) -> tuple[SoundSpan, ...]:
    frames = round(settings.span / FRAME_SECONDS)
    found = []
    for begin in range(0, len(levels.power), frames):
        part, around = slice(begin, begin + frames), slice(max(0, begin - frames), begin + 2 * frames)
        near = levels.power[around][pausing[around]]
        local = float(np.median(near)) if len(near) * FRAME_SECONDS >= settings.least_local_pause else noise
        span = Interval(begin * FRAME_SECONDS, (begin + frames) * FRAME_SECONDS)
        found.append(
            SoundSpan(
                interval=_cut_at(span, duration),
                level_db=_db(float(levels.power[part].mean()), settings),
                snr_db=_snr(levels.power[part], speaking[part], local, settings),
            )
        )
    return tuple(found)


def _snr(
    power: NDArray[np.float64], speaking: NDArray[np.bool_], noise: float, settings: SoundSettings
) -> float | None:
    """Power of the speech alone, which is what is heard during speech less the noise, against the noise, in dB."""
    if speaking.sum() * FRAME_SECONDS < settings.least_speech:
        return None
    lowest, highest = settings.snr_range
    speech = _mean(power, speaking) - noise
    if speech <= 0:
        return lowest
    if noise <= 0:
        return highest
    return round(float(np.clip(10 * np.log10(speech / noise), lowest, highest)), 2)


def _mean(power: NDArray[np.float64], chosen: NDArray[np.bool_]) -> float:
    return float(power[chosen].mean()) if chosen.any() else 0.0


def _db(power: float, settings: SoundSettings) -> float:
    return round(float(max(settings.lowest_db, 10 * np.log10(max(power, 1e-30)))), 2)


def _cut_at(interval: Interval, end: float) -> Interval:
    return Interval(min(interval.start, end), min(interval.end, end))
