"""What does not agree between recordings: a layer beside the inspections, because those see one recording alone."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, JsonList, Reference, Sha256


class Consistency(Base):
    """One finding about a session beside others; never changed. `withdrawn_at`: a later comparison no longer finds it.

    `content`: hash of check, sessions and reason, so that the same finding is one row. `others`: ids of the sessions it
    was compared with. `sides`: what each side says, and where.
    """

    __tablename__ = "consistency"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    check: Mapped[str] = mapped_column(String(60))
    content: Mapped[Sha256]
    severity: Mapped[str] = mapped_column(String(10))
    reason_code: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    others: Mapped[JsonList]
    sides: Mapped[JsonList]
    found_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_consistency_session", "session_id", "content", unique=True),)


class Compared(Base):
    """Which inspection of a session was compared with others last: work is due where it is not the newest."""

    __tablename__ = "compared"
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    inspection_id: Mapped[Reference]
    compared_at: Mapped[datetime]


class Voiceprint(Base):
    """The vector of a voice by role, kept only where a deployment opted in. `vector`: float32, little-endian, of unit
    length.

    `model`: hash of the network that made it; only vectors of one network compare.
    """

    __tablename__ = "voiceprint"
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    model: Mapped[Sha256]
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    seconds: Mapped[float]
    made_at: Mapped[datetime]
