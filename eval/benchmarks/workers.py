"""What a second worker brings, and whether a worker's memory grows with the recordings it has done.

Each worker is a process on one core of its own with its networks open, as on a node of the cluster. One core alone and
several side by side inspect the same recordings; the clock runs from when all are ready until the last is done, so that
starting costs nothing here and waiting for each other shows. One and several take turns, and their ratio is taken
within a round: a shared machine is slower at one time than at another.

What two cores give at all is told by bare transcription, which shares nothing but the machine: two processes of it by
one. What workers lose beyond that is theirs.
"""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from engine.cluster.limits import resident
from eval.benchmarks.figures import Figure
from eval.benchmarks.speed.contenders import WHISPER
from eval.benchmarks.speed.peers.bare_faster_whisper import Transcribe
from eval.benchmarks.speed.recordings import make
from eval.benchmarks.speed.results import Recording
from models.weights import folder as weights_folder

MINUTES = 1.0
EACH = 4
ROUNDS = 3
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


@dataclass(frozen=True, slots=True)
class Round:
    """Recorded minutes a second: of one worker, and of 2, 3 ... side by side."""

    alone: float
    together: tuple[float, ...]


Act = Callable[[Path], object]
Opening = Callable[[], AbstractContextManager[Act]]


def measure(work: Path, workers: int | None = None, many: int = MANY) -> list[Figure]:
    """Throughput of 1 to `workers` (by default: a core each) workers, and memory over `many` recordings in one.

    Raises RuntimeError where a worker dies.
    """
    cores = sorted(os.sched_getaffinity(0))[:workers]
    files = make(Recording("audio", MINUTES, EACH), work).paths
    rounds = [_round(files, cores, number, inspecting) for number in range(ROUNDS)]
    bare = [_round(files, cores[:2], number, transcribing) for number in range(ROUNDS if len(cores) > 1 else 0)]
    return [
        *_throughput(rounds),
        *([_ratio("2 processes of bare transcription by one", bare, 0)] if bare else []),
        *_memory(make(Recording("audio", SHORT_MINUTES, EACH), work).paths, many, cores[0]),
    ]


def _round(files: Sequence[Path], cores: Sequence[int], number: int, opening: Opening) -> Round:
    """One worker, on another core in each round, then several."""
    alone = _minutes_per_second(files, [cores[number % len(cores)]], opening)
    several = range(2, len(cores) + 1)
    return Round(alone, tuple(_minutes_per_second(files, cores[:count], opening) for count in several))


def _throughput(rounds: Sequence[Round]) -> Iterator[Figure]:
    alone = statistics.median(one.alone for one in rounds)
    yield Figure("recorded minutes a minute, one worker on one core", 60 * alone)
    for place in range(len(rounds[0].together)):
        count = place + 2
        yield Figure(f"the same, {count} workers", 60 * statistics.median(one.together[place] for one in rounds))
        yield _ratio(f"{count} workers by one", rounds, place, TARGET if count == 2 else None)


def _ratio(name: str, rounds: Sequence[Round], place: int, target: float | None = None) -> Figure:
    ratios = [one.together[place] / one.alone for one in rounds]
    note = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return Figure(name, statistics.median(ratios), "x", target, "at_least", f"rounds: {note}")


def _minutes_per_second(files: Sequence[Path], cores: Sequence[int], opening: Opening) -> float:
    """Recorded minutes that workers on `cores` do a second, each of them all of `files`."""
    works = _side_by_side([tuple(files)] * len(cores), cores, opening)
    return MINUTES * len(files) * len(cores) / max(one.seconds for one in works)


def _memory(files: Sequence[Path], many: int, core: int) -> list[Figure]:
    (work,) = _side_by_side([tuple(files[place % len(files)] for place in range(many))], [core], inspecting)
    settled = work.memory[int(many * SETTLED) :]
    slope, start = statistics.linear_regression(range(len(settled)), settled)
    growth = slope * len(settled) / start
    note = f"{slope / 1e3:.1f} kB a recording, from {start / 1e6:.0f} MB; the most {max(work.memory) / 1e6:.0f} MB"
    return [Figure(f"memory of a worker over {many} recordings, growth", growth, target=MOST_GROWTH, note=note)]


def _side_by_side(shares: Sequence[tuple[Path, ...]], cores: Sequence[int], opening: Opening) -> list[Work]:
    """What workers did that began at the same moment, one for each share of files, on its own core."""
    context = multiprocessing.get_context("spawn")
    lines: list[Connection] = []
    processes = []
    for share, core in zip(shares, cores, strict=True):
        line, far_end = context.Pipe()
        process = context.Process(target=_worker, args=(far_end, share, core, opening), daemon=True)
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


def _worker(line: Connection, files: Sequence[Path], core: int, opening: Opening) -> None:
    """Open everything, do the first file once to warm up, wait for the word, do all files."""
    os.sched_setaffinity(0, {core})
    with opening() as act:
        act(files[0])
        line.send(DONE)
        line.recv()
        began = time.perf_counter()
        memory = []
        for file in files:
            act(file)
            memory.append(resident())
        line.send(Work(time.perf_counter() - began, tuple(memory)))


@contextmanager
def inspecting() -> Iterator[Act]:
    """Inspection of a file, as a worker on one core does it."""
    from engine.networks import Networks
    from engine.order import read_order
    from engine.pipeline import examine, open_recording
    from engine.settings import load_settings

    settings = load_settings().on_cores(1)
    with Networks(settings) as networks, tempfile.TemporaryDirectory(prefix="mingjian-") as scratch:

        def inspect(file: Path) -> None:
            order = read_order(file.with_name(f"{file.stem}.order.json"))
            with open_recording([file], Path(scratch), settings) as session:
                examine(session, networks, settings=settings, order=order)

        yield inspect


@contextmanager
def transcribing() -> Iterator[Act]:
    """Bare transcription of a file by one thread and the same weights."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(weights_folder(WHISPER)), device="cpu", compute_type="int8", cpu_threads=1)
    yield Transcribe(model, words=False)
