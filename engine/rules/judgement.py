"""What evaluation returns, and the small parts all judges use to say it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from engine import reasons
from engine.evidence import Role
from engine.inspection import Answer, Concept, Finding, Item, Note, Verdict, Window
from engine.interval import Interval
from engine.reasons import Words
from engine.rules.ruleset import Head
from engine.rules.schema import Detector

WORST_FIRST: tuple[Verdict, ...] = ("fail", "inconclusive", "review", "pass", "not_applicable")
TO_MEND: tuple[Verdict, ...] = ("fail", "inconclusive", "review")


ROLE_NAMES: dict[Role, Words] = {
    "agent": Words("销售人员", "salesperson"),
    "customer": Words("客户", "customer"),
    "insured": Words("被保险人", "insured"),
    "system": Words("播报语音", "announcement"),
    "other": Words("其他人", "someone else"),
    "unknown": Words("不明身份的人", "unknown voice"),
}


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

    @property
    def in_english(self) -> str:
        return reasons.text(self.code, "en", **self.details)


def note(code: str, **details: object) -> Note:
    """A note with its Chinese sentence."""
    return Note(code, reasons.text(code, "zh", **details))


def unproven(
    detectors: Iterable[Detector], stated: float | None, measured: Mapping[Detector, float], least: float
) -> Note | None:
    """Why what `detectors` did not find cannot fail a rule; None where they find enough.

    `stated`: what the rule states for its own conditions, which goes before what was `measured` in general. A detector
    that nobody measured finds nothing for sure.
    """
    for one in sorted(set(detectors)):
        recall = measured.get(one, 0.0) if stated is None else stated
        if recall < least:
            shares = {"recall": f"{recall:.0%}", "least": f"{least:.0%}"}
            return note("detector_unproven", detector=DETECTOR_NAMES[one], **shares)
    return None


DETECTOR_NAMES: dict[Detector, Words] = {
    "face": Words("人脸检测", "face detection"),
    "mouth": Words("口型检测", "mouth detection"),
    "paper": Words("证件和文件识别", "reading of cards and papers"),
    "writing": Words("书写动作检测", "detection of writing"),
    "voice": Words("说话人区分", "telling voices apart"),
}


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
