"""Work for people with a clock: call-backs, rectification, verification; and the samples that quotas drew."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, Json, Name, Reference


class Ticket(Base):
    """`kind`: callback | rectify | missell | verify. `state`: a state of the kind's life cycle.

    `closed_at`: when that has ended.
    `found_at`: when what it is about was found; its clock starts there. `basis`: the clause the clock rests on.
    `told_before`, `told_due`: the due moments for which people were told already, before and at it. `data`: the dates
    of the order that its clock needs, and what it is about.
    """

    __tablename__ = "ticket"
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(20))
    policy_no: Mapped[str | None] = mapped_column(String(100), index=True)
    session_id: Mapped[str | None] = mapped_column(ForeignKey("session.id", ondelete="SET NULL"), index=True)
    branch: Mapped[str | None] = mapped_column(String(200), index=True)
    state: Mapped[str] = mapped_column(String(40))
    assignee: Mapped[str | None] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    found_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    basis: Mapped[str | None] = mapped_column(String(50))
    closed_at: Mapped[datetime | None]
    overdue_reason: Mapped[str | None] = mapped_column(Text)
    told_before: Mapped[datetime | None]
    told_due: Mapped[datetime | None]
    data: Mapped[Json]
    __table_args__ = (
        Index("ix_ticket_due", "closed_at", "due_at", "id"),
        Index("ix_ticket_opened", "opened_at", "id"),
    )


class TicketEvent(Base):
    """Something that happened to a ticket: a try, an explanation, a visit, a closing."""

    __tablename__ = "ticket_event"
    id: Mapped[Id]
    ticket_id: Mapped[Reference] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    made_by: Mapped[Name]
    data: Mapped[Json]


class Sample(Base):
    """A session that a quota drew for a full-length review, or `blind` for one that does not know the verdict."""

    __tablename__ = "sample"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    quota: Mapped[str] = mapped_column(String(50), index=True)
    drawn_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("session_id", "quota"),)
