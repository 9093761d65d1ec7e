"""How something went over a session, in few enough values to be drawn."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Curve
from engine.interval import Interval

MOST_VALUES = 300
SHORTEST_STEP = 0.5


def step_of(seconds: float) -> float:
    """Seconds that one value of a session's curve stands for."""
    return max(SHORTEST_STEP, math.ceil(2 * seconds / MOST_VALUES) / 2)


def of_power(power: NDArray[np.float64], frame: float, lowest_db: float) -> Curve:
    """Level in dB of full scale of `power` (n,), one value per `frame` seconds: the mean power of every step."""
    step = step_of(len(power) * frame)
    size = round(step / frame)
    means = [float(power[begin : begin + size].mean()) for begin in range(0, len(power), size)]
    return Curve(step, tuple(round(max(lowest_db, 10 * math.log10(max(one, 1e-30))), 1) for one in means))


def of_spans(spans: Sequence[Interval], values: Sequence[float], seconds: float) -> Curve:
    """The mean of what stands for spans that begin in a step; None where none begins."""
    step = step_of(seconds)
    sums: list[list[float]] = [[] for _ in range(max(1, math.ceil(seconds / step)))]
    for span, value in zip(spans, values, strict=True):
        sums[min(len(sums) - 1, max(0, int(span.start / step)))].append(value)
    return Curve(step, tuple(round(sum(one) / len(one), 1) if one else None for one in sums))
