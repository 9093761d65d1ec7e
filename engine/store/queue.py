"""What waits for people, the most urgent first: by the time that is left, then by the gravest finding.

Each state is read from its own stretch of the index and the stretches are merged, so that a page costs the same
however long the queue is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.store import cursors, tables
from engine.store.cursors import Page
from engine.store.review_rows import BLIND, ReviewRow
from engine.store.reviews import PENDING
from engine.store.rows import as_row

STATES = ("open", "claimed", "decided", "appealed", "final")


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """Which reviews; None or empty: all. `states`: of the review as it stands now (a claim that ran out is open).

    `not_sold_by`: a staff number whose sales are left out. `due_before`: what is due by then. `unseen`: `item` finds
    nothing in samples, whose findings the asker must not know.
    """

    states: tuple[str, ...] = PENDING
    assignee: str | None = None
    branch: str | None = None
    scenario: str | None = None
    agent: str | None = None
    item: str | None = None
    reasons: tuple[str, ...] = ()
    policy_no: str | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    not_sold_by: str | None = None
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class QueuedFinding:
    """A finding that flagged the session."""

    item: str
    product_index: int | None
    title: str
    severity: str
    verdict: str


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A review and what a list shows of its session."""

    review: ReviewRow
    policy_no: str | None
    branch: str | None
    agent_no: str | None
    agent_name: str | None
    product: str | None
    scenario: str | None
    verdict: str | None
    score: float | None
    duration: float | None
    recorded_at: datetime | None
    findings: tuple[QueuedFinding, ...] = ()

    @property
    def place(self) -> tuple[datetime, int, str]:
        return self.review.due_at, self.review.severity, self.review.id


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How much there is, whatever page is shown. `due_today`: not overdue, due by the end of the day. `mine`: claimed
    by or assigned to the caller."""

    open: int
    claimed: int
    appealed: int
    overdue: int
    due_today: int
    mine: int


def page(
    s: Session, filters: QueueFilters, now: datetime, cursor: str | None = None, limit: int = 50
) -> Page[QueueEntry]:
    """Reviews in the order of their urgency. Raises MingjianError `cursor_unreadable`."""
    after = _place(cursor) if cursor is not None else None
    rows = _merged(_entries(s, state, filters, now, after, limit + 1) for state in _kept_in(filters.states))
    shown = tuple(_with_findings(s, rows[:limit], now))
    if len(rows) <= limit:
        return Page(shown, None)
    due, severity, last = shown[-1].place
    return Page(shown, cursors.write(due.isoformat(), severity, last))


def counts(s: Session, filters: QueueFilters, who: str, now: datetime, day_ends: datetime) -> QueueCounts:
    """Counts over the reviews of the filters, whatever their `states` and `due_*`."""
    review = tables.Review
    waiting = or_(review.state == "open", _run_out(now))
    pending = review.state.in_(PENDING)
    parts = {
        "open": waiting,
        "claimed": and_(review.state == "claimed", review.leased_until > now),
        "appealed": review.state == "appealed",
        "overdue": and_(pending, review.due_at < now),
        "due_today": and_(pending, review.due_at >= now, review.due_at <= day_ends),
        "mine": and_(pending, review.assignee == who),
    }
    wanted = replace(filters, states=(), due_before=None, due_after=None)
    query = select(*(func.coalesce(func.sum(case((one, 1), else_=0)), 0).label(name) for name, one in parts.items()))
    query = query.select_from(review).where(pending, *_conditions(wanted))
    if _needs_session(wanted):
        query = query.join(tables.Session, tables.Session.id == review.session_id)
    found = s.execute(query).one()
    return QueueCounts(**{name: int(getattr(found, name)) for name in parts})


@dataclass(frozen=True, slots=True)
class Workload:
    """Somebody who reviews. `claimed`: what they are at now. `assigned`: what else waits on their list."""

    name: str
    role: str
    claimed: int
    assigned: int


def workloads(s: Session, roles: Sequence[str], now: datetime) -> tuple[Workload, ...]:
    """Everybody in use with one of `roles`, by name, and how much they have."""
    review = tables.Review
    at_it = and_(review.state == "claimed", review.leased_until > now)
    query = (
        select(
            tables.User.name,
            tables.User.role,
            func.coalesce(func.sum(case((at_it, 1), else_=0)), 0).label("claimed"),
            func.coalesce(func.sum(case((and_(review.id.is_not(None), ~at_it), 1), else_=0)), 0).label("assigned"),
        )
        .outerjoin(review, and_(review.assignee == tables.User.name, review.state.in_(PENDING)))
        .where(tables.User.role.in_(roles), tables.User.active)
        .group_by(tables.User.name, tables.User.role)
        .order_by(tables.User.name)
    )
    return tuple(Workload(one.name, one.role, int(one.claimed), int(one.assigned)) for one in s.execute(query))


def _place(cursor: str) -> tuple[datetime, int, str]:
    due, severity, last = cursors.read(cursor, str, int, str)
    try:
        moment = datetime.fromisoformat(due)
    except ValueError as error:
        raise MingjianError("cursor_unreadable") from error
    if moment.tzinfo is None:
        raise MingjianError("cursor_unreadable")
    return moment, severity, last


def _kept_in(states: Sequence[str]) -> tuple[str, ...]:
    """States as kept that can be these as shown: an open one may be kept as claimed by somebody whose time ran out."""
    wanted = set(states or STATES)
    if "open" in wanted:
        wanted.add("claimed")
    return tuple(one for one in STATES if one in wanted)


def _run_out(now: datetime) -> ColumnElement[bool]:
    return and_(tables.Review.state == "claimed", tables.Review.leased_until <= now)


def _merged(lists: Iterable[list[QueueEntry]]) -> list[QueueEntry]:
    return list(merge(*lists, key=lambda one: one.place))


def _entries(
    s: Session,
    state: str,
    filters: QueueFilters,
    now: datetime,
    after: tuple[datetime, int, str] | None,
    most: int,
) -> list[QueueEntry]:
    review = tables.Review
    query = (
        select(review, tables.Session)
        .join(tables.Session, tables.Session.id == review.session_id)
        .where(review.state == state, *_conditions(filters))
        .order_by(review.due_at, review.severity, review.id)
        .limit(most)
    )
    if state == "claimed" and filters.states:
        wanted = [
            condition
            for shown, condition in (("open", _run_out(now)), ("claimed", review.leased_until > now))
            if shown in filters.states
        ]
        query = query.where(or_(*wanted))
    if after is not None:
        due, severity, last = after
        query = query.where(
            tuple_(review.due_at, review.severity, review.id)
            > tuple_(literal(due, review.due_at.type), literal(severity), literal(last))
        )
    return [_entry(row.Review, row.Session) for row in s.execute(query)]


def _entry(review: tables.Review, session: tables.Session) -> QueueEntry:
    return QueueEntry(
        review=as_row(ReviewRow, review),
        policy_no=session.policy_no,
        branch=session.branch,
        agent_no=session.agent_no,
        agent_name=session.agent_name,
        product=session.product,
        scenario=session.scenario,
        verdict=session.verdict,
        score=session.score,
        duration=session.duration,
        recorded_at=session.recorded_at,
    )


def _with_findings(s: Session, entries: Sequence[QueueEntry], now: datetime) -> Iterable[QueueEntry]:
    """`entries` with the findings that flagged their sessions; a claim that ran out is shown as open."""
    ids = [one.review.session_id for one in entries]
    finding = tables.Finding
    found: dict[str, list[QueuedFinding]] = {}
    for row in s.scalars(
        select(finding).where(finding.session_id.in_(ids), finding.flags).order_by(finding.session_id, finding.id)
    ):
        found.setdefault(row.session_id, []).append(as_row(QueuedFinding, row))
    for one in entries:
        review = one.review
        if review.state == "claimed" and (review.leased_until is None or review.leased_until <= now):
            review = replace(review, state="open", assignee=None, leased_until=None)
        yield replace(one, review=review, findings=tuple(found.get(review.session_id, ())))


def _needs_session(filters: QueueFilters) -> bool:
    asked = (filters.branch, filters.scenario, filters.agent, filters.policy_no, filters.not_sold_by)
    return any(one is not None for one in asked)


def _conditions(filters: QueueFilters) -> list[ColumnElement[bool]]:
    review, session = tables.Review, tables.Session
    equal: tuple[tuple[Any, Any], ...] = (
        (review.assignee, filters.assignee),
        (session.branch, filters.branch),
        (session.scenario, filters.scenario),
        (session.agent_no, filters.agent),
        (session.policy_no, filters.policy_no),
    )
    found = [column == value for column, value in equal if value is not None]
    if filters.reasons:
        found.append(review.reason.in_(filters.reasons))
    if filters.due_before is not None:
        found.append(review.due_at < filters.due_before)
    if filters.due_after is not None:
        found.append(review.due_at >= filters.due_after)
    if filters.not_sold_by is not None:
        found.append(or_(session.agent_no.is_(None), session.agent_no != filters.not_sold_by))
    if filters.item is not None:
        finding = tables.Finding
        if filters.unseen:
            found.append(review.reason.not_in(BLIND))
        found.append(
            select(finding.id)
            .where(finding.session_id == review.session_id, finding.flags, finding.item == filters.item)
            .exists()
        )
    return found
