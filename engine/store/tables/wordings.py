"""Words by which people said what a rule asks for, and which the machine did not know."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, Json, Name, Reference


class Wording(Base):
    """A paraphrase that a review confirmed. `state`: found | proposed | accepted | rejected.

    `concept` and `text`: which concept of the item it says, in which words; chosen when it is proposed. `trial`: what
    the last back-test with it came to. `version`: the draft of the rule set that has it. `inspection_id`: the one the
    decision was about.
    """

    __tablename__ = "wording"
    id: Mapped[Id]
    review_id: Mapped[Reference] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    inspection_id: Mapped[Reference]
    ruleset: Mapped[Name]
    item: Mapped[str] = mapped_column(String(100))
    product_index: Mapped[int | None]
    concept: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="found")
    found_by: Mapped[Name]
    found_at: Mapped[datetime]
    proposed_by: Mapped[str | None] = mapped_column(String(200))
    proposed_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(200))
    settled_at: Mapped[datetime | None]
    version: Mapped[int | None]
    trial: Mapped[Json]
    __table_args__ = (Index("ix_wording_state", "state", "id"),)
