"""Sessions, their bytes, and all that is known of them: a database (SQLite or PostgreSQL) and a blob store.

`open_store(settings)` opens both; queries are functions of the modules here, called inside `reading()` or `writing()`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.settings import Settings
    from engine.store.store import Store

__all__ = ["open_store"]


def open_store(settings: "Settings") -> "Store":
    """The store of these settings (engine/store/store.py); the database's libraries are loaded now, not before."""
    from engine.store import store

    return store.open_store(settings)
