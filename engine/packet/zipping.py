"""A zip file written piece by piece, as it is read by whoever asked for it. Same files, same bytes."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from engine.packet.form import Entry, is_safe

DATE = (1980, 1, 1, 0, 0, 0)
"""Of every file: the time of packing would make each packet another one."""
MODE = 0o644 << 16
PIECE = 256 * 1024
LARGE = 2**31
PACKED_ALREADY = (".mp4", ".m4a", ".jpg", ".png", ".mp3", ".webm", ".mkv", ".gz", ".zip")


class Zipping:
    """A zip file in the making. `entries`: the files so far, by content."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", allowZip64=True)
        self.entries: list[Entry] = []

    def add(self, path: str, pieces: Iterable[bytes], size: int | None = None) -> Iterator[bytes]:
        """Put a file in; yields what is ready to be sent. `size`: about how large it is. Raises ValueError for a path
        that is not safe or was used before."""
        if not is_safe(path) or any(one.path.lower() == path.lower() for one in self.entries):
            raise ValueError(f"not a path for a packet: {path!r}")
        info = zipfile.ZipInfo(path, DATE)
        info.external_attr = MODE
        info.create_system = 3
        stored = path.lower().endswith(PACKED_ALREADY)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        digest, length = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=(size or 0) >= LARGE) as file:
            for piece in pieces:
                digest.update(piece)
                length += len(piece)
                file.write(piece)
                yield from self._sink.taken()
        yield from self._sink.taken()
        self.entries.append(Entry(path, digest.hexdigest(), length))

    def finish(self) -> Iterator[bytes]:
        """Write the directory."""
        self._zip.close()
        yield from self._sink.taken(everything=True)


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces."""
    while piece := file.read(PIECE):
        yield piece


class _Sink(io.RawIOBase):
    """Where the zip file is written to: what lies here is taken away at once. It cannot be sought in."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:  # type: ignore[no-untyped-def]
        self._waiting += data
        return len(data)

    def taken(self, everything: bool = False) -> Iterator[bytes]:
        """What has been written since, in pieces that are worth sending."""
        if self._waiting and (everything or len(self._waiting) >= PIECE):
            yield bytes(self._waiting)
            self._waiting.clear()
