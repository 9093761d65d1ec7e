"""Whether an inspection of a long recording needs more memory than one of a short recording.

Both are the demo sessions' sound over and over, inspected through the command line, each in a process of its own.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from eval.benchmarks.figures import Figure
from eval.benchmarks.speed.process import Watched, watch
from eval.benchmarks.speed.recordings import make
from eval.benchmarks.speed.results import Recording

MINUTES = (10.0, 120.0)
PATIENCE = 1.0
"""Share of real time that an inspection may take before it is given up."""

MOST_GROWTH = 0.1
"""Share of its peak by which the longest recording may need more memory of its own than the shortest."""


def measure(work: Path, minutes: Sequence[float] = MINUTES) -> list[Figure]:
    """Peak memory for recordings of `minutes`: their own, and with the pages of files they read, of which the system
    takes back what it needs (the sound itself is one: 3.8 MB a minute). Raises RuntimeError where one finds no result.
    """
    watched = [(one, _inspected(work, one)) for one in sorted(minutes)]
    (_, shortest), (_, longest) = watched[0], watched[-1]
    return [
        *(figure for one, seen in watched for figure in _figures(one, seen)),
        Figure("own memory, longest by shortest, less 1", longest.own / shortest.own - 1, target=MOST_GROWTH),
        Figure("with pages of files, longest by shortest, less 1", longest.peak / shortest.peak - 1),
    ]


def _figures(minutes: float, seen: Watched) -> tuple[Figure, ...]:
    sound = f"{minutes:g} minutes of sound"
    return (
        Figure(f"own memory, {sound}", seen.own / 1e9, "GB", note=f"{seen.cpu:.0f} processor seconds"),
        Figure(f"with pages of files, {sound}", seen.peak / 1e9, "GB"),
    )


def _inspected(work: Path, minutes: float) -> Watched:
    (media,) = make(Recording("audio", minutes, 1), work).paths
    with tempfile.TemporaryDirectory(prefix="mingjian-") as out:
        command = [sys.executable, "-m", "api.cli.main", "inspect", str(media), "--out", out]
        seen = watch(command, os.environ, PATIENCE * minutes * 60 + 60)
        if not list(Path(out).glob("*/inspection.json")):
            raise RuntimeError(f"no result, exit status {seen.status}: {seen.told}")
    return seen
