"""Faults put into a film: what spoils it, where exactly, and how badly.

Each is what a camera, a microphone, a network or scissors do; what is not named stays as it was. `medium` is what a
person who checks recordings would send back, `mild` what they would notice, `severe` what nobody could use.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval
from eval.synth.clips import FPS, RATE, Clip
from eval.synth.mixing import MAINS_HZ
from eval.synth.picture import Image

Severity = Literal["mild", "medium", "severe"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

Kind = Literal[
    "black", "freeze", "dark", "bright", "blur", "covered", "turned", "cut", "splice", "offset",
    "dropout", "noise", "hum", "clipping", "quiet", "echo",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
SOUND_KINDS: frozenset[Kind] = frozenset({"dropout", "noise", "hum", "clipping", "quiet", "echo"})

GRAIN = 2.5
"""Noise of a sensor, luma: what a camera adds after the light has been taken away."""

LINES = 360.0
LOUD_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Faulted:
    """A film with one fault. `spans` is where it lies; a moment for cuts and splices, the whole film for what has no
    place. `lag` is how far the sound was moved, in seconds.
    """

    kind: Kind
    severity: Severity
    clip: Clip
    spans: tuple[Interval, ...]
    lag: float = 0.0


# one figure for each severity; what it means stands at the function that takes it
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


def spoil(clip: Clip, kind: Kind, severity: Severity, seed: int, other: Clip | None = None) -> Faulted:
    """`clip` with the fault; where and how exactly is drawn from `seed` (an offset is later by an even one, earlier by
    an odd one). `other` is what a splice goes on with.

    The clip of a cut or an offset is shorter than the one given. Raises ValueError for a splice without another clip.
    """
    random = np.random.default_rng([seed, KINDS.index(kind)])
    amount = AMOUNTS[kind][SEVERITIES.index(severity)]
    if kind == "splice":
        if other is None:
            raise ValueError("a splice needs another clip")
        made, spans = _splice(clip, other, random)
        return Faulted(kind, severity, made, spans)
    if kind == "offset":
        lag = amount * (1 if seed % 2 == 0 else -1)
        return Faulted(kind, severity, _moved(clip, lag), (Interval(0.0, clip.seconds),), lag)
    made, spans = _MAKERS[kind](clip, amount, random)
    return Faulted(kind, severity, made, spans)


Maker = Callable[[Clip, float, np.random.Generator], tuple[Clip, tuple[Interval, ...]]]


def _span(clip: Clip, seconds: float, random: np.random.Generator) -> Interval:
    """`seconds` somewhere in the clip, at whole frames, with some of the clip before and after."""
    free = max(0.0, clip.seconds - seconds - 2.0)
    begin = round((1.0 + random.uniform(0, free)) * FPS) / FPS
    return Interval(begin, min(clip.seconds, begin + round(seconds * FPS) / FPS))


def _drawn(clip: Clip, span: Interval, draw: Callable[[Image], Image]) -> tuple[Clip, tuple[Interval, ...]]:
    images = [
        draw(image) if span.start - 1e-6 <= number / FPS < span.end - 1e-6 else image
        for number, image in enumerate(clip.images)
    ]
    return replace(clip, images=tuple(images)), (span,)


def _grained(values: NDArray[np.float32], random: np.random.Generator) -> Image:
    grain = random.normal(0, GRAIN, values.shape[:2])[..., None]
    return np.asarray(np.clip(values + grain, 0, 255), np.uint8)


def _black(clip: Clip, seconds: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    return _drawn(clip, _span(clip, seconds, random), np.zeros_like)


def _freeze(clip: Clip, seconds: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """The picture stands still for `seconds`, the sound goes on."""
    span = _span(clip, seconds, random)
    still = clip.images[round(span.start * FPS)]
    return _drawn(clip, span, lambda _: still)


def _dark(clip: Clip, gain: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """The light falls to `gain` of what it was."""
    span = _span(clip, 0.5 * clip.seconds, random)
    return _drawn(clip, span, lambda image: _grained(image.astype(np.float32) * np.float32(gain), random))


def _bright(clip: Clip, gain: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """`gain` times the light, plus its stray light: the upper end is cut off."""
    span = _span(clip, 0.5 * clip.seconds, random)
    stray = 15.0 * (gain - 1.0)
    return _drawn(clip, span, lambda image: _grained(image.astype(np.float32) * np.float32(gain) + stray, random))


def _blur(clip: Clip, width: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """Out of focus by a Gaussian of `width` pixels of a picture with 360 lines."""
    import cv2

    span = _span(clip, 0.5 * clip.seconds, random)
    sigma = width * min(clip.images[0].shape[:2]) / LINES
    return _drawn(clip, span, lambda image: np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8))


def _covered(clip: Clip, share: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """A finger or cloth before `share` of the lens, from one side."""
    span = _span(clip, 0.5 * clip.seconds, random)
    height, width = clip.images[0].shape[:2]
    tone = random.uniform([45, 22, 18], [120, 70, 60])
    fall = 1.0 - 0.12 * np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    edge = np.clip((share * width - np.arange(width, dtype=np.float32)) / (0.06 * width) + 0.5, 0, 1)[None, :, None]
    hidden = edge if share < 1 else np.ones_like(edge)
    cover = (tone * fall).astype(np.float32)

    def draw(image: Image) -> Image:
        return _grained(np.asarray(image * (1 - hidden) + cover * hidden, np.float32), random)

    return _drawn(clip, span, draw)


def _turned(clip: Clip, degrees: float, _: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """The picture lies on its side or head: it must be turned clockwise by `degrees` to stand upright."""
    images = tuple(np.ascontiguousarray(np.rot90(image, round(degrees / 90))) for image in clip.images)
    return replace(clip, images=images), (Interval(0.0, clip.seconds),)


def _cut(clip: Clip, seconds: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """`seconds` are taken out of picture and sound alike."""
    span = _span(clip, min(seconds, clip.seconds - 3.0), random)
    return _joined(clip.part(0.0, span.start), clip.part(span.end, clip.seconds - span.end))


def _splice(clip: Clip, other: Clip, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """The first part of one recording goes on as another, in the first one's size."""
    import cv2

    at = _span(clip, 1.0, random).start
    height, width = clip.images[0].shape[:2]
    rest = other.part(0.0, min(other.seconds, clip.seconds - at))
    sized = tuple(np.asarray(cv2.resize(image, (width, height)), np.uint8) for image in rest.images)
    return _joined(clip.part(0.0, at), replace(rest, images=sized))


def _joined(first: Clip, second: Clip) -> tuple[Clip, tuple[Interval, ...]]:
    at = first.seconds
    whole = Clip(first.name, first.images + second.images, np.concatenate([first.sound, second.sound]))
    return whole, (Interval(at, at),)


def _moved(clip: Clip, lag: float) -> Clip:
    """The sound `lag` seconds later (earlier where negative) than it was, both as long as before."""
    shift = round(lag * RATE)
    sound = np.pad(clip.sound, (max(0, shift), max(0, -shift)))[max(0, -shift) :][: len(clip.sound)]
    return replace(clip, sound=np.asarray(sound, np.float32))


def _loudness(sound: NDArray[np.float32]) -> float:
    """Root mean square of the louder half of its hundredths of a second."""
    size = RATE // 100
    power = np.square(sound[: len(sound) // size * size].reshape(-1, size)).mean(axis=1)
    return float(np.sqrt(power[power >= np.quantile(power, LOUD_SHARE)].mean())) if len(power) else 0.0


def _sounding(clip: Clip, sound: NDArray[np.float32] | NDArray[np.float64]) -> tuple[Clip, tuple[Interval, ...]]:
    return replace(clip, sound=np.asarray(np.clip(sound, -1, 1), np.float32)), (Interval(0.0, clip.seconds),)


def _dropout(clip: Clip, seconds: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """Digital zeros for `seconds`, in the middle of sound."""
    size = RATE // 100
    power = np.square(clip.sound[: len(clip.sound) // size * size].reshape(-1, size)).mean(axis=1)
    margin = round(1.0 * 100)
    places = np.arange(margin, max(margin + 1, len(power) - margin - round(seconds * 100)))
    loud = places[power[places] >= np.quantile(power[places], 0.6)]
    after = np.minimum(loud + round(seconds * 100), len(power) - 1)
    both = loud[power[after] >= np.quantile(power[places], 0.6)]
    begin = float(random.choice(both if len(both) else loud)) / 100
    span = Interval(begin, begin + seconds)
    sound = clip.sound.copy()
    sound[round(span.start * RATE) : round(span.end * RATE)] = 0
    return replace(clip, sound=sound), (span,)


def _noise(clip: Clip, snr_db: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """White noise `snr_db` below the speech, all along."""
    level = _loudness(clip.sound) * 10 ** (-snr_db / 20)
    return _sounding(clip, clip.sound + level * random.standard_normal(len(clip.sound)))


def _hum(clip: Clip, snr_db: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """Mains hum with some harmonics, `snr_db` below the speech."""
    time = np.arange(len(clip.sound)) / RATE + random.uniform(0, 1)
    lines = ((1, 1.0), (2, 0.6), (3, 0.4), (6, 0.2))
    waves = np.sum([share * np.sin(2 * np.pi * MAINS_HZ * n * time) for n, share in lines], axis=0)
    strength = float(np.sqrt(np.square(waves).mean()))
    return _sounding(clip, clip.sound + waves * (_loudness(clip.sound) * 10 ** (-snr_db / 20) / strength))


def _clipping(clip: Clip, quantile: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """Everything above that quantile of the magnitudes of speech is cut off, and the rest as loud as before."""
    magnitude = np.abs(clip.sound)
    limit = float(np.quantile(magnitude[magnitude > 10 ** (-40 / 20)], quantile, method="lower"))
    return _sounding(clip, np.clip(clip.sound, -limit, limit) * (random.uniform(0.7, 0.99) / limit))


def _quiet(clip: Clip, level_db: float, _: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """Speech at `level_db` of full scale."""
    return _sounding(clip, clip.sound * (10 ** (level_db / 20) / max(_loudness(clip.sound), 1e-9)))


def _echo(clip: Clip, gain: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """All is heard again, `gain` as loud, 0.1 to 0.4 s later."""
    delay = round(random.uniform(0.1, 0.4) * RATE)
    late = np.pad(clip.sound, (delay, 0))[: len(clip.sound)]
    return _sounding(clip, (clip.sound + gain * late) / (1 + gain))


_MAKERS: dict[Kind, Maker] = {
    "black": _black,
    "freeze": _freeze,
    "dark": _dark,
    "bright": _bright,
    "blur": _blur,
    "covered": _covered,
    "turned": _turned,
    "cut": _cut,
    "dropout": _dropout,
    "noise": _noise,
    "hum": _hum,
    "clipping": _clipping,
    "quiet": _quiet,
    "echo": _echo,
}
