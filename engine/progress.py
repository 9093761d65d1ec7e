"""One shape of progress report for every stage, and how work ends that nobody waits for any more."""

import threading
from typing import Protocol


class Progress(Protocol):
    """Called with a stage's name and how much of it is done; `completed` never falls within a stage."""

    def __call__(self, stage: str, completed: float, total: float) -> None: ...


def silent(stage: str, completed: float, total: float) -> None:
    """Report nothing."""


class Abandoned(BaseException):
    """Nobody waits for this work any more. No Exception: a stage that fails alone must not swallow it."""


class Stoppable:
    """Progress told on to `told` until it is stopped: whoever reports any then gets Abandoned raised. Safe to share
    between threads.
    """

    def __init__(self, told: Progress) -> None:
        self._told = told
        self._stopped = threading.Event()

    def __call__(self, stage: str, completed: float, total: float) -> None:
        if self._stopped.is_set():
            raise Abandoned
        self._told(stage, completed, total)

    def stop(self) -> None:
        """Let everybody end at his next sign of progress."""
        self._stopped.set()
