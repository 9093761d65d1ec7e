"""The queue: what people have to look at, the most urgent first."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.http.access import Kept, Now
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit
from api.http.problems import declares
from api.http.reviewing import REVIEWERS, Reading
from engine.duties.days import civil_day, end_of
from engine.store import queue
from engine.store.measures import DOUBLE
from engine.store.queue import QueueCounts, QueueEntry, QueueFilters
from engine.store.review_rows import BLIND, ReviewRow
from engine.store.reviews import PENDING

router = APIRouter(prefix="/v1/queue", tags=["复核 / reviews"])
SAMPLE, FLAGGED = "sample", "flagged"
Text = Annotated[str | None, Query(max_length=200)]
Due = Literal["overdue", "today", "week"]


class Queued(BaseModel):
    """A review in the queue. `left`: seconds until it is due, negative when overdue. `own`: the caller has it."""

    id: str
    session_id: str
    reason: str
    state: str
    due_at: datetime
    left: float
    severity: int
    assignee: str | None
    leased_until: datetime | None
    outcome: str | None
    version: int
    own: bool
    policy_no: str | None
    branch: str | None
    agent_no: str | None
    agent_name: str | None
    product: str | None
    scenario: str | None
    verdict: str | None
    score: float | None
    duration: float | None
    recorded_at: datetime | None
    findings: list[queue.QueuedFinding]


class QueuePage(BaseModel):
    """A page of the queue, and how much there is in all of it."""

    items: list[Queued]
    next: str | None
    counts: QueueCounts


@router.get("", response_model=QueuePage, responses=declares("cursor_unreadable"))
def read_queue(
    caller: Reading,
    store: Kept,
    at: Now,
    state: Annotated[list[Literal["open", "claimed", "appealed", "decided", "final"]] | None, Query()] = None,
    assignee: Text = None,
    mine: Annotated[bool, Query(description="only the caller's")] = False,
    branch: Text = None,
    scenario: Text = None,
    agent: Text = None,
    item: Text = None,
    policy_no: Text = None,
    reason: Annotated[Literal["flagged", "quota", "blind", "double", "sample"] | None, Query()] = None,
    due: Annotated[Due | None, Query(description="overdue; by the end of today; within seven days")] = None,
    due_before: Annotated[datetime | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> QueuePage:
    """待办队列：先看剩余时间，再看严重程度 / What waits: by the time left, then by severity.

    抽检任务对复核员不显示机检结论 / Reviewers do not see what the machine made of samples.
    """
    filters = QueueFilters(
        states=tuple(state or PENDING),
        assignee=caller.name if mine else assignee,
        branch=branch,
        scenario=scenario,
        agent=agent,
        item=item,
        policy_no=policy_no,
        reasons=_reasons(reason, caller.role in REVIEWERS),
        due_before=_aware(due_before) or _due_before(due, at),
        not_sold_by=caller.staff_no if caller.role in REVIEWERS else None,
        unseen=caller.role in REVIEWERS,
    )
    with store.database.reading() as s:
        page = queue.page(s, filters, at, cursor, limit)
        counts = queue.counts(s, replace(filters, assignee=assignee), caller.name, at, end_of(civil_day(at)))
    shown = [_shown(one, caller.name, caller.role in REVIEWERS, at) for one in page.rows]
    return QueuePage(items=shown, next=page.cursor, counts=counts)


def _reasons(reason: str | None, is_reviewer: bool) -> tuple[str, ...]:
    """Reasons as they are kept. To reviewers samples are one, and second reviews are like first ones."""
    if reason is None:
        return ()
    if reason == SAMPLE or (is_reviewer and reason in BLIND):
        return BLIND
    return (FLAGGED, DOUBLE) if is_reviewer and reason in (FLAGGED, DOUBLE) else (reason,)


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=end_of(moment.date()).tzinfo)


def _due_before(due: Due | None, at: datetime) -> datetime | None:
    if due is None:
        return None
    if due == "overdue":
        return at
    return end_of(civil_day(at + timedelta(days=0 if due == "today" else 7))) + timedelta(seconds=1)


def _shown(entry: QueueEntry, caller: str, is_reviewer: bool, at: datetime) -> Queued:
    review = entry.review
    if is_reviewer and review.reason in BLIND:
        review = replace(review, reason=SAMPLE, severity=0)
        if review.state in ("open", "claimed"):
            entry = replace(entry, verdict=None, score=None, findings=())
    if is_reviewer and review.reason == DOUBLE:
        review = replace(review, reason=FLAGGED)
    return _queued(entry, review, caller, at)


def _queued(entry: QueueEntry, review: ReviewRow, caller: str, at: datetime) -> Queued:
    return Queued(
        id=review.id,
        session_id=review.session_id,
        reason=review.reason,
        state=review.state,
        due_at=review.due_at,
        left=round((review.due_at - at).total_seconds(), 3),
        severity=review.severity,
        assignee=review.assignee,
        leased_until=review.leased_until,
        outcome=review.standing,
        version=review.version,
        own=review.assignee == caller,
        policy_no=entry.policy_no,
        branch=entry.branch,
        agent_no=entry.agent_no,
        agent_name=entry.agent_name,
        product=entry.product,
        scenario=entry.scenario,
        verdict=entry.verdict,
        score=entry.score,
        duration=entry.duration,
        recorded_at=entry.recorded_at,
        findings=list(entry.findings),
    )
