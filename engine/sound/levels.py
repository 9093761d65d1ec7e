"""Short-time figures of a recording's sound, gathered in one pass that never holds more than a minute of samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval
from engine.media.audio import Audio

FRAME_SECONDS = 0.01
CHUNK_SECONDS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Per frame of FRAME_SECONDS: `power` of the mixture (n,), and whether every channel is digital zero (n,).

    `clipped` is the share of samples near full scale that have such a neighbour, over all channels that carry sound.
    """

    power: NDArray[np.float64]
    zero: NDArray[np.bool_]
    clipped: float

    def covered(self, intervals: tuple[Interval, ...]) -> NDArray[np.bool_]:
        """Which frames (n,) have their middle inside one of `intervals`."""
        inside = np.zeros(len(self.power), dtype=bool)
        for interval in intervals:
            begin, end = (max(0, round(time / FRAME_SECONDS)) for time in (interval.start, interval.end))
            inside[begin:end] = True
        return inside


def gather(audio: Audio, zero_below: float, clipped_above: float) -> Levels:
    """Levels of `audio`. Samples under `zero_below` count as digital zero, those above `clipped_above` as full
    scale (both of 0..1).

    An end shorter than a frame counts as one frame.
    """
    size = round(FRAME_SECONDS * audio.rate)
    mixture = audio.mono()
    count = -(-len(mixture) // size)
    power, zero = np.empty(count), np.empty(count, dtype=bool)
    clipped = 0
    per_chunk = round(CHUNK_SECONDS / FRAME_SECONDS)
    live = list(audio.live)
    for begin in range(0, count, per_chunk):
        end = min(count, begin + per_chunk)
        power[begin:end] = _frame_means(np.square(mixture[begin * size : end * size], dtype=np.float64), size)
        magnitude = np.abs(audio.samples[live, begin * size : end * size])
        zero[begin:end] = _frame_means(magnitude.max(axis=0) >= zero_below, size) == 0
        full = magnitude >= clipped_above
        beside = full.copy()
        beside[:, 1:] &= full[:, :-1]
        clipped += int(beside.sum())
    return Levels(power, zero, clipped / max(1, len(mixture) * len(live)))


def _frame_means(values: NDArray[np.float64] | NDArray[np.bool_], size: int) -> NDArray[np.float64]:
    """Mean of each frame of `size` values; the last frame may be shorter."""
    whole = len(values) // size * size
    means = values[:whole].reshape(-1, size).mean(axis=1, dtype=np.float64)
    return means if whole == len(values) else np.append(means, values[whole:].mean(dtype=np.float64))


def runs(flags: NDArray[np.bool_], shortest: float) -> tuple[Interval, ...]:
    """Spans of consecutive true frames that last `shortest` seconds or more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return tuple(
        Interval(begin * FRAME_SECONDS, end * FRAME_SECONDS)
        for begin, end in edges.reshape(-1, 2).tolist()
        if (end - begin) * FRAME_SECONDS >= shortest
    )
