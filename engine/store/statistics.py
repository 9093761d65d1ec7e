"""Figures: measures over a period, a branch, an agent, a scenario; and the sessions behind every number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import CTE, ColumnElement, Select, String, column, literal, select, tuple_, values
from sqlalchemy.orm import Session as Transaction

from engine.errors import MingjianError
from engine.store import cursors
from engine.store.cursors import Page
from engine.store.measures import MEASURES, Base, Expression, Measure, counted, narrowed, source
from engine.store.rows import as_rows
from engine.store.sessions import SessionRow
from engine.store.tables import Session
from engine.store.tables.base import Instant

Group = Literal["branch", "agent", "scenario"]
GROUPS: tuple[Group, ...] = ("branch", "agent", "scenario")
BASES: tuple[Base, ...] = ("session", "review", "ticket")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: from `since` (included) to `until` (not included), of all that is given; an empty name stands
    for those without one."""

    since: datetime
    until: datetime
    branch: str | None = None
    agent: str | None = None
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A named stretch of time."""

    name: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's two sums: of hits or values, and of what they are counted among."""

    measure: Measure
    hits: float
    of: float

    @property
    def value(self) -> float | None:
        """The share or the mean; None where there is nothing to count."""
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Row:
    """All measures of one group. `name`: the period, branch, agent or scenario; None for sessions without one."""

    name: str | None
    figures: tuple[Figure, ...]


def overall(s: Transaction, scope: Scope) -> Row:
    """Every measure over the whole scope."""
    found: dict[str, Figure] = {}
    for base in BASES:
        sums = s.execute(_sums(base, scope)).one()
        found |= _figures(base, sums)
    return Row(None, tuple(found[one] for one in MEASURES))


def grouped(s: Transaction, scope: Scope, by: Group, most: int = 500) -> tuple[Row, ...]:
    """Every measure for each branch, agent or scenario, by name."""
    rows: dict[str | None, dict[str, Figure]] = {}
    for base in BASES:
        name = group_name(base, by)
        query = _sums(base, scope, name.label("name")).group_by(name).order_by(name).limit(most)
        for sums in s.execute(query):
            rows.setdefault(sums.name, {}).update(_figures(base, sums))
    return tuple(_row(name, rows[name]) for name in sorted(rows, key=lambda one: (one is None, one or "")))


def trends(
    s: Transaction, scope: Scope, periods: Sequence[Period], by: Group, measure_ids: Sequence[str]
) -> dict[str | None, tuple[tuple[str, Figure], ...]]:
    """Measures of sessions for each branch, agent or scenario in each of `periods` that has any, in their order."""
    chosen = tuple(MEASURES[one] for one in measure_ids)
    if any(one.base != "session" for one in chosen):
        raise ValueError("measures of sessions only")
    period, name = _table_of(periods), group_name("session", by)
    query = _sums("session", scope, name.label("name"), period.c.name.label("period"), only=chosen)
    moment = source("session").moment
    query = query.where(moment >= period.c.since, moment < period.c.until).group_by(name, period.c.name)
    found: dict[str | None, dict[str, list[Figure]]] = {}
    for sums in s.execute(query):
        figures = [
            Figure(one, float(sums._mapping[f"{one.id}_hits"] or 0), float(sums._mapping[f"{one.id}_of"] or 0))
            for one in chosen
        ]
        found.setdefault(sums.name, {})[sums.period] = figures
    return {
        group: tuple((one.name, figure) for one in periods for figure in rows.get(one.name, ()))
        for group, rows in found.items()
    }


def _table_of(periods: Sequence[Period]) -> CTE:
    """The periods as rows that a query can be joined with."""
    listed = values(column("name", String), column("since", Instant()), column("until", Instant()), name="period").data(
        [(one.name, one.since, one.until) for one in periods]
    )
    return listed.cte("period")


def over_time(s: Transaction, scope: Scope, periods: Sequence[Period]) -> tuple[Row, ...]:
    """Every measure in each of `periods`, in their order."""
    rows: dict[str, dict[str, Figure]] = {one.name: {} for one in periods}
    period = _table_of(periods)
    for base in BASES:
        moment = source(base).moment
        query = _sums(base, scope, period.c.name.label("name"))
        query = query.where(moment >= period.c.since, moment < period.c.until).group_by(period.c.name)
        for sums in s.execute(query):
            rows[sums.name].update(_figures(base, sums))
    return tuple(_row(name, figures) for name, figures in rows.items())


def quantiles(s: Transaction, measure_id: str, scope: Scope, shares: Sequence[float]) -> tuple[float | None, ...]:
    """Values of a mean below which these shares of them lie; None without any."""
    measure = MEASURES[measure_id]
    if measure.value is None:
        raise ValueError(f"{measure_id} is no mean")
    query = select(measure.value).select_from(source(measure.base).rows)
    query = narrowed(query.where(*_within(measure.base, scope)), measure, hits_only=False)
    count = int(s.execute(_sums(measure.base, scope, only=(measure,))).one()[1] or 0)
    if not count:
        return tuple(None for _ in shares)
    ordered = query.order_by(measure.value).limit(1)
    places = [min(count - 1, int(share * count)) for share in shares]
    return tuple(s.scalar(ordered.offset(place)) for place in places)


def behind(
    s: Transaction, measure_id: str, hits_only: bool, scope: Scope, cursor: str | None = None, limit: int = 50
) -> Page[SessionRow]:
    """The sessions behind a number, newest first. Raises MingjianError `cursor_unreadable`."""
    measure = MEASURES[measure_id]
    chosen = narrowed(
        select(Session.id).select_from(source(measure.base).rows).where(*_within(measure.base, scope)),
        measure,
        hits_only,
    )
    return listed(s, Session.id.in_(chosen), cursor, limit)


def listed(s: Transaction, condition: ColumnElement[bool], cursor: str | None, limit: int) -> Page[SessionRow]:
    """Sessions that meet a condition, newest first."""
    query = select(Session).where(condition).order_by(Session.created_at.desc(), Session.id.desc()).limit(limit + 1)
    if cursor is not None:
        at, last = cursors.read(cursor, str, str)
        try:
            moment = datetime.fromisoformat(at)
        except ValueError as error:
            raise MingjianError("cursor_unreadable") from error
        if moment.tzinfo is None:
            raise MingjianError("cursor_unreadable")
        query = query.where(tuple_(Session.created_at, Session.id) < tuple_(literal(moment, Instant()), literal(last)))
    rows = as_rows(SessionRow, s.scalars(query))
    if len(rows) <= limit:
        return Page(rows, None)
    end = rows[limit - 1]
    return Page(rows[:limit], cursors.write(end.created_at.isoformat(), end.id))


def _measured(base: Base) -> tuple[Measure, ...]:
    return tuple(one for one in MEASURES.values() if one.base == base)


def _sums(base: Base, scope: Scope, *first: ColumnElement[Any], only: Iterable[Measure] | None = None) -> Select[Any]:
    sums: list[ColumnElement[Any]] = []
    for measure in only or _measured(base):
        upper, lower = counted(measure)
        sums += [upper.label(f"{measure.id}_hits"), lower.label(f"{measure.id}_of")]
    return select(*first, *sums).select_from(source(base).rows).where(*_within(base, scope))


def _figures(base: Base, sums: Any) -> dict[str, Figure]:
    found: Mapping[str, Any] = sums._mapping
    return {
        one.id: Figure(one, float(found[f"{one.id}_hits"] or 0), float(found[f"{one.id}_of"] or 0))
        for one in _measured(base)
    }


def _row(name: str | None, figures: Mapping[str, Figure]) -> Row:
    return Row(name, tuple(figures.get(one.id) or Figure(one, 0.0, 0.0) for one in MEASURES.values()))


def group_name(base: Base, by: Group) -> Expression:
    """The column that groups the rows of a base."""
    if by == "branch":
        return source(base).branch
    return Session.agent_no if by == "agent" else Session.scenario


def _within(base: Base, scope: Scope) -> list[ColumnElement[bool]]:
    rows = source(base)
    found: list[ColumnElement[bool]] = [rows.moment >= scope.since, rows.moment < scope.until]
    given = ((rows.branch, scope.branch), (Session.agent_no, scope.agent), (Session.scenario, scope.scenario))
    return found + [is_or_none(name, value) for name, value in given if value is not None]


def is_or_none(name: Expression, value: str) -> ColumnElement[bool]:
    """Whether a column has this value; an empty one asks for rows without any."""
    return name == value if value else name.is_(None)
