"""Independent pieces of work on several threads, their outcomes in the order of the pieces."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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
