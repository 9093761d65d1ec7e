"""Tiny recordings, made in the test: a picture flashes white and a tone sounds, at the same moment of one clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

FLASH = (1.0, 1.5)
WHITE, BLACK = 235, 16


@dataclass(frozen=True)
class Video:
    """`times` overrides the even rate: one picture per time. `delay` is when the stream begins."""

    codec: str = "libx264"
    size: tuple[int, int] = (160, 120)
    fps: int = 20
    delay: float = 0.0
    times: Sequence[float] | None = None
    group: int = 10
    turn: int = 0
    mirror: bool = False
    pixels: str = "yuv420p"


@dataclass(frozen=True)
class Sound:
    """`hold` is a stretch of the clock for which no packets are written."""

    codec: str = "aac"
    rate: int = 48_000
    layout: str = "mono"
    delay: float = 0.0
    hold: tuple[float, float] | None = None


def write(
    path: Path,
    video: Video | None = None,
    sound: Sound | None = None,
    seconds: float = 2.5,
    container: str | None = None,
    options: dict[str, str] | None = None,
    created: str | None = None,
) -> Path:
    """Write a recording of `seconds` whose flash and tone lie at FLASH of its clock."""
    with av.open(str(path), "w", format=container, container_options=options or {}) as out:
        if created:
            out.metadata["creation_time"] = created
        pictures = _open_video(out, video) if video else None
        voices = _open_sound(out, sound) if sound else None
        if video:
            _write_video(out, pictures, video, seconds)
        if sound:
            _write_sound(out, voices, sound, seconds)
    return path


def tone(start: float, end: float, rate: int, begin: float = FLASH[0], finish: float = FLASH[1]) -> np.ndarray:
    """Samples (n,) for the clock from `start` to `end`: silence, and a tone of 700 Hz between `begin` and `finish`."""
    times = np.arange(round(start * rate), round(end * rate)) / rate
    return np.where((times >= begin) & (times < finish), 0.5 * np.sin(2 * np.pi * 700 * times), 0).astype(np.float32)


def picture(level: int, size: tuple[int, int], mark: bool = False) -> np.ndarray:
    """An even grey picture (height, width, 3); with `mark`, its top left quarter is white."""
    image = np.full((size[1], size[0], 3), level, dtype=np.uint8)
    if mark:
        image[: size[1] // 2, : size[0] // 2] = 255
    return image


def onset(samples: np.ndarray, rate: int, level: float = 0.15) -> float:
    """Seconds at which the samples (n,) first reach `level`."""
    return float(np.flatnonzero(np.abs(samples) > level)[0] / rate)


def _open_video(out: av.container.OutputContainer, video: Video) -> av.VideoStream:
    options = {"preset": "ultrafast", "bf": "0"} if video.codec == "libx264" else {}
    stream = out.add_stream(video.codec, rate=video.fps, options=options)
    stream.width, stream.height = video.size
    stream.pix_fmt = video.pixels
    stream.codec_context.gop_size = video.group
    if video.times is not None:
        stream.codec_context.time_base = Fraction(1, 1000)
    if video.turn or video.mirror:
        stream.set_display_rotation(video.turn, hflip=video.mirror)
    return stream


def _write_video(out: av.container.OutputContainer, stream: av.VideoStream, video: Video, seconds: float) -> None:
    unit = Fraction(1, 1000 if video.times is not None else video.fps)
    even = np.arange(round(video.delay * video.fps), round(seconds * video.fps)) / video.fps
    for time in video.times if video.times is not None else even:
        level = WHITE if FLASH[0] <= time + 1e-9 < FLASH[1] else BLACK
        frame = av.VideoFrame.from_ndarray(picture(level, video.size, video.turn != 0 or video.mirror), format="rgb24")
        frame = frame.reformat(format=video.pixels)
        frame.pts, frame.time_base = round(float(time) / unit), unit
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _open_sound(out: av.container.OutputContainer, sound: Sound) -> av.AudioStream:
    return out.add_stream(sound.codec, rate=sound.rate, layout=sound.layout)


def _write_sound(out: av.container.OutputContainer, stream: av.AudioStream, sound: Sound, seconds: float) -> None:
    channels = av.AudioLayout(sound.layout).nb_channels
    samples = tone(sound.delay, seconds, sound.rate)
    resampler = av.AudioResampler(format=stream.format, layout=sound.layout, rate=sound.rate)
    for begin in range(0, len(samples), 1000):
        block = np.repeat(samples[begin : begin + 1000], channels)[None, :]
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout=sound.layout)
        frame.sample_rate = sound.rate
        for piece in resampler.resample(frame):
            piece.pts, piece.time_base = begin + round(sound.delay * sound.rate), Fraction(1, sound.rate)
            _mux(out, stream.encode(piece), sound)
    _mux(out, stream.encode(None), sound)


def _mux(out: av.container.OutputContainer, packets: list[av.Packet], sound: Sound) -> None:
    for packet in packets:
        time = float(packet.pts * packet.time_base)
        if sound.hold is None or not sound.hold[0] <= time < sound.hold[1]:
            out.mux(packet)
