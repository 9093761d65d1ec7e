"""Local copies of what an object store holds: bounded, shared by the processes of a machine.

A copy in use has a second name (a hard link) of its own, so that removing it from the cache takes nothing from its
reader.
"""

import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FORGOTTEN_S = 2 * 86_400.0
"""Links and halves of processes that died are removed after this long."""


@dataclass(frozen=True)
class Cache:
    """A folder of copies, `limit` bytes at most, the one not used for longest going first."""

    folder: Path
    limit: int

    @contextmanager
    def holding(self, name: str, fetch: Callable[[IO[bytes]], None]) -> Iterator[Path]:
        """A path to the copy called `name`, which `fetch` writes where there is none; it stays until the block ends."""
        used = self._place("used") / uuid.uuid4().hex
        try:
            self._link(name, used, fetch)
            yield used
        finally:
            used.unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        """Forget the copy called `name`."""
        (self.folder / "kept" / name).unlink(missing_ok=True)

    def drop_all(self, prefix: str) -> None:
        """Forget the copies whose names begin with `prefix`."""
        for path in (self.folder / "kept").glob(f"{prefix}*"):
            path.unlink(missing_ok=True)

    def _link(self, name: str, used: Path, fetch: Callable[[IO[bytes]], None]) -> None:
        kept = self._place("kept") / name
        try:
            used.hardlink_to(kept)
        except FileNotFoundError:
            self._fetch(kept, used, fetch)
        with suppress(FileNotFoundError):
            os.utime(kept)

    def _fetch(self, kept: Path, used: Path, fetch: Callable[[IO[bytes]], None]) -> None:
        descriptor, draft = tempfile.mkstemp(dir=self._place("drafts"))
        try:
            with os.fdopen(descriptor, "wb") as file:
                fetch(file)
            used.hardlink_to(draft)
            Path(draft).replace(kept)
        finally:
            Path(draft).unlink(missing_ok=True)
        self._shrink()

    def _place(self, name: str) -> Path:
        place = self.folder / name
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def _shrink(self) -> None:
        copies = []
        for path in self._place("kept").iterdir():
            with suppress(FileNotFoundError):
                found = path.stat()
                copies.append((found.st_mtime, found.st_size, path))
        total = sum(size for _, size, _ in copies)
        for _, size, path in sorted(copies)[:-1]:
            if total <= self.limit:
                break
            path.unlink(missing_ok=True)
            total -= size
        self._forget()

    def _forget(self) -> None:
        for name in ("used", "drafts"):
            for path in self._place(name).iterdir():
                with suppress(FileNotFoundError):
                    if time.time() - path.stat().st_mtime > FORGOTTEN_S:
                        path.unlink()
