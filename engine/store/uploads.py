"""Resumable uploads: how much of each has safely arrived, and what became of it.

`received` is a promise: so many bytes are on the disk. It grows only after they have been written through.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session as Transaction

from engine.errors import MingjianError
from engine.store.ids import new_id
from engine.store.rows import as_row, as_rows
from engine.store.tables import Upload

OPEN, COMPLETE, FAILED, EXPIRED = "open", "complete", "failed", "expired"


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What is announced. `length` in bytes; `expected_sha256` of the whole file."""

    owner: str
    file_name: str
    media_type: str
    length: int
    expires_at: datetime
    expected_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload. `state`: open | complete | failed | expired; `blob` when complete."""

    id: str
    owner: str
    file_name: str
    media_type: str
    length: int
    received: int
    expected_sha256: str | None
    state: str
    error: str | None
    blob: str | None
    used_by: str | None
    created_at: datetime
    expires_at: datetime

    @property
    def is_whole(self) -> bool:
        """Whether every byte has arrived."""
        return self.received == self.length


def create(s: Transaction, new: NewUpload, now: datetime) -> UploadRow:
    """An upload of which nothing has arrived."""
    row = Upload(
        id=new_id(),
        owner=new.owner,
        file_name=new.file_name,
        media_type=new.media_type,
        length=new.length,
        received=0,
        expected_sha256=new.expected_sha256,
        state=OPEN,
        created_at=now,
        expires_at=new.expires_at,
    )
    s.add(row)
    s.flush()
    return as_row(UploadRow, row)


def get(s: Transaction, upload_id: str) -> UploadRow | None:
    """The upload, if there is one."""
    row = s.get(Upload, upload_id)
    return as_row(UploadRow, row) if row else None


def count_open(s: Transaction, owner: str) -> int:
    """How many of somebody's uploads are not complete."""
    query = select(func.count()).select_from(Upload).where(Upload.owner == owner, Upload.state == OPEN)
    return s.scalar(query) or 0


def announced(s: Transaction) -> int:
    """Bytes that open uploads may still bring."""
    query = select(func.sum(Upload.length - Upload.received)).where(Upload.state == OPEN)
    return int(s.scalar(query) or 0)


def advance(s: Transaction, upload_id: str, received: int, expires_at: datetime) -> None:
    """More has safely arrived. Raises MingjianError `upload_gone` where the upload has ended meanwhile."""
    changed = s.scalar(
        update(Upload)
        .where(Upload.id == upload_id, Upload.state == OPEN, Upload.length >= received)
        .values(received=received, expires_at=expires_at)
        .returning(Upload.id)
    )
    if changed is None:
        raise MingjianError("upload_gone", id=upload_id, state="ended")


def complete(s: Transaction, upload_id: str, blob: str, expires_at: datetime) -> None:
    """The whole content is kept as `blob`; until then a session may take it."""
    s.execute(
        update(Upload)
        .where(Upload.id == upload_id, Upload.state == OPEN)
        .values(state=COMPLETE, blob=blob, expires_at=expires_at)
    )


def end(s: Transaction, upload_id: str, state: str, error: str | None = None) -> None:
    """The upload has failed or run out; nothing of it is wanted any more."""
    s.execute(update(Upload).where(Upload.id == upload_id).values(state=state, error=error, blob=None))


def take(s: Transaction, upload_id: str, session_id: str) -> None:
    """A session is made of it; the first one is noted."""
    s.execute(update(Upload).where(Upload.id == upload_id, Upload.used_by.is_(None)).values(used_by=session_id))


def run_out(s: Transaction, now: datetime, limit: int = 100) -> tuple[UploadRow, ...]:
    """Open and complete uploads whose time is over."""
    query = select(Upload).where(Upload.state.in_((OPEN, COMPLETE)), Upload.expires_at <= now)
    return as_rows(UploadRow, s.scalars(query.order_by(Upload.expires_at).limit(limit)))


def open_ids(s: Transaction, ids: tuple[str, ...]) -> frozenset[str]:
    """Which of these uploads are still open."""
    return frozenset(s.scalars(select(Upload.id).where(Upload.id.in_(ids), Upload.state == OPEN)))
