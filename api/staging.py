"""Uploads on their way: a file for each, of which so many bytes are promised as the store has noted.

When is a byte safe? It is written to the staged file, the file is written through to the disk (fsync), and only then is
the offset noted in the database, in a transaction that is durable itself. So HEAD never promises a byte that a loss of
power could take; bytes beyond the promise (of a request cut by a crash) are cut off before the upload goes on. This is
done at every end of a request, cut ones included, and after every `checkpoint` bytes.

A file is written by one request at a time, whichever process it came to: the writer holds a lock on the file, which
goes with the process that held it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from api.file_names import HEAD_BYTES, check_head
from api.settings import UploadSettings
from engine.errors import MingjianError
from engine.report.output import is_output_error
from engine.store import uploads
from engine.store.store import Store
from engine.store.uploads import COMPLETE, FAILED, OPEN, UploadRow

FOLDER = "uploads"
WHOLE = ".whole"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


class Staging:
    """The folder of staged files, and the rules for them. Its functions wait for the disk: call them from threads."""

    def __init__(self, store: Store, settings: UploadSettings) -> None:
        self._store = store
        self.settings = settings
        self.folder = store.database.settings.folder / FOLDER
        self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)

    def path(self, upload_id: str) -> Path:
        """Where the bytes of an upload lie. Ids are our own: no name of a stranger makes a path."""
        return self.folder / upload_id

    def begin(self, new: uploads.NewUpload, now: datetime) -> UploadRow:
        """A new upload. Raises MingjianError `too_large`, `conflict` (too many open ones), `storage_full`."""
        if new.length > self.settings.largest:
            raise MingjianError("too_large", limit=self.settings.largest)
        with self._store.database.writing() as s:
            if uploads.count_open(s, new.owner) >= self.settings.most_open:
                raise MingjianError("conflict", detail=f"> {self.settings.most_open} 个未完成的上传 / open uploads")
            free = shutil.disk_usage(self.folder).free - uploads.announced(s)
            if free - new.length < self.settings.reserve:
                raise MingjianError("storage_full", bytes=new.length)
            row = uploads.create(s, new, now)
        os.close(os.open(self.path(row.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        return row

    def get(self, upload_id: str, owner: str) -> UploadRow:
        """Somebody's own upload. Raises MingjianError `not_found`, `upload_gone`."""
        with self._store.database.reading() as s:
            row = uploads.get(s, upload_id)
        if row is None or row.owner != owner:
            raise MingjianError("not_found", thing="upload", id=upload_id)
        if row.state not in (OPEN, COMPLETE):
            raise MingjianError("upload_gone", id=upload_id, state=row.state)
        return row

    @contextmanager
    def writing(self, upload_id: str) -> Iterator[BinaryIO]:
        """The staged file, locked for one writer. Raises MingjianError `upload_busy`, `upload_gone`."""
        try:
            file = self.path(upload_id).open("r+b", buffering=0)
        except FileNotFoundError as error:
            raise MingjianError("upload_gone", id=upload_id, state="ended") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise MingjianError("upload_busy", id=upload_id) from error
            yield file

    def promise(self, file: BinaryIO, upload_id: str, received: int, now: datetime) -> None:
        """Notes that `received` bytes are safe, once they are."""
        os.fsync(file.fileno())
        with self._store.database.writing() as s:
            uploads.advance(s, upload_id, received, now + timedelta(seconds=self.settings.expires))

    def finish(self, row: UploadRow, now: datetime) -> UploadRow:
        """Moves a whole upload among the blobs. May be done again after a crash at any point.

        Raises MingjianError `upload_mismatch` or `upload_refused` where the content is not what was announced; the
        upload has failed then.
        """
        path, whole = self.path(row.id), self.path(row.id + WHOLE)
        try:
            with path.open("rb") as file:
                check_head(row.file_name, file.read(HEAD_BYTES))
            whole.unlink(missing_ok=True)
            os.link(path, whole)  # the staged file stays until the store knows the blob
            found = self._store.keep(whole, row.media_type, now, consume=True)
            if row.expected_sha256 not in (None, found.sha256):
                raise MingjianError("upload_mismatch", expected=row.expected_sha256, actual=found.sha256)
        except MingjianError as error:
            if error.code in ("upload_mismatch", "upload_refused"):
                self._end(row.id, FAILED, error.zh)
            raise
        until = now + timedelta(seconds=self.settings.expires)
        with self._store.database.writing() as s:
            uploads.complete(s, row.id, found.sha256, until)
            done = uploads.get(s, row.id)
        self.remove(row.id)
        if done is None:
            raise MingjianError("upload_gone", id=row.id, state="ended")
        return done

    def finished(self, row: UploadRow, now: datetime) -> UploadRow:
        """The upload, finished now where its bytes are all there and a crash came between."""
        if row.state == OPEN and row.is_whole:
            with self.writing(row.id):
                return self.finish(row, now)
        return row

    def end(self, row: UploadRow) -> None:
        """Its owner wants it no more. Raises MingjianError `upload_busy`."""
        if row.state == OPEN:
            with self.writing(row.id):
                self._end(row.id, uploads.EXPIRED, None)
        else:
            self._end(row.id, uploads.EXPIRED, None)

    def _end(self, upload_id: str, state: str, error: str | None) -> None:
        with self._store.database.writing() as s:
            uploads.end(s, upload_id, state, error)
        self.remove(upload_id)

    def remove(self, upload_id: str) -> None:
        """Removes what is staged."""
        for path in (self.path(upload_id), self.path(upload_id + WHOLE)):
            path.unlink(missing_ok=True)

    def tidy(self, now: datetime) -> int:
        """Ends uploads whose time is over and removes files that no open upload needs; returns how many went."""
        gone = 0
        with self._store.database.reading() as s:
            late = uploads.run_out(s, now)
        for row in late:
            with suppress(MingjianError):  # somebody is writing it at this moment: it has just been prolonged
                self.end(row)
                gone += 1
        return gone + self._sweep(now)

    def _sweep(self, now: datetime) -> int:
        """Files that a crash left behind. Young ones may belong to a row that is being made."""
        names = tuple({path.name.removesuffix(WHOLE) for path in self.folder.iterdir()})
        gone = 0
        for start in range(0, len(names), 500):
            some = names[start : start + 500]
            with self._store.database.reading() as s:
                known = uploads.open_ids(s, some)
            for name in set(some) - known:
                path = self.path(name)
                if path.exists() and now.timestamp() - path.stat().st_mtime < 3600:
                    continue
                self.remove(name)
                gone += 1
        return gone


def as_full(error: OSError, length: int) -> MingjianError:
    """What a failed write means to the sender."""
    if is_output_error(error):
        return MingjianError("storage_full", bytes=length)
    return MingjianError("unavailable", detail=error.strerror or "disk")
