"""Sessions and what they are made of: uploads on their way, blobs by content, parts in their order."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, Json, Name, Reference, Sha256


class Blob(Base):
    """Bytes in the blob store, named by their SHA-256. Until `kept_until` nobody may remove it, whether or not anything
    refers to it yet."""

    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[Name]
    created_at: Mapped[datetime]
    kept_until: Mapped[datetime] = mapped_column(index=True)


class Upload(Base):
    """A resumable upload (tus). `state`: open | complete | failed | expired; `blob` when complete."""

    __tablename__ = "upload"
    id: Mapped[Id]
    owner: Mapped[Name] = mapped_column(index=True)
    file_name: Mapped[str] = mapped_column(String(500))
    media_type: Mapped[Name]
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    expected_sha256: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20), default="open")
    error: Mapped[str | None] = mapped_column(Text)
    blob: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"), index=True)
    used_by: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Session(Base):
    """One sale conversation or call, with its order and where it stands.

    `state`: queued | running | inspected | failed | quarantined | cancelled | purged. The columns after `order` are
    read off the order and the newest inspection, so that lists need no JSON. `due_at`: when a person must have looked
    (qc_due; an assumption unless `due_known`). `trigger`: A | B | region | none (regulation T-01, T-02, T-05).
    `retry_of`: the session this one was recorded again for.
    """

    __tablename__ = "session"
    id: Mapped[Id]
    created_at: Mapped[datetime] = mapped_column(index=True)
    created_by: Mapped[Name]
    state: Mapped[str] = mapped_column(String(20), default="queued")
    fingerprint: Mapped[Sha256] = mapped_column(unique=True)
    ruleset: Mapped[str | None] = mapped_column(String(200))
    order: Mapped[Json]
    policy_no: Mapped[str | None] = mapped_column(String(100), index=True)
    scenario: Mapped[str | None] = mapped_column(String(30))
    channel: Mapped[str | None] = mapped_column(String(30))
    region: Mapped[str | None] = mapped_column(String(20))
    branch: Mapped[str | None] = mapped_column(String(200), index=True)
    agent_no: Mapped[str | None] = mapped_column(String(100), index=True)
    agent_name: Mapped[str | None] = mapped_column(String(200))
    product: Mapped[str | None] = mapped_column(String(300))
    trigger: Mapped[str] = mapped_column(String(10), default="none")
    recorded_at: Mapped[datetime | None] = mapped_column(index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    due_known: Mapped[bool] = mapped_column(default=False)
    duration: Mapped[float | None]
    verdict: Mapped[str | None] = mapped_column(String(20))
    outcome: Mapped[str | None] = mapped_column(String(30))
    score: Mapped[float | None]
    inspection_id: Mapped[str | None] = mapped_column(String(32))
    retry_of: Mapped[str | None] = mapped_column(String(32), index=True)
    purge_after: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        Index("ix_session_verdict_due", "verdict", "due_at", "id"),
        Index("ix_session_created_id", "created_at", "id"),
        Index("ix_session_state_created", "state", "created_at", "id"),
        Index("ix_session_verdict_created", "verdict", "created_at", "id"),
        Index("ix_session_branch_created", "branch", "created_at"),
    )


class Part(Base):
    """A file of a session: `kind` is media | chat. `rendition`: what a browser plays, when it is another file."""

    __tablename__ = "part"
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default="media")
    file_name: Mapped[str] = mapped_column(String(500))
    blob: Mapped[Sha256] = mapped_column(ForeignKey("blob.sha256"), index=True)
    rendition: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"), index=True)


class Tag(Base):
    """A word somebody put on a session."""

    __tablename__ = "tag"
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(100), primary_key=True, index=True)


class PersonKey(Base):
    """A person of a session by salted hash.

    `role` is policyholder | insured | guardian | agent, `kind` id | phone | voice.
    """

    __tablename__ = "person_key"
    id: Mapped[Id]
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[Sha256]
    __table_args__ = (Index("ix_person_key_key_kind", "key", "kind"), UniqueConstraint("session_id", "role", "kind"))
