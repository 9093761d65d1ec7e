"""What a branch sees of its own sales: findings, quotes, fix hints, decisions, appeals. Never media; people masked."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.lists import Cursor
from api.http.problems import declares
from engine.inspection import Inspection, Item
from engine.report.mask import Masker, mask_inspection
from engine.reviewing import reviews_policy
from engine.revising import result_of
from engine.store import inspections, review_rows, sessions, tickets
from engine.store.filters import SessionFilters
from engine.store.review_rows import BLIND, ReviewDetail
from engine.store.sessions import SessionRow
from engine.store.store import Store
from engine.store.tickets import TicketFilters, TicketRow

router = APIRouter(prefix="/v1/branch", tags=["机构 / branch"])
Branch = Annotated[Caller, Depends(allow("branch"))]
Word = Annotated[str | None, Query(max_length=200)]
NEEDS_PERSON = ("fail", "review", "inconclusive")


class Said(BaseModel):
    """What was said, by whom and when (seconds of the session)."""

    role: str
    start: float
    end: float
    quote: str


class BranchFinding(BaseModel):
    """A finding: what is wrong, on which words, how to mend it, and what people decided of it so far."""

    item: str
    product_index: int | None
    title: str
    severity: str
    verdict: str
    reason: str
    fix: str | None
    basis: list[str]
    quotes: list[Said]
    missing: list[str]
    answer: str | None
    decision: str | None


class BranchFile(BaseModel):
    """A file that was handed in with an appeal."""

    id: str
    name: str
    media_type: str
    bytes: int


class BranchAppeal(BaseModel):
    """An appeal and what came of it."""

    text: str
    items: list[str]
    made_by: str
    made_at: datetime
    state: str
    judged_at: datetime | None
    judgement: str | None
    files: list[BranchFile]


class BranchReview(BaseModel):
    """Where the review of a session stands. `may_appeal`: until `appeal_until`."""

    id: str
    state: str
    due_at: datetime
    outcome: str | None
    note: str | None
    decided_at: datetime | None
    appeal_until: datetime | None
    may_appeal: bool
    version: int
    appeals: list[BranchAppeal]


class BranchTicket(BaseModel):
    """A rectification and its clock."""

    id: str
    kind: str
    state: str
    due_at: datetime | None
    closed_at: datetime | None


class BranchSession(BaseModel):
    """A session of the branch with what was found."""

    session_id: str
    created_at: datetime
    recorded_at: datetime | None
    policy_no: str | None
    scenario: str | None
    product: str | None
    agent_no: str | None
    agent_name: str | None
    retry_of: str | None
    verdict: str | None
    score: float | None
    findings: list[BranchFinding]
    reviews: list[BranchReview]
    tickets: list[BranchTicket]


class BranchPage(BaseModel):
    """A page of sessions, newest first."""

    items: list[BranchSession]
    next: str | None


@router.get("/findings", response_model=BranchPage, responses=declares("cursor_unreadable", "blob_missing"))
def findings(
    caller: Branch,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("branch.view"))],
    verdict: Annotated[list[Literal["clear", "flagged", "unusable"]] | None, Query()] = None,
    agent_no: Word = None,
    item: Word = None,
    policy_no: Word = None,
    session: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$", description="only this one")] = None,
    created_from: AwareDatetime | None = None,
    created_until: AwareDatetime | None = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> BranchPage:
    """本机构的问题、原话、整改建议和申诉 / What was found in the branch's sales, the words, how to mend it, appeals."""
    filters = SessionFilters(
        state=("inspected",),
        verdict=tuple(verdict or ("flagged", "unusable")),
        branch=caller.branch or "-",
        agent_no=agent_no,
        item=item,
        policy_no=policy_no,
        created_from=created_from,
        created_until=created_until,
    )
    with store.database.reading() as s:
        if session is not None:
            row = sessions.get(s, session)
            rows: tuple[SessionRow, ...] = (
                (row,) if row and caller.branch and row.branch == caller.branch and row.inspection_id else ()
            )
            after = None
        else:
            page = sessions.page(s, filters, cursor, limit)
            rows, after = page.rows, page.cursor
        results = {
            row.id: found.result
            for row in rows
            if row.inspection_id and (found := inspections.by_id(s, row.inspection_id)) is not None
        }
        reviewed = review_rows.of_sessions(s, [row.id for row in rows])
        opened = {
            row.id: tickets.page(s, TicketFilters(session_id=row.id, kind="rectify"), at, limit=20).rows for row in rows
        }
    shown = [_session(store, row, results.get(row.id), reviewed.get(row.id, ()), opened[row.id], at) for row in rows]
    trail.write(caller.name, f"branch/{caller.branch or '-'}"[:100], sessions=[row.id for row in rows])
    return BranchPage(items=shown, next=after)


def _session(
    store: Store,
    row: SessionRow,
    result: str | None,
    reviewed: tuple[ReviewDetail, ...],
    opened: tuple[TicketRow, ...],
    at: datetime,
) -> BranchSession:
    masker = Masker.for_order(row.order)
    known = [one for one in reviewed if one.review.reason not in BLIND or one.review.decided_at is not None]
    inspection = result_of(store, result) if result else None
    names = (name for name in BranchSession.model_fields if hasattr(row, name))
    return BranchSession(
        session_id=row.id,
        **{name: getattr(row, name) for name in names},
        findings=_findings(inspection, masker, known) if inspection else [],
        reviews=[_review(one, masker, at) for one in known if one.review.state != "void"],
        tickets=[
            BranchTicket(id=one.id, kind=one.kind, state=one.state, due_at=one.due_at, closed_at=one.closed_at)
            for one in opened
        ],
    )


def _findings(inspection: Inspection, masker: Masker, reviewed: list[ReviewDetail]) -> list[BranchFinding]:
    decided = {
        (one.item, one.product_index): one.decision
        for detail in reviewed
        for stage in ("first", "final")
        for one in detail.decisions
        if one.stage == stage
    }
    shown = {(one.id, one.product_index) for one in inspections.flagging_of(inspection)} | decided.keys()
    return [
        _finding(item, decided.get((item.id, item.product_index)))
        for item in mask_inspection(inspection, masker).items
        if item.verdict in NEEDS_PERSON and (item.id, item.product_index) in shown
    ]


def _finding(item: Item, decision: str | None) -> BranchFinding:
    return BranchFinding(
        item=item.id,
        product_index=item.product_index,
        title=item.title,
        severity=item.severity,
        verdict=item.verdict,
        reason=item.reason,
        fix=item.fix,
        basis=[f"{one.title} {one.article}".strip() for one in item.basis],
        quotes=[
            Said(role=one.role, start=one.start, end=one.end, quote=one.quote) for one in item.evidence if one.quote
        ],
        missing=[one.name for one in item.concepts if not one.found],
        answer=item.answer.quote if item.answer else None,
        decision=decision,
    )


def _review(detail: ReviewDetail, masker: Masker, at: datetime) -> BranchReview:
    review = detail.review
    until = reviews_policy().appeal_until(review.decided_at) if review.decided_at else None
    note = review.final_note or review.note
    return BranchReview(
        id=review.id,
        state="open" if review.state == "claimed" else review.state,
        due_at=review.due_at,
        outcome=review.standing,
        note=masker.text(note) if note else None,
        decided_at=review.decided_at,
        appeal_until=until,
        may_appeal=review.state == "decided" and until is not None and at <= until and review.reason not in BLIND,
        version=review.version,
        appeals=[
            BranchAppeal(
                text=masker.text(one.text),
                items=list(one.items),
                made_by=one.made_by,
                made_at=one.made_at,
                state=one.state,
                judged_at=one.judged_at,
                judgement=masker.text(one.judgement) if one.judgement else None,
                files=[BranchFile.model_validate(file, from_attributes=True) for file in one.files],
            )
            for one in detail.appeals
        ],
    )
