"""Very short answers on a channel of their own, which the voice-activity network does not hear.

A lone 嗯 or 是 of 0.2 to 0.4 s out of digital silence gets a probability under 0.15 (measured, telephone band). Where
each party has a channel, what stands far above the channel's quiet, is periodic like a voice and is no leak from
another channel can only be that party; what it said, or whether it was a word at all, is for the recogniser.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval, union
from engine.speech.activity import FRAME_SAMPLES, FRAME_SECONDS, levels_db
from engine.speech.settings import BurstSettings

RATE = 16000
SPAN = 640
"""Samples over which periodicity is measured: 40 ms, two periods and more of the deepest voice."""
SHORTEST_LAG, LONGEST_LAG = RATE // 400, RATE // 70


def voiced_bursts(
    channel: NDArray[np.float32],
    others: Sequence[NDArray[np.float32]],
    known: Sequence[Interval],
    settings: BurstSettings | None = None,
) -> tuple[Interval, ...]:
    """Stretches outside `known` speech in which this channel's own party makes a voiced sound: sorted, disjoint.

    `channel` and `others` are mono float32 at 16 kHz and as long as each other; `others` are the other parties'.
    """
    settings = settings or BurstSettings()
    frames = -(-len(channel) // FRAME_SAMPLES)
    if not frames:
        return ()
    levels = levels_db(channel, frames)
    quiet = max(settings.floor_db, float(np.percentile(levels, settings.quiet_percentile)))
    loud = levels >= quiet + settings.clear_db
    for other in others:
        loud &= levels >= levels_db(other, frames) - settings.leak_db
    for interval in known:
        loud[int(interval.start / FRAME_SECONDS) : int(interval.end / FRAME_SECONDS) + 1] = False
    voiced = [run for run in _runs(loud) if _voiced_share(channel, run, settings) >= settings.voiced_share]
    joined = union((Interval(a * FRAME_SECONDS, b * FRAME_SECONDS) for a, b in voiced), gap=settings.bridged_gap)
    return tuple(one.widened(settings.padding) for one in joined if one.duration >= settings.shortest)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last (exclusive) index of every run of true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _voiced_share(channel: NDArray[np.float32], run: tuple[int, int], settings: BurstSettings) -> float:
    """Share of the run's frames that are periodic."""
    spans = [
        channel[start : start + SPAN] for start in range(run[0] * FRAME_SAMPLES, run[1] * FRAME_SAMPLES, FRAME_SAMPLES)
    ]
    return float(np.mean([_periodicity(np.asarray(span)) >= settings.periodicity for span in spans]))


def _periodicity(span: NDArray[np.float32]) -> float:
    """Highest normalised autocorrelation (0..1) at the pitch periods of voices, 70 to 400 Hz."""
    centred = span.astype(np.float64) - span.mean()
    best = 0.0
    for lag in range(SHORTEST_LAG, min(LONGEST_LAG, len(centred) // 2) + 1):
        before, after = centred[:-lag], centred[lag:]
        energy = float(np.sqrt((before @ before) * (after @ after)))
        best = max(best, float(before @ after) / energy) if energy > 0 else best
    return best
