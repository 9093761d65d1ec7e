"""Who may do what: users, their log-ins, and tokens of programs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables.base import Base, Id, JsonList, Name, Reference, Sha256


class User(Base):
    """A person.

    `role`: uploader | reviewer | senior_reviewer | compliance | administrator | auditor | branch | customer.
    `staff_no`: nobody reviews a sale of their own. `branch`: what a branch user sees. `customer_key`: whose records a
    customer sees.
    """

    __tablename__ = "user"
    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    oidc_subject: Mapped[str | None] = mapped_column(String(300), unique=True)
    staff_no: Mapped[str | None] = mapped_column(String(100))
    branch: Mapped[str | None] = mapped_column(String(200))
    customer_key: Mapped[str | None] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Token(Base):
    """A program's key; only its SHA-256 is kept. `scopes` narrow the role further."""

    __tablename__ = "token"
    id: Mapped[Id]
    name: Mapped[Name]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    branch: Mapped[str | None] = mapped_column(String(200))
    customer_key: Mapped[str | None] = mapped_column(String(64))
    scopes: Mapped[JsonList]
    hash: Mapped[Sha256] = mapped_column(unique=True)
    created_by: Mapped[Name]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Login(Base):
    """A browser's log-in; the cookie's SHA-256 alone is kept."""

    __tablename__ = "login"
    id: Mapped[Id]
    user_id: Mapped[Reference] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    hash: Mapped[Sha256] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_login_expires", "expires_at"),)


class CustomerLink(Base):
    """A link that lets a customer in once; its SHA-256 alone is kept. `session_id`: the record it was issued for."""

    __tablename__ = "customer_link"
    id: Mapped[Id]
    hash: Mapped[Sha256] = mapped_column(unique=True)
    customer_key: Mapped[str] = mapped_column(String(64), index=True)
    session_id: Mapped[str | None] = mapped_column(String(32))
    created_by: Mapped[Name]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
