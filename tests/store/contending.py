"""A worker of the contention test: a process of its own that leases jobs, and may die with one in its hands."""

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.store import events, jobs
from engine.store.database import Database
from engine.store.jobs import StaleLease
from engine.store.patience import patiently
from engine.store.settings import JobLimits, StoreSettings

LEASE_S = 1.5
PATIENCE_S = 60.0
LATER = timedelta(days=36_500)
"""The clock is far ahead of any test's, so that everything may begin."""


def work(settings: dict[str, Any], name: str, dies_at: int | None) -> None:
    """Do jobs until all are done. With `dies_at`, the process ends at its lease of that number, telling nobody."""
    limits = JobLimits(pause_s=0.05, deaths=5, attempts=10)
    database = Database(StoreSettings.model_validate({**settings, "jobs": limits}))
    count = 0
    while True:
        held = patiently(lambda: _lease(database, name), PATIENCE_S)
        if held is None:
            if patiently(lambda: _all_done(database), PATIENCE_S):
                return
            time.sleep(0.05)
            continue
        count += 1
        if count == dies_at:
            os._exit(9)
        patiently(lambda held=held: _commit(database, held), PATIENCE_S)  # type: ignore[misc]


def _now() -> datetime:
    return datetime.now(UTC) + LATER


def _lease(database: Database, name: str) -> jobs.Lease | None:
    with database.writing() as s:
        now = _now()
        jobs.reap(s, now)
        return jobs.lease(s, name, now, LEASE_S)


def _commit(database: Database, held: jobs.Lease) -> None:
    try:
        with database.writing() as s:
            now = _now()
            if jobs.commit(s, held, now):
                events.append(s, "worked", held.session_id, {"token": held.token}, now)
    except StaleLease:
        pass


def _all_done(database: Database) -> bool:
    with database.reading() as s:
        return set(jobs.backlog(s).states) == {"done"}
