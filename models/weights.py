"""Where model weights lie on this machine, and whether they are what the registry says.

Nothing here touches the network. A file is used only after its hash was checked; so that every start need not read
170 MB again, a stamp beside the files keeps size and modification time of what was checked, and a file that differs
from its stamp is read anew.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from models.errors import WeightsError
from models.registry import Entry, PackageSource, Registry, WeightFile, registry

ROOT_VARIABLE = "MINGJIAN_WEIGHTS"
STAMP = ".verified.json"

State = Literal["present", "missing", "partial"]


@dataclass(frozen=True, slots=True)
class Seal:
    """What a verified file looked like: bytes, modification time (ns) and hash."""

    size: int
    modified: int
    sha256: str


def weights_root() -> Path:
    """The folder of all weights: the environment's MINGJIAN_WEIGHTS, else the user's cache."""
    return Path(os.environ.get(ROOT_VARIABLE) or "~/.cache/mingjian/weights").expanduser()


def place(entry: Entry) -> Path:
    """The folder where the files of `entry` belong; it need not exist."""
    package = entry.package
    return _package_folder(package) if package else weights_root() / entry.id


def folder(entry_id: str, known: Registry | None = None) -> Path:
    """The folder with the verified files of an entry.

    Raises WeightsError: `weights_unknown`; `weights_missing` or `weights_corrupt` for the first file at fault.
    """
    entry = (known or registry()).entry(entry_id)
    path = place(entry)
    seals = _read_stamp(path)
    fresh = {file.name: _checked(entry, path, file, seals.get(file.name)) for file in entry.files}
    if fresh != seals and entry.package is None:
        _write_stamp(path, fresh)
    return path


def sha256_of(entry_id: str, known: Registry | None = None) -> str:
    """The identity of an entry, for results: a hash over the registered hashes of its files."""
    return (known or registry()).entry(entry_id).sha256


def verify(entries: Iterable[Entry]) -> tuple[WeightsError, ...]:
    """Hash every file of `entries` anew and return one error per missing or corrupt file."""
    return tuple(error for entry in entries for error in _verify_entry(entry))


def state(entry: Entry) -> State:
    """Whether the files of `entry` are there with the right sizes; hashes are not read."""
    path = place(entry)
    there = [(path / file.name).is_file() and (path / file.name).stat().st_size == file.size for file in entry.files]
    if all(there):
        return "present"
    return "partial" if any(there) else "missing"


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def corruption(entry: Entry, path: Path, file: WeightFile) -> WeightsError | None:
    """Read the file in folder `path` and compare it with the registry; None when it is right."""
    target = path / file.name
    if not target.is_file():
        return WeightsError("weights_missing", file=str(target), entry=entry.id)
    actual = digest(target)
    if actual == file.sha256:
        return None
    return WeightsError("weights_corrupt", file=str(target), entry=entry.id, expected=file.sha256, actual=actual)


def _verify_entry(entry: Entry) -> list[WeightsError]:
    path = place(entry)
    faults = [fault for file in entry.files if (fault := corruption(entry, path, file))]
    if not faults and entry.package is None:
        _write_stamp(path, {file.name: _seal(path / file.name, file.sha256) for file in entry.files})
    return faults


def _checked(entry: Entry, path: Path, file: WeightFile, seal: Seal | None) -> Seal:
    target = path / file.name
    if not target.is_file():
        raise WeightsError("weights_missing", file=str(target), entry=entry.id)
    current = _seal(target, file.sha256)
    if current == seal:
        return seal
    fault = corruption(entry, path, file)
    if fault:
        raise fault
    return current


def _seal(path: Path, sha256: str) -> Seal:
    status = path.stat()
    return Seal(status.st_size, status.st_mtime_ns, sha256)


def _read_stamp(path: Path) -> dict[str, Seal]:
    try:
        content = json.loads((path / STAMP).read_text(encoding="utf-8"))
        return {name: Seal(**seal) for name, seal in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # no stamp, or not ours: every file is hashed


def _write_stamp(path: Path, seals: dict[str, Seal]) -> None:
    content = {name: {"size": s.size, "modified": s.modified, "sha256": s.sha256} for name, s in seals.items()}
    draft = path / f"{STAMP}.{os.getpid()}"
    try:
        draft.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
        draft.replace(path / STAMP)
    except OSError:
        draft.unlink(missing_ok=True)  # a read-only weights folder works, it is only hashed at every start


def _package_folder(source: PackageSource) -> Path:
    spec = find_spec(source.package)
    if spec is None or spec.origin is None:
        return Path(source.package) / source.folder
    return Path(spec.origin).parent / source.folder
