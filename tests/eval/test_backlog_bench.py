"""The backlog that is simulated: the queue itself is real, so that a fault of it shows in the figures."""

import pytest

from engine.store import jobs
from eval.benchmarks import backlog


@pytest.fixture
def few(monkeypatch):
    """A simulation of seconds, in which many workers die."""
    monkeypatch.setattr(backlog, "WORKERS", 8)
    monkeypatch.setattr(backlog, "DEATHS", 0.3)
    monkeypatch.setattr(backlog, "FEW_WAITING", 40)


def by_name(figures):
    return {one.name.removeprefix("SQLite: "): one for one in figures}


def test_nothing_is_done_twice_and_the_urgent_first(few):
    found = by_name(backlog.measure(200, 40))
    assert found["recordings that wait"].value == 200
    assert found["workers that died"].value > 0
    assert found["done twice"].value == 0
    assert found["begun before a more urgent one"].value == 0
    assert found["results of the dead refused"].value > 0
    assert found["coordination of a recording, p50"].value > 0
    told = found["the backlog is counted"].note
    assert sum(int(part.split()[1]) for part in told.split(", ")) == 200


def test_a_queue_that_takes_results_of_the_dead_is_found_out(few, monkeypatch):
    monkeypatch.setattr(backlog.jobs, "commit", lambda *_: True)
    assert by_name(backlog.measure(120, 60))["done twice"].missed


def test_a_queue_that_passes_over_the_most_urgent_is_found_out(few, monkeypatch):
    lease = jobs.lease

    def second(s, name, now, seconds):
        first, found = lease(s, name, now, seconds), lease(s, name, now, seconds)
        if first is not None and found is not None:
            jobs.release(s, first, now)
        return found or first

    monkeypatch.setattr(backlog.jobs, "lease", second)
    assert by_name(backlog.measure(120, 40))["begun before a more urgent one"].missed
