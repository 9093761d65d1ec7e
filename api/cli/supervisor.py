"""Processes that must run, kept running: begun anew with growing pauses when they end, and stopped in order.

It imports nothing heavy, so that there is little in it that could fail.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from api.ending import MISTAKE
from engine.errors import MingjianError

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
SOUND_S = 30.0
"""A process that ran so long is sound: its next end is a new trouble, not the same again."""
STEP_S = 0.2
LOCK = "serve.lock"
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    """A process to be kept running: a Python module and its arguments. `stops_within_s`: after SIGTERM."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    stops_within_s: float = 15.0


Say = Callable[[str], None]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Supervisor:
    """Runs programs until it is told to stop; they are stopped in the order given, one after the other."""

    def __init__(self, programs: Sequence[Program], environment: Mapping[str, str], say: Say = _say) -> None:
        self._kept = [_Kept(program, dict(environment), say) for program in programs]
        self._say = say
        self._leaving = threading.Event()

    def stop(self) -> None:
        """Let `run` end."""
        self._leaving.set()

    def run(self) -> int:
        """Keep all running. 0 after `stop`; 2 where one says from the start that a person must mend something."""
        try:
            while not self._leaving.is_set():
                for kept in self._kept:
                    if kept.look() == MISTAKE and not kept.has_run:
                        return MISTAKE
                self._leaving.wait(STEP_S)
        finally:
            for kept in self._kept:
                kept.end()
        return 0

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now, by the name of their program."""
        return {kept.program.name: kept.process.pid for kept in self._kept if kept.process is not None}


class _Kept:
    """One program and its process."""

    def __init__(self, program: Program, environment: dict[str, str], say: Say) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.has_run = False
        self._environment, self._say = environment, say
        self._begun = self._next = 0.0
        self._pause = FIRST_PAUSE_S

    def look(self) -> int | None:
        """Begin the process when it is time; its exit status where it has just ended."""
        if self.process is None:
            if time.monotonic() >= self._next:
                self.process, self._begun = spawn(self.program, self._environment), time.monotonic()
            return None
        status = self.process.poll()
        lasted = time.monotonic() - self._begun
        self.has_run = self.has_run or (status is None and lasted > SOUND_S)
        if status is None:
            return None
        sweep_group(self.process.pid)
        self.process = None
        self._pause = FIRST_PAUSE_S if lasted > SOUND_S else min(LONGEST_PAUSE_S, 2 * self._pause)
        self._next = time.monotonic() + self._pause
        name, pause = self.program.name, self._pause
        self._say(f"{name} 结束（{status}），{pause:g} 秒后重新启动 / {name} ended ({status}), again in {pause:g} s")
        return status

    def end(self) -> None:
        """Stop the process: politely, then for good."""
        process = self.process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(self.program.stops_within_s)
        except subprocess.TimeoutExpired:
            self._say(f"{self.program.name} 未按时停止 / {self.program.name} did not stop in time")
            process.kill()
            process.wait()
        sweep_group(process.pid)
        self.process = None


def spawn(program: Program, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """The program as a process in a group of its own, told to stop when this thread ends, however it does."""
    return subprocess.Popen(  # noqa: S603  the arguments are ours
        [sys.executable, "-m", program.module, *program.arguments],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_follow(os.getpid()),
    )


def _follow(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)

    def follow() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it went before we asked to be told
            os._exit(1)

    return follow


def sweep_group(leader: int) -> None:
    """End what a process has left behind in its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the data folder against a second server. Raises MingjianError `already_serving`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MingjianError("already_serving", path=folder) from error
        yield


def supervise(programs: Sequence[Program], environment: Mapping[str, str]) -> int:
    """Keep `programs` running until SIGTERM or SIGINT; the exit status."""
    supervisor = Supervisor(programs, environment)

    def leave(_signal: int, _frame: FrameType | None) -> None:
        supervisor.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    return supervisor.run()
