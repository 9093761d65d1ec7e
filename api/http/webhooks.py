"""Webhooks: who is told of what, what was told, and what nobody took."""

import secrets
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.calling import LONGEST_URL, target_of
from api.http.access import Kept, Now, Served, Trail, allow, audited
from api.http.caller import Caller
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit, Listed
from api.http.problems import declares
from api.webhooks import SECRET
from engine.errors import MingjianError
from engine.store import webhooks

router = APIRouter(prefix="/v1/webhooks", tags=["通知 / webhooks"])
Administrator = Annotated[Caller, Depends(allow("administrator"))]
Reader = Annotated[Caller, Depends(allow("administrator", "auditor"))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Event = Literal["session.inspected", "session.failed", "review.decided", "ticket.due"]
State = Literal["pending", "delivered", "dead"]


class WebhookIn(BaseModel):
    """An address and the events it wants."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=8, max_length=LONGEST_URL)]
    events: Annotated[list[Event], Field(min_length=1, max_length=10)]
    active: bool = True


class WebhookOut(BaseModel):
    """An address, without its secret."""

    id: str
    url: str
    events: list[str]
    active: bool
    created_by: str
    created_at: datetime


class WebhookMade(WebhookOut):
    """A new one. `secret` is shown this once."""

    secret: str


class DeliveryOut(BaseModel):
    """One telling of one event."""

    id: str
    webhook_id: str
    event_number: int
    state: State
    attempts: int
    next_at: datetime
    status: int | None
    error: str | None
    created_at: datetime


@router.get("", response_model=Listed[WebhookOut], responses=declares("cursor_unreadable"))
def list_webhooks(_caller: Reader, store: Kept, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT) -> object:
    """全部通知地址 / All addresses."""
    with store.database.reading() as s:
        page = webhooks.page(s, cursor, limit)
    return {"items": page.rows, "next": page.cursor}


@router.post("", response_model=WebhookMade, status_code=201, responses=declares("webhook_refused"))
def add_webhook(
    body: WebhookIn,
    caller: Administrator,
    served: Served,
    at: Now,
    trail: Annotated[Trail, Depends(audited("webhook.add"))],
) -> WebhookMade:
    """新增通知地址；签名密钥只显示一次 / Add an address; the secret that signs is shown once."""
    target_of(body.url, served.server.webhooks)
    secret = "whsec_" + secrets.token_urlsafe(32)
    sealed = served.keys.seal_text(SECRET, secret)
    with served.store.database.writing() as s:
        row = webhooks.add(s, body.url, _events(body), sealed, caller.name, at)
        if not body.active:
            row = webhooks.change(s, row.id, url=body.url, events=_events(body), active=False)
        trail.within(s, caller.name, f"webhook/{row.id}", events=row.events)
    return WebhookMade(**{name: getattr(row, name) for name in WebhookOut.model_fields}, secret=secret)


def _events(body: WebhookIn) -> list[str]:
    return sorted(set(body.events))


@router.get("/deliveries", response_model=Listed[DeliveryOut], responses=declares("cursor_unreadable"))
def list_deliveries(
    _caller: Reader,
    store: Kept,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    webhook: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
    state: State | None = None,
) -> object:
    """通知记录；state=dead 为死信 / What was told; the dead letters with state=dead."""
    with store.database.reading() as s:
        page = webhooks.deliveries(s, webhook, state, cursor, limit)
    return {"items": page.rows, "next": page.cursor}


@router.get("/{webhook_id}", response_model=WebhookOut, responses=declares("not_found"))
def get_webhook(webhook_id: Id, _caller: Reader, store: Kept) -> object:
    """一个通知地址 / One address."""
    with store.database.reading() as s:
        row = webhooks.get(s, webhook_id)
    if row is None:
        raise MingjianError("not_found", thing="webhook", id=webhook_id)
    return row


@router.put("/{webhook_id}", response_model=WebhookOut, responses=declares("not_found", "webhook_refused"))
def change_webhook(
    webhook_id: Id,
    body: WebhookIn,
    caller: Administrator,
    served: Served,
    trail: Annotated[Trail, Depends(audited("webhook.change"))],
) -> object:
    """修改或停用通知地址 / Change an address, or switch it off."""
    target_of(body.url, served.server.webhooks)
    with served.store.database.writing() as s:
        row = webhooks.change(s, webhook_id, url=body.url, events=_events(body), active=body.active)
        trail.within(s, caller.name, f"webhook/{row.id}", events=row.events, active=row.active)
    return row


@router.delete("/{webhook_id}", status_code=204, responses=declares("not_found"))
def remove_webhook(
    webhook_id: Id,
    caller: Administrator,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("webhook.remove"))],
) -> None:
    """删除通知地址及其记录 / Remove an address and what was told to it."""
    with store.database.writing() as s:
        webhooks.remove(s, webhook_id)
        trail.within(s, caller.name, f"webhook/{webhook_id}")


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/again", response_model=DeliveryOut, responses=declares("not_found")
)
def deliver_again(
    webhook_id: Id,
    delivery_id: Id,
    caller: Administrator,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("webhook.again"))],
) -> object:
    """重新投递 / Tell it again."""
    with store.database.writing() as s:
        row = webhooks.again(s, webhook_id, delivery_id, at)
        trail.within(s, caller.name, f"webhook/{webhook_id}", delivery=delivery_id)
    return row
