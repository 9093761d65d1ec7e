"""What the server leaves behind and nobody needs any more."""

from datetime import datetime, timedelta

from api.settings import server_settings
from api.staging import Staging
from engine.settings import Settings
from engine.store import idempotency, users, webhooks
from engine.store.store import Store

TOLD_KEPT = timedelta(days=30)
"""How long it is known which deliveries were taken."""
LOGINS_KEPT = timedelta(days=1)


def tidy(store: Store, settings: Settings, now: datetime) -> int:
    """Removes uploads whose time is over, log-ins that ran out, answers and deliveries long given; how many went."""
    server = server_settings(settings)
    gone = Staging(store, server.uploads).tidy(now)
    with store.database.writing() as s:
        gone += users.forget_logins(s, now - LOGINS_KEPT)
        gone += idempotency.forget(s, now - timedelta(seconds=server.answers_kept))
        gone += webhooks.forget(s, now - TOLD_KEPT)
    return gone
