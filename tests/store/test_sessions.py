"""Sessions: made once, listed by pages, known by their people."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import MingjianError
from engine.order import parse_order
from engine.store import cursors, events, jobs, sessions
from engine.store.filters import SessionFilters
from engine.store.keys import Keys
from engine.store.order_columns import people, trigger
from engine.store.sessions import NewPart, NewSession, SessionRow
from engine.store.store import Store
from tests.store import inspected

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KEYS = Keys(b"k" * 32)


def made(store: Store, new: NewSession, now: datetime = NOW) -> SessionRow:
    with store.database.writing() as s:
        return sessions.create(s, new, now)


def test_a_session_comes_with_all_that_is_known_of_it(store: Store, tmp_path: Path) -> None:
    first = NewPart("一.mp4", inspected.kept(store, tmp_path, b"1", NOW))
    chat = NewPart("聊天.json", inspected.kept(store, tmp_path, b"2", NOW), "chat")
    parts = (first, chat)
    new = NewSession(
        parts, inspected.order(), "uploader", "face_to_face", (" 重点 ", "重点", ""), None, (("policy", "p"),)
    )
    row = made(store, new)
    with store.database.reading() as s:
        assert sessions.get(s, row.id) == row
        assert sessions.get(s, "nothing") is None
        found = sessions.parts(s, row.id)
        assert [(one.index, one.kind, one.file_name, one.blob) for one in found] == [
            (0, "media", "一.mp4", first.blob),
            (1, "chat", "聊天.json", chat.blob),
        ]
        assert sessions.tags(s, [row.id, "other"]) == {row.id: ("重点",), "other": ()}
        (job,) = jobs.of_session(s, row.id)
        assert (job.kind, job.state) == ("inspect", "queued")
        assert job.parameters == {"policy": "p", "ruleset": "face_to_face"}
        assert job.deadline <= NOW + timedelta(hours=1)
        assert events.kinds(events.after(s, 0, row.id)) == ("queued",)
    assert (row.policy_no, row.branch, row.agent_no, row.product) == ("P2026-1", "西安分公司", "A001", "安康终身寿险")
    assert row.recorded_at == datetime(2026, 11, 2, 2, 12, tzinfo=UTC)
    assert row.order["policyholder"]["name"] == "王芳"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"policy_no": "P2026-2"}, False),
        ({"content": b"other"}, False),
        ({"remark": "kept though unknown"}, False),
    ],
)
def test_the_same_recording_and_order_is_one_session(
    store: Store, tmp_path: Path, change: dict[str, object], same: bool
) -> None:
    first = made(store, inspected.new_session(store, tmp_path, NOW))
    second = made(store, inspected.new_session(store, tmp_path, NOW, **change), NOW + timedelta(days=1))  # type: ignore[arg-type]
    assert (second.id == first.id) == same
    with store.database.reading() as s:
        assert len(sessions.page(s, SessionFilters()).rows) == 1 + (not same)


def test_many_that_make_the_same_session_at_once_get_one(store: Store, tmp_path: Path) -> None:
    new = inspected.new_session(store, tmp_path, NOW)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(made(store, new).id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    with store.database.reading() as s:
        assert len(jobs.of_session(s, found[0])) == 1
        assert events.kinds(events.after(s, 0)) == ("queued",)


@pytest.mark.parametrize(
    "change",
    [{"policy_no": "a\0b"}, {"policy_no": "x" * 101}, {"remark": {"deep": ["\ud800"]}}, {"agent": {"org": "x" * 201}}],
)
def test_what_cannot_be_stored_everywhere_is_refused(store: Store, tmp_path: Path, change: dict[str, object]) -> None:
    new = inspected.new_session(store, tmp_path, NOW, **change)  # type: ignore[arg-type]
    with pytest.raises(MingjianError) as refusal:
        made(store, new)
    assert refusal.value.code == "value_unfit"


def test_pages_hold_every_session_once_newest_first(store: Store, tmp_path: Path) -> None:
    wanted = [
        made(
            store,
            inspected.new_session(store, tmp_path, NOW, policy_no=f"P{number}"),
            NOW + timedelta(seconds=number // 3),
        ).id
        for number in range(13)
    ]
    seen: list[str] = []
    cursor = None
    while True:
        with store.database.reading() as s:
            page = sessions.page(s, SessionFilters(), cursor, 4)
        seen += [row.id for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == wanted[::-1]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        cursors.write("yesterday", "a"),
        cursors.write(1, "a"),
        cursors.write("2026-01-01", "a"),
        cursors.write("2026-01-01T00:00:00+00:00", "\0"),
    ],
)
def test_a_cursor_that_is_none_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(MingjianError) as refusal, store.database.reading() as s:
        sessions.page(s, SessionFilters(), cursor)
    assert refusal.value.code == "cursor_unreadable"


PLACES = st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(st.lists(PLACES, max_size=4))
def test_a_cursor_reads_back_as_it_was_written(place: list[int | str]) -> None:
    written = cursors.write(*place)
    if len(written) <= cursors.LONGEST:
        assert cursors.read(written, *map(type, place)) == tuple(place)


def test_tags_are_changed_as_a_whole(store: Store, tmp_path: Path) -> None:
    row = made(store, inspected.new_session(store, tmp_path, NOW))
    with store.database.writing() as s:
        sessions.set_tags(s, row.id, ["甲", "乙"])
        assert sessions.set_tags(s, row.id, ["乙", " 丙"]) == ("丙", "乙")
    with store.database.reading() as s:
        assert sessions.tags(s, [row.id])[row.id] == ("丙", "乙")
        assert len(sessions.page(s, SessionFilters(tags=("乙", "丙"))).rows) == 1
        assert len(sessions.page(s, SessionFilters(tags=("甲", "丙"))).rows) == 0
    with pytest.raises(MingjianError), store.database.writing() as s:
        sessions.set_tags(s, row.id, ["x" * 101])


def test_people_are_found_by_key_and_only_as_customers(store: Store, tmp_path: Path) -> None:
    row = made(store, inspected.new_session(store, tmp_path, NOW))
    keys = store.database.keys
    with store.database.reading() as s:
        for kind, number in (("phone", "+86 138 0013 8000"), ("id", "11010519491231002x")):
            key = keys.person(kind, number)  # type: ignore[arg-type]
            assert key is not None
            assert sessions.of_person(s, key) == (row.id,)
        agent = keys.person("phone", "13900139000")
        assert agent is not None
        assert sessions.of_person(s, agent) == ()
        assert [one.id for one in sessions.page(s, SessionFilters(person=agent)).rows] == [row.id]


def test_keys_tell_nothing_without_the_secret() -> None:
    key = KEYS.person("phone", "13800138000")
    assert key != Keys(b"l" * 32).person("phone", "13800138000")
    assert key != KEYS.person("id", "13800138000")
    assert KEYS.person("phone", None) is None
    assert KEYS.person("id", " -") is None
    assert KEYS.derived("a") != KEYS.derived("b")


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("phone", "13800138000", "+86-138 0013 8000"),
        ("phone", "13800138000", "008613800138000"),
        ("phone", "13800138000", "１３８００１３８０００"),
        ("id", "11010519491231002X", "110105 19491231 002x"),
        ("id", "11010519491231002X", "１１０１０５１９４９１２３１００２Ｘ"),
    ],
)
def test_a_number_has_one_key_however_it_is_written(kind: str, first: str, second: str) -> None:
    assert KEYS.person(kind, first) == KEYS.person(kind, second)  # type: ignore[arg-type]


def test_everybody_with_a_number_is_known() -> None:
    order = inspected.order(insured={"phone": "13700137000"}, guardian={"name": "无号码"})
    assert {(one.role, one.kind) for one in people(order, KEYS)} == {
        ("policyholder", "id"),
        ("policyholder", "phone"),
        ("insured", "phone"),
        ("agent", "phone"),
    }


LONG = [{"full_name": "终身寿险", "cover": {"kind": "whole_life"}}]
SHORT = [{"full_name": "意外险", "cover_years": 1}]
LINKED = [{"full_name": "投连险", "design_type": "投资连结型", "cover_years": 1}]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ({"channel": "bank", "products": LONG}, "A"),
        ({"channel": "bank", "products": SHORT}, "none"),
        ({"channel": "agency", "products": LINKED}, "B"),
        ({"channel": "agency", "products": LONG, "policyholder": {"birth_date": "1960-01-01"}}, "B"),
        ({"channel": "agency", "products": LONG, "policyholder": {"birth_date": "1990-01-01"}}, "none"),
        ({"channel": "agency", "products": LONG, "region": "CN-SN"}, "region"),
        ({"channel": "agency", "products": LONG, "region": "CN-BJ"}, "none"),
        ({}, "none"),
    ],
)
def test_why_a_sale_has_to_be_recorded(order: dict[str, object], wanted: str) -> None:
    assert trigger(parse_order(order), datetime(2026, 11, 2, tzinfo=UTC).date()) == wanted
