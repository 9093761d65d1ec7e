"""Pictures of a recording: a few per second in order, the one shown at a given time, or all of a short stretch."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from math import ceil, inf
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.media.clock import Reader
from engine.media.container import opened
from engine.media.scan import Picture, Scan, packets
from engine.media.settings import MediaSettings

SEEK_BACK = 10.0
ROUNDING = 0.002  # containers round time stamps to milliseconds


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture as a viewer sees it. `time` is a moment of the session at which it is shown; `image` is RGB
    (height, width, 3).
    """

    time: float
    image: NDArray[np.uint8]


PictureFault = Literal["packet", "end"]
"""What goes wrong on the way through a view: a packet does not decode, or the pictures end because the decoder died."""


@dataclass(frozen=True, slots=True)
class View:
    """A run of the moments at which a part is looked at: number `first` to `last` (exclusive; None: to its end)."""

    part: int
    first: int
    last: int | None


def views(part: int, scan: Scan, fps: float, settings: MediaSettings) -> tuple[View, ...]:
    """The moments of a part in runs of about `settings.view_s` seconds, which can be looked at one by one anywhere.

    They depend on the file and the settings alone. Where decoding cannot begin in the middle, there is one.
    """
    picture = scan.picture
    if picture is None:
        return ()
    length = picture.end - picture.start
    count = max(1, round(length / settings.view_s)) if _seekable(picture) else 1
    cuts = [round(number * settings.view_s * fps) for number in range(count)]
    return tuple(View(part, first, last) for first, last in pairwise([*cuts, None]) if first is not None)


def survey(
    scan: Scan,
    offset: float,
    fps: float,
    settings: MediaSettings,
    on_error: Callable[[], None],
    view: View,
    watch: Callable[[float, Any], None] | None = None,
) -> Iterator[Frame]:
    """The picture on show at the moments of `view`, every 1/`fps` seconds from the first picture of the part on.

    `offset` is the part's place in the session. A picture that stays on show is given again, at most
    `settings.hold` seconds after its own time, so that stalled video leaves a gap. What no wanted picture depends
    on is not decoded, and pictures that none depends on are passed over, so a picture may be a few frames older
    than the newest. `on_error` is called for each packet of the view that does not decode, `watch` with the session
    time of every picture that is decoded, wanted or not, and the PyAV frame.

    The pictures of a view are the same whether or not the views before it are looked at: decoding begins at the key
    frame before its first moment.
    """
    picture = scan.picture
    if picture is None:
        return
    shift = offset - scan.start
    begin = picture.start + view.first / fps

    def count_error(packet: Any) -> None:
        if _belongs(packet, picture, fps, view):
            on_error()

    for back in (0.0, SEEK_BACK, None) if view.first else (None,):
        with opened(scan.path) as container:
            stream = _stream(container, picture, settings)
            stream.codec_context.skip_frame = "NONREF"
            if back is not None and not _seek(container, stream, begin - back - picture.epochs[0].shift):
                continue
            clock = Reader(picture.epochs, settings.largest_step_back)
            needed = _Needed(picture, fps) if _seekable(picture) else _all
            shown = _timed(_decoded(container, stream, count_error, needed), clock, picture)
            first = next(shown, None)
            if back is not None and (first is None or first[0] > begin):
                continue
            if watch is not None:
                shown = _watched(shown, shift, watch)
            if first is not None:
                for time, frame in _on_grid(chain([first], shown), picture, fps, settings.hold, view):
                    yield Frame(time + shift, frame)
            return


def _watched(
    shown: Iterator[tuple[float, Any]], shift: float, watch: Callable[[float, Any], None]
) -> Iterator[tuple[float, Any]]:
    for time, frame in shown:
        watch(time + shift, frame)
        yield time, frame


def _belongs(packet: Any, picture: Picture, fps: float, view: View) -> bool:
    """Whether a packet is of `view`, so that damage is counted in one view only, wherever decoding begins."""
    if not view.first and view.last is None:
        return True
    stamp = packet.dts if packet.dts is not None else packet.pts
    if stamp is None:
        return not view.first
    moment = (float(stamp * packet.time_base) + picture.epochs[0].shift - picture.start) * fps
    return (not view.first or moment >= view.first) and (view.last is None or moment < view.last)


def _on_grid(
    shown: Iterator[tuple[float, Any]], picture: Picture, fps: float, hold: float, view: View
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Times and images at the moments `view` of `start`, `start` + 1/fps, and so on; running time."""
    wanted = view.first
    before: tuple[float, Any] | None = None
    image: NDArray[np.uint8] | None = None
    for now, frame in _closed(shown, picture.end):
        while before is not None and picture.start + wanted / fps < now - ROUNDING:
            moment = picture.start + wanted / fps
            if view.last is not None and wanted >= view.last:
                return
            new = wanted == 0 or picture.start + (wanted - 1) / fps < before[0] - ROUNDING
            wanted += 1
            if moment - before[0] > hold:
                continue
            if image is None:
                image = to_image(before[1], picture)
            yield min(before[0], moment) if new else moment, image
        before, image = (now, frame), None


def _closed(shown: Iterator[tuple[float, Any]], end: float) -> Iterator[tuple[float, Any]]:
    """The pictures, and a last moment at which the last one is gone."""
    latest = end
    for time, frame in shown:
        latest = max(latest, time)
        yield time, frame
    yield latest, None


def between(scan: Scan, begin: float, end: float, settings: MediaSettings) -> Iterator[tuple[float, Any]]:
    """Time and PyAV frame of each picture on show from `begin` to `end` (running time of the part), the one already
    on show first.

    Seeks, and where seeking lands too late, starts further back.
    """
    picture = scan.picture
    if picture is None:
        return
    for back in (0.0, SEEK_BACK, None) if _seekable(picture) else (None,):
        with opened(scan.path) as container:
            stream = _stream(container, picture, settings)
            if back is not None and not _seek(container, stream, begin - back - picture.epochs[0].shift):
                continue
            clock = Reader(picture.epochs, settings.largest_step_back)
            shown = _timed(_decoded(container, stream, _ignore), clock, picture)
            first = next(shown, None)
            if back is not None and (first is None or (first[0] > begin and first[0] > picture.start)):
                continue
            if first is not None:
                yield from _until(first, shown, begin, end)
            return


def _until(
    first: tuple[float, Any], shown: Iterator[tuple[float, Any]], begin: float, end: float
) -> Iterator[tuple[float, Any]]:
    before = first
    for time, frame in shown:
        if time > begin:
            yield before
            if time >= end:
                return
        before = (time, frame)
    yield before


def at(scan: Scan, offset: float, time: float, settings: MediaSettings) -> Frame | None:
    """The picture on show at session time `time`, or None where the part shows none then."""
    picture = scan.picture
    running = time - offset + scan.start
    if picture is None or not picture.start - settings.hold <= running <= picture.end + settings.hold:
        return None
    found = next(between(scan, running, running, settings), None)
    if found is None:
        return None
    return Frame(found[0] + offset - scan.start, to_image(found[1], picture))


def shown_size(frame: Any, picture: Picture, highest: int | None = None) -> tuple[int, int]:
    """Width and height of a PyAV frame once upright and with square pixels, scaled down to `highest` when given."""
    width, height = picture.orientation.size(max(1, round(frame.width * picture.aspect)), frame.height)
    if highest is not None and height > highest:
        return max(1, round(width * highest / height)), highest
    return width, height


def scaled(frame: Any, size: tuple[int, int], pixels: str) -> Any:
    """The frame as stored, in another size (width, height) and pixel format."""
    return frame.reformat(width=size[0], height=size[1], format=pixels, interpolation="BILINEAR")


def to_image(frame: Any, picture: Picture) -> NDArray[np.uint8]:
    """A PyAV frame as upright RGB with square pixels."""
    stored = picture.orientation.size(*shown_size(frame, picture))
    return picture.orientation.apply(scaled(frame, stored, "rgb24").to_ndarray())


def _stream(container: Any, picture: Picture, settings: MediaSettings) -> Any:
    """The stream, set to refuse pictures of absurd size, and to decode the slices of a picture side by side.

    Never several pictures at once: then what stands in for a damaged stretch depends on how far the thread of the
    picture before has come, and two looks at one recording see different pictures.
    """
    stream = container.streams[picture.index]
    stream.codec_context.thread_type = "SLICE"
    stream.codec_context.options = {"max_pixels": str(settings.largest_pixels)}
    return stream


def _seek(container: Any, stream: Any, raw: float) -> bool:
    import av

    try:
        container.seek(int(raw / stream.time_base), stream=stream, backward=True)
    except (av.error.FFmpegError, OSError, ValueError):
        return False
    return True


class _Needed:
    """Whether a packet must be decoded for the pictures wanted every 1/`fps` seconds.

    From the last wanted moment before a key frame on nothing is needed until that key frame; and no packet decoded
    after that moment is presented before it. With key frames every second or two, a quarter to a half of the work
    falls away.
    """

    def __init__(self, picture: Picture, fps: float) -> None:
        self._picture, self._fps = picture, fps
        self._last = picture.end

    def __call__(self, packet: Any) -> bool:
        if packet.size == 0:
            return True
        decoding = packet.dts if packet.dts is not None else packet.pts
        if decoding is None or packet.pts in self._picture.strays:
            return True
        if packet.is_keyframe:
            shown = float((packet.pts if packet.pts is not None else decoding) * packet.time_base)
            self._last = self._last_wanted(shown + self._picture.epochs[0].shift)
        return float(decoding * packet.time_base) + self._picture.epochs[0].shift <= self._last

    def _last_wanted(self, key: float) -> float:
        """The last wanted moment before the key frame that follows the one at `key`."""
        following = bisect_right(self._picture.keys, key + ROUNDING)
        if following == len(self._picture.keys):
            return inf
        before = ceil((self._picture.keys[following] - self._picture.start - ROUNDING) * self._fps) - 1
        return self._picture.start + before / self._fps + ROUNDING


def _all(_packet: Any) -> bool:
    return True


def _seekable(picture: Picture) -> bool:
    """Whether decoding may begin at any key frame."""
    return len(picture.epochs) == 1 and bool(picture.keys)


def _decoded(
    container: Any, stream: Any, on_error: Callable[[Any], None], needed: Callable[[Any], bool] = _all
) -> Iterator[Any]:
    """Decoded pictures in presentation order, going on after damaged packets, of which `on_error` is told."""
    import av

    for packet in packets(container, [stream]):
        if packet is None or not needed(packet):
            continue
        try:
            frames = packet.decode()
        except (av.error.FFmpegError, OSError, ValueError, EOFError):
            on_error(packet)
            continue
        yield from frames


def _timed(frames: Iterator[Any], clock: Reader, picture: Picture) -> Iterator[tuple[float, Any]]:
    """Pictures with their running time; one without a sound time stamp follows the one before at the usual distance."""
    latest: float | None = None
    for frame in frames:
        stamp = frame.pts if frame.pts is not None else frame.dts
        if stamp is not None and stamp not in picture.strays:
            latest = clock.time(float(stamp * frame.time_base))
        elif latest is not None:
            latest += 1 / picture.fps
        else:
            continue
        yield latest, frame


def _ignore(_packet: Any) -> None:
    """Damage met while fetching single pictures was counted when all were surveyed."""
