"""What moves tickets by itself: inspected calls, re-recordings, decisions of people. How far the rounds have come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store import marks, tables
from engine.store.policies import OtherSession
from engine.store.rows import as_row
from engine.store.tickets import TicketRow

Transaction = Session
DRAWN = "rounds.drawn"
DECIDED = "rounds.decided"
DECISION = "review.decided"
RERECORDED = "rerecorded"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of people on a session, as the event `number` told of it."""

    number: int
    session_id: str
    policy_no: str | None
    scenario: str | None
    outcome: str | None
    decided_by: str
    at: datetime


def last_draw(s: Session) -> datetime | None:
    """When samples were drawn last."""
    found = marks.read(s, DRAWN)
    return datetime.fromisoformat(found["at"]) if found else None


def note_draw(s: Session, now: datetime) -> None:
    """Samples were drawn."""
    marks.write(s, DRAWN, {"at": now.isoformat()})


def evidence_of(s: Session, inspection_id: str) -> str | None:
    """The blob with the evidence of an inspection."""
    return s.scalar(select(tables.Inspection.evidence).where(tables.Inspection.id == inspection_id))


def decided_since(s: Session, limit: int) -> tuple[Decided, ...]:
    """Decisions that the rounds have not seen, in order. Those on sessions that are gone are passed over."""
    seen = marks.read(s, DECIDED) or {"number": 0}
    query = (
        select(tables.Event, tables.Session)
        .join(tables.Session, tables.Session.id == tables.Event.session_id)
        .where(tables.Event.number > seen["number"], tables.Event.kind == DECISION)
        .order_by(tables.Event.number)
        .limit(limit)
    )
    found = []
    for event, session in s.execute(query):
        review = s.get(tables.Review, event.data.get("review_id", ""))
        if review is None:
            continue
        final = review.final_outcome is not None
        found.append(
            Decided(
                number=event.number,
                session_id=session.id,
                policy_no=session.policy_no,
                scenario=session.scenario or session.ruleset,
                outcome=review.final_outcome or review.outcome,
                decided_by=(review.final_by if final else review.decided_by) or "-",
                at=(review.final_at if final else review.decided_at) or event.at,
            )
        )
    return tuple(found)


def note_decided(s: Session, decided: Decided) -> None:
    """The rounds have seen this decision."""
    marks.write(s, DECIDED, {"number": decided.number})


def callback_of(s: Session, policy_no: str) -> TicketRow | None:
    """The newest call-back of a policy, closed or not."""
    query = (
        select(tables.Ticket)
        .where(tables.Ticket.kind == "callback", tables.Ticket.policy_no == policy_no)
        .order_by(tables.Ticket.id.desc())
        .limit(1)
    )
    row = s.scalars(query).first()
    return as_row(TicketRow, row) if row else None


def rectified_by(s: Session, session: OtherSession) -> TicketRow | None:
    """The open rectification that a recording answers: of the session it was recorded again for, else of another one of
    its policy that came in before. The session then says so (`retry_of`).
    """
    row = s.get(tables.Session, session.id)
    if row is None:
        return None
    query = select(tables.Ticket).where(
        tables.Ticket.kind == "rectify", tables.Ticket.closed_at.is_(None), tables.Ticket.state == "open"
    )
    if row.retry_of is not None:
        query = query.where(tables.Ticket.session_id == row.retry_of)
    elif row.policy_no is not None:
        query = query.where(
            tables.Ticket.policy_no == row.policy_no,
            tables.Ticket.session_id != row.id,
            tables.Ticket.opened_at < row.created_at,
        )
    else:
        return None
    ticket = s.scalars(query.order_by(tables.Ticket.id).limit(1)).first()
    if ticket is None:
        return None
    row.retry_of = row.retry_of or ticket.session_id
    return as_row(TicketRow, ticket)


def awaiting(s: Session, session_id: str) -> TicketRow | None:
    """The rectification that waits for people to judge this re-recording."""
    query = (
        select(tables.Ticket)
        .join(tables.TicketEvent, tables.TicketEvent.ticket_id == tables.Ticket.id)
        .where(
            tables.Ticket.kind == "rectify",
            tables.Ticket.state == RERECORDED,
            tables.Ticket.closed_at.is_(None),
            tables.TicketEvent.event == RERECORDED,
        )
    )
    for ticket in s.scalars(query.distinct()):
        events = select(tables.TicketEvent).where(
            tables.TicketEvent.ticket_id == ticket.id, tables.TicketEvent.event == RERECORDED
        )
        newest = s.scalars(events.order_by(tables.TicketEvent.at.desc(), tables.TicketEvent.id.desc())).first()
        if newest is not None and newest.data.get("session_id") == session_id:
            return as_row(TicketRow, ticket)
    return None
