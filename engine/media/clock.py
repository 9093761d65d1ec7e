"""From a stream's raw time stamps to one running clock.

Most streams have one epoch: one shift for all time stamps. A clock that starts anew within a file (a wrapped
counter, files glued together) begins another epoch, which continues where the one before ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Epoch:
    """Raw time stamps `first`..`last` (seconds); adding `shift` gives running time."""

    first: float
    last: float
    shift: float


def find_epochs(
    order: NDArray[np.float64],
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    largest_gap: float,
    largest_step_back: float,
) -> tuple[tuple[Epoch, ...], NDArray[np.float64]]:
    """Epochs of a stream and the shift of each packet.

    `order`, `starts` and `ends` are per packet (n,), in file order: decoding time, presentation time and its end,
    in seconds.
    """
    steps = np.diff(order)
    cuts = [0, *(np.flatnonzero((steps > largest_gap) | (steps < -largest_step_back)) + 1).tolist(), len(order)]
    epochs: list[Epoch] = []
    shifts = np.zeros(len(order))
    for begin, finish in pairwise(cuts):
        first, last = float(starts[begin:finish].min()), float(ends[begin:finish].max())
        shift = epochs[-1].last + epochs[-1].shift - first if epochs else 0.0
        epochs.append(Epoch(first, last, shift))
        shifts[begin:finish] = shift
    return tuple(epochs), shifts


def find_strays(order: NDArray[np.float64], reach: float, most: int) -> NDArray[np.bool_]:
    """Which packets (n,) carry damaged time stamps: they leave the line of `order` (n,) by more than `reach`
    seconds, and at most `most` packets later the line goes on where it was left.
    """
    stray = np.zeros(len(order), dtype=bool)
    jumps = np.flatnonzero(np.abs(np.diff(order)) > reach) + 1
    done = 0
    for place in jumps.tolist():
        if place < done:
            continue
        ends = jumps[(jumps > place) & (jumps <= place + most)]
        returns = ends[np.abs(order[ends] - order[place - 1]) <= reach]
        if len(returns):
            done = int(returns[0])
            stray[place:done] = True
    return stray


class Reader:
    """Running time of decoded frames that are read in order from the start of a stream."""

    def __init__(self, epochs: Sequence[Epoch], step_back: float) -> None:
        self._epochs = epochs
        self._current = 0
        self._latest = float("-inf")
        self._step_back = step_back

    def time(self, raw: float) -> float:
        """Running time of a frame whose raw time stamp is `raw`; both in seconds."""
        if self._current + 1 < len(self._epochs):
            beyond = raw > self._epochs[self._current].last + self._step_back
            if beyond or raw < self._latest - self._step_back:
                self._current += 1
        self._latest = raw
        return raw + self._epochs[self._current].shift
