"""How far sound and picture lie apart: mouths against the voice, in a few bursts of pictures.

A mouth is open when its owner's voice is loud, more often than chance has it; by how much one must be shifted against
the other for that to hold best is the lag. Whose mouth it is does not matter: all in the picture are added up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Lag
from engine.interval import Interval, intersect, total
from engine.vision.geometry import Area
from engine.vision.mouths import Burst, gaps
from engine.vision.settings import LagLimits
from engine.vision.survey import Glance

Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
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


def opening(burst: Burst, span: Interval, limits: LagLimits) -> Opening:
    """How far the largest mouths of a burst are open during `span`, added up."""
    first = max(0, round((span.start - burst.start) / burst.step))
    last = min(burst.count, first + round(span.duration / burst.step))
    large = sorted(
        (one for one in burst.mouths if one.height_px >= limits.least_face_px),
        key=lambda one: (-one.height_px, one.track),
    )
    seen = [gaps(one)[first:last] for one in large[: limits.most_faces]]
    opened = np.full(max(0, last - first), np.nan)
    if seen:
        known = np.isfinite(seen).any(axis=0)
        opened[known] = np.nansum(seen, axis=0)[known]
    return Opening(burst.start + first * burst.step, burst.step, opened)


def _mouths(glance: Glance, limits: LagLimits) -> list[Area]:
    """The largest faces that are large enough for their mouths to be read."""
    large = [one for one in glance.faces if one.sighting.height_px >= limits.least_face_px]
    return [one.area for one in sorted(large, key=lambda one: -one.sighting.height_px)[: limits.most_faces]]


def measure(
    bursts: Sequence[Opening], loudness: Callable[[float, int, float], Series], limits: LagLimits
) -> Lag | None:
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
    by_chance = (limits.anew_s * limits.rate / weights) ** 0.5
    least = max(limits.least_score, limits.least_deviations * by_chance)
    if curve[best] < least or curve[best] - rivals.max(initial=-1.0) < limits.least_lead:
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
