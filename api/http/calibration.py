"""Calibration: how far reviewers agree with each other, with themselves over time, and with the machine."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.http.access import Kept
from api.http.problems import declares
from api.http.statistics import Asked, Office, link_to, periods_of
from engine import calibration
from engine.calibration import Share
from engine.duties.days import civil_day

router = APIRouter(prefix="/v1/statistics", tags=["统计 / statistics"])
MOST_PAIRS = 200


class ShareOut(BaseModel):
    """Hits of so many, with the interval at 95 % (Wilson)."""

    hits: int
    of: int
    value: float | None
    low: float | None
    high: float | None


class AgreementOut(BaseModel):
    """Blind second reviews: how many pairs, how many came to the same outcome, Cohen's kappa."""

    pairs: int
    agreed: int
    kappa: float | None


class PeriodOut(BaseModel):
    """One period. `confirmed`: findings that people confirmed, of those they could tell about."""

    period: str
    since: date
    until: date
    agreement: AgreementOut
    confirmed: ShareOut


class ReviewerOut(BaseModel):
    """One reviewer. `others`: everybody else in the same time; `before`: the same person in the time before. Drift:
    the intervals do not touch. `changed`: final judgements that came to another outcome."""

    name: str
    reviews: int
    agreement: AgreementOut
    confirmed: ShareOut
    others: ShareOut
    before: ShareOut
    changed: ShareOut
    drifts_from_others: bool
    drifts_from_before: bool
    sessions: str


class PairOut(BaseModel):
    """Two independent reviews of a session."""

    session_id: str
    first: str
    first_outcome: str
    second: str
    second_outcome: str
    agreed: bool


class CalibrationOut(BaseModel):
    """All of it; pairs the newest first, at most 200."""

    agreement: AgreementOut
    periods: list[PeriodOut]
    reviewers: list[ReviewerOut]
    pairs: list[PairOut]


@router.get("/calibration", response_model=CalibrationOut, responses=declares("period_unfit"))
def show(
    caller: Office,
    store: Kept,
    asked: Asked,
    by: Annotated[Literal["week", "month"], Query(description="periods of the course")] = "month",
) -> CalibrationOut:
    """校准：双人盲审一致率、kappa、随时间的漂移 / Agreement of blind second reviews, kappa, and drift over time."""
    scope = asked.scope(caller)
    spans = periods_of(asked, by)
    with store.database.reading() as s:
        found = calibration.calibrate(s, scope, spans)
    days = {one.name: one for one in spans}
    return CalibrationOut(
        agreement=AgreementOut(**asdict(found.agreement)),
        periods=[
            PeriodOut(
                period=one.period,
                since=civil_day(days[one.period].since),
                until=civil_day(days[one.period].until - timedelta(seconds=1)),
                agreement=AgreementOut(**asdict(one.agreement)),
                confirmed=_share(one.confirmed),
            )
            for one in found.periods
        ],
        reviewers=[
            ReviewerOut(
                name=one.name,
                reviews=one.reviews,
                agreement=AgreementOut(**asdict(one.agreement)),
                confirmed=_share(one.confirmed),
                others=_share(one.others),
                before=_share(one.before),
                changed=_share(one.changed),
                drifts_from_others=one.from_others,
                drifts_from_before=one.from_before,
                sessions=link_to(scope, reviewer=one.name),
            )
            for one in found.reviewers
        ],
        pairs=[
            PairOut(**asdict(one), agreed=one.first_outcome == one.second_outcome) for one in found.pairs[:MOST_PAIRS]
        ],
    )


def _share(one: Share) -> ShareOut:
    low, high = one.interval or (None, None)
    return ShareOut(hits=one.hits, of=one.of, value=one.value, low=low, high=high)
