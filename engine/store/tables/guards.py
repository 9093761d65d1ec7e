"""What may never be changed, or not even removed: the database itself refuses it.

The machine's findings, people's corrections and decisions are written once; lines of the audit log also stay.
Sessions that are purged take theirs along, so these may be removed.
"""

from collections.abc import Iterator

from sqlalchemy import DDL, event

from engine.store.tables.inspections import Correction, Inspection, InspectionFile
from engine.store.tables.reviews import Decision, Missed, ReviewEvent
from engine.store.tables.trail import Audit

FIXED = {
    Inspection.__tablename__: ("UPDATE",),
    InspectionFile.__tablename__: ("UPDATE",),
    Correction.__tablename__: ("UPDATE",),
    Decision.__tablename__: ("UPDATE",),
    Missed.__tablename__: ("UPDATE",),
    ReviewEvent.__tablename__: ("UPDATE",),
    Audit.__tablename__: ("UPDATE", "DELETE"),
}
POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION mingjian_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'rows of this table are never changed'; END $$"
)


def statements(table: str, dialect: str) -> Iterator[str]:
    """What makes a database refuse to change a table's rows."""
    for action in FIXED[table]:
        name = f"{table}_no_{action.lower()}"
        if dialect == "postgresql":
            yield POSTGRES_FUNCTION
            yield f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION mingjian_refuse()"
        else:
            refusal = "SELECT RAISE(ABORT, 'rows of this table are never changed')"
            yield f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN {refusal}; END"


for _table in (Inspection, InspectionFile, Correction, Decision, Missed, ReviewEvent, Audit):
    for _dialect in ("sqlite", "postgresql"):
        for _statement in statements(_table.__tablename__, _dialect):
            event.listen(_table.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
