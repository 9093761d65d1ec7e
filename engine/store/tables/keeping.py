"""How long recordings are kept: dates of the contract, legal holds, purges that need two people; who wants no calls."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, Name, Reference, Sha256


class Hold(Base):
    """Nothing of this session may go while the hold lasts. `ends_after`: kept until then once the dispute has ended."""

    __tablename__ = "hold"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[Name]
    placed_at: Mapped[datetime]
    dispute_ended_at: Mapped[datetime | None]
    ends_after: Mapped[datetime | None]


class Purge(Base):
    """A wish to remove a session. `state`: requested | refused | done. `approved_by` is never `requested_by`."""

    __tablename__ = "purge"
    id: Mapped[Id]
    session_id: Mapped[str] = mapped_column(String(32), index=True)
    requested_by: Mapped[Name]
    requested_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(200))
    approved_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20), default="requested")
    note: Mapped[str | None] = mapped_column(Text)


class Policy(Base):
    """Dates of a contract that become known after the recording: they start its clocks. Told by the sales system."""

    __tablename__ = "policy"
    policy_no: Mapped[str] = mapped_column(String(100), primary_key=True)
    issued_at: Mapped[datetime | None]
    receipt_signed_at: Mapped[datetime | None]
    contract_ended_at: Mapped[datetime | None]
    told_by: Mapped[Name]
    told_at: Mapped[datetime]


class Refusal(Base):
    """Somebody who wants no more sales calls, by salted hash of the phone, until `until`."""

    __tablename__ = "refusal"
    key: Mapped[Sha256] = mapped_column(primary_key=True)
    refused_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    session_id: Mapped[str | None] = mapped_column(String(32))
    recorded_by: Mapped[Name]
    recorded_at: Mapped[datetime]
