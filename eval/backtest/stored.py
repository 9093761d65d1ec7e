"""Sessions inspected before, wherever they lie: an evaluation run, or any folder with results in it.

A run knows the labels of its recordings; a folder of `mingjian inspect` has none. Nothing of a session is read before
it is asked for, so that any number of them can be gone through.
"""

import gzip
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from engine.errors import MingjianError
from engine.evidence import Evidence
from engine.evidence.file import unpack
from engine.inspection import Inspection, Verdict, from_json
from engine.report.output import EVIDENCE_FILE, INSPECTION_FILE
from eval.corpus.manifest import Source, Split
from eval.runs.folder import SESSIONS, open_run
from eval.runs.meta import RUN_FILE
from eval.runs.results import INSPECTION, SessionLine


@dataclass(frozen=True, slots=True)
class Truth:
    """What is truly so, as far as it was labelled. `items` by key (eval/metrics/items.item_key)."""

    split: Split
    source: Source
    violating: bool | None = None
    items: Mapping[str, Verdict] = field(default_factory=dict)

    @classmethod
    def of(cls, line: SessionLine) -> "Truth":
        """The labels in a run's line."""
        items = {one.id: one.expected for one in line.items if one.expected is not None}
        return cls(line.split, line.source, line.violating, items)


@dataclass(frozen=True, slots=True)
class Stored:
    """A session on disk: what it is called, the folder with its results, and its labels where a run knows them.

    `failed`: why the run has no result for it.
    """

    name: str
    folder: Path
    truth: Truth | None = None
    failed: str | None = None

    def inspection_bytes(self) -> bytes:
        """The inspection as JSON. Raises OSError where there is none or it is damaged."""
        plain, packed = self.folder / INSPECTION_FILE, self.folder / INSPECTION
        if plain.is_file() or not packed.is_file():
            return plain.read_bytes()
        try:
            return gzip.decompress(packed.read_bytes())
        except (EOFError, zlib.error) as error:
            raise OSError(f"not a whole gzip file: {error}") from error

    def evidence_bytes(self) -> bytes:
        """The evidence as it was packed. Raises OSError where there is none."""
        return (self.folder / EVIDENCE_FILE).read_bytes()

    def inspection(self) -> Inspection:
        """What was found. Raises OSError or ValueError for what cannot be read."""
        return from_json(self.inspection_bytes())

    def evidence(self) -> Evidence:
        """What it was found in. Raises OSError or ValueError for what cannot be read."""
        return unpack(self.evidence_bytes())


def is_run(root: Path) -> bool:
    """Whether `root` is the folder of an evaluation run."""
    return (root / RUN_FILE).is_file() and (root / SESSIONS).is_dir()


def folders(root: Path) -> Iterator[Path]:
    """Every folder below `root` (itself included) that holds a result, in order of its path."""
    for folder, inside, files in os.walk(root):
        inside.sort()  # goes on into these, in this order
        if INSPECTION_FILE in files or INSPECTION in files:
            yield Path(folder)


def stored_sessions(root: Path) -> Iterator[Stored]:
    """Every session below `root`: those of a run in its order, others in order of their folder.

    Raises MingjianError `no_results` where there is none, `run_unreadable` for a broken run.
    """
    found = 0
    for one in _of_run(root) if is_run(root) else _of_folder(root):
        found += 1
        yield one
    if not found:
        raise MingjianError("no_results", path=root)


def _of_run(root: Path) -> Iterator[Stored]:
    for line in open_run(root).lines():
        failed = f"{line.error.code}: {line.error.text}" if line.error else None
        yield Stored(line.id, root / SESSIONS / line.id, Truth.of(line), failed)


def _of_folder(root: Path) -> Iterator[Stored]:
    for folder in folders(root):
        yield Stored(folder.relative_to(root).as_posix(), folder)


def fault_of(error: Exception) -> str:
    """What is wrong with a stored session, in one line and without quoting what it says."""
    if isinstance(error, MingjianError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return f"缺少 {Path(error.filename).name} / {Path(error.filename).name} is missing"
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'][:4]))}: {first['msg']}"
    return f"{type(error).__name__}: {error}".splitlines()[0]
