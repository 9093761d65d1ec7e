"""A rule set as evaluation uses it: compiled, frozen, every clause resolved."""

from dataclasses import dataclass
from datetime import date

import regex

from engine.inspection import Basis, Kind, Severity
from engine.language.answers import AnswerBook, AnswerResult
from engine.rules.conditions import Condition
from engine.rules.phrases import Phrase, Vocabulary
from engine.rules.schema import (
    Answering,
    ConfirmPart,
    ExamplesPart,
    Polarity,
    Reaction,
    SettingsPart,
    Speaking,
    VisualPart,
)


@dataclass(frozen=True, slots=True)
class NumberWanted:
    """A spoken number with one of `units`, or from `bare_from` on without; within `near_chars` of a `near` phrase,
    if any.
    """

    units: tuple[str, ...]
    bare_from: int | None
    near: tuple[Phrase, ...]
    near_chars: int
    below: int | None


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that has to be said (schema.ConceptPart, compiled)."""

    name: str
    phrases: tuple[Phrase, ...]
    exceptions: tuple[Phrase, ...]
    patterns: tuple[regex.Pattern[str], ...]
    number: NumberWanted | None
    choices: tuple[tuple[str, tuple[Phrase, ...]], ...]
    similar: str | None
    equals: str | None
    applies_if: Condition | None

    @property
    def paths(self) -> tuple[str, ...]:
        """Order fields the concept is compared with."""
        return tuple(path for path in (self.similar, self.equals) if path)


@dataclass(frozen=True, slots=True)
class Head:
    """What every rule states about itself."""

    id: str
    title: str
    kind: Kind
    severity: Severity
    basis: tuple[Basis, ...]
    scenarios: tuple[str, ...]
    channels: tuple[str, ...]
    regions: tuple[str, ...]
    applies_if: Condition | None
    per_product: bool
    valid_from: date | None
    valid_to: date | None
    fix: str | None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Something that must be said (schema.DisclosurePart, compiled)."""

    head: Head
    says: tuple[Speaking, ...]
    answered_by: Answering
    window_s: float
    must: tuple[Concept, ...]
    should: tuple[Concept, ...]
    facts: tuple[Concept, ...]
    unless: tuple[Phrase, ...]
    asks: bool
    expect: Polarity
    expect_when: tuple[tuple[tuple[Phrase, ...], Polarity], ...]
    summary: bool
    optional: bool
    examples: ExamplesPart


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Something that must not be said (schema.ForbiddenPart, compiled)."""

    head: Head
    says: tuple[Speaking, ...]
    phrases: tuple[Phrase, ...]
    patterns: tuple[regex.Pattern[str], ...]
    exceptions: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    guard_scope: str
    examples: ExamplesPart


@dataclass(frozen=True, slots=True)
class Visual:
    """Something that must be seen."""

    head: Head
    part: VisualPart


@dataclass(frozen=True, slots=True)
class Answers:
    """How answers are taken and judged (configs/language/answers.yaml, compiled)."""

    book: AnswerBook
    max_wait_s: float
    overlap_s: float
    join_s: float
    comma_pause_s: float
    min_confidence: float
    confirm: ConfirmPart
    verdicts: dict[Polarity, dict[AnswerResult, Reaction]]


@dataclass(frozen=True)
class RuleSet:
    """All rules of one kind of sale. `sha256` covers the file and all data it draws on."""

    id: str
    version: str
    title: str
    sha256: str
    scenarios: tuple[str, ...]
    settings: SettingsPart
    answers: Answers
    disclosures: tuple[Disclosure, ...]
    forbidden: tuple[Forbidden, ...]
    visual: tuple[Visual, ...]
    vocabulary: Vocabulary

    @property
    def rules(self) -> tuple[Disclosure | Forbidden | Visual, ...]:
        """Every rule in the order of the file."""
        return (*self.disclosures, *self.forbidden, *self.visual)
