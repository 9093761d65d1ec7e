"""Search in what was said: words, phrases and pinyin, with filters, newest first.

An index proposes sessions in their order (engine/store/proposals.py); their lines are then looked at, so what is
shown is exact on both databases. A page that had to look at too many proposals ends early, with a cursor to go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from engine.store import cursors, proposals, sessions
from engine.store.filters import SessionFilters
from engine.store.rows import as_row
from engine.store.sessions import SessionRow
from engine.store.tables import Line, Session
from engine.store.words import How, SearchedLine, Word, parse

MOST_LINES = 2500
"""After so many lines without a full page, the page ends."""
MOST_HITS = 20


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
    before = cursors.read(cursor, int)[0] if cursor is not None else None
    proposing = proposals.of(s, wanted, filters, before)
    found: list[tuple[str, tuple[Hit, ...], int]] = []
    examined = 0
    while True:
        count = limit - len(found) + 1
        proposed = proposing.next(count)
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
