"""The audit log: read by auditors and administrators, whose own reading is in it too."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel

from api.http.access import Kept, Trail, allow, audited
from api.http.caller import Caller
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit
from api.http.problems import declares
from engine.store import audit
from engine.store.audit import AuditFilters

router = APIRouter(prefix="/v1/audit", tags=["审计 / audit"])
Auditor = Annotated[Caller, Depends(allow("auditor", "administrator"))]
Word = Annotated[str | None, Query(max_length=200)]


class AuditLine(BaseModel):
    """Who did or saw what. `hash` covers the line and the hash before it."""

    number: int
    at: datetime
    actor: str
    action: str
    object: str
    request_id: str | None
    detail: dict[str, Any]
    previous: str
    hash: str


class AuditPage(BaseModel):
    """Lines, the newest first."""

    items: list[AuditLine]
    next: str | None


class AuditFault(BaseModel):
    """What is wrong with the log, and from which line on. `what`: changed | missing | chain | head."""

    number: int
    what: str


class Verified(BaseModel):
    """Whether the whole log is what was written."""

    ok: bool
    lines: int
    faults: list[AuditFault]


@router.get("", response_model=AuditPage, responses=declares("cursor_unreadable"))
def read_log(
    caller: Auditor,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("audit.view"))],
    actor: Word = None,
    action: Word = None,
    object: Word = None,
    request_id: Word = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> AuditPage:
    """审计日志，最新的在前；查看本身也记入 / The log, newest first; reading it is written down too."""
    filters = AuditFilters(actor=actor, action=action, object=object, request_id=request_id, since=since, until=until)
    with store.database.reading() as s:
        page = audit.page(s, filters, cursor, limit)
    asked = {"actor": actor, "action": action, "object": object}
    trail.write(caller.name, "audit", **{name: value for name, value in asked.items() if value is not None})
    return AuditPage.model_validate({"items": page.rows, "next": page.cursor}, from_attributes=True)


@router.get("/verification", response_model=Verified)
def verification(caller: Auditor, store: Kept, trail: Annotated[Trail, Depends(audited("audit.verify"))]) -> Verified:
    """校验整条日志链 / Whether the chain holds from the first line to the last."""
    with store.database.reading() as s:
        found = audit.verify(s)
    trail.write(caller.name, "audit", ok=found.ok, lines=found.lines)
    return Verified.model_validate(found, from_attributes=True)
