"""What is read of reviews: the review itself, its history, and everything people said in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.store import appeals, tables
from engine.store.appeals import AppealFileRow
from engine.store.rows import as_row, as_rows

BLIND = ("blind", "quota")
"""Reasons of reviews that are done without knowing what the machine found."""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review (tables.Review)."""

    id: str
    session_id: str
    inspection_id: str
    reason: str
    state: str
    due_at: datetime
    severity: int
    assignee: str | None
    leased_until: datetime | None
    outcome: str | None
    note: str | None
    decided_by: str | None
    decided_at: datetime | None
    final_outcome: str | None
    final_note: str | None
    final_by: str | None
    final_at: datetime | None
    seconds_spent: float
    version: int
    created_at: datetime

    @property
    def standing(self) -> str | None:
        """The outcome that counts: the final one, else the first."""
        return self.final_outcome or self.outcome


@dataclass(frozen=True, slots=True)
class ReviewEventRow:
    """One line of a review's history."""

    version: int
    action: str
    made_by: str
    made_at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What a person said of one finding. `stage`: first | final."""

    stage: str
    item: str
    product_index: int | None
    machine_verdict: str
    decision: str
    reason: str | None
    note: str | None
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A violation that a person marked; seconds of the session."""

    stage: str
    item: str
    start: float
    end: float
    note: str | None
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An objection and what came of it. `state`: open | upheld | rejected."""

    id: str
    items: Sequence[str]
    text: str
    made_by: str
    made_at: datetime
    state: str
    judged_by: str | None
    judged_at: datetime | None
    judgement: str | None
    files: tuple[AppealFileRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewDetail:
    """A review with everything that was said in it."""

    review: ReviewRow
    history: tuple[ReviewEventRow, ...]
    decisions: tuple[DecisionRow, ...]
    missed: tuple[MissedRow, ...]
    appeals: tuple[AppealRow, ...]


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """The whole overlay of corrections that an inspection was judged with, as JSON values (engine/corrections.py)."""

    id: str
    made_by: str
    made_at: datetime
    corrections: Sequence[Mapping[str, Any]]


def get(s: Session, review_id: str) -> ReviewRow:
    """One review. Raises MingjianError `review_unknown`."""
    found = s.get(tables.Review, review_id)
    if found is None:
        raise MingjianError("review_unknown", review=review_id)
    return as_row(ReviewRow, found)


def detail(s: Session, review_id: str) -> ReviewDetail:
    """A review and all that belongs to it. Raises MingjianError `review_unknown`."""
    return _details(s, (get(s, review_id),))[0]


def of_session(s: Session, session_id: str) -> tuple[ReviewDetail, ...]:
    """All reviews of a session, the oldest first."""
    return of_sessions(s, (session_id,)).get(session_id, ())


def of_sessions(s: Session, session_ids: Sequence[str]) -> Mapping[str, tuple[ReviewDetail, ...]]:
    """The reviews of each of these sessions that has any, the oldest first; five queries, however many there are."""
    query = (
        select(tables.Review)
        .where(tables.Review.session_id.in_(session_ids))
        .order_by(tables.Review.created_at, tables.Review.id)
    )
    found: dict[str, tuple[ReviewDetail, ...]] = {}
    for one in _details(s, as_rows(ReviewRow, s.scalars(query))):
        found[one.review.session_id] = (*found.get(one.review.session_id, ()), one)
    return found


def changes_since(s: Session, review_id: str, version: int) -> tuple[Mapping[str, Any], ...]:
    """What happened after `version`, as JSON values."""
    lines = s.scalars(
        select(tables.ReviewEvent)
        .where(tables.ReviewEvent.review_id == review_id, tables.ReviewEvent.version > version)
        .order_by(tables.ReviewEvent.version)
    )
    return tuple(
        {
            "version": one.version,
            "action": one.action,
            "made_by": one.made_by,
            "made_at": one.made_at.isoformat(),
            **one.data,
        }
        for one in lines
    )


def corrections_of(s: Session, session_id: str) -> tuple[CorrectionRow, ...]:
    """Every overlay of a session, the oldest first."""
    query = (
        select(tables.Correction)
        .where(tables.Correction.session_id == session_id)
        .order_by(tables.Correction.made_at, tables.Correction.id)
    )
    return as_rows(CorrectionRow, s.scalars(query))


def correction(s: Session, correction_id: str | None) -> CorrectionRow | None:
    """One overlay."""
    found = s.get(tables.Correction, correction_id) if correction_id else None
    return as_row(CorrectionRow, found) if found else None


def keep_correction(
    s: Session, session_id: str, whole: Sequence[Mapping[str, Any]], by: str, now: datetime
) -> CorrectionRow:
    """Keep an overlay: all corrections that hold now, as JSON values."""
    made = tables.Correction(session_id=session_id, made_by=by, made_at=now, corrections=[dict(one) for one in whole])
    s.add(made)
    s.flush()
    return as_row(CorrectionRow, made)


def _details(s: Session, reviews: Sequence[ReviewRow]) -> tuple[ReviewDetail, ...]:
    ids = [one.id for one in reviews]
    lines = _grouped(s, tables.ReviewEvent, tables.ReviewEvent.review_id.in_(ids), tables.ReviewEvent.version)
    decisions = _grouped(s, tables.Decision, tables.Decision.review_id.in_(ids), tables.Decision.id)
    missed = _grouped(s, tables.Missed, tables.Missed.review_id.in_(ids), tables.Missed.id)
    objections = _grouped(s, tables.Appeal, tables.Appeal.review_id.in_(ids), tables.Appeal.id)
    files = appeals.files_of(s, [one.id for listed in objections.values() for one in listed])
    return tuple(
        ReviewDetail(
            one,
            as_rows(ReviewEventRow, lines.get(one.id, ())),
            as_rows(DecisionRow, decisions.get(one.id, ())),
            as_rows(MissedRow, missed.get(one.id, ())),
            tuple(_objection(row, files.get(row.id, ())) for row in objections.get(one.id, ())),
        )
        for one in reviews
    )


def _objection(row: tables.Appeal, files: tuple[AppealFileRow, ...]) -> AppealRow:
    names = (one.name for one in fields(AppealRow) if one.name != "files")
    return AppealRow(**{name: getattr(row, name) for name in names}, files=files)


def _grouped(s: Session, table: Any, which: ColumnElement[bool], order: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in s.scalars(select(table).where(which).order_by(order)):
        found.setdefault(row.review_id, []).append(row)
    return found


def reviewed_blind(who: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions on `tables.Review`: `who` has it in hand, as a sample."""
    review = tables.Review
    return review.assignee == who, review.state == "claimed", review.reason.in_(BLIND)
