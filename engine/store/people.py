"""Customers and their own records: found by the salted hash of an ID number or a phone, let in by links used once.

A phone is no proof of one person: where the sessions of a phone name several people by their ID numbers, it opens none.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from engine.errors import MingjianError
from engine.store import cursors, tables
from engine.store.cursors import Page
from engine.store.rows import as_row, as_rows
from engine.store.sessions import SessionRow

OWN_ROLES = ("policyholder", "insured", "guardian")
KINDS = ("id", "phone")


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link that lets a customer in once."""

    id: str
    customer_key: str
    session_id: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def owns(s: Session, customer_key: str | None, session_id: str) -> bool:
    """Whether a session is a record of the customer with this key."""
    if not customer_key:
        return False
    return s.scalar(select(tables.Session.id).where(tables.Session.id == session_id, _own(customer_key))) is not None


def records(s: Session, customer_key: str | None, cursor: str | None = None, limit: int = 50) -> Page[SessionRow]:
    """The customer's sessions, newest first. Raises MingjianError `cursor_unreadable`."""
    session = tables.Session
    query = (
        select(session)
        .where(_own(customer_key or ""), session.state != "purged")
        .order_by(session.created_at.desc(), session.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        at, last = cursors.read(cursor, str, str)
        try:
            place = tuple_(datetime.fromisoformat(at), last)
        except ValueError as error:
            raise MingjianError("cursor_unreadable") from error
        query = query.where(tuple_(session.created_at, session.id) < place)
    rows = as_rows(SessionRow, s.scalars(query)) if customer_key else ()
    more = len(rows) > limit
    end = rows[limit - 1] if more else None
    return Page(rows[:limit], cursors.write(end.created_at.isoformat(), end.id) if end else None)


def key_of(s: Session, session_id: str, role: str) -> str:
    """By which the records of a person of a session are gathered: the ID number, else a phone of one person alone.

    Raises MingjianError `customer_unknown`, `customer_shared`.
    """
    keys = {
        row.kind: row.key
        for row in s.scalars(
            select(tables.PersonKey).where(tables.PersonKey.session_id == session_id, tables.PersonKey.role == role)
        )
    }
    if "id" in keys:
        return keys["id"]
    if "phone" not in keys:
        raise MingjianError("customer_unknown", session=session_id)
    if s.scalar(select(_several_people(keys["phone"]))):
        raise MingjianError("customer_shared", session=session_id)
    return keys["phone"]


def add_link(
    s: Session, secret: str, customer_key: str, session_id: str | None, by: str, expires_at: datetime, now: datetime
) -> LinkRow:
    """Keep a link by the hash of its secret."""
    made = tables.CustomerLink(
        hash=_hash(secret),
        customer_key=customer_key,
        session_id=session_id,
        created_by=by,
        created_at=now,
        expires_at=expires_at,
    )
    s.add(made)
    s.flush()
    return as_row(LinkRow, made)


def use_link(s: Session, secret: str, now: datetime) -> LinkRow:
    """The link of this secret, used up by this. Raises MingjianError `link_unusable`."""
    link = s.scalars(
        select(tables.CustomerLink).where(tables.CustomerLink.hash == _hash(secret)).with_for_update()
    ).one_or_none()
    if link is None or link.used_at is not None or link.revoked_at is not None or link.expires_at <= now:
        raise MingjianError("link_unusable")
    link.used_at = now
    s.flush()
    return as_row(LinkRow, link)


def revoke_link(s: Session, link_id: str, now: datetime) -> LinkRow:
    """Take a link back before it is used. Raises MingjianError `not_found`."""
    link = s.get(tables.CustomerLink, link_id, with_for_update=True)
    if link is None:
        raise MingjianError("not_found", thing="link", id=link_id)
    link.revoked_at = link.revoked_at or now
    s.flush()
    return as_row(LinkRow, link)


def links(s: Session, session_id: str) -> tuple[LinkRow, ...]:
    """The links issued for a session, the newest first."""
    table = tables.CustomerLink
    return as_rows(
        LinkRow, s.scalars(select(table).where(table.session_id == session_id).order_by(table.id.desc()).limit(100))
    )


def _own(customer_key: str) -> ColumnElement[bool]:
    person = tables.PersonKey
    known = and_(person.session_id == tables.Session.id, person.key == customer_key, person.role.in_(OWN_ROLES))
    by_id = exists(select(1).where(known, person.kind == "id"))
    by_phone = exists(select(1).where(known, person.kind == "phone"))
    return or_(by_id, and_(by_phone, ~_several_people(customer_key)))


def _several_people(phone_key: str) -> ColumnElement[bool]:
    """Whether the people with this phone have more than one ID number among them."""
    phone, number = aliased(tables.PersonKey), aliased(tables.PersonKey)
    people = (
        select(func.count(number.key.distinct()))
        .select_from(phone)
        .join(number, and_(number.session_id == phone.session_id, number.role == phone.role, number.kind == "id"))
        .where(phone.key == phone_key, phone.kind == "phone", phone.role.in_(OWN_ROLES))
        .scalar_subquery()
    )
    return people > 1


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
