"""Pieces side by side: their order, their number at a time, and faults."""

import threading
import time
from concurrent.futures import Future

import pytest

from engine.progress import Abandoned, Stoppable, silent
from engine.side_by_side import beside, in_order


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_outcomes_come_in_the_order_of_the_pieces(at_once: int) -> None:
    def slow(piece: int) -> int:
        time.sleep(0.002 * (7 - piece))
        return piece * piece

    assert list(in_order(slow, range(7), at_once)) == [piece * piece for piece in range(7)]


def test_two_pieces_are_under_way_together_and_never_three() -> None:
    together, under_way, most = threading.Barrier(2), 0, 0
    lock = threading.Lock()

    def meet(_: int) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait(timeout=10)
        with lock:
            under_way -= 1

    list(in_order(meet, range(6), 2))
    assert most == 2


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_fault_is_raised_in_its_place(at_once: int) -> None:
    def divided(piece: int) -> float:
        return 1 / piece

    found = in_order(divided, [2, 1, 0, 4], at_once)
    assert [next(found), next(found)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(found)


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit, ValueError])
def test_what_runs_beside_ends_with_whoever_waits_for_it(ending: type[BaseException]) -> None:
    progress, reported = Stoppable(silent), threading.Event()

    def endless() -> None:
        while True:
            progress("voices", 0, 1)
            reported.set()

    def ended(started: list[Future[None]]) -> None:
        with beside("voices", progress) as pool:
            started.append(pool.submit(endless))
            reported.wait(10)
            raise ending

    started: list[Future[None]] = []
    with pytest.raises(ending):
        ended(started)
    assert isinstance(started[0].exception(), Abandoned)


def test_what_runs_beside_is_waited_for() -> None:
    progress = Stoppable(silent)
    with beside("voices", progress) as pool:
        running = pool.submit(time.sleep, 0.05)
    assert running.done()
    progress("voices", 1, 1)
