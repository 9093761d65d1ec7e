"""Keeping and removing: dates of contracts, legal holds, purges by two people; and numbers that must not be called."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.context import request_id
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit, Listed
from api.http.problems import declares
from engine.duties.clocks import deadline
from engine.errors import MingjianError
from engine.order import Order
from engine.store import consistency, keeping, policies, sessions, tickets
from engine.store.policies import PolicyDates

router = APIRouter(prefix="/v1", tags=["保管 / keeping"])

Reader = Annotated[Caller, Depends(allow("compliance", "administrator", "auditor"))]
Keeper = Annotated[Caller, Depends(allow("compliance", "administrator", person=True))]
Teller = Annotated[Caller, Depends(allow("uploader", "compliance", "administrator"))]
Caring = Annotated[Caller, Depends(allow("reviewer", "senior_reviewer", "compliance", "administrator", "uploader"))]
SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
HoldId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
PurgeId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
PolicyNo = Annotated[str, Path(min_length=1, max_length=100)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class Body(BaseModel):
    """Base of what is sent: unknown names are faults."""

    model_config = ConfigDict(extra="forbid")


class DatesIn(Body):
    """Dates of a contract as they become known; what is left out stays as it was."""

    issued_at: AwareDatetime | None = None
    receipt_signed_at: AwareDatetime | None = None
    contract_ended_at: AwareDatetime | None = None


class DatesOut(BaseModel):
    """What is known of a contract's dates beside the orders."""

    policy_no: str
    issued_at: datetime | None
    receipt_signed_at: datetime | None
    contract_ended_at: datetime | None
    told_by: str
    told_at: datetime | None


class HoldIn(Body):
    """Why nothing may be removed: the complaint or lawsuit."""

    reason: Words


class DisputeEndIn(Body):
    """When the dispute ended; the session is then kept for the years that the rules add."""

    ended_at: AwareDatetime


class HoldOut(BaseModel):
    """A legal hold."""

    id: str
    session_id: str
    reason: str
    placed_by: str
    placed_at: datetime
    dispute_ended_at: datetime | None
    ends_after: datetime | None


class HeldOut(HoldOut):
    """A legal hold, and what it holds."""

    policy_no: str | None
    branch: str | None


class ObstacleOut(BaseModel):
    """What stands against removing a session."""

    code: str
    zh: str
    en: str
    until: datetime | None


class KeptOut(BaseModel):
    """How long a session is kept, and why it may not go; `may_go` when nothing stands against it."""

    session_id: str
    purge_after: datetime | None
    may_go: bool
    obstacles: list[ObstacleOut]
    holds: list[HoldOut]


class CandidateOut(BaseModel):
    """A session that may be removed."""

    session_id: str
    policy_no: str | None
    branch: str | None
    created_at: datetime
    purge_after: datetime


class PurgeIn(Body):
    """A session to be removed."""

    session_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    note: Words | None = None


class RefuseIn(Body):
    """Why it is not to be removed."""

    note: Words | None = None


class PurgeOut(BaseModel):
    """A request to remove a session."""

    id: str
    session_id: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    state: Literal["requested", "refused", "done"]
    note: str | None


class RefusalIn(Body):
    """Somebody who wants no more sales calls. The number is kept as a salted hash alone."""

    phone: Annotated[str, Field(pattern=r"^[0-9+ \-()]{5,30}$")]
    refused_at: AwareDatetime | None = None
    session_id: Annotated[str | None, Field(pattern=r"^[0-9a-f]{32}$")] = None


class CheckIn(Body):
    """A number somebody is about to call."""

    phone: Annotated[str, Field(pattern=r"^[0-9+ \-()]{5,30}$")]


class RefusalOut(BaseModel):
    """Whether a number may be called for sales; `until` when not."""

    may_call: bool
    until: datetime | None


@router.get("/policies/{policy_no}/dates", responses=declares("not_found"))
def show_dates(
    policy_no: PolicyNo,
    _caller: Annotated[Caller, Depends(allow("reviewer", "senior_reviewer", "compliance", "administrator", "auditor"))],
    store: Kept,
) -> DatesOut:
    """保单日期 / The dates of a contract."""
    with store.database.reading() as s:
        found = policies.dates(s, policy_no)
    if found is None:
        raise MingjianError("not_found", thing="policy", id=policy_no)
    return DatesOut.model_validate(found, from_attributes=True)


@router.put("/policies/{policy_no}/dates", responses=declares("conflict"))
def tell_dates(
    policy_no: PolicyNo,
    body: DatesIn,
    caller: Teller,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("policy.dates"))],
) -> DatesOut:
    """补录承保、签收、合同终止日期；期限随之重算 / Tell the dates of a contract: everything due is set anew."""
    told = PolicyDates(policy_no, body.issued_at, body.receipt_signed_at, body.contract_ended_at, caller.name)
    with store.database.writing() as s:
        found = policies.tell(s, told, at)
        tickets.refresh(s, policy_no, at)
        consistency.compare_again(s, policy_no)
        trail.within(s, caller.name, f"policy/{policy_no}", **policies.as_json(told))
    return DatesOut.model_validate(found, from_attributes=True)


@router.get("/keeping/candidates", responses=declares("cursor_unreadable"))
def list_candidates(
    _caller: Reader, store: Kept, at: Now, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> Listed[CandidateOut]:
    """到期可删的会话 / Sessions whose keeping has ended and that nothing holds."""
    with store.database.reading() as s:
        page = keeping.candidates(s, at, cursor, limit)
    rows = [CandidateOut.model_validate(row, from_attributes=True) for row in page.rows]
    return Listed(items=rows, next=page.cursor)


@router.get("/keeping/sessions/{session_id}", responses=declares("not_found"))
def show_keeping(session_id: SessionId, _caller: Reader, store: Kept, at: Now) -> KeptOut:
    """保管到何时、为何不能删 / How long a session is kept, and what stands against removing it."""
    with store.database.reading() as s:
        against = keeping.what_stands_against(s, session_id, at)
        found = sessions.get(s, session_id)
        held = keeping.holds(s, session_id)
    return KeptOut(
        session_id=session_id,
        purge_after=found.purge_after if found else None,
        may_go=not against,
        obstacles=[ObstacleOut.model_validate(one, from_attributes=True) for one in against],
        holds=[HoldOut.model_validate(one, from_attributes=True) for one in held],
    )


@router.get("/keeping/holds", responses=declares("cursor_unreadable"))
def list_holds(
    _caller: Reader,
    store: Kept,
    at: Now,
    standing: Annotated[bool, Query(description="only those that still hold")] = True,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Listed[HeldOut]:
    """封存的会话 / Sessions on hold."""
    with store.database.reading() as s:
        page = keeping.all_holds(s, at, standing=standing, cursor=cursor, limit=limit)
    rows = [HeldOut(**asdict(one.hold), policy_no=one.policy_no, branch=one.branch) for one in page.rows]
    return Listed(items=rows, next=page.cursor)


@router.post("/keeping/sessions/{session_id}/holds", status_code=201, responses=declares("not_found"))
def place_hold(
    session_id: SessionId,
    body: HoldIn,
    caller: Keeper,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("hold.place"))],
) -> HoldOut:
    """因投诉或诉讼封存 / Hold a session for a complaint or lawsuit."""
    with store.database.writing() as s:
        found = keeping.place_hold(s, session_id, body.reason, caller.name, at)
        trail.within(s, caller.name, f"session/{session_id}", hold=found.id)
    return HoldOut.model_validate(found, from_attributes=True)


@router.post("/keeping/holds/{hold_id}/end", responses=declares("not_found", "conflict"))
def end_hold(
    hold_id: HoldId,
    body: DisputeEndIn,
    caller: Keeper,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("hold.end"))],
) -> HoldOut:
    """争议已结束；此后再保管两年 / The dispute has ended; two more years follow."""
    if body.ended_at > at:
        raise MingjianError("request_invalid", detail="ended_at: 晚于现在 / lies in the future")
    with store.database.writing() as s:
        found = keeping.end_dispute(s, hold_id, body.ended_at)
        trail.within(s, caller.name, f"session/{found.session_id}", hold=hold_id, ended_at=body.ended_at.isoformat())
    return HoldOut.model_validate(found, from_attributes=True)


@router.get("/keeping/purges", responses=declares("cursor_unreadable"))
def list_purges(
    _caller: Reader,
    store: Kept,
    state: Literal["requested", "refused", "done"] | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Listed[PurgeOut]:
    """删除申请 / Requests to remove sessions."""
    with store.database.reading() as s:
        page = keeping.purges(s, state, cursor, limit)
    rows = [PurgeOut.model_validate(row, from_attributes=True) for row in page.rows]
    return Listed(items=rows, next=page.cursor)


@router.post("/keeping/purges", status_code=201, responses=declares("not_found", "purge_refused"))
def request_purge(
    body: PurgeIn, caller: Keeper, store: Kept, at: Now, trail: Annotated[Trail, Depends(audited("purge.request"))]
) -> PurgeOut:
    """申请删除；须另一人批准 / Ask for a session to be removed; another person must agree."""
    with store.database.writing() as s:
        found = keeping.request_purge(s, body.session_id, caller.name, body.note, at)
        trail.within(s, caller.name, f"session/{body.session_id}", purge=found.id)
    return PurgeOut.model_validate(found, from_attributes=True)


@router.post(
    "/keeping/purges/{purge_id}/approve",
    responses=declares("not_found", "purge_refused", "purge_needs_second", "purge_state"),
)
def approve_purge(purge_id: PurgeId, caller: Keeper, store: Kept, at: Now) -> PurgeOut:
    """批准并删除 / Agree, and remove it. The audit log keeps who, when, and the hashes of what went."""
    with store.database.writing() as s:
        found = keeping.approve_purge(s, purge_id, caller.name, at, request_id.get())
    return PurgeOut.model_validate(found, from_attributes=True)


@router.post("/keeping/purges/{purge_id}/refuse", responses=declares("not_found", "purge_state"))
def refuse_purge(
    purge_id: PurgeId,
    body: RefuseIn,
    caller: Keeper,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("purge.refuse"))],
) -> PurgeOut:
    """不同意删除 / Refuse a removal."""
    with store.database.writing() as s:
        found = keeping.refuse_purge(s, purge_id, caller.name, body.note, at)
        trail.within(s, caller.name, f"session/{found.session_id}", purge=purge_id)
    return PurgeOut.model_validate(found, from_attributes=True)


@router.post("/refusals", status_code=201)
def refuse_calls(
    body: RefusalIn, caller: Caring, store: Kept, at: Now, trail: Annotated[Trail, Depends(audited("dnc.add"))]
) -> RefusalOut:
    """登记拒绝来电 / Somebody wants no more sales calls."""
    refused_at = body.refused_at or at
    if refused_at > at:
        raise MingjianError("request_invalid", detail="refused_at: 晚于现在 / lies in the future")
    until = deadline("dnc_until", Order(), {"refused_at": refused_at}).at or refused_at
    with store.database.writing() as s:
        policies.refuse_calls(s, body.phone, refused_at, until, caller.name, at, body.session_id)
        trail.within(s, caller.name, "refusals", until=until.isoformat())
    return RefusalOut(may_call=at > until, until=until)


@router.post("/refusals/check")
def check_number(body: CheckIn, _caller: Caring, store: Kept, at: Now) -> RefusalOut:
    """外呼前查询；号码不进地址和日志 / Ask before calling. A POST, so that the number stands in no address or log."""
    with store.database.reading() as s:
        until = policies.refusal_until(s, body.phone, at)
    return RefusalOut(may_call=until is None, until=until)
