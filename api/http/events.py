"""Events as server-sent events: `queued`, `stage` (name, share), `inspected`, `failed`, and what else happens."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.http.access import Served, allow
from api.http.caller import Caller
from api.http.problems import declares
from api.http.visibility import LISTING, STAFF, session_of

router = APIRouter(prefix="/v1", tags=["事件 / events"])
SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Seen = Annotated[
    str | None,
    Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,18}$", description="resumes after the event of this number"),
]
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "id, event, data", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/sessions/{session_id}/events",
    responses=STREAM | declares("not_found", "unavailable"),
    response_class=StreamingResponse,
)
async def of_session(
    session_id: SessionId,
    caller: Annotated[Caller, Depends(allow(*LISTING, scope="events:read"))],
    served: Served,
    seen: Seen = None,
) -> StreamingResponse:
    """一个会话的事件流，从头开始或接着上次 / The events of a session, from its beginning or from where one was."""

    def check() -> None:
        with served.store.database.reading() as s:
            session_of(s, caller, session_id)

    await run_in_threadpool(check)
    stream = await served.hub.listen(session_id, int(seen) if seen else None)
    return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS)


@router.get("/events", responses=STREAM | declares("unavailable"), response_class=StreamingResponse)
async def of_all(
    _caller: Annotated[Caller, Depends(allow(*STAFF))], served: Served, seen: Seen = None
) -> StreamingResponse:
    """全部会话的事件流 / The events of all sessions."""
    stream = await served.hub.listen(None, int(seen) if seen else None)
    return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS)
