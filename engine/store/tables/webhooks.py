"""Addresses that are told of events, and each telling."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, JsonList, Name, Reference


class Webhook(Base):
    """`events` it wants. `secret` signs; it is shown once, at creation."""

    __tablename__ = "webhook"
    id: Mapped[Id]
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[JsonList]
    secret: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[Name]
    created_at: Mapped[datetime]


class Delivery(Base):
    """`state`: pending | delivered | dead. Retried with growing pauses; a dead one waits for a person."""

    __tablename__ = "delivery"
    id: Mapped[Id]
    webhook_id: Mapped[Reference] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"), index=True)
    event_number: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    status: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_delivery_due", "state", "next_at"),)
