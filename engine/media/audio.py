"""The sound of a session, as the stages see it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval
from engine.media.channels import CHUNK_SECONDS, ChannelLayout, detect_layout
from engine.media.samples import SampleFile


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """`samples` is float32 (channels, n) in -1..1 at `rate` Hz, sample 0 at session time 0; usually a read-only
    memory map.

    Surround sound arrives folded down to two channels; one or two channels, and up to eight separate microphones,
    as they are. `layout`: `mono` one signal (further channels, if any, are dead), `dual_mono` the same signal in
    all channels, `split` one party per channel, `mixed` anything else. `live` are the channels that carry sound,
    `mixture` is what `mono()` gives.
    """

    samples: NDArray[np.float32]
    rate: int
    layout: ChannelLayout
    live: tuple[int, ...]
    mixture: NDArray[np.float32]

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1] / self.rate)

    def mono(self) -> NDArray[np.float32]:
        """One signal (n,) with everybody in it."""
        return self.mixture

    def channel(self, index: int | None) -> NDArray[np.float32]:
        """One channel (n,), or the mixture for None."""
        return self.mixture if index is None else self.samples[index]

    def excerpt(self, interval: Interval, channel: int | None = None) -> NDArray[np.float32]:
        """The part (m,) of a channel (of the mixture for None) inside `interval`, cut at both ends of the session."""
        begin, end = (max(0, round(time * self.rate)) for time in (interval.start, interval.end))
        return self.channel(channel)[begin:end]


class Heard(Protocol):
    """One signal that excerpts can be taken of."""

    @property
    def rate(self) -> int: ...

    def excerpt(self, interval: Interval) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class KeptMixture:
    """The mixture as it lies in a file, so that another process can read it: `length` float32 from byte `offset` on."""

    path: Path
    offset: int
    length: int
    rate: int

    def excerpt(self, interval: Interval) -> NDArray[np.float32]:
        """The part (m,) inside `interval`, cut at both ends of the session."""
        whole = np.memmap(self.path, dtype=np.float32, mode="r", offset=self.offset, shape=(self.length,))
        begin, end = (max(0, round(time * self.rate)) for time in (interval.start, interval.end))
        return whole[begin:end]


def kept_mixture(audio: Audio) -> Heard:
    """The mixture of `audio` by its place in a file, or `audio` itself where it lies in memory."""
    mixture, samples = audio.mixture, audio.samples
    whole = mixture if isinstance(mixture, np.memmap) and not np.shares_memory(mixture, samples) else samples
    if not isinstance(whole, np.memmap) or whole.filename is None:
        return audio
    begin = mixture.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    return KeptMixture(Path(whole.filename), int(whole.offset + begin), len(mixture), audio.rate)


def from_samples(samples: NDArray[np.float32], rate: int, mixture_file: Path | None = None) -> Audio:
    """Audio over `samples` (channels, n), its layout measured.

    Where several channels must be mixed, the mixture is kept in `mixture_file` (raw float32), or in memory without one.
    """
    layout, live = detect_layout(samples, rate)
    if layout in ("mono", "dual_mono"):
        return Audio(samples, rate, layout, live, samples[_loudest(samples, rate, live)])
    return Audio(samples, rate, layout, live, _mix(samples, rate, live, mixture_file))


def _loudest(samples: NDArray[np.float32], rate: int, live: tuple[int, ...]) -> int:
    power = dict.fromkeys(live, 0.0)
    for begin in range(0, samples.shape[1], CHUNK_SECONDS * rate):
        for channel in live:
            block = samples[channel, begin : begin + CHUNK_SECONDS * rate]
            power[channel] += float(np.dot(block, block))
    return max(live, key=lambda channel: power[channel])


def _mix(
    samples: NDArray[np.float32], rate: int, live: tuple[int, ...], mixture_file: Path | None
) -> NDArray[np.float32]:
    """Mean of the live channels."""
    step, chosen = CHUNK_SECONDS * rate, list(live)
    pieces = ((begin, samples[chosen, begin : begin + step].mean(axis=0)) for begin in range(0, samples.shape[1], step))
    if mixture_file is None:
        return np.concatenate([piece for _, piece in pieces] or [np.zeros(0, dtype=np.float32)])
    target = SampleFile(mixture_file, 1, samples.shape[1])
    try:
        for begin, piece in pieces:
            target.write(begin, piece[None, :])
    finally:
        target.close()
    mixture: NDArray[np.float32] = target.samples()[0]
    return mixture
