"""An MP4 whose index (moov) was never written, put together again after a sound file of the same device.

The index says where each picture and each piece of sound lies, and how they are coded. How a device codes is taken from
the sound file. Where pictures lie is found by their own structure: a picture of H.264 or HEVC is a run of units that
state their length, begin with a header of few forms, and lie end to end. What lies between runs of pictures is sound;
AAC frames carry no length, but its decoder finds from each where the next begins. When things were shown is reckoned:
sound by its samples, pictures by the sound file's rate, fitted to the sound. Nothing is guessed into being: what does
not decode is left out, and told.
"""

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import MingjianError
from engine.media.boxes import media_data
from engine.media.container import opened
from engine.media.pulse import beat
from engine.media.units import HEAD, UNITS, Units

LOOKED_AT = 300
"""Packets of the sound file from which its ways are learnt."""

LARGEST_TIMES = 8
"""How much larger than the largest picture of the sound file one may be."""

STRIDE = 1 << 16
FITTED_FROM = 0.02
"""Share by which pictures and sound may differ in length before pictures are fitted to the sound."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was found: pictures, seconds of pictures and of sound (None: no sound could be had), and bytes of media that
    belong to neither.
    """

    pictures: int
    picture_seconds: float
    sound_seconds: float | None
    lost_bytes: int


@dataclass(frozen=True, slots=True)
class _Ways:
    """How the device codes: bytes of a unit's length, how its units begin, seconds a picture, whether pictures are
    stored out of order, and how many seconds of its sound are there for its decoder to begin with.
    """

    units: Units
    width: int
    heads: frozenset[bytes]
    step: float
    reorders: bool
    largest: int
    sound_bytes_per_s: float
    lead: float


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Where pictures (one or more units each; whether it stands alone) and sound lie: offsets from, to."""

    pictures: tuple[tuple[int, int, bool], ...]
    sound: tuple[tuple[int, int], ...]


def rebuild(path: Path, reference: Path, target: Path) -> Rebuilt:
    """Write what can be had of `path` to `target` (Matroska: pictures as they are, sound as PCM).

    Raises MingjianError `media_reference_unfit` where `reference` is of no use, or nothing fits it; `media_*` where it
    cannot be read itself.
    """
    with opened(reference) as good:
        video = good.streams.best("video")
        if video is None or video.codec_context.codec.canonical_name not in UNITS:
            raise _unfit(reference, "画面不是 H.264 或 HEVC / its picture is not H.264 or HEVC")
        audio = good.streams.best("audio")
        heard = audio if audio is not None and audio.codec_context.codec.canonical_name == "aac" else None
        ways = _ways(reference, good, video, audio)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            begin = media_data(path)
            if begin is None:
                raise _unfit(reference, "文件里没有媒体数据 / the file holds no media data")
            pieces = _find(data, begin, ways)
            if not pieces.pictures:
                raise _unfit(reference, "没有找到与之相符的画面 / nothing in the file fits it")
            return _write(data, pieces, ways, video, heard, target)


def _unfit(reference: Path, why: str) -> MingjianError:
    return MingjianError("media_reference_unfit", path=reference, detail=why)


def _ways(reference: Path, good: Any, video: Any, audio: Any) -> _Ways:
    extra = video.codec_context.extradata or b""
    known = UNITS[video.codec_context.codec.canonical_name]
    width = known.length_bytes(extra)
    if width is None:
        raise _unfit(reference, "它不是 MP4 / it is no MP4")
    stamps: list[int] = []
    delays: set[int] = set()
    heads: set[bytes] = set()
    largest, sound_bytes, sound_time, lead = 1, 0, 0.0, 0.0
    for packet in good.demux(*(one for one in (video, audio) if one is not None)):
        if packet.dts is None or packet.size == 0:
            continue
        if packet.stream.index == video.index:
            stamps.append(packet.pts if packet.pts is not None else packet.dts)
            delays.add(stamps[-1] - packet.dts)
            largest = max(largest, packet.size)
            heads.update(_heads(bytes(packet), width, known))
        else:
            lead = max(lead, -float((packet.pts or 0) * packet.time_base))
            sound_bytes += packet.size
            sound_time += float((packet.duration or 0) * packet.time_base)
        if len(stamps) >= LOOKED_AT:
            break
    steps = [two - one for one, two in pairwise(sorted(stamps)) if two > one]
    if not steps:
        raise _unfit(reference, "画面太少 / too few pictures")
    step = float(np.median(steps)) * float(video.time_base)
    rate = sound_bytes / sound_time if sound_time > 0 else 0.0
    return _Ways(known, width, frozenset(heads), step, len(delays) > 1, LARGEST_TIMES * largest, rate, lead)


def _heads(picture: bytes, width: int, units: Units) -> Iterator[bytes]:
    """How each unit of a picture begins, its length left out."""
    place = 0
    while place + width + units.header <= len(picture):
        yield picture[place + width : place + width + units.header - 1]
        place += width + int.from_bytes(picture[place : place + width], "big")


def _find(data: mmap.mmap, begin: int, ways: _Ways) -> _Pieces:
    """Runs of units are pictures, what lies between them is sound."""
    pictures: list[tuple[int, int, bool]] = []
    sound: list[tuple[int, int]] = []
    place, end = begin, len(data)
    while place < end:
        run = list(_run(data, place, ways)) if _begins(data, place, ways) else []
        if run:
            pictures += _grouped(data, run, ways)
            place = run[-1][1]
            beat()
            continue
        following = _next_run(data, place + 1, ways)
        sound.append((place, following))
        place = following
    return _Pieces(tuple(pictures), tuple(sound))


def _run(data: mmap.mmap, place: int, ways: _Ways) -> Iterator[tuple[int, int]]:
    """Units that lie end to end from `place` on: offsets from, to."""
    while True:
        after = _unit(data, place, ways)
        if after is None:
            return
        yield place, after
        place = after


def _unit(data: mmap.mmap, place: int, ways: _Ways) -> int | None:
    """Where the unit at `place` ends; None where there is none."""
    head = data[place : place + ways.width + HEAD]
    if len(head) < ways.width + ways.units.header:
        return None
    length = int.from_bytes(head[: ways.width], "big")
    after = place + ways.width + length
    if not ways.units.header <= length <= ways.largest or after > len(data):
        return None
    begins = head[ways.width : ways.width + ways.units.header - 1]
    return after if begins in ways.heads and ways.units.plausible(head[ways.width :], length) else None


def _begins(data: mmap.mmap, place: int, ways: _Ways) -> bool:
    """Whether a run begins at `place`: with a picture's first slice, or with another unit and one more behind it."""
    after = _unit(data, place, ways)
    if after is None:
        return False
    return ways.units.first_slice(_head(data, place, ways)) or _unit(data, after, ways) is not None


def _head(data: mmap.mmap, place: int, ways: _Ways) -> bytes:
    return data[place + ways.width : place + ways.width + HEAD]


def _next_run(data: mmap.mmap, place: int, ways: _Ways) -> int:
    """Where the next run of units begins; the end of the data where there is none."""
    while place < len(data):
        window = np.frombuffer(data, np.uint8, min(STRIDE + 16, len(data) - place), place)
        for offset in _candidates(window, ways):
            if offset >= STRIDE:
                break
            if _begins(data, place + offset, ways):
                return place + offset
        place += STRIDE
        beat()
    return len(data)


def _candidates(window: NDArray[np.uint8], ways: _Ways) -> list[int]:
    """Offsets at which a length below `largest` may stand, with a unit's header behind it."""
    count = len(window) - ways.width
    if count <= 0:
        return []
    possible = np.ones(count, bool)
    for byte, place in zip(ways.largest.to_bytes(ways.width, "big"), range(ways.width), strict=True):
        possible &= window[place : place + count] <= byte
        if byte:
            break
    possible &= ways.units.headers()[window[ways.width : ways.width + count]]
    return [int(one) for one in np.flatnonzero(possible)]


def _grouped(data: mmap.mmap, run: Sequence[tuple[int, int]], ways: _Ways) -> Iterator[tuple[int, int, bool]]:
    """Units put together to pictures."""
    start: int | None = None
    slices, alone = False, False
    for begin, _end in run:
        head = _head(data, begin, ways)
        if slices and ways.units.begins_picture(head) and start is not None:
            yield start, begin, alone
            start, slices, alone = None, False, False
        start = begin if start is None else start
        if ways.units.is_slice(head):
            slices, alone = True, alone or ways.units.stands_alone(head)
    if start is not None and slices:
        yield start, run[-1][1], alone


def _write(data: mmap.mmap, pieces: _Pieces, ways: _Ways, video: Any, heard: Any, target: Path) -> Rebuilt:
    import av

    sound, sound_bytes = _decoded(data, pieces.sound, ways, heard) if heard is not None else (None, 0)
    lost = sum(end - begin for begin, end in pieces.sound) - sound_bytes
    rate = heard.codec_context.sample_rate if heard is not None else 1
    sound_seconds = sound.shape[1] / rate if sound is not None else None
    step, count = ways.step, len(pieces.pictures)
    if sound_seconds and abs(count * step - sound_seconds) > FITTED_FROM * sound_seconds:
        step = sound_seconds / count
    with av.open(str(target), "w", format="matroska") as out:
        shown = out.add_stream_from_template(video)
        voice = out.add_stream("pcm_s16le", rate=rate, layout=_layout(sound)) if sound is not None else None
        reached = 0.0
        places = _order(data, pieces, ways, video)
        delay = max(number - place for number, place in enumerate(places))  # nothing is decoded after it is shown
        for number, (place, piece) in enumerate(zip(places, pieces.pictures, strict=True)):
            packet = av.Packet(data[piece[0] : piece[1]])
            unit = Fraction(1, 1000)
            packet.pts, packet.dts = round(place * step / unit), round((number - delay) * step / unit)
            packet.time_base, packet.stream, packet.is_keyframe = unit, shown, piece[2]
            if voice is not None and sound is not None:
                reached = _mux_sound(out, voice, sound, rate, reached, number * step)
            out.mux(packet)
        if voice is not None and sound is not None:
            _mux_sound(out, voice, sound, rate, reached, sound.shape[1] / rate)
            out.mux(voice.encode(None))
    return Rebuilt(count, count * step, sound_seconds, lost)


def _layout(sound: NDArray[np.float32]) -> str:
    return {1: "mono", 2: "stereo"}[sound.shape[0]]


def _mux_sound(out: Any, voice: Any, sound: NDArray[np.float32], rate: int, begin: float, end: float) -> float:
    """Write the sound from `begin` to `end`; how far it came, in whole seconds' worth of samples."""
    import av

    first, last = round(begin * rate), min(sound.shape[1], round(end * rate))
    if last <= first:
        return begin
    block = np.clip(np.round(sound[:, first:last].T * 32767), -32768, 32767).astype("<i2").reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="s16", layout=_layout(sound))
    frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
    out.mux(voice.encode(frame))
    return float(last / rate)


def _order(data: mmap.mmap, pieces: _Pieces, ways: _Ways, video: Any) -> Sequence[float]:
    """At which place each stored picture is shown: as stored, or as its decoder gives it out."""
    count = len(pieces.pictures)
    if not ways.reorders:
        return range(count)
    import av

    decoder = av.CodecContext.create(video.codec_context.codec.name, "r")
    decoder.extradata = video.codec_context.extradata
    shown: list[int] = []

    def take(packet: Any) -> None:
        beat()
        try:
            shown.extend(int(frame.pts) for frame in decoder.decode(packet) if frame.pts is not None)
        except (av.error.FFmpegError, OSError, ValueError, EOFError):
            return

    for number, (begin, end, _) in enumerate(pieces.pictures):
        packet = av.Packet(data[begin:end])
        packet.pts = packet.dts = number
        packet.time_base = Fraction(1, 1000)
        take(packet)
    take(None)
    places: list[float] = [float(one) for one in range(count)]
    for place, number in enumerate(shown):
        if 0 <= number < count:
            places[number] = float(place)
    return places


def _decoded(
    data: mmap.mmap, stretches: Sequence[tuple[int, int]], ways: _Ways, heard: Any
) -> tuple[NDArray[np.float32] | None, int]:
    """The sound (1 or 2 channels, n) of all stretches one after the other, and the bytes it was made of.

    A stretch that does not decode leaves silence of about its length. None where hardly any does.
    """
    import av

    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = heard.codec_context.extradata
    decoder.sample_rate, decoder.layout = heard.codec_context.sample_rate, heard.codec_context.layout
    rate, used = heard.codec_context.sample_rate, 0
    channels = min(2, heard.codec_context.layout.nb_channels)
    blocks: list[NDArray[np.float32]] = []
    for begin, end in stretches:
        beat()
        pieces: list[NDArray[np.float32]] = []
        try:
            packet = av.Packet(data[begin:end])
            for frame in decoder.decode(packet):
                pieces.append(
                    np.asarray(frame.to_ndarray(), np.float32).reshape(frame.layout.nb_channels, -1)[:channels]
                )
        except (av.error.FFmpegError, OSError, ValueError, EOFError):
            pieces = []
        if pieces:
            used += end - begin
            blocks += pieces
        elif ways.sound_bytes_per_s > 0:
            blocks.append(np.zeros((channels, round((end - begin) / ways.sound_bytes_per_s * rate)), np.float32))
    whole = sum(end - begin for begin, end in stretches)
    if not blocks or used < 0.5 * whole:
        return None, 0
    sound = np.concatenate([one for one in blocks if one.shape[0] == channels], axis=1)
    return sound[:, round(ways.lead * rate) :], used
