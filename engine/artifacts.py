"""What a stage found, kept under a fingerprint of everything it depended on.

A changed rule set then re-runs only the rules, and a crash half-way through a recording costs only the stage it hit.
Where several machines share the place, one may find what another computed. Artifacts hold personal data (speech as
text); they are kept only where a place is set, in a folder readable by their owner alone, and swept when old.
"""

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")
SUFFIX = ".json.gz"


def fingerprint(*parts: object) -> str:
    """SHA-256 (hex) over `parts`: strings, numbers, None, dataclasses and containers of these, by value."""
    canonical = json.dumps([_plain(part) for part in parts], sort_keys=True, ensure_ascii=False, default=_plain_or_text)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(part: object) -> Any:
    return asdict(part) if is_dataclass(part) and not isinstance(part, type) else part


def _plain_or_text(part: object) -> Any:
    plain = _plain(part)
    return str(part) if plain is part else plain


class Place(Protocol):
    """Where artifacts lie, by name. `read` raises OSError for one that is not there."""

    def read(self, name: str) -> bytes: ...

    def write(self, name: str, data: bytes) -> None: ...

    def remove(self, name: str) -> None: ...

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Every artifact and when it was written."""
        ...


class Artifacts:
    """The stage results at `place`, a folder or an address that fsspec knows; with None nothing is kept and every stage
    runs. `options` are what fsspec needs for the address.
    """

    def __init__(self, place: str | Path | None = None, options: Mapping[str, str] | None = None) -> None:
        self._place: Place | None = None
        if place is not None:
            self._place = _Remote(str(place), options or {}) if "://" in str(place) else _Folder(Path(place))

    def recall(self, kind: type[T], key: str, compute: Callable[[], T], keep: Callable[[T], bool]) -> T:
        """The result stored under `key`, else `compute()`, stored for next time when `keep` says so.

        A stored result that cannot be read (cut short, older schema) is computed again.
        """
        found = self.find(kind, key)
        if found is not None:
            return found
        result = compute()
        if keep(result):
            self.keep(kind, key, result)
        return result

    def find(self, kind: type[T], key: str) -> T | None:
        """The result stored under `key`; None where there is none that can be read."""
        if self._place is None:
            return None
        name = _name(key)
        try:
            stored = self._place.read(name)
        except OSError:
            return None
        try:
            return TypeAdapter(kind).validate_json(gzip.decompress(stored))
        except (OSError, EOFError, ValidationError):
            self._place.remove(name)
            return None

    def keep(self, kind: type[T], key: str, result: T) -> None:
        """Store `result` under `key`, in place of what lies there."""
        if self._place is not None:
            self._place.write(_name(key), gzip.compress(TypeAdapter(kind).dump_json(result), mtime=0))

    def sweep(self, before: datetime) -> int:
        """Remove what was written before then; how many."""
        if self._place is None:
            return 0
        old = [name for name, written in self._place.names() if written < before]
        for name in old:
            self._place.remove(name)
        return len(old)


def _name(key: str) -> str:
    return f"{key[:2]}/{key}{SUFFIX}"


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        """Whole or not at all: a temporary file, readable by its owner alone, takes the name when complete."""
        path = self._folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        for path in self._folder.glob("??/*"):  # drafts of processes that were killed too
            with suppress(FileNotFoundError):
                yield path.relative_to(self._folder).as_posix(), datetime.fromtimestamp(path.stat().st_mtime, UTC)


class _Remote:
    """An object store writes an object whole or not at all."""

    def __init__(self, address: str, options: Mapping[str, str]) -> None:
        from fsspec.core import url_to_fs

        self._files, self._root = url_to_fs(address, **options)

    def read(self, name: str) -> bytes:
        return bytes(self._files.cat_file(f"{self._root}/{name}"))

    def write(self, name: str, data: bytes) -> None:
        folder = f"{self._root}/{name}".rpartition("/")[0]
        self._files.makedirs(folder, exist_ok=True)
        self._files.pipe_file(f"{self._root}/{name}", data)

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._files.rm_file(f"{self._root}/{name}")

    def names(self) -> Iterator[tuple[str, datetime]]:
        for path, found in self._files.find(self._root, detail=True).items():
            written = found.get("LastModified") or found.get("created") or found.get("mtime")
            if isinstance(written, int | float):
                written = datetime.fromtimestamp(written, UTC)
            if isinstance(written, datetime):
                yield path.removeprefix(f"{self._root}/"), written if written.tzinfo else written.replace(tzinfo=UTC)
