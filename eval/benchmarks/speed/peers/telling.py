"""How a peer's script tells that a recording is done: one JSON object in a line of its own.

The clock is that of whoever reads the line. What libraries print goes to the error output.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Told = dict[str, Any]


def arguments(*weights: str) -> argparse.Namespace:
    """Recordings, number of threads, and a folder for each of `weights`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    for name in weights:
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--batched", action="store_true")
    parser.add_argument("--words", action="store_true")
    parser.add_argument("recordings", nargs="+", type=Path)
    return parser.parse_args()


def tell_each(recordings: list[Path], load: Callable[[], Callable[[Path], Told]], packages: tuple[str, ...]) -> None:
    """Load once, work on recording after recording, and say so each time. Loading belongs to the first."""
    sys.stdout.flush()
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    versions = {name: version(name) for name in packages}
    began = time.perf_counter()
    work = load()
    loaded: dict[str, float] = {"load": time.perf_counter() - began}
    for recording in recordings:
        began = time.perf_counter()
        found = work(recording)
        stages = {**loaded, "work": time.perf_counter() - began}
        print(json.dumps({"stages": stages, "versions": versions, **found}), file=said, flush=True)
        loaded = {}
