"""What was measured, as it was measured: every run of every contender, and what could not be run.

This is the JSON that `--out` writes; tables and documents are made from it alone (summary.py, documents.py), so that
they can be made again without measuring.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

Kind = Literal["audio", "720p", "1080p"]
KINDS: tuple[Kind, ...] = ("audio", "720p", "1080p")
Reason = Literal["not_installed", "no_weights", "failed", "too_long"]
SCHEMA = 1


@dataclass(frozen=True, slots=True, order=True)
class Recording:
    """What is inspected: `files` recordings of `minutes` each."""

    kind: Kind
    minutes: float
    files: int = 1

    @property
    def seconds(self) -> float:
        """Length of all files together."""
        return self.minutes * 60 * self.files

    @property
    def name(self) -> str:
        """Short, for people and for folders.

        >>> Recording("audio", 1.0, 20).name
        'audio-1m-x20'
        """
        return f"{self.kind}-{self.minutes:g}m" + (f"-x{self.files}" if self.files > 1 else "")

    @property
    def sound(self) -> "Recording":
        """The same length as sound alone: what peers get, which look at no picture."""
        return Recording("audio", self.minutes, self.files)


@dataclass(frozen=True, slots=True)
class Pass:
    """One file of a run. Seconds since the file before it was done; of the first file, since the process was started.

    `stages`: seconds by stage as the contender tells them; stages side by side add up to more than `wall`.
    """

    wall: float
    cpu: float
    stages: Mapping[str, float] = field(default_factory=dict)
    characters: int | None = None
    speakers: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One process of a contender. `peak` is in bytes, over all its passes and helpers; `others` is how many cores
    anything else used meanwhile, on average."""

    recording: Recording
    contender: str
    round: int
    passes: tuple[Pass, ...]
    peak: int
    others: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def cold(self) -> Pass:
        """From the start of the process: one file, or all of them where there are many."""
        if self.recording.files == 1:
            return self.passes[0]
        return Pass(sum(one.wall for one in self.passes), sum(one.cpu for one in self.passes), _added(self.passes))

    @property
    def warm(self) -> Pass | None:
        """A second recording of the same length in the same process."""
        return self.passes[1] if self.recording.files == 1 and len(self.passes) > 1 else None


def _added(passes: tuple[Pass, ...]) -> Mapping[str, float]:
    names = list(dict.fromkeys(name for one in passes for name in one.stages))
    return {name: sum(one.stages.get(name, 0.0) for one in passes) for name in names}


@dataclass(frozen=True, slots=True)
class NotRun:
    """A contender without a figure. `detail` is for who repeats the measurement and stays out of documents."""

    contender: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured. `cores` are those the contenders could use; `memory` in bytes."""

    processor: str
    cores: int
    memory: int
    system: str
    python: str


@dataclass(frozen=True, slots=True)
class Results:
    """All of a measurement. `versions`: of the engine and what it rests on."""

    measured_on: str
    machine: Machine
    versions: Mapping[str, str]
    threads: int
    runs: tuple[Run, ...]
    not_run: tuple[NotRun, ...] = ()
    schema: int = SCHEMA

    @property
    def others(self) -> float:
        """Cores that other programs used while it was measured, on average: they make figures too high."""
        seconds = [sum(one.wall for one in run.passes) for run in self.runs]
        weighted = sum(run.others * took for run, took in zip(self.runs, seconds, strict=True))
        return weighted / sum(seconds) if seconds else 0.0


@cache
def _adapter() -> TypeAdapter[Results]:
    return TypeAdapter(Results)


def write(results: Results, path: Path) -> None:
    """Write `results` as JSON."""
    path.write_bytes(_adapter().dump_json(results, indent=1) + b"\n")


def read(path: Path) -> Results:
    """What `write` wrote. Raises ValueError (pydantic's) for anything else."""
    return _adapter().validate_json(path.read_bytes())


def joined(each: Sequence[Results]) -> Results:
    """Measurements of one machine as one, each with rounds of its own. Raises ValueError for another machine, other
    versions or another number of threads: such figures do not belong in one table.
    """
    first = each[0]
    runs: list[Run] = []
    missing: dict[str, NotRun] = {}
    for one in each:
        if (one.machine.processor, one.machine.cores, one.threads) != (
            first.machine.processor,
            first.machine.cores,
            first.threads,
        ):
            raise ValueError("measured on different machines")
        if one.versions != first.versions:
            raise ValueError("measured with different versions")
        after = max((run.round for run in runs), default=-1) + 1
        runs += [replace(run, round=run.round + after) for run in one.runs]
        missing |= {absent.contender: absent for absent in one.not_run}
    return replace(
        first,
        measured_on=max(one.measured_on for one in each),
        runs=tuple(runs),
        not_run=tuple(missing.values()),
    )
