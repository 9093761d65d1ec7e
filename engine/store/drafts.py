"""What reviewers have filled in and not yet submitted. Saved often; decides nothing, and goes with the decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.store import tables
from engine.store.rows import as_row


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One person's draft on one review."""

    review_id: str
    made_by: str
    content: Mapping[str, Any]
    version: int
    saved_at: datetime


class DraftChanged(MingjianError):
    """`draft_changed`, with the draft as it was saved elsewhere."""

    def __init__(self, kept: tables.Draft) -> None:
        super().__init__("draft_changed", version=kept.version)
        self.extra = {"current": {"version": kept.version, "content": kept.content}}


def get(s: Session, review_id: str, who: str) -> DraftRow | None:
    """The draft of `who`, if there is one."""
    found = s.get(tables.Draft, (review_id, who))
    return as_row(DraftRow, found) if found else None


def save(
    s: Session, review_id: str, who: str, content: Mapping[str, Any], version: int | None, now: datetime
) -> DraftRow:
    """Keep a draft in the place of version `version` (None or 0: the first). Raises MingjianError `review_unknown`,
    `draft_changed` where another one was saved since (the same person at two windows)."""
    if s.get(tables.Review, review_id) is None:
        raise MingjianError("review_unknown", review=review_id)
    kept = s.get(tables.Draft, (review_id, who), with_for_update=True)
    if kept is None:
        kept = tables.Draft(review_id=review_id, made_by=who, content=dict(content), version=1, saved_at=now)
        s.add(kept)
    elif kept.version != (version or 0):
        raise DraftChanged(kept)
    else:
        kept.content, kept.version, kept.saved_at = dict(content), kept.version + 1, now
    s.flush()
    return as_row(DraftRow, kept)


def drop(s: Session, review_id: str, who: str) -> None:
    """Forget a draft."""
    kept = s.get(tables.Draft, (review_id, who))
    if kept is not None:
        s.delete(kept)
