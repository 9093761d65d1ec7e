"""Ways of looking at the queue that people keep under a name: what they filter by, each person's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.store import tables
from engine.store.rows import as_row, as_rows

MOST_VIEWS = 50
"""So many one person can keep."""


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A kept view. `filters`: names and values as the queue is asked for them."""

    id: str
    name: str
    filters: Mapping[str, str]
    saved_at: datetime


def of(s: Session, who: str) -> tuple[ViewRow, ...]:
    """The views of `who`, in the order they were made."""
    view = tables.QueueView
    return as_rows(ViewRow, s.scalars(select(view).where(view.made_by == who).order_by(view.saved_at, view.id)))


def keep(s: Session, who: str, name: str, filters: Mapping[str, str], now: datetime) -> ViewRow:
    """Keep a view; one of the same name is replaced where it stood. Raises MingjianError `conflict` where there are
    `MOST_VIEWS` of other names already."""
    view = tables.QueueView
    others = select(func.count()).select_from(view).where(view.made_by == who, view.name != name)
    if (s.scalar(others) or 0) >= MOST_VIEWS:
        raise MingjianError("conflict", detail=f"最多保存 {MOST_VIEWS} 个视图 / {MOST_VIEWS} views at most")
    made = insert_postgres(view) if s.get_bind().dialect.name == "postgresql" else insert_sqlite(view)
    query = made.values(made_by=who, name=name, filters=dict(filters), saved_at=now)
    # One statement: two windows may save the same name at the same moment.
    kept = query.on_conflict_do_update(index_elements=["made_by", "name"], set_={"filters": dict(filters)})
    return as_row(ViewRow, s.scalars(kept.returning(view), execution_options={"populate_existing": True}).one())


def drop(s: Session, who: str, view_id: str) -> None:
    """Forget a view. Raises MingjianError `not_found`, also for somebody else's."""
    view = tables.QueueView
    found = s.execute(delete(view).where(view.id == view_id, view.made_by == who))
    if found.rowcount == 0:  # type: ignore[attr-defined]
        raise MingjianError("not_found", thing="view", id=view_id)
