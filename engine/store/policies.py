"""What is known of a policy besides its recordings: dates told later, other sessions, phones, refusals.

A recording is made before the policy is issued, so that the dates which start its clocks come later. They are kept
here, beside the orders, which stay as they came.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.duties.days import civil_day
from engine.duties.of_order import duties_of
from engine.duties.suspicion import PhoneUse
from engine.order import Order, RelatedSession, parse_order
from engine.rules.identity import plain_phone
from engine.rules.operators.base import Context
from engine.store import tables
from engine.store.database import keys_of
from engine.store.rows import as_row

POLICYHOLDER, AGENT = "policyholder", "agent"
OPEN_REVIEWS = ("open", "claimed")
MOST_OTHERS = 20
"""Other sessions named in a finding; a phone shared by hundreds is no less suspicious for naming twenty."""


@dataclass(frozen=True, slots=True)
class PolicyDates:
    """Dates of a contract; None where nobody told."""

    policy_no: str
    issued_at: datetime | None = None
    receipt_signed_at: datetime | None = None
    contract_ended_at: datetime | None = None
    told_by: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OtherSession:
    """A session of the same policy. `result`: hash of its newest inspection's JSON."""

    id: str
    scenario: str | None
    created_at: datetime
    recorded_at: datetime | None
    state: str
    verdict: str | None
    inspection_id: str | None
    result: str | None
    order: Order


def dates(s: Session, policy_no: str | None) -> PolicyDates | None:
    """What was told of a policy."""
    row = s.get(tables.Policy, policy_no) if policy_no else None
    return as_row(PolicyDates, row) if row else None


def with_dates(order: Order, told: PolicyDates | None) -> Order:
    """The order with the dates that were told later: those win."""
    if told is None:
        return order
    names = ("issued_at", "receipt_signed_at", "contract_ended_at")
    return order.model_copy(update={name: value for name in names if (value := getattr(told, name)) is not None})


def order_of(s: Session, session_id: str) -> Order:
    """The order of a session, with what is known by now. An empty one for a session that is not there."""
    row = s.get(tables.Session, session_id)
    return with_dates(parse_order(row.order), dates(s, row.policy_no)) if row else Order()


def tell(s: Session, told: PolicyDates, now: datetime) -> PolicyDates:
    """Keep the dates of a policy: what is None here stays as it was. Everything that hangs on them is set anew: when
    the policy's sessions and open reviews are due, and when its sessions may go.
    """
    row = s.get(tables.Policy, told.policy_no, with_for_update=True)
    if row is None:
        row = tables.Policy(policy_no=told.policy_no, told_by=told.told_by, told_at=now)
        s.add(row)
    for name in ("issued_at", "receipt_signed_at", "contract_ended_at"):
        if (value := getattr(told, name)) is not None:
            setattr(row, name, value)
    row.told_by, row.told_at = told.told_by, now
    s.flush()
    _set_anew(s, as_row(PolicyDates, row))
    return as_row(PolicyDates, row)


def _set_anew(s: Session, told: PolicyDates) -> None:
    for session in s.scalars(select(tables.Session).where(tables.Session.policy_no == told.policy_no)):
        found = duties_of(with_dates(parse_order(session.order), told))
        session.due_at, session.due_known = found.review_due_at(session.created_at), found.qc_due_at is not None
        session.purge_after = found.purge_after
        reviews = select(tables.Review).where(
            tables.Review.session_id == session.id, tables.Review.state.in_(OPEN_REVIEWS)
        )
        for review in s.scalars(reviews):
            review.due_at = session.due_at


def sessions_of(s: Session, policy_no: str) -> tuple[OtherSession, ...]:
    """The sessions of a policy, the oldest first."""
    told = dates(s, policy_no)
    query = (
        select(tables.Session, tables.Inspection.result)
        .outerjoin(tables.Inspection, tables.Inspection.id == tables.Session.inspection_id)
        .where(tables.Session.policy_no == policy_no, tables.Session.state != "purged")
        .order_by(tables.Session.created_at, tables.Session.id)
    )
    return tuple(_other(session, result, told) for session, result in s.execute(query))


def session_of(s: Session, session_id: str) -> OtherSession | None:
    """One session as comparisons see it."""
    query = (
        select(tables.Session, tables.Inspection.result)
        .outerjoin(tables.Inspection, tables.Inspection.id == tables.Session.inspection_id)
        .where(tables.Session.id == session_id)
    )
    found = s.execute(query).one_or_none()
    return _other(found[0], found[1], dates(s, found[0].policy_no)) if found else None


def _other(session: tables.Session, result: str | None, told: PolicyDates | None) -> OtherSession:
    return OtherSession(
        id=session.id,
        scenario=session.scenario,
        created_at=session.created_at,
        recorded_at=session.recorded_at,
        state=session.state,
        verdict=session.verdict,
        inspection_id=session.inspection_id,
        result=result,
        order=with_dates(parse_order(session.order), told),
    )


def phone_use(s: Session, session_id: str) -> PhoneUse | None:
    """Who else gave the phone of the session's policyholder; None where it has none."""
    row = s.get(tables.Session, session_id)
    phone = plain_phone(parse_order(row.order).policyholder.phone or "") if row else ""
    key = keys_of(s).person("phone", phone) if phone else None
    if row is None or key is None:
        return None
    order = parse_order(row.order)
    customers = _customers_with(s, key)
    agents = _sessions_with(s, key, AGENT)
    others = tuple(one for one in _sessions_with(s, key, POLICYHOLDER) if one != session_id)
    name = order.policyholder.name
    own = name is not None and name == order.agent.name
    return PhoneUse(phone, customers, others, agents, insures_self=own)


def _customers_with(s: Session, key: str) -> int:
    """Different people who gave a phone: by ID number, else by policy, else by session."""
    number = aliased(tables.PersonKey)
    person = func.coalesce(number.key, tables.Session.policy_no, tables.Session.id)
    query = (
        select(func.count(func.distinct(person)))
        .select_from(tables.PersonKey)
        .join(tables.Session, tables.Session.id == tables.PersonKey.session_id)
        .outerjoin(
            number,
            (number.session_id == tables.PersonKey.session_id) & (number.role == POLICYHOLDER) & (number.kind == "id"),
        )
        .where(tables.PersonKey.key == key, tables.PersonKey.kind == "phone", tables.PersonKey.role == POLICYHOLDER)
    )
    return s.scalar(query) or 0


def _sessions_with(s: Session, key: str, role: str) -> tuple[str, ...]:
    query = (
        select(tables.PersonKey.session_id)
        .where(tables.PersonKey.key == key, tables.PersonKey.kind == "phone", tables.PersonKey.role == role)
        .order_by(tables.PersonKey.session_id.desc())
        .limit(MOST_OTHERS)
    )
    return tuple(s.scalars(query))


def reused_in(s: Session, session_id: str) -> tuple[str, ...]:
    """Sessions of other customers' policies that hold a file of this one."""
    mine, theirs = aliased(tables.Part), aliased(tables.Part)
    me, other = aliased(tables.Session), aliased(tables.Session)
    query = (
        select(other.id)
        .select_from(mine)
        .join(me, me.id == mine.session_id)
        .join(theirs, (theirs.blob == mine.blob) & (theirs.session_id != mine.session_id))
        .join(other, other.id == theirs.session_id)
        .where(mine.session_id == session_id, me.policy_no.is_not(None), other.policy_no != me.policy_no)
        .distinct()
        .order_by(other.id)
        .limit(MOST_OTHERS)
    )
    found = tuple(s.scalars(query))
    own = _customers(s, (session_id, *found))
    return tuple(one for one in found if _differ(own.get(session_id), own.get(one)))


def _customers(s: Session, ids: Iterable[str]) -> dict[str, str]:
    """By session: the policyholder's key, of the ID number where there is one."""
    query = select(tables.PersonKey).where(
        tables.PersonKey.session_id.in_(list(ids)), tables.PersonKey.role == POLICYHOLDER
    )
    found: dict[str, str] = {}
    for row in sorted(s.scalars(query), key=lambda one: one.kind, reverse=True):  # phone before id: the id stays
        found[row.session_id] = row.key
    return found


def _differ(one: str | None, other: str | None) -> bool:
    """Two customers of whom nothing is known may be one; the same take may hold two policies of one customer."""
    return one is not None and other is not None and one != other


def customer_key(s: Session, session_id: str) -> str | None:
    """By which the policyholder of a session is known again."""
    return _customers(s, (session_id,)).get(session_id)


def beside(s: Session, session_id: str) -> Context:
    """What the rules may know beside a recording: how many customers gave its phone, whether its customer refused
    calls, what its files were when they came in, which other recordings its policy has.
    """
    order = order_of(s, session_id)
    raw = order.policyholder.phone or ""
    phone = plain_phone(raw)
    use = phone_use(s, session_id)
    refused = refusal(s, phone) if phone else None
    parts = s.execute(select(tables.Part.file_name, tables.Part.blob).where(tables.Part.session_id == session_id)).all()
    return Context(
        related=_related(s, session_id, order),
        customers_by_phone={use.phone: use.customers} if use else {},
        do_not_call={phone: civil_day(refused).isoformat()} if refused else {},
        sha256_at_upload={one.file_name: one.blob for one in parts} or None,
    )


def _related(s: Session, session_id: str, order: Order) -> tuple[RelatedSession, ...]:
    """The other sessions of the policy, and those that the order names. Not those it was recorded again for, as
    somebody asked: a re-recording takes the place of the first.
    """
    row = s.get(tables.Session, session_id)
    if row is None:
        return ()
    named = list(order.related_sessions)
    own = tables.Session.policy_no == row.policy_no if row.policy_no is not None else false()
    same = or_(tables.Session.id.in_(named), own)
    asked = (
        select(tables.Ticket.id)
        .where(
            tables.Ticket.kind == "rectify",
            tables.Ticket.session_id == tables.Session.id,
            tables.Ticket.opened_at < row.created_at,
        )
        .correlate(tables.Session)
        .exists()
    )
    replaced = or_(
        asked, tables.Session.id == (row.retry_of or ""), func.coalesce(tables.Session.retry_of, "") == session_id
    )
    query = select(tables.Session).where(
        same, ~replaced, tables.Session.id != session_id, tables.Session.state != "purged"
    )
    found = s.scalars(query.order_by(tables.Session.id)).all()
    parts: dict[str, list[str]] = {one.id: [] for one in found}
    blobs = select(tables.Part.session_id, tables.Part.blob).where(tables.Part.session_id.in_(parts))
    for owner, blob in s.execute(blobs.order_by(tables.Part.index)):
        parts[owner].append(blob)
    return tuple(RelatedSession(one.id, one.policy_no, one.scenario, tuple(parts[one.id])) for one in found)


def refuse_calls(
    s: Session, phone: str, refused_at: datetime, until: datetime, by: str, now: datetime, session_id: str | None = None
) -> None:
    """Nobody is to call this number for sales `until` then. A newer refusal takes the place of an older one."""
    key = keys_of(s).person("phone", phone)
    if key is None:
        return
    row = s.get(tables.Refusal, key)
    if row is None:
        row = tables.Refusal(key=key)
        s.add(row)
    elif row.refused_at >= refused_at:
        return
    row.refused_at, row.until, row.session_id = refused_at, until, session_id
    row.recorded_by, row.recorded_at = by, now


def refusal(s: Session, phone: str) -> datetime | None:
    """When somebody with this number refused calls; None where nobody did."""
    key = keys_of(s).person("phone", phone)
    row = s.get(tables.Refusal, key) if key else None
    return row.refused_at if row else None


def refusal_until(s: Session, phone: str, now: datetime) -> datetime | None:
    """Until when a number must not be called; None where it may."""
    key = keys_of(s).person("phone", phone)
    row = s.get(tables.Refusal, key) if key else None
    return row.until if row and row.until >= now else None


def forget_refusals(s: Session, now: datetime) -> int:
    """Remove refusals that have ended; how many they were."""
    ended = s.scalars(select(tables.Refusal).where(tables.Refusal.until < now)).all()
    for row in ended:
        s.delete(row)
    return len(ended)


def as_json(told: PolicyDates) -> dict[str, Any]:
    """The dates for an audit line."""
    names = ("issued_at", "receipt_signed_at", "contract_ended_at")
    return {name: value.isoformat() for name in names if (value := getattr(told, name)) is not None}


def sessions_beside(s: Session, session_id: str) -> tuple[str, ...]:
    """Other sessions that findings may connect with this one: of its policy, its phone, its files."""
    row = s.get(tables.Session, session_id)
    if row is None:
        return ()
    query = select(tables.Session.id).where(tables.Session.policy_no == row.policy_no, tables.Session.id != session_id)
    same = tuple(s.scalars(query)) if row.policy_no else ()
    use = phone_use(s, session_id)
    phones = (*use.sessions, *use.agents) if use else ()
    return tuple(dict.fromkeys(one for one in (*same, *phones, *reused_in(s, session_id)) if one != session_id))
