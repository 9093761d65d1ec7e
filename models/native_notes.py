"""Keeps what native libraries chat on the terminal while a network loads from reaching it; anything else passes."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_CHAT = re.compile(rb"^(I0000 |W0000 |INFO: |WARNING: (All log messages|Logging) before )")
_ONE_AT_A_TIME = Lock()
_STDERR = 2


@contextmanager
def hushed() -> Iterator[None]:
    """Hold back the process's standard error, then pass on every line but the libraries' own notes and warnings.

    LiteRT and MediaPipe write through the file descriptor and heed no environment variable. Errors are passed on.
    """
    with _ONE_AT_A_TIME, tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        terminal = os.dup(_STDERR)
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, _STDERR)
            os.close(terminal)
            held.seek(0)
            for line in held:
                if not _CHAT.match(line):
                    os.write(_STDERR, line)
