"""Back-up and restore: what comes back is what was there, on either database, or nothing comes back."""

import gzip
import json
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from engine.errors import MingjianError
from engine.settings import Settings
from engine.store import audit, backup, events, inspections, open_store, policies, search, sessions, tickets
from engine.store.database import Database
from engine.store.filters import SessionFilters
from engine.store.migrating import upgrade
from tests.store.duties import inspected

NOW = datetime(2026, 11, 4, 2, tzinfo=UTC)


@pytest.fixture
def full(store, tmp_path):
    """A store with something of everything."""
    session = inspected(store, tmp_path, NOW)
    with store.database.writing() as s:
        audit.append(s, "li", "session.view", session.id, {"why": "复核"}, NOW)
        policies.tell(s, policies.PolicyDates("P1", issued_at=NOW, told_by="核心"), NOW)
        tickets.open_ticket(s, tickets.NewTicket("rectify", session_id=session.id), NOW)
    return store


def content(database):
    """Every row of every table."""
    with database.reading() as s:
        return {
            table.name: [tuple(row) for row in s.execute(select(table).order_by(*table.primary_key.columns))]
            for table in backup.kept_tables()
        }


def restored(made, folder, **more):
    settings = Settings(store={"folder": folder, **more})
    backup.restore(made, settings)
    return open_store(settings)


def test_what_comes_back_is_what_was_there(full, tmp_path) -> None:
    manifest = backup.back_up(full, tmp_path / "backup", NOW)
    assert (manifest.missing, manifest.tables["session"].rows) == ((), 1)
    with restored(tmp_path / "backup", tmp_path / "new") as other:
        assert content(other.database) == content(full.database)
        with other.database.reading() as s:
            (row,) = sessions.page(s, SessionFilters()).rows
            newest = inspections.newest(s, row.id)
            assert audit.verify(s).ok
            assert [one.session.id for one in search.find(s, "犹豫期", SessionFilters()).found] == [row.id]
        with other.blobs.open(newest.result) as file:
            assert json.load(file)["verdict"] == row.verdict
        assert other.database.keys.mark == full.database.keys.mark
        with other.database.writing() as s:
            events.append(s, "queued", row.id, {}, NOW)
        with other.database.reading() as s:
            numbers = [one.number for one in events.after(s, 0)]
        assert numbers == sorted(set(numbers))


def test_a_back_up_of_sqlite_can_be_restored_into_postgresql(full, tmp_path, postgres) -> None:
    from tests.store.conftest import _execute

    backup.back_up(full, tmp_path / "backup", NOW)
    name = f"moved_{tmp_path.name[-12:].lower()}".replace("-", "_")
    _execute(postgres, f"CREATE DATABASE {name}")
    try:
        with restored(tmp_path / "backup", tmp_path / "new", database=postgres.address(name)) as other:
            assert content(other.database) == content(full.database)
            with other.database.writing() as s:
                events.append(s, "queued", None, {}, NOW)
    finally:
        _execute(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_a_back_up_is_of_one_moment_while_others_write(full, tmp_path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with full.database.writing() as s:
                ticket = tickets.open_ticket(s, tickets.NewTicket("verify", policy_no=f"W{number}"), NOW)
                tickets.add_event(s, ticket.id, tickets.NewEvent("handed_back", "li", NOW), NOW)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup.back_up(full, tmp_path / "backup", NOW)
    finally:
        stop.set()
        writer.join()
    with restored(tmp_path / "backup", tmp_path / "new") as other:
        found = content(other.database)
        with_events = {row[1] for row in found["ticket_event"]}
        verifying = {row[0] for row in found["ticket"] if row[1] == "verify"}
        assert verifying == with_events
        with other.database.reading() as s:
            assert audit.verify(s).ok


def refused(code, work, *arguments) -> None:
    with pytest.raises(MingjianError) as caught:
        work(*arguments)
    assert caught.value.code == code


def test_nothing_is_ever_overwritten(full, tmp_path) -> None:
    made = tmp_path / "backup"
    backup.back_up(full, made, NOW)
    refused("restore_occupied", backup.back_up, full, made, NOW)
    before = content(full.database)
    refused("restore_occupied", backup.restore, made, Settings(store=full.database.settings.model_dump()))
    assert content(full.database) == before
    lone = Settings(store={"folder": tmp_path / "lone"})
    with open_store(lone):
        pass
    refused("restore_occupied", backup.restore, made, lone)


def test_an_empty_database_with_the_structure_of_a_store_is_empty(full, tmp_path) -> None:
    backup.back_up(full, tmp_path / "backup", NOW)
    settings = Settings(store={"folder": tmp_path / "new"})
    backup.restore(tmp_path / "backup", settings)
    refused("restore_occupied", backup.restore, tmp_path / "backup", settings)


DAMAGES = {
    "a table changed": lambda made: _change_table(made),
    "a table gone": lambda made: (made / "tables" / "session.jsonl.gz").unlink(),
    "a blob changed": lambda made: next((made / "blobs").glob("*/*")).write_bytes(b"x"),
    "a blob gone": lambda made: next((made / "blobs").glob("*/*")).unlink(),
    "a key gone": lambda made: (made / "keys" / "secret").unlink(),
    "no manifest": lambda made: (made / "manifest.json").unlink(),
    "a path in a key's name": lambda made: _edit(made, lambda read: read["keys"].update({"../../x": "0"})),
    "of another structure": lambda made: _edit(made, lambda read: read.update(structure="9999")),
    "a newer form": lambda made: _edit(made, lambda read: read.update(schema=2)),
}


def _change_table(made) -> None:
    path = made / "tables" / "session.jsonl.gz"
    text = gzip.decompress(path.read_bytes()).replace(b"P1", b"P2")
    path.chmod(0o600)
    path.write_bytes(gzip.compress(text))


def _edit(made, change) -> None:
    path = made / "manifest.json"
    read = json.loads(path.read_text(encoding="utf-8"))
    change(read)
    path.write_text(json.dumps(read), encoding="utf-8")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_back_up_is_refused_before_anything_is_written(full, tmp_path, damage) -> None:
    made = tmp_path / "backup"
    backup.back_up(full, made, NOW)
    DAMAGES[damage](made)
    target = tmp_path / "new"
    refused("backup_damaged", backup.restore, made, Settings(store={"folder": target}))
    assert not (target / "blobs").exists() or not any((target / "blobs").rglob("*"))


def test_a_blob_that_is_gone_is_named(full, tmp_path) -> None:
    with full.database.reading() as s:
        (row,) = sessions.page(s, SessionFilters()).rows
        newest = inspections.newest(s, row.id)
    full.blobs.delete(newest.evidence)
    manifest = backup.back_up(full, tmp_path / "backup", NOW)
    assert manifest.missing == (newest.evidence,)
    assert backup.check(tmp_path / "backup").missing == manifest.missing


def test_a_back_up_belongs_to_its_owner_alone(full, tmp_path) -> None:
    made = tmp_path / "backup"
    backup.back_up(full, made, NOW)
    assert all(path.stat().st_mode & 0o077 == 0 for path in [made, *made.rglob("*")] if path.is_file() or path == made)


def test_a_back_up_that_fails_leaves_nothing(full, tmp_path, monkeypatch) -> None:
    def fail(*_arguments):
        raise MingjianError("blobs_unavailable", detail="test")

    monkeypatch.setattr(backup, "_copy_blob", fail)
    refused("blobs_unavailable", backup.back_up, full, tmp_path / "backup", NOW)
    assert not list(tmp_path.glob("backup*"))


def test_every_table_is_kept_or_named_as_not_worth_it() -> None:
    from engine.store.tables import Base

    assert {one.name for one in backup.kept_tables()} | backup.OF_THE_MOMENT == set(Base.metadata.tables)


def test_upgrade_makes_what_backups_name(tmp_path) -> None:
    database = Database(Settings(store={"folder": tmp_path}).store)
    assert upgrade(database)
    database.close()
