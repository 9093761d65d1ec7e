"""Wordings that reviews confirmed: found by a decision, proposed for a concept, tried, accepted into a draft or not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.reviewing import Ruling
from engine.store import cursors, tables
from engine.store.cursors import Page
from engine.store.rows import as_row, as_rows

FOUND, PROPOSED, ACCEPTED, REJECTED = "found", "proposed", "accepted", "rejected"
OPEN = (FOUND, PROPOSED)
SPOKEN = "disclosure"
"""Kind of the items that a wording can be of."""
NOT_UPHELD = "终审未采纳 / not upheld in the final judgement"


@dataclass(frozen=True, slots=True)
class WordingRow:
    """One wording (tables.Wording)."""

    id: str
    review_id: str
    session_id: str
    inspection_id: str
    ruleset: str
    item: str
    product_index: int | None
    concept: str | None
    text: str | None
    note: str | None
    state: str
    found_by: str
    found_at: datetime
    proposed_by: str | None
    proposed_at: datetime | None
    settled_by: str | None
    settled_at: datetime | None
    version: int | None
    trial: Mapping[str, Any]


def note(s: Session, review: tables.Review, rulings: Iterable[Ruling], by: str, now: datetime) -> None:
    """Keep what a decision found to be said in other words; what an earlier one of the review found, and this one does
    not, is rejected."""
    wanted = {one.key: one for one in rulings}
    inspection = s.get(tables.Inspection, review.inspection_id)
    table = tables.Wording
    known = s.scalars(select(table).where(table.review_id == review.id, table.state.in_(OPEN))).all()
    for row in known:
        if (row.item, row.product_index) not in wanted:
            row.state, row.settled_by, row.settled_at, row.note = REJECTED, by, now, NOT_UPHELD
    there = {(row.item, row.product_index) for row in known}
    for key, ruling in wanted.items():
        if key in there or inspection is None or not _is_spoken(s, review.session_id, ruling.item):
            continue
        s.add(
            table(
                review_id=review.id,
                session_id=review.session_id,
                inspection_id=review.inspection_id,
                ruleset=inspection.ruleset,
                item=ruling.item,
                product_index=ruling.product_index,
                note=ruling.note,
                state=FOUND,
                found_by=by,
                found_at=now,
                trial={},
            )
        )


def _is_spoken(s: Session, session_id: str, item: str) -> bool:
    table = tables.Finding
    query = select(table.id).where(table.session_id == session_id, table.item == item, table.kind == SPOKEN)
    return s.scalar(query.limit(1)) is not None


def get(s: Session, wording_id: str) -> WordingRow:
    """One wording. Raises MingjianError `not_found`."""
    return as_row(WordingRow, _row(s, wording_id))


def page(
    s: Session,
    states: Sequence[str] = (),
    ruleset: str | None = None,
    item: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[WordingRow]:
    """Wordings, the newest first. Raises MingjianError `cursor_unreadable`."""
    table = tables.Wording
    query = select(table).order_by(table.id.desc()).limit(limit + 1)
    if states:
        query = query.where(table.state.in_(states))
    if ruleset is not None:
        query = query.where(table.ruleset == ruleset)
    if item is not None:
        query = query.where(table.item == item)
    if cursor is not None:
        (last,) = cursors.read(cursor, str)
        query = query.where(table.id < last)
    rows = as_rows(WordingRow, s.scalars(query))
    return Page(rows[:limit], cursors.write(rows[limit - 1].id) if len(rows) > limit else None)


def counts(s: Session) -> dict[str, int]:
    """How many there are in each state."""
    table = tables.Wording
    found = {
        str(state): int(count) for state, count in s.execute(select(table.state, func.count()).group_by(table.state))
    }
    return {state: found.get(state, 0) for state in (FOUND, PROPOSED, ACCEPTED, REJECTED)}


def titles(s: Session, rows: Sequence[WordingRow]) -> dict[tuple[str, str], str]:
    """The titles of their items, by session and item."""
    table = tables.Finding
    query = select(table.session_id, table.item, table.title).where(
        table.session_id.in_({one.session_id for one in rows}), table.item.in_({one.item for one in rows})
    )
    return {(str(session), str(item)): str(title) for session, item, title in s.execute(query)}


def propose(s: Session, wording_id: str, concept: str, text: str, by: str, now: datetime) -> WordingRow:
    """Say which concept it is of and in which words. Raises MingjianError `not_found`, `wording_state`."""
    row = _open(s, wording_id)
    row.concept, row.text, row.state, row.trial = concept, text, PROPOSED, {}
    row.proposed_by, row.proposed_at = by, now
    s.flush()
    return as_row(WordingRow, row)


def keep_trial(s: Session, wording_id: str, text: str | None, trial: Mapping[str, Any]) -> WordingRow:
    """Keep what a back-test came to, unless the words were changed meanwhile."""
    row = _row(s, wording_id, locked=True)
    if row.text == text:
        row.trial = dict(trial)
        s.flush()
    return as_row(WordingRow, row)


def accept(s: Session, wording_id: str, version: int, by: str, now: datetime) -> WordingRow:
    """It stands in the draft `version` of its rule set. Raises MingjianError `not_found`, `wording_state`."""
    row = _open(s, wording_id, (PROPOSED,))
    row.state, row.version, row.settled_by, row.settled_at = ACCEPTED, version, by, now
    s.flush()
    return as_row(WordingRow, row)


def reject(s: Session, wording_id: str, why: str | None, by: str, now: datetime) -> WordingRow:
    """It is not to be a wording of the rule. Raises MingjianError `not_found`, `wording_state`."""
    row = _open(s, wording_id)
    row.state, row.settled_by, row.settled_at = REJECTED, by, now
    row.note = why or row.note
    s.flush()
    return as_row(WordingRow, row)


def _open(s: Session, wording_id: str, states: Sequence[str] = OPEN) -> tables.Wording:
    row = _row(s, wording_id, locked=True)
    if row.state not in states:
        raise MingjianError("wording_state", state=row.state)
    return row


def _row(s: Session, wording_id: str, *, locked: bool = False) -> tables.Wording:
    row = s.get(tables.Wording, wording_id, with_for_update=locked or None)
    if row is None:
        raise MingjianError("not_found", thing="wording", id=wording_id)
    return row
