"""A store: a database and its blobs, opened together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.errors import MingjianError
from engine.settings import Settings
from engine.store import blob_rows, marks, migrating
from engine.store.blobs import Blobs, StoredBlob, content_of
from engine.store.database import Database

MARK = "keys"
AT_ONCE = 50


@dataclass(frozen=True)
class Store:
    """An opened store."""

    database: Database
    blobs: Blobs

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def keep(self, path: Path, media_type: str, now: datetime, *, consume: bool = False) -> StoredBlob:
        """Keep a file's content, safe from `collect_garbage` for a while: until a row refers to it.

        With `consume` the file may be moved rather than copied. Raises MingjianError `blobs_unavailable`,
        `store_unavailable`.
        """
        found = content_of(path)
        with self.database.writing() as s:  # first the row: whoever collects garbage now leaves the content alone
            blob_rows.keep(s, found, media_type, now)
        return self.blobs.put(path, media_type, consume=consume)

    def collect_garbage(self, now: datetime) -> int:
        """Remove the content that nothing refers to and whose time has passed; how many blobs that were.

        Rows go first, in the same transaction: whoever keeps the same content again meanwhile waits for its end, and
        then finds neither.
        """
        removed = 0
        while True:
            with self.database.writing() as s:
                names = blob_rows.unused(s, now, AT_ONCE)
                for name in names:
                    if blob_rows.forget(s, name):
                        self.blobs.delete(name)
                        removed += 1
            if len(names) < AT_ONCE:
                return removed

    def without_row(self) -> Iterator[StoredBlob]:
        """Content that the database does not know: of a process that died, or of a database restored from an older
        back-up.
        """
        for found in self.blobs.all():
            with self.database.reading() as s:
                if blob_rows.get(s, found.sha256) is None:
                    yield found

    def sweep(self) -> int:
        """Remove content that no row was made of for as long as unused content is kept, and drafts of processes that
        died; how many files that were. Whoever puts the content again makes it young.
        """
        wait = self.database.settings.unused_blob_s
        removed = self.blobs.clear_drafts(wait)
        for found in self.without_row():
            age = self.blobs.age(found.sha256)
            if age is not None and age > wait:
                self.blobs.delete(found.sha256)
                removed += 1
        return removed

    def without_content(self) -> Iterator[StoredBlob]:
        """Blobs that the database knows and whose content is missing or of another length."""
        there = {found.sha256: found.bytes for found in self.blobs.all()}
        after = ""
        while True:
            with self.database.reading() as s:
                rows = blob_rows.known(s, after)
            if not rows:
                return
            yield from (row for row in rows if there.get(row.sha256) != row.bytes)
            after = rows[-1].sha256


def open_store(settings: Settings) -> Store:
    """The store of these settings, made where there is none.

    Raises MingjianError `store_behind` for a PostgreSQL database whose structure is not this program's (SQLite is
    brought up to date), `keys_differ` where it was made with another secret, `store_unavailable`.
    """
    database = Database(settings.store)
    try:
        migrating.prepare(database)
        _check_keys(database)
    except BaseException:
        database.close()
        raise
    return Store(database, Blobs(settings.store))


def _check_keys(database: Database) -> None:
    wanted = {"mark": database.keys.mark}
    with database.reading() as s:
        found = marks.read(s, MARK)
    if found is None:
        with database.writing() as s:
            marks.write(s, MARK, wanted)
    elif found != wanted:
        raise MingjianError("keys_differ", path=database.settings.key_file)
