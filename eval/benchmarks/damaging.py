"""Small recordings of every form, and what breaks them: the same damaged files for the same seed."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

SECONDS = 3.0
FPS = 10
SIZE = (96, 64)
RATE = 16_000

Damage = Literal["cut", "flips", "zeros", "shuffled", "head", "size", "length", "table", "bomb", "tail"]


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of recording. Empty codecs: no such stream."""

    name: str
    suffix: str
    picture: str = ""
    sound: str = ""
    rate: int = RATE
    options: tuple[tuple[str, str], ...] = ()


FORMS = (
    Form("mp4", ".mp4", "libx264", "aac"),
    Form("mp4-index-first", ".mp4", "libx264", "aac", options=(("movflags", "+faststart"),)),
    Form("mp4-fragments", ".mp4", "libx264", "aac", options=(("movflags", "frag_keyframe+empty_moov"),)),
    Form("hevc", ".mp4", "libx265", "aac", options=(("movflags", "+faststart"),)),
    Form("mkv", ".mkv", "libx264", "aac"),
    Form("webm", ".webm", "libvpx", "libopus", 48_000),
    Form("ts", ".ts", "libx264", "aac"),
    Form("flv", ".flv", "libx264", "aac", 44_100),
    Form("avi", ".avi", "mpeg4", "libmp3lame", 44_100),
    Form("wav", ".wav", sound="pcm_s16le"),
    Form("mp3", ".mp3", sound="libmp3lame", rate=44_100),
    Form("m4a", ".m4a", sound="aac"),
)
CUT_FORMS = frozenset({"mp4-index-first", "mp4-fragments", "hevc", "mkv", "webm", "ts", "flv", "avi", "wav", "mp3"})
"""Those of which the beginning can be read without the end."""

UNDECLARED = frozenset({"ts"})
"""Those that do not say how long they should be."""


@dataclass(frozen=True, slots=True)
class Case:
    """One damaged file. `share` is how much of its beginning is whole, where that is known; else None."""

    path: Path
    form: Form
    damage: Damage
    share: float | None = None


def make_whole(form: Form, path: Path) -> Path:
    """A sliding pattern and a tone over noise, SECONDS long. Raises what PyAV raises for a missing encoder."""
    import av

    random = np.random.default_rng(5)
    wide = np.kron(random.integers(30, 220, (8, 40, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    with av.open(str(path), "w", container_options=dict(form.options)) as out:
        picture: Any = _picture_stream(out, form) if form.picture else None
        voice: Any = out.add_stream(form.sound, rate=form.rate, layout="mono") if form.sound else None
        resampler = av.AudioResampler(format=voice.format, layout="mono", rate=form.rate) if voice else None
        for number in range(round(SECONDS * FPS)):
            if picture is not None:
                image = np.ascontiguousarray(wide[:, 2 * number : 2 * number + SIZE[0]])
                frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                out.mux(picture.encode(frame))
            if voice is not None and resampler is not None:
                first, last = (round(at / FPS * form.rate) for at in (number, number + 1))
                time = np.arange(first, last) / form.rate
                heard = 0.3 * np.sin(2 * np.pi * (300 + 40 * number) * time) + 0.02 * random.standard_normal(len(time))
                piece = av.AudioFrame.from_ndarray(heard.astype(np.float32)[None], format="fltp", layout="mono")
                piece.sample_rate, piece.pts, piece.time_base = form.rate, first, Fraction(1, form.rate)
                for fitted in resampler.resample(piece):
                    out.mux(voice.encode(fitted))
        for stream in (picture, voice):
            if stream is not None:
                out.mux(stream.encode(None))
    return path


def _picture_stream(out: Any, form: Form) -> Any:
    quiet = {"x265-params": "log-level=none"} if form.picture == "libx265" else {}
    fast = {"preset": "ultrafast"} if form.picture in ("libx264", "libx265") else {}
    stream = out.add_stream(form.picture, rate=FPS, options={**fast, **quiet})
    stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
    stream.codec_context.gop_size = FPS
    stream.codec_context.thread_count = 1
    return stream


def damaged(forms: tuple[Form, ...], folder: Path, each: int, seed: int = 1) -> Iterator[Case]:
    """Every form with every damage, `each` times where it is drawn by chance, written to `folder` one by one."""
    wholes = {form: make_whole(form, folder / f"whole-{form.name}{form.suffix}").read_bytes() for form in forms}
    for number, (form, whole) in enumerate(wholes.items()):
        other = list(wholes.values())[(number + 1) % len(wholes)]
        for damage, maker in MAKERS.items():
            for turn in range(each):
                random = np.random.default_rng([seed, number, sorted(MAKERS).index(damage), turn])
                made = maker(whole, other, random, turn / each)
                if made is None:
                    continue
                path = folder / f"{form.name}-{damage}-{turn}{form.suffix}"
                path.write_bytes(made)
                yield Case(path, form, damage, len(made) / len(whole) if damage == "cut" else None)
                path.unlink()


def _cut(data: bytes, _other: bytes, random: np.random.Generator, turn: float) -> bytes:
    """The upload broke off."""
    return data[: round(len(data) * float(np.clip(0.15 + 0.8 * turn + random.uniform(0, 0.05), 0, 0.97)))]


def _flips(data: bytes, _other: bytes, random: np.random.Generator, turn: float) -> bytes:
    """Bytes changed here and there, one to one in a hundred."""
    changed = bytearray(data)
    for place in random.integers(0, len(data), 1 + round(len(data) * 0.01 * turn)):
        changed[place] = int(random.integers(0, 256))
    return bytes(changed)


def _zeros(data: bytes, _other: bytes, random: np.random.Generator, turn: float) -> bytes:
    """A stretch that was never written."""
    length = round(len(data) * (0.05 + 0.4 * turn))
    begin = int(random.integers(0, len(data) - length))
    return data[:begin] + bytes(length) + data[begin + length :]


def _tail(data: bytes, _other: bytes, _random: np.random.Generator, turn: float) -> bytes:
    """Room for the whole file, of which only the beginning arrived."""
    kept = round(len(data) * (0.3 + 0.6 * turn))
    return data[:kept] + bytes(len(data) - kept)


def _shuffled(data: bytes, _other: bytes, random: np.random.Generator, turn: float) -> bytes:
    """Blocks that came in another order."""
    size = max(64, round(len(data) * (0.02 + 0.1 * turn)))
    blocks = [data[begin : begin + size] for begin in range(0, len(data), size)]
    first, *rest = blocks
    return first + b"".join(rest[place] for place in random.permutation(len(rest)))


def _head(data: bytes, other: bytes, _random: np.random.Generator, turn: float) -> bytes:
    """The beginning is that of another file."""
    length = round(32 + 600 * turn)
    return other[:length] + data[length:]


def _size(data: bytes, _other: bytes, random: np.random.Generator, turn: float) -> bytes | None:
    """A picture as large as it cannot be, wherever the file states its size."""
    side = int(random.choice([0, 1, 20_000, 65_535]))
    changed = data
    for form in ("<H", ">H", "<I", ">I"):
        was = struct.pack(form, SIZE[0]) + struct.pack(form, SIZE[1])
        largest = side if form[1] == "H" else side * (1 + 20_000 * (turn > 0.5))
        changed = changed.replace(was, struct.pack(form, largest) * 2)
        apart = struct.pack(form, SIZE[0]) + b"\0\0" + struct.pack(form, SIZE[1])
        changed = changed.replace(apart, struct.pack(form, largest) + b"\0\0" + struct.pack(form, largest))
    return None if changed == data else changed


def _length(data: bytes, _other: bytes, random: np.random.Generator, _turn: float) -> bytes | None:
    """A duration that is not that of the data."""
    changed = bytearray(data)
    for mark, offsets in ((b"mvhd", (16,)), (b"mdhd", (16,)), (b"tkhd", (20,)), (b"mehd", (4,)), (b"elst", (8,))):
        for place in _places(data, mark):
            for offset in offsets:
                changed[place + 4 + offset : place + 8 + offset] = struct.pack(">I", int(random.integers(0, 2**32)))
    for place in _places(data, b"\x44\x89\x88"):  # Duration of Matroska, a float of 8 bytes
        changed[place + 3 : place + 11] = struct.pack(">d", float(random.choice([0.0, 1.0, 1e12, 1e300])))
    for place in _places(data, b"duration\x00"):  # of FLV
        changed[place + 9 : place + 17] = struct.pack(">d", float(random.choice([-1.0, 1e9, 1e300])))
    for mark in (b"RIFF", b"data"):
        for place in _places(data, mark)[:1]:
            changed[place + 4 : place + 8] = struct.pack("<I", int(random.integers(0, 2**32)))
    for place in _places(data, b"Info")[:1] + _places(data, b"Xing")[:1]:
        changed[place + 8 : place + 16] = struct.pack(">II", *(int(one) for one in random.integers(0, 2**32, 2)))
    return None if bytes(changed) == data else bytes(changed)


def _table(data: bytes, _other: bytes, random: np.random.Generator, turn: float) -> bytes | None:
    """A table of an MP4 whose entries or their number are wrong."""
    marks = (b"stsz", b"stts", b"stsc", b"stco", b"ctts", b"trun", b"stsd", b"avcC", b"esds", b"stss")
    present = [mark for mark in marks if mark in data]
    if not present:
        return None
    mark = present[int(random.integers(len(present)))]
    place = data.index(mark) + 4
    changed = bytearray(data)
    offset = (8 if mark == b"stsz" else 4) if turn < 0.5 else int(random.integers(4, 24))
    value = int(random.choice([0, 0x7FFF_FFFF, 0xFFFF_FFFF, 1_000_000, int(random.integers(0, 2**32))]))
    changed[place + offset : place + offset + 4] = struct.pack(">I", value)
    return bytes(changed)


def _bomb(data: bytes, _other: bytes, _random: np.random.Generator, turn: float) -> bytes | None:
    """Small bytes that promise very many pictures or pieces of sound, each lasting nothing or for ever."""
    changed = bytearray(data)
    for place in _places(data, b"stsz"):
        changed[place + 8 : place + 16] = struct.pack(">II", 1, 200_000_000 if turn < 0.5 else 3_000_000)
    for place in _places(data, b"stts"):
        changed[place + 12 : place + 20] = struct.pack(">II", 200_000_000, 0 if turn < 0.5 else 0x7FFF_FFFF)
    return None if bytes(changed) == data else bytes(changed)


def _places(data: bytes, mark: bytes) -> list[int]:
    found, place = [], data.find(mark)
    while place >= 0 and place + 32 < len(data):
        found.append(place)
        place = data.find(mark, place + 1)
    return found


Maker = Callable[[bytes, bytes, np.random.Generator, float], bytes | None]
MAKERS: dict[Damage, Maker] = {
    "cut": _cut,
    "flips": _flips,
    "zeros": _zeros,
    "tail": _tail,
    "shuffled": _shuffled,
    "head": _head,
    "size": _size,
    "length": _length,
    "table": _table,
    "bomb": _bomb,
}
