"""The same work on many stored sessions, in order, with few of them in memory: in this process, in several, or over
Ray.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Generic, TypeVar

from engine.settings import Settings
from eval.runs.crew import work_through

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

LONGEST_S = 1800.0
"""What is not judged after this long never will be: its process is ended."""


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
    yield from _in_order(work_through(_placed(tasks), partial(_opened, work), jobs, LONGEST_S, partial(_died, died)))


def spread_over_ray(
    settings: Settings,
    work: Callable[[Task], Outcome],
    tasks: Iterable[Task],
    workers: int | None,
    died: Callable[[Task, str], Outcome],
) -> Iterator[Outcome]:
    """`work` on each of `tasks`, in their order, by so many workers of Ray (None: as many as have room). They see the
    same files under the same paths. `died` makes the outcome of a task whose worker died.

    Raises MingjianError `cluster_*`.
    """
    from engine.cluster import spreading

    opening, lost = partial(_opened, work), partial(_died, died)
    yield from _in_order(spreading.spread(settings, _placed(tasks), opening, workers, LONGEST_S, lost))


def batches(tasks: Iterable[Task], size: int) -> Iterator[tuple[Task, ...]]:
    """`tasks` in order, `size` of them at a time."""
    rest = iter(tasks)
    while batch := tuple(islice(rest, size)):
        yield batch


def _placed(tasks: Iterable[Task]) -> Iterator[_Placed[Task]]:
    return (_Placed(place, task) for place, task in enumerate(tasks))


def _in_order(doing: Iterable[_Placed[Outcome]]) -> Iterator[Outcome]:
    """What is done, by place: whatever is early waits."""
    waiting: dict[int, Outcome] = {}
    following = 0
    for done in doing:
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
