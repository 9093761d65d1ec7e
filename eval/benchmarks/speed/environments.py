"""Environments of the peers: one folder each below the work folder, holding exactly what its requirements name.

By the project's uv where it is set up, by venv and pip otherwise. Packages come from whatever index the installer is
configured for.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
UV = ROOT / ".tools" / "bin" / "uv"
PEERS = Path(__file__).resolve().parent / "peers"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PATIENCE = 3600.0
QUIET = {
    "PYANNOTE_METRICS_ENABLED": "0",
    "OTEL_SDK_DISABLED": "true",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
}
"""Nothing is reported home and nothing is fetched, by ours and theirs alike."""


class NotInstalledError(Exception):
    """An environment that could not be made; the message is the end of what the installer said."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What a peer needs: `name` of the folder and of the requirements beside the scripts."""

    name: str

    @property
    def requirements(self) -> Path:
        """Packages with their versions, all of them."""
        return PEERS / f"{self.name}.txt"


def prepare(environment: Environment, folder: Path) -> Path:
    """The interpreter of `environment` below `folder`, made unless it is there. Raises NotInstalledError."""
    place = folder / environment.name
    interpreter = place / "bin" / "python"
    stamp = place / f".ready-{_key(environment)}"
    if stamp.exists() and interpreter.exists():
        return interpreter
    folder.mkdir(parents=True, exist_ok=True)
    packages = ["-r", str(environment.requirements)]
    if UV.exists():
        _installer([str(UV), "venv", "-q", "--clear", "--python", sys.executable, str(place)])
        _installer([str(UV), "pip", "install", "-q", "--compile-bytecode", "--python", str(interpreter), *packages])
    else:
        _installer([sys.executable, "-m", "venv", "--clear", str(place)])
        _installer([str(interpreter), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages])
    stamp.touch()
    return interpreter


def _key(environment: Environment) -> str:
    lines = environment.requirements.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    return sha256("\n".join([*pins, sys.version]).encode()).hexdigest()[:16]


def _installer(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603
            command, env=_installing(), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(str(error)) from error
    if done.returncode:
        raise NotInstalledError(" ".join(done.stderr.strip().splitlines()[-3:]) or f"exit status {done.returncode}")


def _installing() -> dict[str, str]:
    """uv reads neither pip's configuration nor the system's certificates by itself (as in scripts/setup.sh)."""
    environment = dict(os.environ)
    if CERTIFICATES.is_file():
        environment.setdefault("SSL_CERT_FILE", str(CERTIFICATES))
        environment.setdefault("PIP_CERT", str(CERTIFICATES))
    if not environment.keys() & {"UV_DEFAULT_INDEX", "UV_INDEX_URL"}:
        index = environment.get("PIP_INDEX_URL") or _configured_index()
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    return environment


def _configured_index() -> str:
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def running(threads: int, more: Mapping[str, str]) -> dict[str, str]:
    """The environment a contender runs in: the caller's, quiet, on so many threads."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MINGJIAN_", "PYTHON"))}
    kept = {name: os.environ[name] for name in ("MINGJIAN_WEIGHTS",) if name in os.environ}
    return {**environment, **kept, **QUIET, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT), **more}
