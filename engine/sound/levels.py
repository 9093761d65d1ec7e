"""Short-time figures of a recording's sound, gathered in one pass that never holds more than a minute of samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval
from engine.media.audio import Audio
from engine.sound.traces import Traces

FRAME_SECONDS = 0.01
CHUNK_SECONDS = 60
FLAT_SECONDS = 0.5
"""Stretches, a whole number of frames long, over which flattened peaks are looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Per frame of FRAME_SECONDS: `power` of the mixture (n,), whether every channel is digital zero (n,), and how
    many samples near full scale have such a neighbour (n,), over all channels that carry sound.

    `flat` is, per stretch of FLAT_SECONDS, the share of samples close below its largest magnitude, of the channel
    where that share is largest.
    """

    power: NDArray[np.float64]
    zero: NDArray[np.bool_]
    full: NDArray[np.int32]
    flat: NDArray[np.float32]
    clipped: float

    def covered(self, intervals: tuple[Interval, ...]) -> NDArray[np.bool_]:
        """Which frames (n,) have their middle inside one of `intervals`."""
        inside = np.zeros(len(self.power), dtype=bool)
        for interval in intervals:
            begin, end = (max(0, round(time / FRAME_SECONDS)) for time in (interval.start, interval.end))
            inside[begin:end] = True
        return inside


def gather(audio: Audio, zero_below: float, clipped_above: float, flat_above: float, traces: Traces) -> Levels:
    """Levels of `audio`. Samples under `zero_below` count as digital zero, those above `clipped_above` as full
    scale (both of 0..1), those above `flat_above` of a stretch's largest as flattened. `traces` sees the mixture too.

    An end shorter than a frame counts as one frame.
    """
    size = round(FRAME_SECONDS * audio.rate)
    mixture = audio.mono()
    count = -(-len(mixture) // size)
    power, zero, full = np.empty(count), np.empty(count, dtype=bool), np.zeros(count, dtype=np.int32)
    flat: list[NDArray[np.float32]] = []
    per_chunk = round(CHUNK_SECONDS / FRAME_SECONDS)
    live = list(audio.live)
    for begin in range(0, count, per_chunk):
        end = min(count, begin + per_chunk)
        part = slice(begin * size, end * size)
        traces.take(mixture[part])
        power[begin:end] = _frame_means(np.square(mixture[part], dtype=np.float64), size)
        magnitude = np.abs(audio.samples[live, part])
        zero[begin:end] = _frame_means(magnitude.max(axis=0) >= zero_below, size) == 0
        loud = magnitude >= clipped_above
        beside = loud.copy()
        beside[:, 1:] &= loud[:, :-1]
        lengths = np.full(end - begin, size)
        lengths[-1] = magnitude.shape[1] - (end - begin - 1) * size
        full[begin:end] = np.round(_frame_means(beside.sum(axis=0), size) * lengths)
        flat.append(_flatness(magnitude, round(FLAT_SECONDS * audio.rate), flat_above))
    share = int(full.sum()) / max(1, len(mixture) * len(live))
    return Levels(power, zero, full, np.concatenate([*flat, np.zeros(0, np.float32)]), share)


def _flatness(magnitude: NDArray[np.float32], size: int, above: float) -> NDArray[np.float32]:
    """Per stretch of `size` samples the share above `above` of its largest; 0 for silence and for a shorter end."""
    count = magnitude.shape[1] // size
    stretches = magnitude[:, : count * size].reshape(len(magnitude), count, size)
    largest = stretches.max(axis=2, keepdims=True, initial=0.0)
    shares = (stretches >= np.maximum(above * largest, 1e-6)).mean(axis=2, dtype=np.float32)
    return np.asarray(shares.max(axis=0, initial=0.0), np.float32)


def _frame_means(values: NDArray[np.float64] | NDArray[np.bool_] | NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Mean of each frame of `size` values; the last frame may be shorter."""
    whole = len(values) // size * size
    means = values[:whole].reshape(-1, size).mean(axis=1, dtype=np.float64)
    return means if whole == len(values) else np.append(means, values[whole:].mean(dtype=np.float64))


def runs(flags: NDArray[np.bool_], shortest: float, step: float = FRAME_SECONDS) -> tuple[Interval, ...]:
    """Spans of consecutive true values, `step` seconds apart, that last `shortest` seconds or more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return tuple(
        Interval(begin * step, end * step)
        for begin, end in edges.reshape(-1, 2).tolist()
        if (end - begin) * step >= shortest
    )
