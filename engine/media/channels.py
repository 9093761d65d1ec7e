"""What the channels of a recording are to each other: one signal, the same signal twice, one party each, or a mixture.

Call recorders often put each party on its own channel; then the channel tells who speaks, better than any voice
model. But many stereo files hold one signal twice, or a room heard by two microphones, so the layout is measured
and never assumed.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ChannelLayout = Literal["mono", "dual_mono", "split", "mixed"]


@dataclass(frozen=True, slots=True)
class LayoutSettings:
    """Levels in dB of full scale, times in seconds, shares 0..1.

    A channel is dead when all but `loudest` seconds of it lie below `dead_db`, or `dead_below_db` under the loudest
    one: a customer who says little is not dead. Channels carry the same signal when the median of their
    cross-correlation peaks (within `largest_lag`) reaches `same` and their levels differ by one amount, give or
    take `steady_db`. They are split when in `split_share` of the frames with sound one channel leads by `lead_db`,
    and each leads in at least `least_share`.
    """

    frame: float = 0.03
    dead_db: float = -65.0
    dead_below_db: float = 45.0
    loudest: float = 0.3
    same: float = 0.97
    steady_db: float = 3.0
    largest_lag: float = 0.02
    window: float = 1.0
    windows: int = 40
    above_floor_db: float = 10.0
    least_range_db: float = 20.0
    quietest_db: float = -55.0
    lead_db: float = 7.0
    split_share: float = 0.7
    least_share: float = 0.005


LAYOUT = LayoutSettings()
CHUNK_SECONDS = 60
SILENCE_DB = -120.0


def live_channels(levels: NDArray[np.float64], settings: LayoutSettings = LAYOUT) -> tuple[int, ...]:
    """Channels that carry sound, from `levels` (channels, frames) in dB; every channel when none does."""
    if levels.shape[1] == 0:
        return tuple(range(levels.shape[0]))
    loudest = min(levels.shape[1], max(1, round(settings.loudest / settings.frame)))
    loud = np.partition(levels, -loudest, axis=1)[:, -loudest]
    limit = max(settings.dead_db, float(loud.max()) - settings.dead_below_db)
    live = tuple(int(i) for i in np.flatnonzero(loud > limit))
    return live or tuple(range(levels.shape[0]))


def frame_levels(samples: NDArray[np.float32], rate: int, frame: float = LAYOUT.frame) -> NDArray[np.float64]:
    """Level in dB of full scale of each frame of `frame` seconds: (channels, frames). Reads `samples` (channels, n)
    in pieces.
    """
    size = max(1, round(frame * rate))
    per_chunk = CHUNK_SECONDS * rate // size
    count = samples.shape[1] // size
    levels = np.empty((samples.shape[0], count))
    for begin in range(0, count, per_chunk):
        end = min(count, begin + per_chunk)
        block = np.asarray(samples[:, begin * size : end * size], dtype=np.float64).reshape(samples.shape[0], -1, size)
        power = np.einsum("cfs,cfs->cf", block, block) / size
        levels[:, begin:end] = 10 * np.log10(np.maximum(power, 10 ** (SILENCE_DB / 10)))
    return levels


def detect_layout(
    samples: NDArray[np.float32], rate: int, settings: LayoutSettings = LAYOUT
) -> tuple[ChannelLayout, tuple[int, ...]]:
    """The layout of `samples` (channels, n) and the channels that carry sound.

    `mono` may come with several channels of which all but one are dead.
    """
    if samples.shape[0] == 1:
        return "mono", (0,)
    levels = frame_levels(samples, rate, settings.frame)
    live = live_channels(levels, settings)
    if len(live) == 1:
        return "mono", live
    if all(
        _steady(levels[live[0]], levels[other], settings)
        and _same_signal(samples, levels, live[0], other, rate, settings)
        for other in live[1:]
    ):
        return "dual_mono", live
    return ("split" if _taking_turns(levels[list(live)], settings) else "mixed"), live


def _steady(one: NDArray[np.float64], two: NDArray[np.float64], settings: LayoutSettings) -> bool:
    """Whether one channel is louder than the other by the same amount whoever speaks; an echo of the other party,
    though the same signal, is not.
    """
    loudness = np.maximum(one, two)
    if len(loudness) == 0:
        return True
    loud = loudness > max(settings.quietest_db, float(np.percentile(loudness, 95)) - settings.least_range_db)
    if not loud.any():
        return True
    low, high = np.percentile((one - two)[loud], (5, 95))
    return bool(high - low <= settings.steady_db)


def _same_signal(
    samples: NDArray[np.float32], levels: NDArray[np.float64], one: int, two: int, rate: int, settings: LayoutSettings
) -> bool:
    """Whether two channels agree but for gain, sign and a small delay, over windows where the louder of them has
    sound.
    """
    size, lag = round(settings.window * rate), round(settings.largest_lag * rate)
    length = samples.shape[1]
    size = min(size, length)
    if size <= 2 * lag:
        return bool(np.allclose(samples[one], samples[two], atol=1e-3))
    per_window = max(1, round(settings.window / settings.frame))
    loudness = np.maximum(levels[one], levels[two])
    count = max(1, len(loudness) // per_window)
    energy = np.array([loudness[i * per_window : (i + 1) * per_window].max(initial=SILENCE_DB) for i in range(count)])
    audible = np.flatnonzero(energy > max(settings.quietest_db, float(energy.max()) - 40))
    if len(audible) == 0:
        audible = np.array([int(energy.argmax())])
    chosen = audible[np.unique(np.linspace(0, len(audible) - 1, settings.windows).astype(int))]
    peaks = []
    for window in chosen:
        begin = min(int(window) * round(settings.frame * rate) * per_window, length - size)
        first = np.asarray(samples[one, begin : begin + size], dtype=np.float64)
        second = np.asarray(samples[two, begin : begin + size], dtype=np.float64)
        peaks.append(_correlation_peak(first - first.mean(), second - second.mean(), lag))
    return float(np.median(peaks)) >= settings.same


def _correlation_peak(first: NDArray[np.float64], second: NDArray[np.float64], lag: int) -> float:
    """Largest absolute correlation (0..1) of two windows over shifts up to `lag` samples."""
    energies = np.dot(first, first), np.dot(second, second)
    if not any(energies):
        return 1.0
    if not all(energies):
        return 0.0
    scale = np.sqrt(energies[0] * energies[1])
    size = 1 << (2 * len(first) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)), size)
    near = np.concatenate([product[: lag + 1], product[-lag:]])
    return float(np.abs(near).max() / scale)


def _taking_turns(levels: NDArray[np.float64], settings: LayoutSettings) -> bool:
    """Whether nearly all sound belongs clearly to one channel, now this one, now that one."""
    if levels.shape[1] == 0:
        return False
    low, gains = np.percentile(levels, (10, 95), axis=1)
    floors = np.maximum(
        np.minimum(low + settings.above_floor_db, gains - settings.least_range_db), settings.quietest_db
    )
    above = levels > floors[:, None]
    sounding = above.any(axis=0)
    if not sounding.any():
        return False
    usual = [
        float(np.percentile(row[loud], 95)) if loud.any() else 0.0 for row, loud in zip(levels, above, strict=True)
    ]
    relative = np.where(above, levels - np.array(usual)[:, None], SILENCE_DB)
    ranked = np.sort(relative, axis=0)
    leads = (ranked[-1] - ranked[-2] >= settings.lead_db) & sounding
    leader = relative.argmax(axis=0)
    heard = int(sounding.sum())
    shares = [int((leads & (leader == channel)).sum()) / heard for channel in range(levels.shape[0])]
    return int(leads.sum()) / heard >= settings.split_share and min(shares) >= settings.least_share
