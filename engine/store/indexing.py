"""Keeping what search looks up in step with the lines of a session."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session as Transaction

from engine.store import tokens
from engine.store.tables import SearchDocument, Session


def replace(s: Transaction, session_id: str, lines: Iterable[str]) -> None:
    """Look up a session by these lines from now on."""
    found = tokens.of_lines(lines)
    number = s.scalar(select(SearchDocument.number).where(SearchDocument.session_id == session_id))
    s.execute(delete(SearchDocument).where(SearchDocument.session_id == session_id))
    if not found:
        return
    if number is None:
        number = number_at(s.scalars(select(Session.created_at).where(Session.id == session_id)).one())
    made = (
        insert_postgres(SearchDocument) if s.get_bind().dialect.name == "postgresql" else insert_sqlite(SearchDocument)
    )
    values = {"session_id": session_id, "tokens": found}
    query = made.on_conflict_do_nothing(index_elements=["number"]).returning(SearchDocument.number)
    while s.scalar(query.values(number=number, **values)) is None:
        number += 1  # another session of the same millisecond


def number_at(moment: datetime) -> int:
    """Where a session made then stands among all: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
