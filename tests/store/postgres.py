"""A PostgreSQL server for the tests: made of the system's own programs, in a folder of its own, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

USER = "mingjian"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")
ORDINARY = ("postgres", "nobody")  # the server refuses to run as root
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_messages": "fatal",
}


def programs() -> Path | None:
    """The folder of `initdb` and the others, if there is one: the newest version's."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = [place for pattern in PLACES for place in Path("/").glob(pattern.lstrip("/"))]
    return max((place for place in places if (place / "initdb").is_file()), key=_version, default=None)


def _version(place: Path) -> int:
    return max((int(part) for part in place.parts if part.isdecimal()), default=0)


@dataclass
class Server:
    """A server on a random port of this machine. It can be stopped and started again, as in life."""

    programs: Path
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="mingjian-postgres-")))
    port: int = field(default_factory=lambda: _free_port())

    def make(self) -> None:
        """Make an empty cluster. Only local users may connect, and the server listens on 127.0.0.1 alone."""
        self.folder.chmod(0o700)
        if _as_user():
            shutil.chown(self.folder, _as_user()[0])
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        options = {**SETTINGS, "port": str(self.port), "listen_addresses": "127.0.0.1"}
        options["unix_socket_directories"] = str(self.folder)
        written = " ".join(f"-c {name}={value}" for name, value in options.items())
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", self._data, "-o", written, "-l", log, "-w", "-t", "60", "start")

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "-D", self._data, "-m", how, "-w", "-t", "60", "stop")

    def remove(self) -> None:
        if self.is_running:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    @property
    def is_running(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        user = _as_user()
        extra = {"user": user[0], "group": user[1], "extra_groups": []} if user else {}
        result = subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "out").open("wb"),
            stderr=subprocess.STDOUT,
            check=False,
            **extra,  # type: ignore[call-overload]
        )
        if result.returncode:
            raise RuntimeError(f"{program}: {(self.folder / 'out').read_text(errors='replace')[-2000:]}")


def _as_user() -> Sequence[str | int]:
    """Who the server runs as where the tests run as root."""
    if os.getuid() != 0:
        return ()
    for name in ORDINARY:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    return ()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
