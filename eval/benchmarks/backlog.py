"""A million recordings that wait: what it costs to keep, lease and finish them, and that none is lost or done twice.

The queue, leases, retries and the database are the real ones; recordings and stages are made up, and time is a clock of
its own that jumps from event to event. Some workers die in the middle of their work and say nothing. What a recording
costs here is all that coordination adds to its inspection.
"""

import heapq
import random
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session as Transaction

from engine.settings import Settings
from engine.store import jobs
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.jobs import Lease
from engine.store.migrating import upgrade
from engine.store.tables import Job, Session
from eval.benchmarks.figures import Figure

WAITING = 1_000_000
FEW_WAITING = 1_000
DONE = 2_000
WORKERS = 64
DEATHS = 0.02
LEASE_S = 60.0
BEAT_S = 20.0
STAGES = ("audio", "activity", "transcribe", "diarize", "attribute", "vision", "papers", "rules", "confirm")
LONGEST_WORK_S = 240.0
TARGET_MS = 50.0
AT_ONCE = 2_000
SEED = 8
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

T = TypeVar("T")


@dataclass
class Tally:
    """What the simulation saw. `spent`: milliseconds by recording; `leases`: those of each lease alone."""

    spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    leases: list[float] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    begun: list[datetime] = field(default_factory=list)
    deaths: int = 0
    quarantined: int = 0
    refused: int = 0

    @property
    def out_of_order(self) -> int:
        """How often a recording was begun for the first time although a more urgent one waited."""
        return sum(later < earlier for earlier, later in zip(self.begun, self.begun[1:], strict=False))


def measure(waiting: int = WAITING, done: int = DONE, postgres: str | None = None) -> list[Figure]:
    """Queue `waiting` recordings and have `done` of them worked off. `postgres`: the address of an empty database."""
    figures: list[Figure] = []
    for name, address in (("SQLite", None), ("PostgreSQL", postgres)):
        if name == "SQLite" or address is not None:
            with tempfile.TemporaryDirectory(prefix="mingjian-") as folder:
                settings = Settings.model_validate({"store": {"folder": folder, "database": address}})
                figures += _of_store(name, settings, waiting, done)
    return figures


def _of_store(name: str, settings: Settings, waiting: int, done: int) -> Iterator[Figure]:
    database = Database(settings.store)
    upgrade(database)
    chance = random.Random(SEED)
    few = min(FEW_WAITING, waiting)
    fill(database, few, chance)
    shallow = simulate(database, few // 2, random.Random(SEED))
    began = time.perf_counter()
    fill(database, waiting - few, chance)
    seconds = max(time.perf_counter() - began, 1e-9)
    yield Figure(f"{name}: recordings that wait", waiting, note=f"{(waiting - few) / seconds:.0f} written a second")
    tally = simulate(database, done, random.Random(SEED))
    yield from _told(name, tally, shallow)
    with database.reading() as s:
        found, asked = _timed(lambda: jobs.backlog(s))
    yield Figure(
        f"{name}: the backlog is counted", asked, "ms", note=", ".join(f"{k} {n}" for k, n in found.states.items())
    )
    database.close()


def _told(name: str, tally: Tally, shallow: Tally) -> Iterator[Figure]:
    spent = list(tally.spent.values())
    half, most = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    yield Figure(f"{name}: coordination of a recording, p50", half, "ms", TARGET_MS)
    yield Figure(f"{name}: coordination of a recording, p95", most, "ms")
    yield Figure(f"{name}: a lease, p95", statistics.quantiles(tally.leases, n=20)[-1], "ms")
    depth = half / statistics.median(shallow.spent.values())
    yield Figure(f"{name}: cost with all of them waiting, times that of {FEW_WAITING}", depth, "x")
    yield Figure(f"{name}: workers that died", tally.deaths, note=f"{tally.quarantined} set aside for it")
    yield Figure(f"{name}: done twice", sum(count > 1 for count in tally.done.values()), target=0)
    yield Figure(f"{name}: begun before a more urgent one", tally.out_of_order, target=0)
    yield Figure(f"{name}: results of the dead refused", tally.refused)


def fill(database: Database, count: int, chance: random.Random) -> None:
    """Queue `count` recordings more, with deadlines within a month, in no order."""
    for begin in range(0, count, AT_ONCE):
        ids = [new_id() for _ in range(min(AT_ONCE, count - begin))]
        with database.writing() as s:
            s.execute(insert(Session), [_session(one) for one in ids])
            s.execute(insert(Job), [_job(one, NOW + timedelta(seconds=chance.randrange(30 * 86400))) for one in ids])


def _session(session_id: str) -> dict[str, Any]:
    return {
        "id": session_id, "created_at": NOW, "created_by": "uploader", "state": "queued", "fingerprint": session_id * 2,
        "ruleset": "face_to_face", "order": {},
    }  # fmt: skip


def _job(session_id: str, deadline: datetime) -> dict[str, Any]:
    return {
        "id": new_id(), "session_id": session_id, "kind": "inspect", "fingerprint": f"{session_id}{session_id}",
        "parameters": {}, "state": "queued", "deadline": deadline, "not_before": NOW, "attempts": 0, "deaths": 0,
        "token": 0, "cancel": False, "progress": {}, "created_at": NOW,
    }  # fmt: skip


Event = tuple[datetime, int, Callable[[datetime], None]]


class _Cluster:
    """Workers that lease, tell how far they are, finish or die, each at its own moments of a made-up time."""

    def __init__(self, database: Database, wanted: int, chance: random.Random) -> None:
        self.tally = Tally()
        self._database, self._wanted, self._chance = database, wanted, chance
        self._events: list[Event] = []
        self._number = 0

    def run(self) -> Tally:
        for worker in range(WORKERS):
            self._at(NOW + timedelta(seconds=self._chance.random()), self._worker(f"worker {worker}"))
        self._at(NOW + timedelta(seconds=BEAT_S), self._reap)
        while self._events and self.tally.done.total() < self._wanted:
            moment, _, act = heapq.heappop(self._events)
            act(moment)
        return self.tally

    def _at(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, act))

    def _worker(self, name: str) -> Callable[[datetime], None]:
        def seek(now: datetime) -> None:
            held, spent = self._do(lambda s: jobs.lease(s, name, now, LEASE_S))
            if held is None:
                self._at(now + timedelta(seconds=BEAT_S), seek)
                return
            self.tally.leases.append(spent)
            self.tally.spent[held.job_id] += spent
            if held.attempts == 1:
                with self._database.reading() as s:
                    row = jobs.get(s, held.job_id)
                self.tally.begun.append(row.deadline if row else now)
            self._work(held, now, seek)

        return seek

    def _work(self, held: Lease, begun: datetime, then: Callable[[datetime], None]) -> None:
        """The events of one recording: its stages, its heartbeats, its end."""
        lasting = self._chance.uniform(BEAT_S, LONGEST_WORK_S)
        dies_at = self._chance.random() * lasting if self._chance.random() < DEATHS else None
        step = lasting / len(STAGES)
        acts: list[tuple[float, Callable[[datetime], None]]] = []
        for place, stage in enumerate(STAGES, start=1):
            acts.append((place * step, lambda now, stage=stage: self._tell(held, stage, now)))  # type: ignore[misc]
        acts += [(beat * BEAT_S, lambda now: self._beat(held, now)) for beat in range(1, int(lasting / BEAT_S) + 1)]
        for after, act in acts:
            if dies_at is None or after < dies_at:
                self._at(begun + timedelta(seconds=after), act)
        if dies_at is None:
            self._at(begun + timedelta(seconds=lasting + 0.001), lambda now: self._finish(held, now, then))
            return
        self.tally.deaths += 1
        self._at(begun + timedelta(seconds=dies_at), then)  # a new process in its place
        late = begun + timedelta(seconds=lasting + 4 * LEASE_S)
        self._at(late, lambda now: self._finish(held, now, None))  # what it brings when the network is back

    def _tell(self, held: Lease, stage: str, now: datetime) -> None:
        self._charged(held, lambda s: jobs.progress(s, held, stage, 1.0, now))

    def _beat(self, held: Lease, now: datetime) -> None:
        self._charged(held, lambda s: jobs.heartbeat(s, held, now, LEASE_S))

    def _finish(self, held: Lease, now: datetime, then: Callable[[datetime], None] | None) -> None:
        try:
            self._charged(held, lambda s: jobs.commit(s, held, now))
            self.tally.done[held.job_id] += 1
        except jobs.StaleLease:
            self.tally.refused += 1
        if then is not None:
            then(now)

    def _reap(self, now: datetime) -> None:
        taken, _ = self._do(lambda s: jobs.reap(s, now))
        self.tally.quarantined += sum(one.state == "quarantined" for one in taken)
        self._at(now + timedelta(seconds=BEAT_S), self._reap)

    def _charged(self, held: Lease, act: Callable[[Transaction], T]) -> T:
        found, spent = self._do(act)
        self.tally.spent[held.job_id] += spent
        return found

    def _do(self, act: Callable[[Transaction], T]) -> tuple[T, float]:
        """One transaction, and how many milliseconds it took."""

        def run() -> T:
            with self._database.writing() as s:
                return act(s)

        return _timed(run)


def simulate(database: Database, wanted: int, chance: random.Random) -> Tally:
    """Have `WORKERS` workers finish `wanted` recordings of those that wait."""
    return _Cluster(database, wanted, chance).run()


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    found = act()
    return found, 1000 * (time.perf_counter() - began)
