"""Which processes are alive, by what they said last."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.store.rows import as_rows
from engine.store.tables import Heartbeat


@dataclass(frozen=True, slots=True)
class HeartbeatRow:
    """A process. `kind`: dispatcher | worker | keeper."""

    name: str
    kind: str
    started_at: datetime
    seen_at: datetime
    data: dict[str, Any]


def beat(s: Session, name: str, kind: str, data: dict[str, Any], now: datetime) -> None:
    """`name` is alive. `data`: what is worth seeing of it (rss_bytes, leases)."""
    row = s.get(Heartbeat, name)
    if row is None:
        s.add(Heartbeat(name=name, kind=kind, started_at=now, seen_at=now, data=data))
        return
    row.kind, row.seen_at, row.data = kind, now, data


def alive(s: Session, now: datetime, within: timedelta, kind: str | None = None) -> tuple[HeartbeatRow, ...]:
    """Processes that spoke within that time, those of `kind` alone where one is named."""
    query = select(Heartbeat).where(Heartbeat.seen_at >= now - within).order_by(Heartbeat.name)
    if kind is not None:
        query = query.where(Heartbeat.kind == kind)
    return as_rows(HeartbeatRow, s.scalars(query))


def leave(s: Session, name: str) -> None:
    """`name` ends in good order."""
    s.execute(delete(Heartbeat).where(Heartbeat.name == name))


def forget(s: Session, before: datetime) -> None:
    """Remove those not heard of since."""
    s.execute(delete(Heartbeat).where(Heartbeat.seen_at < before))
