"""From spoken lines to the sound of a session: placing, levels, room, line, noise and channels.

Everything random is drawn from the script's seed.
"""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval
from eval.synth.effects import MAINS_HZ
from eval.synth.script import Line, Noise, Script
from eval.synth.voices import VOICES, speak
from models.mandarin_voice import RATE

Samples = NDArray[np.float32]

LOUDEST = 0.95
REVERB_WET_DB = -9.0
TELEPHONE_BAND_HZ = (300.0, 3400.0)
TELEPHONE_RATE = 8000
MU = 255.0
BABBLE_LINES = (
    "那边的资料先放在桌子上，等会儿我过去拿。",
    "今天下午三点开会，大家别忘了带上本子。",
    "我刚刚去楼下买了一杯咖啡，排了很久的队。",
    "这个周末天气不错，我们打算去郊区走一走。",
    "麻烦把窗户关一下，外面有点吵，听不太清。",
)


def place(lines: Sequence[Line], spoken: Sequence[Samples], gap: float, lead: float) -> tuple[Interval, ...]:
    """When each line is heard, in seconds; `gap` is the usual silence before a line."""
    places: list[Interval] = []
    for line, samples in zip(lines, spoken, strict=True):
        duration = len(samples) / RATE
        if not places:
            start = lead
        elif line.during is not None:
            start = places[-1].start + line.during * places[-1].duration
        else:
            start = max(place.end for place in places) + (gap if line.gap is None else line.gap)
        start = round(max(0.0, start) * RATE) / RATE
        places.append(Interval(start, start + duration))
    return tuple(places)


def mix(script: Script, spoken: Sequence[Samples], places: Sequence[Interval]) -> Samples:
    """The session's sound: float32 (channels, n) at the script's rate, |sample| <= LOUDEST."""
    seconds = max((place.end for place in places), default=0.0) + script.tail
    channels = 2 if script.sound.layout == "split" else 1
    speech = np.zeros((channels, round(seconds * RATE)), np.float32)
    for line, samples, interval in zip(script.lines, spoken, places, strict=True):
        speaker = script.speakers[line.by]
        channel = speaker.channel if channels == 2 else 0
        start = round(interval.start * RATE)
        level = 10 ** ((speaker.level_db + line.level_db) / 20)
        speech[channel, start : start + len(samples)] += samples * np.float32(level)
    if script.sound.reverb_s:
        speech = np.stack([reverberated(channel, script.sound.reverb_s, script.seed) for channel in speech])
    active = np.abs(speech).max(axis=0) > 1e-4
    loudness = float(np.sqrt(np.square(speech[:, active]).sum(axis=0).mean())) if active.any() else 0.1
    for number, one in enumerate(script.sound.noise):
        speech = speech + noise(one, speech.shape[1], loudness, script, number)
    if script.sound.telephone:
        speech = np.stack([telephoned(channel) for channel in speech])
    sound = np.stack([resampled(channel, RATE, script.sound.rate) for channel in speech])
    sound *= min(1.0, LOUDEST / max(float(np.abs(sound).max(initial=0.0)), 1e-9))
    return np.repeat(sound, 2, axis=0) if script.sound.layout == "dual_mono" else sound


def noise(wanted: Noise, length: int, loudness: float, script: Script, number: int) -> Samples:
    """`length` samples of noise at RATE whose RMS lies `wanted.snr_db` below `loudness`."""
    taken = {speaker.voice for speaker in script.speakers.values()}
    return noise_of(wanted, length, loudness, [script.seed, number], taken)


def noise_of(wanted: Noise, length: int, loudness: float, seed: Sequence[int], taken: Collection[str] = ()) -> Samples:
    """Noise as `noise` makes it, drawn from `seed`; nobody in it has one of the voices `taken`."""
    random = np.random.default_rng(seed)
    if wanted.kind == "white":
        raw = random.standard_normal(length).astype(np.float32)
    elif wanted.kind == "hum":
        time = np.arange(length) / RATE
        harmonics = ((1, 1.0), (2, 0.6), (3, 0.35), (6, 0.15))
        waves = [share * np.sin(2 * np.pi * MAINS_HZ * n * time) for n, share in harmonics]
        raw = np.sum(waves, axis=0).astype(np.float32)
    else:
        raw = _babble(length, random, taken)
    strength = float(np.sqrt(np.square(raw).mean())) if length else 1.0
    return np.asarray(raw * (loudness * 10 ** (-wanted.snr_db / 20) / max(strength, 1e-9)), np.float32)


def _babble(length: int, random: np.random.Generator, taken: Collection[str]) -> Samples:
    """Several strangers talking at once, none of them with a voice of the session."""
    voices = [voice for voice in VOICES if voice not in taken]
    total = np.zeros(length, np.float32)
    for voice in voices:
        lines = [speak(BABBLE_LINES[n], voice) for n in random.permutation(len(BABBLE_LINES))]
        talk = np.concatenate(lines)
        start = int(random.integers(len(talk)))
        total += np.resize(np.roll(talk, -start), length)
    return total


def reverberated(samples: Samples, rt60: float, seed: int, rate: int = RATE) -> Samples:
    """`samples` of `rate` in a small room: the direct sound and a tail that falls by 60 dB within `rt60` seconds."""
    from scipy.signal import fftconvolve

    count = round(rt60 * rate)
    decay = 10 ** (-3 * np.arange(count) / max(count, 1))
    tail = np.random.default_rng([seed, 7]).standard_normal(count) * decay
    tail *= 10 ** (REVERB_WET_DB / 20) / max(float(np.sqrt(np.square(tail).sum())), 1e-9)
    response = np.concatenate([[1.0], np.zeros(round(0.012 * rate)), tail])
    return np.asarray(fftconvolve(samples, response)[: len(samples)], np.float32)


def telephoned(samples: Samples) -> Samples:
    """`samples` as a telephone line carries them, still at RATE: band-limited, with the steps of 8-bit mu-law."""
    narrow = companded(within_line(resampled(samples, RATE, TELEPHONE_RATE)))
    wide = resampled(narrow, TELEPHONE_RATE, RATE)
    return np.pad(wide, (0, max(0, len(samples) - len(wide))))[: len(samples)]


def within_line(narrow: Samples) -> Samples:
    """What a telephone line lets through of sound at TELEPHONE_RATE."""
    from scipy.signal import butter, sosfiltfilt

    band = butter(4, TELEPHONE_BAND_HZ, "bandpass", fs=TELEPHONE_RATE, output="sos")
    return np.asarray(sosfiltfilt(band, narrow))


def companded(narrow: Samples) -> Samples:
    """Sound in the steps of 8-bit mu-law; what is louder than full scale is clipped."""
    narrow = np.clip(narrow, -1, 1)
    steps = np.round(np.sign(narrow) * np.log1p(MU * np.abs(narrow)) / np.log1p(MU) * 127) / 127
    return np.asarray(np.sign(steps) * (np.expm1(np.abs(steps) * np.log1p(MU)) / MU), np.float32)


def resampled(samples: Samples, rate: int, target: int) -> Samples:
    """`samples` of `rate` at `target` Hz."""
    if rate == target:
        return samples
    from math import gcd

    from scipy.signal import resample_poly

    shared = gcd(rate, target)
    return np.asarray(resample_poly(samples, target // shared, rate // shared), np.float32)
