"""Sessions: making one with its parts and its work, finding it, listing many."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session as Transaction

from engine.artifacts import fingerprint
from engine.duties.of_order import duties_of
from engine.errors import MingjianError
from engine.order import Order
from engine.store import cursors, events, jobs
from engine.store.cursors import Page
from engine.store.database import keys_of, settings_of
from engine.store.filters import SessionFilters
from engine.store.ids import new_id
from engine.store.jobs import NewJob
from engine.store.order_columns import aware, branch, people, product_name, trigger
from engine.store.rows import as_row, as_rows
from engine.store.tables import Part, PersonKey, Session, Tag

LONGEST_TAG = 100
LIMITS = {"policy_no": 100, "agent_no": 100, "branch": 200, "agent_name": 200, "region": 20}


@dataclass(frozen=True, slots=True)
class NewPart:
    """One file of a session: its name, its content (a blob that is kept), media or chat."""

    file_name: str
    blob: str
    kind: str = "media"


@dataclass(frozen=True, slots=True)
class NewSession:
    """What makes a session. `parameters`: what the inspection is told besides the rule set (its policy).

    Two are the same where parts, order, rule set and parameters are.
    """

    parts: tuple[NewPart, ...]
    order: Order
    created_by: str
    ruleset: str | None = None
    tags: tuple[str, ...] = ()
    retry_of: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what tells one session from another."""
        blobs = [part.blob for part in self.parts]
        return fingerprint("session", blobs, self.order.as_given(), self.ruleset, dict(self.parameters), self.retry_of)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session, as lists show it. `order` is the application data as given, personal data included."""

    id: str
    created_at: datetime
    created_by: str
    state: str
    fingerprint: str
    ruleset: str | None
    order: dict[str, Any]
    policy_no: str | None
    scenario: str | None
    channel: str | None
    region: str | None
    branch: str | None
    agent_no: str | None
    agent_name: str | None
    product: str | None
    trigger: str
    recorded_at: datetime | None
    due_at: datetime | None
    due_known: bool
    duration: float | None
    verdict: str | None
    outcome: str | None
    score: float | None
    inspection_id: str | None
    retry_of: str | None
    purge_after: datetime | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """A file of a session. `rendition`: what a browser plays, when it is another file."""

    session_id: str
    index: int
    kind: str
    file_name: str
    blob: str
    rendition: str | None


def create(s: Transaction, new: NewSession, now: datetime) -> SessionRow:
    """The session, its parts, tags and people, and the work of inspecting it; the one that is there already where it is
    the same.

    Raises MingjianError `value_unfit` for text that not every database can hold.
    """
    _check(new)
    session_id = new_id()
    values = {"id": session_id, "created_at": now, "created_by": new.created_by, "state": "queued"}
    values |= {"fingerprint": new.fingerprint, "ruleset": new.ruleset, "retry_of": new.retry_of}
    values |= _columns(new.order, now)
    made = insert_postgres(Session) if s.get_bind().dialect.name == "postgresql" else insert_sqlite(Session)
    query = made.values(**values).on_conflict_do_nothing(index_elements=["fingerprint"]).returning(Session.id)
    if s.scalar(query) is None:
        return as_row(SessionRow, s.scalars(select(Session).where(Session.fingerprint == new.fingerprint)).one())
    s.add_all(
        Part(session_id=session_id, index=index, kind=part.kind, file_name=part.file_name, blob=part.blob)
        for index, part in enumerate(new.parts)
    )
    s.add_all(Tag(session_id=session_id, tag=one) for one in _plain_tags(new.tags))
    s.add_all(
        PersonKey(session_id=session_id, role=one.role, kind=one.kind, key=one.key)
        for one in people(new.order, keys_of(s))
    )
    s.flush()
    row = as_row(SessionRow, s.get_one(Session, session_id))
    within = now + timedelta(seconds=settings_of(s).inspect_within_s)
    parameters = {**dict(new.parameters), **({"ruleset": new.ruleset} if new.ruleset else {})}
    job = jobs.enqueue(s, NewJob(session_id, "inspect", parameters, min(row.due_at or within, within)), now)
    events.append(s, "queued", session_id, {"job_id": job.id}, now)
    return row


def _columns(order: Order, now: datetime) -> dict[str, Any]:
    recorded = aware(order.recorded_at)
    found = duties_of(order)
    return {
        "order": order.as_given(),
        "policy_no": order.policy_no,
        "scenario": order.scenario,
        "channel": order.channel,
        "region": order.region,
        "branch": branch(order),
        "agent_no": order.agent.staff_no,
        "agent_name": order.agent.name,
        "product": product_name(order),
        "trigger": trigger(order, recorded.date() if recorded else None),
        "recorded_at": recorded,
        "due_at": found.review_due_at(now),
        "due_known": found.qc_due_at is not None,
        "purge_after": found.purge_after,
    }


def _check(new: NewSession) -> None:
    """What PostgreSQL cannot hold is refused on SQLite too."""
    written = json.dumps([new.order.as_given(), [part.file_name for part in new.parts], new.tags], default=str)
    if "\\u0000" in written:
        raise MingjianError("value_unfit", detail="NUL")
    if "\\ud8" in written.lower() and not _encodes(written):
        raise MingjianError("value_unfit", detail="surrogate")
    columns = _columns(new.order, datetime(2000, 1, 1, tzinfo=UTC))
    for name, limit in LIMITS.items():
        if len(columns[name] or "") > limit:
            raise MingjianError("value_unfit", detail=f"{name} > {limit}")


def _encodes(written: str) -> bool:
    try:
        json.dumps(json.loads(written), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def get(s: Transaction, session_id: str) -> SessionRow | None:
    """The session, if there is one."""
    found = s.get(Session, session_id)
    return as_row(SessionRow, found) if found else None


def page(s: Transaction, filters: SessionFilters, cursor: str | None = None, limit: int = 50) -> Page[SessionRow]:
    """Sessions, newest first. Raises MingjianError `cursor_unreadable`."""
    query = select(Session).where(*filters.conditions())
    query = query.order_by(Session.created_at.desc(), Session.id.desc()).limit(limit + 1)
    if cursor is not None:
        at, last = _place(cursor)
        query = query.where(
            tuple_(Session.created_at, Session.id) < tuple_(literal(at, Session.created_at.type), literal(last))
        )
    rows = as_rows(SessionRow, s.scalars(query))
    more = len(rows) > limit
    return Page(
        rows[:limit], cursors.write(rows[limit - 1].created_at.isoformat(), rows[limit - 1].id) if more else None
    )


def _place(cursor: str) -> tuple[datetime, str]:
    at, last = cursors.read(cursor, str, str)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise MingjianError("cursor_unreadable") from error
    if moment.tzinfo is None:
        raise MingjianError("cursor_unreadable")
    return moment, last


def parts(s: Transaction, session_id: str) -> tuple[PartRow, ...]:
    """The files of a session, in their order."""
    return as_rows(PartRow, s.scalars(select(Part).where(Part.session_id == session_id).order_by(Part.index)))


def set_rendition(s: Transaction, session_id: str, index: int, blob: str) -> None:
    """Say what a browser plays for a part."""
    s.execute(update(Part).where(Part.session_id == session_id, Part.index == index).values(rendition=blob))


def tags(s: Transaction, session_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The tags of sessions."""
    found: dict[str, list[str]] = {one: [] for one in session_ids}
    query = select(Tag.session_id, Tag.tag).where(Tag.session_id.in_(found)).order_by(Tag.tag)
    for session_id, tag in s.execute(query):
        found[session_id].append(tag)
    return {session_id: tuple(words) for session_id, words in found.items()}


def set_tags(s: Transaction, session_id: str, words: Iterable[str]) -> tuple[str, ...]:
    """Put these tags on a session instead of those it had. Raises MingjianError `value_unfit`."""
    plain = _plain_tags(words)
    s.execute(delete(Tag).where(Tag.session_id == session_id))
    s.add_all(Tag(session_id=session_id, tag=one) for one in plain)
    s.flush()
    return plain


def _plain_tags(words: Iterable[str]) -> tuple[str, ...]:
    plain = tuple(sorted({word.strip() for word in words if word.strip()}))
    if any(len(word) > LONGEST_TAG or "\0" in word for word in plain):
        raise MingjianError("value_unfit", detail=f"tag > {LONGEST_TAG}")
    return plain


def of_person(s: Transaction, key: str) -> tuple[str, ...]:
    """The sessions in which somebody has this key as a customer, newest first."""
    query = (
        select(Session.id)
        .where(*SessionFilters(person=key, customers_only=True).conditions())
        .order_by(Session.created_at.desc(), Session.id.desc())
    )
    return tuple(s.scalars(query))
