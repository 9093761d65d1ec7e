"""Running the stages of one recording: timed, reported, each failing alone."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from engine.errors import MingjianError
from engine.evidence import StageReport, StageStatus

T = TypeVar("T")
Verdict = tuple[StageStatus, str | None]

log = logging.getLogger(__name__)


class Stages:
    """Collects the reports of one recording's stages; they may run side by side."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reports: dict[str, StageReport] = {}

    def run(
        self, name: str, compute: Callable[[], T], judge: Callable[[T], Verdict] = lambda _: ("ok", None)
    ) -> T | None:
        """The result of `compute`, or None where it failed. `judge` reads status and reason off the result.

        What a person must mend (MingjianError) and a full disk are raised. Anything else is this recording's
        misfortune: the
        stage is reported as failed, with its traceback in the log, and the other stages go on.
        """
        began = time.perf_counter()
        result: T | None = None
        try:
            result = compute()
            status, reason = judge(result)
        except (MingjianError, KeyboardInterrupt, OSError):
            raise
        except Exception:
            log.exception("stage %s failed", name)
            status, reason = "failed", "stage_failed"
        self.note(name, status, reason, time.perf_counter() - began)
        return result

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Report the block as a stage that cannot fail for the recording's sake: whatever it raises is a fault of the
        program."""
        began = time.perf_counter()
        yield
        self.note(name, "ok", None, time.perf_counter() - began)

    def note(self, name: str, status: StageStatus, reason: str | None = None, seconds: float = 0.0) -> None:
        """Report a stage that ran elsewhere or not at all."""
        with self._lock:
            self._reports[name] = StageReport(name, status, reason, round(seconds, 3))

    def reports(self, order: tuple[str, ...]) -> tuple[StageReport, ...]:
        """Every report so far, in the order of the way of a recording."""
        return tuple(self._reports[name] for name in order if name in self._reports)
