"""A worker as Ray sees it: one process, one task at a time, and beside it ears for questions and for a word to stop."""

import os
from dataclasses import replace
from typing import Any

import ray

from engine.cluster.limits import confine
from engine.cluster.settings import PoolSettings
from engine.cluster.tasks import Answer, Fault, State, Task
from engine.logs import set_up_json_logs
from engine.settings import Settings

CONTROL = "control"
EARS = 2


class Worker:
    """The actor. It never restarts by itself: only the table of jobs tries again."""

    def __init__(self, settings: Settings) -> None:
        set_up_json_logs()
        confine(settings.cluster.memory_limit)
        os.umask(0o077)
        from engine.cluster.bench import Bench

        self._bench = Bench(settings)
        self._node = ray.get_runtime_context().get_node_id()

    def work(self, task_id: str, task: Task) -> Answer:
        """Do one task."""
        return self._bench.work(task_id, task)

    def store(self, task_id: str) -> Fault | None:
        """Put what a task made into the blob store."""
        return self._bench.store(task_id)

    def drop(self, task_id: str) -> None:
        """Forget what a task made."""
        self._bench.drop(task_id)

    @ray.method(concurrency_group=CONTROL)
    def cancel(self, task_id: str) -> None:
        """Let a task stop soon."""
        self._bench.cancel(task_id)

    @ray.method(concurrency_group=CONTROL)
    def state(self, task_id: str | None = None) -> State:
        """How this process is, and how far the task."""
        return replace(self._bench.state(task_id), node=self._node)


def hire(settings: Settings, needs: PoolSettings) -> Any:
    """A new worker, reckoned to need what `needs` says. It may take long to start."""
    remote: Any = ray.remote
    return (
        remote(concurrency_groups={CONTROL: EARS})(Worker)
        .options(
            num_cpus=needs.cpus,
            num_gpus=needs.gpus,
            memory=needs.memory or None,
            max_restarts=0,
            max_task_retries=0,
            enable_task_events=False,
        )
        .remote(settings)
    )
