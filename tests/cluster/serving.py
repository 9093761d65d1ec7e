"""A whole `mingjian serve` in processes of its own, and ways to do it harm."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml

from engine.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
VICTIMS = {
    "worker": "ray::Worker",
    "dispatcher": "engine.cluster",
    "api": "api.serving",
    "head": "gcs_server",
    "raylet": "raylet/raylet",
    "keeper": "api.housekeeping",
}
"""What the command line of each kind of process holds."""


class Serving:
    """A running server; `pid` is that of its supervisor."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def find(self, kind: str) -> list[int]:
        """Process ids of a kind that live now."""
        return [pid for pid in self.family() if VICTIMS[kind] in _command(pid)]

    def family(self) -> list[int]:
        """Every process that descends from the supervisor, and every worker of its Ray."""
        parents = {int(one.name): _parent(int(one.name)) for one in Path("/proc").iterdir() if one.name.isdigit()}
        found = {self.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return sorted(found - {self.pid})

    def strike(self, kind: str) -> bool:
        """Kill one process of a kind the hard way; whether there was one."""
        for pid in self.find(kind)[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    def stop(self, seconds: float = 180.0) -> int:
        """Tell it to stop; its exit status."""
        self._process.terminate()
        return self._process.wait(seconds)

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None


@contextmanager
def serving(settings: Settings, folder: Path) -> Iterator[Serving]:
    """`mingjian serve` with the store and cluster of `settings`, on a free port."""
    file = folder / "settings.yaml"
    file.write_text(
        yaml.safe_dump(
            {
                "store": settings.store.model_dump(mode="json"),
                "cluster": settings.cluster.model_dump(mode="json"),
                "server": {"port": 0},
            }
        ),
        encoding="utf-8",
    )
    environment = {**os.environ, "MINGJIAN_SETTINGS": str(file), "PYTHONPATH": str(ROOT)}
    for name in ("RAY_ADDRESS", "RAY_AUTH_TOKEN", "RAY_AUTH_MODE"):
        environment.pop(name, None)
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", "serve"], env=environment, cwd=folder, stdout=log, stderr=log
        )
        made = Serving(process)
        try:
            yield made
        finally:
            left = made.family()
            if process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    made.stop(60)
            if process.poll() is None:
                process.kill()
                process.wait()
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@contextmanager
def locked(database: Path, seconds: float) -> Iterator[None]:
    """An SQLite database that nobody else can write to for some seconds."""

    def hold() -> None:
        connection = sqlite3.connect(database, isolation_level=None, timeout=60)
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0
