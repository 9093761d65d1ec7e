"""Work side by side in processes of their own: one that dies takes only its own recording with it."""

import multiprocessing
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from engine.progress import Progress

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")
Work = Callable[[Job, Progress], Outcome]
Workplace = Callable[[], AbstractContextManager[Work[Job, Outcome]]]
"""Opens, once for each process, what the work needs from job to job."""

REPORT_EVERY = 0.2  # seconds between two progress messages of one stage
PATIENCE = 10.0  # seconds a process has to end when asked to


class Died(Exception):
    """The process that worked on a job ended without an outcome; the message says how."""


def run(
    jobs: Sequence[Job],
    workplace: Workplace[Job, Outcome],
    workers: int,
    progress: Callable[[int, str, float, float], None],
    died: Callable[[Job, Died], Outcome],
) -> Iterator[Outcome]:
    """The outcome of each job, in the order of `jobs`; `progress` gets the job's place too.

    With one worker everything happens in this process. With more, workplace, jobs and outcomes are pickled; `died`
    makes the outcome of a job whose process died.
    """
    if workers <= 1 or len(jobs) <= 1:
        with workplace() as work:
            for place, job in enumerate(jobs):
                yield work(job, _placed(place, progress))
        return
    crew = _Crew(workplace, died)
    threads = ThreadPoolExecutor(min(workers, len(jobs)))
    waiting: list[Future[Outcome]] = []
    try:
        waiting += [threads.submit(crew.do, job, _placed(i, progress)) for i, job in enumerate(jobs)]
        for future in waiting:
            yield future.result()
    finally:
        for future in waiting:
            future.cancel()
        crew.dismiss()
        threads.shutdown()


def _placed(place: int, progress: Callable[[int, str, float, float], None]) -> Progress:
    return lambda stage, completed, total: progress(place, stage, completed, total)


class _Crew(Generic[Job, Outcome]):
    """One process per thread that asks for work, replaced when it dies."""

    def __init__(self, workplace: Workplace[Job, Outcome], died: Callable[[Job, Died], Outcome]) -> None:
        self._workplace, self._died = workplace, died
        self._own = threading.local()
        self._lock = threading.Lock()
        self._members: list[_Member] = []
        self._dismissed = False

    def do(self, job: Job, progress: Progress) -> Outcome:
        """The outcome of `job`, worked on by the calling thread's process."""
        try:
            outcome: Outcome = self._member().do(job, progress)
            return outcome
        except Died as error:
            self._own.member = None
            return self._died(job, error)

    def _member(self) -> "_Member":
        member: _Member | None = getattr(self._own, "member", None)
        if member is None:
            with self._lock:
                if self._dismissed:
                    raise Died("dismissed")
                member = _Member(self._workplace)
                self._members.append(member)
            self._own.member = member
        return member

    def dismiss(self) -> None:
        """End every process; those still at work are told to clean up and leave."""
        with self._lock:
            self._dismissed = True
            for member in self._members:
                member.leave()


class _Member:
    """One process and the line to it."""

    def __init__(self, workplace: Workplace[Any, Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(workplace, far_end), daemon=True)
        self._process.start()
        far_end.close()

    def do(self, job: Any, progress: Progress) -> Any:
        try:
            self._line.send(job)
            while True:
                kind, content = self._line.recv()
                if kind == "outcome":
                    return content
                progress(*content)
        except (EOFError, OSError) as error:
            self._process.join(PATIENCE)
            raise Died(f"exit {self._process.exitcode}") from error

    def leave(self) -> None:
        self._process.terminate()
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(workplace: Workplace[Any, Any], line: Connection) -> None:
    """Life of a process: take a job, send its progress and its outcome, until the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent, interrupted too, ends us in order
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with workplace() as work:
        while True:
            try:
                job = line.recv()
            except EOFError:
                return
            line.send(("outcome", work(job, _Reporter(line))))


class _Reporter:
    """Sends progress over the line, at most every REPORT_EVERY seconds for each stage, its beginning and end always."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._lock = threading.Lock()
        self._sent: dict[str, float] = {}

    def __call__(self, stage: str, completed: float, total: float) -> None:
        now = time.monotonic()
        with self._lock:
            if completed < total and now - self._sent.get(stage, float("-inf")) < REPORT_EVERY:
                return
            self._sent[stage] = now
            self._line.send(("progress", (stage, completed, total)))
