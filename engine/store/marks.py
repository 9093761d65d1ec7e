"""Small facts about the store itself, by name."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from engine.store.tables import Mark


def read(s: Session, name: str) -> dict[str, Any] | None:
    """The mark of that name, if there is one."""
    found = s.get(Mark, name, populate_existing=True)
    return found.value if found else None


def write(s: Session, name: str, value: dict[str, Any]) -> None:
    """Set the mark of that name."""
    made = insert_postgres(Mark) if s.get_bind().dialect.name == "postgresql" else insert_sqlite(Mark)
    s.execute(made.values(name=name, value=value).on_conflict_do_update(index_elements=["name"], set_={"value": value}))
