"""Decoding apart: work on one file is done by a helper process, which may die over it without harm to anybody else.

What decodes a recording is a million lines of C that meet whatever people upload. Here it runs in a process of its own,
started when first needed and used again for the next file while it is well: what dies, hangs or asks for more memory
than allowed takes only its own piece of work with it, which then raises `Died`. Sound comes back as a file, pictures
through shared memory, so that a good file costs hardly more than in one process.
"""

import atexit
import mmap
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

import numpy as np

from engine.media.frames import Frame
from engine.media.settings import HelperLimits

P = ParamSpec("P")
T = TypeVar("T")
START_SECONDS = 60.0
LEAVE_SECONDS = 5.0
MODULE = "engine.media.helping"


class Died(Exception):
    """The helper ended without an answer; the message says how."""


class Helper:
    """A process that works for this one. Not to be shared between threads; see `lent`."""

    def __init__(self, limits: HelperLimits) -> None:
        self.limits = limits
        self._done, self._busy = 0, False
        self._memory_used = 0
        self._seen: mmap.mmap | None = None
        near, far = socket.socketpair()
        self._handle = os.memfd_create("mingjian-pictures", os.MFD_CLOEXEC)
        with far:
            self._process = _started(far.fileno(), self._handle, limits)
        self._line = Connection(near.detach())
        self._wait(START_SECONDS)

    @property
    def well(self) -> bool:
        """Whether it can be used for another file."""
        idle = not self._busy and not self._line.closed and self._process.poll() is None
        return idle and self._done < self.limits.recycle_after and self._memory_used < self.limits.recycle_memory

    def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns there. `work` belongs to a module; raises what it raises, or Died."""
        self._ask("call", work, args, kwargs)
        answer: T = self._answer()
        return answer

    def frames(
        self, work: Callable[P, Generator[Frame, None, T]], *args: P.args, **kwargs: P.kwargs
    ) -> Generator[Frame, None, T]:
        """The pictures that the generator `work` yields there; what it returns is the generator's value here too.

        Raises what it raises, or Died. Closing the generator early ends the work there.
        """
        self._ask("frames", work, args, kwargs)
        try:
            while True:
                kind, content = self._wait(self.limits.silence_s)
                if kind != "frame":
                    value: T = self._concluded(kind, content)
                    return value
                yield self._taken(*content)
                self._send("next")
        finally:
            if self._busy and not self._line.closed:
                self._stop()

    def close(self) -> None:
        """End the process."""
        self._line.close()
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            os.close(self._handle)
        self._handle = -1

    def _ask(self, mode: str, work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if kwargs:
            raise TypeError("a helper takes arguments by their places")
        self._done += 1
        self._busy = True
        self._send((mode, work, args))

    def _send(self, message: object) -> None:
        try:
            self._line.send(message)
        except (OSError, ValueError) as error:
            raise self._died() from error

    def _answer(self) -> Any:
        return self._concluded(*self._wait(self.limits.silence_s))

    def _concluded(self, kind: str, content: Any) -> Any:
        self._busy = False
        if kind == "raised":
            raise content
        if kind == "died":
            self.close()
            raise Died(content)
        return content

    def _wait(self, seconds: float) -> tuple[str, Any]:
        """The next message that is no mere sign of life."""
        while True:
            try:
                if not self._line.poll(seconds):
                    self.close()
                    raise Died(f"silent for {seconds:.0f} s")
                kind, content, *used = self._line.recv()
            except (EOFError, OSError) as error:
                raise self._died() from error
            if used:
                self._memory_used = used[0]
            if kind != "beat":
                return kind, content

    def _died(self) -> Died:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LEAVE_SECONDS)
        code = self._process.returncode
        self.close()
        return Died("no exit" if code is None else f"signal {-code}" if code < 0 else f"exit {code}")

    def _taken(self, time: float, place: int, shape: tuple[int, ...]) -> Frame:
        """A picture copied out of the shared memory, whose place is free from then on."""
        size = int(np.prod(shape))
        if self._seen is None or len(self._seen) < place + size:
            self._seen = mmap.mmap(self._handle, 0, prot=mmap.PROT_READ)
        return Frame(time, np.frombuffer(self._seen, np.uint8, size, place).reshape(shape).copy())

    def _stop(self) -> None:
        """Tell it that enough was seen, and wait until it has stopped."""
        try:
            self._send("stop")
            while self._wait(LEAVE_SECONDS)[0] == "frame":
                continue
            self._busy = False
        except Died:
            return


def _started(line: int, memory: int, limits: HelperLimits) -> "subprocess.Popen[bytes]":
    """The process. It is given nothing of this one but two handles and where modules lie."""
    begin = f"import sys; sys.path[:] = {sys.path!r}; from {MODULE} import serve; "
    serve = f"serve({line}, {memory}, {limits.memory}, {limits.patience_s})"
    return subprocess.Popen(  # noqa: S603  our own interpreter and code
        [sys.executable, "-c", begin + serve],
        pass_fds=(line, memory),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


class _Shelf:
    """Helpers that have nothing to do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Helper] = []
        atexit.register(self.clear)

    def take(self, limits: HelperLimits) -> Helper:
        with self._lock:
            for place, helper in enumerate(self._idle):
                if helper.limits == limits:
                    del self._idle[place]
                    return helper if helper.well else Helper(limits)
        return Helper(limits)

    def put(self, helper: Helper) -> None:
        """Keep `helper` for the next file while it is well, in place of the one that waits longest when all wait."""
        if not helper.well:
            helper.close()
            return
        with self._lock:
            self._idle.append(helper)
            spare = [self._idle.pop(0) for _ in range(len(self._idle) - helper.limits.kept)]
        for one in spare:
            one.close()

    def clear(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()


@cache
def _shelf(_process: int) -> _Shelf:
    """The idle helpers of this process; one that was forked off does not touch those of its parent."""
    return _Shelf()


@contextmanager
def lent(limits: HelperLimits) -> Iterator[Helper]:
    """A helper for the length of the block. Raises Died where none can be started."""
    shelf = _shelf(os.getpid())
    helper = shelf.take(limits)
    try:
        yield helper
    finally:
        shelf.put(helper)


def call(limits: HelperLimits, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, done by a helper; in this process where `limits` say so. Raises what it raises, or Died
    where a second helper dies of it too: one alone may have been the victim of a machine that ran out of something.
    """
    if not limits.enabled:
        return work(*args, **kwargs)
    try:
        with lent(limits) as helper:
            return helper.call(work, *args, **kwargs)
    except Died:
        with lent(limits) as helper:
            return helper.call(work, *args, **kwargs)


def frames(
    limits: HelperLimits, work: Callable[P, Generator[Frame, None, T]], *args: P.args, **kwargs: P.kwargs
) -> Generator[Frame, None, T]:
    """The pictures `work` yields, decoded by a helper, and the value it returns. Raises what it raises, or Died.

    Where the helper dies, another one begins again, and what was shown already is passed over: `work` must yield the
    same pictures each time.
    """
    if not limits.enabled:
        return (yield from work(*args, **kwargs))
    shown = _Shown()
    try:
        with lent(limits) as helper:
            return (yield from shown.rest_of(helper.frames(work, *args, **kwargs)))
    except Died:
        with lent(limits) as helper:
            return (yield from shown.rest_of(helper.frames(work, *args, **kwargs)))


class _Shown:
    """How many pictures of a piece of work were handed on."""

    def __init__(self) -> None:
        self._count = 0

    def rest_of(self, passing: Generator[Frame, None, T]) -> Generator[Frame, None, T]:
        """The pictures of `passing` that were not handed on before, and its value."""
        with closing(passing):
            number = 0
            while True:
                try:
                    frame = next(passing)
                except StopIteration as end:
                    value: T = end.value
                    return value
                number += 1
                if number > self._count:
                    self._count = number
                    yield frame
