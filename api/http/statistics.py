"""Statistics: every number with the sessions behind it. What they mean stands in docs/statistics.md."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit
from api.http.problems import declares
from api.http.visibility import NOBODY
from engine import monthly
from engine.duties.days import civil_day
from engine.errors import MingjianError
from engine.monthly import MOST_PERIODS, begin_of, month_of, periods
from engine.shares import wilson
from engine.store import item_statistics, statistics
from engine.store.measures import MEASURES, Measure
from engine.store.statistics import Figure, Row, Scope

router = APIRouter(prefix="/v1/statistics", tags=["统计 / statistics"])

Reader = Annotated[Caller, Depends(allow("compliance", "senior_reviewer", "auditor", "administrator", "branch"))]
Office = Annotated[Caller, Depends(allow("compliance", "senior_reviewer", "auditor", "administrator"))]
Word = Annotated[str | None, Query(max_length=200)]
By = Literal["day", "week", "month", "branch", "agent", "scenario"]
DAYS = 30
PATH = "/v1/statistics/sessions"
PRINTED = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a number is wanted about: from the first day to the last, both included."""

    first: date
    last: date
    branch: str | None
    agent: str | None
    scenario: str | None

    def scope(self, caller: Caller) -> Scope:
        """The same for the store; a branch gets its own, whatever it asked for."""
        branch = (caller.branch or NOBODY) if caller.role == "branch" else self.branch
        return Scope(begin_of(self.first), begin_of(self.last + timedelta(days=1)), branch, self.agent, self.scenario)


def _wanted(
    at: Now,
    since: Annotated[date | None, Query(description="first day; without it 30 days before `until`")] = None,
    until: Annotated[date | None, Query(description="last day, included; without it today")] = None,
    branch: Word = None,
    agent: Word = None,
    scenario: Word = None,
) -> Wanted:
    last = until or civil_day(at)
    first = since or last - timedelta(days=DAYS - 1)
    if first > last or first.year < 2000 or last.year > 2100:
        raise MingjianError("period_unfit", detail=f"{first} – {last}")
    return Wanted(first, last, branch, agent, scenario)


Asked = Annotated[Wanted, Depends(_wanted)]


class MeasureOut(BaseModel):
    """What is measured."""

    id: str
    zh: str
    en: str
    unit: str
    base: str
    better: str | None


class FigureOut(BaseModel):
    """A number: `hits` of `of` (or the sum of values of so many), and where the sessions behind each are listed. `low`
    and `high`: the interval of a share at 95 %."""

    id: str
    value: float | None
    hits: float
    of: float
    low: float | None
    high: float | None
    sessions: str
    sessions_of: str


class RowOut(BaseModel):
    """The numbers of one group; `name` is None for sessions that name none."""

    name: str | None
    figures: list[FigureOut]


class Summary(BaseModel):
    """The numbers over the whole time, and by group."""

    since: date
    until: date
    measures: list[MeasureOut]
    overall: list[FigureOut]
    rows: list[RowOut]


class ItemOut(BaseModel):
    """One item: how often it flagged, and what people made of it. `precision`: confirmed, of those they could tell
    about; `fail_precision`: of what the machine called a failure. `links`: where the sessions behind each number are
    listed."""

    item: str
    title: str
    severity: str
    sessions: int
    fail: int
    review: int
    inconclusive: int
    confirmed: int
    overturned: int
    cannot_tell: int
    missed: int
    precision: float | None
    low: float | None
    high: float | None
    fail_precision: float | None
    overturn_rate: float | None
    links: dict[str, str]


class Items(BaseModel):
    """Every item that flagged, was decided upon, or missed."""

    items: list[ItemOut]


class ReviewerOut(BaseModel):
    """One reviewer. Seconds: mean of a review, and its share of the recordings' length."""

    name: str
    reviews: int
    seconds: float | None
    share: float | None
    confirmed: int
    overturned: int
    cannot_tell: int
    judged: int
    changed: int
    sessions: str


class Reviewers(BaseModel):
    """Every reviewer who decided, and how far independent reviews agree."""

    items: list[ReviewerOut]
    pairs: int
    agreed: int
    kappa: float | None


class RuleSampling(BaseModel):
    """What they say of one item. `sampled`: samples in which the machine had passed it, or a person marked it;
    `passed`: clear sessions in which the machine passed it."""

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


class Sampling(BaseModel):
    """What blind samples say: the machine's misses, with the interval at 95 % (Wilson), in all and by item. `unnamed`:
    samples found faulty without an item marked."""

    sampled: int
    missed: int
    share: float | None
    low: float | None
    high: float | None
    clear: int
    estimated: float | None
    sessions: str
    unnamed: int
    items: list[RuleSampling]


class Behind(BaseModel):
    """A session behind a number."""

    id: str
    created_at: datetime
    recorded_at: datetime | None
    policy_no: str | None
    scenario: str | None
    branch: str | None
    agent_no: str | None
    agent_name: str | None
    product: str | None
    verdict: str | None
    outcome: str | None
    score: float | None
    duration: float | None


class BehindPage(BaseModel):
    """A page of them, newest first."""

    items: list[Behind]
    next: str | None


@router.get("/measures", response_model=list[MeasureOut])
def measures(_caller: Reader) -> list[MeasureOut]:
    """有哪些指标 / What is measured."""
    return [_measure(one) for one in MEASURES.values()]


@router.get("/summary", response_model=Summary, responses=declares("period_unfit"))
def summary(
    caller: Reader,
    store: Kept,
    asked: Asked,
    by: Annotated[By | None, Query(description="group by")] = None,
) -> Summary:
    """各项指标：合计，并按日、周、月、机构、销售人员或场景分组 / The measures, in all and by group."""
    scope = asked.scope(caller)
    with store.database.reading() as s:
        overall = statistics.overall(s, scope)
        if by is None:
            rows: tuple[Row, ...] = ()
        elif by in ("day", "week", "month"):
            rows = statistics.over_time(s, scope, periods_of(asked, by))
        else:
            rows = statistics.grouped(s, scope, by)  # type: ignore[arg-type]
    spans = {one.name: one for one in periods_of(asked, by)} if by in ("day", "week", "month") else {}
    shown = []
    for row in rows:
        inner = scope
        if row.name in spans:
            inner = Scope(spans[row.name].since, spans[row.name].until, scope.branch, scope.agent, scope.scenario)
        group: dict[str, str] = {str(by): row.name or ""} if by in statistics.GROUPS else {}
        shown.append(RowOut(name=row.name, figures=[figure_out(one, inner, group) for one in row.figures]))
    return Summary(
        since=asked.first,
        until=asked.last,
        measures=[_measure(one) for one in MEASURES.values()],
        overall=[figure_out(one, scope, {}) for one in overall.figures],
        rows=shown,
    )


@router.get("/items", response_model=Items, responses=declares("period_unfit"))
def items(
    caller: Reader,
    store: Kept,
    asked: Asked,
) -> Items:
    """各项目：标记次数、机检准确率、推翻率、人工补漏 / By item: flags, the machine's precision, overturned, missed."""
    scope = asked.scope(caller)
    with store.database.reading() as s:
        found = item_statistics.items(s, scope)
    return Items(items=[_item(one, scope) for one in found])


@router.get("/reviewers", response_model=Reviewers, responses=declares("period_unfit"))
def reviewers(caller: Office, store: Kept, asked: Asked) -> Reviewers:
    """复核人员：用时、决定、被改判；双人复核一致性 / Reviewers: time, decisions, changed later; agreement of pairs."""
    scope = asked.scope(caller)
    with store.database.reading() as s:
        found = item_statistics.reviewers(s, scope)
        agreed = monthly.agreement(s, scope)
    return Reviewers(
        items=[
            ReviewerOut(
                **{name: value for name, value in asdict(one).items() if name not in ("seconds", "duration")},
                seconds=one.seconds / one.reviews if one.reviews else None,
                share=one.seconds / one.duration if one.duration else None,
                sessions=link_to(scope, reviewer=one.name),
            )
            for one in found
        ],
        pairs=agreed.pairs,
        agreed=agreed.agreed,
        kappa=agreed.kappa,
    )


@router.get("/sampling", response_model=Sampling, responses=declares("period_unfit"))
def sampling(caller: Office, store: Kept, asked: Asked) -> Sampling:
    """盲抽：估计机检漏检率及区间，合计和各项目 / Blind samples: the machine's miss rate, in all and by item."""
    scope = asked.scope(caller)
    with store.database.reading() as s:
        found = monthly.misses(statistics.overall(s, scope))
        rules = monthly.rule_misses(s, scope)
        unnamed = item_statistics.unnamed_misses(s, scope)
    return Sampling(
        **asdict(found),
        sessions=link_to(scope, measure="missed", part="of"),
        unnamed=unnamed,
        items=[RuleSampling(**asdict(one)) for one in rules],
    )


@router.get(
    "/sessions", response_model=BehindPage, responses=declares("period_unfit", "cursor_unreadable", "request_invalid")
)
def behind(
    caller: Reader,
    store: Kept,
    asked: Asked,
    measure: Annotated[str | None, Query(max_length=50)] = None,
    item: Annotated[str | None, Query(max_length=100)] = None,
    reviewer: Word = None,
    part: Annotated[str, Query(max_length=20, description="hits | of; of an item: flagged, confirmed, …")] = "hits",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> BehindPage:
    """一个数字背后的会话 / The sessions behind a number."""
    scope = asked.scope(caller)
    with store.database.reading() as s:
        if measure is not None and measure in MEASURES and part in ("hits", "of"):
            page = statistics.behind(s, measure, part == "hits", scope, cursor, limit)
        elif item is not None and part in item_statistics.PARTS:
            page = item_statistics.behind_item(s, item, part, scope, cursor, limit)
        elif reviewer is not None and caller.role != "branch":
            page = item_statistics.behind_reviewer(s, reviewer, scope, cursor, limit)
        else:
            raise MingjianError("request_invalid", detail="measure, item + part, or reviewer")
    return BehindPage.model_validate({"items": page.rows, "next": page.cursor}, from_attributes=True)


@router.get(
    "/monthly",
    responses=declares("period_unfit")
    | {200: {"description": "the report", "content": {"application/json": {}, "text/csv": {}, "text/html": {}}}},
)
def monthly_report(
    caller: Office,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("statistics.monthly"))],
    month: Annotated[str, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")],
    branch: Word = None,
    format: Annotated[Literal["json", "csv", "html"], Query()] = "json",
) -> Response:
    """月报：JSON、CSV（表格软件可直接打开）、可打印的网页 / The monthly report: JSON, CSV, or a page that prints."""
    year, number = map(int, month.split("-"))
    with store.database.reading() as s:
        report = monthly.gather(s, month_of(year, number), at, branch)
    trail.write(caller.name, f"statistics/{month}", format=format, branch=branch)
    if format == "csv":
        headers = {"Content-Disposition": f'attachment; filename="mingjian-{month}.csv"'}
        return Response(monthly.as_csv(report), media_type="text/csv; charset=utf-8", headers=headers)
    if format == "html":
        return Response(monthly.as_html(report), media_type="text/html; charset=utf-8", headers=PRINTED)
    return Response(monthly.as_json(report), media_type="application/json")


def periods_of(asked: Wanted, by: str) -> tuple[statistics.Period, ...]:
    """The days, weeks or months that are asked about. Raises MingjianError `period_unfit` for too many days."""
    if by == "day" and (asked.last - asked.first).days >= MOST_PERIODS:
        raise MingjianError("period_unfit", detail=f"{asked.first} – {asked.last}: > {MOST_PERIODS} days")
    return periods(asked.first, asked.last, by)


def _measure(one: Measure) -> MeasureOut:
    return MeasureOut(id=one.id, zh=one.zh, en=one.en, unit=one.unit, base=one.base, better=one.better)


def figure_out(one: Figure, scope: Scope, asked: dict[str, str]) -> FigureOut:
    """A number with the way to its sessions."""
    share = one.measure.unit == "share" and one.measure.value is None
    interval = wilson(int(one.hits), int(one.of)) if share else None
    return FigureOut(
        id=one.measure.id,
        value=one.value,
        hits=one.hits,
        of=one.of,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        sessions=link_to(scope, measure=one.measure.id, part="hits", **asked),
        sessions_of=link_to(scope, measure=one.measure.id, part="of", **asked),
    )


def _item(one: item_statistics.ItemFigures, scope: Scope) -> ItemOut:
    interval = wilson(one.confirmed, one.confirmed + one.overturned)
    names = [name for name in ItemOut.model_fields if name not in ("low", "high", "links")]
    return ItemOut(
        **{name: getattr(one, name) for name in names},
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        links={part: link_to(scope, item=one.item, part=part) for part in item_statistics.PARTS},
    )


def link_to(scope: Scope, **asked: str) -> str:
    """The address that lists the sessions behind a number."""
    told = {
        "since": civil_day(scope.since).isoformat(),
        "until": civil_day(scope.until - timedelta(seconds=1)).isoformat(),
        **{name: value for name in ("branch", "agent", "scenario") if (value := getattr(scope, name)) is not None},
        **asked,
    }
    return f"{PATH}?{urlencode(told)}"
