"""Small recordings in one request: a form with files, the order, and what to judge by."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.types import Message, Receive

from api.file_names import HEAD_BYTES, check_head, check_type, plain_name
from api.http.access import Now, Served, Trail, allow, audited
from api.http.answers import key_of
from api.http.caller import Caller
from api.http.orders import order_in
from api.http.problems import declares
from api.http.session_models import Accepted
from api.http.visibility import SENDERS, session_of
from api.making import Piece, Wish, check, make
from api.staging import PRIVATE_FOLDER, as_full
from engine.errors import MingjianError
from engine.order import LARGEST_ORDER_BYTES

router = APIRouter(prefix="/v1/recordings", tags=["上传 / uploads"])
Sender = Annotated[Caller, Depends(allow(*SENDERS))]

CHUNK = 1024 * 1024
FILE_FIELDS = ("file", "file[]", "files", "files[]")
MOST_FIELDS = 60
FOLDER = "forms"
NAME = r"^[a-z][a-z0-9_]{0,99}$"
FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1},
        "order": {"type": "string", "description": "JSON"},
        "ruleset": {"type": "string", "pattern": NAME},
        "policy": {"type": "string", "pattern": NAME},
        "tag": {"type": "array", "items": {"type": "string", "maxLength": 100}},
        "retry_of": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file of the form, written through to the disk."""

    name: str
    media_type: str
    path: Path
    sha256: str


@router.post(
    "",
    response_model=Accepted,
    status_code=202,
    responses=declares(
        "too_large", "upload_refused", "order_unreadable", "ruleset_unknown", "policy_unknown", "chat_mixed",
        "not_found", "storage_full", "value_unfit", "blobs_unavailable", "unavailable",
    ),
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}}},
)  # fmt: skip
async def send(
    request: Request,
    caller: Sender,
    served: Served,
    at: Now,
    trail: Annotated[Trail, Depends(audited("session.create"))],
) -> Response:
    """一次上传小文件并排队质检；大文件请用 /v1/uploads / Small files at once; large ones by /v1/uploads."""
    key = key_of(request)
    async with _form(request, served.server.uploads.largest_form) as form:
        return await run_in_threadpool(_taken, served, caller, form, key, at, trail)


class _form:  # noqa: N801  used as a function
    """The form of a request, bounded; its temporary files go at the end."""

    def __init__(self, request: Request, limit: int) -> None:
        self._request = Request(request.scope, _bounded(request.receive, limit))
        self._limit = limit

    async def __aenter__(self) -> FormData:
        announced = self._request.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > self._limit:
            raise MingjianError("too_large", limit=self._limit)
        if not self._request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise MingjianError("request_invalid", detail="Content-Type: multipart/form-data")
        try:
            return await self._request.form(
                max_files=MOST_FIELDS, max_fields=MOST_FIELDS, max_part_size=LARGEST_ORDER_BYTES
            )
        except MingjianError:
            raise
        except (MultiPartException, ValueError, KeyError) as error:
            raise MingjianError("request_invalid", detail=f"multipart: {error}"[:200]) from error
        except Exception as error:
            raise MingjianError("request_invalid", detail="multipart") from error

    async def __aexit__(self, *_: object) -> None:
        await self._request.close()


def _bounded(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise MingjianError("too_large", limit=limit)
        return message

    return bounded


def _taken(served: Any, caller: Caller, form: FormData, key: str | None, at: datetime, trail: Trail) -> Response:
    files = [one for name in FILE_FIELDS for one in form.getlist(name) if isinstance(one, UploadFile)]
    if not 0 < len(files) <= served.server.uploads.most_files:
        raise MingjianError("request_invalid", detail=f"file: 1..{served.server.uploads.most_files}")
    wish = _wish(form)
    check(served.store, wish)
    with _staged(served, files) as arrived:
        digest = _digest(arrived, wish)
        if key is not None:
            answered: Response | None = served.answers.claim(caller, key, digest)
            if answered is not None:
                return answered
        response = Response(status_code=500)
        try:
            response = _made(served, caller, arrived, wish, at, trail)
        finally:
            if key is not None:
                served.answers.settle(caller, key, response.status_code, response.headers, bytes(response.body))
    return response


def _made(served: Any, caller: Caller, arrived: list[Arrived], wish: Wish, at: datetime, trail: Trail) -> Response:
    pieces = [Piece(one.name, served.store.keep(one.path, one.media_type, at, consume=True).sha256) for one in arrived]
    with served.store.database.writing() as s:
        if wish.retry_of is not None:
            session_of(s, caller, wish.retry_of)
        row = make(s, pieces, wish, caller.name, at)
        trail.within(s, caller.name, f"session/{row.id}", files=len(pieces))
    accepted = Accepted(session_id=row.id, state=row.state, created=row.created_at == at)
    return Response(accepted.model_dump_json(), status_code=202, media_type="application/json")


def _wish(form: FormData) -> Wish:
    return Wish(
        order=order_in(_text(form, "order").encode()),
        ruleset=_word(form, "ruleset", 100),
        policy=_word(form, "policy", 100),
        tags=tuple(str(one) for name in ("tag", "tag[]") for one in form.getlist(name)),
        retry_of=_word(form, "retry_of", 32),
    )


def _text(form: FormData, field: str) -> str:
    """A field of the form, sent as text or as a file."""
    value = form.get(field)
    if isinstance(value, UploadFile):
        content = value.file.read(LARGEST_ORDER_BYTES + 1)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise MingjianError("order_unreadable", path=field, detail="UTF-8") from error
    return value or ""


def _word(form: FormData, field: str, longest: int) -> str | None:
    value = _text(form, field)
    if len(value) > longest or not all(one.isascii() and (one.isalnum() or one == "_") for one in value):
        raise MingjianError("request_invalid", detail=field)
    return value or None


@contextmanager
def _staged(served: Any, files: list[UploadFile]) -> Iterator[list[Arrived]]:
    """The files beside the blobs, where they can be moved from; what is not moved is removed."""
    folder = served.staging.folder.parent / FOLDER
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with ExitStack() as stack:
        yield [_arrived(served, one, folder, stack) for one in files]


def _arrived(served: Any, file: UploadFile, folder: Path, stack: ExitStack) -> Arrived:
    name = plain_name(file.filename or "")
    media_type = check_type(name, file.content_type or "", served.server.uploads)
    head = file.file.read(HEAD_BYTES)
    if not head:
        raise MingjianError("upload_refused", detail=f"{name}: 0 bytes")
    check_head(name, head)
    file.file.seek(0)
    digest = hashlib.sha256()
    try:
        descriptor, path = tempfile.mkstemp(dir=folder)
        stack.callback(Path(path).unlink, missing_ok=True)
        with os.fdopen(descriptor, "wb") as target:
            while piece := file.file.read(CHUNK):
                digest.update(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        raise as_full(error, file.size or 0) from error
    return Arrived(name, media_type, Path(path), digest.hexdigest())


def _digest(arrived: list[Arrived], wish: Wish) -> str:
    """What was asked for: the files' content and the fields, whatever the form's boundary was."""
    values = [[(one.name, one.sha256) for one in arrived], wish.order.as_given(), wish.ruleset, wish.policy]
    return hashlib.sha256(repr([*values, wish.tags, wish.retry_of]).encode()).hexdigest()
