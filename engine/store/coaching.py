"""What to work on with a branch or a salesperson: what went wrong most, more or less often than in the time before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from engine.store import statistics
from engine.store.item_statistics import flagging
from engine.store.statistics import Figure, Group, Period, Scope, group_name
from engine.store.tables import Finding, Session

SHOWN = ("inspected", "flagged", "first_pass")
"""Measures of a group, now and before."""
TRENDED = ("flagged",)
MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class ItemTrend:
    """In how many sessions an item flagged, now and in the time before."""

    item: str
    title: str
    severity: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Point:
    """One measure in one period."""

    period: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Coached:
    """A branch or salesperson. `title`: the name of a salesperson, whose `name` is their number."""

    name: str | None
    title: str | None
    now: dict[str, Figure]
    before: dict[str, Figure]
    items: tuple[ItemTrend, ...]
    trend: tuple[Point, ...]


def coaching(
    s: Transaction, scope: Scope, by: Group, periods: Sequence[Period], most_items: int
) -> tuple[Coached, ...]:
    """Every branch or salesperson with sessions in the scope, those with most flagged sessions first; at most
    MOST_GROUPS."""
    before = Scope(_earlier(scope), scope.since, scope.branch, scope.agent, scope.scenario)
    now = {row.name: _figures(row) for row in statistics.grouped(s, scope, by) if _figures(row)["inspected"].of}
    then = {row.name: _figures(row) for row in statistics.grouped(s, before, by)}
    chosen = sorted(now, key=lambda name: (-now[name]["flagged"].hits, name or ""))[:MOST_GROUPS]
    flagged, flagged_before = _items(s, scope, by), _items(s, before, by)
    trends = statistics.trends(s, scope, periods, by, TRENDED)
    titles = _names(s, scope) if by == "agent" else {}
    return tuple(
        Coached(
            name,
            titles.get(name),
            now[name],
            then.get(name, {}),
            _compared(flagged.get(name, {}), flagged_before.get(name, {}), most_items),
            tuple(Point(period, figure) for period, figure in trends.get(name, ())),
        )
        for name in chosen
    )


def _earlier(scope: Scope) -> datetime:
    """The beginning of a time as long as the scope, just before it."""
    return scope.since - (scope.until - scope.since)


def _figures(row: statistics.Row) -> dict[str, Figure]:
    return {one.measure.id: one for one in row.figures if one.measure.id in SHOWN}


def _compared(now: dict[str, ItemTrend], before: dict[str, ItemTrend], most: int) -> tuple[ItemTrend, ...]:
    found = [
        ItemTrend(one.item, one.title, one.severity, one.now, before[one.item].now if one.item in before else 0)
        for one in now.values()
    ]
    return tuple(sorted(found, key=lambda one: (-one.now, one.item))[:most])


def _items(s: Transaction, scope: Scope, by: Group) -> dict[str | None, dict[str, ItemTrend]]:
    """By group and item: the sessions that it flagged."""
    name = group_name("session", by)
    query = (
        select(
            name.label("name"),
            Finding.item,
            func.max(Finding.title).label("title"),
            func.max(Finding.severity).label("severity"),
            func.count(Finding.session_id.distinct()).label("sessions"),
        )
        .join(Session, Session.id == Finding.session_id)
        .where(*flagging(scope))
        .group_by(name, Finding.item)
    )
    found: dict[str | None, dict[str, ItemTrend]] = {}
    for row in s.execute(query):
        found.setdefault(row.name, {})[row.item] = ItemTrend(row.item, row.title, row.severity, row.sessions, 0)
    return found


def _names(s: Transaction, scope: Scope) -> dict[str | None, str]:
    """The names of salespeople by their numbers, of the sessions of the scope."""
    query = (
        select(Session.agent_no, func.max(Session.agent_name))
        .where(Session.created_at >= scope.since, Session.created_at < scope.until, Session.agent_no.is_not(None))
        .group_by(Session.agent_no)
    )
    return {str(number): str(name) for number, name in s.execute(query) if name}
