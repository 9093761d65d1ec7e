"""How well a session can be heard: levels, noise, clipping, silence and lost stretches.

The noise is measured where nobody speaks, and speech against it where somebody does. Stretches of digital zeros say
nothing about noise, since systems that gate sound put zeros wherever nobody speaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.curves import of_power
from engine.evidence import PartyLevel, SoundQuality, SoundSpan, Turn
from engine.interval import Interval, subtract, union
from engine.media.audio import Audio
from engine.sound.levels import FLAT_SECONDS, FRAME_SECONDS, Levels, gather, runs
from engine.sound.traces import DEFAULT as TRACES
from engine.sound.traces import Traces, TraceSettings


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """Times in seconds, levels in dB of full scale, magnitudes 0..1.

    `margin` around speech is no pause, because speech activity cuts endings short. With less than `least_pause` of
    pauses the noise is the `noise_percentile` of all levels instead. A hole is a run of digital zeros of
    `shortest_hole` or more with sound within `hole_below_speech_db` of the speech right before and after it: what a
    recorder mutes in pauses fades first. That sound also has to be `hole_above_zero_db` above digital zero: what is
    recorded softer fades into zeros by itself. Peaks are flattened where `flat_share` or more of the samples lie close
    below the largest (of 45 untouched recordings at most 0.011 in 95 % of their stretches; clipped at their loudest
    2 %, at least 0.055), in `least_flat` stretches within `clipped_bridge`. A voice has a level from `least_party` of
    it on.
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
    shortest_hole: float = 0.1
    hole_edge: float = 0.03
    hole_below_speech_db: float = 25.0
    hole_above_zero_db: float = 35.0
    flat_above: float = 0.9
    flat_share: float = 0.02
    least_flat: int = 2
    clipped_bridge: float = 2.0
    least_party: float = 1.0
    traces: TraceSettings = TRACES


DEFAULT = SoundSettings()


def measure(
    audio: Audio, speech: tuple[Interval, ...], settings: SoundSettings = DEFAULT, turns: Sequence[Turn] | None = None
) -> SoundQuality:
    """Sound quality of a session in which somebody speaks during `speech`, and which voice during `turns`, if known.

    `level_db` is the level of the speech, or of everything where nobody speaks. `snr_db` is None without speech.
    """
    traces = Traces(audio.rate, settings.traces)
    levels = gather(audio, settings.zero_below, settings.clipped_above, settings.flat_above, traces)
    speaking = levels.covered(speech) & ~levels.zero
    pausing = ~levels.covered(tuple(interval.widened(settings.margin) for interval in speech))
    noise = _noise(levels, pausing, settings)
    heard = speaking if speaking.any() else ~levels.zero
    level = _mean(levels.power, heard)
    return SoundQuality(
        level_db=_db(level, settings),
        noise_db=_db(noise, settings),
        snr_db=_snr(levels.power, speaking, noise, settings),
        clipped_share=levels.clipped,
        silent_share=float((levels.power < 10 ** (settings.silent_below_db / 10)).mean()) if len(levels.power) else 1.0,
        dropouts=tuple(_cut_at(dropout, audio.duration) for dropout in runs(levels.zero, settings.shortest_dropout)),
        spans=_spans(levels, speaking, pausing, noise, audio, settings),
        holes=_holes(levels, level, settings),
        clipped=tuple(_cut_at(one, audio.duration) for one in _clipped(levels, settings)),
        parties=None if turns is None else _parties(levels, turns, noise, settings),
        bandwidth_hz=traces.bandwidth_hz(),
        dead_channels=audio.channels - len(audio.live) if audio.layout == "mono" and audio.channels > 1 else 0,
        traces=True,
        echo=traces.echo(),
        hum=traces.hum(),
        steady_snr_db=traces.steady_snr_db(),
        level_curve=of_power(levels.power, FRAME_SECONDS, settings.lowest_db),
    )


def _holes(levels: Levels, level: float, settings: SoundSettings) -> tuple[Interval, ...]:
    """Short runs of digital zeros that break off in the middle of sound, on both sides."""
    zero = settings.zero_below**2 * 10 ** (settings.hole_above_zero_db / 10)
    least = max(zero, level * 10 ** (-settings.hole_below_speech_db / 10))
    edge = round(settings.hole_edge / FRAME_SECONDS)
    found = []
    for run in runs(levels.zero, settings.shortest_hole):
        begin, end = round(run.start / FRAME_SECONDS), round(run.end / FRAME_SECONDS)
        before, after = levels.power[max(0, begin - edge) : begin], levels.power[end : end + edge]
        abrupt = max(before, default=0.0) >= least and max(after, default=0.0) >= least
        if abrupt and level > 0 and run.duration < settings.shortest_dropout:
            found.append(run)
    return tuple(found)


def _clipped(levels: Levels, settings: SoundSettings) -> tuple[Interval, ...]:
    """Where peaks are cut off, at full scale or below it, again and again."""
    quiet = 10 ** (settings.silent_below_db / 10)
    per = round(FLAT_SECONDS / FRAME_SECONDS)
    loud = levels.power[: len(levels.flat) * per].reshape(-1, per).max(axis=1, initial=0.0) > quiet
    flat = runs((levels.flat >= settings.flat_share) & loud[: len(levels.flat)], 0.0, FLAT_SECONDS)
    least = settings.least_flat * FLAT_SECONDS
    return tuple(
        one for one in union(flat, gap=settings.clipped_bridge) if sum(part.overlap(one) for part in flat) >= least
    )


def _parties(levels: Levels, turns: Sequence[Turn], noise: float, settings: SoundSettings) -> tuple[PartyLevel, ...]:
    """Each voice while it speaks alone."""
    speakers = sorted({turn.speaker for turn in turns})
    own = {name: [turn.interval for turn in turns if turn.speaker == name] for name in speakers}
    found = []
    for name in speakers:
        others = [span for other, spans in own.items() if other != name for span in spans]
        alone = levels.covered(subtract(own[name], others)) & ~levels.zero
        seconds = float(alone.sum()) * FRAME_SECONDS
        if seconds >= settings.least_party:
            ratio = _snr(levels.power, alone, noise, settings)
            found.append(PartyLevel(name, round(seconds, 2), _db(_mean(levels.power, alone), settings), ratio))
    return tuple(found)


def _noise(levels: Levels, pausing: NDArray[np.bool_], settings: SoundSettings) -> float:
    """Power between speech; where pauses do not tell, the quietest of what sounds at all."""
    told = _in_pauses(levels.power, pausing, levels.zero, settings.least_pause)
    if told is not None:
        return told
    sounding = levels.power[~levels.zero]
    return float(np.percentile(sounding, settings.noise_percentile)) if len(sounding) else 0.0


def _in_pauses(
    power: NDArray[np.float64], pausing: NDArray[np.bool_], zero: NDArray[np.bool_], least: float
) -> float | None:
    """Median power over the pauses, which a cough or a door does not move; None where too little of them sounds.

    Where most of the pauses are digital silence (a call that sends nothing then), what sounds in the others is speech
    that was overlooked more often than noise.
    """
    sounding = pausing & ~zero
    seconds = float(sounding.sum()) * FRAME_SECONDS
    if seconds < least or sounding.sum() < (pausing & zero).sum():
        return None
    return float(np.median(power[sounding]))


def _spans(
    levels: Levels,
    speaking: NDArray[np.bool_],
    pausing: NDArray[np.bool_],
    noise: float,
    audio: Audio,
    settings: SoundSettings,
) -> tuple[SoundSpan, ...]:
    samples = max(1, len(audio.live)) * FRAME_SECONDS * audio.rate
    frames = round(settings.span / FRAME_SECONDS)
    found = []
    for begin in range(0, len(levels.power), frames):
        part, around = slice(begin, begin + frames), slice(max(0, begin - frames), begin + 2 * frames)
        told = _in_pauses(levels.power[around], pausing[around], levels.zero[around], settings.least_local_pause)
        local = noise if told is None else told
        span = Interval(begin * FRAME_SECONDS, (begin + frames) * FRAME_SECONDS)
        found.append(
            SoundSpan(
                interval=_cut_at(span, audio.duration),
                level_db=_db(float(levels.power[part].mean()), settings),
                snr_db=_snr(levels.power[part], speaking[part], local, settings),
                clipped_share=round(float(levels.full[part].mean() / samples), 6),
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
