"""Waiting for a store that is away for a while: what failed with `store_unavailable` is tried again."""

import time
from collections.abc import Callable
from typing import TypeVar

from engine.errors import MingjianError

T = TypeVar("T")
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0


def patiently(work: Callable[[], T], patience_s: float) -> T:
    """What `work` returns, which is run again while the store is away, for about `patience_s` seconds.

    `work` opens its own transaction, and is one that may be run twice: the connection may have gone after the
    database had committed.
    """
    ends, pause = time.monotonic() + patience_s, FIRST_PAUSE_S
    while True:
        try:
            return work()
        except MingjianError as error:
            if error.code != "store_unavailable" or time.monotonic() + pause > ends:
                raise
        time.sleep(pause)
        pause = min(LONGEST_PAUSE_S, 2 * pause)
