"""What evaluation returns, and the small parts all judges use to say it."""

import json
from dataclasses import dataclass, field
from hashlib import sha256

from engine import reasons
from engine.inspection import Answer, Concept, Finding, Item, Note, Verdict, Window
from engine.interval import Interval
from engine.rules.ruleset import Head

WORST_FIRST: tuple[Verdict, ...] = ("fail", "inconclusive", "review", "pass", "not_applicable")
TO_MEND: tuple[Verdict, ...] = ("fail", "inconclusive", "review")


@dataclass(frozen=True, slots=True, order=True)
class Request:
    """A question to the sound: was `wanted` said over `span`, where `heard` was recognised?

    Answered by a `Confirmation` with the same span and texts; then evaluate again.
    """

    span: Interval
    heard: str
    wanted: str


@dataclass(frozen=True, slots=True, order=True)
class LanguageRequest:
    """A question to a language model about `text`: which of `choices` holds?

    Answered by a `LanguageAnswer` with this request's digest; then evaluate again.
    """

    question: str
    choices: tuple[str, ...]
    text: str

    @property
    def digest(self) -> str:
        """Hash of all that was asked."""
        whole = json.dumps([self.question, self.choices, self.text], ensure_ascii=False)
        return sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Judgement:
    """All items in the order of the rule set, whether the customer refused, and what is still to be asked: of the sound
    (`requests`), of a language model (`inquiries`).
    """

    items: tuple[Item, ...]
    requests: tuple[Request, ...] = ()
    refused: bool = False
    notes: tuple[Note, ...] = ()
    inquiries: tuple[LanguageRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict with its reason; `details` fill the reason's sentence."""

    verdict: Verdict
    code: str
    details: dict[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return reasons.text(self.code, "zh", **self.details)


def note(code: str, **details: object) -> Note:
    """A note with its Chinese sentence."""
    return Note(code, reasons.text(code, "zh", **details))


def worst(rulings: list[Ruling]) -> Ruling:
    """The ruling that decides: the worst verdict, the first of equals. Raises ValueError for none."""
    return min(rulings, key=lambda ruling: WORST_FIRST.index(ruling.verdict))


def outcome(
    head: Head,
    ruling: Ruling,
    window: Window,
    *,
    product_index: int | None = None,
    confidence: float = 1.0,
    notes: tuple[Note, ...] = (),
    evidence: tuple[Finding, ...] = (),
    concepts: tuple[Concept, ...] = (),
    answer: Answer | None = None,
) -> Item:
    """The outcome of a rule as an item of the inspection; with the hint how to mend it where there is need."""
    return Item(
        id=head.id,
        title=head.title,
        kind=head.kind,
        severity=head.severity,
        verdict=ruling.verdict,
        reason=ruling.sentence,
        reason_code=ruling.code,
        window=window,
        confidence=confidence,
        product_index=product_index,
        notes=notes,
        basis=head.basis,
        evidence=evidence,
        concepts=concepts,
        answer=answer,
        fix=head.fix if ruling.verdict in TO_MEND else None,
    )
