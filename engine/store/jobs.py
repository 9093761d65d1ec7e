"""Durable work: leased to one worker at a time, given again when a worker dies, set aside when it kills them.

A lease carries a token that grows with every lease of the job; whoever writes with an older one is refused
(`StaleLease`). Only this table tries again: attempts and deaths are bounded (`JobLimits`), with growing pauses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session as Transaction

from engine.artifacts import fingerprint
from engine.errors import MingjianError
from engine.store import events
from engine.store.database import settings_of
from engine.store.ids import new_id
from engine.store.rows import as_row, as_rows
from engine.store.settings import JobLimits
from engine.store.tables import Job, Session

Kind = Literal["inspect", "rejudge", "render"]
KINDS: tuple[Kind, ...] = ("inspect", "rejudge", "render")
OPEN = ("queued", "leased")
ENDED = ("done", "failed", "quarantined", "cancelled")
TOLD_SHARE = 0.05
"""Progress is told anew when its share has grown by this much, or the stage is another one."""
LONGEST_ERROR = 4000
DIED = "worker_died"


class StaleLease(MingjianError):
    """The job belongs to another worker by now, or has ended: what this one brings is not taken."""

    def __init__(self, job_id: str) -> None:
        super().__init__("lease_stale", job=job_id)
        self.job_id = job_id

    def __reduce__(self) -> tuple[object, ...]:
        return StaleLease, (self.job_id,)


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work to be done on a session. `salt`: what else tells it from the same work asked for earlier."""

    session_id: str
    kind: Kind
    parameters: dict[str, Any]
    deadline: datetime
    salt: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what the work is."""
        return fingerprint("job", self.session_id, self.kind, self.parameters, self.salt)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do a job, until its time runs out. `attempts` counts this one."""

    job_id: str
    session_id: str
    kind: str
    token: int
    parameters: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job."""

    id: str
    session_id: str
    kind: str
    fingerprint: str
    parameters: dict[str, Any]
    state: str
    deadline: datetime
    not_before: datetime
    attempts: int
    deaths: int
    token: int
    worker: str | None
    leased_until: datetime | None
    cancel: bool
    progress: dict[str, Any]
    error_code: str | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much work stands where, and since when the oldest waits."""

    states: dict[str, int]
    oldest: datetime | None


def enqueue(s: Transaction, new: NewJob, now: datetime, *, again: bool = False) -> JobRow:
    """The job; the one that is there already where the work is the same.

    With `again`, one that failed, was set aside or cancelled is begun anew.
    """
    made = insert_postgres(Job) if s.get_bind().dialect.name == "postgresql" else insert_sqlite(Job)
    values = {
        "id": new_id(), "session_id": new.session_id, "kind": new.kind, "fingerprint": new.fingerprint,
        "parameters": new.parameters, "state": "queued", "deadline": new.deadline, "not_before": now, "attempts": 0,
        "deaths": 0, "token": 0, "cancel": False, "progress": {}, "created_at": now,
    }  # fmt: skip
    s.execute(made.values(**values).on_conflict_do_nothing(index_elements=["fingerprint"]))
    query = select(Job).where(Job.fingerprint == new.fingerprint).with_for_update()
    job = s.scalars(query.execution_options(populate_existing=True)).one()
    if again and job.state in ("failed", "quarantined", "cancelled"):
        _begin_anew(s, job, now)
    return as_row(JobRow, job)


def retry(s: Transaction, job_id: str, now: datetime) -> JobRow | None:
    """Begin a job anew that failed, was set aside or cancelled, as a person asked; None where there is none such."""
    job = s.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None or job.state not in ("failed", "quarantined", "cancelled"):
        return None
    _begin_anew(s, job, now)
    return as_row(JobRow, job)


def _begin_anew(s: Transaction, job: Job, now: datetime) -> None:
    job.state, job.not_before, job.attempts, job.deaths = "queued", now, 0, 0
    job.cancel, job.error_code, job.error, job.ended_at, job.progress = False, None, None, None, {}
    _mark_session(s, job, "queued")
    events.append(s, "queued", job.session_id, {"job_id": job.id}, now)
    s.flush()


def get(s: Transaction, job_id: str) -> JobRow | None:
    """The job, if there is one."""
    found = s.get(Job, job_id, populate_existing=True)
    return as_row(JobRow, found) if found else None


def of_session(s: Transaction, session_id: str) -> tuple[JobRow, ...]:
    """The jobs of a session, oldest first."""
    return as_rows(JobRow, s.scalars(select(Job).where(Job.session_id == session_id).order_by(Job.created_at, Job.id)))


def in_state(s: Transaction, state: str, limit: int = 100) -> tuple[JobRow, ...]:
    """Jobs of one state (`quarantined`, say), those of the earliest deadline first."""
    query = select(Job).where(Job.state == state).order_by(Job.deadline, Job.id).limit(limit)
    return as_rows(JobRow, s.scalars(query))


def backlog(s: Transaction) -> Backlog:
    """How much work stands where."""
    counted = s.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    oldest = s.scalar(select(func.min(Job.created_at)).where(Job.state == "queued"))
    return Backlog({row[0]: row[1] for row in counted}, oldest)


def lease(s: Transaction, worker: str, now: datetime, seconds: float, kinds: Sequence[str] = KINDS) -> Lease | None:
    """The most urgent job of these kinds that may begin, for `seconds`; None where there is none."""
    query = (
        select(Job)
        .where(Job.state == "queued", Job.not_before <= now, Job.kind.in_(kinds))
        .order_by(Job.deadline, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    job = s.scalars(query).one_or_none()
    if job is None:
        return None
    job.state, job.worker, job.leased_until = "leased", worker, now + timedelta(seconds=seconds)
    job.token, job.attempts, job.started_at, job.progress = job.token + 1, job.attempts + 1, now, {}
    _mark_session(s, job, "running")
    s.flush()
    return Lease(job.id, job.session_id, job.kind, job.token, dict(job.parameters), job.attempts)


def heartbeat(s: Transaction, held: Lease, now: datetime, seconds: float) -> bool:
    """Keep the lease for `seconds` from now. False: it is lost, or the work shall stop (then `fail` ends it)."""
    kept = update(Job).where(Job.id == held.job_id, Job.token == held.token, Job.state == "leased")
    until = kept.values(leased_until=now + timedelta(seconds=seconds)).returning(Job.cancel)
    asked = s.scalars(until.execution_options(synchronize_session=False)).one_or_none()
    return asked is False


def progress(s: Transaction, held: Lease, stage: str, share: float, now: datetime) -> None:
    """Say how far the work is: `share` of 0 to 1 of a stage. An event tells it, not more often than is of use.

    Raises StaleLease.
    """
    job = _held(s, held)
    told = job.progress
    if told.get("name") == stage and share < 1 and share - float(told.get("share", 0.0)) < TOLD_SHARE:
        return
    job.progress = {"name": stage, "share": round(share, 4)}
    events.append(s, events.STAGE, held.session_id, {"job_id": held.job_id, **job.progress}, now)
    s.flush()


def commit(s: Transaction, held: Lease, now: datetime) -> bool:
    """The work is done. False where this very lease had said so before. Raises StaleLease.

    Results belong into the same transaction, after this.
    """
    job = s.get(Job, held.job_id, with_for_update=True, populate_existing=True)
    if job is not None and job.state == "done" and job.token == held.token:
        return False
    job = _held(s, held)
    job.state, job.ended_at, job.leased_until, job.error_code, job.error = "done", now, None, None, None
    s.flush()
    return True


def fail(s: Transaction, held: Lease, error_code: str, error: str, now: datetime, *, retry: bool) -> JobRow:
    """The work could not be done. With `retry` it is tried again later, unless that was the last attempt.

    Where it had been asked to stop, it ends cancelled. Raises StaleLease.
    """
    job = _held(s, held)
    limits = settings_of(s).jobs
    job.error_code, job.error = error_code, error[:LONGEST_ERROR]
    if job.cancel:
        _end(s, job, "cancelled", now)
    elif retry and job.attempts < limits.attempts:
        _wait(s, job, limits, now)
    else:
        _end(s, job, "failed", now)
    return as_row(JobRow, job)


def died(s: Transaction, held: Lease, error: str, now: datetime) -> JobRow:
    """The process that did the work is dead: again later, unless it has cost too many. Raises StaleLease."""
    job = _held(s, held)
    _count_death(s, job, error, now)
    return as_row(JobRow, job)


def release(s: Transaction, held: Lease, now: datetime) -> None:
    """Give a job back undone, as a worker does that is told to stop; the attempt does not count. Raises StaleLease."""
    job = _held(s, held)
    if job.cancel:
        _end(s, job, "cancelled", now)
        return
    job.state, job.worker, job.leased_until, job.not_before = "queued", None, None, now
    job.attempts -= 1
    _mark_session(s, job, "queued")
    s.flush()


def reap(s: Transaction, now: datetime, limit: int = 100) -> tuple[JobRow, ...]:
    """Take back the jobs whose lease ran out: their worker is dead or cut off."""
    query = (
        select(Job)
        .where(Job.state == "leased", Job.leased_until < now)
        .order_by(Job.leased_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    taken = s.scalars(query).all()
    for job in taken:
        _count_death(s, job, f"lease of {job.worker} ran out", now)
    return as_rows(JobRow, taken)


def cancel(s: Transaction, job_id: str, now: datetime) -> JobRow | None:
    """Ask a job to stop: at once where nobody works on it, else at the next heartbeat. None where there is none."""
    job = s.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None:
        return None
    if job.state == "queued":
        _end(s, job, "cancelled", now)
    elif job.state == "leased":
        job.cancel = True
        s.flush()
    return as_row(JobRow, job)


def _held(s: Transaction, held: Lease) -> Job:
    """The job of a lease, locked. Raises StaleLease."""
    job = s.get(Job, held.job_id, with_for_update=True, populate_existing=True)
    if job is None or job.state != "leased" or job.token != held.token:
        raise StaleLease(held.job_id)
    return job


def _count_death(s: Transaction, job: Job, error: str, now: datetime) -> None:
    limits = settings_of(s).jobs
    job.deaths += 1
    job.error_code, job.error = DIED, error[:LONGEST_ERROR]
    if job.cancel:
        _end(s, job, "cancelled", now)
    elif job.deaths >= limits.deaths or job.attempts >= limits.attempts:
        _end(s, job, "quarantined", now)
    else:
        _wait(s, job, limits, now)


def _wait(s: Transaction, job: Job, limits: JobLimits, now: datetime) -> None:
    job.state, job.worker, job.leased_until = "queued", None, None
    job.not_before = now + timedelta(seconds=pause_after(job.attempts, limits))
    _mark_session(s, job, "queued")
    s.flush()


def pause_after(attempts: int, limits: JobLimits) -> float:
    """Seconds until the next try.

    >>> [pause_after(n, JobLimits(pause_s=10, longest_pause_s=60)) for n in (1, 2, 3, 4)]
    [10.0, 20.0, 40.0, 60.0]
    """
    return min(limits.longest_pause_s, limits.pause_s * 2.0 ** min(attempts - 1, 30))


def _end(s: Transaction, job: Job, state: str, now: datetime) -> None:
    job.state, job.ended_at, job.worker, job.leased_until = state, now, None, None
    _mark_session(s, job, state)
    data = {"job_id": job.id, "kind": job.kind, "error_code": job.error_code, "attempts": job.attempts}
    events.append(s, state, job.session_id, data, now)
    s.flush()


def _mark_session(s: Transaction, job: Job, state: str) -> None:
    """A session is what its inspection is; once inspected, it stays so whatever becomes of further work."""
    if job.kind == "inspect":
        unseen = update(Session).where(Session.id == job.session_id, Session.inspection_id.is_(None))
        s.execute(unseen.where(Session.state != "purged").values(state=state))


def unfinished(s: Transaction, session_ids: Iterable[str]) -> tuple[JobRow, ...]:
    """The jobs of these sessions that have not ended."""
    query = select(Job).where(Job.session_id.in_(list(session_ids)), Job.state.in_(OPEN)).order_by(Job.id)
    return as_rows(JobRow, s.scalars(query))


def waiting(s: Transaction, now: datetime, kinds: Sequence[str] = KINDS) -> bool:
    """Whether a job of these kinds may begin: asked often, and without a lock."""
    query = select(Job.id).where(Job.state == "queued", Job.not_before <= now, Job.kind.in_(kinds)).limit(1)
    return s.scalar(query) is not None


def holders(s: Transaction) -> tuple[str, ...]:
    """Who holds leases."""
    found = s.scalars(select(Job.worker).where(Job.state == "leased", Job.worker.is_not(None)).distinct())
    return tuple(sorted(name for name in found if name is not None))


def bury(s: Transaction, worker: str, now: datetime) -> tuple[JobRow, ...]:
    """Take back at once all that `worker` holds, who is known to be dead."""
    query = select(Job).where(Job.state == "leased", Job.worker == worker).with_for_update(skip_locked=True)
    taken = s.scalars(query.execution_options(populate_existing=True)).all()
    for job in taken:
        _count_death(s, job, f"{worker} died", now)
    return as_rows(JobRow, taken)
