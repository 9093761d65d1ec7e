"""Where a process inspects recording after recording of a run, with networks that stay open between them.

Whatever goes wrong with a recording becomes its outcome. Sessions inspected before are found by their fingerprint.
"""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine.errors import MingjianError
from engine.inspection import Inspection
from engine.media.container import check_file
from engine.media.container import sha256_of as content_of
from engine.networks import Networks
from engine.order import Order, read_order
from engine.report.output import PLACE_ERRORS
from engine.settings import Settings
from eval.corpus.manifest import Recording
from eval.metrics.items import item_key, verdicts
from eval.runs.meta import Setup
from eval.runs.program import fingerprint_of
from eval.runs.results import Failure, Outcome, keep, kept

if TYPE_CHECKING:
    from engine.pipeline import Result

FATAL = (*PLACE_ERRORS, "output_failed", "weights_missing", "weights_corrupt", "settings_faults")
"""Errors that every other recording would meet too: they end the run."""


@dataclass(frozen=True, slots=True)
class Job:
    """One session to inspect, by its place in the run. Its labels stay behind: the engine must not know them."""

    place: int
    id: str
    media: tuple[Path, ...]
    order: Path | None
    ruleset: str | None

    @classmethod
    def of(cls, place: int, recording: Recording) -> "Job":
        """The work on a recording."""
        return cls(place, recording.id, recording.media, recording.order, recording.ruleset)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job. `found`: it had been inspected before. `fatal`: the run cannot go on."""

    place: int
    outcome: Outcome
    found: bool = False
    fatal: MingjianError | None = None


@dataclass(frozen=True, slots=True)
class Workplace:
    """Opens a bench in whichever process it is called: results go to the folder `sessions`."""

    sessions: Path
    corpus: Path
    setup: Setup
    settings: Settings

    def __call__(self) -> "Bench":
        """Raises MingjianError `run_not_shared` where this machine sees other files than the one that began the run."""
        for folder in (self.sessions, self.corpus):
            if not folder.is_dir():
                raise MingjianError("run_not_shared", path=folder)
        return Bench(self)

    def on_cores(self, cores: float) -> Self:
        """The same for processes with so many cores each."""
        return replace(self, settings=self.settings.on_cores(cores))

    def died(self, job: Job, how: str) -> Done:
        """The outcome of a job whose process ended over it, or was ended."""
        error = MingjianError("worker_died", path=job.id, detail=how)
        return Done(job.place, _failed(None, 0.0, Failure(error.code, str(error), passing=True)))


class Bench:
    """One process at work."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._stack = ExitStack()
        self._networks: Networks | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __call__(self, job: Job) -> Done:
        """Inspect one session, or find that it has been."""
        began, fingerprint = time.perf_counter(), None
        try:
            order = read_order(job.order) if job.order else Order()
            fingerprint = self._fingerprint(job, order)
            folder = self._place.sessions / job.id
            before = kept(folder)
            if before and before.fingerprint == fingerprint and not (before.error and before.error.passing):
                return Done(job.place, before, found=True)
            result = self._inspect(job, order)
            outcome = _outcome(fingerprint, result.inspection, time.perf_counter() - began)
            keep(folder, outcome, result.inspection, result.evidence)
        except Exception as error:  # noqa: BLE001  one recording must not end the others; its outcome says why
            return self._troubled(job, fingerprint, time.perf_counter() - began, error)
        return Done(job.place, outcome)

    def _fingerprint(self, job: Job, order: Order) -> str:
        for path in job.media:
            check_file(path)
        order_bytes = job.order.read_bytes() if job.order else None
        return fingerprint_of(map(content_of, job.media), order_bytes, order, job.ruleset, self._place.setup)

    def _inspect(self, job: Job, order: Order) -> "Result":
        from engine.pipeline import examine, open_recording

        settings, setup = self._place.settings, self._place.setup
        with (
            tempfile.TemporaryDirectory(prefix="mingjian-") as scratch,
            open_recording(list(job.media), Path(scratch), settings) as session,
        ):
            return examine(
                session,
                self._opened(),
                settings=settings,
                order=order,
                ruleset=setup.ruleset or job.ruleset,
                policy=setup.policy,
            )

    def _opened(self) -> Networks:
        if self._networks is None:
            self._networks = self._stack.enter_context(Networks(self._place.settings))
        return self._networks

    def _troubled(self, job: Job, fingerprint: str | None, seconds: float, error: Exception) -> Done:
        from engine.cluster.bench import fault_of

        fault = fault_of(error)
        outcome = _failed(fingerprint, seconds, Failure(fault.code, fault.text, fault.passing))
        if fault.code in FATAL:
            fatal = error if isinstance(error, MingjianError) else MingjianError("output_failed", **_at(self._place))
            return Done(job.place, outcome, fatal=fatal)
        try:
            keep(self._place.sessions / job.id, outcome, None, None)
        except MingjianError as refused:
            return Done(job.place, outcome, fatal=refused)
        return Done(job.place, outcome)


def _at(place: Workplace) -> dict[str, object]:
    return {"path": place.sessions, "detail": "the disk refused"}


def _outcome(fingerprint: str, inspection: Inspection, seconds: float) -> Outcome:
    return Outcome(
        fingerprint=fingerprint,
        verdict=inspection.verdict,
        items={item_key(item): item.verdict for item in inspection.items} | verdicts(inspection.items),
        ruleset=inspection.ruleset.id,
        duration=round(inspection.recording.duration, 3),
        seconds=round(seconds, 3),
    )


def _failed(fingerprint: str | None, seconds: float, failure: Failure) -> Outcome:
    return Outcome(fingerprint, None, {}, None, None, round(seconds, 3), failure)
