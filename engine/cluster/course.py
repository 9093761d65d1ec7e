"""The way of one leased job: its tasks are given to workers, watched, and their results committed."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Literal

import ray
from ray.exceptions import RayError

from engine.cluster.ledger import Brief, Ledger
from engine.cluster.pools import Hand, Interrupted, Pool, state_of
from engine.cluster.settings import ClusterSettings
from engine.cluster.tasks import (
    Answer,
    Fault,
    Inspect,
    Listen,
    Look,
    Made,
    Pieces,
    Plan,
    Rejudge,
    Render,
    Stopped,
    Task,
    TellApart,
)
from engine.errors import MingjianError
from engine.store.jobs import JobRow, Lease, StaleLease

log = logging.getLogger(__name__)

Why = Literal["cancel", "lost", "return"]
Ending = Literal["done", "failed", "died", "returned", "lost"]
TOLD_STEP = 0.25
"""Progress of a stage is told when so much more of it is done: telling costs a transaction."""


class Died(Exception):
    """A worker died over its task; the message says how."""


class Failed(Exception):
    """A task cannot be done."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


class Course:
    """One job. `run` is its whole life and belongs into a thread; `stop` may be called from another."""

    def __init__(self, lease: Lease, row: JobRow, ledger: Ledger, pools: Mapping[str, Pool], limits: ClusterSettings):
        self.lease, self.row = lease, row
        self.stalled = False
        self._ledger, self._pools, self._limits = ledger, pools, limits
        self._stop: Why | None = None
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._shares: dict[str, dict[str, float]] = {}
        self._told: dict[str, float] = {}

    def stop(self, why: Why) -> None:
        """Let the work end soon: asked to cancel, lease lost, or to be given back."""
        self._stop = self._stop or why

    def stopping(self) -> bool:
        """Whether the work is to end."""
        return self._stop is not None

    def run(self) -> tuple[Ending, str | None]:
        """Do the job and say so to the database. How it ended, and the code of its error if it had one."""
        try:
            return self._run()
        except StaleLease:
            return "lost", None
        except MingjianError as error:
            log.warning("job %s: its end could not be noted (%s)", self.lease.job_id, error.code)
            return "lost", error.code

    def _run(self) -> tuple[Ending, str | None]:
        try:
            self._work(self._ledger.brief(self.lease, self.row.deadline))
        except Interrupted:
            return self._interrupted()
        except Died as error:
            self._ledger.died(self.lease, str(error))
            return "died", "worker_died"
        except Failed as error:
            return self._failed(error.fault)
        except StaleLease:
            raise
        except MingjianError as error:
            passing = error.code in ("cluster_no_room", "store_unavailable", "blobs_unavailable")
            return self._failed(Fault(error.code, str(error), passing))
        return "done", None

    def _interrupted(self) -> tuple[Ending, str | None]:
        if self._stop == "lost":
            return "lost", None
        self._ledger.released(self.lease)
        return "returned", None

    def _failed(self, fault: Fault) -> tuple[Ending, str | None]:
        if fault.code in ("output_full", "cluster_no_room"):  # no fault of the recording: it costs no attempt
            self._ledger.released(self.lease)
            return "returned", fault.code
        self._ledger.failed(self.lease, fault)
        return "failed", fault.code

    def _work(self, brief: Brief) -> None:
        match self.lease.kind:
            case "inspect":
                if self._limits.layout == "pools":
                    self._work_ahead(brief)
                task: Task = Inspect(brief.recording, brief.rules, brief.context)
                self._finish(task, lambda made: self._ledger.inspected(self.lease, made))
            case "rejudge":
                self._finish(self._rejudge(brief), lambda made: self._ledger.rejudged(self.lease, brief, made))
            case "render":
                files = brief.recording.files
                task = Render(tuple((index, files[index]) for index in brief.unrendered))
                self._finish(task, lambda made: self._ledger.rendered(self.lease, made))
            case _:
                raise Failed(Fault("internal", f"unknown kind {self.lease.kind}", passing=False))

    def _rejudge(self, brief: Brief) -> Rejudge:
        if brief.newest is None:
            raise MingjianError("not_inspected", session=self.lease.session_id)
        return Rejudge(
            brief.newest.result,
            brief.newest.evidence,
            brief.rules,
            tuple(self.lease.parameters.get("corrections") or ()),
            self.row.created_at.isoformat(),
            brief.context,
        )

    def _finish(self, task: Task, commit: Callable[[Made], None]) -> None:
        """Do the last task and commit what it made: rows of the products first, then their content, then the result."""
        with self._pools["finish" if self._limits.layout == "pools" else "whole"].lend(
            self.row.deadline, self.stopping
        ) as hand:
            task_id = self._task_id()
            made = self._asked(hand, task_id, task)
            if not isinstance(made, Made):
                raise TypeError(f"{type(task).__name__} made {type(made).__name__}")
            self._ledger.expect(made.products)
            refused = self._call(hand, hand.actor.store.remote(task_id))
            if isinstance(refused, Fault):
                raise Failed(refused)
            commit(made)

    def _work_ahead(self, brief: Brief) -> None:
        """The heavy stages, in pieces, side by side. A piece that fails is left to the end, which tells why."""
        deadline, recording = self.row.deadline, brief.recording
        with self._pools["finish"].lend(deadline, self.stopping) as hand:
            try:
                pieces = self._asked(hand, self._task_id(), Plan(recording))
            except Failed:
                return
        if not isinstance(pieces, Pieces):
            return
        work: list[tuple[str, Task]] = [
            ("speech", Listen(recording, numbers)) for numbers in _shared(pieces.groups, self._pools["speech"].most)
        ]
        work += [("diarization", TellApart(recording))] if pieces.voices else []
        work += [("vision", Look(recording, numbers)) for numbers in _shared(pieces.views, self._pools["vision"].most)]
        work = [(pool, task) for pool, task in work if self._pools[pool].most]
        if not work:
            return
        with ThreadPoolExecutor(len(work), thread_name_prefix=f"ahead-{self.lease.job_id[-6:]}") as threads:
            done = [threads.submit(self._piece, pool, task) for pool, task in work]
        for one in done:
            error = one.exception()
            if error is not None and not isinstance(error, Failed):
                raise error

    def _piece(self, pool: str, task: Task) -> None:
        with self._pools[pool].lend(self.row.deadline, self.stopping) as hand:
            self._asked(hand, self._task_id(), task)

    def _task_id(self) -> str:
        return f"{self.lease.job_id}-{self.lease.token}-{next(self._numbers)}"

    def _asked(self, hand: Hand, task_id: str, task: Task) -> Answer:
        """The answer of a worker. Raises Interrupted, Failed, Died."""
        given = hand.actor.work.remote(task_id, task)
        moved, ticks = time.monotonic(), -1
        while not _ready(given, self._limits.poll_s):
            if self.stopping():
                self._withdraw(hand, task_id, given)
                raise Interrupted
            state = state_of(hand, task_id)
            if state is not None:
                if state.ticks != ticks:
                    moved, ticks = time.monotonic(), state.ticks
                self._tell(task_id, state.stages)
            if time.monotonic() - moved > self._limits.stalled_s:
                hand.end()
                raise Died(str(MingjianError("work_stalled", seconds=round(self._limits.stalled_s))))
        answer: Answer = self._call(hand, given)
        if isinstance(answer, Fault):
            raise Failed(answer)
        if isinstance(answer, Stopped):
            raise Interrupted
        return answer

    def _withdraw(self, hand: Hand, task_id: str, given: Any) -> None:
        """Let the worker stop; where it does not in time, end it."""
        with suppress(RayError):
            hand.actor.cancel.remote(task_id)
        if not _ready(given, self._limits.cancel_s):
            hand.end()

    def _call(self, hand: Hand, given: Any) -> Any:
        try:
            return ray.get(given)
        except ray.exceptions.RayTaskError as error:  # a fault of the program: workers answer, they do not raise
            log.exception("a worker of %s raised", hand.pool)
            raise Failed(
                Fault("internal", str(MingjianError("internal", detail=type(error.cause).__name__)), True)
            ) from error
        except RayError as error:
            hand.dead = True
            raise Died(_how(error, hand)) from error

    def _tell(self, task_id: str, stages: Sequence[tuple[str, float]]) -> None:
        with self._lock:
            self._shares[task_id] = dict(stages)
            whole: dict[str, list[float]] = {}
            for shares in self._shares.values():
                for stage, share in shares.items():
                    whole.setdefault(stage, []).append(share)
            news = {}
            for stage, several in whole.items():
                share = sum(several) / len(several)
                if share - self._told.get(stage, -1.0) >= TOLD_STEP or (share == 1 and self._told.get(stage) != 1):
                    news[stage] = self._told[stage] = share
        if news:
            self._ledger.told(self.lease, news)


def _ready(given: Any, seconds: float) -> bool:
    return bool(ray.wait([given], timeout=seconds)[0])


def _how(error: RayError, hand: Hand) -> str:
    """How a worker died, in one line."""
    where = f"pid {hand.state.pid}" if hand.state else "starting"
    told = next((line.strip() for line in str(error).splitlines()[1:] if "cause" in line.lower()), "")
    return f"{type(error).__name__} ({hand.pool}, {where}) {told}".strip()


def _shared(count: int, hands: int) -> list[tuple[int, ...]]:
    """Numbers 0..count-1 in as many runs as there are hands, of nearly equal length.

    >>> _shared(5, 2)
    [(0, 1, 2), (3, 4)]
    """
    parts = min(count, hands)
    cuts = [round(count * part / parts + 1e-9) for part in range(parts + 1)] if parts else []
    return [tuple(range(first, last)) for first, last in itertools.pairwise(cuts)]
