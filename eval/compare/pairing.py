"""Two runs side by side, session by session, without holding either: both come in order of the recordings' ids."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eval.compare.sessions import Judged


@dataclass(frozen=True, slots=True)
class Pair:
    """One recording in both runs; None where a run does not have it."""

    before: Judged | None
    after: Judged | None


def pairs(before: Iterable[Judged], after: Iterable[Judged]) -> Iterator[Pair]:
    """Every recording of either run. Raises ValueError where a run is not in ascending order of ids."""
    left, right = _ascending(before), _ascending(after)
    first, second = next(left, None), next(right, None)
    while first is not None or second is not None:
        if second is None or (first is not None and first.id < second.id):
            yield Pair(first, None)
            first = next(left, None)
        elif first is None or second.id < first.id:
            yield Pair(None, second)
            second = next(right, None)
        else:
            yield Pair(first, second)
            first, second = next(left, None), next(right, None)


def _ascending(sessions: Iterable[Judged]) -> Iterator[Judged]:
    last = ""
    for session in sessions:
        if session.id <= last:
            raise ValueError(f"sessions out of order: {session.id!r} after {last!r}")
        last = session.id
        yield session
