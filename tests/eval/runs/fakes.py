"""Places of work that need no engine; importable by processes of their own."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from engine.errors import MingjianError


def opening() -> AbstractContextManager[Callable[[str], str]]:
    """What comes of a job is in its name: dies, hangs, or its own name and the process that did it."""
    return nullcontext(_work)


def refusing() -> AbstractContextManager[Callable[[str], str]]:
    """A place that cannot open."""
    raise MingjianError("run_not_shared", path="corpora")


def dying() -> AbstractContextManager[Callable[[str], str]]:
    """A place whose process ends before it is open."""
    os._exit(7)


def died(job: str, how: str) -> str:
    """The outcome of a job whose process ended."""
    return f"{job} died: {how}"


def _work(job: str) -> str:
    if job.startswith("dies"):
        os._exit(9)
    if job.startswith("hangs"):
        time.sleep(60)
    return f"{job} {os.getpid()}"
