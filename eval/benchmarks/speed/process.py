"""A process watched from outside: when it says something, what it and its helpers have used until then, and how much
memory they held together at most.

A contender says one line of JSON when a recording is done. What is measured is what a user would wait for and pay,
starting and loading included, and nothing has to be trusted to the program that is measured.
"""

import json
import os
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import IO, Any

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 2.0
"""Between two looks at the memory: a look walks through all pages, 25 ms for each gigabyte."""

OWN_LOOKS = 8
"""Looks at the first process's own peak, which cost nothing, for each look at all of them."""

KIBIBYTE = 1024
TOLD_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """An object that the process printed: its values, seconds since the start, processor seconds of the whole tree."""

    said: Mapping[str, Any]
    at: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Watched:
    """A process that has ended. `peak`: bytes it held at most; `own`: of memory that is no page of a file, so that the
    system cannot take it back; `cpu`: processor seconds of it and what it waited for; `others`: cores that anything
    else on the machine used meanwhile, on average; `told`: the end of its error output; `late`: it was ended because it
    took too long."""

    lines: tuple[Line, ...]
    status: int
    peak: int
    cpu: float
    others: float = 0.0
    told: str = ""
    late: bool = False
    own: int = 0


def watch(
    command: Sequence[str], environment: Mapping[str, str], patience: float, every: float = SAMPLE_SECONDS
) -> Watched:
    """Run `command` until it ends, or end it with all its helpers after `patience` seconds. Memory is looked at `every`
    so many seconds."""
    with tempfile.TemporaryFile() as errors:
        began, before = time.perf_counter(), _machine_seconds()
        running = subprocess.Popen(  # noqa: S603
            command, env=dict(environment), stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        )
        late = threading.Event()

        def end() -> None:
            late.set()
            with suppress(ProcessLookupError):
                os.killpg(running.pid, SIGKILL)

        timer = threading.Timer(patience, end)
        timer.start()
        try:
            with _Memory(running.pid, every) as memory:
                lines = tuple(_lines(running, began))
                _, status, used = os.wait4(running.pid, 0)
        except BaseException:  # whoever is interrupted leaves nobody at work
            end()
            raise
        finally:
            timer.cancel()
        took, machine = time.perf_counter() - began, _machine_seconds() - before
        running.returncode = os.waitstatus_to_exitcode(status)
        size = errors.seek(0, os.SEEK_END)
        errors.seek(max(0, size - TOLD_CHARACTERS))
        told = errors.read().decode("utf-8", "replace").strip()
    spent = max(used.ru_utime + used.ru_stime, *(line.cpu for line in lines), 0.0)  # a helper may outlive it
    others = max(0.0, machine - spent) / took
    return Watched(lines, running.returncode, memory.peak, spent, others, told, late.is_set(), memory.own)


def _lines(running: "subprocess.Popen[str]", began: float) -> list[Line]:
    """The JSON objects among what is printed: libraries print too."""
    found: list[Line] = []
    stream: IO[str] | None = running.stdout
    if stream is None:
        return found
    with stream:
        for text in stream:
            at = time.perf_counter() - began
            if not text.startswith("{"):
                continue
            cpu = processor_seconds(running.pid)
            with suppress(ValueError):
                found.append(Line(json.loads(text), at, cpu))
    return found


def processor_seconds(root: int) -> float:
    """Processor seconds of a process, its living descendants, and those they waited for."""
    spent = 0
    for process in tree(root):
        with suppress(OSError, IndexError):
            fields = _fields(process)
            spent += sum(map(int, fields[11:15]))
    return spent / TICKS


def tree(root: int) -> set[int]:
    """`root` and its living descendants."""
    parents: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                parents.setdefault(int(_fields(int(entry.name))[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = [root]
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting += parents.get(process, [])
    return found


def _machine_seconds() -> float:
    """Processor seconds of the whole machine that were not idle, those taken by its host among them."""
    user, nice, system, _, _, *more = (PROC / "stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]
    return sum(map(int, (user, nice, system, *more[:3]))) / TICKS


def _fields(process: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on: the name before them may hold anything."""
    return (PROC / str(process) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()


class _Memory:
    """Looks now and then at how much a process and its descendants hold; what they share counts once (PSS).

    A process without descendants tells its own peak (VmHWM), and so does the first one between two looks. The
    `ru_maxrss` of wait4 is of no use: it begins with the memory of whoever started the process.
    """

    def __init__(self, root: int, every: float) -> None:
        self.peak = self.own = 0
        self._root, self._every = root, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        looks = 0
        while not self._over.wait(self._every / OWN_LOOKS):
            looks += 1
            alone = _memory(self._root, "status")
            self._seen(alone["VmHWM"], alone["RssAnon"] + alone["RssShmem"])
            family = tree(self._root) if looks % OWN_LOOKS == 0 else set()
            if len(family) > 1:
                together = sum((_memory(process, "smaps_rollup") for process in family), Counter())
                self._seen(together["Pss"], together["Pss_Anon"] + together["Pss_Shmem"])

    def _seen(self, held: int, own: int) -> None:
        self.peak, self.own = max(self.peak, held), max(self.own, own)


def _memory(process: int, file: str) -> Counter[str]:
    """The sizes in a file of /proc, in bytes; none of a process that has ended."""
    sizes: Counter[str] = Counter()
    with suppress(OSError):
        for line in (PROC / str(process) / file).read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if value.endswith(" kB"):
                sizes[name] = int(value.removesuffix(" kB")) * KIBIBYTE
    return sizes
