"""The dispatcher: leases jobs, most urgent first, and sees each of them to its end.

It holds no more leases than there are workers (what waits, waits in the table, where any dispatcher finds it), renews
them, takes back what others lost, and gives its own back when it is told to leave.
"""

import logging
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from engine.cluster.course import Course, Ending
from engine.cluster.ledger import Clock, Ledger, now
from engine.cluster.limits import resident
from engine.cluster.pools import POOLS, Pool
from engine.errors import MingjianError
from engine.settings import Settings
from engine.store.jobs import JobRow, Lease
from engine.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

KINDS = ("inspect", "rejudge", "render")
WITHOUT_RENDER = ("inspect", "rejudge")
PAUSING = frozenset({"output_full", "cluster_no_room"})
"""After these nothing is begun for a while: the next job would meet the same."""


class Dispatcher:
    """One dispatcher. Ray must be joined already. `run` is its life."""

    def __init__(self, store: Store, settings: Settings, *, name: str | None = None, clock: Clock = now) -> None:
        limits = settings.cluster
        self.name = name or own_name()
        self.ended: Counter[str] = Counter()
        self._limits, self._settings = limits, settings
        self._ledger = Ledger(store, self.name, limits.lease_s, clock)
        chosen = ("whole",) if limits.layout == "whole" else tuple(one for one in POOLS if one != "whole")
        self._pools = {one: Pool(one, settings) for one in chosen}
        self._courses: dict[str, tuple[Course, Future[tuple[Ending, str | None]]]] = {}
        self._threads = ThreadPoolExecutor(max_workers=256, thread_name_prefix="course")
        self._paused_until = 0.0
        self._next: dict[str, float] = {}
        self._seen: set[str] = set()

    def run(self, leaving: threading.Event) -> None:
        """Work until `leaving` is set, then finish or give back what is under way, and end the workers."""
        log.info("dispatcher %s begins (%s)", self.name, self._limits.layout)
        self._patiently(lambda: self._ledger.bury(is_dead_here))
        try:
            while not leaving.is_set():
                busy = self._turn()
                if not busy:
                    leaving.wait(self._limits.poll_s)
        finally:
            self._drain()

    def _turn(self) -> bool:
        """One round of everything; whether a job was begun, so that the next may be looked for at once."""
        self._gather()
        self._regularly("beat", self._limits.beat_s, self._beat)
        self._regularly("reap", self._limits.reap_s, self._reap)
        self._regularly("tend", 1.0, self._tend)
        return self._patiently(self._begin) or False

    def _begin(self) -> bool:
        """Lease the most urgent job if there is a hand for it."""
        if time.monotonic() < self._paused_until:
            return False
        rendering = [course for course, _ in self._courses.values() if course.lease.kind == "render"]
        if len(self._courses) >= self._slots():
            if rendering and self._ledger.is_urgent():
                rendering[0].stop("return")
            return False
        found = self._ledger.lease(WITHOUT_RENDER if rendering else KINDS)
        if found is None:
            return False
        self._start(*found)
        return True

    def _start(self, lease: Lease, row: JobRow) -> None:
        log.info("job %s (%s) begins, attempt %s", lease.job_id, lease.kind, lease.attempts)
        course = Course(lease, row, self._ledger, self._pools, self._limits)
        self._courses[f"{lease.job_id}-{lease.token}"] = (course, self._threads.submit(course.run))

    def _slots(self) -> int:
        if self._limits.leases is not None:
            return self._limits.leases
        return sum(pool.most for pool in self._pools.values())

    def _gather(self) -> None:
        """Take note of the courses that ended."""
        for key, (course, future) in list(self._courses.items()):
            if not future.done():
                continue
            del self._courses[key]
            error = future.exception()
            if error is not None:
                log.error("job %s: the dispatcher failed", course.lease.job_id, exc_info=error)
                self.ended["lost"] += 1
                continue
            ending, code = future.result()
            self.ended[ending] += 1
            log.info("job %s (%s) %s %s", course.lease.job_id, course.lease.kind, ending, code or "")
            if code in PAUSING:
                self._paused_until = time.monotonic() + self._limits.pause_s

    def _beat(self) -> None:
        for course, _ in list(self._courses.values()):
            standing = self._patiently(lambda course=course: self._ledger.beat(course.lease))  # type: ignore[misc]
            if standing in ("cancel", "lost"):
                course.stop(standing)
        self._patiently(self._tell)

    def _tell(self) -> None:
        hands = [hand for pool in self._pools.values() for hand in pool.hands() if hand.state and not hand.dead]
        facts = {"leases": len(self._courses), "rss_bytes": resident(), "workers": len(hands), **self.ended}
        self._ledger.alive("dispatcher", self.name, facts)
        told = set()
        for hand in hands:
            if hand.state is None:
                continue
            name = f"{self.name}/{hand.pool}-{hand.state.pid}"
            told.add(name)
            self._ledger.alive(
                "worker",
                name,
                {
                    "pool": hand.pool,
                    "node": hand.state.node,
                    "pid": hand.state.pid,
                    "rss_bytes": hand.state.memory,
                    "done": hand.state.done,
                },
            )
        self._ledger.gone(self._seen - told)
        self._seen = told

    def _reap(self) -> None:
        taken = self._patiently(self._ledger.reap)
        if taken:
            log.warning("%s lease(s) had run out", taken)

    def _tend(self) -> None:
        for pool in self._pools.values():
            pool.tend()

    def _regularly(self, what: str, seconds: float, work: Callable[[], None]) -> None:
        if time.monotonic() >= self._next.get(what, 0.0):
            work()
            self._next[what] = time.monotonic() + seconds

    def _patiently(self, work: Callable[[], T]) -> T | None:
        """What `work` returns; None while the database is away."""
        try:
            return work()
        except MingjianError as error:
            if error.code != "store_unavailable":
                raise
            self._ledger.note_away()
            log.warning("the database is away")
            return None

    def _drain(self) -> None:
        """Let courses end by themselves for a while, then give back what is left."""
        log.info("dispatcher %s leaves; %s job(s) under way", self.name, len(self._courses))
        try:
            self._wait(self._limits.drain_s)
            for course, _ in self._courses.values():
                course.stop("return")
            self._ledger.leave()
            self._wait(self._limits.cancel_s + self._limits.poll_s)
        finally:
            for pool in self._pools.values():
                pool.close()
            self._wait(self._limits.cancel_s)
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._patiently(lambda: self._ledger.gone({self.name, *self._seen}))

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self._courses and time.monotonic() < until:
            self._regularly("beat", self._limits.beat_s, self._beat)
            time.sleep(min(0.1, self._limits.poll_s))
            self._gather()


def own_name() -> str:
    """A name for this process that tells others of its machine whether it still lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{_born(os.getpid())}"


def is_dead_here(name: str) -> bool:
    """Whether `name` is of this machine and its process is no more."""
    host, _, rest = name.partition(":")
    pid, _, born = rest.partition(":")
    return host == socket.gethostname() and pid.isdigit() and _born(int(pid)) != born


def _born(pid: int) -> str:
    """When a process began, in ticks of the machine; empty where there is none of that id."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
