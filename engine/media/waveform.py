"""How loud a session is over time, for people to see: the largest sample of each short stretch, channel by channel."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.media.session import open_session
from engine.media.settings import DEFAULT, MediaSettings

PER_SECOND = 25
"""Stretches a second: 40 ms each, finer than a pixel of any view that shows more than half a minute."""
FULL_SCALE = 255
BLOCK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Waveform:
    """`peaks` (channels, n), uint8: the largest amplitude of stretch i, which begins at i / PER_SECOND; 255 is full
    scale. No channels where nothing can be heard."""

    peaks: NDArray[np.uint8]

    def to_bytes(self) -> bytes:
        """The peaks with their shape before them, as `from_bytes` reads them."""
        return np.array(self.peaks.shape, dtype="<u4").tobytes() + self.peaks.tobytes()


def from_bytes(data: bytes) -> Waveform:
    """Read back what `to_bytes` wrote. Raises ValueError for anything else."""
    shape = np.frombuffer(data[:8], dtype="<u4")
    if len(shape) != 2 or len(data) != 8 + int(shape[0]) * int(shape[1]):
        raise ValueError("no waveform")
    return Waveform(np.frombuffer(data[8:], dtype=np.uint8).reshape(int(shape[0]), int(shape[1])))


def waveform_of(paths: Sequence[Path], settings: MediaSettings = DEFAULT) -> Waveform:
    """The waveform of the parts `paths` on the session's clock. Raises MingjianError `media_*`, `output_*`."""
    with (
        tempfile.TemporaryDirectory(prefix="mingjian-") as folder,
        open_session(paths, Path(folder), settings) as session,
    ):
        audio = session.audio()
        if audio is None:
            return Waveform(np.zeros((0, 0), dtype=np.uint8))
        return Waveform(peaks_of(audio.samples, audio.rate))


def peaks_of(samples: NDArray[np.float32], rate: int) -> NDArray[np.uint8]:
    """The largest amplitude of each stretch of `samples` (channels, n); the last stretch may be short."""
    step = rate // PER_SECOND
    found = [
        _peaks(np.abs(samples[:, begin : begin + BLOCK_SECONDS * rate]), step)
        for begin in range(0, samples.shape[1], BLOCK_SECONDS * rate)
    ]
    return np.concatenate(found, axis=1) if found else np.zeros((samples.shape[0], 0), dtype=np.uint8)


def _peaks(block: NDArray[np.float32], step: int) -> NDArray[np.uint8]:
    missing = -block.shape[1] % step
    padded = np.pad(block, ((0, 0), (0, missing)))
    largest = padded.reshape(block.shape[0], -1, step).max(axis=2)
    found: NDArray[np.uint8] = np.round(np.clip(largest, 0, 1) * FULL_SCALE).astype(np.uint8)
    return found
