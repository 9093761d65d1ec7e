"""Durable work, and what happened, in order."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, Json, Reference, Sha256


class Job(Base):
    """One piece of work on one session. `kind`: inspect | rejudge | render.

    `state`: queued | leased | done | failed | quarantined | cancelled. `token` grows with every lease: a writer with an
    older one is refused. `deadline` orders the queue; `not_before` holds a retry back. `fingerprint`: the same work is
    one job. `deaths`: how many leases ended with a dead worker rather than an error it told of.
    """

    __tablename__ = "job"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[Sha256] = mapped_column(unique=True)
    parameters: Mapped[Json]
    state: Mapped[str] = mapped_column(String(20), default="queued")
    deadline: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    token: Mapped[int] = mapped_column(BigInteger, default=0)
    worker: Mapped[str | None] = mapped_column(String(200))
    leased_until: Mapped[datetime | None]
    cancel: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[Json]
    error_code: Mapped[str | None] = mapped_column(String(50))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_job_state_deadline", "state", "deadline", "id"),
        Index("ix_job_state_lease", "state", "leased_until"),
    )


class Event(Base):
    """What happened, in one order for all. Server-sent events and webhooks read it.

    `kind`: queued | stage | inspected | failed | quarantined | cancelled | session.* | review.* | ticket.*
    """

    __tablename__ = "event"
    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    session_id: Mapped[str | None] = mapped_column(String(32))
    data: Mapped[Json]
    __table_args__ = (
        Index("ix_event_session_number", "session_id", "number"),
        {"sqlite_autoincrement": True},  # a number is never given twice, whatever was removed
    )


class Heartbeat(Base):
    """A process that says it is alive. `kind`: dispatcher | worker | keeper."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    data: Mapped[Json]
