"""One pass over the packets of a file: which streams count, when they start and end, where they are interrupted.

Nothing is decoded but each stream's first frame, so that hours of video are scanned in seconds, and the durations
are those of the data that is there, not those a header promises.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import MingjianError
from engine.interval import Interval
from engine.media import continuity
from engine.media.clock import Epoch, find_epochs, find_strays
from engine.media.container import opened
from engine.media.header import Found, declared_duration, is_truncated, missing_bytes, recorded_at
from engine.media.orientation import Orientation, orientation_of
from engine.media.pulse import beat
from engine.media.settings import MediaSettings

SHORT_NAMES = {"mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "matroska"}
# Codecs whose packets all hold the same number of samples, so that time stamps can be checked against their count.
FIXED_FRAMES = frozenset({"mp1", "mp2", "mp3", "aac", "ac3", "amr_nb", "amr_wb"})
LEAST_PACE = 0.45
# Codecs whose third and further channels are loudspeaker positions; elsewhere they may be one microphone each.
SURROUND = frozenset({"aac", "ac3", "eac3", "dts", "opus", "vorbis", "truehd", "wmav2", "wmapro"})
# Codecs in which every picture stands alone.
INTRA = frozenset({"mjpeg", "prores", "dnxhd", "rawvideo", "huffyuv", "ffv1", "dvvideo", "jpeg2000", "png"})
DEMUX_ATTEMPTS = 50
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Sound:
    """The audio stream of a file. `epochs` map raw time to running time; `trusted` is False where time stamps are
    nonsense. `lost` packets are missing by them, at the times `back` they run backwards.
    """

    index: int
    codec: str
    rate: int
    channels: int
    surround: bool
    start: float
    end: float
    epochs: tuple[Epoch, ...]
    gaps: tuple[Interval, ...]
    trusted: bool
    strays: frozenset[int]
    lost: int = 0
    back: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """The video stream of a file. `width` and `height` are as shown.

    `keys` are the times of its key frames; empty where the file's marks cannot be believed, so that decoding must
    begin at the start. `surges` are where the picture may change at once, the strongest first.
    """

    index: int
    codec: str
    width: int
    height: int
    fps: float
    orientation: Orientation
    aspect: Fraction
    start: float
    end: float
    keys: tuple[float, ...]
    epochs: tuple[Epoch, ...]
    gaps: tuple[Interval, ...]
    strays: frozenset[int]
    surges: tuple[float, ...] = ()
    stalls: tuple[Interval, ...] = ()
    back: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """One file. Times of streams are running time; `start` and `end` bound all of them. `errors` counts unreadable
    packets, `declared` is the length the container states (0: none), `edits` what shows that it was edited.
    """

    path: Path
    container: str
    sound: Sound | None
    picture: Picture | None
    start: float
    end: float
    errors: int
    truncated: bool
    recorded_at: str | None
    declared: float = 0.0
    edits: tuple[str, ...] = ()
    missing_bytes: int = 0
    """Bytes that should follow its end by its own word."""

    @property
    def duration(self) -> float:
        return self.end - self.start


class _Track:
    """What is gathered of one stream while packets go by."""

    def __init__(self, stream: Any, attempts: int) -> None:
        self.stream = stream
        self.first: Any = None
        self.attempts = attempts
        self.order, self.starts, self.lengths = array("d"), array("d"), array("d")
        self.stamps, self.keys, self.sizes = array("q"), array("b"), array("q")
        self.head = b""
        self._unit = float(stream.time_base or 1)

    def take(self, packet: Any) -> None:
        """Note a packet's time stamps; until one decodes, try to decode it."""
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is not None and packet.size and not packet.is_discard:
            self.order.append((packet.dts if packet.dts is not None else stamp) * self._unit)
            self.starts.append(stamp * self._unit)
            self.stamps.append(stamp)
            self.lengths.append((packet.duration or 0) * self._unit)
            self.keys.append(packet.is_keyframe)
            self.sizes.append(packet.size)
            if not self.head:
                self.head = bytes(packet)[:HEAD_BYTES]
        if self.first is None and self.attempts > 0:
            self.attempts -= 1
            self.first = _decode_one(packet)

    def drop_strays(self, settings: MediaSettings) -> frozenset[int]:
        """Forget the packets whose time stamps were damaged; their raw stamps."""
        stray = find_strays(np.array(self.order), settings.stray_reach, settings.stray_packets)
        stamps = np.array(self.stamps)
        for values in (self.order, self.starts, self.lengths, self.keys, self.sizes):
            values[:] = array(values.typecode, np.array(values)[~stray].tolist())
        return frozenset(stamps[stray].tolist())

    def found(self) -> Found:
        """How much there is of the stream, and how much there should be."""
        length = max(map(add, self.starts, self.lengths)) - min(0.0, *self.starts)
        return Found(length, float((self.stream.duration or 0) * self._unit))


def scan(path: Path, settings: MediaSettings) -> Scan:
    """Look through the file at `path`.

    Raises MingjianError: `media_not_media`, `media_truncated`, `media_unreadable`, `media_zero_length` (no data at
    all), `media_no_streams` (data, but nothing decodes), `media_refused` (absurd size or rate).
    """
    with opened(path) as container:
        audio, video = _best(container, "audio"), _best(container, "video")
        if audio is None and video is None:
            raise MingjianError("media_no_streams", path=path)
        tracks = [_Track(stream, settings.attempts_per_stream) for stream in (audio, video) if stream is not None]
        _refuse_absurd(path, audio, video, settings)
        errors = _gather(container, tracks)
        return _conclude(path, container, tracks, errors, settings)


def _best(container: Any, kind: str) -> Any:
    """FFmpeg's choice of the main stream; cover art is no picture."""
    stream = container.streams.best(kind)
    if stream is None or stream.codec_context is None:
        return None
    import av

    if kind == "video" and stream.disposition & av.stream.Disposition.attached_pic:
        return None
    return stream


def _refuse_absurd(path: Path, audio: Any, video: Any, settings: MediaSettings) -> None:
    if video is not None and video.codec_context.width * video.codec_context.height > settings.largest_pixels:
        size = f"{video.codec_context.width}x{video.codec_context.height}"
        raise MingjianError("media_refused", path=path, detail=size)
    if audio is not None and (audio.codec_context.sample_rate or 0) > settings.largest_rate:
        raise MingjianError("media_refused", path=path, detail=f"{audio.codec_context.sample_rate} Hz")


def packets(container: Any, streams: list[Any]) -> Iterator[Any]:
    """Packets of `streams` in file order, going on after unreadable places; None stands for each of those.

    Ends at the end of the file, with an empty packet per stream that makes its decoder give what it still holds, or
    when many attempts in a row fail.
    """
    import av

    for other in container.streams:
        if other not in streams:
            other.discard = av.stream.Discard.all
    failures = 0
    while failures < DEMUX_ATTEMPTS:
        try:
            for packet in container.demux(*streams):
                failures = 0
                beat()
                yield packet
            return
        except (av.error.FFmpegError, OSError, ValueError):
            failures += 1
            yield None


def _gather(container: Any, tracks: list[_Track]) -> int:
    by_index = {track.stream.index: track for track in tracks}
    errors = 0
    for packet in packets(container, [track.stream for track in tracks]):
        if packet is None:
            errors += 1
        else:
            by_index[packet.stream.index].take(packet)
    return errors


def _decode_one(packet: Any) -> Any:
    """First frame that comes out, or None where this packet gives none. Damage here is counted when everything is
    decoded.
    """
    import av

    try:
        frames = packet.decode()
    except (av.error.FFmpegError, OSError, ValueError, EOFError):
        return None
    return frames[0] if frames else None


def _conclude(path: Path, container: Any, tracks: list[_Track], errors: int, settings: MediaSettings) -> Scan:
    if not any(len(track.starts) for track in tracks):
        code = "media_no_data" if (container.duration or 0) > 0 else "media_zero_length"
        raise MingjianError(code, path=path)
    found = [track for track in tracks if track.first is not None]
    if not found:
        raise MingjianError("media_no_streams", path=path)
    sound = next((_sound(t, settings) for t in found if t.stream.type == "audio"), None)
    picture = next((_picture(t, settings) for t in found if t.stream.type == "video"), None)
    sound, picture = _reconcile(sound, picture, settings.largest_gap)
    streams = [stream for stream in (sound, picture) if stream is not None]
    start, end = min(s.start for s in streams), max(s.end for s in streams)
    if end <= start:
        raise MingjianError("media_zero_length", path=path)
    name = container.format.name
    short = SHORT_NAMES.get(name, name)
    pictures = [track.head for track in found if track.stream.type == "video"]
    clocks = [stream.epochs for stream in streams]
    return Scan(
        path=path,
        container=short,
        sound=sound,
        picture=picture,
        start=start,
        end=end,
        errors=errors,
        truncated=is_truncated(path, container, [track.found() for track in found], settings),
        recorded_at=recorded_at(container.metadata),
        declared=declared_duration(container),
        missing_bytes=missing_bytes(path, container),
        edits=continuity.traces(path, short, continuity.tags_of(container), b"".join(pictures), clocks, settings),
    )


def _sound(track: _Track, settings: MediaSettings) -> Sound:
    first = track.first
    codec = track.stream.codec_context.codec.canonical_name
    strays = track.drop_strays(settings)
    lengths = _lengths(track, shortest=first.samples / first.sample_rate, longest_share=3.0)
    epochs, starts, ends = _running(track, lengths, settings)
    channels = first.layout.nb_channels
    start, end = _first_time(track, starts), float(ends.max())
    total = len(starts) * track.stream.codec_context.frame_size / first.sample_rate
    trusted = not (codec in FIXED_FRAMES and end - start < total * LEAST_PACE)
    if not trusted:
        epochs, end = (Epoch(start, start, 0.0),), start + total
    return Sound(
        index=track.stream.index,
        codec=codec,
        rate=first.sample_rate,
        channels=channels,
        surround=channels > 2 and codec in SURROUND,
        start=start,
        end=end,
        epochs=epochs,
        gaps=_gaps(starts, ends, settings.audio_gap) if trusted else (),
        trusted=trusted,
        strays=strays,
        lost=continuity.lost_packets(starts, lengths) if trusted and codec in FIXED_FRAMES else 0,
        back=continuity.steps_back(np.array(track.order), starts, settings.step_back_slack) if trusted else (),
    )


def _picture(track: _Track, settings: MediaSettings) -> Picture:
    first, stream = track.first, track.stream
    codec = stream.codec_context.codec.canonical_name
    rate = float(stream.average_rate or stream.guessed_rate or 25)
    strays = track.drop_strays(settings)
    lengths = _lengths(track, shortest=1 / rate, longest_share=1.0)
    epochs, starts, ends = _running(track, lengths, settings)
    order = np.sort(starts)
    step = float(np.median(np.diff(order))) if len(order) > 1 else 1 / rate
    marked = np.frombuffer(track.keys, dtype=np.int8).astype(bool)
    keys = np.sort(starts[marked])
    start, end = _first_time(track, starts), float(ends.max())
    orientation = orientation_of(first)
    aspect = sane_aspect(stream.sample_aspect_ratio)
    width, height = orientation.size(round(first.width * aspect), first.height)
    spread = float(order[-1] - order[0])
    return Picture(
        index=stream.index,
        codec=codec,
        width=width,
        height=height,
        fps=round((len(order) - 1) / spread, 3) if spread > 0 else round(rate, 3),
        orientation=orientation,
        aspect=aspect,
        start=start,
        end=end,
        keys=tuple(keys.tolist()) if _believable(keys, order, codec) else (),
        epochs=epochs,
        gaps=_gaps(order, order + step, max(settings.picture_gap, 4 * step)),
        strays=strays,
        surges=tuple(continuity.surges(starts, np.array(track.sizes), marked, settings)),
        stalls=continuity.stalls(starts, settings),
        back=continuity.steps_back(np.array(track.order), starts, settings.step_back_slack),
    )


def _believable(keys: NDArray[np.float64], order: NDArray[np.float64], codec: str) -> bool:
    """A stream begins with a key frame; and where a codec predicts from picture to picture, not every picture is
    one: files whose table of key frames is missing call all of them so.
    """
    if len(keys) == 0 or keys[0] > order[0]:
        return False
    return codec in INTRA or len(keys) < len(order) or len(order) == 1


def _lengths(track: _Track, shortest: float, longest_share: float) -> NDArray[np.float64]:
    """How long each packet lasts. Containers stretch the packet before an interruption over it, so no packet counts
    for more than `longest_share` medians; where none states a length, `shortest` is taken.
    """
    stated = np.frombuffer(track.lengths, dtype=np.float64)
    known = stated[stated > 0]
    usual = float(np.median(known)) if len(known) else shortest
    return np.where(stated > 0, np.minimum(stated, usual * longest_share), usual)


def _running(
    track: _Track, lengths: NDArray[np.float64], settings: MediaSettings
) -> tuple[tuple[Epoch, ...], NDArray[np.float64], NDArray[np.float64]]:
    order = np.frombuffer(track.order, dtype=np.float64)
    starts = np.frombuffer(track.starts, dtype=np.float64)
    epochs, shifts = find_epochs(order, starts, starts + lengths, settings.largest_gap, settings.largest_step_back)
    return epochs, starts + shifts, starts + shifts + lengths


def _first_time(track: _Track, starts: NDArray[np.float64]) -> float:
    """When the first decoded frame is presented; packets before it may be encoder delay that a decoder drops."""
    frame = track.first
    return float(frame.pts * frame.time_base) if frame.pts is not None else float(starts.min())


def _gaps(starts: NDArray[np.float64], ends: NDArray[np.float64], shortest: float) -> tuple[Interval, ...]:
    order = np.argsort(starts, kind="stable")
    begins, reached = starts[order], np.maximum.accumulate(ends[order])
    holes = np.flatnonzero(begins[1:] - reached[:-1] > shortest)
    return tuple(Interval(float(reached[i]), float(begins[i + 1])) for i in holes)


def sane_aspect(ratio: Fraction | None) -> Fraction:
    """Width of a sample against its height; 1 where the file states none or nonsense."""
    return ratio if ratio is not None and Fraction(1, 4) < ratio < 4 else Fraction(1)


def _reconcile(sound: Sound | None, picture: Picture | None, largest_gap: float) -> tuple[Sound | None, Picture | None]:
    """Sound and picture that begin absurdly far apart have unrelated clocks: let both begin together."""
    if sound is None or picture is None or abs(sound.start - picture.start) <= largest_gap:
        return sound, picture
    shift = picture.start - sound.start
    return (
        replace(
            sound,
            start=picture.start,
            end=sound.end + shift,
            epochs=tuple(replace(epoch, shift=epoch.shift + shift) for epoch in sound.epochs),
            gaps=tuple(gap.shifted(shift) for gap in sound.gaps),
            back=tuple(time + shift for time in sound.back),
        ),
        picture,
    )
