"""Edit lists of MP4 and MOV: what a player leaves out of the media that are there, as trimming tools make it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MOST_BOXES = 4096
MOST_EDITS = 4096
EMPTY = -1


@dataclass(frozen=True, slots=True)
class Edit:
    """`length` seconds from `begin` of the media on; an empty edit (None) is a delay."""

    length: float
    begin: float | None


@dataclass(frozen=True, slots=True)
class TrackEdits:
    """One track: its edits, and how many seconds of media it holds."""

    media: float
    edits: tuple[Edit, ...]

    def left_out(self, slack: float) -> bool:
        """Whether more than `slack` seconds at the start, at the end or in between are left out.

        Encoders' own delays are shorter than that.
        """
        shown = [one for one in self.edits if one.begin is not None]
        if not shown:
            return False
        if len(shown) > 1:
            return True
        begin = shown[0].begin or 0.0
        ends_early = shown[0].length > 0 and self.media - begin - shown[0].length > slack
        return begin > slack or ends_early


def read_edits(path: Path) -> tuple[TrackEdits, ...]:
    """Every track's edit list; () for files without one, of another kind, or too damaged to tell. Raises OSError."""
    with path.open("rb") as file:
        try:
            return tuple(_tracks(file, path.stat().st_size))
        except struct.error:
            return ()


def _tracks(file: BinaryIO, size: int) -> Iterator[TrackEdits]:
    for kind, begin, end in _boxes(file, 0, size):
        if kind != b"moov":
            continue
        unit, tracks = 0, []
        for inner, start, stop in _boxes(file, begin, end):
            if inner == b"mvhd":
                unit = _times(file, start)[0]
            elif inner == b"trak":
                tracks.append((start, stop))
        for start, stop in tracks:
            found = _track(file, start, stop, unit)
            if found is not None:
                yield found


def _track(file: BinaryIO, begin: int, end: int, unit: int) -> TrackEdits | None:
    media_unit, media, listed = 0, 0, None
    for kind, start, stop in _boxes(file, begin, end):
        if kind == b"edts":
            listed = next((one for inner, one, _ in _boxes(file, start, stop) if inner == b"elst"), None)
        elif kind == b"mdia":
            header = next((one for inner, one, _ in _boxes(file, start, stop) if inner == b"mdhd"), None)
            if header is not None:
                media_unit, media = _times(file, header)
    if listed is None or not unit or not media_unit:
        return None
    return TrackEdits(media / media_unit, tuple(_edits(file, listed, unit, media_unit)))


def _edits(file: BinaryIO, begin: int, unit: int, media_unit: int) -> Iterator[Edit]:
    file.seek(begin)
    version, count = struct.unpack(">B3xI", file.read(8))
    form = ">Qq4x" if version == 1 else ">Ii4x"
    for _ in range(min(count, MOST_EDITS)):
        length, start = struct.unpack(form, file.read(struct.calcsize(form)))
        yield Edit(length / unit, None if start == EMPTY else start / media_unit)


def _times(file: BinaryIO, begin: int) -> tuple[int, int]:
    """Time scale and duration of an mvhd or mdhd box whose content starts at `begin`."""
    file.seek(begin)
    version = file.read(1)
    if version == b"\1":
        scale, duration = struct.unpack(">IQ", file.read(31)[19:])
    else:
        scale, duration = struct.unpack(">II", file.read(19)[11:])
    return int(scale), int(duration)


def _boxes(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of the content of each box between two places of the file."""
    position = begin
    for _ in range(MOST_BOXES):
        if position + 8 > end:
            return
        file.seek(position)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            length, head = struct.unpack(">Q", file.read(8))[0], 16
        elif length == 0:
            length = end - position
        if length < head:
            return
        yield kind, position + head, min(end, position + length)
        position += length
