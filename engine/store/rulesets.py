"""Rule sets that people wrote here: drafts, proposals, published versions. Publishing needs a second person.

The newest published version of a name is in force, before the rule set of that name that comes with the program.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.store import cursors, tables
from engine.store.cursors import Page
from engine.store.rows import as_row, as_rows


@dataclass(frozen=True, slots=True)
class RuleSetText:
    """One version of a rule set's text (tables.RuleSetVersion)."""

    id: str
    ruleset: str
    version: int
    sha256: str
    ruleset_sha256: str | None
    text: str
    state: str
    note: str | None
    made_by: str
    made_at: datetime
    proposed_by: str | None
    proposed_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None


def in_force(s: Session, name: str) -> RuleSetText | None:
    """The newest published version; None: what comes with the program is in force."""
    return _first(s, name, tables.RuleSetVersion.state == "published")


def of_hash(s: Session, name: str, ruleset_sha256: str) -> RuleSetText | None:
    """The version that made the rule set of that hash, whatever became of it."""
    return _first(s, name, tables.RuleSetVersion.ruleset_sha256 == ruleset_sha256)


def get(s: Session, name: str, version: int) -> RuleSetText:
    """One version. Raises MingjianError `not_found`."""
    return as_row(RuleSetText, _row(s, name, version))


def history(s: Session, name: str) -> tuple[RuleSetText, ...]:
    """Every version, the newest first."""
    query = select(tables.RuleSetVersion).where(tables.RuleSetVersion.ruleset == name)
    return as_rows(RuleSetText, s.scalars(query.order_by(tables.RuleSetVersion.version.desc())))


def newest(s: Session) -> tuple[RuleSetText, ...]:
    """The newest version of every name and state."""
    table = tables.RuleSetVersion
    last = select(table.ruleset, table.state, func.max(table.version).label("version")).group_by(
        table.ruleset, table.state
    )
    latest = last.subquery()
    query = (
        select(table)
        .join(latest, (table.ruleset == latest.c.ruleset) & (table.version == latest.c.version))
        .order_by(table.ruleset, table.version.desc())
    )
    return as_rows(RuleSetText, s.scalars(query))


@dataclass(frozen=True, slots=True)
class NewText:
    """A rule set's text. `ruleset_sha256`: of the rule set it makes; None while it has faults."""

    ruleset: str
    text: str
    ruleset_sha256: str | None
    note: str | None = None


def add(s: Session, new: NewText, by: str, now: datetime) -> RuleSetText:
    """A new draft."""
    table = tables.RuleSetVersion
    last = s.scalar(select(func.max(table.version)).where(table.ruleset == new.ruleset))
    made = table(
        ruleset=new.ruleset,
        version=(last or 0) + 1,
        sha256=_sha256(new.text),
        ruleset_sha256=new.ruleset_sha256,
        text=new.text,
        state="draft",
        note=new.note,
        made_by=by,
        made_at=now,
    )
    s.add(made)
    s.flush()
    return as_row(RuleSetText, made)


def revise(s: Session, version: int, new: NewText, base: str, by: str, now: datetime) -> RuleSetText:
    """Another text for a draft, in the place of the one whose SHA-256 is `base`.

    Raises MingjianError `not_found`, `ruleset_version_state` where it is no draft, `conflict` where somebody else has
    changed it since.
    """
    row = _row(s, new.ruleset, version, locked=True)
    _in_state(row, ("draft",))
    if row.sha256 != base:
        raise MingjianError("conflict", detail=f"{row.made_by} 已修改过这份草稿 / {row.made_by} has changed this draft")
    row.text, row.sha256, row.ruleset_sha256 = new.text, _sha256(new.text), new.ruleset_sha256
    row.note = new.note or row.note
    row.made_by, row.made_at = by, now
    s.flush()
    return as_row(RuleSetText, row)


def propose(s: Session, name: str, version: int, by: str, now: datetime) -> RuleSetText:
    """Put a draft up for publishing. Raises MingjianError `not_found`, `ruleset_version_state`."""
    row = _row(s, name, version, locked=True)
    _in_state(row, ("draft",))
    row.state, row.proposed_by, row.proposed_at = "proposed", by, now
    s.flush()
    return as_row(RuleSetText, row)


def publish(s: Session, name: str, version: int, by: str, now: datetime) -> RuleSetText:
    """Approve what another person wrote and proposed; it is in force from now on. Nobody may bring back an older one
    this way: its text is drafted anew.

    Raises MingjianError `not_found`, `ruleset_version_state`, `ruleset_second_person`.
    """
    row = _row(s, name, version, locked=True)
    _in_state(row, ("proposed",))
    if by in (row.made_by, row.proposed_by):
        raise MingjianError("ruleset_second_person", who=by)
    newer = in_force(s, name)
    if newer is not None and newer.version > version:
        raise _wrong_state(row, "superseded")
    row.state, row.approved_by, row.approved_at = "published", by, now
    s.flush()
    return as_row(RuleSetText, row)


def withdraw(s: Session, name: str, version: int) -> RuleSetText:
    """Take back a proposal (it is a draft again), or a published version (the one before it is in force again)."""
    row = _row(s, name, version, locked=True)
    _in_state(row, ("proposed", "published"))
    row.state = "draft" if row.state == "proposed" else "withdrawn"
    if row.state == "draft":
        row.proposed_by, row.proposed_at = None, None
    s.flush()
    return as_row(RuleSetText, row)


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A session's newest inspection: the blobs of its result and evidence."""

    session_id: str
    result: str
    evidence: str


def judged_by(s: Session, name: str, cursor: str | None = None, limit: int = 20) -> Page[JudgedRow]:
    """Sessions whose newest inspection was made by the rule set of that name, newest first."""
    session, inspection = tables.Session, tables.Inspection
    query = (
        select(session.id.label("session_id"), inspection.result, inspection.evidence)
        .join(inspection, inspection.id == session.inspection_id)
        .where(inspection.ruleset == name, session.state != "purged")
        .order_by(session.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        (last,) = cursors.read(cursor, str)
        query = query.where(session.id < last)
    rows = as_rows(JudgedRow, s.execute(query))
    return Page(rows[:limit], cursors.write(rows[limit - 1].session_id) if len(rows) > limit else None)


def _first(s: Session, name: str, condition: object) -> RuleSetText | None:
    table = tables.RuleSetVersion
    query = select(table).where(table.ruleset == name, condition)  # type: ignore[arg-type]
    found = s.scalars(query.order_by(table.version.desc()).limit(1)).first()
    return as_row(RuleSetText, found) if found else None


def _row(s: Session, name: str, version: int, locked: bool = False) -> tables.RuleSetVersion:
    query = select(tables.RuleSetVersion).where(
        tables.RuleSetVersion.ruleset == name, tables.RuleSetVersion.version == version
    )
    found = s.scalars(query.with_for_update() if locked else query).one_or_none()
    if found is None:
        raise MingjianError("not_found", thing="ruleset", id=f"{name}/{version}")
    return found


def _in_state(row: tables.RuleSetVersion, states: Sequence[str]) -> None:
    if row.state not in states:
        raise _wrong_state(row, row.state)


def _wrong_state(row: tables.RuleSetVersion, state: str) -> MingjianError:
    return MingjianError(
        "ruleset_version_state",
        ruleset=row.ruleset,
        version=row.version,
        state=state,
    )


def _sha256(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
