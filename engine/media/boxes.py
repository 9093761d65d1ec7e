"""The outermost structure of MP4, RIFF, Matroska and MP3 files: enough to tell a cut-off file from a foreign one."""

import struct
from dataclasses import dataclass
from pathlib import Path

KNOWN_FIRST = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"moof", b"sidx", b"pnot"})
MOST_BOXES = 100_000
UNSET_SIZE = 0x7FFF_FFFF
EBML, SEGMENT = 0x1A45DFA3, 0x18538067
MOST_HEAD, MOST_FRAME, ID3_HEAD = 65_536, 2048, 10


@dataclass(frozen=True, slots=True)
class Boxes:
    """Types of the top-level boxes in order; `cut` when the last one should reach beyond the end of the file."""

    types: tuple[bytes, ...]
    cut: bool
    missing: int = 0
    """Bytes by which the last box should reach beyond the end of the file."""
    data_at: int | None = None
    """Where the media data (`mdat`) begin."""

    @property
    def without_index(self) -> bool:
        """The file is of this family, carries or promises media, and lacks the `moov` box that says how to read it."""
        return bool(self.types) and b"moov" not in self.types

    @property
    def index_first(self) -> bool:
        """A player can begin before it has the whole file."""
        order = [kind for kind in self.types if kind in (b"moov", b"mdat")]
        return order[:1] == [b"moov"]


def read_boxes(path: Path) -> Boxes:
    """Walk the top-level boxes of `path`; no types at all when it does not begin like such a file. Raises OSError."""
    size = path.stat().st_size
    types: list[bytes] = []
    data_at: int | None = None
    position = 0
    with path.open("rb") as file:
        while position + 8 <= size and len(types) < MOST_BOXES:
            file.seek(position)
            length, kind = struct.unpack(">I4s", file.read(8))
            if not types and kind not in KNOWN_FIRST:
                return Boxes((), False)
            if length == 1:
                wide = file.read(8)
                length = struct.unpack(">Q", wide)[0] if len(wide) == 8 else size + 1
            elif length == 0:
                length = size - position
            if length < 8:
                break
            types.append(kind)
            if kind == b"mdat" and data_at is None:
                data_at = file.tell()
            position += length
    return Boxes(tuple(types), position > size, max(0, position - size), data_at)


def media_data(path: Path) -> int | None:
    """Where the media data of an MP4 begin; None where there are none."""
    return read_boxes(path).data_at


def riff_missing(path: Path) -> int:
    """Bytes that a RIFF file (WAV, AVI) states beyond its end. Sizes that recorders leave unset tell nothing."""
    with path.open("rb") as file:
        head = file.read(8)
    if len(head) < 8 or head[:4] != b"RIFF":
        return 0
    stated = int(struct.unpack("<I", head[4:])[0]) + len(head)
    return max(0, stated - path.stat().st_size) if stated < UNSET_SIZE else 0


def matroska_missing(path: Path) -> int:
    """Bytes that the segment of a Matroska or WebM file states beyond its end; 0 where it states no length."""
    with path.open("rb") as file:
        head = file.read(MOST_HEAD)
    first = _element(head, 0)
    if first is None or first[0] != EBML:
        return 0
    place = first[1] + (first[2] or 0)
    segment = _element(head, place)
    if segment is None or segment[0] != SEGMENT or segment[2] is None:
        return 0
    return max(0, segment[1] + segment[2] - path.stat().st_size)


def _element(data: bytes, place: int) -> tuple[int, int, int | None] | None:
    """Id, beginning and length (None: not stated) of the content of the EBML element at `place`."""
    found: list[int] = []
    for keep_mark in (True, False):
        if place >= len(data) or data[place] == 0:
            return None
        width = 9 - data[place].bit_length()
        if place + width > len(data):
            return None
        value = int.from_bytes(data[place : place + width], "big")
        if not keep_mark:
            value -= 1 << 7 * width
            if value == (1 << 7 * width) - 1:
                return found[0], place + width, None
        found.append(value)
        place += width
    return found[0], place, found[1]


def mp3_missing(path: Path) -> int:
    """Bytes that an MP3's own table of contents (Xing, Info) states beyond its end; 0 without one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(MOST_HEAD)
        start = 0
        if head[:3] == b"ID3" and len(head) >= ID3_HEAD:
            start = ID3_HEAD + sum((byte & 127) << 7 * (3 - place) for place, byte in enumerate(head[6:10]))
            file.seek(start)
            head = file.read(MOST_HEAD)
    at = min((found for mark in (b"Xing", b"Info") if (found := head.find(mark, 0, MOST_FRAME)) >= 0), default=-1)
    if at < 0 or len(head) < at + 16:
        return 0
    flags, *values = struct.unpack(">III", head[at + 4 : at + 16])
    if not flags & 2:
        return 0
    stated = values[1] if flags & 1 else values[0]
    return int(max(0, start + stated - size))
