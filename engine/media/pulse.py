"""A sign of life from inside long work: whoever waits for it elsewhere hears that it goes on.

Loops over packets beat; what a beat does is set where the work is started
(engine/media/helping.py), by default nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


def _unheard() -> None:
    """Nobody waits elsewhere."""


_listener: ContextVar[Callable[[], None]] = ContextVar("pulse", default=_unheard)


def beat() -> None:
    """Say that the work goes on."""
    _listener.get()()


@contextmanager
def heard_by(listener: Callable[[], None]) -> Iterator[None]:
    """Let `listener` hear every beat of the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
