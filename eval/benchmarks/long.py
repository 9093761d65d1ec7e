"""A long 720p session: how much of real time a whole inspection takes, report and clips too, and how much memory.

The session is the demo sessions one after the other, as parts, until it is long enough.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from engine.inspection import Inspection, from_json
from eval.benchmarks.figures import Figure
from eval.synth.truth import load

REALTIME_TARGET = 0.25
MEMORY_TARGET_GB = 2.5
DEMO = Path(__file__).resolve().parent.parent / "synth" / "demo"
KIBIBYTES_PER_GIGABYTE = 1e9 / 1024


@dataclass(frozen=True)
class Cost:
    """What an inspection took: wall and CPU seconds with start and loading, peak gigabytes, and its result."""

    wall: float
    cpu: float
    peak_gb: float
    inspection: Inspection


def parts(minutes: float) -> tuple[Path, ...]:
    """Demo sessions in turn, at least `minutes` of them."""
    chosen: list[Path] = []
    seconds = 0.0
    for name in cycle(("clean", "faulty")):
        if seconds >= minutes * 60:
            break
        truth = load(DEMO / f"{name}.truth.json")
        chosen.append(DEMO / truth.media)
        seconds += truth.duration
    return tuple(chosen)


def inspect_apart(media: tuple[Path, ...]) -> Cost:
    """Inspect `media` as one session through the command line, in a process of its own. Raises RuntimeError when that
    process finds no result.
    """
    with tempfile.TemporaryDirectory(prefix="mingjian-") as out:
        command = [sys.executable, "-m", "api.cli.main", "inspect", "--parts", *map(str, media), "--out", out]
        began = time.perf_counter()
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        _, status, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - began
        results = list(Path(out).glob("*/inspection.json"))
        if len(results) != 1:
            raise RuntimeError(f"no result, exit status {os.waitstatus_to_exitcode(status)}")
        inspection = from_json(results[0].read_bytes())
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / KIBIBYTES_PER_GIGABYTE, inspection)


def measure(minutes: float) -> list[Figure]:
    """Inspect a session of `minutes` or more and say what it took."""
    media = parts(minutes)
    cost = inspect_apart(media)
    duration = cost.inspection.recording.duration
    stages = [Figure(f"stage {one.name}", one.seconds, "s", note=one.status) for one in cost.inspection.stages]
    return [
        Figure("duration", duration, "s", note=f"1280x720, 25 fps, 2 speakers, {len(media)} parts"),
        Figure("realtime factor", cost.wall / duration, target=REALTIME_TARGET, note="start, loading and report too"),
        Figure("processor seconds", cost.cpu, "s"),
        Figure("peak memory", cost.peak_gb, "GB", target=MEMORY_TARGET_GB),
        *stages,
    ]
