"""The structure of the database: which version it has, and bringing it to this program's."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from engine.errors import MingjianError
from engine.store.database import Database, unavailable_told
from engine.store.tables import Base
from engine.store.tables.search import ARRAY_INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config

SCRIPTS = Path(__file__).resolve().parent / "migrations"
STRUCTURE_LOCK = 0x6D6A_0003
"""Advisory lock of PostgreSQL: whoever changes the structure."""
OF_SEARCH = "search_index"
"""The full-text index of SQLite and the tables it makes for itself; no part of the tables' metadata."""


def wanted_version() -> str:
    """The version this program needs."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory.from_config(_config()).get_current_head())


def version(database: Database) -> str | None:
    """The version the database has; None for an empty one. Raises MingjianError `store_unavailable`."""
    with unavailable_told(), database.engine.connect() as connection:
        return _version(connection)


def upgrade(database: Database) -> str:
    """Bring the database to this program's version, all of it or nothing; the version it has then.

    Two processes may do so at once. Raises MingjianError `store_unavailable`.
    """
    from alembic import command

    config = _config()
    with unavailable_told(), _alone(database) as connection:
        if _version(connection) != wanted_version():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return wanted_version()


def prepare(database: Database) -> None:
    """See that the structure is right: SQLite is brought up to date, PostgreSQL has to be so already.

    Raises MingjianError `store_behind` where it is not, or is of a newer program.
    """
    found, wanted = version(database), wanted_version()
    if found == wanted:
        return
    if database.is_postgres or not _is_older(found):
        raise MingjianError("store_behind", found=found or "-", wanted=wanted)
    upgrade(database)


def differences(database: Database) -> list[Any]:
    """Where the database differs from the tables of the program; empty when it is up to date."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def is_ours(_thing: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Whether a table or index is one that the metadata speaks of on every database."""
    if kind == "table":
        return not (reflected and (name or "").startswith(OF_SEARCH))
    return not (kind == "index" and name == ARRAY_INDEX)


@contextmanager
def _alone(database: Database) -> "Iterator[Connection]":
    """A transaction beside which nobody else changes the structure."""
    with database.writer.connect() as connection, connection.begin():
        if database.is_postgres:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": STRUCTURE_LOCK})
        yield connection


def _version(connection: Connection) -> str | None:
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _is_older(found: str | None) -> bool:
    """Whether the program knows how to go on from a version."""
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    if found is None:
        return True
    try:
        return ScriptDirectory.from_config(_config()).get_revision(found) is not None
    except CommandError:
        return False


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
