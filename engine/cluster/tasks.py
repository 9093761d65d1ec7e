"""What dispatcher and workers tell each other: ids, names and small facts, never sound or pictures."""

from dataclasses import dataclass, field
from typing import Any

from engine.rules import Context


@dataclass(frozen=True, slots=True)
class File:
    """A part of a session: its content (a blob) and its name."""

    blob: str
    name: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What is inspected. `order` is the application data as JSON values."""

    files: tuple[File, ...]
    order: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """By what it is judged: names, and the texts of rule sets that people published, by name."""

    ruleset: str | None = None
    policy: str | None = None
    published: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Inspect:
    """Inspect a recording; stages that others did before are found done. `context` is what is known beside it."""

    recording: Recording
    rules: Rules
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Say into which pieces the work on a recording falls."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class Listen:
    """Recognise the speech of these groups of windows."""

    recording: Recording
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TellApart:
    """Find the voices of a recording."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class Look:
    """Look at these views."""

    recording: Recording
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rejudge:
    """Judge stored evidence again. `result` and `evidence` are blobs, `corrections` JSON values, `now` an ISO time."""

    result: str
    evidence: str
    rules: Rules
    corrections: tuple[dict[str, Any], ...]
    now: str
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class Render:
    """Make what browsers can play of these parts (index and file)."""

    parts: tuple[tuple[int, File], ...]


Task = Inspect | Plan | Listen | TellApart | Look | Rejudge | Render


@dataclass(frozen=True, slots=True)
class Product:
    """A file that a task made, by its path below the task's folder; it waits with the worker to be stored."""

    path: str
    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a task made. `unplayable` are the parts of a recording that browsers cannot play."""

    products: tuple[Product, ...] = ()
    seconds: float = 0.0
    unplayable: tuple[int, ...] = ()

    def named(self, path: str) -> Product:
        """The product of that path."""
        return next(one for one in self.products if one.path == path)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The answer to Plan (engine.ahead.Outline): no pieces at all for what is done as a whole."""

    seconds: float
    groups: int
    voices: bool
    views: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a task could not be done: a code of the error catalogue and its line. `passing`: it may work another time."""

    code: str
    text: str
    passing: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The task was told to stop, and did."""


Answer = Made | Pieces | Fault | Stopped


@dataclass(frozen=True, slots=True)
class State:
    """How a worker is. `share` of each stage under way, 0..1; `ticks` grows with every sign of progress."""

    node: str
    pid: int
    memory: int
    done: int
    stages: tuple[tuple[str, float], ...] = ()
    ticks: int = 0
