"""Inspectors that need no recording; importable by worker processes."""

import os
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from api.cli.inspect import Job, Outcome
from api.cli.pool import Work
from engine.errors import MingjianError
from engine.progress import Progress
from tests.report import sample


def inspector(job: Job, progress: Progress) -> Outcome:
    """What comes of a job is in the name of its file: clear, flagged, unusable, broken, dies, slow."""
    kind = job.paths[0].stem.split("-")[0]
    progress("transcribe", 0, 2)
    progress("transcribe", 2, 2)
    if kind == "dies":
        os._exit(9)
    if kind == "slow":
        time.sleep(0.3)
    if kind == "broken":
        return Outcome(job, error=str(MingjianError("media_not_media", path=job.paths[0], detail="x")))
    verdict = kind if kind in ("flagged", "unusable") else "clear"
    plain = sample.inspection()
    engine = replace(plain.engine, version=str(os.getpid()))  # tells which process did it
    inspection = replace(plain, verdict=verdict, id=job.paths[0].stem, engine=engine)  # type: ignore[arg-type]
    return Outcome(job, inspection, job.out / job.paths[0].stem)


def workplace() -> AbstractContextManager[Work[Job, Outcome]]:
    """Where the fake inspector works."""
    return nullcontext(inspector)
