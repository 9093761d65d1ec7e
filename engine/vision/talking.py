"""Who speaks, told by mouths: each utterance is held against every mouth in the picture.

A mouth that speaks moves its lips (Everingham, Sivic and Zisserman, "Hello! My name is... Buffy", 2006, use just that),
and moves them more than while its owner rests. Both give the log odds that it speaks; Bayes' rule with one speaker, who
may also be off screen, gives each mouth its probability. How the loudness follows the lips within an utterance is not
used: over stretches of 0.6 to 2 s it told real talkers from the same mouths under another's voice no better than chance
(docs/quality.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, tanh

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Bound, Transcript, Utterance
from engine.interval import Interval
from engine.vision.mouths import Burst, Mouth, gaps
from engine.vision.settings import MouthLimits

Series = NDArray[np.float64]
Rest = Mapping[tuple[str, str | None], float]

HUMMED = "嗯恩唔哼呣哦噢喔啊呃额诶欸"
"""Said with hardly a move of the lips: a still mouth proves nothing then."""

TOO_SMALL, HIDDEN, TURNED, UNCLEAR, HUM, UNSEEN = (
    "mouth_too_small",
    "mouth_hidden",
    "mouth_turned",
    "mouths_unclear",
    "mouth_hummed",
    "mouth_unseen",
)
"""Codes of engine/reasons: why an utterance is bound to nothing."""

MOST_ODDS = 30.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One mouth during one utterance: log odds that it speaks, or the code of why it cannot be read."""

    track: str
    odds: float | None
    reason: str | None = None

    @property
    def agreement(self) -> float | None:
        """The odds as -1 (surely still) to 1 (surely speaking); None where the mouth cannot be read."""
        return None if self.odds is None else round(tanh(self.odds / 2), 3)


@dataclass(frozen=True, slots=True)
class Bout:
    """One utterance that was looked at, with every mouth in the picture. `small`: there is a face besides whose mouth
    is too small to be watched.
    """

    interval: Interval
    speaker: str | None
    hummed: bool
    readings: tuple[Reading, ...]
    small: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """Whose mouth an utterance is bound to. `share` is the probability of what it is bound to, 0 where untold."""

    bound: Bound
    track: str | None
    share: float
    reason: str | None = None


def hold(
    bursts: Sequence[Burst],
    transcript: Transcript,
    limits: MouthLimits,
    lag: float = 0.0,
    there: Mapping[str, Interval] | None = None,
) -> tuple[Bout, ...]:
    """Every utterance that lies in a burst, held against the mouths there.

    `lag`: the sound comes so many seconds after the picture. `there`: when each face is in the picture, by track; None:
    those of a burst all through it. Who comes or goes during a burst has no mouth to be read while away, and hides
    none; a face that is there without having been watched may be the one that speaks.
    """
    seen = there or {}
    heard = [(_seen_at(burst.interval, lag), burst) for burst in bursts]
    rest = _rest(bursts, transcript, lag, limits)
    bouts = []
    for said in transcript.utterances:
        found = _burst_of(said, heard, limits)
        if found is None:
            continue
        span, burst = found
        inside = Interval(max(span.start, said.interval.start), min(span.end, said.interval.end))
        shift = span.start - burst.start
        looked = inside.shifted(-shift)
        mouths = [one for one in burst.mouths if seen.get(one.track, looked).overlap(looked) > 0]
        readings = tuple(_read(one, burst, looked, rest, said.speaker, limits) for one in mouths)
        others = seen.keys() - {one.track for one in burst.mouths}
        small = any(seen[one].overlap(looked) > looked.duration / 2 for one in others)
        bouts.append(Bout(inside, said.speaker, _hummed(said.text), readings, small))
    return tuple(bouts)


def _seen_at(span: Interval, lag: float) -> Interval:
    """The time of the sound that belongs to the pictures of `span`."""
    return Interval(max(0.0, span.start + lag), max(0.0, span.end + lag))


def _burst_of(
    said: Utterance, heard: Sequence[tuple[Interval, Burst]], limits: MouthLimits
) -> tuple[Interval, Burst] | None:
    """The burst that shows most of an utterance, if it shows enough of it."""
    best = max(heard, key=lambda one: one[0].overlap(said.interval), default=None)
    if best is None:
        return None
    shown, length = best[0].overlap(said.interval), said.interval.duration
    return best if shown > 0 and shown >= min(length, limits.turn_s) * limits.least_seen else None


def _read(
    mouth: Mouth, burst: Burst, looked: Interval, rest: Rest, speaker: str | None, limits: MouthLimits
) -> Reading:
    """`mouth` while the voice `speaker` is heard."""
    if mouth.height_px < limits.least_face_px:
        return Reading(mouth.track, None, TOO_SMALL)
    first = max(0, int((looked.start - burst.start) / burst.step) - 1)
    last = min(burst.count, int(np.ceil((looked.end - burst.start) / burst.step)) + 1)
    looks = gaps(mouth)[first:last]
    steps = moves(looks)
    if len(steps) + 1 < max(limits.least_looks, limits.least_seen * len(looks)):
        return Reading(mouth.track, None, HIDDEN)
    if mouth.turned > limits.most_turned:
        return Reading(mouth.track, None, TURNED)
    moved = max(limits.least_motion, float(steps.mean()))
    odds = limits.look_weight * log(moved / limits.usual_motion)
    still = rest.get((mouth.track, speaker))
    if still is not None:
        odds += limits.rest_weight * (log(moved / max(still, limits.least_motion)) - limits.usual_rise)
    odds *= min(len(steps), limits.most_looks)
    return Reading(mouth.track, round(odds, 3))


def moves(looks: Series) -> Series:
    """How far the lips moved from one look to the next, wherever two in a row were seen."""
    steps = np.abs(np.diff(looks))
    return steps[np.isfinite(steps)]


def _rest(
    bursts: Sequence[Burst], transcript: Transcript, lag: float, limits: MouthLimits
) -> dict[tuple[str, str | None], float]:
    """How much each mouth moves while a voice is not heard, by track and voice; for what was seen long enough."""
    found: dict[tuple[str, str | None], float] = {}
    for speaker in sorted({one.speaker for one in transcript.utterances if one.speaker is not None}):
        own = [one.interval.widened(limits.margin_s / 2) for one in transcript.utterances if one.speaker == speaker]
        steps: dict[str, list[Series]] = {}
        for burst in bursts:
            times = burst.start + burst.step * (np.arange(burst.count) + 0.5) + lag
            speaks = np.array([any(time in one for one in own) for time in times], bool)
            for mouth in burst.mouths:
                steps.setdefault(mouth.track, []).append(moves(np.where(speaks, np.nan, gaps(mouth))))
        for track, pieces in steps.items():
            resting = np.concatenate(pieces)
            if len(resting) >= limits.least_rest:
                found[track, speaker] = float(resting.mean())
    return found


def _hummed(text: str) -> bool:
    letters = [one for one in text if one.isalpha()]
    return bool(letters) and all(one in HUMMED for one in letters)


def bind(bout: Bout, limits: MouthLimits) -> Binding:
    """What an utterance is bound to. Of a mouth that cannot be read it is taken that it may as well speak as not."""
    if not bout.readings:
        return Binding("untold", None, 0.0, TOO_SMALL if bout.small else UNSEEN)
    each = (1 - limits.off_screen) / (len(bout.readings) + bout.small)
    weights = {one.track: each * exp(min(MOST_ODDS, one.odds or 0.0)) for one in bout.readings}
    whole = limits.off_screen + sum(weights.values()) + each * bout.small
    readable = [one.track for one in bout.readings if one.odds is not None and one.odds >= limits.least_odds]
    best = max(readable, key=lambda track: weights[track], default=None)
    if best is not None and weights[best] / whole >= limits.sure:
        return Binding("face", best, round(weights[best] / whole, 3))
    hidden = [one.reason for one in bout.readings if one.odds is None]
    if hidden or bout.small:
        return Binding("untold", None, 0.0, hidden[0] if hidden else TOO_SMALL)
    nobody = limits.off_screen / whole
    if nobody < limits.sure:
        return Binding("untold", None, 0.0, UNCLEAR)
    return Binding("untold", None, 0.0, HUM) if bout.hummed else Binding("nobody", None, round(nobody, 3))


def certainty(right: int, of: int) -> float:
    """How sure it is that `right` of `of` bindings show the rule: Laplace's estimate, 0..1."""
    return (right + 1) / (of + 2)
