"""Evidence that a branch hands in with its appeal: pictures and papers, for those who judge it."""

import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.media import BINARY
from api.http.problems import declares
from api.http.ranges import Whole, serve
from api.http.reviewing import Identifier
from api.http.visibility import refuse_own_sale
from engine.errors import MingjianError
from engine.reviewing import reviews_policy
from engine.store import appeals, review_rows, sessions
from engine.store.appeals import AppealFileRow, NewFile
from engine.store.sessions import SessionRow
from engine.store.store import Store

router = APIRouter(prefix="/v1/reviews/{review_id}/appeal/files", tags=["复核 / reviews"])

MIB = 1024 * 1024
BEGINS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "application/pdf": b"%PDF-"}
"""How files of these kinds begin: what somebody calls a picture must be one."""
SHOWN = ("image/jpeg", "image/png")
"""Shown in the page; others are downloaded."""
SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in BEGINS},
    }
}
Appellant = Annotated[Caller, Depends(allow("branch", person=True))]
Judging = Annotated[Caller, Depends(allow("reviewer", "senior_reviewer", "compliance", "auditor", "branch"))]


class AppealFileOut(BaseModel):
    """A file of an appeal."""

    id: str
    name: str
    media_type: str
    bytes: int
    made_by: str


@router.post(
    "",
    status_code=201,
    openapi_extra=SENT,
    responses=declares("review_unknown", "review_state", "appeal_file_refused", "too_large", "blobs_unavailable"),
)
def hand_in(
    review_id: Identifier,
    request: Request,
    caller: Appellant,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("appeal.file"))],
    name: Annotated[str, Query(min_length=1, max_length=120, description="the file's name")],
) -> AppealFileOut:
    """申诉附材料：JPEG、PNG 图片或 PDF，申诉未裁定前可补交 / Evidence for an open appeal: JPEG, PNG or PDF."""
    body: bytes = getattr(request.state, "body", b"")
    media_type = _checked(request.headers.get("content-type", ""), body)
    _of_branch(store, caller, review_id)
    with tempfile.TemporaryDirectory(prefix="mingjian-") as folder:
        path = FilePath(folder) / "file"
        path.write_bytes(body)
        blob = store.keep(path, media_type, at, consume=True).sha256
    new = NewFile(_plain(name), media_type, len(body), blob)
    with store.database.writing() as s:
        row = appeals.attach(s, review_id, new, caller.name, reviews_policy().appeal_files.most, at)
        trail.within(s, caller.name, f"review/{review_id}", file=row.id, sha256=blob, bytes=row.bytes)
    return _out(row)


@router.get(
    "/{file_id}",
    response_class=Response,
    responses=declares("not_found", "review_unknown", "range_unfit", "blob_missing", "blobs_unavailable") | BINARY,
)
def show(
    review_id: Identifier,
    file_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
    request: Request,
    caller: Judging,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("appeal.file.view"))],
) -> Response:
    """申诉材料 / A file of an appeal."""
    session = _of_branch(store, caller, review_id) if caller.role == "branch" else _of_review(store, review_id)
    if caller.role != "branch":
        refuse_own_sale(caller, session)
    with store.database.reading() as s:
        row, blob = appeals.blob_of(s, review_id, file_id)
    trail.write(caller.name, f"session/{session.id}", review=review_id, file=file_id)
    whole = Whole(
        size=row.bytes,
        media_type=row.media_type,
        name=row.name,
        mark=blob,
        read=lambda start, end: store.blobs.stream(blob, start, end),
    )
    return serve(request.headers, whole, download=row.media_type not in SHOWN)


def _checked(told: str, body: bytes) -> str:
    """The kind of a file that may be taken. Raises MingjianError `appeal_file_refused`."""
    policy = reviews_policy().appeal_files
    media_type = told.partition(";")[0].strip().lower()
    begin = BEGINS.get(media_type)
    if media_type not in policy.types or begin is None or not body.startswith(begin):
        kinds = "、".join(policy.types)
        raise MingjianError("appeal_file_refused", detail=f"只收 {kinds} / only {kinds}")
    if len(body) > policy.largest_mb * MIB:
        detail = f"每个不超过 {policy.largest_mb:g} MB / {policy.largest_mb:g} MB at most"
        raise MingjianError("appeal_file_refused", detail=detail)
    return media_type


def _plain(name: str) -> str:
    """The last step of a file's name, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in last if one.isprintable()).strip() or "file"


def _of_review(store: Store, review_id: str) -> SessionRow:
    with store.database.reading() as s:
        session = sessions.get(s, review_rows.get(s, review_id).session_id)
    if session is None:
        raise MingjianError("review_unknown", review=review_id)
    return session


def _of_branch(store: Store, caller: Caller, review_id: str) -> SessionRow:
    """The session of a review of the caller's own branch. Raises MingjianError `review_unknown`."""
    session = _of_review(store, review_id)
    if caller.branch is None or session.branch != caller.branch:
        raise MingjianError("review_unknown", review=review_id)
    return session


def _out(row: AppealFileRow) -> AppealFileOut:
    return AppealFileOut.model_validate(row, from_attributes=True)
