"""A corpus read back from its folder, with every fault named at its line.

A manifest may come from anywhere: it is read line by line with bounded lines, and no path of it leaves the folder.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, overload

from pydantic import ValidationError

from engine.errors import MingjianError
from eval.corpus.manifest import MANIFEST, Corpus, Entry, Recording, entry_adapter, head_adapter

LARGEST_LINE_BYTES = 32 * 1024 * 1024
MOST_RECORDINGS = 1_000_000
RULESET_SUFFIXES = (".yaml", ".yml")


class FileRecordings(Sequence[Recording]):
    """The recordings of a manifest, each read from its line when it is asked for.

    Raises MingjianError `corpus_invalid` when the manifest is no longer what it was.
    """

    def __init__(self, folder: Path, places: Sequence[tuple[int, int]], stamp: tuple[int, int]) -> None:
        self._folder = folder
        self._places = places
        self._stamp = stamp

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Recording: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Recording]: ...

    def __getitem__(self, index: int | slice) -> Recording | Sequence[Recording]:
        if isinstance(index, slice):
            return FileRecordings(self._folder, self._places[index], self._stamp)
        with self._opened() as file:
            return self._read(file, self._places[index])

    def __iter__(self) -> Iterator[Recording]:
        with self._opened() as file:
            for place in self._places:
                yield self._read(file, place)

    def _opened(self) -> BinaryIO:
        path = self._folder / MANIFEST
        if not path.is_file() or _stamp(path) != self._stamp:
            raise MingjianError("corpus_invalid", path=path, detail=CHANGED)
        return path.open("rb")

    def _read(self, file: BinaryIO, place: tuple[int, int]) -> Recording:
        start, length = place
        file.seek(start)
        return recording(entry_adapter().validate_json(file.read(length)), self._folder)


CHANGED = "文件在使用中被改动 / changed while in use"
NOTHING_THERE = f"没有 {MANIFEST} / no {MANIFEST} there"


def load_corpus(folder: Path) -> Corpus:
    """The corpus in `folder`. Raises MingjianError `corpus_invalid` with all its faults."""
    folder = folder.resolve()
    path = folder / MANIFEST
    if not path.is_file():
        raise MingjianError("corpus_invalid", path=folder, detail=NOTHING_THERE)
    stamp = _stamp(path)
    reader = _Reader(folder)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for line in _lines(file, digest):
            reader.take(line)
    faults = reader.faults or ([] if reader.name else [f"{MANIFEST}:1: {NO_HEAD}"])
    if faults:
        raise MingjianError("corpus_invalid", path=folder, detail="\n".join(faults))
    return Corpus(reader.name, folder, FileRecordings(folder, reader.places, stamp), digest.hexdigest())


def recording(entry: Entry, folder: Path) -> Recording:
    """The recording of a checked entry, its paths made absolute."""
    ruleset = entry.ruleset
    if ruleset is not None and ruleset.endswith(RULESET_SUFFIXES):
        ruleset = str(folder / ruleset)
    return Recording(
        id=entry.id,
        media=tuple(folder / one for one in entry.media),
        order=folder / entry.order if entry.order else None,
        ruleset=ruleset,
        labels=entry.labels,
        split=entry.split,
        source=entry.source,
        conditions=entry.conditions,
        duration=entry.duration,
    )


def _fault_of(given: str, folder: Path) -> str | None:
    """What is wrong with the file of a relative path, or None: it has to be there, and inside `folder` after links."""
    target = (folder / given).resolve()
    if not target.is_relative_to(folder):
        return f"路径指向语料目录之外：{given!r}；the path leads out of the corpus folder"
    return None if target.is_file() else f"找不到文件：{given!r}；no such file"


NO_HEAD = '第一行应为 {"schema": 1, "name": …}；the first line has to be {"schema": 1, "name": …}'
TOO_LONG = f"一行超过 {LARGEST_LINE_BYTES} 字节；a line of more than {LARGEST_LINE_BYTES} bytes"
TOO_MANY = f"超过 {MOST_RECORDINGS} 段录音；more than {MOST_RECORDINGS} recordings"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a manifest: where it begins, and its bytes, cut short where it is too long."""

    number: int
    start: int
    data: bytes
    length: int


def _lines(file: BinaryIO, digest: "hashlib._Hash") -> Iterator[_Line]:
    number, start = 0, 0
    while data := file.readline(LARGEST_LINE_BYTES + 1):
        digest.update(data)
        length = len(data)
        while not data.endswith(b"\n") and (more := file.readline(LARGEST_LINE_BYTES)):
            digest.update(more)
            length += len(more)
            if more.endswith(b"\n"):
                break
        number += 1
        if data.strip():
            yield _Line(number, start, data if length == len(data) else b"", length)
        start += length


class _Reader:
    """Checks line after line and remembers what it found: faults, names, and where each recording stands."""

    def __init__(self, folder: Path) -> None:
        self.name = ""
        self.places: list[tuple[int, int]] = []
        self.faults: list[str] = []
        self._folder = folder
        self._ids: dict[str, int] = {}

    def take(self, line: _Line) -> None:
        """Check one line."""
        if line.length > LARGEST_LINE_BYTES:
            return self._fault(line, TOO_LONG)
        if len(self.places) >= MOST_RECORDINGS:
            if len(self.places) == MOST_RECORDINGS:
                self._fault(line, TOO_MANY)
                self.places.append((line.start, line.length))
            return None
        try:
            if line.number == 1:
                self.name = head_adapter().validate_json(line.data).name
                return None
            entry = entry_adapter().validate_json(line.data)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                where = ".".join(map(str, fault["loc"]))
                self._fault(line, f"{where}: {fault['msg']}" if where else str(fault["msg"]))
            if line.number == 1:
                self._fault(line, NO_HEAD)
            return None
        self._check(line, entry)
        self.places.append((line.start, line.length))
        return None

    def _check(self, line: _Line, entry: Entry) -> None:
        folded = entry.id.casefold()
        if folded in self._ids:
            self._fault(line, f"id: {entry.id!r} 与第 {self._ids[folded]} 行重复；is line {self._ids[folded]}'s")
        self._ids.setdefault(folded, line.number)
        paths = [(f"media.{place}", one) for place, one in enumerate(entry.media)]
        paths += [("order", entry.order)] if entry.order else []
        paths += [("ruleset", entry.ruleset)] if entry.ruleset and entry.ruleset.endswith(RULESET_SUFFIXES) else []
        for where, given in paths:
            fault = _fault_of(given, self._folder)
            if fault:
                self._fault(line, f"{where}: {fault}")

    def _fault(self, line: _Line, what: str) -> None:
        self.faults.append(f"{MANIFEST}:{line.number}: {what}")


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
