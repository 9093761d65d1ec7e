"""Faults put into a film: what spoils it, where exactly, and how badly.

Each is what a camera, a microphone, a network or scissors do; what is not named stays as it was. `medium` is what a
person who checks recordings would send back, `mild` what they would notice, `severe` what nobody could use.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.interval import Interval
from eval.synth.clips import FPS, RATE, Clip
from eval.synth.effects import KINDS, SOUND_KINDS, Kind, Severity, amount, drawing, moved, sounding
from eval.synth.picture import Image


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


def spoil(clip: Clip, kind: Kind, severity: Severity, seed: int, other: Clip | None = None) -> Faulted:
    """`clip` with the fault; where and how exactly is drawn from `seed` (an offset is later by an even one, earlier by
    an odd one). `other` is what a splice goes on with.

    The clip of a cut or an offset is shorter than the one given. Raises ValueError for a splice without another clip.
    """
    random = np.random.default_rng([seed, KINDS.index(kind)])
    figure = amount(kind, severity)
    if kind == "splice":
        if other is None:
            raise ValueError("a splice needs another clip")
        made, spans = _splice(clip, other, random)
        return Faulted(kind, severity, made, spans)
    if kind == "offset":
        lag = figure * (1 if seed % 2 == 0 else -1)
        late = replace(clip, sound=moved(clip.sound, lag, RATE))
        return Faulted(kind, severity, late, (Interval(0.0, clip.seconds),), lag)
    if kind in _WHERE:
        made, spans = _WHERE[kind](clip, figure, random)
    elif kind in SOUND_KINDS:
        heard = sounding(kind, figure, clip.sound, RATE, random)
        made, spans = replace(clip, sound=heard), (Interval(0.0, clip.seconds),)
    else:
        span = _span(clip, figure if kind == "black" else 0.5 * clip.seconds, random)
        made, spans = _drawn(clip, span, drawing(kind, figure, clip.images[0].shape[:2], random))
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


def _freeze(clip: Clip, seconds: float, random: np.random.Generator) -> tuple[Clip, tuple[Interval, ...]]:
    """The picture stands still for `seconds`, the sound goes on."""
    span = _span(clip, seconds, random)
    still = clip.images[round(span.start * FPS)]
    return _drawn(clip, span, lambda _: still)


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
    cuts = (*first.cuts, *(time + at for time in second.cuts))
    whole = Clip(first.name, (*first.images, *second.images), np.concatenate([first.sound, second.sound]), cuts)
    return whole, (Interval(at, at),)


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


_WHERE: dict[Kind, Maker] = {"freeze": _freeze, "turned": _turned, "cut": _cut, "dropout": _dropout}
"""Faults that choose their place by themselves."""
