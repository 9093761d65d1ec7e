"""Which sessions may have the words that are searched for, newest first: by the index of tokens, or along the sessions.

The index is good at rare words: it gives all sessions that have them. Common words stand in so many sessions that it is
quicker to go along these from the newest, until a page is full; and where few sessions pass the filters, to look at no
others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Integer,
    Select,
    Text,
    and_,
    case,
    column,
    exists,
    false,
    func,
    or_,
    select,
    table,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased

from engine.store.filters import SessionFilters
from engine.store.indexing import number_at
from engine.store.tables import SearchDocument, Session
from engine.store.tables.search import in_words
from engine.store.words import Word

FEW = 1000
"""Up to so many sessions that pass the filters, these alone are looked at."""
LOOKED_UP = 100
"""So many of the few at a time: the newest may be enough."""
LARGEST_WINDOW = 3200
PROBED = 200
"""So many of the newest sessions tell how common the words are."""
COMMON, COMMON_FILTERED = 0.05, 0.3
"""Share of sessions with the words from which it is quicker to go along them; the second where only some of them pass
the filters."""
MOST_AT_ONCE = 10_000
"""Sessions of one millisecond, for certain: by so much a number may be larger than its time."""
LAST_NUMBER = 2**62
FULL_TEXT = table("search_index", column("rowid", Integer), column("search_index"))
"""The full-text index of SQLite."""

Pairs = Select[int, str]


class Proposing(Protocol):
    """Goes on with every call."""

    def next(self, count: int) -> dict[int, str]:
        """The next sessions: by the number of their document, newest first; fewer than `count` at the end."""


@dataclass
class AlongIndex:
    """Goes along the entries of SQLite's index, which are sorted as the documents are."""

    s: Transaction
    query: Pairs
    number: ColumnElement[int]
    since: int
    before: int

    def next(self, count: int) -> dict[int, str]:
        within = self.query.where(self.number >= self.since, self.number < self.before)
        found = dict(_pairs(self.s, within.order_by(self.number.desc()).limit(count)))
        self.before = min(found, default=self.before)
        return found


@dataclass
class AlongDocuments:
    """Goes along the documents themselves, window after window: the planner is left no other way."""

    s: Transaction
    wanted: Sequence[Word]
    conditions: Sequence[ColumnElement[bool]]
    since: int
    before: int
    window: int = LOOKED_UP
    rest: dict[int, str] = field(default_factory=dict)

    def next(self, count: int) -> dict[int, str]:
        while len(self.rest) < count and self.before > self.since:
            self._look()
        return _taken(self.rest, count)

    def _look(self) -> None:
        within = (SearchDocument.number >= self.since, SearchDocument.number < self.before)
        newest = select(SearchDocument).where(*within).order_by(SearchDocument.number.desc()).limit(self.window)
        here = aliased(SearchDocument, newest.subquery())
        having = and_(*(_in_array(here.tokens, word) for word in self.wanted))
        fits = having
        if self.conditions:  # before the tokens: those are long, and are fetched from elsewhere
            passes = exists(select(1).where(Session.id == here.session_id, *self.conditions))
            fits = case((passes, having), else_=false())
        rows = self.s.execute(select(here.number, here.session_id, fits).order_by(here.number.desc()))
        seen = [(row[0], row[1], row[2]) for row in rows]
        self.rest |= {number: session_id for number, session_id, chosen in seen if chosen}
        self.before = seen[-1][0] if len(seen) == self.window else self.since
        self.window = min(2 * self.window, LARGEST_WINDOW)


@dataclass
class Among:
    """Looks at a few documents alone."""

    s: Transaction
    query: Pairs
    numbers: Sequence[int]
    rest: dict[int, str] = field(default_factory=dict)

    def next(self, count: int) -> dict[int, str]:
        while len(self.rest) < count and self.numbers:
            chosen, self.numbers = self.numbers[:LOOKED_UP], self.numbers[LOOKED_UP:]
            found = _pairs(self.s, self.query.where(SearchDocument.number.in_(chosen)))
            self.rest |= dict(sorted(found, reverse=True))
        return _taken(self.rest, count)


@dataclass
class FromArrays:
    """Asks PostgreSQL's index for all documents, and holds the newest of them against the filters until there are
    enough. The planner knows little of how common words are, and is left no other way.
    """

    s: Transaction
    wanted: Sequence[Word]
    conditions: Sequence[ColumnElement[bool]]
    since: int
    before: int
    ended: bool = False
    rest: dict[int, str] = field(default_factory=dict)

    def next(self, count: int) -> dict[int, str]:
        while len(self.rest) < count and not self.ended:
            self._look()
        return _taken(self.rest, count)

    def _look(self) -> None:
        having = [_in_array(SearchDocument.tokens, word) for word in self.wanted]
        within = (SearchDocument.number >= self.since, SearchDocument.number < self.before)
        every = select(SearchDocument.number, SearchDocument.session_id).where(*having, *within)
        proposed = every.cte("proposed").prefix_with("MATERIALIZED")
        newest = select(proposed).order_by(proposed.c.number.desc()).offset(0).subquery()
        query = select(newest.c.number, newest.c.session_id)
        if self.conditions:
            query = query.join(Session, Session.id == newest.c.session_id).where(*self.conditions)
        found = _pairs(self.s, query.order_by(newest.c.number.desc()).limit(LOOKED_UP))
        self.rest |= dict(found)
        self.ended = len(found) < LOOKED_UP
        self.before = found[-1][0] if found else self.since


def of(s: Transaction, wanted: Sequence[Word], filters: SessionFilters, before: int | None) -> Proposing:
    """The sessions that have the words' tokens and pass the filters, those of documents below `before`."""
    since, until = _made_within(filters)
    until = until if before is None else min(until, before)
    conditions = filters.conditions()
    if s.get_bind().dialect.name == "postgresql":
        return _on_postgres(s, wanted, conditions, since, until)
    return _on_sqlite(s, wanted, conditions, since, until)


def _on_sqlite(
    s: Transaction, wanted: Sequence[Word], conditions: list[ColumnElement[bool]], since: int, until: int
) -> Proposing:
    query = select(SearchDocument.number, SearchDocument.session_id)
    few = _few(s, conditions, since, until)
    if few is not None:
        return Among(s, query.where(*map(_in_text, wanted)), few)
    number = FULL_TEXT.c.rowid
    query = query.join(FULL_TEXT, number == SearchDocument.number)
    query = query.where(FULL_TEXT.c.search_index.op("MATCH")(" AND ".join(map(_in_full_text, wanted))))
    if conditions:
        query = query.join(Session, Session.id == SearchDocument.session_id).where(*conditions)
    return AlongIndex(s, query, number, since, until)


def _on_postgres(
    s: Transaction, wanted: Sequence[Word], conditions: list[ColumnElement[bool]], since: int, until: int
) -> Proposing:
    few = _few(s, conditions, since, until)
    if few is not None:
        having = [_in_array(SearchDocument.tokens, word) for word in wanted]
        return Among(s, select(SearchDocument.number, SearchDocument.session_id).where(*having), few)
    if _share(s, wanted, since, until) < (COMMON_FILTERED if conditions else COMMON):
        return FromArrays(s, wanted, conditions, since, until)
    return AlongDocuments(s, wanted, conditions, since, until)


def _made_within(filters: SessionFilters) -> tuple[int, int]:
    """The numbers of documents that the filters' times of making allow: from the first, and below the second."""
    since = number_at(filters.created_from) if filters.created_from is not None else 0
    until = number_at(filters.created_until) + MOST_AT_ONCE if filters.created_until is not None else LAST_NUMBER
    return since, until


def _few(s: Transaction, conditions: list[ColumnElement[bool]], since: int, until: int) -> tuple[int, ...] | None:
    """The documents of the sessions that pass the filters, newest first, if there are filters and these are few."""
    if not conditions:
        return None
    passing = s.scalars(select(Session.id).where(*conditions).limit(FEW + 1)).all()
    if len(passing) > FEW:
        return None
    numbers = select(SearchDocument.number).where(SearchDocument.session_id.in_(passing))
    return tuple(sorted((one for one in s.scalars(numbers) if since <= one < until), reverse=True))


def _share(s: Transaction, wanted: Sequence[Word], since: int, until: int) -> float:
    """Of the newest sessions, the share that has the words' tokens."""
    within = (SearchDocument.number >= since, SearchDocument.number < until)
    newest = (
        select(SearchDocument.tokens).where(*within).order_by(SearchDocument.number.desc()).limit(PROBED).subquery()
    )
    having = and_(*(_in_array(newest.c.tokens, word) for word in wanted))
    seen, fitting = s.execute(select(func.count(), func.count().filter(having)).select_from(newest)).one()
    return fitting / seen if seen else 0.0


def _in_array(tokens: ColumnExpressionArgument[Any], word: Word) -> ColumnElement[bool]:
    array = type_coerce(tokens, ARRAY(Integer))
    return or_(*(array.contains(sorted(one)) for one in word.proposals))


def _in_text(word: Word) -> ColumnElement[bool]:
    """A condition on the text that the index is made of: quicker where few rows have to be looked at."""
    tokens = type_coerce(SearchDocument.tokens, Text)
    return or_(*(and_(*(func.instr(tokens, in_words((one,))) > 0 for one in every)) for every in word.proposals))


def _in_full_text(word: Word) -> str:
    """A condition in the language of FTS5; tokens are hex digits, so nothing that was typed reaches it."""
    return "(" + " OR ".join(f"({in_words(sorted(one), ' AND ')})" for one in word.proposals) + ")"


def _pairs(s: Transaction, query: Select[Any, Any]) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in s.execute(query)]


def _taken(rest: dict[int, str], count: int) -> dict[int, str]:
    taken = dict(islice(rest.items(), count))
    for number in taken:
        del rest[number]
    return taken
