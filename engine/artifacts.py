"""What a stage found, kept under a fingerprint of everything it depended on.

A changed rule set then re-runs only the rules, and a crash half-way through a recording costs only the stage it hit.
Artifacts hold personal data (speech as text); they are kept only where a folder is set, and are readable by their
owner alone.
"""

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


def fingerprint(*parts: object) -> str:
    """SHA-256 (hex) over `parts`: strings, numbers, None, dataclasses and containers of these, by value."""
    canonical = json.dumps([_plain(part) for part in parts], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(part: object) -> Any:
    return asdict(part) if is_dataclass(part) and not isinstance(part, type) else part


@dataclass(frozen=True)
class Artifacts:
    """A folder of stage results; with `folder` None nothing is kept and every stage runs."""

    folder: Path | None = None

    def recall(self, kind: type[T], key: str, compute: Callable[[], T], keep: Callable[[T], bool]) -> T:
        """The result stored under `key`, else `compute()`, stored for next time when `keep` says so.

        A stored result that cannot be read (cut short, older schema) is computed again.
        """
        adapter = TypeAdapter(kind)
        path = self.folder / key[:2] / f"{key}.json.gz" if self.folder else None
        if path and path.is_file():
            try:
                return adapter.validate_json(gzip.decompress(path.read_bytes()))
            except (OSError, EOFError, ValidationError):
                path.unlink(missing_ok=True)
        result = compute()
        if path and keep(result):
            _write(path, gzip.compress(adapter.dump_json(result), mtime=0))
        return result


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # made readable by the owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
