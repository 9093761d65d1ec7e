"""Rule sets that people published, beside those that come with the program."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, Name, Sha256


class RuleSetVersion(Base):
    """One version of a rule set's text. `state`: draft | proposed | published | withdrawn.

    Publishing needs a second person. `sha256` is that of the text; `ruleset_sha256` that of the rule set it makes (with
    all it includes), once it has no faults.
    """

    __tablename__ = "ruleset_version"
    id: Mapped[Id]
    ruleset: Mapped[Name]
    version: Mapped[int]
    sha256: Mapped[Sha256]
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    ruleset_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    note: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    proposed_by: Mapped[str | None] = mapped_column(String(200))
    proposed_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(200))
    approved_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("ruleset", "version"),)
