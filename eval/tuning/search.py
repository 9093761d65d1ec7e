"""Look for the operating point that keeps to the budget and costs people least, one threshold at a time.

From the thresholds in force, the best single move is made, and again from there, until no move is worth while. A move
must gain a stated number of sessions, so that chance alone moves nothing; of moves that gain the same, the one that
stays nearest to what is in force is made. The same sums give the same point.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.metrics.counts import Share
from eval.tuning.outcomes import Outcomes
from eval.tuning.point import Point, Threshold
from eval.tuning.settings import Range, TuningOptions

Measure = Callable[[Sequence[Point]], Sequence[Outcomes]]
"""The outcomes of points over all sessions of the split that may be looked at."""

NOTHING = Point()


@dataclass(frozen=True, slots=True)
class Placed:
    """A point and what it comes to."""

    point: Point
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One value of a threshold, all others as in the point the curve was drawn around."""

    value: float
    outcomes: Outcomes
    chosen: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """What a threshold does around the chosen point, ascending by its value."""

    threshold: Threshold
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the search came to. `moves`: the points on the way, the one in force first and the chosen one last."""

    moves: tuple[Placed, ...]
    curves: tuple[Curve, ...]
    tried: int

    @property
    def chosen(self) -> Placed:
        """The last one."""
        return self.moves[-1]


def search(present: dict[Threshold, float], measure: Measure, options: TuningOptions) -> Found:
    """Move from `present` (the values in force of every threshold that may move) to the best point within reach."""
    here = Placed(NOTHING, measure([NOTHING])[0])
    moves, tried = [here], 1
    while True:
        around = [(one, value) for one in options.ranges for value in _values(one, here.point, present)]
        points = [_moved(here.point, one.threshold, value, present) for one, value in around]
        placed = [Placed(*both) for both in zip(points, measure(points), strict=True)]
        tried += len(placed)
        best = min(placed, key=lambda one: _rank(one, present, options), default=here)
        if len(moves) > options.most_moves or not _worth(best.outcomes, here.outcomes, options):
            return Found(tuple(moves), tuple(_curves(options.ranges, around, placed, here, present)), tried)
        here = best
        moves.append(here)


def keeps_to(outcomes: Outcomes, options: TuningOptions) -> bool:
    """Whether the budget is kept to."""
    return outcomes.limited(options.by) <= options.budget


def least_violating(budget: float) -> int | None:
    """Violating sessions that it takes for a 95 % interval without a single miss to stay within `budget`; None where no
    number does.

    >>> least_violating(0.01)
    381
    """
    if budget <= 0:
        return None
    low, high = 0, 1
    while not _fits(high, budget):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _fits(middle, budget) else (middle, high)
    return high


def _fits(sessions: int, budget: float) -> bool:
    return Share(0, sessions).interval()[1] <= budget


def _values(one: Range, here: Point, present: dict[Threshold, float]) -> tuple[float, ...]:
    """The values of a threshold but for the one it has here; the one in force always among them."""
    now = dict(here.values).get(one.threshold, present[one.threshold])
    return tuple(value for value in sorted({*one.values, present[one.threshold]}) if value != now)


def _moved(here: Point, threshold: Threshold, value: float, present: dict[Threshold, float]) -> Point:
    return here.without(threshold) if value == present[threshold] else here.moved(threshold, value)


def _rank(one: Placed, present: dict[Threshold, float], options: TuningOptions) -> tuple[object, ...]:
    """The smaller the better: within the budget first, then by what people are spared, then nearest to what is in
    force."""
    within = keeps_to(one.outcomes, options)
    excess = 0.0 if within else one.outcomes.limited(options.by)
    distance = sum(
        abs(value - present[threshold]) / (abs(present[threshold]) or 1.0) for threshold, value in one.point.values
    )
    return (not within, excess, one.outcomes.wrong(options.objective), len(one.point.values), distance, str(one.point))


def _worth(new: Outcomes, old: Outcomes, options: TuningOptions) -> bool:
    """Whether a move is worth while: nearer to the budget where that is not kept to, else enough is gained within
    it."""
    if not keeps_to(old, options):
        return keeps_to(new, options) or new.limited(options.by) < old.limited(options.by)
    if not keeps_to(new, options):
        return False
    return old.wrong(options.objective)[0] - new.wrong(options.objective)[0] >= options.least_gain


def _curves(
    ranges: Sequence[Range],
    around: Sequence[tuple[Range, float]],
    placed: Sequence[Placed],
    here: Placed,
    present: dict[Threshold, float],
) -> list[Curve]:
    curves = []
    for one in ranges:
        now = dict(here.point.values).get(one.threshold, present[one.threshold])
        points = [CurvePoint(now, here.outcomes, chosen=True)]
        points += [
            CurvePoint(value, at.outcomes, chosen=False)
            for (moved, value), at in zip(around, placed, strict=True)
            if moved is one
        ]
        curves.append(Curve(one.threshold, tuple(sorted(points, key=lambda point: point.value))))
    return curves
