"""Quotas: how much of what was sold was inspected in full, where that falls short, and what the machine misses; and
what does not agree between the recordings of a policy.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from api.http.access import Kept, Now, allow
from api.http.caller import Caller
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit
from api.http.problems import declares
from api.http.statistics import BehindPage
from api.http.visibility import REVIEWERS, session_of
from engine.duties.checks import consistency as checks
from engine.duties.data import duties
from engine.duties.days import CHINA, civil_day
from engine.duties.quotas import Coverage, CoveragePart, Group, coverage, members
from engine.errors import MingjianError
from engine.report.mask import Masker
from engine.store import consistency, quotas

router = APIRouter(prefix="/v1", tags=["抽检 / quotas"])

Reader = Annotated[Caller, Depends(allow("senior_reviewer", "compliance", "administrator", "auditor"))]
Looking = Annotated[
    Caller, Depends(allow("reviewer", "senior_reviewer", "compliance", "administrator", "auditor", "branch"))
]
Month = Annotated[
    str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="month of sale; default: this one")
]
SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class CoverageOut(BaseModel):
    """How a quota stands for one insurer, branch and month. `required` null: nobody has stated the ratio."""

    quota: str
    title: str
    basis: str
    insurer: str
    branch: str
    period: str
    sold: int
    required: int | None
    done: int
    late: int
    undated: int
    waiting: int
    lost: int
    ratio: float
    shortfall: int
    beyond_reach: int


class MissRateOut(BaseModel):
    """Of `seen` machine-clear sessions reviewed blindly, `missed` had something wrong; with the 95 % interval."""

    seen: int
    missed: int
    share: float | None
    low: float | None
    high: float | None


class QuotasOut(BaseModel):
    """The quotas of a month of sale, and the machine's miss rate by blind reviews decided in that month."""

    period: str
    seed: str
    full_length_share: float
    coverage: list[CoverageOut]
    shortfall: int
    miss_rate: MissRateOut


class SideOut(BaseModel):
    """One side of a contradiction; times in seconds, null for an order."""

    session_id: str
    source: Literal["sale", "callback", "order"]
    item: str | None
    text: str
    start: float | None
    end: float | None


class FindingOut(BaseModel):
    """Something that does not agree: always for a person to judge."""

    id: str
    check: str
    title: str
    kind: Literal["consistency"] = "consistency"
    severity: str
    verdict: Literal["review"] = "review"
    reason: str
    reason_code: str
    basis: list[str]
    session_id: str
    others: list[str]
    sides: list[SideOut]
    found_at: datetime


class FindingsOut(BaseModel):
    """What does not agree between a session and others."""

    items: list[FindingOut]


@router.get("/quotas")
def show_quotas(_caller: Reader, store: Kept, at: Now, period: Month = None) -> QuotasOut:
    """抽检完成情况与缺口 / How the quotas of a month stand, with what is missing."""
    first = _first_of(period, at)
    following = (first + timedelta(days=32)).replace(day=1)
    rules = duties()
    with store.database.reading() as s:
        cases = quotas.sold_cases(s, rules.sampling, first, following)
        missed = quotas.blind_results(s, first, following)
    today = civil_day(at)
    found = [_out(one, quota.title, quota.basis) for quota in rules.quotas for one in coverage(quota, cases, today)]
    return QuotasOut(
        period=f"{first:%Y-%m}",
        seed=rules.sampling.seed,
        full_length_share=rules.sampling.full_length_share,
        coverage=found,
        shortfall=sum(one.shortfall for one in found),
        miss_rate=MissRateOut.model_validate(missed, from_attributes=True),
    )


@router.get("/quotas/sessions", responses=declares("cursor_unreadable", "not_found"))
def behind_quota(
    _caller: Reader,
    store: Kept,
    at: Now,
    quota: Annotated[str, Query(max_length=100)],
    insurer: Annotated[str, Query(max_length=200)],
    branch: Annotated[str, Query(max_length=200)],
    period: Month = None,
    part: CoveragePart = "sold",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> BehindPage:
    """一个抽检数字背后的会话 / The sessions behind a number of a quota."""
    first = _first_of(period, at)
    following = (first + timedelta(days=32)).replace(day=1)
    rules = duties()
    chosen = next((one for one in rules.quotas if one.id == quota), None)
    if chosen is None:
        raise MingjianError("not_found", thing="quota", id=quota)
    group = Group(insurer, branch, f"{first:%Y-%m}")
    with store.database.reading() as s:
        cases = quotas.sold_cases(s, rules.sampling, first, following)
        found = members(chosen, cases, group, part, civil_day(at))
        page = quotas.listed(s, found, cursor, limit)
    return BehindPage.model_validate({"items": page.rows, "next": page.cursor}, from_attributes=True)


def _first_of(period: str | None, now: datetime) -> datetime:
    """The first moment of a month in China."""
    month = period or f"{now.astimezone(CHINA):%Y-%m}"
    try:
        return datetime.strptime(month, "%Y-%m").replace(tzinfo=CHINA)
    except ValueError as error:
        raise MingjianError("request_invalid", detail="period") from error


def _out(one: Coverage, title: str, basis: str) -> CoverageOut:
    return CoverageOut(
        quota=one.quota, title=title, basis=basis, insurer=one.group.insurer, branch=one.group.branch,
        period=one.group.period, sold=one.sold, required=one.required, done=one.done, late=one.late,
        undated=one.undated, waiting=one.waiting, lost=one.lost, ratio=round(one.ratio, 4), shortfall=one.shortfall,
        beyond_reach=one.beyond_reach,
    )  # fmt: skip


@router.get("/sessions/{session_id}/consistency", responses=declares("not_found"))
def show_consistency(session_id: SessionId, caller: Looking, store: Kept) -> FindingsOut:
    """与同一保单其他录音、订单是否一致 / What does not agree between this session and others."""
    with store.database.reading() as s:
        session = session_of(s, caller, session_id)
        rows = consistency.findings(s, session_id)
    titles = checks()
    masker = None if caller.role in REVIEWERS else Masker.for_order(session.order)
    return FindingsOut(
        items=[
            FindingOut(
                id=row.id, check=row.check, title=titles.title_of(row.check), severity=row.severity,
                reason=_shown(row.reason, masker), reason_code=row.reason_code, basis=list(titles.basis_of(row.check)),
                session_id=row.session_id, others=row.others, found_at=row.found_at,
                sides=[SideOut(**{**one, "text": _shown(one["text"], masker)}) for one in row.sides],
            )
            for row in rows
        ]
    )  # fmt: skip


def _shown(text: str, masker: Masker | None) -> str:
    return masker.text(text) if masker else text
