"""What a worker's process may use, and what it uses."""

import os
import resource
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def confine(memory: int) -> None:
    """Let this process hold at most `memory` bytes of data, and leave no core file: it would hold personal data.

    A file that makes a decoder ask for more meets a refusal instead of taking the machine's memory.
    """
    _, hardest = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory if hardest == resource.RLIM_INFINITY else min(memory, hardest)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def resident(pid: int | None = None) -> int:
    """Bytes of memory that a process (this one by default) holds; 0 where there is none of that id."""
    try:
        return int(Path(f"/proc/{pid or os.getpid()}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0
