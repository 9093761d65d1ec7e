"""The audit log: who did or saw what, every line chained to the one before it by its hash.

`hash` is the SHA-256 of a line as canonical JSON, the hash before it included. The number and hash of the newest line
are kept apart under a seal (HMAC with the store's secret), so that lines cut off at the end are missed too, and whoever
can write to the database but does not know the secret cannot make the log whole again.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, text
from sqlalchemy.orm import Session

from engine.store import cursors, marks
from engine.store.cursors import Page
from engine.store.database import at_the_end, keys_of
from engine.store.rows import as_row
from engine.store.tables import Audit

CHAIN_LOCK = 0x6D6A_0002
"""Advisory lock of PostgreSQL: the end of the chain."""
BEFORE_EVENTS = 50
HEAD = "audit.head"
START = "0" * 64
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line."""

    number: int
    at: datetime
    actor: str
    action: str
    object: str
    request_id: str | None
    detail: dict[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the log, and at which number. `what`: changed | missing | chain | head."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found of the whole log."""

    lines: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Which lines; None: all."""

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def append(
    s: Session,
    actor: str,
    action: str,
    object: str,
    detail: dict[str, Any],
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Add a line, when the transaction ends."""

    def write(session: Session) -> None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
        number, previous = _newest(session)
        line = AuditRow(number + 1, now, actor, action, object, request_id, detail, previous, "")
        found = hash_of(line)
        values = {name: getattr(line, name) for name in AuditRow.__slots__}
        session.execute(insert(Audit).values(**{**values, "hash": found}))
        marks.write(session, HEAD, _sealed(session, line.number, found))

    at_the_end(s, BEFORE_EVENTS, write)


def _newest(s: Session) -> tuple[int, str]:
    row = s.execute(select(Audit.number, Audit.hash).order_by(Audit.number.desc()).limit(1)).one_or_none()
    return (row.number, row.hash) if row else (0, START)


def _sealed(s: Session, number: int, found: str) -> dict[str, Any]:
    return {"number": number, "hash": found, "seal": keys_of(s).seal("audit", f"{number}:{found}")}


def hash_of(line: AuditRow) -> str:
    """SHA-256 of a line and the hash before it, in hex."""
    values = {
        "number": line.number,
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": line.actor,
        "action": line.action,
        "object": line.object,
        "request_id": line.request_id,
        "detail": line.detail,
        "previous": line.previous,
    }
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def verify(s: Session) -> Verification:
    """Read the whole log and say where it is not what was written."""
    faults: list[Fault] = []
    number, previous = 0, START
    for line in _lines(s):
        if line.number != number + 1:
            faults.append(Fault(number + 1, "missing"))
        elif line.previous != previous:
            faults.append(Fault(line.number, "chain"))
        if hash_of(line) != line.hash:
            faults.append(Fault(line.number, "changed"))
        number, previous = line.number, line.hash
    head = marks.read(s, HEAD)
    if head != (_sealed(s, number, previous) if number else None):
        faults.append(Fault(number, "head"))
    return Verification(number, tuple(faults))


def _lines(s: Session) -> Iterator[AuditRow]:
    number = 0
    while rows := s.scalars(select(Audit).where(Audit.number > number).order_by(Audit.number).limit(AT_ONCE)).all():
        for row in rows:
            yield as_row(AuditRow, row)
        number = rows[-1].number
        s.expunge_all()


def page(s: Session, filters: AuditFilters, cursor: str | None = None, limit: int = 50) -> Page[AuditRow]:
    """Lines, newest first. Raises MingjianError `cursor_unreadable`."""
    query = select(Audit).where(*_conditions(filters)).order_by(Audit.number.desc()).limit(limit + 1)
    if cursor is not None:
        (number,) = cursors.read(cursor, int)
        query = query.where(Audit.number < number)
    rows = tuple(as_row(AuditRow, row) for row in s.scalars(query))
    return Page(rows[:limit], cursors.write(rows[limit - 1].number) if len(rows) > limit else None)


def _conditions(filters: AuditFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        getattr(Audit, name) == value
        for name in ("actor", "action", "object", "request_id")
        if (value := getattr(filters, name)) is not None
    ]
    if filters.since is not None:
        found.append(Audit.at >= filters.since)
    if filters.until is not None:
        found.append(Audit.at < filters.until)
    return found
