"""Keys of programs. The store knows their SHA-256 only: who reads the database cannot use them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session as Transaction

from engine.errors import MingjianError
from engine.store import cursors
from engine.store.cursors import Page
from engine.store.ids import new_id
from engine.store.tables import Token
from engine.store.users import UserRow
from engine.store.users import get as user_of

PREFIX = "mj_"
SECRET_BYTES = 32
NOTED_EVERY = timedelta(minutes=5)
"""How exactly the last use is kept: not every request writes."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A program's key. `user_id`: the person it acts for; its role is then that person's."""

    id: str
    name: str
    user_id: str | None
    role: str
    branch: str | None
    customer_key: str | None
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A key to be made. `scopes` narrow the role; none narrows nothing."""

    name: str
    role: str
    created_by: str
    expires_at: datetime
    scopes: tuple[str, ...] = ()
    user_id: str | None = None
    branch: str | None = None
    customer_key: str | None = None


def make_secret() -> str:
    """A new key: `mj_` and 43 characters. It is shown once and kept nowhere."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """What is kept of a key or a cookie. Both are random and long: no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def add(s: Transaction, token: NewToken, now: datetime) -> tuple[TokenRow, str]:
    """A new key and its secret. Raises MingjianError `not_found` for a person who is not there."""
    if token.user_id is not None and user_of(s, token.user_id) is None:
        raise MingjianError("not_found", thing="user", id=token.user_id)
    secret = make_secret()
    row = Token(
        id=new_id(),
        name=token.name,
        user_id=token.user_id,
        role=token.role,
        branch=token.branch,
        customer_key=token.customer_key,
        scopes=list(token.scopes),
        hash=hash_of(secret),
        created_by=token.created_by,
        created_at=now,
        expires_at=token.expires_at,
    )
    s.add(row)
    s.flush()
    return _row(row), secret


def find(s: Transaction, secret: str, now: datetime) -> tuple[TokenRow, UserRow | None] | None:
    """The key and the person it acts for; None where it is unknown, over, taken back, or its person out of use."""
    row = s.scalars(
        select(Token).where(Token.hash == hash_of(secret), Token.expires_at > now, Token.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    user = user_of(s, row.user_id) if row.user_id else None
    if row.user_id and (user is None or not user.active):
        return None
    return _row(row), user


def get(s: Transaction, token_id: str) -> TokenRow | None:
    """The key with this id."""
    row = s.get(Token, token_id)
    return _row(row) if row else None


def page(s: Transaction, cursor: str | None, limit: int) -> Page[TokenRow]:
    """Keys, the newest first."""
    query = select(Token).order_by(Token.id.desc()).limit(limit + 1)
    if cursor is not None:
        (after,) = cursors.read(cursor, str)
        query = query.where(Token.id < after)
    rows = tuple(_row(one) for one in s.scalars(query))
    return Page(rows[:limit], cursors.write(rows[limit - 1].id) if len(rows) > limit else None)


def revoke(s: Transaction, token_id: str, now: datetime) -> TokenRow:
    """Takes a key back at once. Raises MingjianError `not_found`."""
    row = s.get(Token, token_id)
    if row is None:
        raise MingjianError("not_found", thing="token", id=token_id)
    row.revoked_at = row.revoked_at or now
    s.flush()
    return _row(row)


def is_use_stale(token: TokenRow, now: datetime) -> bool:
    """Whether the last use kept is so old that this one is worth a write."""
    return token.last_used_at is None or now - token.last_used_at > NOTED_EVERY


def note_use(s: Transaction, token_id: str, now: datetime) -> None:
    """Keeps when the key was last used."""
    s.execute(update(Token).where(Token.id == token_id).values(last_used_at=now))


def _row(row: Token) -> TokenRow:
    return TokenRow(
        id=row.id,
        name=row.name,
        user_id=row.user_id,
        role=row.role,
        branch=row.branch,
        customer_key=row.customer_key,
        scopes=tuple(row.scopes),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
