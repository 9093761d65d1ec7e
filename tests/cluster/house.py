"""A store with recordings to be inspected, and what came of them."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.cluster.dispatcher import Dispatcher
from engine.cluster.places import shared
from engine.inspection import from_json
from engine.order import parse_order
from engine.settings import Settings
from engine.store import heartbeats, inspections, jobs, sessions
from engine.store.inspections import InspectionRow
from engine.store.jobs import JobRow
from engine.store.sessions import NewPart, NewSession, SessionRow
from engine.store.store import Store

QUICK: dict[str, Any] = {
    "poll_s": 0.2,
    "beat_s": 0.3,
    "lease_s": 10.0,
    "reap_s": 0.5,
    "drain_s": 60.0,
    "cancel_s": 5.0,
    "pause_s": 0.5,
}
ONE_WORKER = {"least": 1, "most": 1, "cpus": 1}
JOBS = {"pause_s": 0.1, "longest_pause_s": 0.5, "deaths": 2, "attempts": 20}


def settings_of(folder: Path, **cluster: Any) -> Settings:
    """Settings of a store in `folder` whose dispatcher is quick about everything."""
    return Settings(
        store={"folder": folder, "jobs": JOBS},
        cluster={**QUICK, "whole": {"least": 1, "most": 1, "cpus": 1}, **cluster},
    )


def now() -> datetime:
    return datetime.now(UTC)


class House:
    """An opened store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings

    def add(self, path: Path, number: int = 0, **order: Any) -> str:
        """A session of this recording; its id."""
        blob = self.store.keep(path, "application/octet-stream", now())
        new = NewSession(
            (NewPart(path.name, blob.sha256),),
            parse_order({"scenario": "telesales", "policy_no": f"P{number}", **order}),
            "tests",
        )
        with self.store.database.writing() as s:
            return sessions.create(s, new, now()).id

    def session(self, session_id: str) -> SessionRow:
        with self.store.database.reading() as s:
            found = sessions.get(s, session_id)
        assert found is not None
        return found

    def job(self, session_id: str, kind: str = "inspect") -> JobRow:
        with self.store.database.reading() as s:
            return next(job for job in jobs.of_session(s, session_id) if job.kind == kind)

    def inspected(self, session_id: str) -> tuple[InspectionRow, ...]:
        with self.store.database.reading() as s:
            return inspections.versions(s, session_id)

    def result(self, session_id: str) -> Any:
        with self.store.blobs.open(self.inspected(session_id)[-1].result) as file:
            return from_json(file.read())

    def workers(self) -> dict[str, int]:
        """Process ids of the workers that live, by name."""
        with self.store.database.reading() as s:
            rows = heartbeats.alive(s, now(), within=timedelta(seconds=30), kind="worker")
        return {row.name: int(row.data["pid"]) for row in rows if Path(f"/proc/{row.data['pid']}").exists()}

    def settled(self, *, kinds: tuple[str, ...] = jobs.KINDS) -> bool:
        """Whether no work of these kinds is left."""
        with self.store.database.reading() as s:
            left = [*jobs.in_state(s, "queued"), *jobs.in_state(s, "leased")]
        return not any(job.kind in kinds for job in left)

    def orphans(self) -> tuple[Any, ...]:
        """Content without a row, and rows without content."""
        return (*self.store.without_row(), *self.store.without_content())

    @contextmanager
    def dispatching(self, settings: Settings | None = None, stop_s: float = 120) -> Iterator[Dispatcher]:
        """A dispatcher at work in a thread; it leaves at the end of the block."""
        made = Dispatcher(self.store, shared(settings or self.settings))
        leaving = threading.Event()
        thread = threading.Thread(target=made.run, args=(leaving,))
        thread.start()
        try:
            yield made
        finally:
            leaving.set()
            thread.join(stop_s)
            assert not thread.is_alive()


def until(condition: Callable[[], Any], seconds: float = 240.0) -> Any:
    """What `condition` gives as soon as it is true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")


def kill(pid: int) -> None:
    """End a process the hard way."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
