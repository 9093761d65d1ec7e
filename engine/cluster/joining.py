"""Ray: one of this machine alone, or a cluster to join. Nobody joins either without the token."""

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import MingjianError
from engine.networks import keep_telemetry_off
from engine.settings import Settings

ADDRESS = "RAY_ADDRESS"
MODE, TOKEN, TOKEN_PATH = "RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"
TOKEN_BYTES = 32
PREFIX = "mj-ray-"
LOOPBACK = "127.0.0.1"
NAMESPACE = "mingjian"


def address_of(settings: Settings) -> str | None:
    """The cluster to join; None where this machine is to have a Ray of its own."""
    return os.environ.get(ADDRESS) or settings.cluster.address


@contextmanager
def joined(settings: Settings) -> Iterator[None]:
    """This process as a driver of Ray. Call it from the main thread: a local Ray ends with that thread.

    Raises MingjianError `cluster_unreachable`.
    """
    prepare(settings)
    import ray

    address = address_of(settings)
    common: dict[str, Any] = {"namespace": NAMESPACE, "log_to_driver": False, "configure_logging": False}
    with _temporary() as folder:
        try:
            if address:
                ray.init(address=address, **common)
            else:
                ray.init(address="local", _temp_dir=str(folder), **_local(settings), **common)
        except Exception as error:  # Ray raises all kinds, bare ones too; its texts run over many lines
            told = next(iter(str(error).splitlines()), "") or type(error).__name__
            raise MingjianError("cluster_unreachable", address=address or "local", detail=told) from error
        try:
            yield
        finally:
            ray.shutdown()


def prepare(settings: Settings) -> None:
    """Set what Ray reads from the environment, before it is imported: no reports of usage, and a token."""
    keep_telemetry_off()
    if MODE not in os.environ and "ray" in sys.modules:
        raise RuntimeError(f"Ray was imported before {MODE} was set: it would not ask for a token")
    os.environ.setdefault(MODE, "token")
    if os.environ[MODE] == "token" and not (os.environ.get(TOKEN) or os.environ.get(TOKEN_PATH)):
        os.environ[TOKEN_PATH] = str(_token_file(settings.store.folder.resolve() / "keys" / "ray"))


def _token_file(path: Path) -> Path:
    """The file of the token, made where there is none; only its owner reads it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(TOKEN_BYTES))
    return path


def _local(settings: Settings) -> dict[str, Any]:
    cluster = settings.cluster
    return {
        "num_cpus": cluster.cpus or os.cpu_count(),
        "object_store_memory": cluster.object_store,
        "include_dashboard": cluster.dashboard,
        "dashboard_host": LOOPBACK,
        "dashboard_port": cluster.dashboard_port,
        "_node_ip_address": LOOPBACK,
    }


@dataclass(frozen=True, slots=True)
class Node:
    """A living machine of the cluster, and its cores."""

    id: str
    cpus: float


def nodes() -> tuple[Node, ...]:
    """The machines that are alive."""
    import ray

    found: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    return tuple(Node(one["NodeID"], float(one["Resources"].get("CPU", 0.0))) for one in found if one["Alive"])


@contextmanager
def _temporary() -> Iterator[Path]:
    """A folder for Ray's sockets and logs, whose path must be short. Those of processes that were killed go."""
    whole = Path(tempfile.gettempdir())
    for old in whole.glob(f"{PREFIX}*"):
        owner = old.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and old.stat().st_uid == os.getuid() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=whole))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
