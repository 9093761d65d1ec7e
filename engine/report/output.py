"""Result folders that are whole or not there.

A result is built in a private temporary folder beside its place and renamed when complete, so that neither a full disk
nor a kill leaves something that looks finished. Results hold personal data: folders are 0700 and files 0600.
"""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import MingjianError

INSPECTION_FILE = "inspection.json"
EVIDENCE_FILE = "evidence.json.gz"
REPORT_FILE = "report.html"
LONGEST_NAME_BYTES = 180  # file systems take 255; temporary and superseded folders add to it
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

PLACE_ERRORS = frozenset({"output_full", "output_denied"})

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def output_error(error: OSError, path: Path) -> MingjianError:
    """What a failed write to `path` means to a person: `output_full`, `output_denied` or `output_failed`."""
    if error.errno in _FULL:
        return MingjianError("output_full", path=path)
    if error.errno in _DENIED:
        return MingjianError("output_denied", path=path)
    return MingjianError("output_failed", path=path, detail=error.strerror or error)


def is_output_error(error: OSError) -> bool:
    """Whether `error` tells of a place that cannot be written to, rather than of a source that cannot be read."""
    return error.errno in _FULL | _DENIED


def check_place(out: Path) -> None:
    """Make `out` and see that it can be written to, before anybody waits for a result.

    Raises MingjianError `output_*`.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=".mingjian-", dir=out)).rmdir()
    except OSError as error:
        raise output_error(error, out) from error


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary folder that becomes `target` when the block ends well, and is removed when it does not.

    An older result at `target` stays untouched until then. Raises MingjianError `output_*` for what the file system
    refuses.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
    except OSError as error:
        raise output_error(error, target) from error
    try:
        yield draft
        _swap(draft, target)
    except OSError as error:
        raise output_error(error, target) from error
    except MingjianError as error:
        if error.code in PLACE_ERRORS:  # names a file of the draft, which nobody will find
            raise MingjianError(error.code, path=target) from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _swap(draft: Path, target: Path) -> None:
    """Rename `draft` to `target`; what was there before is put back when that fails."""
    if not target.exists():
        draft.rename(target)
        return
    superseded = draft.with_suffix(".superseded")
    target.rename(superseded)
    try:
        draft.rename(target)
    except OSError:
        superseded.rename(target)
        raise
    shutil.rmtree(superseded, ignore_errors=True)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, through to the disk: a full one shows here, not later."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner enters."""
    path.mkdir(mode=PRIVATE_FOLDER)
    return path


def place(out: Path, stem: str, recordings: Sequence[str], order: dict[str, object], apart: bool) -> Path:
    """Where a result of the recording with part hashes `recordings` belongs: `out/stem`, or with a hash suffix on a
    clash.

    It clashes when `apart` says that another session of the same run has this stem, or when the folder holds another
    recording's result or anything else that is no result. The suffix depends on recording and order alone.
    Raises MingjianError `output_failed` when the suffixed place holds something else too.
    """
    plain = out / folder_name(stem)
    if not apart and _free_for(plain, recordings):
        return plain
    content = json.dumps([list(recordings), order], sort_keys=True, ensure_ascii=False)
    suffixed = plain.with_name(f"{plain.name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}")
    if not _free_for(suffixed, recordings):
        raise MingjianError("output_failed", path=suffixed, detail="the folder exists and holds no result")
    return suffixed


def folder_name(stem: str) -> str:
    """`stem` as the name of a visible folder: never hidden, empty or a step upwards, and short enough."""
    name = stem.lstrip(".").strip() or "recording"
    if len(name.encode()) > LONGEST_NAME_BYTES:
        name = name.encode()[:LONGEST_NAME_BYTES].decode(errors="ignore")
    return name


def _free_for(folder: Path, recordings: Sequence[str]) -> bool:
    if not folder.exists():
        return True
    with suppress(OSError, ValueError, LookupError, TypeError):
        stored = json.loads((folder / INSPECTION_FILE).read_bytes())
        return [part["sha256"] for part in stored["recording"]["parts"]] == list(recordings)
    return False
