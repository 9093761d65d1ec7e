"""Whether this machine is ready to serve: settings, weights, disk, memory, libraries, database, blobs."""

import ctypes.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import MingjianError

LEAST_FREE_GB = 5.0
LEAST_MEMORY_GB = 4.0
GB = 1024**3
LIBRARIES = ("GL", "EGL", "GLESv2")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    zh: str
    en: str


def examine() -> tuple[Check, ...]:
    """Everything, one after the other; what fails does not hinder the rest."""
    return tuple(_tried(name, look) for name, look in LOOKS.items())


def _tried(name: str, look: Callable[[], tuple[bool, str, str]]) -> Check:
    try:
        return Check(name, *look())
    except MingjianError as error:
        return Check(name, False, error.zh, error.en)
    except OSError as error:
        return Check(name, False, f"{name}：{error.strerror}", f"{name}: {error.strerror}")


def _settings() -> tuple[bool, str, str]:
    from api.settings import server_settings
    from engine.settings import load_settings

    server_settings(load_settings())
    return True, "配置正确", "the settings are right"


def _weights() -> tuple[bool, str, str]:
    from models.registry import registry
    from models.weights import state

    lacking = [entry.id for entry in registry().choose() if state(entry) != "present"]
    if lacking:
        names = "、".join(lacking)
        return False, f"缺少模型：{names}，请运行 mingjian models pull", f"weights are missing: {names}: models pull"
    return True, "模型齐全", "all weights are there"


def _libraries() -> tuple[bool, str, str]:
    lacking = [one for one in LIBRARIES if ctypes.util.find_library(one) is None]
    if lacking:
        names = "、".join(f"lib{one}" for one in lacking)
        return False, f"缺少系统库：{names}，请运行 scripts/setup.sh system", f"libraries are missing: {names}"
    return True, "系统库齐全", "all system libraries are there"


def _disk() -> tuple[bool, str, str]:
    from engine.settings import load_settings

    folder = load_settings().store.folder.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / GB
    return free >= LEAST_FREE_GB, f"磁盘剩余 {free:.0f} GB", f"{free:.0f} GB of disk are free"


def _memory() -> tuple[bool, str, str]:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB
    return (
        total >= LEAST_MEMORY_GB,
        f"内存 {total:.0f} GB，{os.cpu_count()} 核",
        f"{total:.0f} GB, {os.cpu_count()} cores",
    )


def _database() -> tuple[bool, str, str]:
    from engine.settings import load_settings
    from engine.store import migrating
    from engine.store.database import Database

    settings = load_settings().store
    if settings.database is None and not (settings.folder / "mingjian.db").exists():
        return True, "数据库尚未建立，首次启动时建立", "no database yet: it is made at the first start"
    database = Database(settings)
    try:
        found, wanted = migrating.version(database), migrating.wanted_version()
    finally:
        database.close()
    if found != wanted:
        return False, f"数据库结构 {found} 应为 {wanted}，请运行 mingjian db upgrade", f"structure {found}: db upgrade"
    return True, f"数据库正常（{found}）", f"the database is up to date ({found})"


def _blobs() -> tuple[bool, str, str]:
    from engine.settings import load_settings
    from engine.store.blobs import Blobs

    settings = load_settings().store
    if settings.blobs is None and not Path(settings.blob_address).exists():
        return True, "文件库尚未建立", "no blob store yet"
    Blobs(settings).exists("0" * 64)
    return True, "文件库可访问", "the blob store answers"


LOOKS: dict[str, Callable[[], tuple[bool, str, str]]] = {
    "settings": _settings,
    "weights": _weights,
    "libraries": _libraries,
    "disk": _disk,
    "memory": _memory,
    "database": _database,
    "blobs": _blobs,
}
