"""Short clips and pictures for people to see and hear a finding."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import MingjianError
from engine.interval import Interval
from engine.media.audio import Heard
from engine.media.frames import Frame, between, scaled, shown_size
from engine.media.orientation import UPRIGHT
from engine.media.pulse import beat
from engine.media.scan import Picture, Scan
from engine.media.settings import MediaSettings
from engine.media.writing import complete, writing

Size = tuple[int, int]
Shown = tuple[float, Picture, Any]
JPEG_QUALITY = 85
EVENING = 2  # pixels that making sides even may take
AUDIO_BLOCK = 1024


def write_clip(
    scans: Sequence[Scan],
    offsets: Sequence[float],
    audio: Heard | None,
    interval: Interval,
    target: Path,
    draft: Path,
    settings: MediaSettings,
) -> None:
    """Encode `interval` of the session to `draft`, which is to become `target`; see Session.cut."""
    import av

    pictures = _on_show(scans, offsets, interval, settings)
    first = next(pictures, None)
    with writing(target):
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(str(draft), "w", format="mp4", container_options=options) as container:
            video = _video_stream(container, first, settings) if first is not None else None
            sound = _audio_stream(container, audio.rate, settings) if audio is not None else None
            heard = _SoundWriter(container, sound, audio, interval)
            if first is not None:
                _write_pictures(container, video, chain([first], pictures), interval, heard)
            heard.write_until(interval.end)
            for stream in (video, sound):
                if stream is not None:
                    container.mux(stream.encode(None))


def write_jpeg(frame: Frame, path: Path, max_height: int = 720) -> Path:
    """Write the picture as JPEG, scaled down to at most `max_height` pixels. Raises MingjianError `output_*`."""
    import cv2

    image = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
    if image.shape[0] > max_height:
        width = max(1, round(image.shape[1] * max_height / image.shape[0]))
        image = cv2.resize(image, (width, max_height), interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise MingjianError("output_failed", path=path, detail="JPEG")
    with complete(path) as unfinished:
        unfinished.write_bytes(data.tobytes())
    return path


def _on_show(
    scans: Sequence[Scan], offsets: Sequence[float], interval: Interval, settings: MediaSettings
) -> Iterator[Shown]:
    """Session time, stream and PyAV frame of each picture on show during `interval`, through all parts it touches."""
    for scan, offset in zip(scans, offsets, strict=True):
        span = interval & Interval(offset, offset + scan.duration)
        if scan.picture is None or span is None:
            continue
        shift = offset - scan.start
        for time, frame in between(scan, span.start - shift, span.end - shift, settings):
            yield time + shift, scan.picture, frame


def _video_stream(container: Any, first: Shown, settings: MediaSettings) -> Any:
    """An H.264 stream of the first picture's shape. One thread: then every machine writes the same bytes."""
    rate = Fraction(settings.clip_fps).limit_denominator(1000)
    options = {"preset": "superfast", "crf": str(settings.clip_quality), "threads": "1", "flags": "+bitexact"}
    stream = container.add_stream("libx264", rate=rate, options=options)
    _, picture, frame = first
    stream.width, stream.height = (max(2, side // 2 * 2) for side in shown_size(frame, picture, settings.clip_height))
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = 1 / rate
    return stream


def _audio_stream(container: Any, rate: int, settings: MediaSettings) -> Any:
    stream = container.add_stream("aac", rate=rate, layout="mono", options={"flags": "+bitexact"})
    stream.codec_context.bit_rate = settings.clip_audio_bitrate
    return stream


class _SoundWriter:
    """Encodes the session's mixture alongside the pictures."""

    def __init__(self, container: Any, stream: Any, audio: Heard | None, interval: Interval) -> None:
        self._container, self._stream, self._audio = container, stream, audio
        self._samples = audio.excerpt(interval) if audio is not None else np.zeros(0, dtype=np.float32)
        self._start = interval.start
        self._done = 0

    def write_until(self, time: float) -> None:
        """Encode the sound up to session time `time`."""
        import av

        if self._audio is None:
            return
        end = min(len(self._samples), round((time - self._start) * self._audio.rate))
        while self._done < end:
            block = np.ascontiguousarray(self._samples[self._done : min(end, self._done + AUDIO_BLOCK)])
            frame = av.AudioFrame.from_ndarray(block[None, :], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = self._audio.rate, self._done
            frame.time_base = Fraction(1, self._audio.rate)
            self._container.mux(self._stream.encode(frame))
            self._done += len(block)
            beat()


def _write_pictures(
    container: Any,
    stream: Any,
    pictures: Iterator[Shown],
    interval: Interval,
    heard: _SoundWriter,
) -> None:
    """Encode at the stream's even rate the picture on show at each moment."""
    rate = float(stream.codec_context.framerate)
    count = max(1, round(interval.duration * rate))
    shown, following = next(pictures), next(pictures, None)
    frame = _canvas(shown, (stream.width, stream.height))
    for number in range(count):
        moment = interval.start + number / rate
        latest = shown
        while following is not None and following[0] <= moment:
            latest, following = following, next(pictures, None)
        if latest is not shown:
            shown, frame = latest, _canvas(latest, (stream.width, stream.height))
        frame.pts, frame.time_base, frame.pict_type = number, 1 / Fraction(stream.codec_context.framerate), 0
        container.mux(stream.encode(frame))
        heard.write_until(moment)


def _canvas(shown: Shown, size: Size) -> Any:
    """The picture, upright, as a frame of `size` (width, height); of another shape, it is centred on black."""
    _, picture, frame = shown
    width, height = shown_size(frame, picture)
    share = min(size[0] / width, size[1] / height)
    inner = max(1, round(width * share)), max(1, round(height * share))
    if all(abs(inner[side] - size[side]) <= EVENING for side in (0, 1)):
        inner = size
    if inner == size and picture.orientation == UPRIGHT:
        return scaled(frame, size, "yuv420p")
    stored = scaled(frame, picture.orientation.size(*inner), "rgb24")
    canvas = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    top, left = (size[1] - inner[1]) // 2, (size[0] - inner[0]) // 2
    canvas[top : top + inner[1], left : left + inner[0]] = picture.orientation.apply(stored.to_ndarray())
    return _as_frame(canvas)


def _as_frame(image: NDArray[np.uint8]) -> Any:
    import av

    return av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
