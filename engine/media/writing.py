"""Writing files so that a failure leaves nothing behind that looks complete."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import MingjianError


@contextmanager
def complete(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to, which becomes `target` only when everything was written.

    Raises MingjianError `output_full`, `output_denied` or `output_failed`.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.partial")
    with writing(target):
        try:
            yield unfinished
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turns every failure to write into the coded error that names `target`."""
    import av

    try:
        yield
    except (av.error.FFmpegError, OSError) as error:
        raise _coded(target, error) from error


def _coded(target: Path, error: Exception) -> MingjianError:
    number = getattr(error, "errno", None) or 0
    if number in (errno.ENOSPC, errno.EDQUOT):
        return MingjianError("output_full", path=target)
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return MingjianError("output_denied", path=target)
    return MingjianError("output_failed", path=target, detail=os.strerror(number) if number > 0 else error)
