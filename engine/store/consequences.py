"""What follows from a decision: tickets with their clocks; and tickets that a final judgement has made pointless."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.duties.data import TicketKind
from engine.reviewing import Ruling, reviews_policy
from engine.store import tables, tickets
from engine.store.tickets import NewEvent, NewTicket

POINTLESS: dict[TicketKind, str] = {"rectify": "withdrawn", "missell": "unfounded"}
"""The event that ends a ticket whose decision no longer stands (configs/duties.yaml)."""
NO_LONGER = "终审改判，工单撤销 / ended by the final judgement"


def of_ruling(
    s: Session,
    review_id: str,
    session_id: str,
    outcome: str,
    rulings: Iterable[Ruling],
    by: str,
    now: datetime,
) -> None:
    """Open the tickets that a decision asks for; end those that this review opened and nobody needs any more."""
    wanted = reviews_policy().tickets_of(outcome, rulings)
    for row in s.scalars(
        select(tables.Ticket).where(
            tables.Ticket.session_id == session_id,
            tables.Ticket.kind.in_(POINTLESS),
            tables.Ticket.closed_at.is_(None),
        )
    ).all():
        kind: TicketKind = "rectify" if row.kind == "rectify" else "missell"
        if kind not in wanted and row.data.get("review_id") == review_id:
            tickets.add_event(
                s, row.id, NewEvent(POINTLESS[kind], by, now, note=NO_LONGER, overdue_reason=NO_LONGER), now
            )
    for kind in sorted(wanted):
        data = {"review_id": review_id, "outcome": outcome}
        tickets.open_ticket(s, NewTicket(kind, session_id=session_id, found_at=now, opened_by=by, data=data), now)
