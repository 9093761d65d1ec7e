"""Telling addresses of events: signed, tried again with growing pauses, put aside when nobody answers.

`Mingjian-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA256 over `<t>.<body>` with the secret that was shown when the
webhook was made. Whoever listens checks it, refuses an old `t`, and knows a repeated event by `number`.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from api.calling import Resolve, post, resolve, target_of
from api.keys import Keys, load_keys
from api.settings import WebhookSettings, server_settings
from engine.errors import MingjianError
from engine.settings import Settings
from engine.store import webhooks
from engine.store.store import Store
from engine.store.webhooks import Due
from engine.version import VERSION

SECRET = "webhook"  # noqa: S105  the purpose of a key, not a key
SIGNATURE = "Mingjian-Signature"
MOST_AT_ONCE = 200
LONGEST_ERROR = 300
GOOD = range(200, 300)
LEASE_S = 120.0
"""Nobody else makes a claimed delivery for so long; longer than all tries at once can take."""

Tell = Callable[[Due, bytes, dict[str, str]], int]


def sign(secret: str, body: bytes, at: datetime) -> str:
    """The header's value for `body` at that time."""
    moment = int(at.timestamp())
    mark = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={mark}"


def body_of(due: Due) -> bytes:
    """What is told: the event, its number and session, and its data. No personal data is among them."""
    content = {
        "event": due.event,
        "number": due.delivery.event_number,
        "delivery": due.delivery.id,
        "at": due.at.isoformat(),
        "session_id": due.session_id,
        "data": due.data,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class _Courier:
    """Takes deliveries to their addresses."""

    keys: Keys
    settings: WebhookSettings
    now: datetime
    resolver: Resolve

    def __call__(self, due: Due) -> tuple[int | None, str | None]:
        """What the address answered, and what went wrong (None: nothing)."""
        secret = self.keys.unseal_text(SECRET, due.webhook.secret)
        if secret is None:
            return None, "the webhook's secret was sealed with another server secret: make the webhook anew"
        body = body_of(due)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Mingjian/{VERSION}",
            "Mingjian-Event": due.event,
            "Mingjian-Delivery": due.delivery.id,
            SIGNATURE: sign(secret, body, self.now),
        }
        try:
            target = target_of(due.webhook.url, self.settings, self.resolver)
            status = post(target, body, headers, self.settings.timeout)
        except MingjianError as error:
            return None, error.en
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return None, f"{type(error).__name__}: {error}"
        return status, None if status in GOOD else f"HTTP {status}"


def deliver_due(store: Store, settings: Settings, now: datetime, *, resolver: Resolve = resolve) -> int:
    """Makes the deliveries whose time has come; returns how many there were. Several processes may do so at once."""
    server = server_settings(settings)
    courier = _Courier(load_keys(settings, server), server.webhooks, now, resolver)
    with store.database.writing() as s:
        due = webhooks.claim_due(s, now, now + timedelta(seconds=LEASE_S), MOST_AT_ONCE)
    if not due:
        return 0
    with ThreadPoolExecutor(max_workers=server.webhooks.at_once) as pool:
        for one, (status, error) in zip(due, pool.map(courier, due), strict=True):
            _note(store, server.webhooks, one, status, error, now)
    return len(due)


def _note(
    store: Store, settings: WebhookSettings, due: Due, status: int | None, error: str | None, now: datetime
) -> None:
    with store.database.writing() as s:
        if error is None and status is not None:
            webhooks.delivered(s, due.delivery.id, status)
            return
        tried = due.delivery.attempts
        again = now + timedelta(seconds=settings.pauses[tried]) if tried < len(settings.pauses) else None
        webhooks.refused(s, due.delivery.id, status, (error or "")[:LONGEST_ERROR], again)
