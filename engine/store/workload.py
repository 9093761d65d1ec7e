"""What waits for reviewers: how much is overdue or due soon, whose it is, where it comes from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session as Transaction

from engine.store.measures import PENDING, Expression
from engine.store.review_rows import BLIND
from engine.store.tables import Review, Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """Reviews that wait, of one person, branch or reason (None: of nobody, without one). `today`: by the end of it;
    `week`: within the seven days that follow."""

    name: str | None
    pending: int
    overdue: int
    today: int
    week: int
    later: int
    appealed: int


@dataclass(frozen=True, slots=True)
class Workload:
    """All of it, and by person, branch and reason."""

    overall: Waiting
    people: tuple[Waiting, ...]
    branches: tuple[Waiting, ...]
    reasons: tuple[Waiting, ...]


def workload(s: Transaction, now: datetime, day_ends: datetime, branch: str | None = None) -> Workload:
    """What waits at `now`; today ends at `day_ends`."""
    return Workload(
        _counted(s, now, day_ends, branch)[0],
        _counted(s, now, day_ends, branch, Review.assignee),
        _counted(s, now, day_ends, branch, Session.branch),
        _counted(s, now, day_ends, branch, case((Review.reason.in_(BLIND), "sample"), else_=Review.reason)),
    )


def _counted(
    s: Transaction, now: datetime, day_ends: datetime, branch: str | None, by: Expression | None = None
) -> tuple[Waiting, ...]:
    due, week = Review.due_at, day_ends + timedelta(days=7)
    parts = {
        "overdue": due < now,
        "today": and_(due >= now, due <= day_ends),
        "week": and_(due > day_ends, due <= week),
        "later": due > week,
        "appealed": Review.state == "appealed",
    }
    columns = [func.count().label("pending"), *(_sum(condition).label(name) for name, condition in parts.items())]
    query = select(*([by.label("name")] if by is not None else []), *columns)
    query = query.select_from(Review).join(Session, Session.id == Review.session_id).where(Review.state.in_(PENDING))
    if branch is not None:
        query = query.where(Session.branch == branch)
    if by is not None:
        query = query.group_by(by).order_by(func.count().desc())
    names = ("pending", *parts)
    return tuple(
        Waiting(row.name if by is not None else None, **{one: int(getattr(row, one)) for one in names})
        for row in s.execute(query)
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
