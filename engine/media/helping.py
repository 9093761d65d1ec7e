"""The helper's side of engine/media/apart.py: a process that decodes, and may die over a file, for another one.

It takes one piece of work after the other from its line: a function and its arguments. Pictures go through memory that
both processes hold, everything else over the line. Its memory is limited, and the processor time it may take without a
sign of progress; beyond either it is refused or ended, and nobody else is harmed.
"""

import mmap
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.media.frames import Frame
from engine.media.pulse import heard_by

Mode = Literal["call", "frames"]
SLOTS = 2
"""Pictures on their way at a time: one is looked at while the next is decoded."""
BEAT_SECONDS = 0.5
KILOBYTE = 1024


def serve(line_handle: int, memory_handle: int, memory: int, patience: float) -> None:
    """Life of a helper: work until the line is closed. `memory` in bytes, `patience` in seconds of processor time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted closes the line
    _confine(memory)
    with Connection(line_handle) as line:
        pulse, gallery = _Pulse(line, patience), _Gallery(line, memory_handle)
        line.send(("ready", None))
        while True:
            try:
                asked = line.recv()
            except (EOFError, OSError):
                return
            if isinstance(asked, str):  # said of pictures of which there are no more
                continue
            mode, work, arguments = asked
            pulse.renew()
            with heard_by(pulse.beat):
                answer = _answer(mode, work, arguments, gallery)
            line.send((*answer, _most_memory()))


def _confine(memory: int) -> None:
    """At most `memory` bytes of data; no core file, which would hold personal data; little claim on the machine's
    last memory."""
    _, hardest = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory if hardest == resource.RLIM_INFINITY else min(memory, hardest)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hardest))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123  not a file of the disk
            file.write("500")
    except OSError:  # not this system's way
        return


def _most_memory() -> int:
    """Bytes this process held at most. `ru_maxrss` will not do: it begins at what the process that started this one
    held, and would make every helper of a large process look unwell."""
    try:
        told = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:  # not this system's way
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE
    return next((int(line.split()[1]) * KILOBYTE for line in told.splitlines() if line.startswith("VmHWM:")), 0)


def _answer(mode: Mode, work: Callable[..., Any], arguments: tuple[Any, ...], gallery: "_Gallery") -> tuple[str, Any]:
    try:
        made = work(*arguments)
        return "done", gallery.show(made) if mode == "frames" else made
    except MemoryError:
        return "died", "memory"
    except Exception as error:  # noqa: BLE001  whatever it is, it is raised where the work was asked for
        return "raised", error if _crosses(error) else RuntimeError(f"{type(error).__name__}: {error}")


def _crosses(error: Exception) -> bool:
    """Whether the error can be told over a line: those of libraries may take other arguments than they keep."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  our own
    except Exception:  # noqa: BLE001  then it cannot
        return False
    return True


class _Pulse:
    """Passes beats on, not too often, and pushes the end for want of progress away."""

    def __init__(self, line: Connection, patience: float) -> None:
        self._line, self._patience = line, patience
        self._last = time.monotonic()

    def beat(self) -> None:
        now = time.monotonic()
        if now - self._last >= BEAT_SECONDS:
            self._last = now
            self.renew()
            self._line.send(("beat", None))

    def renew(self) -> None:
        """Let the next `patience` seconds of processor time be the last without a beat."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
        end = int(used.ru_utime + used.ru_stime + self._patience) + 1
        soft = end if hardest == resource.RLIM_INFINITY else min(end, hardest)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hardest))


class _Gallery:
    """Hands pictures over in shared memory of SLOTS places, which grows to the largest picture."""

    def __init__(self, line: Connection, handle: int) -> None:
        self._line, self._handle = line, handle
        self._start, self._room = 0, 0
        self._memory: mmap.mmap | None = None

    def show(self, frames: Iterator[Frame]) -> Any:
        """Hand over every picture until there are no more, or the other side has seen enough; what the iterator
        returns."""
        free, number = SLOTS, 0
        while True:
            try:
                frame = next(frames)
            except StopIteration as end:
                return end.value
            while free == 0 or self._line.poll():
                if self._line.recv() == "stop":
                    frames.close()  # type: ignore[attr-defined]
                    return None
                free += 1
            place = self._put(frame.image, number % SLOTS)
            self._line.send(("frame", (frame.time, place, frame.image.shape)))
            free, number = free - 1, number + 1

    def _put(self, image: NDArray[np.uint8], slot: int) -> int:
        """Where in the shared memory the picture lies. It only grows, twofold each time: nothing in it moves."""
        if image.nbytes > self._room:
            self._start = os.fstat(self._handle).st_size
            self._room = max(-(-image.nbytes // mmap.PAGESIZE) * mmap.PAGESIZE, 2 * self._room)
            os.ftruncate(self._handle, self._start + SLOTS * self._room)
            self._memory = mmap.mmap(self._handle, 0)
        place = self._start + slot * self._room
        assert self._memory is not None  # noqa: S101  grown above
        np.frombuffer(self._memory, np.uint8, image.nbytes, place)[:] = np.ascontiguousarray(image).reshape(-1)
        return place


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
