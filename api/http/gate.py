"""What every request passes before a route sees it, and every answer on its way out. Plain ASGI, nothing of FastAPI.

In: a request id, the address that asks, bounds on headers and bodies, text that no database could hold. Out: headers
that keep browsers from guessing, framing and storing; an error that nobody foresaw becomes a problem like any other.
"""

import json
import logging
import math
import re
import secrets
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.context import request_id
from api.http.problems import answer, language_of
from api.http.rates import Rates
from api.settings import ServerSettings
from engine.errors import MingjianError

log = logging.getLogger(__name__)

DEEPEST = 40
MOST_VALUES = 200_000
NO_TEXT = re.compile("[\x00\ud800-\udfff]")
OWN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
STREAMED = ("/v1/uploads", "/v1/recordings")
"""Bodies here are read piece by piece by their routes, which bound them."""
PLAIN_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Identified:
    """Gives each request an id (a sensible one that came with it is kept) and tells it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        chosen = given if OWN_ID.fullmatch(given) else secrets.token_hex(16)
        mark = request_id.set(chosen)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = chosen
            await send(message)

        try:
            await self.app(scope, receive, tell)
        finally:
            request_id.reset(mark)


class Safe:
    """Headers of every answer. What a route sets itself stays: a page of the console needs another policy."""

    def __init__(self, app: ASGIApp, server: ServerSettings) -> None:
        self.app = app
        self._headers = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": PLAIN_POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
            "Cache-Control": "no-store",
        }
        if server.origin.startswith("https:"):
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""

        async def dress(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, dress if scope["type"] == "http" else send)


class Gate:
    """Refuses what is too large, too deep or no text, and catches what nobody foresaw."""

    def __init__(self, app: ASGIApp, server: ServerSettings, rates: Rates) -> None:
        self.app = app
        self._server = server
        self._rates = rates
        self._proxies = tuple(ip_network(one, strict=False) for one in server.proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        request = Request(scope)
        try:
            await self._let_in(request, receive, watch)
        except MingjianError as error:
            if started:
                raise
            await answer(error, language_of(request))(scope, receive, send)
        except Exception as error:
            log.exception("request failed: %s", type(error).__name__)
            if started:
                raise
            failed = MingjianError("server_failed", request=request_id.get())
            await answer(failed, language_of(request))(scope, receive, send)

    async def _let_in(self, request: Request, receive: Receive, send: Send) -> None:
        scope = request.scope
        request.state.address = client_address(request, self._proxies)
        self._rates.count("per_address", request.state.address)
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size > self._server.largest_header:
            raise MingjianError("header_too_large", limit=self._server.largest_header)
        _refuse_no_text(request.url.path, "path")
        for name, value in request.query_params.multi_items():
            _refuse_no_text(name + value, f"query.{name}"[:100])
        if not scope["path"].startswith(STREAMED) and _has_body(request.headers):
            receive = await self._whole_body(request, receive)
        await self.app(scope, receive, send)

    async def _whole_body(self, request: Request, receive: Receive) -> Receive:
        """Reads the body, checks it, and returns a `receive` that gives it again."""
        limit = self._server.largest_body
        announced = request.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
            raise MingjianError("too_large", limit=limit)
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                raise MingjianError("too_large", limit=limit)
        if body and "json" in request.headers.get("content-type", "json"):
            check_json(bytes(body))
        request.state.body = bytes(body)
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        return again


def check_json(body: bytes) -> Any:
    """The values of a JSON text.

    Raises MingjianError `request_invalid` for what is none, or would hurt whoever reads it: nested too deeply, numbers
    that are none, characters that no database takes.
    """
    try:
        values = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        detail = "nested too deeply" if isinstance(error, RecursionError) else f"JSON: {error}"[:200]
        raise MingjianError("request_invalid", detail=detail) from error
    waiting: list[tuple[Any, int]] = [(values, 1)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_VALUES:
            raise MingjianError("request_invalid", detail="JSON: nested too deeply or too many values")
        if isinstance(value, str):
            _refuse_no_text(value, "JSON")
        elif isinstance(value, float) and not math.isfinite(value):
            raise MingjianError("request_invalid", detail="JSON: a number is out of range")
        elif isinstance(value, dict):
            for key, one in value.items():
                _refuse_no_text(key, "JSON")
                waiting.append((one, depth + 1))
        elif isinstance(value, list):
            waiting.extend((one, depth + 1) for one in value)
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _refuse_no_text(text: str, where: str) -> None:
    if NO_TEXT.search(text):
        raise MingjianError("request_invalid", detail=f"{where}: characters that are none")


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def client_address(request: Request, proxies: Iterable[IPv4Network | IPv6Network]) -> str:
    """The address that asks. What a trusted proxy forwards is believed, from the nearest outwards to the first
    stranger; what a stranger claims is not."""
    nearest = request.client.host if request.client else "unknown"
    chain = [one.strip() for one in request.headers.get("x-forwarded-for", "").split(",") if one.strip()]
    while chain and _is_among(nearest, proxies):
        nearest = chain.pop()
    return nearest[:64]


def _is_among(address: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in one for one in networks if one.version == found.version)
