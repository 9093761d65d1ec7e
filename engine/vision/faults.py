"""From the traits of frames to the spans in which the picture is faulty, and which way up it stands."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval, subtract, union
from engine.vision.settings import PictureLimits
from engine.vision.trait import Trait

TURNS = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class PictureFaults:
    """Spans by fault, as `PictureQuality` has them; `turned` None where nobody was seen any way up."""

    black: tuple[Interval, ...]
    frozen: tuple[Interval, ...]
    dim: tuple[Interval, ...]
    bright: tuple[Interval, ...]
    soft: tuple[Interval, ...]
    covered: tuple[Interval, ...]
    turned: int | None


def find_faults(
    spans: Sequence[Interval], traits: Sequence[Trait], turns: Sequence[int], limits: PictureLimits
) -> PictureFaults:
    """The faults of the frames with these `traits`, each of which stands for its span; in the order of time.

    `turns` are the ways up, in degrees, at which a face was seen best, one for each frame that was looked at so.
    What is black is neither frozen nor dim; what is covered is neither dim nor out of focus.
    """

    def where(fault: Callable[[Trait, PictureLimits], bool], shortest: float) -> tuple[Interval, ...]:
        faulty = [span for span, trait in zip(spans, traits, strict=True) if fault(trait, limits)]
        return tuple(one for one in union(faulty, gap=limits.bridge) if one.duration >= shortest)

    black = where(is_black, limits.least_black)
    covered = subtract(where(is_covered, limits.least_fault), black)
    lost = union([*black, *covered])
    return PictureFaults(
        black=black,
        frozen=_without(_frozen(spans, traits, limits), black, limits.least_frozen),
        dim=_without(where(is_dim, limits.least_fault), lost, limits.least_fault),
        bright=where(is_bright, limits.least_fault),
        soft=_without(where(is_soft, limits.least_fault), lost, limits.least_fault),
        covered=tuple(one for one in covered if one.duration >= limits.least_fault),
        turned=upright(turns, limits),
    )


def is_black(trait: Trait, limits: PictureLimits) -> bool:
    """Nothing but black."""
    return trait.high < limits.black_luma


def is_covered(trait: Trait, limits: PictureLimits) -> bool:
    """Something before the lens: no edges, and hardly a difference between light and shade."""
    return not is_black(trait, limits) and trait.edge is None and trait.high - trait.low < limits.covered_range


def is_dim(trait: Trait, limits: PictureLimits) -> bool:
    """Badly lit: the whole picture, or the faces in it."""
    return trait.bright < limits.dim_luma or (trait.face is not None and trait.face < limits.dim_face)


def is_bright(trait: Trait, limits: PictureLimits) -> bool:
    """Over-exposed: the faces, or without any a large part of the picture. A white wall behind people is none."""
    if trait.face_saturated is not None:
        return trait.face_saturated > limits.bright_face_share
    return trait.saturated > limits.bright_share


def is_soft(trait: Trait, limits: PictureLimits) -> bool:
    """Out of focus: even the sharpest edges are wide, or there are none at all."""
    return trait.edge is None or trait.edge > limits.soft_edge


def upright(turns: Sequence[int], limits: PictureLimits) -> int | None:
    """By how many degrees the picture must be turned; 0 where it stands as it should, None where nobody was seen."""
    if not turns:
        return None
    turn, count = Counter(turns).most_common(1)[0]
    return turn if turn == 0 or (count >= limits.turned_least and 2 * count > len(turns)) else 0


def suspects(times: Sequence[float], traits: Sequence[Trait], limits: PictureLimits) -> tuple[float, ...]:
    """Times just before frames that differ much more from the one before than most do, the likeliest first."""
    changes = np.array([0.0 if one.change is None else one.change for one in traits])
    if len(changes) < 2:
        return ()
    least = max(limits.suspect_change, limits.suspect_ratio * float(np.median(changes)))
    chosen = [place for place in np.argsort(-changes, kind="stable").tolist() if changes[place] >= least and place]
    return tuple((times[place - 1] + times[place]) / 2 for place in chosen)


def _frozen(spans: Sequence[Interval], traits: Sequence[Trait], limits: PictureLimits) -> list[Interval]:
    """Runs of frames that equal the one before. The first frame of a view belongs to the runs on both its sides."""
    found: list[Interval] = []
    begin: float | None = None
    for place, trait in enumerate(traits):
        same = trait.change is not None and trait.change <= limits.frozen_change
        unknown = trait.change is None and begin is not None
        if place and (same or unknown) and begin is None:
            begin = spans[place - 1].start
        if begin is not None and not (same or unknown):
            found.append(Interval(begin, spans[place - 1].end))
            begin = None
    if begin is not None:
        found.append(Interval(begin, spans[-1].end))
    return found


def _without(found: Sequence[Interval], taken: Sequence[Interval], shortest: float) -> tuple[Interval, ...]:
    return tuple(one for one in subtract(found, taken) if one.duration >= shortest)


class Looking(Protocol):
    """A face detector: faces with a score in an RGB image (models/face_detector.py)."""

    def detect(self, image: NDArray[np.uint8], least_score: float, /) -> Sequence["Scored"]: ...


class Scored(Protocol):
    """What such a detector finds."""

    @property
    def score(self) -> float: ...


class Compass:
    """Asks now and then which way up the faces of a view stand."""

    def __init__(self, detector: Looking, limits: PictureLimits) -> None:
        self._detector, self._limits, self._sure = detector, limits, limits.turned_score
        self._asked: float | None = None

    def ask(self, image: NDArray[np.uint8], time: float) -> int | None:
        """The turn (degrees, clockwise) at which a face is found best, clearly better than at any other.

        None where it is not asked now, or nobody is found that surely.
        """
        if self._asked is not None and 0 <= time - self._asked < self._limits.turned_every:
            return None
        self._asked = time
        scores = {turn: self._best(np.ascontiguousarray(np.rot90(image, -turn // 90))) for turn in TURNS}
        best = max(TURNS, key=lambda turn: scores[turn])
        next_best = max(scores[turn] for turn in TURNS if turn != best)
        return best if scores[best] >= self._sure and scores[best] - next_best >= self._limits.turned_lead else None

    def _best(self, image: NDArray[np.uint8]) -> float:
        return max((one.score for one in self._detector.detect(image, self._sure)), default=0.0)
