"""The same work on many stored sessions, in order, in this process or in several, with few of them in memory."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from eval.runs.crew import work_through

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

LONGEST_S = 1800.0
"""A session that is not judged after this long never will be: its process is ended."""


@dataclass(frozen=True, slots=True)
class _Placed(Generic[Task]):
    place: int
    content: Task


def spread(
    work: Callable[[Task], Outcome],
    tasks: Iterable[Task],
    jobs: int,
    died: Callable[[Task, str], Outcome],
) -> Iterator[Outcome]:
    """`work` on each of `tasks`, in their order. With one job all happens in this process; with more, `work`, tasks and
    outcomes are pickled, and `died` makes the outcome of a task whose process ended.
    """
    if jobs <= 1:
        yield from map(work, tasks)
        return
    placed = (_Placed(place, task) for place, task in enumerate(tasks))
    waiting: dict[int, Outcome] = {}
    following = 0
    for done in work_through(placed, partial(_opened, work), jobs, LONGEST_S, partial(_died, died)):
        waiting[done.place] = done.content
        while following in waiting:
            yield waiting.pop(following)
            following += 1


def _opened(work: Callable[[Task], Outcome]) -> AbstractContextManager[Callable[[_Placed[Task]], _Placed[Outcome]]]:
    return nullcontext(partial(_worked, work))


def _worked(work: Callable[[Task], Outcome], task: _Placed[Task]) -> _Placed[Outcome]:
    return _Placed(task.place, work(task.content))


def _died(died: Callable[[Task, str], Outcome], task: _Placed[Task], how: str) -> _Placed[Outcome]:
    return _Placed(task.place, died(task.content, how))
