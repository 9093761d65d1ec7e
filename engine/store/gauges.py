"""Numbers about the store as a whole, for those who run it. Counts and ages; nothing about anybody."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.store import tables

MOST_EVENTS = 2000


@dataclass(frozen=True, slots=True)
class Count:
    """So many rows with these labels."""

    labels: tuple[str, ...]
    number: float


@dataclass(frozen=True, slots=True)
class Gauges:
    """Counts by label. `jobs`: kind and state; `oldest`: seconds that the oldest waiting job of a kind has waited;
    `sessions`: state; `inspections`: verdict of the newest; `failures`: kind and error code of failed and quarantined
    jobs; `attempts` beyond the first, and `deaths` of workers, by kind; `uploads`: state, in bytes; `deliveries`:
    state; `reviews`: reason and state; `overdue`: reviews and tickets past their last day; `blobs`: number and bytes.
    """

    jobs: tuple[Count, ...]
    oldest: tuple[Count, ...]
    sessions: tuple[Count, ...]
    inspections: tuple[Count, ...]
    failures: tuple[Count, ...]
    retries: tuple[Count, ...]
    deaths: tuple[Count, ...]
    uploads: tuple[Count, ...]
    deliveries: tuple[Count, ...]
    reviews: tuple[Count, ...]
    tickets: tuple[Count, ...]
    overdue: tuple[Count, ...]
    blobs: int
    blob_bytes: int


def gauges(s: Session, now: datetime) -> Gauges:
    """All of them at once."""
    job, session, review, ticket = tables.Job, tables.Session, tables.Review, tables.Ticket
    ended = job.state.in_(("failed", "quarantined"))
    waiting = select(job.kind, func.min(job.created_at)).where(job.state == "queued", job.not_before <= now)
    blobs, blob_bytes = s.execute(select(func.count(), func.coalesce(func.sum(tables.Blob.bytes), 0))).one()
    late = select(func.count()).where(review.state.in_(("open", "claimed")), review.due_at < now)
    late_tickets = select(func.count()).where(ticket.closed_at.is_(None), ticket.due_at < now)
    return Gauges(
        jobs=_counts(s, job.kind, job.state),
        oldest=tuple(
            Count((kind,), max(0.0, (now - _aware(since)).total_seconds()))
            for kind, since in s.execute(waiting.group_by(job.kind))
        ),
        sessions=_counts(s, session.state),
        inspections=_counts(s, session.verdict, where=session.verdict.is_not(None)),
        failures=_counts(s, job.kind, job.error_code, where=ended),
        retries=_counts(s, job.kind, value=func.sum(job.attempts - 1), where=job.attempts > 1),
        deaths=_counts(s, job.kind, value=func.sum(job.deaths), where=job.deaths > 0),
        uploads=_counts(s, tables.Upload.state, value=func.sum(tables.Upload.received)),
        deliveries=_counts(s, tables.Delivery.state),
        reviews=_counts(s, review.reason, review.state),
        tickets=_counts(s, ticket.kind, where=ticket.closed_at.is_(None)),
        overdue=(Count(("review",), s.scalar(late) or 0), Count(("ticket",), s.scalar(late_tickets) or 0)),
        blobs=int(blobs),
        blob_bytes=int(blob_bytes),
    )


def _counts(s: Session, *labels: Any, value: Any = None, where: Any = None) -> tuple[Count, ...]:
    query = select(*labels, func.count() if value is None else value).group_by(*labels).order_by(*labels)
    if where is not None:
        query = query.where(where)
    return tuple(Count(tuple(str(one or "-") for one in row[:-1]), float(row[-1] or 0)) for row in s.execute(query))


def _aware(moment: datetime | str) -> datetime:
    """SQLite forgets the type of an expression over moments; it keeps them in UTC."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


@dataclass(frozen=True, slots=True)
class Times:
    """How long the stages of one inspection took, by name, in seconds."""

    number: int
    stages: dict[str, float]


def inspected_since(s: Session, number: int) -> tuple[Times, ...]:
    """Inspections told of after event `number`, at most `MOST_EVENTS`."""
    query = (
        select(tables.Event.number, tables.Event.data)
        .where(tables.Event.number > number, tables.Event.kind == "inspected")
        .order_by(tables.Event.number)
        .limit(MOST_EVENTS)
    )
    return tuple(Times(one.number, dict(one.data.get("stages") or {})) for one in s.execute(query))


def answers(s: Session) -> bool:
    """Whether the database answers at all."""
    return s.scalar(select(1)) == 1
