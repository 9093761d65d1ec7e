"""The database itself: transactions, being away, structure."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.errors import MingjianError
from engine.settings import Settings
from engine.store import audit, events, marks, migrating, open_store
from engine.store import patience as patience_module
from engine.store.database import Database, at_the_end
from engine.store.patience import patiently
from engine.store.store import Store
from engine.store.tables import Base
from tests.store.postgres import Server, programs

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_a_transaction_is_whole_or_not_there(database: Database) -> None:
    def break_off() -> None:
        with database.writing() as s:
            marks.write(s, "a", {"n": 1})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with database.reading() as s:
        assert marks.read(s, "a") is None
    with database.writing() as s:
        marks.write(s, "a", {"n": 1})
        marks.write(s, "a", {"n": 2})
    with database.reading() as s:
        assert marks.read(s, "a") == {"n": 2}


def test_a_reader_sees_one_state_though_others_write(database: Database) -> None:
    with database.writing() as s:
        marks.write(s, "a", {"n": 1})
    with database.reading() as reader:
        assert marks.read(reader, "a") == {"n": 1}
        with database.writing() as s:
            marks.write(s, "a", {"n": 2})
        assert marks.read(reader, "a") == {"n": 1}


def test_nothing_is_written_while_reading(database: Database) -> None:
    with database.reading() as s:
        if database.is_postgres:
            with pytest.raises(Exception, match="read-only"):
                marks.write(s, "a", {"n": 1})
        else:
            marks.write(s, "a", {"n": 1})
    with database.reading() as s:
        assert marks.read(s, "a") is None


def test_what_writers_read_stays_true(database: Database) -> None:
    """Each adds one to a number it has read; none of the additions is lost."""

    def add() -> None:
        for _ in range(10):
            with database.writing() as s:
                if database.is_postgres:
                    s.execute(text("SELECT 1 FROM mark WHERE name = 'n' FOR UPDATE"))
                found = marks.read(s, "n")
                marks.write(s, "n", {"n": (found or {"n": 0})["n"] + 1})

    with database.writing() as s:
        marks.write(s, "n", {"n": 0})
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as s:
        assert marks.read(s, "n") == {"n": 40}


def test_endings_come_last_and_in_their_order(database: Database) -> None:
    seen: list[str] = []
    with database.writing() as s:
        events.append(s, "x", None, {}, NOW)
        at_the_end(s, 95, lambda _: seen.append("last"))
        audit.append(s, "a", "b", "c", {}, NOW)
        at_the_end(s, 10, lambda inner: seen.append(str(len(events.after(inner, 0)))))
        seen.append("block")
    assert seen == ["block", "0", "last"]


def test_what_no_database_can_hold_is_told(database: Database) -> None:
    if not database.is_postgres:
        pytest.skip("SQLite holds anything")
    with pytest.raises(MingjianError) as refusal, database.writing() as s:
        marks.write(s, "a" * 51, {})
    assert refusal.value.code == "value_unfit"


def test_a_fault_of_a_statement_is_not_taken_for_a_database_that_is_away(database: Database) -> None:
    with pytest.raises(Exception, match="nothing_of_the_kind") as fault, database.reading() as s:
        s.execute(text("SELECT * FROM nothing_of_the_kind"))
    assert not isinstance(fault.value, MingjianError)


def test_a_locked_database_is_away_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.database.BUSY_MS", 50)
    monkeypatch.setattr(patience_module, "FIRST_PAUSE_S", 0.01)
    with open_store(Settings(store={"folder": tmp_path / "data"})) as store, store.database.writing() as s:
        marks.write(s, "a", {"n": 1})
        with pytest.raises(MingjianError) as refusal, store.database.writing():
            pass
        assert refusal.value.code == "store_unavailable"
        with pytest.raises(MingjianError):
            patiently(lambda: store.database.writing().__enter__(), 0.1)


def test_patience_ends_when_it_answers() -> None:
    answers = iter([MingjianError("store_unavailable", detail="x"), None])

    def work() -> str:
        fault = next(answers)
        if fault is not None:
            raise fault
        return "done"

    assert patiently(work, 10.0) == "done"


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that may be stopped without disturbing other tests."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL on this machine (scripts/setup.sh dev installs it)")
    server = Server(found)
    server.make()
    server.start()
    yield server
    server.remove()


def test_a_server_that_was_stopped_for_a_while_is_found_again(own_server: Server, tmp_path: Path) -> None:
    settings = Settings(store={"folder": tmp_path / "data", "database": own_server.address("postgres"), "pool": 3})
    database = Database(settings.store)
    migrating.upgrade(database)
    database.close()

    def count(store: Store) -> int:
        def more() -> int:
            with store.database.writing() as s:
                found = (marks.read(s, "n") or {"n": 0})["n"] + 1
                marks.write(s, "n", {"n": found})
                return int(found)

        return patiently(more, 60.0)

    with open_store(settings) as store:
        assert count(store) == 1
        own_server.stop()
        with pytest.raises(MingjianError) as refusal, store.database.reading() as s:
            marks.read(s, "n")
        assert refusal.value.code == "store_unavailable"
        assert "mingjian" not in refusal.value.zh  # no address, no user
        threading.Timer(1.0, own_server.start).start()
        began = time.monotonic()
        assert count(store) == 2
        assert time.monotonic() - began > 0.5

        def cut_off() -> None:
            with store.database.writing() as s:
                marks.write(s, "n", {"n": 9})
                own_server.stop()

        with pytest.raises(MingjianError) as refusal:
            cut_off()
        assert refusal.value.code == "store_unavailable"
        own_server.start()
        assert count(store) == 3


def test_the_structure_is_that_of_the_tables(database: Database) -> None:
    assert migrating.differences(database) == []
    assert migrating.version(database) == migrating.wanted_version()


def test_bringing_up_to_date_twice_changes_nothing(database: Database) -> None:
    with database.writing() as s:
        marks.write(s, "a", {"n": 1})
    assert migrating.upgrade(database) == migrating.wanted_version()
    with database.reading() as s:
        assert marks.read(s, "a") == {"n": 1}


def test_many_open_a_new_store_at_once(tmp_path: Path) -> None:
    faults: list[BaseException] = []

    def opened() -> None:
        try:
            open_store(Settings(store={"folder": tmp_path / "data"})).close()
        except BaseException as error:  # noqa: BLE001  (told below)
            faults.append(error)

    threads = [threading.Thread(target=opened) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_structure_of_another_version_is_refused(settings: Settings) -> None:
    open_store(settings).close()
    database = Database(settings.store)
    with database.writing() as s:
        s.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(MingjianError) as refusal:
        open_store(settings)
    assert refusal.value.code == "store_behind"
    assert "9999" in refusal.value.zh


def test_an_empty_server_has_to_be_brought_up_to_date_first(postgres: Server, tmp_path: Path) -> None:
    with pytest.raises(MingjianError) as refusal:
        open_store(Settings(store={"folder": tmp_path, "database": postgres.address("postgres")}))
    assert refusal.value.code == "store_behind"


def test_a_store_made_with_another_secret_is_refused(settings: Settings) -> None:
    open_store(settings).close()
    settings.store.key_file.write_bytes(b"x" * 32)
    with pytest.raises(MingjianError) as refusal:
        open_store(settings)
    assert refusal.value.code == "keys_differ"
    settings.store.key_file.write_bytes(b"short")
    with pytest.raises(MingjianError) as refusal:
        open_store(settings)
    assert refusal.value.code == "keys_unreadable"


def test_the_secret_is_its_owners_alone(tmp_path: Path) -> None:
    settings = Settings(store={"folder": tmp_path / "data"})
    with open_store(settings) as store:
        assert settings.store.key_file.stat().st_mode & 0o077 == 0
        assert "secret" not in repr(store.database.keys)
        first = store.database.keys.secret
    with open_store(settings) as store:
        assert store.database.keys.secret == first


def test_a_structure_made_step_by_step_is_the_one_that_the_tables_ask_for(
    settings: Settings, postgres: Server, tmp_path: Path
) -> None:
    """What comparing metadata does not see: triggers, and the indexes of search."""
    address = None
    with open_store(settings) as store:
        if store.database.is_postgres:
            name = f"made_{tmp_path.name[-20:].lower()}"
            with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(f'CREATE DATABASE "{name}"'))
            address = postgres.address(name)
        stepwise = _beside_tables(store.database)
    made = Database(Settings(store={"folder": tmp_path / "made", "database": address}).store)
    with made.writer.begin() as connection:
        Base.metadata.create_all(connection)
    assert _beside_tables(made) == stepwise
    assert len(stepwise) > 5
    made.close()


def _beside_tables(database: Database) -> set[tuple[str, ...]]:
    if database.is_postgres:
        query = (
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
            "UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        )
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
    with database.reading() as s:
        return {tuple(map(str, row)) for row in s.execute(text(query)) if "alembic" not in row[0]}
