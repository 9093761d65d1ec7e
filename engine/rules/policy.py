"""From items to the verdict on a session. Which severities and verdicts flag it, and the points, are data."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from engine.errors import MingjianError
from engine.evidence import Evidence
from engine.inspection import Item, Note, Outcome, OutcomeClass, SessionVerdict, Severity, Verdict
from engine.interval import total
from engine.order import Order
from engine.reasons import REASONS
from engine.rules.case import sale_date
from engine.rules.deadlines import TermPart, calendar
from engine.rules.judgement import Judgement, note
from engine.rules.loading import CONFIGS
from engine.rules.schema import Part, Share
from engine.rules.source import faults_of, read

POLICIES = CONFIGS / "policies"
FULL_SCORE = 100.0


def _known_reason(code: str) -> str:
    if code not in REASONS:
        raise ValueError(f"没有这个理由代码“{code}” / no reason code {code!r}")
    return code


ReasonCode = Annotated[str, AfterValidator(_known_reason)]


class WhichPart(Part):
    """Items of these severities with these verdicts."""

    severity: tuple[Severity, ...]
    verdict: tuple[Verdict, ...]

    def has(self, item: Item) -> bool:
        return item.severity in self.severity and item.verdict in self.verdict


class UnusablePart(Part):
    """Below either figure a session cannot be judged at all."""

    speech_seconds_below: Annotated[float, Field(ge=0)]
    speech_coverage_below: Share


class ClassPart(Part):
    """Class and kind of a session. `due`: how long the next step may take, from the day of the recording."""

    class_: Annotated[OutcomeClass, Field(alias="class")]
    kind: str | None = None
    due: TermPart | None = None


class KindPart(ClassPart):
    """The class of a session in which one of `items` (none: any item) has one of these verdicts, for one of these
    reasons (none: any reason)."""

    items: tuple[str, ...] = ()
    verdict: tuple[Verdict, ...]
    reason: tuple[ReasonCode, ...] = ()

    def has(self, item: Item) -> bool:
        return (
            (not self.items or item.id in self.items)
            and item.verdict in self.verdict
            and (not self.reason or item.reason_code in self.reason)
        )


class OutcomePart(Part):
    """How sessions are classed. Where nothing is open but doubts that ended for one of the reasons `cleared_up`, the
    class is `clear_with_notes`.
    """

    clear: OutcomeClass
    clear_with_notes: OutcomeClass
    cleared_up: tuple[ReasonCode, ...] = ()
    refused: ClassPart
    unusable: ClassPart
    failed: ClassPart
    doubtful: ClassPart
    kinds: tuple[KindPart, ...] = ()


class PolicyPart(Part):
    """A policy file."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    flag: WhichPart
    note: WhichPart
    points: dict[Severity, Annotated[float, Field(ge=0)]]
    unusable: UnusablePart
    outcome: OutcomePart


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy and the hash of its file."""

    id: str
    sha256: str
    part: PolicyPart


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on a session. `reasons` say what flagged it, or why it cannot be used; `notes` what was assumed."""

    verdict: SessionVerdict
    score: float
    outcome: Outcome
    reasons: tuple[Note, ...]
    notes: tuple[Note, ...] = ()


def policy_names() -> tuple[str, ...]:
    """Names of the policies that come with the engine."""
    return tuple(sorted(path.stem for path in POLICIES.glob("*.yaml")))


def load_policy(name_or_path: str | Path = "default") -> Policy:
    """The policy called `name_or_path`, or in the file of that path.

    Raises MingjianError `policy_unknown`, or `policy_faults` listing every fault of the file.
    """
    path = Path(name_or_path)
    if not (path.suffix in (".yaml", ".yml") and path.is_file()):
        if str(name_or_path) not in policy_names():
            raise MingjianError("policy_unknown", name=name_or_path, known="、".join(policy_names()))
        path = POLICIES / f"{name_or_path}.yaml"
    source = read(path)
    try:
        part = PolicyPart.model_validate(source.data)
        faults = list(source.faults)
    except ValidationError as error:
        part, faults = None, [*source.faults, *faults_of(source, (), error.errors())]
    if part is None or faults:
        raise MingjianError("policy_faults", path=path, detail="；".join(map(str, faults)))
    return Policy(part.id, sha256(source.content).hexdigest(), part)


def decide(judgement: Judgement, policy: Policy, evidence: Evidence, order: Order | None = None) -> Decision:
    """Verdict, score, class and reasons of a session. The day of the recording, from which deadlines count, is the
    order's, else the container's; without either there is no deadline.
    """
    recorded = order.recorded_at.date() if order and order.recorded_at else None
    day = sale_date(recorded, evidence.media.recorded_at)
    unusable = _unusable(policy.part.unusable, evidence)
    flagging = [item for item in judgement.items if policy.part.flag.has(item)]
    score = _score(judgement, policy)
    if unusable is not None:
        outcome, notes = _outcome(policy.part.outcome.unusable, day)
        return Decision("unusable", score, outcome, (unusable,), notes)
    chosen, because = _classed(judgement, policy, flagging)
    flagging += [item for item in because if item not in flagging]
    reasons = [note("session_refused")] if judgement.refused else []
    reasons += [note("item_flagged", title=item.title, reason=item.reason) for item in flagging]
    verdict: SessionVerdict = "flagged" if reasons else "clear"
    outcome, notes = _outcome(chosen, day)
    return Decision(verdict, score, outcome, tuple(reasons), notes)


def _unusable(limits: UnusablePart, evidence: Evidence) -> Note | None:
    transcript, opening = evidence.transcript, evidence.stage("open")
    if opening is not None and opening.status == "failed" and opening.reason is not None:
        return note(opening.reason)
    if transcript is None:
        return note("unusable_no_sound")
    if total(transcript.speech) < limits.speech_seconds_below:
        return note("unusable_no_speech")
    covered = transcript.text_coverage()
    return note("unusable_coverage", share=f"{covered:.0%}") if covered < limits.speech_coverage_below else None


def _score(judgement: Judgement, policy: Policy) -> float:
    lost = sum(policy.part.points.get(item.severity, 0.0) for item in judgement.items if item.verdict == "fail")
    return round(max(0.0, FULL_SCORE - lost), 2)


def _classed(judgement: Judgement, policy: Policy, flagging: list[Item]) -> tuple[ClassPart, list[Item]]:
    """The class of the session, and the items that gave it a kind of its own: a person has to see those."""
    outcome = policy.part.outcome
    if judgement.refused:
        return outcome.refused, []
    for kind in outcome.kinds:
        because = [item for item in judgement.items if kind.has(item)]
        if because:
            return kind, because
    still_open = [item for item in flagging if item.reason_code not in outcome.cleared_up]
    if still_open:
        return outcome.failed if any(item.verdict == "fail" for item in still_open) else outcome.doubtful, []
    noted = any(policy.part.note.has(item) or item.reason_code in outcome.cleared_up for item in judgement.items)
    return ClassPart.model_validate({"class": outcome.clear_with_notes if noted else outcome.clear}), []


def _outcome(part: ClassPart, day: date | None) -> tuple[Outcome, tuple[Note, ...]]:
    if part.due is None or day is None:
        return Outcome(classification=part.class_, kind=part.kind), ()
    due = calendar().due(day, part.due)
    years = "、".join(map(str, due.assumed))
    notes = (note("calendar_assumed", years=years),) if due.assumed else ()
    return Outcome(classification=part.class_, kind=part.kind, due=due.day.isoformat()), notes
