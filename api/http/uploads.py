"""Resumable uploads (tus 1.0): creation, creation-with-upload, termination, expiration, checksum.

Own code rather than a library's: an offset here is a promise about the disk (api/staging.py), uploads belong to their
owner, and the file ends among the blobs, checked against the SHA-256 that was announced.
"""

import base64
import binascii
import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from api.file_names import check_type, plain_name
from api.http.access import Now, Served, Trail, allow, audited
from api.http.caller import Caller
from api.http.gate import NO_TEXT
from api.http.problems import Refusal, declares
from api.receiving import Checksum
from engine.errors import MingjianError
from engine.store.uploads import NewUpload, UploadRow

router = APIRouter(prefix="/v1/uploads", tags=["上传 / uploads"])
Sender = Annotated[Caller, Depends(allow("uploader", "administrator"))]
UploadId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
ALGORITHMS = ("sha256", "sha1")
PIECE_TYPE = "application/offset+octet-stream"
MOST_METADATA = 8192
LARGEST_LENGTH = 2**62
NUMBER = re.compile(r"[0-9]{1,19}")
SHA256 = re.compile(r"[0-9a-fA-F]{64}")
SPEAKS_TUS = {"Tus-Resumable": VERSION}
WRITES = declares(
    "protocol_unfit", "not_found", "upload_gone", "upload_offset", "upload_busy", "upload_mismatch", "upload_refused",
    "too_large", "storage_full", "unavailable",
)  # fmt: skip


def _header(name: str, *, required: bool = True, pattern: str = "^[0-9]{1,19}$", text: str = "") -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": required, "description": text, "schema": schema}


RESUMABLE = _header("Tus-Resumable", pattern="^1\\.0\\.0$")
BODY = {"requestBody": {"content": {PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}}


@router.options("", status_code=204)
def abilities(served: Served) -> Response:
    """服务器支持的 tus 能力 / What the server can do."""
    return Response(
        status_code=204,
        headers={
            **SPEAKS_TUS,
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(served.server.uploads.largest),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )


@router.post(
    "",
    status_code=201,
    responses=WRITES | declares("conflict"),
    openapi_extra={
        "parameters": [
            RESUMABLE,
            _header("Upload-Length", text="bytes of the whole file"),
            _header("Upload-Metadata", pattern="^[ -~]*$", text="filename, filetype, sha256; values in base64"),
        ],
        **BODY,
    },
)
async def create(
    request: Request,
    caller: Sender,
    served: Served,
    at: Now,
    trail: Annotated[Trail, Depends(audited("upload.create"))],
) -> Response:
    """新建上传 / Begin an upload; bytes may come with it."""
    _check_version(request)
    new = _announced(request, caller, served, at)
    row = await run_in_threadpool(served.staging.begin, new, at)
    await run_in_threadpool(trail.write, caller.name, f"upload/{row.id}", bytes=row.length)
    if request.headers.get("content-type", "") == PIECE_TYPE:
        row = await served.receiver.take(row, 0, request.stream(), _checksum(request))
    location = f"{request.url.path}/{row.id}"
    return Response(status_code=201, headers={"Location": location, **_standing(row)})


@router.head(
    "/{upload_id}",
    responses=declares("protocol_unfit", "not_found", "upload_gone"),
    openapi_extra={"parameters": [RESUMABLE]},
)
def standing(upload_id: UploadId, request: Request, caller: Sender, served: Served) -> Response:
    """已收到多少字节 / How much has safely arrived."""
    _check_version(request)
    row = served.staging.get(upload_id, caller.name)
    return Response(status_code=200, headers={**_standing(row), "Upload-Length": str(row.length)})


@router.patch(
    "/{upload_id}",
    status_code=204,
    responses=WRITES,
    openapi_extra={
        "parameters": [
            RESUMABLE,
            _header("Upload-Offset"),
            _header("Upload-Checksum", required=False, pattern="^[ -~]+$", text="algorithm, blank, digest in base64"),
        ],
        **BODY,
    },
)
async def resume(upload_id: UploadId, request: Request, caller: Sender, served: Served) -> Response:
    """续传 / More bytes, from the offset on that HEAD tells."""
    _check_version(request)
    if request.headers.get("content-type", "") != PIECE_TYPE:
        raise MingjianError("upload_refused", detail=f"Content-Type: {PIECE_TYPE}")
    offset = _number(request, "upload-offset")
    row = await run_in_threadpool(served.staging.get, upload_id, caller.name)
    row = await served.receiver.take(row, offset, request.stream(), _checksum(request))
    return Response(status_code=204, headers=_standing(row))


@router.delete(
    "/{upload_id}",
    status_code=204,
    responses=declares("protocol_unfit", "not_found", "upload_gone", "upload_busy"),
    openapi_extra={"parameters": [RESUMABLE]},
)
def terminate(
    upload_id: UploadId,
    request: Request,
    caller: Sender,
    served: Served,
    trail: Annotated[Trail, Depends(audited("upload.terminate"))],
) -> Response:
    """放弃上传 / Give an upload up; what a session has taken stays."""
    _check_version(request)
    served.staging.end(served.staging.get(upload_id, caller.name))
    trail.write(caller.name, f"upload/{upload_id}")
    return Response(status_code=204, headers=SPEAKS_TUS)


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        headers = {"Tus-Version": VERSION, **SPEAKS_TUS}
        raise Refusal("protocol_unfit", detail=f"Tus-Resumable: {VERSION}", headers=headers)


def _announced(request: Request, caller: Caller, served: Any, at: datetime) -> NewUpload:
    """What the headers say of the file. Raises MingjianError `request_invalid`, `upload_refused`."""
    if "upload-defer-length" in request.headers:
        raise MingjianError("request_invalid", detail="Upload-Length")
    length = _number(request, "upload-length")
    if length == 0:
        raise MingjianError("upload_refused", detail="0 bytes")
    told = _metadata(request.headers.get("upload-metadata", ""))
    name = plain_name(told.get("filename") or told.get("name") or "")
    sha256 = told.get("sha256")
    if sha256 is not None and not SHA256.fullmatch(sha256):
        raise MingjianError("request_invalid", detail="Upload-Metadata sha256: 64 hex digits")
    return NewUpload(
        owner=caller.name,
        file_name=name,
        media_type=check_type(name, told.get("filetype") or told.get("type") or "", served.server.uploads),
        length=length,
        expires_at=at + timedelta(seconds=served.server.uploads.expires),
        expected_sha256=sha256.lower() if sha256 else None,
    )


def _metadata(header: str) -> dict[str, str]:
    """`filename <base64>,sha256 <base64>` as texts. Raises MingjianError `request_invalid`."""
    found: dict[str, str] = {}
    if len(header) > MOST_METADATA:
        raise MingjianError("request_invalid", detail="Upload-Metadata")
    for pair in filter(None, (one.strip() for one in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            text = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise MingjianError("request_invalid", detail=f"Upload-Metadata {name[:50]}") from error
        if name.lower() in found or NO_TEXT.search(text):
            raise MingjianError("request_invalid", detail=f"Upload-Metadata {name[:50]}")
        found[name.lower()] = text
    return found


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not NUMBER.fullmatch(text) or int(text) > LARGEST_LENGTH:
        raise MingjianError("request_invalid", detail=header)
    return int(text)


def _checksum(request: Request) -> Checksum | None:
    """What the body must come to, if that is told. Raises MingjianError `request_invalid`."""
    header = request.headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, digest = header.partition(" ")
    try:
        found = base64.b64decode(digest.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MingjianError("request_invalid", detail="Upload-Checksum") from error
    if algorithm not in ALGORITHMS:
        raise MingjianError("request_invalid", detail=f"Upload-Checksum: {', '.join(ALGORITHMS)}")
    return Checksum(algorithm, found)


def _standing(row: UploadRow) -> dict[str, str]:
    return {
        **SPEAKS_TUS,
        "Upload-Offset": str(row.received),
        "Upload-Expires": format_datetime(row.expires_at, usegmt=True),
        "Cache-Control": "no-store",
    }
