"""Every test of the store runs on both databases: `database`, `store` and `settings` come once for each."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from engine.settings import Settings
from engine.store import open_store
from engine.store.database import Database
from engine.store.migrating import upgrade
from engine.store.store import Store
from engine.store.tables import Base
from tests.store.postgres import Server, programs

KINDS = ("sqlite", "postgresql")
TEMPLATE = "mingjian_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running server with an empty store to be copied."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL on this machine (scripts/setup.sh dev installs it)")
    server = Server(found)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_template(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The server, with a database that has the structure of a store."""
    _execute(postgres, f"CREATE DATABASE {TEMPLATE}")
    folder = tmp_path_factory.mktemp("template")
    database = Database(Settings(store={"folder": folder, "database": postgres.address(TEMPLATE)}).store)
    upgrade(database)
    database.close()
    return postgres


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that has the structure of a store."""
    chosen = Settings(store={"folder": tmp_path_factory.mktemp("sqlite")}).store
    database = Database(chosen)
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return chosen.folder / "mingjian.db"


@pytest.fixture(scope="session")
def postgres_database(postgres_template: Server) -> Iterator["EmptiedDatabase"]:
    """The database that tests on PostgreSQL use one after the other."""
    database = EmptiedDatabase(postgres_template)
    yield database
    database.close()


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty store, once on SQLite and once on PostgreSQL."""
    folder = tmp_path / "data"
    if request.param == "sqlite":
        folder.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), folder)
        return Settings(store={"folder": folder})
    database: EmptiedDatabase = request.getfixturevalue("postgres_database")
    database.empty()
    return Settings(store={"folder": folder, "database": database.address})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An empty store."""
    with open_store(settings) as opened:
        yield opened


@pytest.fixture
def database(store: Store) -> Database:
    """Its database."""
    return store.database


class EmptiedDatabase:
    """A database on the server, emptied rather than made anew for every test: that is much quicker."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._name = f"test_{secrets.token_hex(6)}"
        self._make()
        self._structure = self._seen()

    @property
    def address(self) -> str:
        return self._server.address(self._name)

    def empty(self) -> None:
        """Remove all rows; make it anew where a test changed its structure."""
        if self._seen() != self._structure:
            self.close()
            self._make()
            return
        deletes = [f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables]  # noqa: S608
        with self._engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger, no reference
            connection.exec_driver_sql(";".join(deletes))

    def close(self) -> None:
        self._engine.dispose()
        _execute(self._server, f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")

    def _make(self) -> None:
        _execute(self._server, f"CREATE DATABASE {self._name} TEMPLATE {TEMPLATE}")
        self._engine = create_engine(self.address)

    def _seen(self) -> tuple[object, ...]:
        """By which a change of the structure is seen. Whoever is still connected from the last test is cut off."""
        with self._engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            found = connection.execute(
                text(
                    "SELECT (SELECT min(version_num) FROM alembic_version), (SELECT count(*) FROM pg_trigger), "
                    "(SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_attribute)"
                )
            )
            return tuple(found.one())


def _execute(server: Server, statement: str) -> None:
    engine = create_engine(server.address("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
