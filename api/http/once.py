"""The middleware of `Idempotency-Key`: a POST that is sent again is answered with the answer it got."""

import asyncio
import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.access import service
from api.http.answers import key_of

LARGEST = 1024 * 1024
ASKED_BY_HEADERS = ("content-type", "upload-length", "upload-metadata")
OWN_WAY = ("/v1/login", "/v1/logout", "/v1/recordings", "/v1/my/login")
"""Signing in is never repeated; a form is known only when its files have been read (api/http/recordings.py)."""


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
