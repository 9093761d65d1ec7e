"""Corrections of a stored session, judged at once: the machine's evidence stays, the overlay and what it came to are
stored beside it.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.corrections import apply, parse
from engine.errors import MingjianError
from engine.evidence import Evidence
from engine.evidence.file import unpack
from engine.inspection import Inspection, from_json, to_json
from engine.rejudge import overlay_values, rejudge
from engine.rules import RuleSet, load, names
from engine.rules.policy import load_policy
from engine.rules.texts import load_text
from engine.store import inspections, policies, review_rows, rulesets
from engine.store.inspections import InspectionRow, Outcome
from engine.store.store import Store

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Stored:
    """An inspection as it is stored: its row and what it says."""

    row: InspectionRow
    inspection: Inspection


def stored(store: Store, session_id: str, version: int | None = None) -> Stored:
    """A version of a session's inspection, the newest by default. Raises MingjianError `not_inspected`."""
    with store.database.reading() as s:
        row = inspections.newest(s, session_id) if version is None else inspections.get(s, session_id, version)
    if row is None:
        raise MingjianError("not_inspected", session=session_id)
    return Stored(row, result_of(store, row.result))


def result_of(store: Store, blob: str) -> Inspection:
    """What the blob of a result says."""
    with store.blobs.open(blob) as file:
        return from_json(file.read())


def evidence_of(store: Store, blob: str) -> Evidence:
    """The evidence in a blob."""
    with store.blobs.open(blob) as file:
        return unpack(file.read())


def corrected_evidence(store: Store, row: InspectionRow) -> Evidence:
    """The evidence that an inspection judged: the machine's, with the corrections of people over it."""
    evidence = evidence_of(store, row.evidence)
    with store.database.reading() as s:
        laid = review_rows.correction(s, row.correction_id)
    return apply(evidence, parse(list(laid.corrections))) if laid else evidence


def ruleset_of(store: Store, name: str, sha256: str | None = None) -> RuleSet:
    """The rule set of this name with this hash; where it is no more, or none is asked for, the one in force.

    Raises MingjianError `ruleset_unknown`, `ruleset_faults`.
    """
    with store.database.reading() as s:
        chosen = rulesets.of_hash(s, name, sha256) if sha256 else None
        published = rulesets.in_force(s, name)
    if chosen is not None:
        made = load_text(name, chosen.text)
        if made.sha256 == sha256:
            return made
    if name in names() and (published is None or sha256 is not None):
        shipped = load(name)
        if published is None or shipped.sha256 == sha256:
            return shipped
    return load_text(name, published.text) if published else load(name)


def correct(
    store: Store,
    session_id: str,
    corrections: Sequence[Any],
    *,
    base: int,
    by: str,
    now: datetime,
    instead: bool = False,
) -> Stored:
    """Lay `corrections` (JSON values) over version `base` and store what the session comes to with them.

    They are added to those made before; `instead` takes these alone (none: the machine's own reading again). Raises
    MingjianError `not_inspected`, `correction_unfit`, `conflict`, `review_taken`.
    """
    before = stored(store, session_id)
    if before.row.version != base:
        number = before.row.version
        raise MingjianError(
            "conflict", detail=f"质检结果已有第 {number} 版 / there is version {number} of the inspection"
        )
    with store.database.reading() as s:
        known = policies.beside(s, session_id)
        laid = review_rows.correction(s, before.row.correction_id)
    whole = overlay_values(parse([*([] if instead or laid is None else laid.corrections), *corrections]))
    rules = ruleset_of(store, before.inspection.ruleset.id, before.inspection.ruleset.sha256)
    evidence = evidence_of(store, before.row.evidence)
    found = rejudge(before.inspection, evidence, rules, load_policy(rules.policy), now, whole, known)
    result = _kept(store, to_json(found) + b"\n", now)
    with store.database.writing() as s:
        overlay = review_rows.keep_correction(s, session_id, whole, by, now)
        files = tuple(inspections.files(s, before.row.id).items())
        outcome = Outcome(found, result, before.row.evidence, files=files, correction_id=overlay.id)
        row = inspections.record(s, session_id, base, outcome, by, now)
    return Stored(row, found)


def _kept(store: Store, content: bytes, now: datetime) -> str:
    with tempfile.TemporaryDirectory(prefix="mingjian-") as folder:
        path = Path(folder) / "result.json"
        path.write_bytes(content)
        return store.keep(path, JSON, now, consume=True).sha256
