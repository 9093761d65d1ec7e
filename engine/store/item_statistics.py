"""Figures about single items, reviewers and pairs of reviewers: what the machine gets wrong, and who agrees with
whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, func, or_, select, union
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased

from engine.store.cursors import Page
from engine.store.measures import PASSED, RULED
from engine.store.sessions import SessionRow
from engine.store.statistics import Scope, is_or_none, listed
from engine.store.tables import Decision, Finding, Missed, Review, Session

PARTS = ("flagged", "fail", "review", "inconclusive", "confirmed", "overturned", "cannot_tell", "missed")


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """One item over a scope. `sessions`: that it flagged; by verdict of the finding. The decisions are those that
    count: the final one on a finding, else the first. `fail_*`: of them those on what the machine called a failure.
    `missed`: marked by people where the machine saw nothing."""

    item: str
    title: str
    severity: str
    sessions: int
    fail: int
    review: int
    inconclusive: int
    confirmed: int = 0
    overturned: int = 0
    cannot_tell: int = 0
    fail_confirmed: int = 0
    fail_overturned: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Share of findings that people confirmed, of those they could tell about."""
        told = self.confirmed + self.overturned
        return self.confirmed / told if told else None

    @property
    def fail_precision(self) -> float | None:
        """The same of what the machine called a failure."""
        told = self.fail_confirmed + self.fail_overturned
        return self.fail_confirmed / told if told else None

    @property
    def overturn_rate(self) -> float | None:
        """Share of findings that people overturned, of all they decided."""
        decided = self.confirmed + self.overturned + self.cannot_tell
        return self.overturned / decided if decided else None


@dataclass(frozen=True, slots=True)
class ItemMisses:
    """What blind samples say of one item. `sampled`: decided samples in which the machine had passed the item, or a
    person marked it; `missed`: those in which a person marked it. `passed`: sessions of the scope that the machine
    called clear and in which it passed the item."""

    item: str
    title: str
    severity: str
    sampled: int
    missed: int
    passed: int


@dataclass(frozen=True, slots=True)
class ReviewerFigures:
    """One reviewer over a scope, by the day of the decision. `changed`: of `judged` finally by another person."""

    name: str
    reviews: int
    seconds: float
    duration: float
    confirmed: int
    overturned: int
    cannot_tell: int
    judged: int
    changed: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two independent reviews of a session: who decided what."""

    session_id: str
    first: str
    first_outcome: str
    second: str
    second_outcome: str


def items(s: Transaction, scope: Scope) -> tuple[ItemFigures, ...]:
    """Every item that flagged a session of the scope, or was decided upon or missed in its reviews, by its id."""
    found = {row["item"]: row for row in _flagged(s, scope)}
    for row in (*_decided(s, scope), *_missed(s, scope)):
        found.setdefault(row["item"], {"item": row["item"], "title": row["item"], "severity": ""}).update(row)
    blank = {"sessions": 0, "fail": 0, "review": 0, "inconclusive": 0}
    return tuple(ItemFigures(**{**blank, **found[item]}) for item in sorted(found))


def reviewers(s: Transaction, scope: Scope) -> tuple[ReviewerFigures, ...]:
    """Every reviewer who decided in the scope, by name."""
    query = (
        select(
            Review.decided_by.label("name"),
            func.count().label("reviews"),
            func.sum(Review.seconds_spent).label("seconds"),
            func.coalesce(func.sum(Session.duration), 0.0).label("duration"),
            _sum(Review.state == "final").label("judged"),
            _sum(and_(Review.state == "final", Review.final_outcome != Review.outcome)).label("changed"),
        )
        .join(Session, Session.id == Review.session_id)
        .where(*_of_reviews(scope), Review.decided_by.is_not(None))
        .group_by(Review.decided_by)
    )
    calls = (
        select(Decision.made_by.label("name"), *_calls())
        .join(Review, Review.id == Decision.review_id)
        .join(Session, Session.id == Review.session_id)
        .where(*_of_reviews(scope), Decision.stage == "first")
        .group_by(Decision.made_by)
    )
    decided = {row.name: row for row in s.execute(calls)}
    figures = []
    for row in s.execute(query.order_by(Review.decided_by)):
        own = decided.get(row.name)
        figures.append(
            ReviewerFigures(
                name=row.name,
                reviews=row.reviews,
                seconds=float(row.seconds or 0.0),
                duration=float(row.duration),
                confirmed=own.confirmed if own else 0,
                overturned=own.overturned if own else 0,
                cannot_tell=own.cannot_tell if own else 0,
                judged=row.judged,
                changed=row.changed,
            )
        )
    return tuple(figures)


def pairs(s: Transaction, scope: Scope, most: int = 5000) -> tuple[Pair, ...]:
    """Sessions of the scope that were reviewed twice, independently; first decisions only."""
    double, other = aliased(Review), aliased(Review)
    query = (
        select(double.session_id, other.decided_by, other.outcome, double.decided_by, double.outcome)
        .join(other, and_(other.session_id == double.session_id, other.inspection_id == double.inspection_id))
        .join(Session, Session.id == double.session_id)
        .where(
            double.reason == "double",
            other.reason != "double",
            double.outcome.is_not(None),
            other.outcome.is_not(None),
            double.decided_at >= scope.since,
            double.decided_at < scope.until,
            *_of_sessions(scope),
        )
        .order_by(double.decided_at)
        .limit(most)
    )
    return tuple(Pair(*map(str, row)) for row in s.execute(query))


def misses(s: Transaction, scope: Scope) -> tuple[ItemMisses, ...]:
    """What blind samples decided in the scope say of every item, by its id.

    An item that a person marked more than once in a session is missed once. Samples by the day of the decision, clear
    sessions by the day they came in; of a session inspected again, its newest verdicts.
    """
    marked, passed = _marked_blind(scope), _passed_blind(scope)
    missed, sampled = _counted(s, marked), _counted(s, union(marked, passed))
    named = {row["item"]: row for row in s.execute(_named_blind(scope)).mappings()}
    in_clear = _pairs(s, _passed_in_clear(scope)) if sampled else {}
    return tuple(
        ItemMisses(
            item,
            named[item]["title"] if item in named else item,
            named[item]["severity"] if item in named else "",
            sampled[item],
            missed.get(item, 0),
            in_clear.get(item, 0),
        )
        for item in sorted(sampled)
    )


def unnamed_misses(s: Transaction, scope: Scope) -> int:
    """Blind samples that came to anything but 合格 without an item marked: missed, and nobody knows what."""
    standing = func.coalesce(Review.final_outcome, Review.outcome)
    marked = select(Missed.review_id).where(Missed.review_id == Review.id).correlate(Review).exists()
    query = _blind(select(func.count()).select_from(Review), scope).where(standing != PASSED, ~marked)
    return int(s.scalar(query) or 0)


def _counted(s: Transaction, of_reviews: Select[Any] | CompoundSelect[Any]) -> dict[str, int]:
    """How many reviews each item has in a query of (review, item)."""
    rows = of_reviews.subquery()
    return _pairs(s, select(rows.c.item, func.count()).group_by(rows.c.item))


def _pairs(s: Transaction, query: Any) -> dict[str, int]:
    """Rows of (item, count)."""
    return {str(row[0]): int(row[1]) for row in s.execute(query)}


def _marked_blind(scope: Scope) -> Select[Any]:
    """(review, item) of what people marked in blind samples."""
    query: Any = select(Missed.review_id.label("review"), Missed.item.label("item")).distinct()
    return _blind(query.join(Review, Review.id == Missed.review_id), scope)


def _passed_blind(scope: Scope) -> Select[Any]:
    """(review, item) of what the machine had passed in blind samples."""
    query: Any = select(Review.id.label("review"), Finding.item.label("item")).distinct()
    return _blind(query.join(Finding, Finding.session_id == Review.session_id), scope).where(Finding.verdict == "pass")


def _named_blind(scope: Scope) -> Select[Any]:
    """Title and severity of the items of blind samples."""
    query: Any = select(
        Finding.item, func.max(Finding.title).label("title"), func.max(Finding.severity).label("severity")
    ).join(Review, Review.session_id == Finding.session_id)
    return _blind(query, scope).group_by(Finding.item)


def _blind(query: Select[Any], scope: Scope) -> Select[Any]:
    """The rows of `query` that are of blind samples decided in the scope."""
    joined = query.join(Session, Session.id == Review.session_id)
    return joined.where(Review.reason == "blind", *_of_reviews(scope))


def _passed_in_clear(scope: Scope) -> Select[Any]:
    """In how many clear sessions of the scope the machine passed each item."""
    query: Any = select(Finding.item, func.count(Finding.session_id.distinct()))
    found: Select[Any] = (
        query.join(Session, Session.id == Finding.session_id)
        .where(
            Session.verdict == "clear",
            Finding.verdict == "pass",
            Session.created_at >= scope.since,
            Session.created_at < scope.until,
            *_of_sessions(scope),
        )
        .group_by(Finding.item)
    )
    return found


def behind_item(
    s: Transaction, item: str, part: str, scope: Scope, cursor: str | None = None, limit: int = 50
) -> Page[SessionRow]:
    """The sessions behind a number of an item. `part`: one of PARTS. Raises MingjianError `cursor_unreadable`."""
    return listed(s, Session.id.in_(_sessions_of(item, part, scope)), cursor, limit)


def behind_reviewer(
    s: Transaction, name: str, scope: Scope, cursor: str | None = None, limit: int = 50
) -> Page[SessionRow]:
    """The sessions that a reviewer decided on. Raises MingjianError `cursor_unreadable`."""
    chosen = (
        select(Review.session_id)
        .join(Session, Session.id == Review.session_id)
        .where(*_of_reviews(scope), Review.decided_by == name)
    )
    return listed(s, Session.id.in_(chosen), cursor, limit)


def _sessions_of(item: str, part: str, scope: Scope) -> Select[Any]:
    if part in ("flagged", "fail", "review", "inconclusive"):
        query = (
            select(Finding.session_id)
            .join(Session, Session.id == Finding.session_id)
            .where(*flagging(scope), Finding.item == item)
        )
        return query if part == "flagged" else query.where(Finding.verdict == part)
    table: Any = Missed if part == "missed" else Decision
    query = (
        select(Review.session_id)
        .join(table, table.review_id == Review.id)
        .join(Session, Session.id == Review.session_id)
        .where(*_of_reviews(scope), table.item == item)
    )
    if part == "missed":
        return query
    call = {"confirmed": "confirm", "overturned": "overturn", "cannot_tell": "cannot_tell"}[part]
    return query.where(_counts(), Decision.decision == call)


def _flagged(s: Transaction, scope: Scope) -> list[dict[str, Any]]:
    query = (
        select(
            Finding.item,
            func.max(Finding.title).label("title"),
            func.max(Finding.severity).label("severity"),
            func.count(Finding.session_id.distinct()).label("sessions"),
            *(_sum(Finding.verdict == one).label(one) for one in ("fail", "review", "inconclusive")),
        )
        .join(Session, Session.id == Finding.session_id)
        .where(*flagging(scope))
        .group_by(Finding.item)
    )
    return [dict(row) for row in s.execute(query).mappings()]


def _decided(s: Transaction, scope: Scope) -> list[dict[str, Any]]:
    failed = Decision.machine_verdict == "fail"
    query = (
        select(
            Decision.item,
            *_calls(),
            _sum(and_(failed, Decision.decision == "confirm")).label("fail_confirmed"),
            _sum(and_(failed, Decision.decision == "overturn")).label("fail_overturned"),
        )
        .join(Review, Review.id == Decision.review_id)
        .join(Session, Session.id == Review.session_id)
        .where(*_of_reviews(scope), _counts(), Decision.machine_verdict.in_(("fail", "review", "inconclusive")))
        .group_by(Decision.item)
    )
    return [dict(row) for row in s.execute(query).mappings()]


def _missed(s: Transaction, scope: Scope) -> list[dict[str, Any]]:
    query = (
        select(Missed.item, func.count().label("missed"))
        .join(Review, Review.id == Missed.review_id)
        .join(Session, Session.id == Review.session_id)
        .where(*_of_reviews(scope))
        .group_by(Missed.item)
    )
    return [dict(row) for row in s.execute(query).mappings()]


def _counts() -> ColumnElement[bool]:
    """Whether a decision is the one that counts: the final one where there is one."""
    return or_(Decision.stage == "final", Review.state != "final")


def _calls() -> Sequence[ColumnElement[Any]]:
    named = (("confirm", "confirmed"), ("overturn", "overturned"), ("cannot_tell", "cannot_tell"))
    return [_sum(Decision.decision == call).label(name) for call, name in named]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _of_sessions(scope: Scope) -> list[ColumnElement[bool]]:
    given = (
        (Session.branch, scope.branch),
        (Session.agent_no, scope.agent),
        (Session.scenario, scope.scenario),
    )
    return [is_or_none(name, value) for name, value in given if value is not None]


def flagging(scope: Scope) -> list[ColumnElement[bool]]:
    """Findings that flagged a session which came in during the scope."""
    return [
        Finding.flags.is_(True),
        Session.created_at >= scope.since,
        Session.created_at < scope.until,
        *_of_sessions(scope),
    ]


def _of_reviews(scope: Scope) -> list[ColumnElement[bool]]:
    """Reviews that were decided during the scope."""
    decided = [Review.decided_at >= scope.since, Review.decided_at < scope.until, Review.state.in_(RULED)]
    return [*decided, *_of_sessions(scope)]
