"""The monthly report: what came in, what was found, what people decided, and how far the machine can be trusted.

The same figures as JSON, as CSV for a spreadsheet, and as a page that prints. What each measure means stands in the
report itself and in docs/statistics.md.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from engine.duties.days import CHINA, civil_day, months_after
from engine.shares import kappa, wilson
from engine.store import item_statistics, statistics
from engine.store.item_statistics import ItemFigures, ItemMisses, ReviewerFigures
from engine.store.statistics import Figure, Period, Row, Scope

MOST_ROWS = 50
MOST_PERIODS = 400
QUANTILES = (0.5, 0.9)
MONTHS, WEEK_DAYS = 12, 7


@dataclass(frozen=True, slots=True)
class Agreement:
    """Independent second reviews: how often both came to the same outcome, and Cohen's kappa."""

    pairs: int
    agreed: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Misses:
    """Blind samples of sessions the machine called clear. `low`, `high`: of the share at 95 % (Wilson). `estimated`:
    sessions of the month that the machine may have missed, at that share."""

    sampled: int
    missed: int
    share: float | None
    low: float | None
    high: float | None
    clear: int
    estimated: float | None


@dataclass(frozen=True, slots=True)
class RuleMisses:
    """The same of one item. `sampled`: samples in which the machine had passed it, or a person marked it; `passed`:
    clear sessions of the month in which the machine passed it. `low`, `high`: of the share at 95 % (Wilson)."""

    item: str
    title: str
    severity: str
    sampled: int
    missed: int
    share: float | None
    low: float | None
    high: float | None
    passed: int
    estimated: float | None


@dataclass(frozen=True, slots=True)
class Monthly:
    """The report on a month. `previous` are the same figures of the month before."""

    month: str
    made_at: str
    overall: Row
    previous: Row
    branches: tuple[Row, ...]
    agents: tuple[Row, ...]
    scenarios: tuple[Row, ...]
    weeks: tuple[Row, ...]
    items: tuple[ItemFigures, ...]
    reviewers: tuple[ReviewerFigures, ...]
    agreement: Agreement
    misses: Misses
    rule_misses: tuple[RuleMisses, ...]
    seconds_to_verdict: tuple[float | None, ...]


def month_of(year: int, month: int) -> Period:
    """A calendar month in China."""
    first = date(year, month, 1)
    return Period(f"{year:04d}-{month:02d}", begin_of(first), begin_of(months_after(first, 1)))


def begin_of(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time(), CHINA)


def periods(since: date, until: date, by: str) -> tuple[Period, ...]:
    """The days, weeks (from Monday) or months from `since` to `until`, both included; the first and last may be cut.

    >>> [one.name for one in periods(date(2026, 10, 30), date(2026, 11, 2), "month")]
    ['2026-10', '2026-11']
    """
    found: list[Period] = []
    start = since
    while start <= until and len(found) < MOST_PERIODS:
        begin = start.toordinal()
        if by == "month":
            after = months_after(start.replace(day=1), 1)
            name = start.strftime("%Y-%m")
        elif by == "week":
            after = date.fromordinal(begin + WEEK_DAYS - start.weekday())
            year, week, _ = start.isocalendar()
            name = f"{year}-W{week:02d}"
        else:
            after = date.fromordinal(begin + 1)
            name = start.isoformat()
        last = min(after, date.fromordinal(until.toordinal() + 1))
        found.append(Period(name, begin_of(start), begin_of(last)))
        start = after
    return tuple(found)


def gather(s: Session, month: Period, now: datetime, branch: str | None = None) -> Monthly:
    """The report on a month, of one branch or all."""
    scope = Scope(month.since, month.until, branch)
    day = civil_day(month.since)
    before = months_after(day, -1)
    overall = statistics.overall(s, scope)
    last = months_after(day, 1).toordinal() - 1
    return Monthly(
        month=month.name,
        made_at=now.astimezone(CHINA).isoformat(timespec="seconds"),
        overall=overall,
        previous=statistics.overall(s, Scope(begin_of(before), month.since, branch)),
        branches=_largest(statistics.grouped(s, scope, "branch")),
        agents=_largest(statistics.grouped(s, scope, "agent")),
        scenarios=statistics.grouped(s, scope, "scenario"),
        weeks=statistics.over_time(s, scope, periods(day, date.fromordinal(last), "week")),
        items=item_statistics.items(s, scope),
        reviewers=item_statistics.reviewers(s, scope),
        agreement=agreement(s, scope),
        misses=misses(overall),
        rule_misses=rule_misses(s, scope),
        seconds_to_verdict=statistics.quantiles(s, "to_verdict", scope, QUANTILES),
    )


def agreement(s: Session, scope: Scope) -> Agreement:
    """How far independent second reviews agree with the first."""
    outcomes = [(one.first_outcome, one.second_outcome) for one in item_statistics.pairs(s, scope)]
    return Agreement(len(outcomes), sum(first == second for first, second in outcomes), kappa(outcomes))


def misses(overall: Row) -> Misses:
    """What blind samples say of the sessions that the machine called clear."""
    figures = {one.measure.id: one for one in overall.figures}
    found, clear = figures["missed"], int(figures["clear"].hits)
    interval = wilson(int(found.hits), int(found.of))
    low, high = interval or (None, None)
    share = found.value
    return Misses(
        int(found.of), int(found.hits), share, low, high, clear, None if share is None else round(share * clear, 1)
    )


def rule_misses(s: Session, scope: Scope) -> tuple[RuleMisses, ...]:
    """What blind samples say of every rule, those missed most often first."""
    found = [_of_rule(one) for one in item_statistics.misses(s, scope)]
    return tuple(sorted(found, key=lambda one: (-one.missed, -(one.share or 0.0), one.item)))


def _of_rule(one: ItemMisses) -> RuleMisses:
    low, high = wilson(one.missed, one.sampled) or (None, None)
    share = one.missed / one.sampled if one.sampled else None
    estimated = None if share is None else round(share * one.passed, 1)
    return RuleMisses(
        one.item, one.title, one.severity, one.sampled, one.missed, share, low, high, one.passed, estimated
    )


def _largest(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows with most sessions, at most MOST_ROWS, by their number."""
    return tuple(sorted(rows, key=lambda row: -sessions_of(row))[:MOST_ROWS])


def sessions_of(row: Row) -> float:
    """How many sessions came in."""
    return next(one.of for one in row.figures if one.measure.id == "inspected")


def as_json(report: Monthly) -> bytes:
    """The report as UTF-8 JSON; a row's figures by the id of their measure."""
    values = {name: getattr(report, name) for name in Monthly.__slots__}
    for name in ("overall", "previous"):
        values[name] = _row(values[name])
    for name in ("branches", "agents", "scenarios", "weeks"):
        values[name] = [_row(row) for row in values[name]]
    values["items"] = [asdict(one) | {"precision": one.precision} for one in report.items]
    return json.dumps(values, ensure_ascii=False, default=_as_dict).encode()


def _row(row: Row) -> dict[str, Any]:
    figures = {
        one.measure.id: {"zh": one.measure.zh, "value": one.value, "hits": one.hits, "of": one.of}
        for one in row.figures
    }
    return {"name": row.name, "figures": figures}


def _as_dict(value: Any) -> dict[str, Any]:
    return asdict(value)


def as_csv(report: Monthly) -> bytes:
    """The report as CSV, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["部分", "名称", "指标", "数值", "分子", "分母", "单位"])
    for line in _lines(report):
        writer.writerow([_plain(one) for one in line])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _lines(report: Monthly) -> Iterator[tuple[Any, ...]]:
    sections = (
        ("合计", (report.overall,)),
        ("上月", (report.previous,)),
        ("周", report.weeks),
        ("机构", report.branches),
        ("销售人员", report.agents),
        ("场景", report.scenarios),
    )
    for section, rows in sections:
        for row in rows:
            for figure in row.figures:
                yield section, row.name or "", figure.measure.zh, *_numbers(figure), figure.measure.unit
    for item in report.items:
        for name, value in asdict(item).items():
            if name not in ("item", "title", "severity"):
                yield "项目", f"{item.item} {item.title}", name, value, "", "", "sessions"
        yield "项目", f"{item.item} {item.title}", "precision", _short(item.precision), "", "", "share"
    for rule in report.rule_misses:
        for name, value in asdict(rule).items():
            if name not in ("item", "title", "severity"):
                yield "盲抽漏检", f"{rule.item} {rule.title}", name, _short(value), "", "", ""
    for one in report.reviewers:
        for name, value in asdict(one).items():
            if name != "name":
                yield "复核人员", one.name, name, _short(value), "", "", ""
    for name, value in (*asdict(report.agreement).items(), *asdict(report.misses).items()):
        yield "校准", "", name, _short(value), "", "", ""


def _numbers(figure: Figure) -> tuple[Any, ...]:
    return _short(figure.value), _short(figure.hits), _short(figure.of)


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _plain(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    number = text.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not number else text


def as_html(report: Monthly) -> str:
    """The report as one page that prints, without scripts or anything from elsewhere."""
    return _environment().get_template("monthly.html").render(report=report, shown=_SHOWN)


_SHOWN = ("inspected", "clear", "flagged", "first_pass", "repeated", "in_time", "to_verdict")
"""Measures in the tables by branch, agent, scenario and week; the first table has all."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("engine.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(figure=_told, share=_share)
    return environment


def _told(figure: Figure) -> str:
    """A figure in words."""
    if figure.value is None:
        return "—"
    if figure.measure.unit == "share":
        return _share(figure.value)
    seconds = figure.value
    if seconds < 120:
        return f"{seconds:.1f} 秒"
    return f"{seconds / 60:.1f} 分" if seconds < 7200 else f"{seconds / 3600:.1f} 小时"


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.1f} %"
