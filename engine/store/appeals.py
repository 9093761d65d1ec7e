"""What a branch hands in with its appeal: pictures and papers, kept as blobs, seen by those who judge it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.store import tables
from engine.store.rows import as_row, as_rows


@dataclass(frozen=True, slots=True)
class AppealFileRow:
    """One file of an appeal, without its content."""

    id: str
    appeal_id: str
    name: str
    media_type: str
    bytes: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is kept as the blob `blob`."""

    name: str
    media_type: str
    bytes: int
    blob: str


def attach(s: Session, review_id: str, new: NewFile, by: str, most: int, now: datetime) -> AppealFileRow:
    """Add a file to the open appeal of a review.

    Raises MingjianError `review_state` where no appeal of `by` is open, `appeal_file_refused` above `most` files.
    """
    review = s.get(tables.Review, review_id, with_for_update=True)
    if review is None:
        raise MingjianError("review_unknown", review=review_id)
    appeal = s.scalars(
        select(tables.Appeal)
        .where(tables.Appeal.review_id == review_id, tables.Appeal.state == "open", tables.Appeal.made_by == by)
        .order_by(tables.Appeal.made_at.desc())
    ).first()
    if review.state != "appealed" or appeal is None:
        raise MingjianError("review_state", state=review.state)
    table = tables.AppealFile
    already = s.scalar(select(func.count()).select_from(table).where(table.appeal_id == appeal.id)) or 0
    if already >= most:
        raise MingjianError("appeal_file_refused", detail=f"最多 {most} 个 / at most {most} files")
    made = table(
        appeal_id=appeal.id,
        name=new.name,
        media_type=new.media_type,
        bytes=new.bytes,
        blob=new.blob,
        made_by=by,
        made_at=now,
    )
    s.add(made)
    s.flush()
    return as_row(AppealFileRow, made)


def blob_of(s: Session, review_id: str, file_id: str) -> tuple[AppealFileRow, str]:
    """A file of the review's appeals, and its blob. Raises MingjianError `not_found`."""
    query = (
        select(tables.AppealFile)
        .join(tables.Appeal, tables.Appeal.id == tables.AppealFile.appeal_id)
        .where(tables.AppealFile.id == file_id, tables.Appeal.review_id == review_id)
    )
    found = s.scalars(query).first()
    if found is None:
        raise MingjianError("not_found", thing="file", id=file_id)
    return as_row(AppealFileRow, found), found.blob


def files_of(s: Session, appeal_ids: Sequence[str]) -> Mapping[str, tuple[AppealFileRow, ...]]:
    """The files of each of these appeals that has any, in the order they were handed in."""
    table = tables.AppealFile
    query = select(table).where(table.appeal_id.in_(appeal_ids)).order_by(table.id)
    found: dict[str, tuple[AppealFileRow, ...]] = {}
    for one in as_rows(AppealFileRow, s.scalars(query)):
        found[one.appeal_id] = (*found.get(one.appeal_id, ()), one)
    return found
