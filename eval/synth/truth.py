"""What is known of a synthetic session because it was made: who says what when, who is seen, what should be found.

Times are seconds on the session's clock. `save` and `load` are exact inverses.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from engine.evidence import ActKind, PaperKind, Role
from engine.inspection import SessionVerdict, Verdict
from engine.interval import Interval
from eval.synth.effects import Kind, Severity

SHORT_ANSWER_S = 1.0


@dataclass(frozen=True, slots=True)
class TrueSpeaker:
    """One person. `channel` is the audio channel of a split layout, else None."""

    id: str
    role: Role
    voice: str
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class TrueTurn:
    """One line as spoken. `said` is `text` with its digits as words; `line` counts the script's lines from 0."""

    line: int
    speaker: str
    role: Role
    interval: Interval
    text: str
    said: str
    id: str | None = None

    @property
    def short(self) -> bool:
        """Less than a second long."""
        return self.interval.duration < SHORT_ANSWER_S


@dataclass(frozen=True, slots=True)
class TrueFace:
    """One face and when it is in the picture. `height_px` from forehead to chin; `x`, `y` its resting centre, 0..1."""

    picture: str
    speaker: str | None
    role: Role
    height_px: int
    x: float
    y: float
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class TrueAct:
    """Something written by hand on a sheet, in full view; `text` is what was written."""

    kind: ActKind
    interval: Interval
    document: str
    text: str


@dataclass(frozen=True, slots=True)
class TruePaper:
    """A sheet in the picture: what is printed at its head and below, its size there, and how badly it can be read."""

    title: str
    kind: PaperKind
    interval: Interval
    lines: tuple[str, ...]
    width_px: int
    angle: float = 0.0
    tilt: float = 0.0
    blur: float = 0.0


@dataclass(frozen=True, slots=True)
class TrueClock:
    """What the clock in the picture shows from `time` on, until the next such entry: it was set then."""

    time: float
    shows: str


@dataclass(frozen=True, slots=True)
class TrueFault:
    """A fault of picture or sound that the script planted, and where it lies: a moment for what was cut out, the whole
    session for what has no place. `lag`: by how much the sound comes too late, in seconds.
    """

    kind: Kind
    severity: Severity
    intervals: tuple[Interval, ...]
    lag: float = 0.0


@dataclass(frozen=True, slots=True)
class Truth:
    """One session. `items` are the verdicts a careful person would give; items not named are not claimed."""

    id: str
    media: str
    duration: float
    speakers: tuple[TrueSpeaker, ...]
    turns: tuple[TrueTurn, ...]
    faces: tuple[TrueFace, ...] = ()
    dark: tuple[Interval, ...] = ()
    noise: tuple[str, ...] = ()
    layout: str = "mono"
    telephone: bool = False
    items: dict[str, Verdict] | None = None
    verdict: SessionVerdict | None = None
    faults: tuple[str, ...] = ()
    papers: tuple[TruePaper, ...] = ()
    acts: tuple[TrueAct, ...] = ()
    clock: tuple[TrueClock, ...] = ()
    planted: tuple[TrueFault, ...] = ()

    @property
    def text(self) -> str:
        """All that was said, in the order it began."""
        return "".join(turn.said for turn in sorted(self.turns, key=lambda turn: turn.interval.start))

    def role_of(self, speaker: str) -> Role:
        """Role of a speaker of this session. Raises StopIteration for a stranger."""
        return next(one.role for one in self.speakers if one.id == speaker)


@cache
def _adapter() -> TypeAdapter[Truth]:
    return TypeAdapter(Truth)


def dump(truth: Truth) -> bytes:
    """The truth as UTF-8 JSON, the same bytes for the same session."""
    return _adapter().dump_json(truth, indent=1) + b"\n"


def load(path: Path) -> Truth:
    """Read what `dump` wrote. Raises pydantic.ValidationError for anything else, OSError for no file."""
    return _adapter().validate_json(path.read_bytes())
