"""Whose sessions somebody sees, and how much of them.

Staff of quality control see all of them; who sent a recording sees what they sent, a branch its own, a customer their
own. Only those who review see people's data unmasked. Sellers never get at media, nobody at their own sale's.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session as Transaction

from api.http.caller import Caller
from api.settings import Role
from engine.errors import MingjianError
from engine.inspection import Inspection
from engine.report.mask import Masker, mask_inspection
from engine.store import people, reviews, sessions
from engine.store.filters import SessionFilters
from engine.store.sessions import SessionRow

REVIEWERS: tuple[Role, ...] = ("reviewer", "senior_reviewer", "compliance")
"""Who needs to see and hear people as they are."""
STAFF: tuple[Role, ...] = (*REVIEWERS, "administrator", "auditor")
SENDERS: tuple[Role, ...] = ("uploader", "administrator")
LISTING: tuple[Role, ...] = (*STAFF, "uploader", "branch")
SEEING: tuple[Role, ...] = (*LISTING, "customer")
WATCHING: tuple[Role, ...] = (*REVIEWERS, "auditor", "customer")
"""Who may play a recording: an administrator has no need to, sellers and branches must not."""
NOBODY = "-"


def narrowed(caller: Caller, filters: SessionFilters) -> SessionFilters:
    """The filters of a list, cut down to what the caller may see."""
    match caller.role:
        case "uploader":
            return replace(filters, created_by=caller.name)
        case "branch":
            return replace(filters, branch=caller.branch or NOBODY)
        case "customer":
            return replace(filters, person=caller.customer_key or NOBODY, customers_only=True)
        case _:
            return replace(filters, unknown_to=caller.name)


def session_of(s: Transaction, caller: Caller, session_id: str) -> SessionRow:
    """The session. Raises MingjianError `not_found` also for one that the caller may not know of."""
    row = sessions.get(s, session_id)
    if row is None or not is_seen(s, caller, row):
        raise MingjianError("not_found", thing="session", id=session_id)
    return row


def is_seen(s: Transaction, caller: Caller, row: SessionRow) -> bool:
    """Whether the caller may know of the session."""
    match caller.role:
        case "uploader":
            return row.created_by == caller.name
        case "branch":
            return caller.branch is not None and row.branch == caller.branch
        case "customer":
            return caller.customer_key is not None and people.owns(s, caller.customer_key, row.id)
        case _:
            return True


def refuse_own_sale(caller: Caller, row: SessionRow) -> None:
    """Raises MingjianError `not_allowed` for the salesperson of the session."""
    if caller.staff_no is not None and caller.staff_no == row.agent_no:
        raise MingjianError("not_allowed")


def is_blind(s: Transaction, caller: Caller, session_id: str) -> bool:
    """Whether the caller is reviewing the session as a sample, without knowing what the machine made of it."""
    return reviews.blinds(s, session_id, caller.name)


def is_masked(caller: Caller) -> bool:
    """Whether people's data is hidden from the caller."""
    return caller.role not in REVIEWERS


def order_for(caller: Caller, row: SessionRow) -> dict[str, Any]:
    """The application data as the caller may see it."""
    return Masker.for_order(row.order).order(row.order) if is_masked(caller) else row.order


def text_for(caller: Caller, row: SessionRow, text: str) -> str:
    """A text of the session as the caller may see it."""
    return Masker.for_order(row.order).text(text) if is_masked(caller) else text


def inspection_for(caller: Caller, inspection: Inspection) -> Inspection:
    """An inspection as the caller may see it: masked, and without the way to clips for who may not watch."""
    if not is_masked(caller):
        return inspection
    found = mask_inspection(inspection, Masker.for_order(inspection.order))
    if caller.role in WATCHING:
        return found
    items = tuple(
        replace(item, evidence=tuple(replace(one, clip=None, frame=None) for one in item.evidence))
        for item in found.items
    )
    return replace(found, items=items)
