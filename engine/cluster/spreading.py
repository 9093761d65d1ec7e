"""Many small jobs over Ray without a database: for whoever holds the results himself, as an evaluation run does.

Workers see the same files under the same paths; jobs and outcomes are small. A worker that dies takes only its own job
with it. What a job comes to is the caller's business: nothing is tried again here.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.cluster.joining import joined, nodes
from engine.cluster.settings import PoolSettings
from engine.errors import MingjianError
from engine.settings import Settings

log = logging.getLogger(__name__)

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")
Opening = Callable[[], AbstractContextManager[Callable[[Job], Outcome]]]


class Seat:
    """The actor: what the work needs stays open from job to job."""

    def __init__(self, opening: Opening[Any, Any], memory_limit: int) -> None:
        from engine.cluster.limits import confine

        confine(memory_limit)
        self._stack = ExitStack()
        self._opening = opening
        self._work: Callable[[Any], Any] | None = None

    def open(self) -> MingjianError | None:
        """Open what the work needs; the error that keeps it from beginning."""
        try:
            self._work = self._stack.enter_context(self._opening())
        except MingjianError as error:
            return error
        return None

    def work(self, job: Any) -> Any:
        """The outcome of one job."""
        if self._work is None:
            raise RuntimeError("work before open")
        return self._work(job)


@dataclass(eq=False)
class _Hand:
    """A worker, the job it has, and since when."""

    actor: Any
    job: Any
    since: float


def spread(
    settings: Settings,
    jobs: Iterable[Job],
    opening: Opening[Job, Outcome],
    workers: int | None,
    limit_s: float,
    died: Callable[[Job, str], Outcome],
) -> Iterator[Outcome]:
    """The outcome of every job, as they are done by `workers` (default: as many as have room) of the cluster that the
    settings name, or of a Ray of this machine. Call it from the main thread.

    `died` makes the outcome of a job whose worker died, or was ended after `limit_s` seconds. Raises MingjianError
    `cluster_*`, and what a worker cannot begin for.
    """
    with joined(settings):
        hands = _Hands(settings, opening, workers, limit_s, died)
        try:
            yield from hands.outcomes(iter(jobs))
        finally:
            hands.dismiss()


class _Hands:
    def __init__(
        self,
        settings: Settings,
        opening: Opening[Any, Any],
        workers: int | None,
        limit_s: float,
        died: Callable[[Any, str], Any],
    ) -> None:
        self._settings, self._opening, self._limit_s, self._died = settings, opening, limit_s, died
        self._needs, self._most = _room(settings.cluster.whole, workers)
        self._starting: dict[Any, _Hand] = {}
        self._working: dict[Any, _Hand] = {}
        self._idle: list[Any] = []

    def outcomes(self, jobs: Iterator[Any]) -> Iterator[Any]:
        import ray
        from ray.exceptions import RayActorError, RayError

        following = next(jobs, None)
        while following is not None or self._starting or self._working:
            while following is not None and self._has_room():
                self._give(following)
                following = next(jobs, None)
            ready, _ = ray.wait([*self._starting, *self._working], timeout=self._settings.cluster.poll_s)
            for reference in ready:
                starting = self._starting.pop(reference, None)
                hand = starting or self._working.pop(reference)
                try:
                    answer = ray.get(reference)
                except RayError as error:
                    if starting:
                        raise MingjianError("worker_died", path="-", detail=type(error).__name__) from error
                    if isinstance(error, RayActorError):
                        self._end(hand.actor)
                    else:
                        self._idle.append(hand.actor)
                    yield self._died(hand.job, type(error).__name__)
                    continue
                if starting:
                    if answer is not None:
                        raise answer
                    self._set_to_work(hand)
                else:
                    self._idle.append(hand.actor)
                    yield answer
            yield from self._overdue()

    def _overdue(self) -> Iterator[Any]:
        now, cluster = time.monotonic(), self._settings.cluster
        if any(now - hand.since > cluster.start_s for hand in self._starting.values()) and not self._working:
            raise MingjianError("cluster_no_room", pool="whole", seconds=round(cluster.start_s))
        for reference, hand in list(self._working.items()):
            if now - hand.since > self._limit_s:
                del self._working[reference]
                self._end(hand.actor)
                yield self._died(hand.job, f"{self._limit_s:.0f} s")

    def _has_room(self) -> bool:
        return bool(self._idle) or len(self._starting) + len(self._working) < self._most

    def _give(self, job: Any) -> None:
        import ray

        if self._idle:
            self._set_to_work(_Hand(self._idle.pop(), job, 0.0))
            return
        remote: Any = ray.remote
        actor = (
            remote(Seat)
            .options(
                num_cpus=self._needs.cpus,
                num_gpus=self._needs.gpus,
                memory=self._needs.memory or None,
                max_restarts=0,
                max_task_retries=0,
                enable_task_events=False,
            )
            .remote(self._opening, self._settings.cluster.memory_limit)
        )
        self._starting[actor.open.remote()] = _Hand(actor, job, time.monotonic())

    def _set_to_work(self, hand: _Hand) -> None:
        self._working[hand.actor.work.remote(hand.job)] = _Hand(hand.actor, hand.job, time.monotonic())

    def _end(self, actor: Any) -> None:
        import ray

        with suppress(ray.exceptions.RayError, ValueError):
            ray.kill(actor)

    def dismiss(self) -> None:
        """End every worker."""
        for hand in (*self._starting.values(), *self._working.values()):
            self._end(hand.actor)
        for actor in self._idle:
            self._end(actor)


def _room(needs: PoolSettings, workers: int | None) -> tuple[PoolSettings, int]:
    """What each worker is reckoned to need, and how many there may be.

    Workers asked for by number share the cores there are, where these are too few to give each its own.
    """
    cores = [node.cpus for node in nodes()]
    most = needs.most or max(1, int(sum(cores) // needs.cpus) if needs.cpus else 1)
    count = workers or most
    cpus = min(needs.cpus, max(cores, default=needs.cpus), sum(cores) / count if cores else needs.cpus)
    return needs.model_copy(update={"cpus": max(0.01, round(cpus - 0.005, 2)) if needs.cpus else 0.0}), count
