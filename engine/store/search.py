"""Search in what was said: words, phrases and pinyin, with filters, newest first.

The index (engine/store/tables/search.py) proposes sessions in their order; their lines are then looked at, so what is
shown is exact on both databases. A page that had to look at too many proposals ends early, with a cursor to go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, column, func, or_, select, table, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session as Transaction

from engine.store import cursors, sessions
from engine.store.filters import SessionFilters
from engine.store.indexing import number_at
from engine.store.rows import as_row
from engine.store.sessions import SessionRow
from engine.store.tables import Line, SearchDocument, Session
from engine.store.tables.search import in_words
from engine.store.words import How, SearchedLine, Word, parse

MOST_LINES = 2500
"""After so many lines without a full page, the page ends."""
FEW = 1000
"""Up to so many sessions that pass the filters, these are looked up rather than all that have the words."""
LOOKED_UP = 100
"""So many of the few at a time: the newest may be enough."""
MOST_HITS = 20
LAST_NUMBER = 2**62
MOST_AT_ONCE = 10_000
"""Sessions of one millisecond, for certain: by so much a number may be larger than its time."""
FULL_TEXT = table("search_index", column("rowid", Integer), column("search_index"))
"""The full-text index of SQLite."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line in which words were found. `spans`: where, by characters of `text`, from and until. Times in seconds."""

    number: int
    start: float
    end: float
    role: str
    text: str
    spans: tuple[tuple[int, int], ...]
    how: How


@dataclass(frozen=True, slots=True)
class Found:
    """A session, and the first lines of it in which words were found; `lines` counts all of them."""

    session: SessionRow
    hits: tuple[Hit, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some of what was found, and the cursor of the next page; None at the end."""

    found: tuple[Found, ...]
    cursor: str | None


def find(
    s: Transaction,
    words: str,
    filters: SessionFilters,
    cursor: str | None = None,
    limit: int = 20,
    *,
    sound: bool | None = None,
) -> SearchPage:
    """Sessions in which all words were said, of those that pass the filters; without words, all of these.

    Raises MingjianError `search_too_long`, `cursor_unreadable`.
    """
    wanted = parse(words, sound)
    if not wanted:
        page = sessions.page(s, filters, cursor, limit)
        return SearchPage(tuple(Found(row, (), 0) for row in page.rows), page.cursor)
    since, before = _made_within(filters)
    if cursor is not None:
        before = min(before, cursors.read(cursor, int)[0])
    proposing = _proposing(s, wanted, filters.conditions(), since, before)
    found: list[tuple[str, tuple[Hit, ...], int]] = []
    examined = 0
    while True:
        count = limit - len(found) + 1
        proposed = _proposed(s, proposing, since, before, count)
        hits, lines = _hits(s, tuple(proposed.values()), wanted)
        for number, session_id in proposed.items():
            here = hits[session_id]
            if here and len(found) == limit:
                return _page(s, found, before)
            if here:
                found.append((session_id, here[:MOST_HITS], len(here)))
            before = number
        examined += lines
        if len(proposed) < count:
            return _page(s, found, None)
        if examined >= MOST_LINES:
            return _page(s, found, before)


def _made_within(filters: SessionFilters) -> tuple[int, int]:
    """The numbers of documents, which the index is sorted by, that the filters' times of making allow: from the first,
    and below the second.
    """
    since = number_at(filters.created_from) if filters.created_from is not None else 0
    until = number_at(filters.created_until) + MOST_AT_ONCE if filters.created_until is not None else LAST_NUMBER
    return since, until


@dataclass(frozen=True, slots=True)
class _Proposing:
    """How sessions are proposed: a query, and the number of a document in it. `among`: the only documents that pass
    the filters, newest first, where they are few.
    """

    query: Select[int, str]
    number: ColumnElement[int]
    among: tuple[int, ...] | None


def _proposing(
    s: Transaction, wanted: Sequence[Word], conditions: list[ColumnElement[bool]], since: int, before: int
) -> _Proposing:
    """The sessions that have the words' tokens and pass the filters."""
    number: ColumnElement[int] = SearchDocument.number.expression
    query = select(SearchDocument.number, SearchDocument.session_id)
    among = _few(s, conditions, since, before) if conditions else None
    if s.get_bind().dialect.name == "postgresql":
        query = query.where(*map(_in_array, wanted))
    elif among is not None:
        query = query.where(*map(_in_text, wanted))
    else:
        number = FULL_TEXT.c.rowid
        query = query.join(FULL_TEXT, number == SearchDocument.number)
        query = query.where(FULL_TEXT.c.search_index.op("MATCH")(" AND ".join(map(_in_full_text, wanted))))
    if conditions and among is None:
        query = query.join(Session, Session.id == SearchDocument.session_id).where(*conditions)
    return _Proposing(query, number, among)


def _few(s: Transaction, conditions: list[ColumnElement[bool]], since: int, before: int) -> tuple[int, ...] | None:
    """The documents of the sessions that pass the filters, if they are few."""
    query = select(SearchDocument.number).join(Session, Session.id == SearchDocument.session_id).where(*conditions)
    within = SearchDocument.number + 0  # no index: that of documents would be walked through from end to end
    found = tuple(s.scalars(query.where(within >= since, within < before).limit(FEW + 1)))
    return tuple(sorted(found, reverse=True)) if len(found) <= FEW else None


def _proposed(s: Transaction, proposing: _Proposing, since: int, before: int, count: int) -> dict[int, str]:
    """The next sessions: by number, newest first."""
    query, number = proposing.query, proposing.number
    if proposing.among is None:
        query = query.where(number >= since, number < before).order_by(number.desc()).limit(count)
        return {row.number: row.session_id for row in s.execute(query)}
    found: dict[int, str] = {}
    left = [one for one in proposing.among if one < before]
    for start in range(0, len(left), LOOKED_UP):
        rows = s.execute(query.where(number.in_(left[start : start + LOOKED_UP]))).all()
        found |= {row.number: row.session_id for row in sorted(rows, reverse=True)}
        if len(found) >= count:
            break
    return dict(islice(found.items(), count))


def _in_array(word: Word) -> ColumnElement[bool]:
    tokens = type_coerce(SearchDocument.tokens, ARRAY(Integer))
    return or_(*(tokens.contains(sorted(one)) for one in word.proposals))


def _in_text(word: Word) -> ColumnElement[bool]:
    """A condition on the text that the index is made of: quicker where few rows have to be looked at."""
    tokens = type_coerce(SearchDocument.tokens, Text)
    return or_(*(and_(*(func.instr(tokens, in_words((one,))) > 0 for one in every)) for every in word.proposals))


def _in_full_text(word: Word) -> str:
    """A condition in the language of FTS5; tokens are hex digits, so nothing that was typed reaches it."""
    return "(" + " OR ".join(f"({in_words(sorted(one), ' AND ')})" for one in word.proposals) + ")"


def _hits(s: Transaction, session_ids: Sequence[str], wanted: Sequence[Word]) -> tuple[dict[str, tuple[Hit, ...]], int]:
    """The lines in which words were found, by session; none for a session that lacks one of the words. And how many
    lines were looked at.
    """
    lines: dict[str, list[Hit]] = {one: [] for one in session_ids}
    seen: dict[str, set[Word]] = {one: set() for one in session_ids}
    columns = (Line.session_id, Line.number, Line.start, Line.end, Line.role, Line.text)
    query = select(*columns).where(Line.session_id.in_(session_ids)).order_by(Line.session_id, Line.number)
    rows = s.execute(query).all()
    for session_id, number, start, end, role, said in rows:
        line = SearchedLine(said)
        places = {word: found for word in wanted if (found := word.places(line))}
        if places:
            seen[session_id] |= set(places)
            every = [place for found in places.values() for place in found]
            how: How = "text" if any(place[2] == "text" for place in every) else "pinyin"
            spans = tuple(sorted({(place[0], place[1]) for place in every}))
            lines[session_id].append(Hit(number, start, end, role, said, spans, how))
    return {one: tuple(lines[one]) if len(seen[one]) == len(wanted) else () for one in session_ids}, len(rows)


def _page(s: Transaction, found: Sequence[tuple[str, tuple[Hit, ...], int]], before: int | None) -> SearchPage:
    rows = {row.id: row for row in s.scalars(select(Session).where(Session.id.in_([one[0] for one in found])))}
    shown = tuple(Found(as_row(SessionRow, rows[session_id]), hits, count) for session_id, hits, count in found)
    return SearchPage(shown, cursors.write(before) if before is not None else None)
