"""Tickets: call-backs, rectification, mis-selling, verification; each with its clock and what happened to it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session as Transaction

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit, Listed
from api.http.problems import declares
from engine.duties.data import TicketKind
from engine.duties.days import civil_day, working_days_between
from engine.duties.tickets import BY_BRANCH, VOID, events_open, titles
from engine.errors import MingjianError
from engine.store import sessions, tickets
from engine.store.tickets import NewEvent, NewTicket, TicketEventRow, TicketFilters, TicketRow

router = APIRouter(prefix="/v1/tickets", tags=["工单 / tickets"])

HANDLING = ("reviewer", "senior_reviewer", "compliance")
Reader = Annotated[Caller, Depends(allow(*HANDLING, "administrator", "auditor", "branch"))]
Handler = Annotated[Caller, Depends(allow(*HANDLING, "branch", person=True))]
Opener = Annotated[Caller, Depends(allow(*HANDLING))]
Leader = Annotated[Caller, Depends(allow("senior_reviewer", "compliance", person=True))]
TicketId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
PolicyNo = Annotated[str, Field(min_length=1, max_length=100)]


class Body(BaseModel):
    """Base of what is sent: unknown names are faults."""

    model_config = ConfigDict(extra="forbid")


class TicketIn(Body):
    """A ticket to open. `found_at`: when it was found; its clock starts there (default: now)."""

    kind: TicketKind
    session_id: Id | None = None
    policy_no: PolicyNo | None = None
    found_at: AwareDatetime | None = None
    assignee: Name | None = None
    note: Words | None = None


class EventIn(Body):
    """Something that happened: one of the ticket's `can_happen`, or `void`, which takes back the event `voids`."""

    event: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,38}$")]
    at: AwareDatetime | None = None
    agreed: date | None = None
    note: Words | None = None
    session_id: Id | None = None
    overdue_reason: Words | None = None
    voids: Id | None = None


class AssignIn(Body):
    """Who is to handle it; null: nobody in particular."""

    assignee: Name | None


class CloseIn(Body):
    """How it ends: an event that closes it."""

    event: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,38}$")] = "withdrawn"
    note: Words | None = None
    overdue_reason: Words | None = None


class TicketOut(BaseModel):
    """A ticket. `standing`: 正常 in time, 警告 due soon, 超时 past its last day. `missing`: dates that its clock lacks;
    `assumed`: years whose holidays are not known. `working_days_left`: to the last day, negative after it.
    `can_happen`: what may be reported now."""

    id: str
    kind: TicketKind
    title: str
    state: str
    policy_no: str | None
    session_id: str | None
    branch: str | None
    assignee: str | None
    opened_at: datetime
    found_at: datetime
    not_before: datetime | None
    due_at: datetime | None
    basis: str | None
    standing: Literal["正常", "警告", "超时"]
    working_days_left: int | None
    closed_at: datetime | None
    overdue_reason: str | None
    tries: int
    missing: list[str]
    assumed: list[int]
    can_happen: list[str]


class TicketEventOut(BaseModel):
    """One thing that happened."""

    id: str
    event: str
    at: datetime
    made_by: str
    data: dict[str, Any]


class TicketWhole(TicketOut):
    """A ticket with its history and next step."""

    step: str
    non_sales: bool
    events: list[TicketEventOut]


@router.get("", responses=declares("cursor_unreadable"))
def list_tickets(
    caller: Reader,
    store: Kept,
    at: Now,
    kind: TicketKind | None = None,
    state: Annotated[str | None, Query(max_length=40)] = None,
    branch: Annotated[str | None, Query(max_length=200)] = None,
    assignee: Annotated[str | None, Query(max_length=200)] = None,
    policy_no: Annotated[str | None, Query(max_length=100)] = None,
    session_id: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
    open: bool | None = None,
    overdue: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Listed[TicketOut]:
    """工单列表；open 或 overdue 按到期先后，其余按新旧 / Tickets: open or overdue ones by what is due next, others
    newest first."""
    filters = TicketFilters(kind, state, branch, assignee, policy_no, session_id, open, overdue)
    if caller.role == "branch":
        filters = TicketFilters(kind, state, caller.branch or "-", assignee, policy_no, session_id, open, overdue)
    with store.database.reading() as s:
        page = tickets.page(s, filters, at, cursor, limit)
    return Listed(items=[_out(row, at) for row in page.rows], next=page.cursor)


@router.post("", status_code=201, responses=declares("not_found"))
def open_ticket(
    body: TicketIn, caller: Opener, store: Kept, at: Now, trail: Annotated[Trail, Depends(audited("ticket.open"))]
) -> TicketWhole:
    """立工单；同一会话同类未结的只有一张 / Open a ticket; one of a kind per session while it is open."""
    if body.session_id is None and body.policy_no is None:
        raise MingjianError("request_invalid", detail="session_id / policy_no")
    with store.database.writing() as s:
        if body.session_id is not None and sessions.get(s, body.session_id) is None:
            raise MingjianError("not_found", thing="session", id=body.session_id)
        data = {"note": body.note} if body.note else {}
        new = NewTicket(
            body.kind, body.policy_no, body.session_id, None, body.found_at, body.assignee, caller.name, data
        )
        row = tickets.open_ticket(s, new, at)
        trail.within(s, caller.name, f"ticket/{row.id}", kind=row.kind, session_id=row.session_id)
        return _whole(s, row, at)


@router.get("/{ticket_id}", responses=declares("not_found"))
def show_ticket(ticket_id: TicketId, caller: Reader, store: Kept, at: Now) -> TicketWhole:
    """一张工单及其经过 / One ticket and what happened to it."""
    with store.database.reading() as s:
        return _whole(s, _seen(s, caller, ticket_id), at)


@router.post(
    "/{ticket_id}/events",
    status_code=201,
    responses=declares("not_found", "ticket_event", "callback_event", "overdue_reason_missing", "ticket_not_sales"),
)
def add_event(
    ticket_id: TicketId,
    body: EventIn,
    caller: Handler,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("ticket.event"))],
) -> TicketWhole:
    """记一件事：呼叫结果、解释、亲访、回销、补录…… / Report what happened; past the last day with a written reason."""
    happened = body.at or at
    if happened > at:
        raise MingjianError("request_invalid", detail="at: 晚于现在 / lies in the future")
    with store.database.writing() as s:
        _may_handle(s, caller, ticket_id, body.event)
        if body.session_id is not None and sessions.get(s, body.session_id) is None:
            raise MingjianError("not_found", thing="session", id=body.session_id)
        new = NewEvent(
            body.event, caller.name, happened, body.note, body.agreed, body.session_id, body.overdue_reason, body.voids
        )
        row = tickets.add_event(s, ticket_id, new, at)
        trail.within(s, caller.name, f"ticket/{row.id}", event=body.event, state=row.state)
        return _whole(s, row, at)


@router.post("/{ticket_id}/assign", responses=declares("not_found", "ticket_not_sales"))
def assign(
    ticket_id: TicketId,
    body: AssignIn,
    caller: Leader,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("ticket.assign"))],
) -> TicketWhole:
    """分派 / Give it to somebody. What sales must not handle goes to nobody of the sales side."""
    from engine.store import users

    with store.database.writing() as s:
        if body.assignee is not None:
            person = users.by_name(s, body.assignee)
            if person is None:
                raise MingjianError("not_found", thing="user", id=body.assignee)
            _not_sales(s, tickets.get(s, ticket_id), person.role, person.staff_no, person.name)
        row = tickets.assign(s, ticket_id, body.assignee, at)
        trail.within(s, caller.name, f"ticket/{row.id}", assignee=row.assignee)
        return _whole(s, row, at)


@router.post(
    "/{ticket_id}/close",
    responses=declares("not_found", "ticket_event", "callback_event", "overdue_reason_missing", "ticket_not_sales"),
)
def close(
    ticket_id: TicketId,
    body: CloseIn,
    caller: Annotated[Caller, Depends(allow(*HANDLING, person=True))],
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("ticket.close"))],
) -> TicketWhole:
    """结案；event 须是能结案的事 / Close it, by an event that closes it."""
    with store.database.writing() as s:
        _may_handle(s, caller, ticket_id, body.event)
        new = NewEvent(body.event, caller.name, at, body.note, overdue_reason=body.overdue_reason)
        row = tickets.add_event(s, ticket_id, new, at)
        if row.closed_at is None:
            raise MingjianError("ticket_event", state=titles().get(f"{row.kind}.{row.state}", row.state), event="close")
        trail.within(s, caller.name, f"ticket/{row.id}", event=body.event)
        return _whole(s, row, at)


def _seen(s: Transaction, caller: Caller, ticket_id: str) -> TicketRow:
    """The ticket; for a branch only one of its own."""
    row = tickets.get(s, ticket_id)
    if caller.role == "branch" and (caller.branch is None or row.branch != caller.branch):
        raise MingjianError("not_found", thing="ticket", id=ticket_id)
    return row


def _may_handle(s: Transaction, caller: Caller, ticket_id: str, event: str) -> None:
    row = _seen(s, caller, ticket_id)
    if caller.role == "branch" and event not in BY_BRANCH:
        raise MingjianError("not_allowed")
    if event == VOID and caller.role not in ("senior_reviewer", "compliance"):
        raise MingjianError("not_allowed")
    _not_sales(s, row, caller.role, caller.staff_no, caller.name)


def _not_sales(s: Transaction, row: TicketRow, role: str, staff_no: str | None, name: str) -> None:
    """Mis-selling and signatures of others are handled outside sales (RSVC Art. 18); nobody handles their own sale."""
    own = staff_no is not None and staff_no == row.data.get("agent_no")
    sales = role in ("branch", "uploader") and tickets.where_it_stands(s, row.id).non_sales
    if sales or (own and row.kind != "rectify"):
        raise MingjianError("ticket_not_sales", who=name)


def _out(row: TicketRow, now: datetime) -> TicketOut:
    return TicketOut(**_fields(row, now))


def _fields(row: TicketRow, now: datetime) -> dict[str, Any]:
    data = row.data
    return {
        "id": row.id,
        "kind": row.kind,
        "title": titles().get(f"{row.kind}.{row.state}", row.state),
        "state": row.state,
        "policy_no": row.policy_no,
        "session_id": row.session_id,
        "branch": row.branch,
        "assignee": row.assignee,
        "opened_at": row.opened_at,
        "found_at": row.found_at,
        "not_before": row.not_before,
        "due_at": row.due_at,
        "basis": row.basis,
        "standing": tickets.standing_at(row, now),
        "working_days_left": _working_days_left(row, now),
        "closed_at": row.closed_at,
        "overdue_reason": row.overdue_reason,
        "tries": data.get("tries", 0),
        "missing": data.get("missing", []),
        "assumed": data.get("assumed", []),
        "can_happen": [] if row.closed_at else list(events_open(row.kind, row.state)),  # type: ignore[arg-type]
    }


def _working_days_left(row: TicketRow, now: datetime) -> int | None:
    """Working days from now to the last one, that one included; negative for those since it."""
    if row.closed_at is not None or row.due_at is None:
        return None
    return working_days_between(civil_day(now), civil_day(row.due_at))


def _whole(s: Transaction, row: TicketRow, now: datetime) -> TicketWhole:
    stands = tickets.where_it_stands(s, row.id)
    events = [_event(one) for one in tickets.history(s, row.id)]
    return TicketWhole(**_fields(row, now), step=stands.step, non_sales=stands.non_sales, events=events)


def _event(row: TicketEventRow) -> TicketEventOut:
    return TicketEventOut(id=row.id, event=row.event, at=row.at, made_by=row.made_by, data=row.data)
