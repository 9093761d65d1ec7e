"""`Idempotency-Key`: a POST that is sent again gets the answer it got, and is done once.

The answer is kept sealed with the server's secret, because it may hold a token that is shown once. Only good answers
are kept: what was refused may be sent again.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.access import Caller, service
from api.keys import Keys
from engine.errors import MingjianError
from engine.store import idempotency

if TYPE_CHECKING:
    from engine.store.store import Store

log = logging.getLogger(__name__)

HEADER = "idempotency-key"
WELL_FORMED = re.compile(r"[\x21-\x7e]{1,255}")
PURPOSE = "answers"
ABANDONED = timedelta(minutes=10)
"""A claim without an answer is that of a process which died."""
LARGEST = 1024 * 1024
GOOD = range(200, 400)
KEPT_HEADERS = ("location", "upload-expires", "upload-offset", "tus-resumable")
ASKED_BY_HEADERS = ("content-type", "upload-length", "upload-metadata")
OWN_WAY = ("/v1/login", "/v1/logout", "/v1/recordings", "/v1/my/login")
"""Signing in is never repeated; a form is known only when its files have been read (api/http/recordings.py)."""


class Answers:
    """Claims keys and keeps answers."""

    def __init__(self, store: "Store", keys: Keys, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock

    def claim(self, caller: Caller, key: str, request: str) -> Response | None:
        """None: go on, the key is claimed. Otherwise the answer that was given."""
        at = self._clock()
        with self._store.database.writing() as s:
            kept = idempotency.claim(s, caller.id, key, request, at, at - ABANDONED)
        if kept is None:
            return None
        body = self._keys.unseal(PURPOSE, kept.body)
        if body is None:  # the server's secret was changed meanwhile
            raise MingjianError("idempotency_reused")
        headers = {**kept.headers, "Idempotent-Replay": "true"}
        return Response(body, status_code=kept.status, headers=headers, media_type=kept.media_type)

    def settle(self, caller: Caller, key: str, status: int, headers: Headers, body: bytes | None) -> None:
        """Keeps a good answer, frees the key of any other. `body` None: it was too long to keep."""
        with self._store.database.writing() as s:
            if body is None or status not in GOOD:
                idempotency.release(s, caller.id, key)
                return
            kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
            sealed = self._keys.seal(PURPOSE, body)
            idempotency.keep(s, caller.id, key, idempotency.Kept(status, headers.get("content-type"), kept, sealed))


def key_of(request: Request) -> str | None:
    """The request's key. Raises MingjianError `request_invalid` for one that is not well formed."""
    key = request.headers.get(HEADER)
    if key is not None and not WELL_FORMED.fullmatch(key):
        raise MingjianError("request_invalid", detail="Idempotency-Key: 1 to 255 visible ASCII characters")
    return key


def digest_of(request: Request, body: bytes) -> str:
    """What was asked for, as SHA-256: method, address, the headers that matter, body."""
    told = [f"{name}:{request.headers.get(name, '')}" for name in ASKED_BY_HEADERS]
    head = "\n".join([request.method, request.url.path, request.url.query, *told])
    return hashlib.sha256(head.encode() + b"\x00" + body).hexdigest()


class Once:
    """The middleware: every POST with a key passes here, whichever route it is for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"].startswith(OWN_WAY):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        key = key_of(request)
        if key is None:
            await self.app(scope, receive, send)
            return
        served = service(request)
        caller = await run_in_threadpool(served.doorman.caller, request)
        digest = digest_of(request, getattr(request.state, "body", b""))
        answer = await run_in_threadpool(served.answers.claim, caller, key, digest)
        if answer is not None:
            await answer(scope, receive, send)
            return
        taken = _Taken()
        try:
            await self.app(scope, receive, taken.around(send))
        finally:
            # Whatever comes, the key is settled: a client that went away must not leave it claimed.
            settled = run_in_threadpool(
                served.answers.settle, caller, key, taken.status, taken.headers, taken.whole_body
            )
            await asyncio.shield(asyncio.ensure_future(settled))


class _Taken:
    """A copy of an answer on its way."""

    def __init__(self) -> None:
        self.status = 500
        self.headers = Headers()
        self._body = bytearray()
        self._too_long = False

    @property
    def whole_body(self) -> bytes | None:
        return None if self._too_long else bytes(self._body)

    def around(self, send: Send) -> Send:
        async def copy(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = Headers(raw=message["headers"])
            elif message["type"] == "http.response.body" and not self._too_long:
                self._body += message.get("body", b"")
                self._too_long = len(self._body) > LARGEST
            await send(message)

        return copy
