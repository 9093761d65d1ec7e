"""What a person's decision on a session has to be like: complete, with reasons, and an outcome that fits.

Reasons, outcomes and terms are data (configs/reviews.yaml). Nothing here knows where decisions are kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from engine.duties.data import TicketKind
from engine.duties.days import civil_day, end_of
from engine.errors import MingjianError
from engine.inspection import Severity
from engine.rules.deadlines import TermPart, calendar
from engine.rules.loading import CONFIGS
from engine.rules.schema import Part
from engine.rules.source import faults_of, read

REVIEWS = CONFIGS / "reviews.yaml"
LONGEST_NOTE = 4000

Call = Literal["confirm", "overturn", "cannot_tell"]
Outcome = Literal["合格", "整改", "不合格", "补录"]
FindingKey = tuple[str, int | None]
"""An item's id and its product, as in an inspection."""


class ReasonPart(Part):
    """One reason a reviewer can choose. `note`: it needs words of one's own besides."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,48}$")]
    for_: Annotated[tuple[Call, ...], Field(alias="for", min_length=1)]
    zh: str
    en: str
    note: bool = False


class OutcomePart(Part):
    """One outcome of a session. `ticket`: the kind of ticket it opens."""

    id: Outcome
    zh: str
    en: str
    ticket: Literal["rectify"] | None = None
    not_with_confirmed: tuple[Severity, ...] = ()


class ConfirmedPart(Part):
    """A kind of ticket that is opened where one of these items stands confirmed."""

    kind: Literal["missell", "verify"]
    confirmed: Annotated[tuple[str, ...], Field(min_length=1)]


class AppealFilesPart(Part):
    """What a branch may hand in with an appeal: how many files, how large each, of which kinds."""

    most: Annotated[int, Field(ge=0, le=100)]
    largest_mb: Annotated[float, Field(gt=0, le=100)]
    types: Annotated[tuple[str, ...], Field(min_length=1)]


class ReviewsPart(Part):
    """configs/reviews.yaml"""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    lease_minutes: Annotated[float, Field(gt=0, le=24 * 60)]
    appeal: TermPart
    appeal_files: AppealFilesPart
    paraphrase: str | None = None
    needs_reason: tuple[Call, ...] = ()
    reasons: Annotated[tuple[ReasonPart, ...], Field(min_length=1)]
    outcomes: Annotated[tuple[OutcomePart, ...], Field(min_length=1)]
    tickets: tuple[ConfirmedPart, ...] = ()

    @model_validator(mode="after")
    def _are_unique(self) -> "ReviewsPart":
        for listed in (self.reasons, self.outcomes):
            ids = [one.id for one in listed]
            for one in ids:
                if ids.count(one) > 1:
                    raise ValueError(f"“{one}”写了两次 / {one!r} is given twice")
        return self

    def paraphrased(self, rulings: "Iterable[Ruling]") -> "tuple[Ruling, ...]":
        """The rulings that say: said in other words, with the same meaning."""
        return tuple(one for one in rulings if one.decision == "overturn" and one.reason == self.paraphrase)

    @property
    def lease_seconds(self) -> float:
        """How long a claim lasts without a sign of life."""
        return self.lease_minutes * 60

    def tickets_of(self, outcome: str, rulings: "Iterable[Ruling]") -> frozenset[TicketKind]:
        """The kinds of tickets that a decision opens."""
        confirmed = {one.item for one in rulings if one.decision == "confirm"}
        found: set[TicketKind] = {one.ticket for one in self.outcomes if one.id == outcome and one.ticket}
        return frozenset(found | {one.kind for one in self.tickets if confirmed & set(one.confirmed)})

    def appeal_until(self, decided_at: datetime) -> datetime:
        """The last moment a decision can be appealed against: the end of the last day of the term."""
        return end_of(calendar().due(civil_day(decided_at), self.appeal).day)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person says of one finding."""

    item: str
    product_index: int | None
    decision: Call
    reason: str | None = None
    note: str | None = None

    @property
    def key(self) -> FindingKey:
        return self.item, self.product_index


@dataclass(frozen=True, slots=True)
class Unseen:
    """A violation that the machine did not see: the item it falls under, and its span in seconds of the session."""

    item: str
    start: float
    end: float
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as it is known: what it came to, and how grave it is."""

    verdict: str
    severity: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to decide upon, and what of it has to be: in a review of a sample nothing, as it is done without
    knowing what the machine found. `duration`: seconds of the session.
    """

    items: Mapping[FindingKey, Known]
    required: frozenset[FindingKey]
    duration: float


@cache
def reviews_policy(path: Path = REVIEWS) -> ReviewsPart:
    """The file's content. Raises MingjianError `policy_faults` listing every fault of it."""
    source = read(path)
    try:
        part, faults = ReviewsPart.model_validate(source.data), list(source.faults)
    except ValidationError as error:
        part, faults = None, [*source.faults, *faults_of(source, (), error.errors())]
    if part is None or faults:
        raise MingjianError("policy_faults", path=path, detail="；".join(map(str, faults)))
    return part


def check(
    rulings: Sequence[Ruling], missed: Sequence[Unseen], outcome: str, findings: Findings, policy: ReviewsPart
) -> None:
    """Raises MingjianError `review_incomplete` naming everything that keeps a decision from being one."""
    faults = [*_faults_of_rulings(rulings, findings, policy), *_faults_of_missed(missed, findings)]
    faults += _faults_of_outcome(rulings, outcome, findings, policy)
    if faults:
        raise MingjianError("review_incomplete", detail="；".join(faults))


def _faults_of_rulings(rulings: Sequence[Ruling], findings: Findings, policy: ReviewsPart) -> Iterator[str]:
    keys = [one.key for one in rulings]
    for key in dict.fromkeys(keys):
        if key not in findings.items:
            yield f"没有 {_named(key)} 这一项 / no item {_named(key)}"
        elif keys.count(key) > 1:
            yield f"{_named(key)} 决定了两次 / {_named(key)} is decided twice"
    undecided = [_named(key) for key in sorted(findings.required - set(keys), key=str)]
    if undecided:
        yield f"还没有决定：{'、'.join(undecided)} / undecided: {', '.join(undecided)}"
    reasons = {one.id: one for one in policy.reasons}
    for ruling in rulings:
        yield from _faults_of_reason(ruling, reasons.get(ruling.reason or ""), policy)


def _faults_of_reason(ruling: Ruling, reason: ReasonPart | None, policy: ReviewsPart) -> Iterator[str]:
    name = _named(ruling.key)
    if ruling.reason is None:
        if ruling.decision in policy.needs_reason:
            yield f"{name} 请选择理由 / {name} needs a reason"
    elif reason is None or ruling.decision not in reason.for_:
        yield f"{name} 不能用理由“{ruling.reason}” / {name}: the reason {ruling.reason!r} does not fit"
    elif reason.note and not (ruling.note or "").strip():
        yield f"{name} 请写明说明 / {name} needs a note"


def _faults_of_missed(missed: Iterable[Unseen], findings: Findings) -> Iterator[str]:
    for one in missed:
        if not 0 <= one.start <= one.end <= findings.duration + 1.0:
            span = f"{one.start:g}–{one.end:g}"
            yield f"{one.item} 的时间段 {span} 不在录制时长内 / {one.item}: {span} s lies outside of the session"


def _faults_of_outcome(
    rulings: Iterable[Ruling], outcome: str, findings: Findings, policy: ReviewsPart
) -> Iterator[str]:
    chosen = next((one for one in policy.outcomes if one.id == outcome), None)
    if chosen is None:
        known = "、".join(one.id for one in policy.outcomes)
        yield f"没有“{outcome}”这个结论，可选：{known} / no outcome {outcome!r}, choose one of {known}"
        return
    standing = [
        _named(one.key)
        for one in rulings
        if one.decision == "confirm"
        and one.key in findings.items
        and findings.items[one.key].severity in chosen.not_with_confirmed
    ]
    if standing:
        names = "、".join(standing)
        yield f"{names} 已确认有问题，结论不能是“{outcome}” / {names} stand confirmed, which rules out {outcome!r}"


def _named(key: FindingKey) -> str:
    item, product = key
    return item if product is None else f"{item}[{product}]"
