"""Decoding the sound of all parts straight into one file of float32 samples, on the session's clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval, union
from engine.media import apart
from engine.media.apart import Died
from engine.media.clock import Reader
from engine.media.container import opened
from engine.media.samples import SampleFile
from engine.media.scan import Scan, Sound, packets
from engine.media.settings import MediaSettings

BLOCK_SECONDS = 4
QUEUE_SECONDS = 1
FOLDED_WITHIN_FULL_SCALE = {"rematrix_maxval": "1"}


def kept_channels(sound: Sound, settings: MediaSettings) -> int:
    """Channels that are kept of a stream: surround sound is folded to two, more than `largest_channels` to one."""
    if sound.surround:
        return 2
    return sound.channels if sound.channels <= settings.largest_channels else 1


@dataclass(frozen=True, slots=True)
class Decoded:
    """How the sound of one part decoded: packets that did not, and the spans of the session they would have filled."""

    errors: int = 0
    lost: tuple[Interval, ...] = ()


def decode_sound(
    scans: Sequence[Scan], offsets: Sequence[float], length: int, path: Path, settings: MediaSettings
) -> tuple[NDArray[np.float32], tuple[Decoded, ...]]:
    """Decode every part's sound to `path`: samples (channels, length) at `settings.rate`, and how each part went.

    A part without sound stays silent; a part with one channel fills all of them. Each part is decoded by a helper
    (engine/media/apart.py); where that dies, what it had written stays, and the rest of the part is lost.
    """
    channels = max(kept_channels(scan.sound, settings) for scan in scans if scan.sound)
    target = SampleFile(path, channels, length)
    target.close()
    made = [
        _apart(part, offset, path, channels, length, settings) if part.sound else Decoded()
        for part, offset in zip(scans, offsets, strict=True)
    ]
    return target.samples(), tuple(made)


def _apart(scan: Scan, offset: float, path: Path, channels: int, length: int, settings: MediaSettings) -> Decoded:
    try:
        return apart.call(settings.helper, decode_part, scan, offset, path, channels, length, settings)
    except Died:
        end = offset + scan.duration
        reached = _last_sound(path, channels, length, Interval(offset, end), settings.rate)
        return Decoded(1, (Interval(reached, end),))


def _last_sound(path: Path, channels: int, length: int, span: Interval, rate: int) -> float:
    """Up to which time of `span` anything but zeros was written."""
    samples: NDArray[np.float32] = np.memmap(path, dtype=np.float32, mode="r", shape=(channels, length))
    begin = round(span.start * rate)
    for last in range(min(length, round(span.end * rate)), begin, -rate * BLOCK_SECONDS):
        first = max(begin, last - rate * BLOCK_SECONDS)
        sounding = np.flatnonzero(samples[:, first:last].any(axis=0))
        if len(sounding):
            return float(first + sounding[-1] + 1) / rate
    return span.start


def decode_part(scan: Scan, offset: float, path: Path, channels: int, length: int, settings: MediaSettings) -> Decoded:
    """Decode the sound of one part into the file `decode_sound` began. Raises ValueError for a part without sound."""
    sound = scan.sound
    if sound is None:
        raise ValueError("a part without sound")
    target = SampleFile(path, channels, length, fresh=False)
    try:
        placer = _Placer(sound, offset - scan.start, target, settings)
        errors = 0
        lost: list[Interval] = []
        broken: float | None = None
        with opened(scan.path) as container:
            for frame in _frames(container, container.streams[sound.index]):
                if frame is None or not placer.accepts(frame):
                    errors += 1
                    broken = placer.reached if broken is None else broken
                elif broken is not None:
                    lost.append(Interval(broken, max(broken, placer.latest)))
                    broken = None
        placer.finish()
        if broken is not None:
            lost.append(Interval(broken, max(broken, sound.end + offset - scan.start)))
    finally:
        target.close()
    return Decoded(errors, union(lost))


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded audio frames in order; None for each packet that does not decode (unreadable ones the scan has
    counted).
    """
    import av

    for packet in packets(container, [stream]):
        if packet is None:
            continue
        try:
            yield from packet.decode()
        except (av.error.FFmpegError, OSError, ValueError, EOFError):
            yield None


class _Placer:
    """Resamples frames and writes them where their time stamps say.

    Frames follow one another without a seam as long as that keeps them within `settings.drift` of their time
    stamps. A frame that comes later leaves zeros before it; of one that comes earlier, the part that is already
    there is dropped.
    """

    def __init__(self, sound: Sound, shift: float, target: SampleFile, settings: MediaSettings) -> None:
        self._sound, self._target, self._settings = sound, target, settings
        self._shift = shift
        self._clock = Reader(sound.epochs, settings.largest_step_back)
        self._queue: Any = None
        self._resampler: Any = None
        self._form: tuple[str, str, int] | None = None
        self._pending: list[NDArray[np.float32]] = []
        self._pending_length = 0
        self._position = round((sound.start + shift) * settings.rate)
        self._expected: float | None = None
        self._skip = 0
        self.latest = sound.start + shift
        """When the frame added last began, in session time."""

    @property
    def reached(self) -> float:
        """When the frame added last ended, in session time."""
        return self._sound.start + self._shift if self._expected is None else self._expected

    def accepts(self, frame: Any) -> bool:
        """Add the next frame; False where it is of a form that cannot be resampled."""
        import av

        try:
            if frame.samples and frame.sample_rate:
                self._take(frame)
        except (av.error.FFmpegError, ValueError):
            self._queue = self._resampler = self._form = self._expected = None
            return False
        return True

    def _take(self, frame: Any) -> None:
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._form:
            self._drain()
            self._form = form
        at = self._time(frame)
        expected = self._expected
        if expected is None or abs(at - expected) > self._settings.drift:
            self._drain()
            self._move_to(at)
            expected = at
        self.latest = at
        self._expected = expected + frame.samples / frame.sample_rate
        self._add(frame)

    def finish(self) -> None:
        """Write what is still held."""
        self._drain()

    def _time(self, frame: Any) -> float:
        """When the frame is due, in session time."""
        if frame.pts is None or frame.pts in self._sound.strays or not self._sound.trusted:
            return self._sound.start + self._shift if self._expected is None else self._expected
        return self._clock.time(float(frame.pts * frame.time_base)) + self._shift

    def _move_to(self, time: float) -> None:
        wanted = round(time * self._settings.rate)
        reached = self._position if self._expected is not None else wanted
        self._skip = max(0, reached - wanted)
        self._position = max(wanted, reached)

    def _add(self, frame: Any) -> None:
        """Queue the frame; resampling is done in large pieces, frame by frame it costs three times as much."""
        import av

        if self._queue is None:
            surround = self._sound.surround and frame.layout.nb_channels > 2
            self._resampler = av.AudioResampler(
                format="flt",
                layout="stereo" if surround else frame.layout.name,
                rate=self._settings.rate,
                options=FOLDED_WITHIN_FULL_SCALE if surround else None,
            )
            self._queue = av.AudioFifo()
        frame.pts = None
        self._queue.write(frame)
        if self._queue.samples >= QUEUE_SECONDS * frame.sample_rate:
            self._resample()

    def _resample(self) -> None:
        queued = self._queue.read()
        if queued is not None:
            queued.pts = None
            for piece in self._resampler.resample(queued):
                self._keep(piece)

    def _keep(self, piece: Any) -> None:
        block = self._fit(piece.to_ndarray().reshape(-1, piece.layout.nb_channels).T)
        if self._skip:
            dropped = min(self._skip, block.shape[1])
            self._skip -= dropped
            block = block[:, dropped:]
        self._pending.append(block)
        self._pending_length += block.shape[1]
        if self._pending_length >= BLOCK_SECONDS * self._settings.rate:
            self._write()

    def _fit(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """The block (m, n) with as many channels as the session keeps; streams may change midway."""
        if block.shape[0] > self._settings.largest_channels:
            block = block.mean(axis=0, keepdims=True)
        if block.shape[0] in (1, self._target.channels):
            return block
        if block.shape[0] > self._target.channels:
            return block[: self._target.channels]
        filler = np.zeros((self._target.channels - block.shape[0], block.shape[1]), dtype=np.float32)
        return np.concatenate([block, filler])

    def _drain(self) -> None:
        if self._queue is not None:
            self._resample()
            for piece in self._resampler.resample(None):
                self._keep(piece)
            self._queue = self._resampler = None
        self._write()

    def _write(self) -> None:
        if not self._pending:
            return
        channels = max(block.shape[0] for block in self._pending)
        whole = np.concatenate(
            [b if b.shape[0] == channels else np.repeat(b, channels, axis=0) for b in self._pending], axis=1
        )
        self._target.write(self._position, np.nan_to_num(whole, posinf=0.0, neginf=0.0))
        self._position += whole.shape[1]
        self._pending, self._pending_length = [], 0
