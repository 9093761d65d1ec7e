"""What spoils pictures and sound: one function for each fault, apart from where in a film it is put.

Each is what a camera, a microphone, a network or scissors do. Pictures are RGB (height, width, 3), sound is float32
(channels, n) or (n,).
"""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from eval.synth.picture import Image

Severity = Literal["mild", "medium", "severe"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

Kind = Literal[
    "black", "freeze", "dark", "bright", "blur", "covered", "turned", "cut", "splice", "offset",
    "dropout", "noise", "hum", "clipping", "quiet", "echo",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
SOUND_KINDS: frozenset[Kind] = frozenset({"dropout", "noise", "hum", "clipping", "quiet", "echo"})
PICTURE_KINDS: frozenset[Kind] = frozenset({"black", "freeze", "dark", "bright", "blur", "covered"})

AMOUNTS: dict[Kind, tuple[float, float, float]] = {
    "black": (1.0, 2.0, 3.5),
    "freeze": (1.5, 2.8, 3.8),
    "dark": (0.35, 0.2, 0.12),
    "bright": (1.7, 2.6, 4.0),
    "blur": (1.8, 4.0, 8.0),
    "covered": (0.5, 1.0, 1.0),
    "turned": (90.0, 180.0, 270.0),
    "cut": (0.5, 2.0, 3.0),
    "splice": (0.0, 0.0, 0.0),
    "offset": (0.35, 0.7, 1.4),
    "dropout": (0.2, 1.2, 2.5),
    "noise": (20.0, 10.0, 0.0),
    "hum": (40.0, 25.0, 10.0),
    "clipping": (0.995, 0.98, 0.94),
    "quiet": (-38.0, -52.0, -62.0),
    "echo": (0.15, 0.35, 0.6),
}
"""One figure for each severity; what it means stands at the function that takes it."""

GRAIN = 2.5
"""Noise of a sensor, luma: what a camera adds after the light has been taken away."""

MAINS_HZ = 50.0
LINES = 360.0
LOUD_SHARE = 0.5
ECHO_S = (0.1, 0.4)
Sound = NDArray[np.float32]
Draw = Callable[[Image], Image]


def amount(kind: Kind, severity: Severity) -> float:
    """The figure of a fault at a severity."""
    return AMOUNTS[kind][SEVERITIES.index(severity)]


def drawing(kind: Kind, figure: float, size: tuple[int, int], random: np.random.Generator) -> Draw:
    """What a fault of the picture makes of each image of `size` (height, width); a freeze is not drawn but held.

    Raises KeyError for what is no fault of single images.
    """
    makers: dict[Kind, Callable[[], Draw]] = {
        "black": lambda: np.zeros_like,
        "dark": lambda: _lit(figure, 0.0, random),
        "bright": lambda: _lit(figure, 15.0 * (figure - 1.0), random),
        "blur": lambda: _out_of_focus(figure * min(size) / LINES),
        "covered": lambda: _behind_a_finger(figure, size, random),
    }
    return makers[kind]()


def grained(values: NDArray[np.float32], random: np.random.Generator) -> Image:
    """Values as a sensor gives them."""
    grain = random.normal(0, GRAIN, values.shape[:2])[..., None]
    return np.asarray(np.clip(values + grain, 0, 255), np.uint8)


def _lit(gain: float, stray: float, random: np.random.Generator) -> Draw:
    """`gain` times the light, plus stray light: the upper end is cut off."""
    return lambda image: grained(image.astype(np.float32) * np.float32(gain) + np.float32(stray), random)


def _out_of_focus(sigma: float) -> Draw:
    """Blurred by a Gaussian; `blur` states its width in pixels of a picture with 360 lines."""
    import cv2

    return lambda image: np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def _behind_a_finger(share: float, size: tuple[int, int], random: np.random.Generator) -> Draw:
    """A finger or cloth before `share` of the lens, from one side."""
    height, width = size
    tone = random.uniform([45, 22, 18], [120, 70, 60])
    fall = 1.0 - 0.12 * np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    edge = np.clip((share * width - np.arange(width, dtype=np.float32)) / (0.06 * width) + 0.5, 0, 1)[None, :, None]
    hidden = edge if share < 1 else np.ones_like(edge)
    cover = (tone * fall).astype(np.float32)
    return lambda image: grained(np.asarray(image * (1 - hidden) + cover * hidden, np.float32), random)


def loudness(sound: Sound, rate: int) -> float:
    """Root mean square of the louder half of its hundredths of a second, of the mean of its channels."""
    mono = sound if sound.ndim == 1 else sound.mean(axis=0)
    size = rate // 100
    power = np.square(mono[: len(mono) // size * size].reshape(-1, size)).mean(axis=1)
    return float(np.sqrt(power[power >= np.quantile(power, LOUD_SHARE)].mean())) if len(power) else 0.0


def sounding(kind: Kind, figure: float, sound: Sound, rate: int, random: np.random.Generator) -> Sound:
    """What a fault makes of a stretch of sound; as long as before. Raises KeyError for what is no fault of sound."""
    makers: dict[Kind, Callable[[], NDArray[np.float32] | NDArray[np.float64]]] = {
        "dropout": lambda: np.zeros_like(sound),
        "noise": lambda: sound + loudness(sound, rate) * 10 ** (-figure / 20) * random.standard_normal(sound.shape),
        "hum": lambda: sound + _mains(sound, figure, rate, random),
        "clipping": lambda: _clipped(sound, figure, random),
        "quiet": lambda: sound * (10 ** (figure / 20) / max(loudness(sound, rate), 1e-9)),
        "echo": lambda: _echoing(sound, figure, rate, random),
    }
    return np.asarray(np.clip(makers[kind](), -1, 1), np.float32)


def _mains(sound: Sound, snr_db: float, rate: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Mains hum with some harmonics, `snr_db` below the speech."""
    time = np.arange(sound.shape[-1]) / rate + random.uniform(0, 1)
    lines = ((1, 1.0), (2, 0.6), (3, 0.4), (6, 0.2))
    waves = np.sum([share * np.sin(2 * np.pi * MAINS_HZ * n * time) for n, share in lines], axis=0)
    strength = float(np.sqrt(np.square(waves).mean()))
    return np.asarray(waves * (loudness(sound, rate) * 10 ** (-snr_db / 20) / max(strength, 1e-9)))


def _clipped(sound: Sound, quantile: float, random: np.random.Generator) -> NDArray[np.float32]:
    """Everything above that quantile of the magnitudes of speech is cut off, and the rest as loud as before."""
    magnitude = np.abs(sound)
    loud = magnitude[magnitude > 10 ** (-40 / 20)]
    if not loud.size:
        return sound
    limit = float(np.quantile(loud, quantile, method="lower"))
    return np.asarray(np.clip(sound, -limit, limit) * (random.uniform(0.7, 0.99) / limit), np.float32)


def _echoing(sound: Sound, gain: float, rate: int, random: np.random.Generator) -> NDArray[np.float32]:
    """All is heard again, `gain` as loud, 0.1 to 0.4 s later."""
    delay = round(random.uniform(*ECHO_S) * rate)
    late = np.concatenate([np.zeros_like(sound[..., :delay]), sound], axis=-1)[..., : sound.shape[-1]]
    return np.asarray((sound + gain * late) / (1 + gain), np.float32)


def moved(sound: Sound, lag: float, rate: int) -> Sound:
    """The sound `lag` seconds later (earlier where negative) than it was, as long as before."""
    shift = round(lag * rate)
    ends = [(0, 0)] * (sound.ndim - 1) + [(max(0, shift), max(0, -shift))]
    later = np.pad(sound, ends)[..., max(0, -shift) :][..., : sound.shape[-1]]
    return np.asarray(later, np.float32)
