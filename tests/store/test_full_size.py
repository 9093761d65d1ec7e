"""A store of full size answers quickly; a small one answers the same way."""

from pathlib import Path

import pytest

from engine.settings import Settings
from engine.store import bulk, inspections, open_store, search, sessions
from engine.store.blobs import StoredBlob
from engine.store.filters import SessionFilters
from engine.store.store import Store
from eval.benchmarks import store as bench

SMALL = 200
ROUNDS = 20


def fill(store: Store, count: int) -> None:
    made = bulk.write(store.database, bench.made_up(store.database, count), StoredBlob("0" * 64, 1), bench.NOW)
    assert made == count


def test_a_store_filled_at_once_is_like_one_filled_by_work(store: Store) -> None:
    fill(store, SMALL)
    with store.database.reading() as s:
        page = sessions.page(s, SessionFilters(), limit=1)
        (row,) = page.rows
        assert row.inspection_id is not None
        assert inspections.newest(s, row.id) is not None
        lines = inspections.lines(s, row.id)
        name = lines[0].text[4:6]
        found = search.find(s, f"请问您是{name}", SessionFilters())
    assert row.id in [one.session.id for one in found.found]


def test_everything_that_is_measured_finds_something(store: Store) -> None:
    fill(store, SMALL)
    figures = list(bench.answers("small", store.database, SMALL, rounds=2))
    assert {figure.name.split(",")[0] for figure in figures} == {
        "small: list", "small: queue", "small: search", "small: search with filters",
    }  # fmt: skip
    with store.database.reading() as s:
        hits = {word: len(search.find(s, word, SessionFilters()).found) for word in bench.WORDS}
    assert sum(count > 0 for count in hits.values()) >= len(hits) / 2


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_a_full_store_answers_within_a_tenth_of_a_second(settings: Settings, tmp_path: Path) -> None:
    """Wall time: nothing else should run on the machine."""
    with open_store(settings) as store:
        fill(store, bench.SESSIONS)
    with open_store(settings) as store:
        figures = list(bench.answers("full", store.database, bench.SESSIONS, ROUNDS))
    assert [f"{one.name}: {one.value:.0f} ms {one.note}" for one in figures if one.missed] == []
