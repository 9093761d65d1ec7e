"""Customers and their own records: let in by a link that works once; look up, play, take away. Every look is audited.

Whose record it is says the keyed hash of the ID number or phone in the order (engine/store/people.py).
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import Kept, Now, Served, Trail, allow, audited
from api.http.caller import Caller
from api.http.context import request_id
from api.http.doorman import address_of
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit
from api.http.media import Link, MediaPermission, signed_link
from api.http.packet import STREAMED, streamed
from api.http.problems import declares
from api.http.reviewing import Identifier
from api.http.visibility import session_of
from engine import revising
from engine.errors import MingjianError
from engine.packet.building import record_packet
from engine.report.mask import Masker, mask_inspection
from engine.store import api_tokens, audit, inspections, people, sessions
from engine.store.api_tokens import NewToken
from engine.store.people import LinkRow
from engine.store.sessions import SessionRow
from engine.store.store import Store

router = APIRouter(prefix="/v1", tags=["客户 / customers"])

Customer = Annotated[Caller, Depends(allow("customer", scope="my:read"))]
Taker = Annotated[Caller, Depends(MediaPermission(("customer",), "my:read", person=False))]
Issuer = Annotated[Caller, Depends(allow("compliance", scope="customers:write", person=True))]
LONGEST_DAYS = 14
SCOPES = ("my:read", "sessions:read", "media:read")
MARK = 16
"""Characters of a customer's key that the audit log names them by."""


class LinkIn(BaseModel):
    """Whom the link is for: this person of this session, and all records of theirs."""

    model_config = ConfigDict(extra="forbid")

    session_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    role: Literal["policyholder", "insured", "guardian"] = "policyholder"
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 3


class LinkOut(BaseModel):
    """A link, without its secret."""

    id: str
    session_id: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class LinkMade(LinkOut):
    """A new link. `secret` is shown this once; it goes behind the `#` of the page's address, where no server logs
    it."""

    secret: str
    path: str


class Links(BaseModel):
    """The links issued for a session."""

    items: list[LinkOut]


class UseIn(BaseModel):
    """The secret of a link."""

    model_config = ConfigDict(extra="forbid")

    secret: Annotated[str, Field(min_length=1, max_length=200)]


class LetIn(BaseModel):
    """A key for this visit, to be sent as `Authorization: Bearer`."""

    token: str
    expires_at: datetime


class Record(BaseModel):
    """A recording of the customer's own."""

    id: str
    created_at: datetime
    recorded_at: datetime | None
    policy_no: str | None
    product: str | None
    insurer: str | None
    scenario: str | None
    duration: float | None
    parts: int
    playable: bool


class Records(BaseModel):
    """A page of records, newest first."""

    items: list[Record]
    next: str | None


class Said(BaseModel):
    """What was said, by whom, and when; seconds of the recording."""

    start: float
    end: float
    role: str
    text: str


class PartOut(BaseModel):
    """A file of the recording and where it plays (POST …/link first, for a player that sends no token)."""

    index: int
    kind: str
    file_name: str
    media: str


class RecordDetail(Record):
    """A record with its transcript, masked, and its files."""

    transcript: list[Said]
    files: list[PartOut]


@router.post(
    "/customer-links",
    response_model=LinkMade,
    status_code=201,
    responses=declares("not_found", "customer_unknown", "customer_shared"),
)
def issue(
    body: LinkIn,
    caller: Issuer,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("customer.link"))],
) -> LinkMade:
    """给客户开一次性链接 / A link that lets a customer in once."""
    secret = api_tokens.make_secret().removeprefix(api_tokens.PREFIX)
    with store.database.writing() as s:
        session_of(s, caller, body.session_id)
        key = people.key_of(s, body.session_id, body.role)
        row = people.add_link(s, secret, key, body.session_id, caller.name, at + timedelta(days=body.days), at)
        trail.within(s, caller.name, f"session/{body.session_id}", link=row.id, customer=key[:MARK], role=body.role)
    return LinkMade(**_link(row).model_dump(), secret=secret, path=f"/my#{secret}")


@router.get("/customer-links", response_model=Links)
def issued(
    _caller: Annotated[Caller, Depends(allow("compliance", "auditor", scope="customers:read"))],
    store: Kept,
    session: Annotated[str, Query(pattern=r"^[0-9a-f]{32}$")],
) -> Links:
    """为一个会话开过的链接 / The links issued for a session."""
    with store.database.reading() as s:
        return Links(items=[_link(one) for one in people.links(s, session)])


@router.delete("/customer-links/{link_id}", response_model=LinkOut, responses=declares("not_found"))
def revoke(
    link_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
    caller: Issuer,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("customer.link.revoke"))],
) -> LinkOut:
    """收回链接 / Take a link back."""
    with store.database.writing() as s:
        row = people.revoke_link(s, link_id, at)
        trail.within(s, caller.name, f"link/{link_id}")
    return _link(row)


@router.post("/my/login", response_model=LetIn, responses=declares("link_unusable", "too_many_requests"))
def use(body: UseIn, request: Request, served: Served, at: Now) -> LetIn:
    """客户凭链接登录，链接随即失效 / A customer comes in; the link is used up by it."""
    served.rates.count("logins", address_of(request))
    until = at + timedelta(seconds=served.server.customer_login)
    with served.store.database.writing() as s:
        link = people.use_link(s, body.secret, at)
        mark = link.customer_key[:MARK]
        new = NewToken(
            f"customer-{mark}", "customer", link.created_by, until, scopes=SCOPES, customer_key=link.customer_key
        )
        row, secret = api_tokens.add(s, new, at)
        detail = {"link": link.id, "token": row.id}
        audit.append(s, f"customer:{mark}", "customer.login", f"customer/{mark}", detail, at, request_id.get())
    return LetIn(token=secret, expires_at=until)


@router.get("/my/records", response_model=Records, responses=declares("cursor_unreadable"))
def records(
    caller: Customer,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("customer.view"))],
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Records:
    """本人的全部双录、回访记录 / All records of one's own."""
    with store.database.reading() as s:
        page = people.records(s, caller.customer_key, cursor, limit)
        shown = [_record(row, len(sessions.parts(s, row.id))) for row in page.rows]
    trail.write(caller.name, _mark(caller), sessions=[row.id for row in page.rows])
    return Records(items=shown, next=page.cursor)


@router.get("/my/records/{session_id}", response_model=RecordDetail, responses=declares("not_found", "blob_missing"))
def record(
    session_id: Identifier,
    caller: Customer,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("customer.view"))],
) -> RecordDetail:
    """一份记录：笔录（脱敏）和播放地址 / One record: its transcript, masked, and where it plays."""
    row = _own(store, caller, session_id)
    masker = Masker.for_order(row.order)
    with store.database.reading() as s:
        parts = sessions.parts(s, session_id)
        inspected = inspections.newest(s, session_id) is not None
    said = mask_inspection(revising.stored(store, session_id).inspection, masker).utterances if inspected else ()
    trail.write(caller.name, _mark(caller), session=session_id)
    return RecordDetail(
        **_record(row, len(parts)).model_dump(),
        transcript=[Said(start=one.start, end=one.end, role=one.role, text=one.text) for one in said],
        files=[
            PartOut(
                index=one.index,
                kind=one.kind,
                file_name=masker.text(one.file_name),
                media=f"/v1/sessions/{session_id}/media/{one.index}",
            )
            for one in parts
        ],
    )


@router.get(
    "/my/records/{session_id}/record.zip",
    response_class=StreamingResponse,
    responses=declares("not_found", "blob_missing", "blobs_unavailable") | STREAMED,
)
def take_away(
    session_id: Identifier,
    caller: Taker,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("customer.export"))],
    expires: Annotated[str | None, Query(max_length=20, description="of a signed link")] = None,  # noqa: ARG001
    by: Annotated[str | None, Query(max_length=32, description="of a signed link")] = None,  # noqa: ARG001
    signature: Annotated[str | None, Query(max_length=64, description="of a signed link")] = None,  # noqa: ARG001
) -> StreamingResponse:
    """下载本人的记录：录音录像、笔录、签名清单 / Take it away: the recording, its transcript, signed."""
    _own(store, caller, session_id)
    made = record_packet(store, session_id, _mark(caller), at)
    trail.write(caller.name, _mark(caller), session=session_id)
    return streamed(made)


@router.post("/my/records/{session_id}/link", response_model=Link, status_code=201, responses=declares("not_found"))
def link_of_record(
    session_id: Identifier,
    caller: Customer,
    served: Served,
    at: Now,
    trail: Annotated[Trail, Depends(audited("customer.link.export"))],
) -> Link:
    """生成短时有效的下载地址 / An address to download the record from, good for some minutes."""
    _own(served.store, caller, session_id)
    path = f"/v1/my/records/{session_id}/record.zip"
    trail.write(caller.name, _mark(caller), session=session_id)
    return signed_link(served, path, caller.id, at, original=False)


def _own(store: Store, caller: Caller, session_id: str) -> SessionRow:
    with store.database.reading() as s:
        row = session_of(s, caller, session_id)
    if row.state == "purged":
        raise MingjianError("not_found", thing="session", id=session_id)
    return row


def _record(row: SessionRow, parts: int) -> Record:
    insurer = row.order.get("insurer")
    return Record(
        id=row.id,
        created_at=row.created_at,
        recorded_at=row.recorded_at,
        policy_no=row.policy_no,
        product=row.product,
        insurer=insurer.get("name") if isinstance(insurer, dict) else None,
        scenario=row.scenario,
        duration=row.duration,
        parts=parts,
        playable=row.state != "purged",
    )


def _link(row: LinkRow) -> LinkOut:
    return LinkOut(**{name: getattr(row, name) for name in LinkOut.model_fields})


def _mark(caller: Caller) -> str:
    """Whose records they are, in the audit log."""
    return f"customer/{(caller.customer_key or '-')[:MARK]}"
