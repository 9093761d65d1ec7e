"""Processes are killed at random, and the database stopped, while recordings go through: every one ends inspected
exactly once, or set aside with its reason; nothing is left over, and the audit chain holds."""

import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.settings import Settings
from engine.store import audit, open_store
from tests.cluster.house import ONE_WORKER, House, now, settings_of
from tests.cluster.recordings import short
from tests.cluster.serving import Serving, locked, serving
from tests.store.conftest import _execute, postgres, postgres_template  # noqa: F401
from tests.store.postgres import Server

KINDS = ("worker", "dispatcher", "api", "head", "raylet", "keeper")
WEIGHTS = (8, 4, 3, 2, 1, 2)
QUICK = {"lease_s": 20.0, "beat_s": 2.0, "cancel_s": 5.0, "drain_s": 20.0, "whole": ONE_WORKER}


def make(folder: Path, database: str | None = None, **cluster: object) -> Settings:
    made = settings_of(folder / "data", **{**QUICK, **cluster})
    store = made.store.model_copy(
        update={"database": database, "jobs": made.store.jobs.model_copy(update={"deaths": 6, "attempts": 40})}
    )
    return made.model_copy(update={"store": store})


def harm(house: House, server: Serving, sessions: list[str], kills: list[str], pause: Callable[[], float]) -> Counter:
    """Strike `kills` one after the other, each when there is somebody to strike, until every session has ended."""
    done: Counter = Counter()
    left, next_at, ends = list(kills), time.monotonic() + 1.0, time.monotonic() + 3000
    while time.monotonic() < ends:
        assert not server.ended
        if left and time.monotonic() >= next_at and server.strike(left[0]):
            done[left.pop(0)] += 1
            next_at = time.monotonic() + pause()
        if not left and all(ended(house, one) for one in sessions):
            return done
        time.sleep(0.2)
    raise AssertionError(f"not settled: {Counter(house.session(one).state for one in sessions)}, {left} left")


def ended(house: House, session: str) -> bool:
    return house.session(session).state in ("inspected", "quarantined")


def check(house: House, sessions: list[str]) -> Counter:
    """What must hold at the end, whatever happened."""
    states: Counter = Counter()
    for one in sessions:
        state, versions, job = house.session(one).state, house.inspected(one), house.job(one)
        states[state] += 1
        if state == "inspected":
            assert (len(versions), job.state) == (1, "done")
        else:
            assert (len(versions), job.state) == (0, "quarantined")
            assert job.error_code
            assert job.error
    house.store.collect_garbage(now() + timedelta(days=3))
    assert house.orphans() == ()
    with house.store.database.reading() as s:
        assert audit.verify(s).ok
    return states


@pytest.fixture
def sqlite_house(tmp_path: Path) -> Iterator[House]:
    settings = make(tmp_path)
    with open_store(settings) as store:
        yield House(store, settings)


@pytest.mark.timeout(900)
def test_killed_one_after_the_other(sqlite_house: House, tmp_path: Path) -> None:
    house = sqlite_house
    sessions = [house.add(short(tmp_path, number), number) for number in range(8)]
    with serving(house.settings, tmp_path) as server:
        struck = harm(house, server, sessions, ["worker", "api", "dispatcher", "head"], lambda: 2.0)
        assert sum(struck.values()) == 4
        assert server.stop() == 0
        assert server.family() == []
    assert check(house, sessions)["inspected"] == len(sessions)


@pytest.mark.full
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_hundred_recordings_and_thirty_kills(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server: Server | None = None
    address = None
    if kind == "postgresql":
        server = request.getfixturevalue("postgres_template")
        name = f"test_{secrets.token_hex(6)}"
        _execute(server, f"CREATE DATABASE {name} TEMPLATE mingjian_template")
        address = server.address(name)
    settings = make(tmp_path, address, whole={"least": 2, "most": 2, "cpus": 1}, cpus=2)
    chance = random.Random(20261102)
    kills = chance.choices(KINDS, WEIGHTS, k=36)
    with open_store(settings) as store:
        house = House(store, settings)
        sessions = [house.add(short(tmp_path, number), number) for number in range(200)]
        with serving(settings, tmp_path) as running:
            first = harm(house, running, sessions[:20], kills[:18], lambda: chance.uniform(1, 12))
            if server is None:
                with locked(settings.store.folder / "mingjian.db", 25):
                    pass
            else:
                server.stop()
                time.sleep(25)
                server.start()
            second = harm(house, running, sessions, kills[18:], lambda: chance.uniform(1, 12))
            assert sum((first + second).values()) == 36
            assert running.stop() == 0
            assert running.family() == []
        states = check(house, sessions)
    assert states["inspected"] >= 190
