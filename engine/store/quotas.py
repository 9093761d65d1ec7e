"""What quotas count: sold cases and who inspected them, drawn samples, blind reviews.

The decisions are those of engine/duties/quotas.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from engine.duties.data import SamplingPart
from engine.duties.days import civil_day
from engine.duties.quotas import MissRate, Sold, miss_rate
from engine.store import statistics, tables
from engine.store.cursors import Page
from engine.store.reviews import NO_FINDING, NewReview, open_review
from engine.store.sessions import SessionRow
from engine.store.tables import Review

BLIND, QUOTA, DOUBLE = "blind", "quota", "double"
RULED = ("decided", "appealed", "final")
WAITING = ("open", "claimed")
NOBODY = "-"
"""Insurer or branch that the order does not name."""
MACHINE_DONE = "inspected"
SOUND = "合格"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Reviewed:
    """The reviews of a session: when it had been seen in full, and whether one waits."""

    inspected_at: datetime | None = None
    waiting: bool = False


def sold_cases(s: Session, sampling: SamplingPart, since: datetime, until: datetime) -> tuple[Sold, ...]:
    """The recorded sales from `since` to `until`, as quotas see them. A session recorded again for another one stands
    for its policy with it.
    """
    reviewed = _reviewed(s, sampling, since, until)
    insurer = func.coalesce(_text("insurer", "short_name"), _text("insurer", "name"), NOBODY)
    session = tables.Session
    query = select(
        session.id, session.policy_no, session.branch, session.trigger, session.region, session.recorded_at,
        session.created_at, session.due_at, session.due_known, session.verdict, session.state, session.retry_of,
        insurer.label("insurer"),
    ).where(*_in_question(sampling, since, until))  # fmt: skip
    found = []
    for row in s.execute(query.order_by(session.id)):
        seen = reviewed.get(row.id, _Reviewed())
        found.append(
            Sold(
                key=row.policy_no or row.retry_of or row.id,
                session_id=row.id,
                insurer=row.insurer or NOBODY,
                branch=row.branch or NOBODY,
                trigger=row.trigger,
                region=row.region,
                sold_on=civil_day(row.recorded_at or row.created_at),
                due=civil_day(row.due_at) if row.due_at and row.due_known else None,
                inspected_on=civil_day(seen.inspected_at) if seen.inspected_at else None,
                waiting=seen.waiting,
                judged=row.state == MACHINE_DONE,
                clear=row.verdict == "clear",
            )
        )
    return tuple(found)


def _text(*path: str) -> ColumnElement[str]:
    """A text inside the order."""
    column: Any = tables.Session.order
    for name in path:
        column = column[name]
    return cast(ColumnElement[str], column.as_string())


def _in_question(sampling: SamplingPart, since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    session = tables.Session
    sold = func.coalesce(session.recorded_at, session.created_at)
    return [
        sold >= since,
        sold < until,
        session.state.not_in(("cancelled", "purged")),
        session.scenario.is_(None) | session.scenario.in_(sampling.scenarios),
    ]


def _reviewed(s: Session, sampling: SamplingPart, since: datetime, until: datetime) -> dict[str, _Reviewed]:
    """By session. Seen in full is what took at least `full_length_share` of the recording's length."""
    query = (
        select(
            Review.session_id,
            func.min(
                case(
                    (
                        Review.state.in_(RULED)
                        & (Review.seconds_spent >= sampling.full_length_share * tables.Session.duration),
                        Review.decided_at,
                    )
                )
            ).label("inspected_at"),
            func.max(case((Review.state.in_(WAITING), 1), else_=0)).label("waiting"),
        )
        .join(tables.Session, tables.Session.id == Review.session_id)
        .where(*_in_question(sampling, since, until))
        .group_by(Review.session_id)
    )
    return {row.session_id: _Reviewed(_aware(row.inspected_at), bool(row.waiting)) for row in s.execute(query)}


def _aware(moment: datetime | str | None) -> datetime | None:
    """SQLite forgets the type of an expression over moments; it keeps them in UTC."""
    if moment is None:
        return None
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def note_drawn(s: Session, quota: str, drawn: Iterable[Sold], now: datetime) -> int:
    """Keep what a quota drew, and open a review in full for each that none waits for; how many are new."""
    ids = [one.session_id for one in drawn]
    new = 0
    for begin in range(0, len(ids), AT_ONCE):
        chunk = ids[begin : begin + AT_ONCE]
        known = set(
            s.scalars(
                select(tables.Sample.session_id).where(
                    tables.Sample.quota == quota, tables.Sample.session_id.in_(chunk)
                )
            )
        )
        sessions = s.scalars(
            select(tables.Session).where(tables.Session.id.in_(chunk)).order_by(tables.Session.id)
        ).all()
        for session in sessions:
            if session.inspection_id is None:
                continue
            if session.id not in known:
                s.add(tables.Sample(session_id=session.id, quota=quota, drawn_at=now))
                new += 1
            elif quota == BLIND:
                continue  # drawn once, seen once
            reason = BLIND if quota == BLIND else QUOTA
            review = NewReview(session.id, session.inspection_id, session.due_at or now, NO_FINDING, reason)
            open_review(s, review, now)
    return new


def double_candidates(s: Session, since: datetime) -> tuple[str, ...]:
    """Sessions whose flagged review was decided since then, by one person, and that nobody was to review again."""
    other = aliased(Review)
    again = select(other.id).where(other.session_id == Review.session_id, other.reason == DOUBLE).exists()
    query = (
        select(Review.session_id)
        .where(Review.reason == "flagged", Review.state == "decided", Review.decided_at >= since, ~again)
        .order_by(Review.session_id)
    )
    return tuple(s.scalars(query))


def note_doubles(s: Session, session_ids: Iterable[str], due_at: datetime, now: datetime) -> int:
    """Open a second review of each of these, of the same inspection as the first; how many that were."""
    opened = 0
    for session_id in session_ids:
        first = s.scalars(
            select(Review)
            .where(Review.session_id == session_id, Review.reason == "flagged", Review.state == "decided")
            .order_by(Review.id.desc())
        ).first()
        if first is None:
            continue
        open_review(s, NewReview(session_id, first.inspection_id, due_at, first.severity, DOUBLE), now)
        opened += 1
    return opened


def awaits_double(s: Session, session_id: str) -> bool:
    """Whether a second review of the session is still to be decided: what the first came to is not told till then."""
    query = select(Review.id).where(Review.session_id == session_id, Review.reason == DOUBLE, Review.state.in_(WAITING))
    return s.scalar(query.limit(1)) is not None


def drawn(s: Session, session_id: str) -> tuple[str, ...]:
    """The quotas that drew a session."""
    query = select(tables.Sample.quota).where(tables.Sample.session_id == session_id)
    return tuple(s.scalars(query.order_by(tables.Sample.quota)))


def listed(s: Session, cases: Iterable[Sold], cursor: str | None, limit: int) -> Page[SessionRow]:
    """The sessions of cases, newest first. Raises MingjianError `cursor_unreadable`."""
    ids = [one.session_id for one in cases]
    return statistics.listed(s, tables.Session.id.in_(ids), cursor, limit)


def blind_results(s: Session, since: datetime, until: datetime) -> MissRate:
    """What people found in sessions that the machine had called clear, reviewed without its verdict: decided in that
    time.
    """
    marked = select(tables.Missed.review_id).where(tables.Missed.review_id == Review.id).correlate(Review).exists()
    outcome = func.coalesce(Review.final_outcome, Review.outcome)
    at_fault = case((marked | (outcome != SOUND), 1), else_=0)
    query = select(func.count(), func.coalesce(func.sum(at_fault), 0)).where(
        Review.reason == BLIND, Review.state.in_(RULED), Review.decided_at >= since, Review.decided_at < until
    )
    seen, missed = s.execute(query).one()
    return miss_rate(int(seen), int(missed))


def blind_candidates(cases: Iterable[Sold], s: Session) -> tuple[Sold, ...]:
    """Those of `cases` that were not drawn blindly before."""
    kept = list(cases)
    known: set[str] = set()
    for begin in range(0, len(kept), AT_ONCE):
        chunk = [one.session_id for one in kept[begin : begin + AT_ONCE]]
        query = select(tables.Sample.session_id).where(
            tables.Sample.quota == BLIND, tables.Sample.session_id.in_(chunk)
        )
        known |= set(s.scalars(query))
    return tuple(one for one in kept if one.session_id not in known)
