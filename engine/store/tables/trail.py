"""The audit log, each line chained to the one before; and answers already given to a request."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Json, Name, Sha256


class Audit(Base):
    """One line: who did or saw what. `hash` covers the line and the hash before it."""

    __tablename__ = "audit"
    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    actor: Mapped[Name]
    action: Mapped[str] = mapped_column(String(60), index=True)
    object: Mapped[str] = mapped_column(String(100), index=True)
    request_id: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON())  # as it was written, or its hash would be another one
    previous: Mapped[Sha256]
    hash: Mapped[Sha256]


class Idempotency(Base):
    """The answer to a POST with an `Idempotency-Key`, given again when the same request comes again."""

    __tablename__ = "idempotency"
    actor: Mapped[Name] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request: Mapped[Sha256]
    status: Mapped[int | None]
    media_type: Mapped[str | None] = mapped_column(String(100))
    headers: Mapped[Json]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)


class Mark(Base):
    """A small fact about the store itself: the head of the audit log, whose secret it was made with."""

    __tablename__ = "mark"
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[Json]
