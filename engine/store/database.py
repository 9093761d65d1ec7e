"""The database: SQLite (WAL) or PostgreSQL, one way of reading and one of writing.

Queries are functions over the SQLAlchemy session that `reading()` or `writing()` gives; they return frozen dataclasses.
A database that cannot be reached, or a transaction that it broke off, is MingjianError `store_unavailable`: nothing was
written, or the connection went while it was committed; the whole block may be run again (`engine.store.patience`).
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.store.keys import Keys, load_keys
from engine.store.settings import StoreSettings

BUSY_MS = 15_000
"""How long a writer waits for another one on SQLite."""
CONNECT_S = 10
PASSING_ON_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
BEGINNING = "mingjian_begin"
KEYS = "keys"
SETTINGS = "settings"
ENDINGS = "endings"

Ending = Callable[[Session], None]


class Database:
    """An opened database. Safe to share between threads; not between processes."""

    def __init__(self, settings: StoreSettings) -> None:
        self.settings = settings
        self.keys = load_keys(settings.key_file)
        self._known = {KEYS: self.keys, SETTINGS: settings}
        self.engine = _open(settings)
        if self.is_postgres:
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self.writer = self.engine.execution_options(isolation_level="READ COMMITTED")
        else:
            self._reader = self.engine.execution_options(**{BEGINNING: "BEGIN"})
            self.writer = self.engine.execution_options(**{BEGINNING: "BEGIN IMMEDIATE"})

    @property
    def is_postgres(self) -> bool:
        """Whether this is PostgreSQL rather than SQLite."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads: one consistent view, never waiting for writers.

        Raises MingjianError `store_unavailable`.
        """
        with (
            unavailable_told(),
            Session(self._reader, expire_on_commit=False, autoflush=False, info=dict(self._known)) as session,
        ):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is whole or not there: committed at the end of the block, rolled back when it raises.

        On SQLite it takes the write lock at once, so that what it read is still true when it writes. On PostgreSQL
        the queries lock the rows they read in order to change them.

        Raises MingjianError `store_unavailable`.
        """
        with (
            unavailable_told(),
            Session(self.writer, expire_on_commit=False, info=dict(self._known)) as session,
            session.begin(),
        ):
            session.connection()  # begins now, and not with the first statement
            yield session
            _finish(session)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def keys_of(session: Session) -> Keys:
    """The keys of the store that a session belongs to."""
    return cast(Keys, session.info[KEYS])


def settings_of(session: Session) -> StoreSettings:
    """The settings of the store that a session belongs to."""
    return cast(StoreSettings, session.info[SETTINGS])


def at_the_end(session: Session, rank: int, ending: Ending) -> None:
    """Run `ending` as the last thing before the transaction is committed, those of lower rank first.

    What takes a lock that all writers need (the audit chain, the order of events) waits until here: whoever holds such
    a lock then asks for nothing else, so no two transactions wait for each other.
    """
    session.info.setdefault(ENDINGS, []).append((rank, ending))


def _finish(session: Session) -> None:
    endings: list[tuple[int, Ending]] = session.info.pop(ENDINGS, [])
    if endings:
        session.flush()
    for _, ending in sorted(endings, key=lambda one: one[0]):
        ending(session)


@contextmanager
def unavailable_told() -> Iterator[None]:
    """Turns what may go away by itself (no connection, a lock not got, a deadlock) into one error."""
    try:
        yield
    except PoolExhausted as error:
        raise MingjianError("store_unavailable", detail="pool") from error
    except DataError as error:
        raise MingjianError("value_unfit", detail=_why(error)) from error
    except DBAPIError as error:
        if not _passing(error):
            raise
        raise MingjianError("store_unavailable", detail=_why(error)) from error


def _passing(error: DBAPIError) -> bool:
    """Whether an error is of the place and the hour, not of the statement."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in PASSING_ON_SQLITE
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _why(error: Exception) -> str:
    """The database's own words, without the statement and its values: they hold personal data."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__


def _open(settings: StoreSettings) -> Engine:
    address = make_url(settings.database_address)
    if address.get_backend_name() == "postgresql":
        return create_engine(
            address,
            pool_size=settings.pool,
            max_overflow=0,
            pool_pre_ping=True,
            pool_timeout=CONNECT_S,
            connect_args={"connect_timeout": CONNECT_S},
        )
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_MS / 1000}, pool_size=settings.pool, max_overflow=-1)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A reader sees one state of the database until its end; a writer takes the lock at once."""
    connection.exec_driver_sql(connection.get_execution_options().get(BEGINNING, "BEGIN"))
