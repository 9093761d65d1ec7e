"""Keeping and removing: legal holds, and purges that two people have to want.

A purge removes a session with everything below it, but for its line in the list of purges and in the audit log. Its
files go when nothing else refers to them any more (`Store.collect_garbage`): the same recording may belong to another
policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.duties.retention import Held, Obstacle, hold_ends, obstacles
from engine.errors import MingjianError
from engine.store import audit, cursors, events, policies, tables
from engine.store.cursors import Page
from engine.store.rows import as_row, as_rows

REQUESTED, REFUSED, DONE = "requested", "refused", "done"
PURGED = "session.purged"


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A legal hold."""

    id: str
    session_id: str
    reason: str
    placed_by: str
    placed_at: datetime
    dispute_ended_at: datetime | None
    ends_after: datetime | None


@dataclass(frozen=True, slots=True)
class HeldSession:
    """A hold with the session that it is on."""

    hold: HoldRow
    policy_no: str | None
    branch: str | None


@dataclass(frozen=True, slots=True)
class PurgeRow:
    """A wish to remove a session. `state`: requested | refused | done."""

    id: str
    session_id: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    state: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session that may be removed: its keeping has ended and nothing holds it."""

    session_id: str
    policy_no: str | None
    branch: str | None
    created_at: datetime
    purge_after: datetime


def place_hold(s: Session, session_id: str, reason: str, by: str, now: datetime) -> HoldRow:
    """Nothing of the session goes until the hold has ended. Raises MingjianError `not_found`."""
    if s.get(tables.Session, session_id) is None:
        raise MingjianError("not_found", thing="session", id=session_id)
    row = tables.Hold(session_id=session_id, reason=reason, placed_by=by, placed_at=now)
    s.add(row)
    s.flush()
    return as_row(HoldRow, row)


def end_dispute(s: Session, hold_id: str, ended_at: datetime) -> HoldRow:
    """The dispute is over since `ended_at`: the session is kept for the years that the rules add, then free.

    Raises MingjianError `not_found`; `conflict` where it ended before.
    """
    row = s.get(tables.Hold, hold_id, with_for_update=True)
    if row is None:
        raise MingjianError("not_found", thing="hold", id=hold_id)
    if row.dispute_ended_at is not None:
        raise MingjianError("conflict", detail=f"dispute_ended_at {row.dispute_ended_at.isoformat()}")
    row.dispute_ended_at, row.ends_after = ended_at, hold_ends(ended_at)
    s.flush()
    return as_row(HoldRow, row)


def holds(s: Session, session_id: str) -> tuple[HoldRow, ...]:
    """The holds of a session, ended ones too."""
    query = select(tables.Hold).where(tables.Hold.session_id == session_id).order_by(tables.Hold.placed_at)
    return as_rows(HoldRow, s.scalars(query))


def all_holds(
    s: Session, now: datetime, *, standing: bool = True, cursor: str | None = None, limit: int = 50
) -> Page[HeldSession]:
    """Holds, the newest first; `standing`: those alone that still hold at `now`. Raises MingjianError
    `cursor_unreadable`."""
    hold, session = tables.Hold, tables.Session
    query = select(hold, session.policy_no, session.branch).join(session, session.id == hold.session_id)
    if standing:
        query = query.where(hold.ends_after.is_(None) | (hold.ends_after >= now))
    if cursor is not None:
        (last,) = cursors.read(cursor, str)
        query = query.where(hold.id < last)
    found = s.execute(query.order_by(hold.id.desc()).limit(limit + 1)).all()
    rows = tuple(HeldSession(as_row(HoldRow, one), policy_no, branch) for one, policy_no, branch in found)
    return Page(rows[:limit], cursors.write(rows[limit - 1].hold.id) if len(rows) > limit else None)


def what_stands_against(s: Session, session_id: str, now: datetime) -> tuple[Obstacle, ...]:
    """Why a session may not be removed at `now`; empty when it may. Raises MingjianError `not_found`."""
    if s.get(tables.Session, session_id) is None:
        raise MingjianError("not_found", thing="session", id=session_id)
    held = [Held(one.reason, one.dispute_ended_at, one.ends_after) for one in holds(s, session_id)]
    return obstacles(policies.order_of(s, session_id), held, now)


def candidates(s: Session, now: datetime, cursor: str | None = None, limit: int = 50) -> Page[Candidate]:
    """Sessions that may be removed, those longest overdue first. Raises MingjianError `cursor_unreadable`."""
    session = tables.Session
    held = (
        select(tables.Hold.id)
        .where(
            tables.Hold.session_id == session.id,
            tables.Hold.ends_after.is_(None) | (tables.Hold.ends_after >= now),
        )
        .correlate(session)
        .exists()
    )
    query = select(session).where(session.purge_after < now, session.state != "purged", ~held)
    query = query.order_by(session.purge_after, session.id).limit(limit + 1)
    if cursor is not None:
        at, last = cursors.read(cursor, str, str)
        moment = _moment(at)
        query = query.where((session.purge_after > moment) | ((session.purge_after == moment) & (session.id > last)))
    rows = [
        Candidate(one.id, one.policy_no, one.branch, one.created_at, one.purge_after)
        for one in s.scalars(query)
        if one.purge_after is not None
    ]
    ended = rows[limit - 1] if len(rows) > limit else None
    place = cursors.write(ended.purge_after.isoformat(), ended.session_id) if ended else None
    return Page(tuple(rows[:limit]), place)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise MingjianError("cursor_unreadable") from error
    if found.tzinfo is None:
        raise MingjianError("cursor_unreadable")
    return found


def request_purge(s: Session, session_id: str, by: str, note: str | None, now: datetime) -> PurgeRow:
    """Ask for a session to be removed. A request that waits already is returned instead.

    Raises MingjianError `not_found`; `purge_refused` with everything that stands against it.
    """
    _must_be_free(what_stands_against(s, session_id, now))
    waiting = s.scalars(
        select(tables.Purge).where(tables.Purge.session_id == session_id, tables.Purge.state == REQUESTED)
    ).first()
    if waiting is not None:
        return as_row(PurgeRow, waiting)
    row = tables.Purge(session_id=session_id, requested_by=by, requested_at=now, state=REQUESTED, note=note)
    s.add(row)
    s.flush()
    return as_row(PurgeRow, row)


def purge(s: Session, purge_id: str) -> PurgeRow:
    """A request. Raises MingjianError `not_found`."""
    row = s.get(tables.Purge, purge_id)
    if row is None:
        raise MingjianError("not_found", thing="purge", id=purge_id)
    return as_row(PurgeRow, row)


def purges(s: Session, state: str | None, cursor: str | None = None, limit: int = 50) -> Page[PurgeRow]:
    """Requests, the newest first. Raises MingjianError `cursor_unreadable`."""
    query = select(tables.Purge).order_by(tables.Purge.id.desc()).limit(limit + 1)
    if state is not None:
        query = query.where(tables.Purge.state == state)
    if cursor is not None:
        (last,) = cursors.read(cursor, str)
        query = query.where(tables.Purge.id < last)
    rows = as_rows(PurgeRow, s.scalars(query))
    return Page(rows[:limit], cursors.write(rows[limit - 1].id) if len(rows) > limit else None)


def refuse_purge(s: Session, purge_id: str, by: str, note: str | None, now: datetime) -> PurgeRow:
    """Somebody, the one who asked included, does not want it. Raises MingjianError `not_found`, `purge_state`."""
    row = _waiting(s, purge_id)
    row.state, row.approved_by, row.approved_at = REFUSED, by, now
    row.note = note or row.note
    s.flush()
    return as_row(PurgeRow, row)


def approve_purge(s: Session, purge_id: str, by: str, now: datetime, request_id: str | None = None) -> PurgeRow:
    """A second person agrees, and the session is removed at once, if nothing stands against it by now.

    Raises MingjianError `not_found`, `purge_state`; `purge_needs_second` for the one who asked; `purge_refused`.
    """
    row = _waiting(s, purge_id)
    if row.requested_by == by:
        raise MingjianError("purge_needs_second", who=by)
    session = s.get(tables.Session, row.session_id, with_for_update=True)
    if session is None:
        raise MingjianError("not_found", thing="session", id=row.session_id)
    _must_be_free(what_stands_against(s, row.session_id, now))
    detail = {
        "purge_id": row.id,
        "requested_by": row.requested_by,
        "approved_by": by,
        "policy_no": session.policy_no,
        "files": _files_of(s, session.id),
        "purge_after": session.purge_after.isoformat() if session.purge_after else None,
    }
    _remove(s, session)
    row.state, row.approved_by, row.approved_at = DONE, by, now
    audit.append(s, by, "session.purge", row.session_id, detail, now, request_id)
    events.append(s, PURGED, row.session_id, {"purge_id": row.id}, now)
    s.flush()
    return as_row(PurgeRow, row)


def _waiting(s: Session, purge_id: str) -> tables.Purge:
    row = s.get(tables.Purge, purge_id, with_for_update=True)
    if row is None:
        raise MingjianError("not_found", thing="purge", id=purge_id)
    if row.state != REQUESTED:
        raise MingjianError("purge_state", purge=purge_id, state=row.state)
    return row


def _must_be_free(found: Sequence[Obstacle]) -> None:
    if found:
        raise MingjianError("purge_refused", reasons="；".join(f"{one.zh} / {one.en}" for one in found))


def _files_of(s: Session, session_id: str) -> list[str]:
    """Hashes of the recordings that go: they stay in the audit log as proof of what was removed."""
    return list(
        s.scalars(select(tables.Part.blob).where(tables.Part.session_id == session_id).order_by(tables.Part.index))
    )


def _remove(s: Session, session: tables.Session) -> None:
    """The row and all that hangs on it; ended holds go with it, tickets and events lose their session."""
    session_id = session.id
    s.execute(delete(tables.Hold).where(tables.Hold.session_id == session_id))
    s.execute(update(tables.Event).where(tables.Event.session_id == session_id).values(data={}))
    s.execute(update(tables.Upload).where(tables.Upload.used_by == session_id).values(blob=None, file_name=""))
    s.execute(update(tables.Session).where(tables.Session.retry_of == session_id).values(retry_of=None))
    s.flush()
    s.execute(delete(tables.Session).where(tables.Session.id == session_id))
    s.expunge(session)
