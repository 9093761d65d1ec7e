"""One inspection in a process of its own, so that its memory is its own: `python -m eval.bench.child MEDIA [ORDER]`.

The last line of its output is JSON: wall seconds with and without loading, peak resident memory, and each stage.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

KIBIBYTES_PER_GIGABYTE = 1e9 / 1024


@dataclass(frozen=True)
class Cost:
    """What an inspection took: wall seconds (`process`: with start and loading), gigabytes, seconds per stage."""

    duration: float
    inspection: float
    process: float
    peak_gb: float
    stages: tuple[tuple[str, str, float], ...]
    verdict: str


def inspect_apart(media: Path, order: Path | None = None) -> Cost:
    """Inspect `media` in a new process. Raises CalledProcessError when that process fails."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "eval.bench.child", str(media), *([str(order)] if order else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own module
    seconds = time.perf_counter() - began
    found = json.loads(done.stdout.splitlines()[-1])
    return Cost(
        duration=found["duration"],
        inspection=found["seconds"],
        process=seconds,
        peak_gb=found["peak_gb"],
        stages=tuple((name, status, spent) for name, status, spent in found["stages"]),
        verdict=found["verdict"],
    )


def main() -> None:
    """Inspect what the command line names and print its cost."""
    from engine.pipeline import inspect_media

    media, *order = sys.argv[1:]
    result = inspect_media(media, order=order[0] if order else None)
    found = {
        "duration": result.evidence.media.duration,
        "seconds": result.inspection.timings.total,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES_PER_GIGABYTE,
        "stages": [(stage.name, stage.status, stage.seconds) for stage in result.evidence.stages],
        "verdict": result.inspection.verdict,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
