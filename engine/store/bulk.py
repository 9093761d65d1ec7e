"""Many inspected sessions at once: to try a store out at its full size, much quicker than one job after another."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session as Transaction

from engine.store import blob_rows, tokens
from engine.store.blobs import StoredBlob
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.indexing import number_at
from engine.store.inspections import FindingRow, LineRow
from engine.store.order_columns import Person
from engine.store.sessions import SessionRow
from engine.store.tables import Finding, Inspection, Line, Part, PersonKey, Review, SearchDocument, Session, Tag
from engine.store.tables.search import ARRAY_INDEX, POSTGRES_INDEX

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Inspected:
    """A session with its result. `row.inspection_id` is set. `severity`: rank of the review that waits, if one does."""

    row: SessionRow
    lines: tuple[LineRow, ...]
    findings: tuple[FindingRow, ...]
    tags: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    severity: int | None = None


def write(database: Database, sessions: Iterable[Inspected], blob: StoredBlob, now: datetime) -> int:
    """Write sessions into an empty store, newest last; `blob` stands for all their bytes. How many they were."""
    count = 0
    numbers: set[int] = set()
    with database.writing() as s:
        blob_rows.keep(s, blob, "application/octet-stream", now)
    with _indexed_afterwards(database):
        remaining = iter(sessions)
        while batch := tuple(islice(remaining, AT_ONCE)):
            with database.writing() as s:
                _write(s, batch, blob.sha256, numbers)
            count += len(batch)
    return count


def _write(s: Transaction, batch: tuple[Inspected, ...], blob: str, numbers: set[int]) -> None:
    rows = [_columns(one.row) for one in batch]
    for table, values in (
        (Session, rows),
        (
            Part,
            [
                {"session_id": one.row.id, "index": 0, "kind": "media", "file_name": "a.mp4", "blob": blob}
                for one in batch
            ],
        ),
        (Inspection, [_inspection(one.row, blob) for one in batch]),
        (Line, [{"session_id": one.row.id, **_columns(line)} for one in batch for line in one.lines]),
        (Finding, [{"id": new_id(), **_columns(found)} for one in batch for found in one.findings]),
        (Tag, [{"session_id": one.row.id, "tag": tag} for one in batch for tag in one.tags]),
        (PersonKey, [{"id": new_id(), "session_id": one.row.id, **asdict(who)} for one in batch for who in one.people]),
        (Review, [_review(one.row, one.severity) for one in batch if one.severity is not None]),
        (SearchDocument, [_document(one, numbers) for one in batch]),
    ):
        if values:
            s.execute(insert(table), values)


def _columns(row: Any) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in fields(row)}


def _inspection(row: SessionRow, blob: str) -> dict[str, Any]:
    return {
        "id": row.inspection_id, "session_id": row.id, "version": 1, "content": row.fingerprint,
        "ruleset": row.ruleset or "", "ruleset_sha256": blob, "policy": "default", "verdict": row.verdict or "clear",
        "score": row.score or 0.0, "result": blob, "evidence": blob, "seconds": 0.0, "created_at": row.created_at,
    }  # fmt: skip


def _review(row: SessionRow, severity: int | None) -> dict[str, Any]:
    return {
        "id": new_id(), "session_id": row.id, "inspection_id": row.inspection_id, "reason": "flagged", "state": "open",
        "due_at": row.due_at, "severity": severity, "seconds_spent": 0.0, "version": 1, "created_at": row.created_at,
    }  # fmt: skip


def _document(one: Inspected, numbers: set[int]) -> dict[str, Any]:
    number = number_at(one.row.created_at)
    while number in numbers:
        number += 1
    numbers.add(number)
    return {"number": number, "session_id": one.row.id, "tokens": tokens.of_lines(line.text for line in one.lines)}


@contextmanager
def _indexed_afterwards(database: Database) -> Iterator[None]:
    """On PostgreSQL the index of tokens is made once, of all of them."""
    if database.is_postgres:
        with database.writing() as s:
            s.execute(text(f"DROP INDEX {ARRAY_INDEX}"))
    yield
    with database.writing() as s:
        if database.is_postgres:
            s.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
            s.execute(text(POSTGRES_INDEX))
        s.execute(text("ANALYZE"))
