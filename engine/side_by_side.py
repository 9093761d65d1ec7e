"""Work on several threads: independent pieces, their outcomes in order, and one piece beside the caller's own."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from engine.progress import Stoppable

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")


def in_order(work: Callable[[Piece], Outcome], pieces: Iterable[Piece], at_once: int) -> Iterator[Outcome]:
    """`work` of each piece, up to `at_once` of them at a time. What one raises is raised in its place, and no further
    piece is begun then.
    """
    if at_once <= 1:
        yield from map(work, pieces)
        return
    threads = ThreadPoolExecutor(at_once, thread_name_prefix="piece")
    try:
        yield from threads.map(work, pieces)
    finally:
        threads.shutdown(cancel_futures=True)


@contextmanager
def beside(name: str, progress: Stoppable) -> Iterator[ThreadPoolExecutor]:
    """A thread beside the caller's for the length of the block. Where the block ends by an error or an interrupt, what
    the thread does ends at its next sign of progress: it would be waited for in vain.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix=name) as pool:
        try:
            yield pool
        except BaseException:
            progress.stop()
            raise
