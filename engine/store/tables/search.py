"""What search looks up: the tokens of every session's newest transcript, without their places.

On PostgreSQL `tokens` is an array under a GIN index; on SQLite a text that an FTS5 index follows by triggers. Both hold
the same numbers (engine/store/tokens.py). The index only proposes sessions; the stored lines decide.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import DDL, BigInteger, Dialect, ForeignKey, Integer, Text, TypeDecorator, event
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from engine.store.tables.base import Base, Reference

UNSIGNED = 1 << 32


class Tokens(TypeDecorator[tuple[int, ...]]):
    """A set of 32-bit numbers. A text of x and 8 hex digits each on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Integer) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return list(value) if dialect.name == "postgresql" else in_words(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[int, ...] | None:
        if value is None or dialect.name == "postgresql":
            return None if value is None else tuple(value)
        numbers = (int(word[1:], 16) for word in value.split())
        return tuple(one - UNSIGNED if one >= UNSIGNED // 2 else one for one in numbers)


def in_words(tokens: Iterable[int], between: str = " ") -> str:
    """Tokens as the full-text index of SQLite takes them."""
    return between.join(map(_in_hex, tokens))


@lru_cache(maxsize=1 << 18)
def _in_hex(token: int) -> str:
    return f"x{token % UNSIGNED:08x}"


class SearchDocument(Base):
    """The tokens of one session. `number` sorts as the sessions' age does: milliseconds since 1970, made unique."""

    __tablename__ = "search_document"
    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    session_id: Mapped[Reference] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), unique=True)
    tokens: Mapped[tuple[int, ...]] = mapped_column(Tokens)


ARRAY_INDEX = "ix_search_document_tokens"
POSTGRES_INDEX = f"CREATE INDEX {ARRAY_INDEX} ON search_document USING gin (tokens) WITH (fastupdate = off)"
"""Without a list of entries to be sorted in later: searching is equally fast at all times."""
SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5(tokens, content='search_document', content_rowid='number', "
    "tokenize='ascii', detail=none, columnsize=0)",
    "CREATE TRIGGER search_document_made AFTER INSERT ON search_document BEGIN "
    "INSERT INTO search_index(rowid, tokens) VALUES (new.number, new.tokens); END",
    "CREATE TRIGGER search_document_gone AFTER DELETE ON search_document BEGIN "
    "INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', old.number, old.tokens); END",
    "CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN "
    "INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', old.number, old.tokens); "
    "INSERT INTO search_index(rowid, tokens) VALUES (new.number, new.tokens); END",
)

for _statement in SQLITE_INDEX:
    event.listen(SearchDocument.__table__, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
event.listen(
    SearchDocument.__table__,
    "after_create",
    DDL(POSTGRES_INDEX).execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]
)
