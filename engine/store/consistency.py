"""Findings about sessions beside others: kept as a layer of their own, never changed, taken back when they are gone.

An inspection depends on the bytes of its own recording alone; what another recording says must not change it. So what
does not agree between recordings lies beside the inspections, and leads to a review of the newest session it is about.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.duties.consistency import Disagreement
from engine.duties.suspicion import VoiceOf
from engine.store import events, policies, tables
from engine.store.reviews import NewReview, open_review
from engine.store.rows import as_rows

FOUND = "session.disagrees"
SEVERITIES = ("critical", "high", "medium", "low")
FLAGGING = ("critical", "high")
"""As in configs/policies/default.yaml: what is less severe is a note."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding about a session. `sides`: what each side says, and where. `withdrawn_at`: it is gone since."""

    id: str
    session_id: str
    check: str
    content: str
    severity: str
    reason_code: str
    reason: str
    others: list[str]
    sides: list[Any]
    found_at: datetime
    withdrawn_at: datetime | None


def due(s: Session, limit: int) -> tuple[str, ...]:
    """Sessions whose newest inspection was not compared yet, the oldest first."""
    session, compared = tables.Session, tables.Compared
    query = (
        select(session.id)
        .outerjoin(compared, compared.session_id == session.id)
        .where(
            session.state == "inspected",
            session.inspection_id.is_not(None),
            compared.inspection_id.is_(None) | (compared.inspection_id != session.inspection_id),
        )
        .order_by(session.id)
        .limit(limit)
    )
    return tuple(s.scalars(query))


def note_compared(s: Session, session_id: str, inspection_id: str, now: datetime) -> None:
    """The session was compared as it stands."""
    row = s.get(tables.Compared, session_id)
    if row is None:
        s.add(tables.Compared(session_id=session_id, inspection_id=inspection_id, compared_at=now))
    else:
        row.inspection_id, row.compared_at = inspection_id, now


def compare_again(s: Session, policy_no: str) -> None:
    """All sessions of a policy are to be compared once more: what is known of it has changed."""
    mine = select(tables.Session.id).where(tables.Session.policy_no == policy_no)
    s.execute(
        update(tables.Compared)
        .where(tables.Compared.session_id.in_(mine))
        .values(inspection_id="")
        .execution_options(synchronize_session=False)
    )


def write(
    s: Session, sessions: Iterable[str], checks: Iterable[str], found: Sequence[Disagreement], now: datetime
) -> int:
    """What the comparison of `sessions` by `checks` came to: new findings are kept and lead to a review, those that it
    no longer comes to are taken back. How many are new.
    """
    compared, names = set(sessions), set(checks)
    query = select(tables.Consistency).where(
        tables.Consistency.session_id.in_(compared), tables.Consistency.check.in_(names)
    )
    before = {(row.session_id, row.content): row for row in s.scalars(query)}
    wanted = {(one.session_id, one.content): one for one in found}
    for key, row in before.items():
        if key not in wanted:
            row.withdrawn_at = row.withdrawn_at or now
        else:
            row.withdrawn_at = None
    new = [one for key, one in wanted.items() if key not in before]
    for one in new:
        s.add(_row(one, now))
        _review(s, one, now)
    s.flush()
    return len(new)


def _row(one: Disagreement, now: datetime) -> tables.Consistency:
    return tables.Consistency(
        session_id=one.session_id,
        check=one.check,
        content=one.content,
        severity=one.severity,
        reason_code=one.reason_code,
        reason=one.reason,
        others=list(one.others),
        sides=[asdict(side) for side in one.sides],
        found_at=now,
    )


def _review(s: Session, one: Disagreement, now: datetime) -> None:
    session = s.get(tables.Session, one.session_id)
    data = {"check": one.check, "severity": one.severity, "others": list(one.others)}
    events.append(s, FOUND, one.session_id, data, now)
    if session is None or session.inspection_id is None or one.severity not in FLAGGING:
        return
    severity = SEVERITIES.index(one.severity)
    open_review(s, NewReview(session.id, session.inspection_id, session.due_at or now, severity), now)


def findings(s: Session, session_id: str, *, withdrawn: bool = False) -> tuple[FindingRow, ...]:
    """The findings about a session: those that landed with it, and those of others that are about it too."""
    others = policies.sessions_beside(s, session_id)
    query = select(tables.Consistency).where(tables.Consistency.session_id.in_([session_id, *others]))
    if not withdrawn:
        query = query.where(tables.Consistency.withdrawn_at.is_(None))
    rows = as_rows(FindingRow, s.scalars(query.order_by(tables.Consistency.found_at, tables.Consistency.id)))
    return tuple(one for one in rows if one.session_id == session_id or session_id in one.others)


def keep_voices(
    s: Session, session_id: str, model: str, voices: Iterable[tuple[str, Sequence[float], float]], now: datetime
) -> None:
    """Keep the vectors of a session's voices: role, unit vector, seconds of speech. Only where a deployment opted
    in."""
    for role, vector, seconds in voices:
        packed = struct.pack(f"<{len(vector)}f", *vector)
        row = s.get(tables.Voiceprint, (session_id, role))
        if row is None:
            row = tables.Voiceprint(session_id=session_id, role=role)
            s.add(row)
        row.model, row.vector, row.seconds, row.made_at = model, packed, seconds, now


def voices_of(s: Session, session_id: str) -> tuple[VoiceOf, ...]:
    """The kept voices of a session."""
    return tuple(_voices(s, tables.Voiceprint.session_id == session_id))


def other_voices(s: Session, session_id: str, model: str) -> Iterator[VoiceOf]:
    """The kept voices of all other sessions that the same network made."""
    yield from _voices(s, (tables.Voiceprint.session_id != session_id) & (tables.Voiceprint.model == model))


def model_of_voices(s: Session, session_id: str) -> str | None:
    """The network whose vectors are kept of a session; None where none are."""
    return s.scalar(select(tables.Voiceprint.model).where(tables.Voiceprint.session_id == session_id).limit(1))


def _voices(s: Session, condition: Any) -> Iterator[VoiceOf]:
    person = (
        select(tables.PersonKey.key)
        .where(
            tables.PersonKey.session_id == tables.Session.id,
            tables.PersonKey.role == policies.POLICYHOLDER,
            tables.PersonKey.kind == "id",
        )
        .limit(1)
        .correlate(tables.Session)
        .scalar_subquery()
    )
    query = (
        select(tables.Voiceprint, tables.Session.scenario, tables.Session.agent_no, person)
        .join(tables.Session, tables.Session.id == tables.Voiceprint.session_id)
        .where(condition)
        .order_by(tables.Voiceprint.session_id, tables.Voiceprint.role)
        .execution_options(yield_per=AT_ONCE)
    )
    for row, scenario, staff_no, customer in s.execute(query):
        vector = struct.unpack(f"<{len(row.vector) // 4}f", row.vector)
        yield VoiceOf(row.session_id, row.role, customer, staff_no, scenario == "callback", vector, row.seconds)
