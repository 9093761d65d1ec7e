"""Whether the server lives, whether it can work, and its measures."""

import shutil
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from api.http.access import Kept, Now, allow
from api.http.caller import Caller
from api.metrics import CONTENT_TYPE, Metrics
from engine.errors import MingjianError
from engine.store import gauges, heartbeats, migrating
from engine.store.store import Store

router = APIRouter(tags=["运行 / operations"])
LEAST_FREE_BYTES = 512 * 1024 * 1024
DISPATCHER_SILENT = timedelta(seconds=60)
PROBE = "0" * 64
UNREADY = 503

State = Literal["ok", "failed", "absent"]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """What the server needs, and how each stands. `degraded`: requests can be answered, but nothing is inspected."""

    status: Literal["ok", "degraded", "unready"]
    database: State
    migrations: State
    blobs: State
    disk: State
    dispatcher: State


@router.get("/healthz")
def healthz() -> Alive:
    """进程存活 / The process is alive. Asks nothing of the store."""
    return Alive()


@router.get("/readyz", responses={UNREADY: {"model": Ready, "description": "not ready"}})
def readyz(
    response: Response, store: Kept, at: Now, strict: Annotated[bool, Query(description="no dispatcher: 503")] = False
) -> Ready:
    """可以接受请求 / Whether requests can be served: database, structure, blobs, disk; whether a dispatcher works."""
    found = readiness(store, at)
    if found.status == "unready" or (strict and found.status != "ok"):
        response.status_code = UNREADY
    return found


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(
    request: Request, _caller: Annotated[Caller, Depends(allow("administrator", "auditor"))], store: Kept, at: Now
) -> Response:
    """Prometheus 指标 / Measures in Prometheus' text format; scrape with a token of its own (scope `metrics:read`)."""
    found: Metrics = request.app.state.metrics
    return Response(found.page(store, at), media_type=CONTENT_TYPE)


def readiness(store: Store, now: datetime) -> Ready:
    """How everything stands."""
    database = _tried(lambda: _answers(store))
    migrations = _tried(lambda: migrating.version(store.database) == migrating.wanted_version())
    blobs = _tried(lambda: store.blobs.exists(PROBE) in (True, False))
    disk = _tried(lambda: shutil.disk_usage(store.database.settings.folder).free >= LEAST_FREE_BYTES)
    dispatcher: State = "absent"
    if database == "ok" and migrations == "ok":
        dispatcher = _dispatcher(store, now)
    needed = (database, migrations, blobs, disk)
    status: Literal["ok", "degraded", "unready"] = "unready" if "failed" in needed else "ok"
    if status == "ok" and dispatcher != "ok":
        status = "degraded"
    return Ready(status=status, database=database, migrations=migrations, blobs=blobs, disk=disk, dispatcher=dispatcher)


def _answers(store: Store) -> bool:
    with store.database.reading() as s:
        return gauges.answers(s)


def _dispatcher(store: Store, now: datetime) -> State:
    with store.database.reading() as s:
        return "ok" if heartbeats.alive(s, now, DISPATCHER_SILENT, "dispatcher") else "absent"


def _tried(work: Any) -> State:
    try:
        return "ok" if work() else "failed"
    except (MingjianError, OSError):
        return "failed"
