"""What the database knows of blobs: which there are, and how long each must be kept though nothing refers to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session as Transaction

from engine.store.blobs import StoredBlob
from engine.store.database import settings_of
from engine.store.rows import as_row
from engine.store.tables import AppealFile, Blob, Inspection, InspectionFile, Part, Upload

REFERENCES = (
    Part.blob, Part.rendition, Inspection.result, Inspection.evidence, InspectionFile.blob, Upload.blob,
    AppealFile.blob,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BlobRow:
    """A blob."""

    sha256: str
    bytes: int
    media_type: str
    created_at: datetime
    kept_until: datetime


def keep(s: Transaction, blob: StoredBlob, media_type: str, now: datetime) -> None:
    """Note a blob, or that it is wanted again: for a while nobody removes it though nothing refers to it."""
    until = now + timedelta(seconds=settings_of(s).unused_blob_s)
    made = insert_postgres(Blob) if s.get_bind().dialect.name == "postgresql" else insert_sqlite(Blob)
    query = made.values(sha256=blob.sha256, bytes=blob.bytes, media_type=media_type, created_at=now, kept_until=until)
    later = case((Blob.kept_until < query.excluded.kept_until, query.excluded.kept_until), else_=Blob.kept_until)
    s.execute(query.on_conflict_do_update(index_elements=["sha256"], set_={"kept_until": later}))


def get(s: Transaction, sha256: str) -> BlobRow | None:
    """The blob, if it is known."""
    found = s.get(Blob, sha256, populate_existing=True)
    return as_row(BlobRow, found) if found else None


def known(s: Transaction, after: str = "", limit: int = 1000) -> tuple[StoredBlob, ...]:
    """Blobs by name, those that follow `after`."""
    query = select(Blob.sha256, Blob.bytes).where(Blob.sha256 > after).order_by(Blob.sha256).limit(limit)
    return tuple(StoredBlob(sha256, length) for sha256, length in s.execute(query))


def unused(s: Transaction, now: datetime, limit: int) -> tuple[str, ...]:
    """Blobs that may go, locked until the end of the transaction."""
    query = select(Blob.sha256).where(Blob.kept_until < now, ~referred()).order_by(Blob.kept_until).limit(limit)
    return tuple(s.scalars(query.with_for_update(skip_locked=True)))


def forget(s: Transaction, sha256: str) -> bool:
    """Remove what is known of a blob, unless something refers to it by now; whether it was."""
    query = delete(Blob).where(Blob.sha256 == sha256, ~referred()).returning(Blob.sha256)
    return s.scalar(query.execution_options(synchronize_session=False)) is not None


def referred() -> ColumnElement[bool]:
    """Whether anything refers to a blob."""
    return or_(*(exists(select(1).where(column == Blob.sha256).correlate(Blob)) for column in REFERENCES))
