"""Sessions: made of uploads, listed, looked at, inspected again, called off."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from sqlalchemy.orm import Session as Transaction

from api.http.access import Kept, Now, Served, Trail, allow, audited
from api.http.caller import Caller
from api.http.filtering import Asked
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit, Listed
from api.http.orders import order_of
from api.http.problems import declares
from api.http.session_models import (
    Accepted,
    Again,
    InspectIn,
    JobOut,
    PartOut,
    SessionDetail,
    SessionIn,
    SessionOut,
    TagsIn,
    VersionOut,
)
from api.http.visibility import (
    LISTING,
    REVIEWERS,
    SEEING,
    SENDERS,
    is_blind,
    narrowed,
    order_for,
    session_of,
    text_for,
)
from api.making import Piece, Wish, check, make
from engine import revising
from engine.errors import MingjianError
from engine.store import blob_rows, inspections, jobs, sessions, uploads
from engine.store.ids import new_id
from engine.store.jobs import JobRow, NewJob
from engine.store.sessions import SessionRow

router = APIRouter(prefix="/v1/sessions", tags=["会话 / sessions"])
SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
SOON = timedelta(hours=1)
HIDDEN_FROM_CUSTOMERS = ("agent_no", "agent_name", "branch", "verdict", "outcome", "score", "due_at", "trigger")
Sender = Annotated[Caller, Depends(allow(*SENDERS))]
Seer = Annotated[Caller, Depends(allow(*SEEING))]
Lister = Annotated[Caller, Depends(allow(*LISTING))]


@router.post(
    "",
    response_model=Accepted,
    status_code=202,
    responses=declares(
        "not_found", "upload_gone", "conflict", "order_unreadable", "ruleset_unknown", "policy_unknown", "chat_mixed",
        "value_unfit", "upload_mismatch", "upload_refused", "blobs_unavailable",
    ),
)  # fmt: skip
def create(
    body: SessionIn,
    caller: Sender,
    served: Served,
    at: Now,
    trail: Annotated[Trail, Depends(audited("session.create"))],
) -> Accepted:
    """用已上传的文件新建会话，随即排队质检 / Make a session of uploads; it is queued for inspection at once."""
    if len(body.uploads) > served.server.uploads.most_files or len(set(body.uploads)) < len(body.uploads):
        detail = f"body.uploads: <= {served.server.uploads.most_files}, each once"
        raise MingjianError("request_invalid", detail=detail)
    wish = Wish(order_of(body.order), body.ruleset, body.policy, tuple(body.tags), body.retry_of)
    check(served.store, wish)
    pieces = [_piece(served, caller, upload_id, at) for upload_id in body.uploads]
    with served.store.database.writing() as s:
        if wish.retry_of is not None:
            session_of(s, caller, wish.retry_of)
        row = make(s, pieces, wish, caller.name, at)
        for upload_id in body.uploads:
            uploads.take(s, upload_id, row.id)
        trail.within(s, caller.name, f"session/{row.id}", uploads=body.uploads)
    return Accepted(session_id=row.id, state=row.state, created=row.created_at == at)


def _piece(served: Any, caller: Caller, upload_id: str, at: datetime) -> Piece:
    """A whole upload of the caller's. Raises MingjianError `not_found`, `upload_gone`, `conflict`."""
    row = served.staging.finished(served.staging.get(upload_id, caller.name), at)
    if row.blob is None:
        detail = f"上传 {upload_id} 尚未完成 / upload {upload_id} is not complete"
        raise MingjianError("conflict", detail=detail)
    return Piece(row.file_name, row.blob)


@router.get("", response_model=Listed[SessionOut], responses=declares("cursor_unreadable"))
def list_sessions(
    caller: Lister,
    store: Kept,
    asked: Asked,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Listed[SessionOut]:
    """会话列表，最新的在前；只含有权查看的 / Sessions, newest first; those the caller may see."""
    with store.database.reading() as s:
        page = sessions.page(s, narrowed(caller, asked), cursor, limit)
        tags = sessions.tags(s, [row.id for row in page.rows])
    return Listed(items=[_shown(caller, row, tags[row.id]) for row in page.rows], next=page.cursor)


@router.get("/{session_id}", response_model=SessionDetail, responses=declares("not_found"))
def get_session(
    session_id: SessionId,
    caller: Seer,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("session.view"))],
) -> SessionDetail:
    """一个会话：订单、文件、进度、历次结果 / One session: order, files, progress, inspections."""
    with store.database.reading() as s:
        row = session_of(s, caller, session_id)
        detail = _detailed(s, caller, row)
    trail.write(caller.name, f"session/{session_id}")
    return detail


def _detailed(s: Transaction, caller: Caller, row: SessionRow) -> SessionDetail:
    is_customer = caller.role == "customer"
    unseen = is_customer or is_blind(s, caller, row.id)
    shown = _unrevealing(_shown(caller, row, sessions.tags(s, [row.id])[row.id]), unseen)
    return SessionDetail(
        **shown.model_dump(),
        order=order_for(caller, row),
        parts=[_part(s, caller, row, one) for one in sessions.parts(s, row.id)],
        jobs=[] if is_customer else [_job(one) for one in jobs.of_session(s, row.id)],
        inspections=[] if unseen else [_version(one) for one in inspections.versions(s, row.id)],
    )


def _shown(caller: Caller, row: SessionRow, tags: tuple[str, ...]) -> SessionOut:
    values = {name: getattr(row, name) for name in SessionOut.model_fields if name != "tags"}
    if caller.role == "customer":
        values |= dict.fromkeys(HIDDEN_FROM_CUSTOMERS)
        return SessionOut(**values, tags=[])
    return SessionOut(**values, tags=list(tags))


def _unrevealing(shown: SessionOut, unseen: bool) -> SessionOut:
    """Without what the machine found, where the caller must not know it."""
    return shown.model_copy(update=dict.fromkeys(("verdict", "outcome", "score"))) if unseen else shown


def _part(s: Transaction, caller: Caller, row: SessionRow, part: sessions.PartRow) -> PartOut:
    blob = blob_rows.get(s, part.blob)
    return PartOut(
        index=part.index,
        kind=part.kind,
        file_name=text_for(caller, row, part.file_name),
        bytes=blob.bytes if blob else 0,
        media_type=blob.media_type if blob else "application/octet-stream",
        has_rendition=part.rendition is not None,
    )


def _job(row: JobRow) -> JobOut:
    return JobOut(**{name: getattr(row, name) for name in JobOut.model_fields})


def _version(row: inspections.InspectionRow) -> VersionOut:
    values = {name: getattr(row, name) for name in VersionOut.model_fields if name != "corrected"}
    return VersionOut(**values, corrected=row.correction_id is not None)


@router.put("/{session_id}/tags", response_model=SessionOut, responses=declares("not_found", "value_unfit"))
def set_tags(
    session_id: SessionId,
    body: TagsIn,
    caller: Annotated[Caller, Depends(allow(*REVIEWERS, *SENDERS))],
    store: Kept,
    trail: Annotated[Trail, Depends(audited("session.tag"))],
) -> SessionOut:
    """设置标签 / Put these tags on a session instead of those it had."""
    with store.database.writing() as s:
        row = session_of(s, caller, session_id)
        tags = sessions.set_tags(s, session_id, body.tags)
        trail.within(s, caller.name, f"session/{session_id}", tags=list(tags))
        return _unrevealing(_shown(caller, row, tags), is_blind(s, caller, session_id))


@router.post(
    "/{session_id}/inspect",
    response_model=Again,
    status_code=202,
    responses=declares(
        "not_found", "not_inspected", "conflict", "review_taken", "correction_unfit", "ruleset_unknown",
        "policy_unknown",
    ),
)  # fmt: skip
def inspect_again(
    session_id: SessionId,
    body: InspectIn,
    caller: Annotated[Caller, Depends(allow(*REVIEWERS))],
    served: Served,
    at: Now,
    trail: Annotated[Trail, Depends(audited("session.inspect"))],
) -> Again:
    """重新质检：换规则集，或带更正即时重判 / Inspect again: by another rule set, or with corrections at once."""
    with served.store.database.reading() as s:
        row = session_of(s, caller, session_id)
        newest = inspections.newest(s, session_id)
    if row.state == "purged":
        raise MingjianError("conflict", detail="会话已删除 / the session was purged")
    if body.corrections is not None:
        return _corrected(served, caller, session_id, body, at, trail)
    if newest is None and not body.media:
        raise MingjianError("not_inspected", session=session_id)
    wish = Wish(order_of(row.order), body.ruleset or row.ruleset, body.policy)
    check(served.store, wish)
    parameters = {name: value for name, value in (("ruleset", wish.ruleset), ("policy", wish.policy)) if value}
    work = NewJob(session_id, "inspect" if body.media else "rejudge", parameters, at + SOON, salt=new_id())
    with served.store.database.writing() as s:
        running = [one for one in jobs.of_session(s, session_id) if one.state in jobs.OPEN]
        if any(one.kind == work.kind and one.parameters == parameters for one in running):
            raise MingjianError("conflict", detail="这项质检正在进行 / this is being done already")
        job = jobs.enqueue(s, work, at)
        trail.within(s, caller.name, f"session/{session_id}", job=job.id, kind=job.kind, **parameters)
    return Again(session_id=session_id, job_id=job.id)


def _corrected(served: Any, caller: Caller, session_id: str, body: InspectIn, at: datetime, trail: Trail) -> Again:
    if body.base is None or body.ruleset is not None or body.policy is not None:
        detail = "corrections: base is needed, ruleset and policy are not taken"
        raise MingjianError("request_invalid", detail=detail)
    if not caller.person:
        raise MingjianError("not_allowed")
    found = revising.correct(served.store, session_id, body.corrections or [], base=body.base, by=caller.name, now=at)
    trail.write(
        caller.name, f"session/{session_id}", version=found.row.version, corrections=len(body.corrections or [])
    )
    return Again(session_id=session_id, version=found.row.version, verdict=found.row.verdict)


@router.post("/{session_id}/cancel", response_model=list[JobOut], responses=declares("not_found", "conflict"))
def cancel(
    session_id: SessionId,
    caller: Annotated[Caller, Depends(allow(*SENDERS, "senior_reviewer", "compliance"))],
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("session.cancel"))],
) -> list[JobOut]:
    """取消尚未完成的质检 / Call off the work on a session that is not done."""
    with store.database.writing() as s:
        session_of(s, caller, session_id)
        open_jobs = [one for one in jobs.of_session(s, session_id) if one.state in jobs.OPEN]
        if not open_jobs:
            raise MingjianError("conflict", detail="没有进行中的质检 / no work is open")
        stopped = [job for one in open_jobs if (job := jobs.cancel(s, one.id, at)) is not None]
        trail.within(s, caller.name, f"session/{session_id}", jobs=[one.id for one in stopped])
    return [_job(one) for one in stopped]


@router.post("/{session_id}/retry", response_model=list[JobOut], responses=declares("not_found", "conflict"))
def retry(
    session_id: SessionId,
    caller: Annotated[Caller, Depends(allow("administrator", "senior_reviewer", "compliance"))],
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("session.retry"))],
) -> list[JobOut]:
    """失败、隔离或取消的质检重新开始 / Begin work anew that failed, was set aside or called off."""
    with store.database.writing() as s:
        session_of(s, caller, session_id)
        ended = [one for one in jobs.of_session(s, session_id) if one.state in jobs.ENDED]
        begun = [job for one in ended if (job := jobs.retry(s, one.id, at)) is not None]
        if not begun:
            raise MingjianError("conflict", detail="没有失败的质检 / no work has failed")
        trail.within(s, caller.name, f"session/{session_id}", jobs=[one.id for one in begun])
    return [_job(one) for one in begun]
