"""Addresses that are told of events, and each telling.

A delivery is planned in the transaction of its event: an event that happened is told, one that was rolled back is not.
It is told at least once; whoever listens knows a repeated one by its event's number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session as Transaction

from engine.errors import MingjianError
from engine.store import cursors
from engine.store.cursors import Page
from engine.store.ids import new_id
from engine.store.rows import as_row
from engine.store.tables import Delivery, Event, Webhook

PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"
TOLD: dict[str, str] = {
    "inspected": "session.inspected",
    "failed": "session.failed",
    "quarantined": "session.failed",
    "review.decided": "review.decided",
    "ticket.due": "ticket.due",
}
"""What a kind of event is called outside; the others are not told."""


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """An address. `events` it wants; `secret` signs, sealed by whoever keeps it."""

    id: str
    url: str
    events: list[str]
    secret: str
    active: bool
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One telling of one event. `state`: pending | delivered | dead; `status` is what the address last answered."""

    id: str
    webhook_id: str
    event_number: int
    state: str
    attempts: int
    next_at: datetime
    status: int | None
    error: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to be made now, with all that is needed for it."""

    delivery: DeliveryRow
    webhook: WebhookRow
    event: str
    session_id: str | None
    at: datetime
    data: dict[str, Any]


def add(s: Transaction, url: str, events: Sequence[str], secret: str, created_by: str, now: datetime) -> WebhookRow:
    """A new address."""
    row = Webhook(
        id=new_id(), url=url, events=list(events), secret=secret, active=True, created_by=created_by, created_at=now
    )
    s.add(row)
    s.flush()
    return as_row(WebhookRow, row)


def get(s: Transaction, webhook_id: str) -> WebhookRow | None:
    """The address with this id."""
    row = s.get(Webhook, webhook_id)
    return as_row(WebhookRow, row) if row else None


def page(s: Transaction, cursor: str | None, limit: int) -> Page[WebhookRow]:
    """Addresses, the newest first."""
    query = select(Webhook).order_by(Webhook.id.desc()).limit(limit + 1)
    if cursor is not None:
        (after,) = cursors.read(cursor, str)
        query = query.where(Webhook.id < after)
    rows = tuple(as_row(WebhookRow, one) for one in s.scalars(query))
    return Page(rows[:limit], cursors.write(rows[limit - 1].id) if len(rows) > limit else None)


def change(s: Transaction, webhook_id: str, *, url: str, events: Sequence[str], active: bool) -> WebhookRow:
    """Another address, other events, on or off. Raises MingjianError `not_found`."""
    row = s.get(Webhook, webhook_id)
    if row is None:
        raise MingjianError("not_found", thing="webhook", id=webhook_id)
    row.url, row.events, row.active = url, list(events), active
    s.flush()
    return as_row(WebhookRow, row)


def remove(s: Transaction, webhook_id: str) -> None:
    """Nothing more is told to this address. Raises MingjianError `not_found`."""
    row = s.get(Webhook, webhook_id)
    if row is None:
        raise MingjianError("not_found", thing="webhook", id=webhook_id)
    s.delete(row)


def plan(s: Transaction, number: int, kind: str, now: datetime) -> None:
    """The deliveries of an event that has just got its number."""
    event = TOLD.get(kind)
    if event is None:
        return
    for webhook_id, wanted in s.execute(select(Webhook.id, Webhook.events).where(Webhook.active)):
        if event in wanted:
            s.add(_delivery(webhook_id, number, now))
    s.flush()


def _delivery(webhook_id: str, number: int, now: datetime) -> Delivery:
    return Delivery(
        id=new_id(),
        webhook_id=webhook_id,
        event_number=number,
        state=PENDING,
        attempts=0,
        next_at=now,
        created_at=now,
    )


def claim_due(s: Transaction, now: datetime, until: datetime, limit: int) -> tuple[Due, ...]:
    """Deliveries whose time has come; nobody else gets them before `until`."""
    query = (
        select(Delivery, Webhook, Event)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .join(Event, Event.number == Delivery.event_number)
        .where(Delivery.state == PENDING, Delivery.next_at <= now, Webhook.active)
        .order_by(Delivery.next_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    due = []
    for delivery, webhook, event in s.execute(query):
        delivery.next_at = until
        due.append(
            Due(
                as_row(DeliveryRow, delivery),
                as_row(WebhookRow, webhook),
                TOLD[event.kind],
                event.session_id,
                event.at,
                dict(event.data),
            )
        )
    s.flush()
    return tuple(due)


def delivered(s: Transaction, delivery_id: str, status: int) -> None:
    """The address has taken it."""
    s.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(state=DELIVERED, status=status, error=None, attempts=Delivery.attempts + 1)
    )


def refused(s: Transaction, delivery_id: str, status: int | None, error: str, next_at: datetime | None) -> None:
    """The address has not taken it: tried again then, or dead where there is no `next_at`."""
    values: dict[str, Any] = {"status": status, "error": error, "attempts": Delivery.attempts + 1}
    values |= {"next_at": next_at} if next_at else {"state": DEAD}
    s.execute(update(Delivery).where(Delivery.id == delivery_id).values(**values))


def deliveries(
    s: Transaction, webhook_id: str | None, state: str | None, cursor: str | None, limit: int
) -> Page[DeliveryRow]:
    """Deliveries, the newest first; the dead-letter list with `state` dead."""
    conditions: list[ColumnElement[bool]] = []
    if webhook_id is not None:
        conditions.append(Delivery.webhook_id == webhook_id)
    if state is not None:
        conditions.append(Delivery.state == state)
    if cursor is not None:
        (after,) = cursors.read(cursor, str)
        conditions.append(Delivery.id < after)
    query = select(Delivery).where(*conditions).order_by(Delivery.id.desc()).limit(limit + 1)
    rows = tuple(as_row(DeliveryRow, one) for one in s.scalars(query))
    return Page(rows[:limit], cursors.write(rows[limit - 1].id) if len(rows) > limit else None)


def again(s: Transaction, webhook_id: str, delivery_id: str, now: datetime) -> DeliveryRow:
    """Tells a dead or delivered one again, with all its tries. Raises MingjianError `not_found`."""
    row = s.get(Delivery, delivery_id)
    if row is None or row.webhook_id != webhook_id:
        raise MingjianError("not_found", thing="delivery", id=delivery_id)
    row.state, row.attempts, row.next_at, row.error = PENDING, 0, now, None
    s.flush()
    return as_row(DeliveryRow, row)


def forget(s: Transaction, before: datetime) -> int:
    """Removes deliveries made before then; returns how many. Dead ones stay until somebody has looked."""
    old = s.scalars(select(Delivery).where(Delivery.state == DELIVERED, Delivery.created_at < before).limit(1000)).all()
    for row in old:
        s.delete(row)
    return len(old)
