"""The HTTP application: routers, what surrounds them, and the store behind them.

`uvicorn api.app:create_app --factory`, as `mingjian serve` runs it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib import import_module

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http import openapi
from api.http.gate import Gate, Identified, Safe
from api.http.once import Once
from api.http.problems import Fault, Refusal, answer, language_of
from api.http.rates import Rates
from api.keys import load_keys
from api.logs import RequestLog
from api.metrics import Metrics
from api.service import Clock, assemble, utc_now
from api.settings import ServerSettings, server_settings
from engine.errors import MingjianError
from engine.settings import Settings, load_settings
from engine.version import VERSION

ROUTERS = (
    "signing_in",
    "oidc",
    "users",
    "tokens",
    "uploads",
    "recordings",
    "sessions",
    "media",
    "timeline",
    "events",
    "webhooks",
    "queue",
    "queue_views",
    "reviews",
    "appeals",
    "corrections",
    "rulesets",
    "wordings",
    "search",
    "statistics",
    "calibration",
    "coaching",
    "packet",
    "my",
    "branch",
    "audit",
    "tickets",
    "keeping",
    "quotas",
    "health",
    "documents",
    "console",
)
"""Modules of api/http, in the order of the document."""
MOST_FAULTS = 100


def create_app(settings: Settings | None = None, *, clock: Clock = utc_now) -> FastAPI:
    """The application. Raises MingjianError `settings_faults` or `server_unsafe` before it listens anywhere."""
    chosen = settings or load_settings()
    server = server_settings(chosen)
    keys = load_keys(chosen, server)
    rates = Rates(server.rates)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        from engine.store import open_store

        with open_store(chosen) as store:
            service = assemble(chosen, server, store, keys, rates, clock)
            app.state.service = service
            listening = asyncio.create_task(service.hub.run())
            try:
                yield
            finally:
                service.hub.close()
                listening.cancel()

    app = FastAPI(
        title="Mingjian 明鉴",
        version=VERSION,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
    )
    included = tuple(routers())
    for router in included:
        app.include_router(router)
    app.state.metrics = Metrics()
    app.openapi = openapi.document_of(app, included)  # type: ignore[method-assign]
    _answer_errors(app)
    _surround(app, server, rates)
    return app


def routers() -> Iterable[APIRouter]:
    """The routers of all modules."""
    for name in ROUTERS:
        yield import_module(f"api.http.{name}").router


def _surround(app: FastAPI, server: ServerSettings, rates: Rates) -> None:
    """Middleware; the last one added is the first a request meets."""
    app.add_middleware(Once)
    app.add_middleware(Gate, server=server, rates=rates)
    if server.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(server.origins),
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["*"],
            allow_credentials=False,  # other pages use tokens, never somebody's log-in
            expose_headers=["Location", "Upload-Offset", "Upload-Length", "Upload-Expires", "X-Request-ID"],
        )
    app.add_middleware(Safe, server=server)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    app.add_middleware(Identified)


def _answer_errors(app: FastAPI) -> None:
    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, MingjianError)  # noqa: S101  what the handler is registered for
        return answer(error, language_of(request))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return answer(_invalid(error), language_of(request))

    async def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        return answer(_of_framework(request, error), language_of(request))

    app.add_exception_handler(MingjianError, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)


def _invalid(error: RequestValidationError) -> Refusal:
    """What the request's schema says against it; what was sent is not repeated."""
    faults = [Fault(".".join(map(str, one["loc"])), str(one["msg"])) for one in error.errors()[:MOST_FAULTS]]
    first = faults[0] if faults else Fault("request", "")
    return Refusal("request_invalid", detail=f"{first.field}: {first.message}", faults=faults)


def _of_framework(request: Request, error: HTTPException) -> MingjianError:
    if error.status_code == 404:
        return MingjianError("path_unknown", path=request.url.path)
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return Refusal("method_unknown", method=request.method, allowed=allowed, headers={"Allow": allowed})
    return MingjianError("request_invalid", detail=error.detail)
