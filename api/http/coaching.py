"""What to work on: with branches and salespeople, and what waits for whom."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.http.access import Kept, Now
from api.http.problems import declares
from api.http.statistics import Asked, FigureOut, Office, Reader, figure_out, link_to, periods_of
from engine.duties.days import civil_day, end_of
from engine.store import coaching, workload
from engine.store.coaching import Coached

router = APIRouter(prefix="/v1/statistics", tags=["统计 / statistics"])


class ItemTrendOut(BaseModel):
    """In how many sessions an item flagged, now and in the time before of the same length."""

    item: str
    title: str
    severity: str
    now: int
    before: int
    sessions: str


class PointOut(BaseModel):
    """A figure in one period."""

    period: str
    hits: float
    of: float
    value: float | None


class CoachedOut(BaseModel):
    """A branch or salesperson (`title`: the name, where `name` is a staff number). `flagged_before`,
    `first_pass_before`: the shares in the time before."""

    name: str | None
    title: str | None
    inspected: FigureOut
    flagged: FigureOut
    flagged_before: float | None
    first_pass: FigureOut
    first_pass_before: float | None
    items: list[ItemTrendOut]
    trend: list[PointOut]


class CoachingOut(BaseModel):
    """Those with most flagged sessions first."""

    items: list[CoachedOut]


class WaitingOut(BaseModel):
    """Reviews that wait. `name`: a person, branch or reason; null: of nobody, without one. `today`: due by the end of
    it, `week`: in the seven days after."""

    name: str | None
    pending: int
    overdue: int
    today: int
    week: int
    later: int
    appealed: int


class WorkloadOut(BaseModel):
    """What waits, in all and by person, branch and reason."""

    overall: WaitingOut
    people: list[WaitingOut]
    branches: list[WaitingOut]
    reasons: list[WaitingOut]


@router.get("/coaching", response_model=CoachingOut, responses=declares("period_unfit"))
def coach(
    caller: Reader,
    store: Kept,
    asked: Asked,
    by: Annotated[Literal["branch", "agent"], Query(description="whom")] = "branch",
    every: Annotated[Literal["week", "month"], Query(description="points of the course")] = "week",
    items: Annotated[int, Query(ge=1, le=20, description="items of each")] = 5,
) -> CoachingOut:
    """辅导：各机构、销售人员的主要问题和走势 / The main problems of each branch or salesperson, and their course."""
    scope = asked.scope(caller)
    with store.database.reading() as s:
        found = coaching.coaching(s, scope, by, periods_of(asked, every), items)

    def shown(one: Coached) -> CoachedOut:
        group: dict[str, str] = {by: one.name or ""}
        return CoachedOut(
            name=one.name,
            title=one.title,
            inspected=figure_out(one.now["inspected"], scope, group),
            flagged=figure_out(one.now["flagged"], scope, group),
            flagged_before=one.before["flagged"].value if one.before else None,
            first_pass=figure_out(one.now["first_pass"], scope, group),
            first_pass_before=one.before["first_pass"].value if one.before else None,
            items=[
                ItemTrendOut(**asdict(item), sessions=link_to(scope, **group, item=item.item, part="flagged"))
                for item in one.items
            ],
            trend=[
                PointOut(period=point.period, hits=point.figure.hits, of=point.figure.of, value=point.figure.value)
                for point in one.trend
            ],
        )

    return CoachingOut(items=[shown(one) for one in found])


@router.get("/workload", response_model=WorkloadOut)
def waiting(
    _caller: Office,
    store: Kept,
    at: Now,
    branch: Annotated[str | None, Query(max_length=200)] = None,
) -> WorkloadOut:
    """待办：超期、今日到期、一周内到期，按人、机构、来源 / What waits: overdue, due today, within a week."""
    with store.database.reading() as s:
        found = workload.workload(s, at, end_of(civil_day(at)), branch)
    return WorkloadOut.model_validate(found, from_attributes=True)
