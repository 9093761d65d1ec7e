"""Tickets: opened, moved by what happens, told of when they fall due. Where one stands is worked out from its events
(engine/duties/tickets.py); the row holds the answer for lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine.duties.data import TicketKind, duties
from engine.duties.days import CHINA
from engine.duties.tickets import VOID, Happened, Standing, in_force, standing
from engine.errors import MingjianError
from engine.order import Order, parse_order
from engine.store import cursors, events, policies, tables
from engine.store.cursors import Page
from engine.store.rows import as_row, as_rows

ENGINE = "engine"
DUE = "ticket.due"
CHANGED = "ticket.changed"
ORDER_DATES = ("issued_at", "receipt_signed_at")


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be opened. `found_at`: when what it is about was found; its clock starts there (default: now)."""

    kind: TicketKind
    policy_no: str | None = None
    session_id: str | None = None
    branch: str | None = None
    found_at: datetime | None = None
    assignee: str | None = None
    opened_by: str = ENGINE
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as it stands."""

    id: str
    kind: str
    policy_no: str | None
    session_id: str | None
    branch: str | None
    state: str
    assignee: str | None
    opened_at: datetime
    found_at: datetime
    not_before: datetime | None
    due_at: datetime | None
    basis: str | None
    closed_at: datetime | None
    overdue_reason: str | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TicketEventRow:
    """One thing that happened."""

    id: str
    ticket_id: str
    event: str
    at: datetime
    made_by: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened at `at`. `agreed`: the day of an appointment; `session_id`: the recording it shows in;
    `overdue_reason`: why it comes after the last day; `voids`: the event that this one takes back.
    """

    event: str
    made_by: str
    at: datetime
    note: str | None = None
    agreed: date | None = None
    session_id: str | None = None
    overdue_reason: str | None = None
    voids: str | None = None


@dataclass(frozen=True, slots=True)
class TicketFilters:
    """Which tickets; None: all. `open_`: not closed; `overdue`: open and past due."""

    kind: str | None = None
    state: str | None = None
    branch: str | None = None
    assignee: str | None = None
    policy_no: str | None = None
    session_id: str | None = None
    open_: bool | None = None
    overdue: bool | None = None


def open_ticket(s: Session, new: NewTicket, now: datetime) -> TicketRow:
    """Open a ticket. While one of this kind is open for the same session (for the same policy, without a session) that
    one is returned instead.
    """
    session = s.get(tables.Session, new.session_id) if new.session_id else None
    policy_no = new.policy_no or (session.policy_no if session else None)
    standing_one = _open_one(s, new.kind, new.session_id, policy_no)
    if standing_one is not None:
        return as_row(TicketRow, standing_one)
    row = tables.Ticket(
        kind=new.kind,
        policy_no=policy_no,
        session_id=new.session_id,
        branch=new.branch or (session.branch if session else None),
        state="",
        assignee=new.assignee,
        opened_at=now,
        found_at=new.found_at or now,
        data={
            **new.data,
            "opened_by": new.opened_by,
            "order": _dates_of(parse_order(session.order)) if session else {},
            "agent_no": session.agent_no if session else None,
        },
    )
    s.add(row)
    s.flush()
    _settle(s, row, (), now)
    _tell(s, CHANGED, row, {"event": "opened"}, now)
    s.flush()
    return as_row(TicketRow, row)


def _open_one(s: Session, kind: str, session_id: str | None, policy_no: str | None) -> tables.Ticket | None:
    query = select(tables.Ticket).where(tables.Ticket.kind == kind, tables.Ticket.closed_at.is_(None))
    if kind == "callback" and policy_no is not None:  # one call-back per policy, whichever recording asked for it
        return s.scalars(query.where(tables.Ticket.policy_no == policy_no).limit(1)).first()
    if session_id is not None:
        return s.scalars(query.where(tables.Ticket.session_id == session_id).limit(1)).first()
    if policy_no is not None:
        found = query.where(tables.Ticket.policy_no == policy_no, tables.Ticket.session_id.is_(None))
        return s.scalars(found.limit(1)).first()
    return None


def _dates_of(order: Order) -> dict[str, Any]:
    """What a ticket's clock needs of an order, kept with it; nothing personal."""
    found: dict[str, Any] = {
        name: value.isoformat() for name in ORDER_DATES if (value := getattr(order, name)) is not None
    }
    days = [one.cooling_off_days for one in order.products if one.cooling_off_days is not None]
    if days:
        found["products"] = [{"cooling_off_days": min(days)}]
    if order.region is not None:
        found["region"] = order.region
    if order.recorded_at is not None:
        found["recorded_at"] = order.recorded_at.isoformat()
    return found


def get(s: Session, ticket_id: str) -> TicketRow:
    """A ticket. Raises MingjianError `not_found`."""
    return as_row(TicketRow, _row(s, ticket_id))


def _row(s: Session, ticket_id: str, *, lock: bool = False) -> tables.Ticket:
    row = s.get(tables.Ticket, ticket_id, with_for_update=lock or None)
    if row is None:
        raise MingjianError("not_found", thing="ticket", id=ticket_id)
    return row


def standing_at(row: TicketRow, now: datetime) -> Literal["正常", "警告", "超时"]:
    """Whether a ticket is in time, due soon or past its last day."""
    if row.closed_at is not None or row.due_at is None:
        return "正常"
    if now > row.due_at:
        return "超时"
    return "警告" if row.due_at - now < timedelta(days=duties().tickets.warn_days) else "正常"


def history(s: Session, ticket_id: str) -> tuple[TicketEventRow, ...]:
    """What happened to a ticket, in order."""
    query = (
        select(tables.TicketEvent)
        .where(tables.TicketEvent.ticket_id == ticket_id)
        .order_by(tables.TicketEvent.at, tables.TicketEvent.id)
    )
    return as_rows(TicketEventRow, s.scalars(query))


def where_it_stands(s: Session, ticket_id: str) -> Standing:
    """State, next step and last day of a ticket. Raises MingjianError `not_found`."""
    row = _row(s, ticket_id)
    return _standing(s, row, history(s, ticket_id))


def add_event(s: Session, ticket_id: str, new: NewEvent, now: datetime) -> TicketRow:
    """Something happened to a ticket.

    Raises MingjianError `not_found`; `callback_event` or `ticket_event` for what cannot happen now;
    `overdue_reason_missing` for a step that comes after the last day without a written reason.
    """
    row = _row(s, ticket_id, lock=True)
    before = _standing(s, row, history(s, ticket_id))
    late = before.overdue_at(new.at) and new.event != VOID and not before.closed
    if late and not (new.overdue_reason or "").strip():
        raise MingjianError("overdue_reason_missing", due=before.due)
    data: dict[str, Any] = {
        "note": new.note,
        "agreed": new.agreed.isoformat() if new.agreed else None,
        "session_id": new.session_id,
        "overdue_reason": new.overdue_reason if late else None,
        "voids": new.voids,
    }
    if new.voids is not None and new.voids not in {one.id for one in history(s, ticket_id)}:
        raise MingjianError("not_found", thing="event", id=new.voids)
    s.add(
        tables.TicketEvent(
            ticket_id=ticket_id,
            event=new.event,
            at=new.at,
            made_by=new.made_by,
            data={name: value for name, value in data.items() if value is not None},
        )
    )
    s.flush()
    if late:
        row.overdue_reason = new.overdue_reason
    _settle(s, row, history(s, ticket_id), now)
    _tell(s, CHANGED, row, {"event": new.event}, now)
    s.flush()
    return as_row(TicketRow, row)


def assign(s: Session, ticket_id: str, assignee: str | None, now: datetime) -> TicketRow:
    """Give a ticket to somebody, or to nobody. Raises MingjianError `not_found`."""
    row = _row(s, ticket_id, lock=True)
    row.assignee = assignee
    _tell(s, CHANGED, row, {"event": "assigned"}, now)
    s.flush()
    return as_row(TicketRow, row)


def refresh(s: Session, policy_no: str, now: datetime) -> None:
    """Work out anew where the open tickets of a policy stand: its dates have become known."""
    query = select(tables.Ticket).where(tables.Ticket.policy_no == policy_no, tables.Ticket.closed_at.is_(None))
    for row in s.scalars(query).all():
        _settle(s, row, history(s, row.id), now)


def _settle(s: Session, row: tables.Ticket, happened: tuple[TicketEventRow, ...], now: datetime) -> None:
    found = _standing(s, row, happened)
    row.state, row.due_at, row.basis = found.state, found.due_at, found.basis
    row.not_before = _begin_of(found.not_before)
    if found.closed and row.closed_at is None:
        row.closed_at = now
    elif not found.closed:
        row.closed_at = None
    row.data = {**row.data, "tries": found.tries, "missing": list(found.missing), "assumed": list(found.assumed)}


def _begin_of(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) if day else None


def _standing(s: Session, row: tables.Ticket, happened: tuple[TicketEventRow, ...]) -> Standing:
    order = parse_order(row.data.get("order") or {})
    told = policies.dates(s, row.policy_no)
    return standing(
        cast(TicketKind, row.kind), [_happened(one) for one in happened], policies.with_dates(order, told), row.found_at
    )


def _happened(row: TicketEventRow) -> Happened:
    agreed = row.data.get("agreed")
    return Happened(
        row.id, row.event, row.at, date.fromisoformat(agreed) if agreed else None, voids=row.data.get("voids")
    )


def page(
    s: Session, filters: TicketFilters, now: datetime, cursor: str | None = None, limit: int = 50
) -> Page[TicketRow]:
    """Tickets, the newest first; open ones with the one due next first. Raises MingjianError `cursor_unreadable`."""
    query = select(tables.Ticket).where(*_conditions(filters, now)).limit(limit + 1)
    by_due = bool(filters.open_ or filters.overdue)
    if by_due:
        return _page_by_due(s, query, cursor, limit)
    query = query.order_by(tables.Ticket.opened_at.desc(), tables.Ticket.id.desc())
    if cursor is not None:
        at, last = cursors.read(cursor, str, str)
        opened = _moment(at)
        query = query.where(
            or_(
                tables.Ticket.opened_at < opened,
                and_(tables.Ticket.opened_at == opened, tables.Ticket.id < last),
            )
        )
    rows = as_rows(TicketRow, s.scalars(query))
    ended = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], cursors.write(ended.opened_at.isoformat(), ended.id) if ended else None)


def _page_by_due(s: Session, query: Any, cursor: str | None, limit: int) -> Page[TicketRow]:
    """Those without a last day come after all that have one."""
    due, number = tables.Ticket.due_at, tables.Ticket.id
    query = query.order_by(due.is_(None), due, number)
    if cursor is not None:
        at, last = cursors.read(cursor, str, str)
        if at:
            moment = _moment(at)
            query = query.where(or_(due > moment, and_(due == moment, number > last), due.is_(None)))
        else:
            query = query.where(due.is_(None), number > last)
    rows = as_rows(TicketRow, s.scalars(query))
    ended = rows[limit - 1] if len(rows) > limit else None
    place = (ended.due_at.isoformat() if ended.due_at else "", ended.id) if ended else None
    return Page(rows[:limit], cursors.write(*place) if place else None)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise MingjianError("cursor_unreadable") from error
    if found.tzinfo is None:
        raise MingjianError("cursor_unreadable")
    return found


def _conditions(filters: TicketFilters, now: datetime) -> list[ColumnElement[bool]]:
    names = ("kind", "state", "branch", "assignee", "policy_no", "session_id")
    found: list[ColumnElement[bool]] = [
        getattr(tables.Ticket, name) == value for name in names if (value := getattr(filters, name)) is not None
    ]
    closed = tables.Ticket.closed_at
    if filters.open_ is not None:
        found.append(closed.is_(None) if filters.open_ else closed.is_not(None))
    if filters.overdue is not None:
        late = and_(closed.is_(None), tables.Ticket.due_at < now)
        found.append(
            late
            if filters.overdue
            else or_(closed.is_not(None), tables.Ticket.due_at.is_(None), tables.Ticket.due_at >= now)
        )
    return found


def tell_due(s: Session, now: datetime, limit: int = 500) -> int:
    """Tell of tickets that fall due soon, and of those that are due: an event `ticket.due` each, once for every last
    day. How many were told.
    """
    ahead = now + timedelta(days=duties().tickets.warn_days)
    due = tables.Ticket.due_at
    query = (
        select(tables.Ticket)
        .where(
            tables.Ticket.closed_at.is_(None),
            or_(
                and_(due <= now, or_(tables.Ticket.told_due.is_(None), tables.Ticket.told_due != due)),
                and_(
                    due > now, due <= ahead, or_(tables.Ticket.told_before.is_(None), tables.Ticket.told_before != due)
                ),
            ),
        )
        .order_by(due, tables.Ticket.id)
        .limit(limit)
    )
    rows = s.scalars(query).all()
    for row in rows:
        overdue = row.due_at is not None and row.due_at <= now
        if overdue:
            row.told_due = row.due_at
        else:
            row.told_before = row.due_at
        _tell(s, DUE, row, {"overdue": overdue}, now)
    return len(rows)


def _tell(s: Session, kind: str, row: tables.Ticket, more: dict[str, Any], now: datetime) -> None:
    data = {
        "ticket_id": row.id,
        "kind": row.kind,
        "state": row.state,
        "policy_no": row.policy_no,
        "branch": row.branch,
        "assignee": row.assignee,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        **more,
    }
    events.append(s, kind, row.session_id, data, now)


def open_for(s: Session, kind: TicketKind, policy_no: str) -> TicketRow | None:
    """The open ticket of this kind for a policy."""
    query = select(tables.Ticket).where(
        tables.Ticket.kind == kind, tables.Ticket.policy_no == policy_no, tables.Ticket.closed_at.is_(None)
    )
    row = s.scalars(query.order_by(tables.Ticket.id).limit(1)).first()
    return as_row(TicketRow, row) if row else None


def had_one(s: Session, kind: TicketKind, policy_no: str) -> bool:
    """Whether a ticket of this kind was ever opened for a policy."""
    query = select(tables.Ticket.id).where(tables.Ticket.kind == kind, tables.Ticket.policy_no == policy_no).limit(1)
    return s.scalar(query) is not None


def event_of(s: Session, ticket_id: str, session_id: str) -> TicketEventRow | None:
    """The event in force that a session stands behind."""
    rows = history(s, ticket_id)
    counted = {one.id for one in in_force([_happened(row) for row in rows])}
    return next((row for row in reversed(rows) if row.id in counted and row.data.get("session_id") == session_id), None)
