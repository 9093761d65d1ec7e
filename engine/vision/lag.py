"""How far sound and picture lie apart: mouths against the voice, in a few bursts of pictures.

A mouth is open when its owner's voice is loud, more often than chance has it; by how much one must be shifted against
the other for that to hold best is the lag. Whose mouth it is does not matter: all in the picture are added up.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Lag
from engine.interval import Interval, intersect, total
from engine.vision.finder import crop
from engine.vision.geometry import Area
from engine.vision.settings import LagLimits, VisionSettings
from engine.vision.survey import Frame, Glance
from models.face_landmarks import FaceLandmarks

Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """How far the mouths are open, together, every `step` seconds from `start` on; not a number where none is seen."""

    start: float
    step: float
    opened: Series


def choose(glances: Sequence[Glance], speech: Sequence[Interval], limits: LagLimits) -> tuple[Interval, ...]:
    """Where to look closely: stretches of `burst_s` with a large face while somebody speaks, spread evenly."""
    seen = [one.interval for one in glances if _mouths(one, limits)]
    if not seen:
        return ()
    begin, end = seen[0].start, seen[-1].end
    found = []
    time = begin
    while time + limits.least_burst_s <= end:
        span = Interval(time, min(end, time + limits.burst_s))
        faces = total(intersect(seen, [span])) / span.duration
        talk = total(intersect(speech, [span])) / span.duration
        if faces >= limits.least_seen and talk >= limits.least_talk:
            found.append(span)
        time += limits.burst_s
    if len(found) <= limits.bursts:
        return tuple(found)
    return tuple(found[round(place)] for place in np.linspace(0, len(found) - 1, limits.bursts))


def watch(
    span: Interval, frames: Iterable[Frame], glances: Sequence[Glance], faces: FaceLandmarks, settings: VisionSettings
) -> Burst:
    """The mouths during `span`. `frames` are all pictures of it; faces lie where the nearest glance saw them."""
    limits = settings.lag
    near = [one for one in glances if one.interval.overlap(span.widened(1.0)) > 0 and _mouths(one, limits)]
    count = max(1, round(span.duration * limits.rate))
    opened = np.full(count, np.nan)
    for place, image in _on_beat(frames, span, limits.rate, count):
        time = span.start + place / limits.rate
        glance = min(near, key=lambda one: abs(one.time - time), default=None)
        if glance is None:
            continue
        mouths = [_opening(image, area, faces, settings) for area in _mouths(glance, limits)]
        known = [one for one in mouths if one is not None]
        if known:
            opened[place] = sum(known)
    return Burst(span.start, 1 / limits.rate, opened)


def _mouths(glance: Glance, limits: LagLimits) -> list[Area]:
    """The largest faces that are large enough for their mouths to be read."""
    large = [one for one in glance.faces if one.sighting.height_px >= limits.least_face_px]
    return [one.area for one in sorted(large, key=lambda one: -one.sighting.height_px)[: limits.most_faces]]


def _on_beat(
    frames: Iterable[Frame], span: Interval, rate: float, count: int
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """At most one frame for each step."""
    last = -1
    for frame in frames:
        place = int((frame.time - span.start) * rate + 1e-6)
        if last < place < count:
            last = place
            yield place, frame.image


def _opening(image: NDArray[np.uint8], area: Area, faces: FaceLandmarks, settings: VisionSettings) -> float | None:
    side = max(area.width, area.height) * settings.crop_scale
    placed = faces.place(crop(image, area.middle, side, settings.crop_px))
    return None if placed is None else placed.mouth_open


def measure(bursts: Sequence[Burst], loudness: Callable[[float, int, float], Series], limits: LagLimits) -> Lag | None:
    """The lag of the session, or None where mouths and voice do not agree well enough to tell.

    `loudness(start, count, step)` gives the level of the sound (dB, (count,)) every `step` seconds from `start` on.
    """
    reach = round(limits.most_s * limits.rate)
    sums, weights = np.zeros(2 * reach + 1), 0.0
    for burst in bursts:
        known = np.isfinite(burst.opened)
        if known.sum() < limits.least_burst_s * limits.rate * limits.least_seen:
            continue
        voice = loudness(burst.start - reach * burst.step, len(burst.opened) + 2 * reach, burst.step)
        weight = float(known.sum())
        sums += weight * _agreement(burst.opened, known, voice, reach)
        weights += weight
    if weights < limits.least_seconds * limits.rate:
        return None
    curve = sums / weights
    lags = np.arange(-reach, reach + 1) / limits.rate
    best = int(np.argmax(curve))
    rivals = curve[np.abs(lags - lags[best]) > limits.apart_s]
    if curve[best] < limits.least_score or curve[best] - rivals.max(initial=-1.0) < limits.least_lead:
        return None
    lead = float(curve[best] - curve[np.abs(lags) <= limits.in_step_s].max())
    return Lag(round(float(lags[best]), 2), round(float(curve[best]), 3), round(max(0.0, lead), 3))


def _agreement(opened: Series, known: NDArray[np.bool_], voice: Series, reach: int) -> Series:
    """Pearson's correlation of the mouths with the voice shifted by -reach..reach steps: (2 reach + 1,)."""
    mouths = _standard(_smooth(opened[known]))
    found = np.zeros(2 * reach + 1)
    for shift in range(2 * reach + 1):
        part = voice[shift : shift + len(opened)][known]
        found[shift] = float((mouths * _standard(part)).mean())
    return found


def _standard(values: Series) -> Series:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def _smooth(values: Series) -> Series:
    return np.convolve(np.pad(values, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
