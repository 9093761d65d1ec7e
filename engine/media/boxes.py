"""The outermost structure of MP4 and RIFF (WAV, AVI) files: enough to tell a cut-off file from a foreign one."""

import struct
from dataclasses import dataclass
from pathlib import Path

KNOWN_FIRST = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"moof", b"sidx", b"pnot"})
MOST_BOXES = 100_000
UNSET_SIZE = 0x7FFF_FFFF


@dataclass(frozen=True, slots=True)
class Boxes:
    """Types of the top-level boxes in order; `cut` when the last one should reach beyond the end of the file."""

    types: tuple[bytes, ...]
    cut: bool

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
            position += length
    return Boxes(tuple(types), position > size)


def riff_cut(path: Path, slack: int) -> bool:
    """Whether a RIFF file states more than `slack` bytes beyond its end. Sizes that recorders leave unset tell
    nothing.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if len(head) < 8 or head[:4] != b"RIFF":
        return False
    stated = int(struct.unpack("<I", head[4:])[0])
    return UNSET_SIZE > stated > path.stat().st_size + slack
