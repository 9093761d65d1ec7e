"""A rule set as evaluation uses it: compiled, frozen, every clause resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import regex

from engine.inspection import Basis, Kind, Severity
from engine.language.answers import AnswerBook, AnswerResult
from engine.rules.check_schema import CheckExamplesPart, FindingVerdict, GuardsPart, MissingAnchor
from engine.rules.conditions import Condition
from engine.rules.doubt_schema import Doubts
from engine.rules.phrases import Phrase, Vocabulary
from engine.rules.schema import (
    LEAST_RECALL,
    Answering,
    ConfirmPart,
    Doubt,
    ExamplesPart,
    Polarity,
    Reaction,
    SettingsPart,
    Speaking,
    VisualPart,
)
from engine.rules.stated import Statement


class Question(Protocol):
    """What a check asks of a session: an operator or several joined (engine/rules/operators, which know cases; a case
    knows its rule set, so that this module cannot know them). `situation` is theirs, so is the outcome.
    """

    def look(self, situation: Any) -> Any: ...

    def leaves(self) -> Iterator[Any]: ...


@dataclass(frozen=True, slots=True)
class NumberWanted:
    """A spoken number with one of `units`, or from `bare_from` on without; within `near_chars` of a `near` phrase,
    if any. A number nearer to a `rivals` word than to a `near` (else a `topic`) word is another duty's.
    """

    units: tuple[str, ...]
    bare_from: int | None
    near: tuple[Phrase, ...]
    near_chars: int
    below: int | None
    topic: tuple[Phrase, ...] = ()
    rivals: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """One thing that has to be said (schema.ConceptPart, compiled). Equal only to itself, as what was found is kept by
    it.
    """

    name: str
    phrases: tuple[Phrase, ...]
    exceptions: tuple[Phrase, ...]
    patterns: tuple[regex.Pattern[str], ...]
    number: NumberWanted | None
    choices: tuple[tuple[str, tuple[Phrase, ...]], ...]
    similar: str | None
    equals: str | None
    applies_if: Condition | None
    if_said: bool = False
    may_be_negated: bool = False

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
class Stated:
    """A fact of the order at `path` that an answer may state where `asked` stands in the question."""

    path: str
    kind: Statement
    asked: tuple[Phrase, ...]


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
    may: tuple[Doubt, ...] = ()
    stated: tuple[Stated, ...] = ()


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
class Check:
    """A condition over the whole session (check_schema.CheckPart, compiled).

    `reports`: a hit of `condition` is a finding; otherwise a miss is one. A finding means `finding`.
    """

    head: Head
    requires: tuple[str, ...]
    condition: Question
    reports: bool
    finding: FindingVerdict
    missing_anchor: MissingAnchor
    guards: GuardsPart
    examples: CheckExamplesPart
    recall: float | None = None
    min_recall: float = LEAST_RECALL


@dataclass(frozen=True, slots=True)
class Answers:
    """How answers are taken and judged (configs/language/answers.yaml, compiled)."""

    book: AnswerBook
    max_wait_s: float
    overlap_s: float
    join_s: float
    comma_pause_s: float
    min_confidence: float
    edge_s: float
    negations: frozenset[str]
    confirm: ConfirmPart
    verdicts: dict[Polarity, dict[AnswerResult, Reaction]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A switch of the rule set (files.ParameterPart, compiled)."""

    name: str
    options: tuple[str, ...]
    default: str
    when: tuple[tuple[str, Condition], ...]


@dataclass(frozen=True, slots=True)
class Easing:
    """Rules that a customer with `need` is not held to: they never fail, a person looks instead."""

    need: str
    title: str
    items: frozenset[str]


@dataclass(frozen=True)
class RuleSet:
    """All rules of one kind of sale. `sha256` covers every file drawn on; `policy` names what turns items into a
    verdict.
    """

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
    policy: str = "default"
    parameters: tuple[Parameter, ...] = ()
    easings: tuple[Easing, ...] = ()
    checks: tuple[Check, ...] = ()
    doubts: Doubts = field(default_factory=Doubts)

    @cached_property
    def compared_figures(self) -> frozenset[str]:
        """Fields of the order that a spoken number is compared with."""
        concepts = (one for rule in self.disclosures for one in (*rule.must, *rule.facts))
        return frozenset(one.equals for one in concepts if one.equals and one.number)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What each rule is called, by its id."""
        return {rule.head.id: rule.head.title for rule in reversed(self.rules)}

    @cached_property
    def rules(self) -> tuple[Disclosure | Forbidden | Visual | Check, ...]:
        """Every rule in the order of the file."""
        return (*self.disclosures, *self.forbidden, *self.visual, *self.checks)
