"""Answers already given: the same request with the same key gets the same answer, and is done once.

A key belongs to one caller. It is claimed before the work begins, so that a second request that comes meanwhile waits
its turn; a claim whose process died is free again after `abandoned`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session as Transaction

from engine.errors import MingjianError
from engine.store import tables


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: its body as it was stored (sealed by whoever keeps it) and the headers that belong to it."""

    status: int
    media_type: str | None
    headers: dict[str, Any]
    body: bytes


def claim(s: Transaction, actor: str, key: str, request: str, now: datetime, abandoned: datetime) -> Kept | None:
    """None: the key is the caller's now, go on. Otherwise the answer that was given.

    `request`: SHA-256 of what was asked for. `abandoned`: an unfinished claim made before then is free again. Raises
    MingjianError `idempotency_reused` for another request, `idempotency_running` while the first one has no answer.
    """
    row = s.get(tables.Idempotency, (actor, key), with_for_update=True)
    if row is not None and row.status is None and row.created_at < abandoned:
        s.delete(row)
        s.flush()
        row = None
    if row is None:
        s.add(tables.Idempotency(actor=actor, key=key, request=request, headers={}, created_at=now))
        s.flush()
        return None
    if row.request != request:
        raise MingjianError("idempotency_reused")
    if row.status is None:
        raise MingjianError("idempotency_running")
    return Kept(row.status, row.media_type, dict(row.headers), row.body or b"")


def keep(s: Transaction, actor: str, key: str, answer: Kept) -> None:
    """Stores the answer of a claimed key."""
    s.execute(
        update(tables.Idempotency)
        .where(tables.Idempotency.actor == actor, tables.Idempotency.key == key)
        .values(status=answer.status, media_type=answer.media_type, headers=answer.headers, body=answer.body)
    )


def release(s: Transaction, actor: str, key: str) -> None:
    """Frees a key whose request failed: it may be tried again."""
    s.execute(
        delete(tables.Idempotency).where(
            tables.Idempotency.actor == actor, tables.Idempotency.key == key, tables.Idempotency.status.is_(None)
        )
    )


def forget(s: Transaction, before: datetime) -> int:
    """Removes answers given before then; returns how many."""
    return s.execute(delete(tables.Idempotency).where(tables.Idempotency.created_at < before)).rowcount  # type: ignore[attr-defined,no-any-return]
