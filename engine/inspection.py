"""The result of inspecting one session: what every item came to, and on which evidence.

Field names are those of the JSON contract. Everything is frozen; `to_json` and `from_json` are exact inverses.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from engine.evidence import Bound, Lifelessness, Media, PaperKind, Role, StageReport

Verdict = Literal["pass", "fail", "review", "inconclusive", "not_applicable"]
SessionVerdict = Literal["clear", "flagged", "unusable"]
Severity = Literal["critical", "high", "medium", "low"]
Kind = Literal[
    "disclosure", "forbidden", "fact", "sequence", "conversation", "visual", "quality", "order", "consistency"
]
AnswerClass = Literal["affirm", "deny", "not_understood", "refusal", "weak", "asked_back", "unclear", "none"]
OutcomeClass = Literal["标准件", "次标准件", "问题件", "核实件", "中止"]
How = Literal["text", "pinyin", "acoustic", "ocr", "face", "signal", "human"]
PlaceInFrame = tuple[float, float, float, float]
"""Left, top, width and height, as shares of the picture."""

INSPECTION_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Note:
    """A remark: `code` is a key of engine/reasons, `text` its Chinese sentence with the details filled in."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The clause an item rests on."""

    key: str
    title: str
    article: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence. `matched` is the pattern or phrase that hit; `margin` the acoustic margin where one was
    asked for.

    `frame` and `clip` are paths below the result's folder, set once the files are written. `box` is where in the
    picture it was seen at the moment `at`; None for what was heard.
    """

    start: float
    end: float
    role: Role
    quote: str
    matched: str
    how: How
    score: float
    margin: float | None = None
    frame: str | None = None
    clip: str | None = None
    at: float | None = None
    box: PlaceInFrame | None = None


@dataclass(frozen=True, slots=True)
class Concept:
    """One part of what had to be said. `value` is a number or text compared with the order, where there is one."""

    name: str
    found: bool
    quote: str | None = None
    value: float | str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to an item. `latency` is seconds from the end of the question, negative where the answer
    began earlier."""

    classification: Annotated[AnswerClass, Field(alias="class")]
    start: float | None = None
    end: float | None = None
    quote: str | None = None
    role: Role | None = None
    face: str | None = None
    latency: float | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Where an item was looked for, and the share of it that could be judged."""

    start: float
    end: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Item:
    """One rule's outcome. `reason` is one Chinese sentence, `reason_code` a key of engine/reasons."""

    id: str
    title: str
    kind: Kind
    severity: Severity
    verdict: Verdict
    reason: str
    reason_code: str
    window: Window
    confidence: float = 1.0
    product_index: int | None = None
    notes: tuple[Note, ...] = ()
    basis: tuple[Basis, ...] = ()
    evidence: tuple[Finding, ...] = ()
    concepts: tuple[Concept, ...] = ()
    answer: Answer | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class SpeakerSummary:
    """One voice, for readers."""

    id: str
    role: Role
    confidence: float
    speech_seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class UtteranceSummary:
    """One utterance, for readers."""

    id: int
    start: float
    end: float
    speaker: str | None
    role: Role
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """One person seen, for readers. `confidence` and `why`: how surely, and how, the role was told. `lifeless`: where
    his picture stands still or his tile is black (start, end, which).
    """

    id: str
    role: Role
    seconds: float
    intervals: tuple[tuple[float, float], ...]
    confidence: float = 0.0
    why: str = ""
    lifeless: tuple[tuple[float, float, Lifelessness], ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakingSummary:
    """Whose mouth was seen to speak, for readers: `face` is a person's id where `bound` to one."""

    start: float
    end: float
    speaker: str | None
    bound: Bound
    face: str | None
    score: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PaperSummary:
    """One paper seen, for readers; personal data on cards is hidden. `legibility` 0..1, and where it was (`box`) when
    it was read (`seen`): None where not measured. `crop` is the path of its picture below the result's folder.
    """

    start: float
    end: float
    title: str
    text: str
    kind: PaperKind = "paper"
    legibility: float | None = None
    seen: float | None = None
    box: PlaceInFrame | None = None
    crop: str | None = None


@dataclass(frozen=True, slots=True)
class SceneSummary:
    """Who was in frame, for readers. `same_frame_share` is None without a judged picture, `speaking` where no mouths
    were watched.
    """

    people: tuple[PersonSummary, ...] = ()
    same_frame_share: float | None = None
    papers: tuple[PaperSummary, ...] = ()
    speaking: tuple[SpeakingSummary, ...] | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of the speech with text, and of the session in which faces could be judged; None without such a stream."""

    speech: float | None
    picture: float | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A rule set or policy by content."""

    id: str
    sha256: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A network that was used."""

    task: str
    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EngineReference:
    """What made this inspection. `parameters` are the settings in force."""

    version: str
    models: tuple[ModelReference, ...]
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Class of the session as call-back centres name it. `due` is an ISO 8601 date."""

    classification: Annotated[OutcomeClass, Field(alias="class")]
    kind: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Wall seconds of the whole inspection, and their share of the session's duration."""

    total: float
    realtime_factor: float


@dataclass(frozen=True, slots=True)
class Inspection:
    """One session, inspected. `order` is the application data as given, unknown fields included."""

    id: str
    created_at: str
    recording: Media
    order: dict[str, Any]
    ruleset: Reference
    policy: Reference
    engine: EngineReference
    verdict: SessionVerdict
    refused: bool
    score: float
    outcome: Outcome
    notes: tuple[Note, ...]
    coverage: Coverage
    stages: tuple[StageReport, ...]
    speakers: tuple[SpeakerSummary, ...]
    utterances: tuple[UtteranceSummary, ...]
    items: tuple[Item, ...]
    scene: SceneSummary | None
    quality: dict[str, Any]
    timings: Timings
    reasons: tuple[Note, ...] = field(default=())
    schema: int = INSPECTION_SCHEMA


@cache
def _adapter() -> TypeAdapter[Inspection]:
    return TypeAdapter(Inspection)


def to_json(inspection: Inspection, indent: int | None = 2) -> bytes:
    """The inspection as UTF-8 JSON with the contract's field names."""
    return _adapter().dump_json(inspection, by_alias=True, indent=indent)


def from_json(data: bytes | str) -> Inspection:
    """Read back what `to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _adapter().validate_json(data)
