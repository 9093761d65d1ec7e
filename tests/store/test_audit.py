"""The audit log: any change of it is found."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.store import audit, marks
from engine.store.audit import AuditFilters, Fault
from engine.store.database import Database
from engine.store.tables.guards import FIXED

NOW = datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC)


def written(database: Database, count: int) -> None:
    for number in range(count):
        with database.writing() as s:
            detail = {"part": number, "理由": "复核", "share": 0.1, "none": None}
            audit.append(s, "reviewer", "media.view", f"session/{number}", detail, NOW + timedelta(seconds=number), "r")


def unguarded(database: Database, change: str) -> None:
    """Change the log as somebody does who may do anything in the database."""
    with database.writing() as s:
        for action in FIXED["audit"]:
            name = f"audit_no_{action.lower()}"
            s.execute(text(f"DROP TRIGGER {name} ON audit" if database.is_postgres else f"DROP TRIGGER {name}"))
        for statement in change.split(";"):
            s.execute(text(statement))


def faults(database: Database) -> tuple[Fault, ...]:
    with database.reading() as s:
        return audit.verify(s).faults


def test_a_log_that_nobody_touched_is_right(database: Database) -> None:
    assert faults(database) == ()
    written(database, 5)
    with database.reading() as s:
        found = audit.verify(s)
    assert found.ok
    assert found.lines == 5


TAMPERED = {
    "UPDATE audit SET actor = 'nobody' WHERE number = 3": Fault(3, "changed"),
    "UPDATE audit SET object = 'session/9' WHERE number = 1": Fault(1, "changed"),
    "UPDATE audit SET detail = '{}' WHERE number = 2": Fault(2, "changed"),
    "UPDATE audit SET request_id = NULL WHERE number = 2": Fault(2, "changed"),
    "UPDATE audit SET at = '2026-01-01 00:00:00' WHERE number = 5": Fault(5, "changed"),
    "DELETE FROM audit WHERE number = 3": Fault(3, "missing"),
    "DELETE FROM audit WHERE number = 1": Fault(1, "missing"),
    "DELETE FROM audit WHERE number IN (4, 5)": Fault(3, "head"),
    "DELETE FROM audit": Fault(0, "head"),
    "UPDATE audit SET number = 9 WHERE number = 2;UPDATE audit SET number = 2 WHERE number = 3;"
    "UPDATE audit SET number = 3 WHERE number = 9": Fault(2, "chain"),
    "DELETE FROM mark WHERE name = 'audit.head'": Fault(5, "head"),
}


@pytest.mark.parametrize("change", TAMPERED)
def test_any_change_is_found(database: Database, change: str) -> None:
    written(database, 5)
    unguarded(database, change)
    assert TAMPERED[change] in faults(database)


def test_a_chain_made_anew_without_the_secret_is_found(database: Database) -> None:
    """Whoever may write but has no key can make hashes fit, but not the seal."""
    written(database, 3)
    unguarded(database, "DELETE FROM audit WHERE number = 3")
    with database.reading() as s:
        (line,) = audit.page(s, AuditFilters(), limit=1).rows
    with database.writing() as s:
        marks.write(s, audit.HEAD, {"number": 2, "hash": line.hash, "seal": "0" * 64})
    assert faults(database) == (Fault(2, "head"),)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_log(database: Database, statement: str) -> None:
    written(database, 2)
    with pytest.raises(DBAPIError), database.writing() as s:
        s.execute(text(statement))
    assert faults(database) == ()


def test_what_was_not_done_is_not_in_the_log(database: Database) -> None:
    def break_off() -> None:
        with database.writing() as s:
            audit.append(s, "reviewer", "session.purge", "session/1", {}, NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with database.reading() as s:
        assert audit.verify(s).lines == 0


def test_many_write_at_once_into_one_chain(database: Database) -> None:
    def write() -> None:
        for number in range(10):
            with database.writing() as s:
                audit.append(s, threading.current_thread().name, "media.view", f"session/{number}", {}, NOW)
                audit.append(s, threading.current_thread().name, "media.seen", f"session/{number}", {}, NOW)

    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as s:
        found = audit.verify(s)
    assert found.faults == ()
    assert found.lines == 100


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(detail=st.dictionaries(st.text(max_size=5), JSON, max_size=4), at=st.datetimes(timezones=st.just(UTC)))
def test_whatever_is_noted_reads_back_as_it_was_hashed(
    database: Database, detail: dict[str, object], at: datetime
) -> None:
    with database.writing() as s:
        audit.append(s, "a", "b", "c", detail, at)
    assert faults(database) == ()


def test_the_log_is_read_by_pages_and_filters(database: Database) -> None:
    written(database, 5)
    seen: list[int] = []
    cursor = None
    for _ in range(3):
        with database.reading() as s:
            page = audit.page(s, AuditFilters(actor="reviewer", since=NOW + timedelta(seconds=1)), cursor, 3)
        seen += [line.number for line in page.rows]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == [5, 4, 3, 2]
    with database.reading() as s:
        assert [one.number for one in audit.page(s, AuditFilters(object="session/2")).rows] == [3]
        assert audit.page(s, AuditFilters(action="nothing")).rows == ()
