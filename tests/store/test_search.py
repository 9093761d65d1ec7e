"""Search in what was said: the same on both databases."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.order import parse_order
from engine.store import inspections, proposals, search, sessions
from engine.store.filters import SessionFilters
from engine.store.inspections import LineRow
from engine.store.search import SearchPage
from engine.store.sessions import NewPart, NewSession
from engine.store.store import Store
from tests.store import inspected

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
EVERY = SessionFilters()


def said(store: Store, folder: Path, *lines: str, minutes: int = 0, tags: Sequence[str] = (), **order: object) -> str:
    """A session made so many minutes after NOW in which these lines were said."""
    now = NOW + timedelta(minutes=minutes)
    part = NewPart("a.mp4", inspected.kept(store, folder, repr((minutes, lines)).encode(), now))
    new = NewSession((part,), parse_order({"policy_no": f"P{minutes}", **order}), "uploader", tags=tuple(tags))
    with store.database.writing() as s:
        session = sessions.create(s, new, now)
        spoken = tuple(
            LineRow(number, 5.0 * number, 5.0 * number + 4, "agent", text) for number, text in enumerate(lines)
        )
        inspections.write_lines(s, session.id, spoken)
    return session.id


def found(store: Store, words: str, filters: SessionFilters = EVERY, **options: object) -> SearchPage:
    with store.database.reading() as s:
        return search.find(s, words, filters, **options)  # type: ignore[arg-type]


def ids(page: SearchPage) -> list[str]:
    return [one.session.id for one in page.found]


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("犹豫期", "犹豫期"),
        ("猶豫期", "犹豫期"),
        ("豫", "豫"),
        ("十五天的犹豫期", "十五天的犹豫期"),
        ("15天", "十五天"),
        ("保险，有", "保险有"),
        ("youyuqi", "犹豫期"),
        ('"you yu qi"', "犹豫期"),
        ("由于期", "犹豫期"),
        ("退保 犹豫期", "犹豫期"),
        ("12000元", "一万二千元"),
        ("app", "APP"),
    ],
)
def test_words_are_found_however_they_are_typed(store: Store, tmp_path: Path, words: str, marked: str) -> None:
    session_id = said(
        store, tmp_path, "您好。", "这份保险有十五天的犹豫期，", "期间可以退保。", "每年交一万二千元。", "下载我们的APP"
    )
    said(store, tmp_path, "今天天气不错。", minutes=1)
    page = found(store, words)
    assert ids(page) == [session_id]
    assert marked in {hit.text[start:end] for hit in page.found[0].hits for start, end in hit.spans}


@pytest.mark.parametrize(
    "words", ["犹期", "豫犹", "退宝", "十五天 没有说的", "天犹豫", "险今天", "hello", "25天", "5年"]
)
def test_what_was_not_said_is_not_found(store: Store, tmp_path: Path, words: str) -> None:
    said(store, tmp_path, "这份保险", "今天有十五天的犹豫期", "可以退保", "豫期犹豫")
    assert found(store, words).found == ()


def test_a_phrase_in_pieces_is_no_phrase(store: Store, tmp_path: Path) -> None:
    """Its pairs of characters are all there, apart from each other."""
    said(store, tmp_path, "保险和险费", "费用和用途")
    assert found(store, "保险费用").found == ()


def test_sound_counts_for_short_words_when_it_is_asked_for(store: Store, tmp_path: Path) -> None:
    session_id = said(store, tmp_path, "我要退宝")
    assert ids(found(store, "退保")) == []
    assert ids(found(store, "退保", sound=True)) == [session_id]
    assert ids(found(store, "我要退保", sound=False)) == []
    page = found(store, "我要退保")
    assert page.found[0].hits[0].how == "pinyin"


def test_hits_tell_when_it_was_said(store: Store, tmp_path: Path) -> None:
    said(store, tmp_path, "您好", "可以退保吗，退保要多久", "好的", "退保")
    (one,) = found(store, "退保").found
    assert [(hit.number, hit.start, hit.end, hit.spans) for hit in one.hits] == [
        (1, 5.0, 9.0, ((2, 4), (6, 8))),
        (3, 15.0, 19.0, ((0, 2),)),
    ]
    assert one.lines == 2


def test_pages_go_on_where_the_last_one_ended(store: Store, tmp_path: Path) -> None:
    made = [said(store, tmp_path, "可以退保" if number % 3 else "您好", minutes=number) for number in range(20)]
    wanted = [made[number] for number in reversed(range(20)) if number % 3]
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        page = found(store, "退保", cursor=cursor, limit=4)
        seen += ids(page)
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == wanted


def test_many_proposals_that_come_to_nothing_end_a_page_early(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_LINES", 3)
    wanted = said(store, tmp_path, "保险费", minutes=0)
    for minutes in range(1, 10):
        said(store, tmp_path, "保险和险费", minutes=minutes)
    page = found(store, "保险费", limit=2)
    assert (ids(page), page.cursor is None) == ([], False)
    seen = []
    while page.cursor is not None:
        page = found(store, "保险费", limit=2, cursor=page.cursor)
        seen += ids(page)
    assert seen == [wanted]


FILTERED = [
    (SessionFilters(policy_no="P1"), [1]),
    (SessionFilters(branch="西安分公司"), [2]),
    (SessionFilters(tags=("重点",)), [3]),
    (SessionFilters(scenario="telesales"), [3]),
    (SessionFilters(created_from=NOW + timedelta(minutes=2)), [3, 2]),
    (SessionFilters(created_until=NOW + timedelta(minutes=2)), [1]),
    (SessionFilters(state=("queued",)), [3, 2, 1]),
    (SessionFilters(verdict=("flagged",)), []),
    (SessionFilters(product="终身_"), []),
    (SessionFilters(product="终身"), [1]),
    (SessionFilters(person="nobody"), []),
]


@pytest.mark.parametrize("few", [1000, 0])
@pytest.mark.parametrize(("filters", "wanted"), FILTERED)
def test_filters_narrow_what_is_found(
    store: Store, tmp_path: Path, filters: SessionFilters, wanted: list[int], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "FEW", few)
    made = {
        1: said(store, tmp_path, "可以退保", minutes=1, products=[{"full_name": "安康终身寿险"}]),
        2: said(store, tmp_path, "可以退保", minutes=2, agent={"org": "西安分公司"}),
        3: said(store, tmp_path, "可以退保", minutes=3, tags=("重点",), scenario="telesales"),
    }
    said(store, tmp_path, "没有说", minutes=4, tags=("重点",), agent={"org": "西安分公司"})
    assert ids(found(store, "退保", filters)) == [made[number] for number in wanted]


def test_without_words_the_filters_alone_choose(store: Store, tmp_path: Path) -> None:
    made = [said(store, tmp_path, "您好", minutes=number) for number in range(3)]
    assert ids(found(store, " ，。", EVERY)) == made[::-1]


def test_lines_that_are_replaced_or_removed_are_found_no_more(store: Store, tmp_path: Path) -> None:
    session_id = said(store, tmp_path, "可以退保")
    with store.database.writing() as s:
        inspections.write_lines(s, session_id, (LineRow(0, 0.0, 1.0, "agent", "可以续保"),))
    assert (ids(found(store, "退保")), ids(found(store, "续保"))) == ([], [session_id])
    with store.database.writing() as s:
        inspections.write_lines(s, session_id, ())
    assert found(store, "续保").found == ()
    with store.database.writing() as s:
        inspections.write_lines(s, session_id, (LineRow(0, 0.0, 1.0, "agent", "可以退保"),))
    assert ids(found(store, "退保")) == [session_id]


def test_sessions_of_one_millisecond_are_all_found(store: Store, tmp_path: Path) -> None:
    made = {said(store, tmp_path, "可以退保", policy_no=f"Q{number}") for number in range(5)}
    assert set(ids(found(store, "退保"))) == made


@pytest.mark.parametrize(
    "words", ['" OR 1=1 --', "search_index MATCH", "*", "退保\0", "NEAR(退 保)", "‘’", "a" * 60, "'"]
)
def test_odd_input_finds_nothing_and_breaks_nothing(store: Store, tmp_path: Path, words: str) -> None:
    said(store, tmp_path, "您好")
    assert all(one.hits == () for one in found(store, words).found)


@pytest.mark.parametrize("words", ["a " + "b" * 61, " ".join("abcdefghi")])
def test_too_much_is_refused(store: Store, words: str) -> None:
    with pytest.raises(MingjianError) as refusal:
        found(store, words)
    assert refusal.value.code == "search_too_long"


@pytest.mark.parametrize("cursor", ["", "x", "WyIxIl0", "W10", "bnVsbA", "a" * 600, "…"])
def test_a_cursor_that_is_none_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(MingjianError) as refusal:
        found(store, "退保", cursor=cursor)
    assert refusal.value.code == "cursor_unreadable"
