"""What people decide about sessions: a layer of its own, beside the machine's."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, Json, JsonList, Reference, Sha256


class Review(Base):
    """One review of one inspection. `state`: open | claimed | decided | appealed | final | void.

    `reason`: flagged | quota | blind | double. `version` grows with every change: a writer who read an older one is
    refused.
    `outcome`: 合格 | 整改 | 不合格 | 补录, that of the first decision; `final_outcome` takes its place once there is
    one.
    `severity`: rank of the worst finding, 0 the worst.
    """

    __tablename__ = "review"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    inspection_id: Mapped[Reference]
    reason: Mapped[str] = mapped_column(String(20), default="flagged")
    state: Mapped[str] = mapped_column(String(20), default="open")
    due_at: Mapped[datetime]
    severity: Mapped[int]
    assignee: Mapped[str | None] = mapped_column(String(200), index=True)
    leased_until: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    final_outcome: Mapped[str | None] = mapped_column(String(20))
    final_note: Mapped[str | None] = mapped_column(Text)
    final_by: Mapped[str | None] = mapped_column(String(200))
    final_at: Mapped[datetime | None]
    seconds_spent: Mapped[float] = mapped_column(default=0.0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_review_queue", "state", "due_at", "severity", "id"),
        Index("ix_review_decided_at", "decided_at"),
    )


class Decision(Base):
    """What a person said of one finding. `decision`: confirm | overturn | cannot_tell. `stage`: first | final."""

    __tablename__ = "decision"
    id: Mapped[Id]
    review_id: Mapped[Reference] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(10), default="first")
    item: Mapped[str] = mapped_column(String(100), index=True)
    product_index: Mapped[int | None]
    machine_verdict: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(50))
    note: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]


class Missed(Base):
    """A violation the machine did not see, marked by a person: item and span in seconds. `stage`: first | final."""

    __tablename__ = "missed"
    id: Mapped[Id]
    review_id: Mapped[Reference] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(10), default="first")
    item: Mapped[str] = mapped_column(String(100))
    start: Mapped[float]
    end: Mapped[float]
    note: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]


class Appeal(Base):
    """A branch's objection to a decision, and what came of it. `state`: open | upheld | rejected."""

    __tablename__ = "appeal"
    id: Mapped[Id]
    review_id: Mapped[Reference] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    items: Mapped[JsonList]
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="open")
    judged_by: Mapped[str | None] = mapped_column(String(200))
    judged_at: Mapped[datetime | None]
    judgement: Mapped[str | None] = mapped_column(Text)


class AppealFile(Base):
    """A paper or picture that a branch hands in with its appeal."""

    __tablename__ = "appeal_file"
    id: Mapped[Id]
    appeal_id: Mapped[Reference] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    bytes: Mapped[int]
    blob: Mapped[Sha256] = mapped_column(ForeignKey("blob.sha256"), index=True)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]


class ReviewEvent(Base):
    """One change of a review: who did what, making it which version. What a writer with an older version is told.

    `action`: opened | moved | assigned | claimed | released | corrected | decided | appealed |
    final | void.
    """

    __tablename__ = "review_event"
    id: Mapped[Id]
    review_id: Mapped[Reference] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    version: Mapped[int]
    action: Mapped[str] = mapped_column(String(20))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    data: Mapped[Json]
    __table_args__ = (UniqueConstraint("review_id", "version"),)


class QueueView(Base):
    """A way of looking at the queue that somebody keeps under a name; each person's own."""

    __tablename__ = "queue_view"
    id: Mapped[Id]
    made_by: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(40))
    filters: Mapped[Json]
    saved_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("made_by", "name"),)


class Draft(Base):
    """What a person has filled in and not yet submitted; each person's own. Nothing is decided by it."""

    __tablename__ = "draft"
    review_id: Mapped[Reference] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    made_by: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[Json]
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
