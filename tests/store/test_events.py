"""Events: one order for all, and nobody who reads on misses one."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from engine.store import events
from engine.store.database import Database

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def append(database: Database, *kinds: str, session_id: str | None = None) -> None:
    with database.writing() as s:
        for kind in kinds:
            events.append(s, kind, session_id, {"kind": kind}, NOW)


def test_events_come_in_the_order_of_their_making(database: Database) -> None:
    append(database, "a", "b", session_id="1")
    append(database, "c", session_id="2")
    with database.reading() as s:
        every = events.after(s, 0)
        assert events.kinds(every) == ("a", "b", "c")
        assert events.kinds(events.after(s, every[0].number)) == ("b", "c")
        assert events.kinds(events.after(s, 0, "1")) == ("a", "b")
        assert events.kinds(events.after(s, 0, limit=2)) == ("a", "b")
        assert events.last(s) == every[-1].number
        assert every[0].at == NOW


def test_what_was_rolled_back_did_not_happen(database: Database) -> None:
    def break_off() -> None:
        with database.writing() as s:
            events.append(s, "a", None, {}, NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with database.reading() as s:
        assert events.after(s, 0) == ()


def test_a_reader_who_reads_on_misses_nothing(database: Database) -> None:
    """Writers of transactions that overlap: numbers become visible in their order."""
    writers, each = 5, 20
    stop = threading.Event()
    seen: list[int] = []

    def write() -> None:
        for _ in range(each):
            append(database, "x", "y")

    def read() -> None:
        number = 0
        while True:
            ended = stop.is_set()
            with database.reading() as s:
                rows = events.after(s, number)
            seen.extend(row.number for row in rows)
            number = rows[-1].number if rows else number
            if ended and not rows:
                return

    reader = threading.Thread(target=read)
    threads = [threading.Thread(target=write) for _ in range(writers)]
    reader.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    reader.join()
    assert len(seen) == 2 * writers * each
    assert seen == sorted(seen)


def test_progress_is_forgotten_in_time(database: Database) -> None:
    append(database, "stage", "inspected")
    with database.writing() as s:
        assert events.forget_stages(s, NOW) == 0
        assert events.forget_stages(s, NOW + timedelta(seconds=1)) == 1
    with database.reading() as s:
        number = events.last(s)
        assert events.kinds(events.after(s, 0)) == ("inspected",)
    with database.writing() as s:
        events.forget_stages(s, NOW + timedelta(days=1))
    append(database, "next")
    with database.reading() as s:
        assert events.last(s) > number
