"""Hours of sound in a file instead of in memory."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class SampleFile:
    """Float32 samples of several channels, one channel after the other, zeros wherever nothing was written.

    Plain writes and not a writable memory map: pages that were written do not count as the process's memory, and a full
    disk is an OSError instead of the end of the process.
    """

    def __init__(self, path: Path, channels: int, length: int, *, fresh: bool = True) -> None:
        """Begin the file, or without `fresh` go on with one that was begun with the same channels and length."""
        self.path, self.channels, self.length = path, channels, length
        self._file = path.open("wb" if fresh else "r+b")
        if fresh:
            self._file.truncate(max(1, channels * length) * 4)

    def write(self, position: int, block: NDArray[np.float32]) -> None:
        """Put `block` (1 or all channels, m) at sample `position`; what lies outside the file is dropped."""
        begin, end = max(0, position), min(self.length, position + block.shape[1])
        if begin >= end:
            return
        inside = block[:, begin - position : end - position]
        for channel in range(self.channels):
            self._file.seek((channel * self.length + begin) * 4)
            self._file.write(np.ascontiguousarray(inside[channel if inside.shape[0] > 1 else 0]).tobytes())

    def close(self) -> None:
        """Write what is buffered and close the file."""
        self._file.close()

    def samples(self) -> NDArray[np.float32]:
        """Read-only memory map (channels, length), once closed."""
        return np.memmap(self.path, dtype=np.float32, mode="r", shape=(self.channels, self.length))
