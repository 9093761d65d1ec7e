"""Processes of this machine that share the work of a run: one that dies or hangs takes only its recording with it.

Jobs are handed out one at a time, so that any number of them needs no memory; outcomes come as they are done.
"""

import logging
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from engine.errors import MingjianError

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")
Opening = Callable[[], AbstractContextManager[Callable[[Job], Outcome]]]
"""Opens, once for each process, what the work needs from job to job."""

PATIENCE_S = 10.0
LOOK_S = 1.0
"""How often processes that take too long are looked for."""
READY, REFUSED, DONE = "ready", "refused", "done"


def work_through(
    jobs: Iterable[Job],
    opening: Opening[Job, Outcome],
    processes: int,
    limit_s: float,
    died: Callable[[Job, str], Outcome],
) -> Iterator[Outcome]:
    """The outcome of every job, as they are done. Jobs, outcomes and `opening` are pickled.

    `died` makes the outcome of a job whose process ended, or was ended after `limit_s` seconds. Raises MingjianError
    where a process cannot even begin: what it said, or `worker_died`.
    """
    crew = _Crew(opening, processes, limit_s, died)
    try:
        yield from crew.outcomes(iter(jobs))
    finally:
        crew.dismiss()


class _Crew(Generic[Job, Outcome]):
    def __init__(
        self, opening: Opening[Job, Outcome], processes: int, limit_s: float, died: Callable[[Job, str], Outcome]
    ) -> None:
        self._opening, self._processes, self._limit_s, self._died = opening, processes, limit_s, died
        self._members: list[_Member] = []

    def outcomes(self, jobs: Iterator[Job]) -> Iterator[Outcome]:
        following = next(jobs, None)
        while following is not None or any(member.busy for member in self._members):
            while following is not None and (member := self._free()):
                member.give(following)
                following = next(jobs, None)
            lines = {member.line: member for member in self._members if member.busy}
            ready = [lines[line] for line in wait(list(lines), LOOK_S) if isinstance(line, Connection)]
            for member in ready:
                yield from self._heard(member)
            for member in self._members[:]:
                if member.busy and member not in ready and member.overdue(self._limit_s):
                    yield self._lost(member, f"{self._limit_s:.0f} s")

    def dismiss(self) -> None:
        """End every process."""
        for member in self._members:
            member.end()
        self._members = []

    def _free(self) -> "_Member | None":
        """A process with nothing to do; a new one while there may be more."""
        idle = next((member for member in self._members if not member.busy), None)
        if idle is None and len(self._members) < self._processes:
            idle = _Member(self._opening)
            self._members.append(idle)
        return idle

    def _heard(self, member: "_Member") -> Iterator[Outcome]:
        try:
            kind, content = member.line.recv()
        except (EOFError, OSError):
            how = member.ended()
            if not member.ready:
                raise MingjianError("worker_died", path="-", detail=how) from None
            yield self._lost(member, how)
            return
        if kind == REFUSED:
            raise content
        if kind == READY:
            member.begin()
            return
        member.job = None
        yield content

    def _lost(self, member: "_Member", how: str) -> Outcome:
        job = member.job
        member.end()
        self._members.remove(member)
        return self._died(job, how)


class _Member:
    """One process, the line to it, and the job it has."""

    def __init__(self, opening: Opening[Any, Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(opening, far_end), daemon=True)
        self._process.start()
        far_end.close()
        self.ready = False
        self.job: Any = None
        self._since = 0.0

    @property
    def busy(self) -> bool:
        """Whether it has a job."""
        return self.job is not None

    def give(self, job: Any) -> None:
        """Hand it a job; one that is only starting gets it when it is ready."""
        self.job, self._since = job, time.monotonic()
        if self.ready:
            self._send()

    def begin(self) -> None:
        """It is ready now."""
        self.ready, self._since = True, time.monotonic()
        self._send()

    def _send(self) -> None:
        with suppress(OSError):  # a process that died meanwhile is noticed when it is listened to
            self.line.send(self.job)

    def overdue(self, limit_s: float) -> bool:
        """Whether its job takes longer than that."""
        return time.monotonic() - self._since > limit_s

    def ended(self) -> str:
        """How its process ended."""
        self._process.join(PATIENCE_S)
        return f"exit {self._process.exitcode}"

    def end(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join(PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self.line.close()


def _serve(opening: Opening[Any, Any], line: Connection) -> None:
    """Life of a process: take a job, send its outcome, until the line is closed or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent, interrupted too, ends us in order
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with_parent, daemon=True, name="parent").start()
    warnings.simplefilter("ignore")
    logging.basicConfig(handlers=[logging.NullHandler()], level=logging.CRITICAL)
    try:
        bench = opening()
    except MingjianError as error:
        line.send((REFUSED, error))
        return
    with bench as work:
        line.send((READY, None))
        while True:
            try:
                job = line.recv()
            except EOFError:
                return
            line.send((DONE, work(job)))


def _leave_with_parent() -> None:
    """A run that was killed leaves nobody who still writes into its folder."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
