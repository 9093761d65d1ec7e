"""What the machine found: immutable, one version after another; and people's corrections beside it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, JsonList, Reference, Sha256


class Inspection(Base):
    """One inspection of a session; never changed. `content`: its fingerprint (contract `id`).

    `result` and `evidence` are blobs. `correction_id`: the overlay it was judged with, if any. `job_id`: the work
    that made it.
    """

    __tablename__ = "inspection"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(String(64))
    ruleset: Mapped[str] = mapped_column(String(200))
    ruleset_sha256: Mapped[Sha256]
    policy: Mapped[str] = mapped_column(String(200))
    verdict: Mapped[str] = mapped_column(String(20))
    score: Mapped[float]
    result: Mapped[Sha256] = mapped_column(ForeignKey("blob.sha256"), index=True)
    evidence: Mapped[Sha256] = mapped_column(ForeignKey("blob.sha256"), index=True)
    correction_id: Mapped[str | None] = mapped_column(String(32))
    job_id: Mapped[str | None] = mapped_column(String(32), index=True)
    seconds: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("session_id", "version"),)


class InspectionFile(Base):
    """A clip, key frame or report of an inspection, by its path below the result's folder."""

    __tablename__ = "inspection_file"
    inspection_id: Mapped[Reference] = mapped_column(ForeignKey("inspection.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    blob: Mapped[Sha256] = mapped_column(ForeignKey("blob.sha256"), index=True)


class Finding(Base):
    """One item of the newest inspection of a session, for lists and statistics; the whole item is in the result."""

    __tablename__ = "finding"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    inspection_id: Mapped[Reference] = mapped_column(ForeignKey("inspection.id", ondelete="CASCADE"), index=True)
    item: Mapped[str] = mapped_column(String(100))
    product_index: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(10))
    verdict: Mapped[str] = mapped_column(String(20))
    reason_code: Mapped[str | None] = mapped_column(String(80))
    flags: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        Index("ix_finding_item_verdict", "item", "verdict", "session_id"),
        Index(
            "ix_finding_flags",
            "session_id",
            "item",
            "verdict",
            sqlite_where=text("flags = 1"),
            postgresql_where=text("flags"),
        ),
    )


class Line(Base):
    """One utterance of the newest inspection, as search shows it."""

    __tablename__ = "line"
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    role: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)


class Correction(Base):
    """What a person corrected in a transcript (engine/corrections.py); an overlay, never changed."""

    __tablename__ = "correction"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    corrections: Mapped[JsonList]
