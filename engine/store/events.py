"""What happened, in one order for all: server-sent events and webhooks read on from the last number they saw.

Numbers are given at the end of the transaction, one transaction after another, so that a reader who has seen a number
has seen every smaller one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from engine.store import webhooks
from engine.store.database import at_the_end
from engine.store.rows import as_rows
from engine.store.tables import Event

ORDER_LOCK = 0x6D6A_0001
"""Advisory lock of PostgreSQL: the order of events."""
LAST = 90
"""Rank among the endings of a transaction: after the audit log."""
STAGE = "stage"


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event."""

    number: int
    at: datetime
    kind: str
    session_id: str | None
    data: dict[str, Any]


def append(s: Session, kind: str, session_id: str | None, data: dict[str, Any], now: datetime) -> None:
    """Note an event; it gets its number when the transaction ends."""
    values = {"at": now, "kind": kind, "session_id": session_id, "data": data}

    def write(session: Session) -> None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ORDER_LOCK})
        number = session.execute(insert(Event).values(**values).returning(Event.number)).scalar_one()
        webhooks.plan(session, number, kind, now)

    at_the_end(s, LAST, write)


def after(s: Session, number: int, session_id: str | None = None, limit: int = 500) -> tuple[EventRow, ...]:
    """The events that follow `number`, of one session or of all, at most `limit`."""
    query = select(Event).where(Event.number > number).order_by(Event.number).limit(limit)
    if session_id is not None:
        query = query.where(Event.session_id == session_id)
    return as_rows(EventRow, s.scalars(query))


def last(s: Session) -> int:
    """The number of the newest event; 0 where there is none."""
    return s.scalar(select(func.max(Event.number))) or 0


def forget_stages(s: Session, before: datetime) -> int:
    """Remove the notes on the progress of work that is long done; how many they were."""
    return len(s.scalars(delete(Event).where(Event.kind == STAGE, Event.at < before).returning(Event.number)).all())


def kinds(rows: Sequence[EventRow]) -> tuple[str, ...]:
    """Only what kinds of events they are."""
    return tuple(row.kind for row in rows)
