"""One shape of progress report for every stage."""

from typing import Protocol


class Progress(Protocol):
    """Called with a stage's name and how much of it is done; `completed` never falls within a stage."""

    def __call__(self, stage: str, completed: float, total: float) -> None: ...


def silent(stage: str, completed: float, total: float) -> None:
    """Report nothing."""
