"""Work that a helper is given in tests, and that it dies over."""

import os
import signal
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np

from engine.errors import MingjianError
from engine.media.frames import Frame


def kill_itself(*_: object) -> int:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


def burn(*_: object) -> int:
    while True:
        pass


def sleep(*_: object) -> int:
    time.sleep(60)
    return 0


def eat(*_: object) -> int:
    held = [bytearray(64 * 1024**2) for _ in range(64)]
    return len(held)


def fail() -> None:
    raise MingjianError("media_empty", path="a.mp4")


def frames_of(sizes: list[tuple[int, int]]) -> Generator[Frame, None, str]:
    for number, (height, width) in enumerate(sizes):
        yield Frame(float(number), np.full((height, width, 3), number, np.uint8))
    return "all"


def die_once_after(shown: int, mark: Path) -> Generator[Frame, None, str]:
    """Five pictures; the first helper that shows them dies after `shown`, which it leaves written in `mark`."""
    for number in range(5):
        if number == shown and not mark.exists():
            mark.write_text("died")
            kill_itself()
        yield Frame(float(number), np.full((4, 4, 3), number, np.uint8))
    return "all"
