"""The API's log: one line per request, and its measure. No addresses with their queries, no bodies, no names."""

import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.context import request_id
from api.metrics import Metrics
from engine import logs

log = logging.getLogger("api.request")
QUIET = ("/healthz", "/readyz", "/metrics")
UNKNOWN = "-"


def set_up_json_logs(level: str = "INFO") -> None:
    """Logs of this process as JSON lines that name the request they belong to."""
    logs.set_up_json_logs(level, _context)


def _context() -> dict[str, str | None]:
    found = request_id.get()
    return {"request_id": None if found == UNKNOWN else found}


class RequestLog:
    """The middleware: a line and a measure for every request, by its route, not by its address."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, sent, began = 500, 0, time.perf_counter()
        self._metrics.in_flight.inc()

        async def watch(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            self._metrics.in_flight.dec()
            self._tell(scope, status, sent, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, sent: int, seconds: float) -> None:
        route = route_of(scope)
        self._metrics.answered(scope["method"], route, status, seconds)
        level = logging.DEBUG if route in QUIET and status < 400 else logging.INFO
        details: dict[str, Any] = {"method": scope["method"], "route": route, "status": status, "bytes": sent}
        log.log(level, "request", extra={**details, "milliseconds": round(1000 * seconds, 1)})


def route_of(scope: Scope) -> str:
    """The route as it is declared (`/v1/sessions/{session_id}`); `-` where there is none: what was asked for may hold
    anything."""
    return str(getattr(scope.get("route"), "path", None) or UNKNOWN)
