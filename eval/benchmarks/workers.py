"""What a second worker brings, and whether a worker's memory grows with the recordings it has done.

Each worker is a process on one core of its own with its networks open, as on a node of the cluster. One core alone and
several side by side inspect the same recordings; the clock runs from when all are ready until the last is done, so that
starting costs nothing here and waiting for each other shows.
"""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from engine.cluster.limits import resident
from eval.benchmarks.figures import Figure
from eval.benchmarks.speed.recordings import make
from eval.benchmarks.speed.results import Recording

MINUTES = 1.0
EACH = 6
MANY = 200
SHORT_MINUTES = 0.25
TARGET = 1.8
"""Throughput of two workers by that of one."""
MOST_GROWTH = 0.05
"""Share by which memory may grow over all recordings after the first tenth."""
SETTLED = 0.1
READY, DONE = "ready", "done"


@dataclass(frozen=True, slots=True)
class Work:
    """What one worker did: seconds for all its recordings, and bytes of memory after each."""

    seconds: float
    memory: tuple[int, ...]


def measure(work: Path, workers: int | None = None, many: int = MANY) -> list[Figure]:
    """Throughput of 1 to `workers` (by default: a core each) workers, and memory over `many` recordings in one.

    Raises RuntimeError where a worker dies.
    """
    cores = sorted(os.sched_getaffinity(0))
    files = make(Recording("audio", MINUTES, EACH), work).paths
    alone = _minutes_per_second(files, cores[:1])
    figures = [Figure("recorded minutes a minute, one worker on one core", 60 * alone)]
    for count in range(2, min(workers or len(cores), len(cores)) + 1):
        together = _minutes_per_second(files, cores[:count])
        figures.append(Figure(f"the same, {count} workers", 60 * together))
        target = TARGET if count == 2 else None
        figures.append(Figure(f"{count} workers by one", together / alone, "x", target, "at_least"))
    return [*figures, *_memory(make(Recording("audio", SHORT_MINUTES, EACH), work).paths, many, cores[0])]


def _minutes_per_second(files: Sequence[Path], cores: Sequence[int]) -> float:
    """Recorded minutes that workers on `cores` inspect a second, each of them all of `files`."""
    works = _side_by_side([tuple(files)] * len(cores), cores)
    return MINUTES * len(files) * len(cores) / max(one.seconds for one in works)


def _memory(files: Sequence[Path], many: int, core: int) -> list[Figure]:
    (work,) = _side_by_side([tuple(files[place % len(files)] for place in range(many))], [core])
    settled = work.memory[int(many * SETTLED) :]
    slope, start = statistics.linear_regression(range(len(settled)), settled)
    growth = slope * len(settled) / start
    note = f"{slope / 1e3:.1f} kB a recording, from {start / 1e6:.0f} MB; the most {max(work.memory) / 1e6:.0f} MB"
    return [Figure(f"memory of a worker over {many} recordings, growth", growth, target=MOST_GROWTH, note=note)]


def _side_by_side(shares: Sequence[tuple[Path, ...]], cores: Sequence[int]) -> list[Work]:
    """What workers did that began at the same moment, one for each share of files, on its own core."""
    context = multiprocessing.get_context("spawn")
    lines: list[Connection] = []
    processes = []
    for share, core in zip(shares, cores, strict=True):
        line, far_end = context.Pipe()
        process = context.Process(target=_worker, args=(far_end, share, core), daemon=True)
        process.start()
        far_end.close()
        lines.append(line)
        processes.append(process)
    try:
        for line in lines:
            line.recv()
        for line in lines:
            line.send(READY)
        return [line.recv() for line in lines]
    except EOFError as error:
        raise RuntimeError("a worker died") from error
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _worker(line: Connection, files: Sequence[Path], core: int) -> None:
    """Open everything, inspect the first file once to warm up, wait for the word, inspect all files."""
    os.sched_setaffinity(0, {core})
    from engine.networks import Networks
    from engine.settings import load_settings

    settings = load_settings().on_cores(1)
    with Networks(settings) as networks, tempfile.TemporaryDirectory(prefix="mingjian-") as scratch:

        def inspect(file: Path) -> None:
            from engine.order import read_order
            from engine.pipeline import examine, open_recording

            order = read_order(file.with_name(f"{file.stem}.order.json"))
            with open_recording([file], Path(scratch), settings) as session:
                examine(session, networks, settings=settings, order=order)

        inspect(files[0])
        line.send(DONE)
        line.recv()
        began = time.perf_counter()
        memory = []
        for file in files:
            inspect(file)
            memory.append(resident())
        line.send(Work(time.perf_counter() - began, tuple(memory)))
