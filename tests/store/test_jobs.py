"""Durable work: no job is lost, none is done twice, and a late worker is refused."""

import multiprocessing
import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.orm import Session as Transaction

from engine.order import Order
from engine.store import events, jobs, sessions
from engine.store.jobs import JobRow, Lease, NewJob, StaleLease
from engine.store.sessions import NewPart, NewSession
from engine.store.settings import JobLimits
from engine.store.store import Store
from tests.store import inspected
from tests.store.contending import work

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LIMITS = JobLimits()


def session_of(store: Store, folder: Path, name: str = "a") -> str:
    blob = inspected.kept(store, folder, name.encode(), NOW)
    with store.database.writing() as s:
        return sessions.create(s, NewSession((NewPart("a.mp4", blob),), Order(policy_no=name), "uploader"), NOW).id


def leased(store: Store, now: datetime = NOW, worker: str = "w1") -> Lease | None:
    with store.database.writing() as s:
        return jobs.lease(s, worker, now, 60.0)


def job_of(store: Store, job_id: str) -> JobRow:
    with store.database.reading() as s:
        found = jobs.get(s, job_id)
    assert found is not None
    return found


def state_of(store: Store, session_id: str) -> str:
    with store.database.reading() as s:
        found = sessions.get(s, session_id)
    assert found is not None
    return found.state


def told(store: Store) -> tuple[str, ...]:
    with store.database.reading() as s:
        return events.kinds(events.after(s, 0))


def test_the_same_work_is_one_job(store: Store, tmp_path: Path) -> None:
    session_id = session_of(store, tmp_path)
    new = NewJob(session_id, "rejudge", {"ruleset": "bank"}, NOW)
    with store.database.writing() as s:
        first, second = jobs.enqueue(s, new, NOW), jobs.enqueue(s, new, NOW + timedelta(days=1))
        other = jobs.enqueue(s, NewJob(session_id, "rejudge", {"ruleset": "bank"}, NOW, salt="again"), NOW)
    assert first == second
    assert other.id != first.id


def test_what_is_due_first_goes_first(store: Store, tmp_path: Path) -> None:
    session_id = session_of(store, tmp_path)
    with store.database.writing() as s:
        for hours in (3, 1, 2):
            jobs.enqueue(s, NewJob(session_id, "render", {"n": hours}, NOW + timedelta(minutes=hours)), NOW)
        order = [jobs.lease(s, "w", NOW, 60.0, ("render",)) for _ in range(4)]
    assert [one.parameters["n"] if one else None for one in order] == [1, 2, 3, None]


def test_a_session_says_where_its_work_stands(store: Store, tmp_path: Path) -> None:
    session_id = session_of(store, tmp_path)
    assert state_of(store, session_id) == "queued"
    held = leased(store)
    assert held is not None
    assert state_of(store, session_id) == "running"
    with store.database.writing() as s:
        jobs.fail(s, held, "media_not_media", "no media", NOW, retry=False)
    assert state_of(store, session_id) == "failed"
    assert job_of(store, held.job_id).error_code == "media_not_media"
    assert told(store) == ("queued", "failed")
    with store.database.writing() as s:
        assert jobs.retry(s, held.job_id, NOW) is not None
    assert state_of(store, session_id) == "queued"
    again = leased(store)
    assert again is not None
    assert again.token > held.token


def test_what_fails_is_tried_again_after_growing_pauses_but_not_for_ever(store: Store, tmp_path: Path) -> None:
    session_of(store, tmp_path)
    now, pauses = NOW, []
    for attempt in range(LIMITS.attempts):
        held = leased(store, now)
        assert held is not None
        assert held.attempts == attempt + 1
        with store.database.writing() as s:
            row = jobs.fail(s, held, "blobs_unavailable", "away", now, retry=True)
        if row.state == "queued":
            pauses.append((row.not_before - now).total_seconds())
            assert leased(store, row.not_before - timedelta(seconds=1)) is None
            now = row.not_before
    assert row.state == "failed"
    assert pauses == [10.0, 20.0, 40.0, 80.0]
    assert told(store) == ("queued", "failed")


@pytest.mark.parametrize("told_of", [True, False])
def test_a_file_that_kills_workers_is_set_aside_with_its_reason(store: Store, tmp_path: Path, told_of: bool) -> None:
    session_id = session_of(store, tmp_path)
    now = NOW
    for _ in range(LIMITS.deaths):
        held = leased(store, now)
        assert held is not None
        now += timedelta(seconds=61)
        with store.database.writing() as s:
            row = jobs.died(s, held, "killed by signal 9", now) if told_of else jobs.reap(s, now)[0]
        now += timedelta(seconds=LIMITS.longest_pause_s)
    assert row.state == "quarantined"
    assert row.error_code == "worker_died"
    assert row.error
    assert state_of(store, session_id) == "quarantined"
    assert told(store) == ("queued", "quarantined")
    assert leased(store, now) is None
    with store.database.reading() as s:
        assert [one.id for one in jobs.in_state(s, "quarantined")] == [row.id]
        assert jobs.backlog(s).states == {"quarantined": 1}


def test_work_that_waits_ends_at_once_when_it_is_cancelled(store: Store, tmp_path: Path) -> None:
    session_id = session_of(store, tmp_path)
    with store.database.writing() as s:
        (job,) = jobs.of_session(s, session_id)
        jobs.cancel(s, job.id, NOW)
    assert leased(store) is None
    assert state_of(store, session_id) == "cancelled"
    assert told(store) == ("queued", "cancelled")


@pytest.mark.parametrize("end", ["fail", "died", "release", "reap"])
def test_work_under_way_hears_of_its_cancelling_and_ends_so(store: Store, tmp_path: Path, end: str) -> None:
    session_of(store, tmp_path)
    held = leased(store)
    assert held is not None
    later = NOW + timedelta(hours=1)
    with store.database.writing() as s:
        assert jobs.heartbeat(s, held, NOW, 60.0)
        jobs.cancel(s, held.job_id, NOW)
        assert not jobs.heartbeat(s, held, NOW, 60.0)
    with store.database.writing() as s:
        if end == "fail":
            jobs.fail(s, held, "cancelled", "asked to", NOW, retry=True)
        elif end == "died":
            jobs.died(s, held, "killed", NOW)
        elif end == "release":
            jobs.release(s, held, NOW)
        else:
            jobs.reap(s, later)
    assert job_of(store, held.job_id).state == "cancelled"
    assert leased(store, later) is None


def test_a_worker_that_is_told_to_stop_gives_its_work_back_uncounted(store: Store, tmp_path: Path) -> None:
    session_of(store, tmp_path)
    for _ in range(2 * LIMITS.attempts):
        held = leased(store)
        assert held is not None
        assert held.attempts == 1
        with store.database.writing() as s:
            jobs.release(s, held, NOW)


LATE: dict[str, Callable[[Transaction, Lease], object]] = {
    "commit": lambda s, held: jobs.commit(s, held, NOW),
    "fail": lambda s, held: jobs.fail(s, held, "x", "x", NOW, retry=True),
    "died": lambda s, held: jobs.died(s, held, "x", NOW),
    "release": lambda s, held: jobs.release(s, held, NOW),
    "progress": lambda s, held: jobs.progress(s, held, "transcribe", 0.5, NOW),
}


@pytest.mark.parametrize("name", LATE)
@pytest.mark.parametrize("taken_again", [True, False])
def test_a_late_worker_is_refused(store: Store, tmp_path: Path, name: str, taken_again: bool) -> None:
    session_of(store, tmp_path)
    late = leased(store)
    assert late is not None
    later = NOW + timedelta(hours=1)
    with store.database.writing() as s:
        jobs.reap(s, later)
    newer = leased(store, later + timedelta(hours=1), "w2") if taken_again else None
    before = job_of(store, late.job_id)
    with pytest.raises(StaleLease) as refusal, store.database.writing() as s:
        LATE[name](s, late)
    assert isinstance(pickle.loads(pickle.dumps(refusal.value)), StaleLease)  # noqa: S301  (crosses processes)
    with store.database.writing() as s:
        assert not jobs.heartbeat(s, late, later, 60.0)
    assert job_of(store, late.job_id) == before
    if newer is not None:
        with store.database.writing() as s:
            assert jobs.commit(s, newer, later)


def test_a_heartbeat_keeps_the_lease(store: Store, tmp_path: Path) -> None:
    session_of(store, tmp_path)
    held = leased(store)
    assert held is not None
    now = NOW
    for _ in range(5):
        now += timedelta(seconds=50)
        with store.database.writing() as s:
            assert jobs.heartbeat(s, held, now, 60.0)
            assert jobs.reap(s, now) == ()
    assert job_of(store, held.job_id).leased_until == now + timedelta(seconds=60)


def test_progress_is_told_now_and_then(store: Store, tmp_path: Path) -> None:
    session_of(store, tmp_path)
    held = leased(store)
    assert held is not None
    for step in range(101):
        with store.database.writing() as s:
            jobs.progress(s, held, "transcribe", step / 100, NOW)
    with store.database.reading() as s:
        shares = [one.data["share"] for one in events.after(s, 0) if one.kind == "stage"]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert 15 <= len(shares) <= 22
    assert job_of(store, held.job_id).progress == {"name": "transcribe", "share": 1.0}


def test_a_session_that_was_inspected_stays_so_whatever_becomes_of_further_work(store: Store, tmp_path: Path) -> None:
    session_id = session_of(store, tmp_path)
    with store.database.writing() as s:
        s.execute(text("UPDATE session SET inspection_id = 'i', state = 'inspected'"))
    held = leased(store)
    assert held is not None
    with store.database.writing() as s:
        jobs.fail(s, held, "x", "x", NOW, retry=False)
    assert state_of(store, session_id) == "inspected"


@dataclass
class Known:
    """What the model knows of a job."""

    deadline: datetime
    state: str = "queued"
    not_before: datetime = NOW
    leased_until: datetime = NOW
    token: int = 0
    attempts: int = 0
    deaths: int = 0
    cancel: bool = False
    leases: list[Lease] = field(default_factory=list)
    done: int = 0


class JobMachine(RuleBasedStateMachine):
    """Any order of what workers, people and time do to jobs, compared with a model of a few lines."""

    def __init__(self, store: Store, session_id: str) -> None:
        super().__init__()
        self.database, self.session_id = store.database, session_id
        self.now = NOW
        self.known: dict[str, Known] = {}

    @initialize()
    def empty(self) -> None:
        with self.database.writing() as s:
            s.execute(text("DELETE FROM job"))

    @rule(minutes=st.integers(0, 5), number=st.integers(0, 6))
    def enqueue(self, minutes: int, number: int) -> None:
        new = NewJob(self.session_id, "render", {"n": number}, NOW + timedelta(minutes=minutes))
        with self.database.writing() as s:
            row = jobs.enqueue(s, new, self.now)
        self.known.setdefault(row.id, Known(row.deadline, not_before=self.now))

    @rule(seconds=st.sampled_from([1, 30, 61, 700]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def lease(self) -> None:
        with self.database.writing() as s:
            held = jobs.lease(s, "w", self.now, 60.0)
        ready = [
            (one.deadline, job_id)
            for job_id, one in self.known.items()
            if one.state == "queued" and one.not_before <= self.now
        ]
        if held is None:
            assert ready == []
            return
        assert min(ready) == (self.known[held.job_id].deadline, held.job_id)
        job = self.known[held.job_id]
        assert held.token > job.token
        job.state, job.token, job.leased_until = "leased", held.token, self.now + timedelta(seconds=60)
        job.attempts += 1
        job.leases.append(held)

    def _any_lease(self, pick: int) -> tuple[Known, Lease] | None:
        every = [(job, held) for _, job in sorted(self.known.items()) for held in job.leases]
        return every[pick % len(every)] if every else None

    def _holds(self, job: Known, held: Lease) -> bool:
        return job.state == "leased" and job.token == held.token

    def _try(self, pick: int, action: Callable[[Transaction, Lease], object]) -> Known | None:
        """The job, if the lease was good; checks that a bad one is refused."""
        chosen = self._any_lease(pick)
        if chosen is None:
            return None
        job, held = chosen
        good = self._holds(job, held)
        try:
            with self.database.writing() as s:
                action(s, held)
        except StaleLease:
            assert not good
            return None
        assert good
        return job

    @rule(pick=st.integers(0, 50))
    def commit(self, pick: int) -> None:
        chosen = self._any_lease(pick)
        if chosen is None:
            return
        job, held = chosen
        had_said_so = job.state == "done" and job.token == held.token
        try:
            with self.database.writing() as s:
                counts = jobs.commit(s, held, self.now)
        except StaleLease:
            assert not self._holds(job, held)
            assert not had_said_so
            return
        assert counts != had_said_so
        job.state = "done"
        job.done += counts

    @rule(pick=st.integers(0, 50), retry=st.booleans())
    def fail(self, pick: int, retry: bool) -> None:
        job = self._try(pick, lambda s, held: jobs.fail(s, held, "x", "x", self.now, retry=retry))
        if job is not None:
            self._after(job, "failed" if not retry or job.attempts >= LIMITS.attempts else None)

    @rule(pick=st.integers(0, 50))
    def die(self, pick: int) -> None:
        job = self._try(pick, lambda s, held: jobs.died(s, held, "x", self.now))
        if job is not None:
            self._died(job)

    @rule(pick=st.integers(0, 50))
    def release(self, pick: int) -> None:
        job = self._try(pick, lambda s, held: jobs.release(s, held, self.now))
        if job is not None:
            job.state, job.not_before = ("cancelled" if job.cancel else "queued"), self.now
            job.attempts -= not job.cancel

    @rule(pick=st.integers(0, 50))
    def heartbeat(self, pick: int) -> None:
        chosen = self._any_lease(pick)
        if chosen is None:
            return
        job, held = chosen
        with self.database.writing() as s:
            kept = jobs.heartbeat(s, held, self.now, 60.0)
        assert kept == (self._holds(job, held) and not job.cancel)
        if self._holds(job, held):
            job.leased_until = self.now + timedelta(seconds=60)

    @rule()
    def reap(self) -> None:
        with self.database.writing() as s:
            taken = {one.id for one in jobs.reap(s, self.now)}
        late = {name for name, job in self.known.items() if job.state == "leased" and job.leased_until < self.now}
        assert taken == late
        for name in taken:
            self._died(self.known[name])

    @rule(pick=st.integers(0, 50))
    def cancel(self, pick: int) -> None:
        if not self.known:
            return
        name = sorted(self.known)[pick % len(self.known)]
        with self.database.writing() as s:
            jobs.cancel(s, name, self.now)
        job = self.known[name]
        job.cancel = job.cancel or job.state == "leased"
        job.state = "cancelled" if job.state == "queued" else job.state

    @rule(pick=st.integers(0, 50))
    def begin_anew(self, pick: int) -> None:
        if not self.known:
            return
        name = sorted(self.known)[pick % len(self.known)]
        job = self.known[name]
        with self.database.writing() as s:
            begun = jobs.retry(s, name, self.now) is not None
        assert begun == (job.state in ("failed", "quarantined", "cancelled"))
        if begun:
            job.state, job.not_before, job.attempts, job.deaths, job.cancel = "queued", self.now, 0, 0, False

    def _died(self, job: Known) -> None:
        job.deaths += 1
        enough = job.deaths >= LIMITS.deaths or job.attempts >= LIMITS.attempts
        self._after(job, "quarantined" if enough else None)

    def _after(self, job: Known, end: str | None) -> None:
        job.state = "cancelled" if job.cancel else end or "queued"
        job.not_before = self.now + timedelta(seconds=jobs.pause_after(job.attempts, LIMITS))

    @invariant()
    def none_is_lost_and_none_done_twice(self) -> None:
        with self.database.reading() as s:
            there = {row.id: row for row in jobs.of_session(s, self.session_id)}
        assert {name: row.state for name, row in there.items()} == {name: job.state for name, job in self.known.items()}
        for name, job in self.known.items():
            assert there[name].token == job.token
            assert job.done <= 1
            assert (job.state == "done") == (job.done == 1)


def test_any_order_of_events_loses_no_job_and_does_none_twice(store: Store, tmp_path: Path) -> None:
    session_id = session_of(store, tmp_path)
    chosen = settings(
        max_examples=15,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: JobMachine(store, session_id), settings=chosen)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("workers", "sessions_made"), [(3, 12), pytest.param(6, 300, marks=pytest.mark.full)])
def test_many_processes_do_each_job_once(store: Store, tmp_path: Path, workers: int, sessions_made: int) -> None:
    """One process has died with a lease in its hands; what it held is given to the others."""
    made = {session_of(store, tmp_path, f"s{number}") for number in range(sessions_made)}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.store.contending"])
    address = store.database.settings.model_dump(mode="json")
    dying = context.Process(target=work, args=(address, "dying", 2))
    rest = [context.Process(target=work, args=(address, f"w{number}", None)) for number in range(workers - 1)]
    dying.start()
    dying.join(120)
    for process in rest:
        process.start()
    for process in rest:
        process.join(120)
        if process.is_alive():
            process.kill()
    assert dying.exitcode == 9
    assert [process.exitcode for process in rest] == [0] * len(rest)
    with store.database.reading() as s:
        done = Counter(one.session_id for one in events.after(s, 0, limit=10_000) if one.kind == "worked")
        assert jobs.backlog(s).states == {"done": sessions_made}
    assert done == Counter(made)
