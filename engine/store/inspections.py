"""What the machine found. A result is written once, in one transaction with the end of its job, and never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session as Transaction

from engine import reasons
from engine.errors import MingjianError
from engine.inspection import Inspection as Result
from engine.inspection import Item
from engine.order import parse_order
from engine.store import events, indexing, jobs, opening, reviews
from engine.store.ids import new_id
from engine.store.jobs import Lease, StaleLease
from engine.store.order_columns import aware, trigger
from engine.store.rows import as_row, as_rows
from engine.store.tables import Finding, Inspection, InspectionFile, Line, Part, Session

WRITTEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job brings: the inspection, and the blobs (kept already) of its JSON, its evidence and its files.

    `files`: clips, key frames and the report by their path below the result's folder. `renditions`: by part. `seconds`:
    how long it took. `correction_id`: what people had corrected before it was judged.
    """

    inspection: Result
    result: str
    evidence: str
    files: tuple[tuple[str, str], ...] = ()
    renditions: tuple[tuple[int, str], ...] = ()
    seconds: float = 0.0
    correction_id: str | None = None


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One version of what the machine found of a session."""

    id: str
    session_id: str
    version: int
    content: str
    ruleset: str
    ruleset_sha256: str
    policy: str
    verdict: str
    score: float
    result: str
    evidence: str
    correction_id: str | None
    job_id: str | None
    seconds: float
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One item of a session's newest inspection. `flags`: it is why a person has to look."""

    session_id: str
    inspection_id: str
    item: str
    product_index: int | None
    title: str
    kind: str
    severity: str
    verdict: str
    reason_code: str | None
    flags: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """One utterance of a session's newest inspection; times in seconds."""

    number: int
    start: float
    end: float
    role: str
    text: str


def commit(s: Transaction, held: Lease, brought: Outcome, now: datetime) -> int:
    """Write a result with all that lists, search and reviews need of it, and end its job; the version it became.

    The same lease bringing it twice gets the version of the first time. Raises StaleLease where the lease is lost or
    the session is gone: nothing is written.
    """
    if not jobs.commit(s, held, now):
        return _version_of(s, held)
    session = s.get(Session, held.session_id, with_for_update=True, populate_existing=True)
    if session is None or session.state == "purged":
        raise StaleLease(held.job_id)
    row = _write(s, session, held.job_id, brought, now)
    found = brought.inspection
    flagging = flagging_of(found)
    _describe(s, session.id, row.id, found, flagging)
    _note_on(session, row, found)
    for index, blob in brought.renditions:
        part = s.get(Part, (session.id, index))
        if part is not None:
            part.rendition = blob
    s.flush()
    opening.after_inspection(s, session, row, tuple(item.severity for item in flagging), now)
    data = {"job_id": held.job_id, "inspection_id": row.id, "version": row.version, "verdict": row.verdict}
    stages = {stage.name: stage.seconds for stage in found.stages}
    events.append(s, "inspected", session.id, {**data, "score": row.score, "stages": stages}, now)
    return row.version


def _version_of(s: Transaction, held: Lease) -> int:
    query = select(func.max(Inspection.version)).where(Inspection.job_id == held.job_id)
    version = s.scalar(query)
    if version is None:
        raise StaleLease(held.job_id)
    return version


def record(s: Transaction, session_id: str, base: int, brought: Outcome, by: str, now: datetime) -> InspectionRow:
    """Write what stored evidence came to when it was judged again with a person's corrections: no job did it.

    `base`: the version that was corrected. `by` goes on with their review, if they have one. Raises MingjianError
    `not_inspected`, `review_taken` while another person has a review of the session, `conflict` where there is a newer
    version than `base`.
    """
    session = s.get(Session, session_id, with_for_update=True, populate_existing=True)
    before = newest(s, session_id)
    if session is None or before is None or session.state == "purged":
        raise MingjianError("not_inspected", session=session_id)
    if before.version != base:
        detail = f"质检结果已有第 {before.version} 版 / there is version {before.version} of the inspection"
        raise MingjianError("conflict", detail=detail)
    row = _write(s, session, None, brought, now)
    found = brought.inspection
    flagging = flagging_of(found)
    _describe(s, session.id, row.id, found, flagging)
    _note_on(session, row, found)
    s.flush()
    if reviews.move_on(s, session.id, row.id, by, now) is None:
        opening.after_inspection(s, session, row, tuple(item.severity for item in flagging), now)
    data = {"inspection_id": row.id, "version": row.version, "verdict": row.verdict, "corrected_by": by}
    events.append(s, "inspected", session.id, {**data, "score": row.score}, now)
    return as_row(InspectionRow, row)


def _write(s: Transaction, session: Session, job_id: str | None, brought: Outcome, now: datetime) -> Inspection:
    found = brought.inspection
    newest = s.scalar(select(func.max(Inspection.version)).where(Inspection.session_id == session.id)) or 0
    row = Inspection(
        id=new_id(), session_id=session.id, version=newest + 1, content=found.id, ruleset=found.ruleset.id,
        ruleset_sha256=found.ruleset.sha256, policy=found.policy.id, verdict=found.verdict, score=found.score,
        result=brought.result, evidence=brought.evidence, correction_id=brought.correction_id, job_id=job_id,
        seconds=brought.seconds, created_at=now,
    )  # fmt: skip
    s.add(row)
    s.flush()
    if brought.files:
        values = [{"inspection_id": row.id, "path": path, "blob": blob} for path, blob in dict(brought.files).items()]
        s.execute(insert(InspectionFile), values)
    return row


def flagging_of(found: Result) -> tuple[Item, ...]:
    """The items that the policy named when it flagged the session."""
    named = {one.text for one in found.reasons if one.code == "item_flagged"}
    return tuple(
        item for item in found.items if reasons.text("item_flagged", title=item.title, reason=item.reason) in named
    )


def _describe(s: Transaction, session_id: str, inspection_id: str, found: Result, flagging: tuple[Item, ...]) -> None:
    """Findings, lines and search of the newest inspection, instead of those of the one before."""
    s.execute(delete(Finding).where(Finding.session_id == session_id))
    if found.items:
        s.execute(
            insert(Finding),
            [
                {
                    "id": new_id(), "session_id": session_id, "inspection_id": inspection_id, "item": item.id,
                    "product_index": item.product_index, "title": item.title, "kind": item.kind,
                    "severity": item.severity, "verdict": item.verdict, "reason_code": item.reason_code,
                    "flags": item in flagging,
                }
                for item in found.items
            ],
        )  # fmt: skip
    lines = tuple(
        LineRow(number, said.start, said.end, said.role, said.text) for number, said in enumerate(found.utterances)
    )
    write_lines(s, session_id, lines)


def write_lines(s: Transaction, session_id: str, lines: tuple[LineRow, ...]) -> None:
    """The lines of a session instead of those it had, and what search looks up of them."""
    s.execute(delete(Line).where(Line.session_id == session_id))
    values = [{"session_id": session_id, **{name: getattr(line, name) for name in LineRow.__slots__}} for line in lines]
    for start in range(0, len(values), WRITTEN_AT_ONCE):
        s.execute(insert(Line), values[start : start + WRITTEN_AT_ONCE])
    indexing.replace(s, session_id, (line.text for line in lines))


def _note_on(session: Session, row: Inspection, found: Result) -> None:
    session.state, session.verdict, session.score = "inspected", found.verdict, found.score
    session.outcome, session.inspection_id = found.outcome.classification, row.id
    session.duration = found.recording.duration
    if session.recorded_at is None and found.recording.recorded_at:
        recorded = _moment(found.recording.recorded_at)
        if recorded is not None:
            session.recorded_at = recorded
            session.trigger = trigger(parse_order(session.order), recorded.date())


def _moment(written: str) -> datetime | None:
    """The container's time; None for what is none, or is the zero of some clock."""
    try:
        found = aware(datetime.fromisoformat(written))
    except ValueError:
        return None
    return found if found is not None and found.year >= 2000 else None


def newest(s: Transaction, session_id: str) -> InspectionRow | None:
    """The newest inspection of a session, if there is one."""
    query = select(Inspection).where(Inspection.session_id == session_id).order_by(Inspection.version.desc()).limit(1)
    found = s.scalars(query).one_or_none()
    return as_row(InspectionRow, found) if found else None


def get(s: Transaction, session_id: str, version: int) -> InspectionRow | None:
    """One version of a session's inspection, if there is one."""
    query = select(Inspection).where(Inspection.session_id == session_id, Inspection.version == version)
    found = s.scalars(query).one_or_none()
    return as_row(InspectionRow, found) if found else None


def by_id(s: Transaction, inspection_id: str) -> InspectionRow | None:
    """An inspection by its id, if there is one."""
    found = s.get(Inspection, inspection_id)
    return as_row(InspectionRow, found) if found else None


def versions(s: Transaction, session_id: str) -> tuple[InspectionRow, ...]:
    """All inspections of a session, oldest first."""
    query = select(Inspection).where(Inspection.session_id == session_id).order_by(Inspection.version)
    return as_rows(InspectionRow, s.scalars(query))


def files(s: Transaction, inspection_id: str) -> dict[str, str]:
    """The files of an inspection: blobs by path."""
    query = select(InspectionFile).where(InspectionFile.inspection_id == inspection_id).order_by(InspectionFile.path)
    return {one.path: one.blob for one in s.scalars(query)}


def findings(s: Transaction, session_id: str) -> tuple[FindingRow, ...]:
    """The items of a session's newest inspection."""
    query = select(Finding).where(Finding.session_id == session_id).order_by(Finding.id)
    return as_rows(FindingRow, s.scalars(query))


def lines(s: Transaction, session_id: str) -> tuple[LineRow, ...]:
    """What was said, by the newest inspection."""
    return as_rows(LineRow, s.scalars(select(Line).where(Line.session_id == session_id).order_by(Line.number)))
