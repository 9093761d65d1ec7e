"""What can be seen and heard: recordings, clips, key frames; and the inspection that speaks of them.

Every view stands in the audit log. A player asks for one file many times, so a view is one line for each ten minutes.
A `<video>` sends no token: it gets a link that is signed, names its caller and lasts minutes; it opens no more than
that caller may open at the moment of its use.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session as Transaction

from api.http.access import Kept, Now, Permission, Served, Trail, allow, audited, service
from api.http.caller import Caller
from api.http.problems import declares
from api.http.ranges import Whole, serve
from api.http.visibility import (
    LISTING,
    REVIEWERS,
    WATCHING,
    inspection_for,
    is_blind,
    is_masked,
    refuse_own_sale,
    session_of,
)
from engine import revising
from engine.errors import MingjianError
from engine.inspection import to_json
from engine.report.output import REPORT_FILE
from engine.store import blob_rows, inspections, sessions
from engine.store.sessions import SessionRow
from engine.store.store import Store

router = APIRouter(prefix="/v1/sessions/{session_id}", tags=["录音录像与结果 / media and results"])
SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Index = Annotated[int, Path(ge=0, le=999)]
Version = Annotated[int | None, Query(ge=1, le=1_000_000, description="the newest when not given")]
SCOPE = "media:read"
PURPOSE = "media-link"
FOLLOW_RANGES = declares("not_found", "range_unfit", "blob_missing", "blobs_unavailable")
BINARY: dict[int | str, dict[str, Any]] = {
    200: {"description": "the file", "content": {"application/octet-stream": {}}},
    206: {"description": "a part of it", "content": {"application/octet-stream": {}}},
}
SHOWN = {".jpg": "image/jpeg", ".png": "image/png", ".mp4": "video/mp4", ".m4a": "audio/mp4", ".wav": "audio/wav"}


class MediaPermission(Permission):
    """As `allow`, or by a signed link."""

    def __call__(self, request: Request) -> Caller:
        mark = request.query_params.get("signature")
        if mark is None:
            return super().__call__(request)
        served = service(request)
        by, expires = request.query_params.get("by", ""), request.query_params.get("expires", "")
        original = request.query_params.get("original", "") in ("1", "true")
        text = link_text(request.url.path, by, expires, original=original)
        fits = served.keys.verify(PURPOSE, text, mark)
        if not fits or not expires.isdigit() or int(expires) < served.clock().timestamp():
            raise MingjianError("not_signed_in")
        caller = served.doorman.by_id(by)
        if caller is None or caller.role not in self.roles or not caller.may(SCOPE):
            raise MingjianError("not_signed_in")
        return caller


def link_text(path: str, by: str, expires: str, *, original: bool) -> str:
    """What a link's signature covers."""
    return "\n".join((path, by, expires, str(original)))


Watcher = Annotated[Caller, Depends(MediaPermission(WATCHING, SCOPE, person=False))]


class LinkIn(BaseModel):
    """Which file the link is for."""

    model_config = ConfigDict(extra="forbid")

    original: bool = False


class Link(BaseModel):
    """An address that plays without a token, until `expires_at`."""

    url: str
    expires_at: datetime


@router.get("/inspection", responses=declares("not_found", "not_inspected", "blob_missing", "blobs_unavailable"))
def inspection(
    session_id: SessionId,
    caller: Annotated[Caller, Depends(allow(*LISTING))],
    store: Kept,
    trail: Annotated[Trail, Depends(audited("inspection.view"))],
    version: Version = None,
) -> Response:
    """质检结果（contract 的 Inspection JSON），按角色脱敏 / The inspection, masked by role."""
    with store.database.reading() as s:
        row = session_of(s, caller, session_id)
        _refuse_blind(s, caller, session_id)
    if not is_masked(caller):
        refuse_own_sale(caller, row)
    found = revising.stored(store, session_id, version)
    trail.write(caller.name, f"session/{session_id}", version=found.row.version)
    return Response(to_json(inspection_for(caller, found.inspection)), media_type="application/json")


@router.get("/media/{part}", responses=FOLLOW_RANGES | BINARY, response_class=Response)
def media(
    session_id: SessionId,
    part: Index,
    request: Request,
    caller: Watcher,
    served: Served,
    trail: Annotated[Trail, Depends(audited("media.view"))],
    original: Annotated[bool, Query(description="the untouched file, not the playable rendition")] = False,
    expires: Annotated[str | None, Query(max_length=20, description="of a signed link")] = None,  # noqa: ARG001
    by: Annotated[str | None, Query(max_length=32, description="of a signed link")] = None,  # noqa: ARG001
    signature: Annotated[str | None, Query(max_length=64, description="of a signed link")] = None,  # noqa: ARG001
) -> Response:
    """播放录音录像，支持 Range / Play a recording, whole or in ranges."""
    row, file, what = _file_of(served.store, caller, session_id, part, original=original)
    if served.views.is_new(caller.name, what, served.clock()):
        trail.write(caller.name, f"session/{row.id}", part=part, original=original)
    return serve(request.headers, file, download=original)


@router.post("/media/{part}/link", response_model=Link, status_code=201, responses=declares("not_found"))
def link(
    session_id: SessionId,
    part: Index,
    body: LinkIn,
    caller: Annotated[Caller, Depends(allow(*WATCHING, scope=SCOPE))],
    served: Served,
    at: Now,
    trail: Annotated[Trail, Depends(audited("media.link"))],
) -> Link:
    """生成短时有效的播放地址，供 <video> 使用 / An address for a <video>, good for some minutes."""
    _file_of(served.store, caller, session_id, part, original=body.original)
    trail.write(caller.name, f"session/{session_id}", part=part, original=body.original)
    path = f"/v1/sessions/{session_id}/media/{part}"
    return signed_link(served, path, caller.id, at, original=body.original)


def signed_link(served: Any, path: str, caller_id: str, at: datetime, *, original: bool) -> Link:
    """An address for this caller that opens without a token for some minutes."""
    until = at + timedelta(seconds=served.server.media_link)
    expires = str(int(until.timestamp()))
    text = link_text(path, caller_id, expires, original=original)
    told = {"original": "1"} if original else {}
    query = urlencode({**told, "by": caller_id, "expires": expires, "signature": served.keys.sign(PURPOSE, text)})
    return Link(url=f"{path}?{query}", expires_at=until)


@router.get("/files/{path:path}", responses=FOLLOW_RANGES | declares("not_inspected") | BINARY, response_class=Response)
def file_of_inspection(
    session_id: SessionId,
    path: Annotated[str, Path(max_length=300)],
    request: Request,
    caller: Annotated[Caller, Depends(allow(*REVIEWERS, "auditor", scope=SCOPE))],
    served: Served,
    trail: Annotated[Trail, Depends(audited("clip.view"))],
    version: Version = None,
) -> Response:
    """质检结果里的片段、关键帧和报告 / Clips, key frames and the report of an inspection."""
    with served.store.database.reading() as s:
        row = session_of(s, caller, session_id)
        refuse_own_sale(caller, row)
        _refuse_blind(s, caller, session_id)
        chosen = inspections.newest(s, session_id) if version is None else inspections.get(s, session_id, version)
        if chosen is None:
            raise MingjianError("not_inspected", session=session_id)
        blob = inspections.files(s, chosen.id).get(path)
    if blob is None or (path == REPORT_FILE and is_masked(caller)):
        raise MingjianError("not_found", thing="file", id=path)
    if served.views.is_new(caller.name, f"{session_id}/{path}", served.clock()):
        trail.write(caller.name, f"session/{session_id}", file=path)
    suffix = path[path.rfind(".") :].lower()
    shown = SHOWN.get(suffix, "application/octet-stream")
    name = path.rsplit("/", 1)[-1]
    return serve(request.headers, _whole(served.store, blob, name, shown), download=suffix not in SHOWN)


def _refuse_blind(s: Transaction, caller: Caller, session_id: str) -> None:
    """Raises MingjianError `not_allowed` to whom reviews the session as a sample: without the machine's verdict."""
    if is_blind(s, caller, session_id):
        raise MingjianError("not_allowed")


def _file_of(
    store: Store, caller: Caller, session_id: str, index: int, *, original: bool
) -> tuple[SessionRow, Whole, str]:
    """The file that plays for a part. Raises MingjianError `not_found`, `not_allowed`."""
    with store.database.reading() as s:
        row = session_of(s, caller, session_id)
        refuse_own_sale(caller, row)
        part = next((one for one in sessions.parts(s, session_id) if one.index == index), None)
        if part is None or row.state == "purged":
            raise MingjianError("not_found", thing="part", id=f"{session_id}/{index}")
        blob = part.blob if original or part.rendition is None else part.rendition
        known = blob_rows.get(s, blob)
    media_type = known.media_type if known else "application/octet-stream"
    return row, _whole(store, blob, part.file_name, media_type), f"{session_id}/{index}/{original}"


def _whole(store: Store, blob: str, name: str, media_type: str) -> Whole:
    return Whole(
        size=store.blobs.size(blob),
        media_type=media_type,
        name=name,
        mark=blob,
        read=lambda start, end: store.blobs.stream(blob, start, end),
    )
