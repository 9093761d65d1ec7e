"""The words of `checks:` in a rule set file. Conditions stay plain data here: operators/trees.py reads them.

A check looks at a condition. `report`: a hit is a finding. `require`: a hit is a pass, a miss is a finding. `verdict`
says what a finding means, in the words of `visual:` (warn, review, fail).
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from engine.evidence import Role
from engine.inspection import Kind, Verdict
from engine.order import RelatedSession
from engine.rules.schema import LEAST_RECALL, Part, Recall, RulePart, Share

MissingAnchor = Literal["inconclusive", "not_applicable", "fail"]
FindingVerdict = Literal["fail", "review", "warn"]
ROLES: tuple[Role, ...] = get_args(Role)


class GuardsPart(Part):
    """What makes the check inconclusive whatever was found, measured where the condition looked.

    `min_asr_conf`: mean probability of the recognised characters. `min_role_conf`: mean certainty of their voices'
    roles. `min_snr`: speech above noise in dB, the worst of the spans. `max_overlap`: share of the speech in which
    several people speak at once.
    """

    min_asr_conf: Share | None = None
    min_role_conf: Share | None = None
    min_snr: float | None = None
    max_overlap: Share | None = None


class LinePart(Part):
    """One line of an example: who says what. `pause`: seconds of silence before it. `cps`: characters a second."""

    agent: str | None = None
    customer: str | None = None
    insured: str | None = None
    system: str | None = None
    other: str | None = None
    unknown: str | None = None
    pause: Annotated[float, Field(ge=0)] | None = None
    cps: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one_voice(self) -> "LinePart":
        if len(self._said()) != 1:
            raise ValueError(f"一行只写一个说话人（{'、'.join(ROLES)}）/ exactly one voice a line ({', '.join(ROLES)})")
        return self

    def _said(self) -> list[Role]:
        return [role for role in ROLES if getattr(self, role)]

    @property
    def role(self) -> Role:
        return self._said()[0]

    @property
    def text(self) -> str:
        return str(getattr(self, self.role))


def _lines(said: object) -> object:
    return [{"agent": said}] if isinstance(said, str) else said


Said = Annotated[tuple[LinePart, ...], BeforeValidator(_lines, json_schema_input_type=str | tuple[LinePart, ...])]
"""What is said in an example, line by line; a sentence alone is the agent's."""


class ContextPart(Part):
    """What is known beside the recording (operators/base.py: Context)."""

    customers_by_phone: dict[str, int] | None = None
    do_not_call: dict[str, str] | None = None
    sha256_at_upload: dict[str, str] | None = None
    related: tuple[RelatedSession, ...] | None = None


class CheckExamplePart(Part):
    """A conversation with the verdict of the check. `answer`: the customer's reply after a `say` of one sentence.

    `order`: application data. `context`: lists known beside it.
    """

    say: Said = ()
    answer: str | None = None
    order: dict[str, Any] = Field(default={})
    context: ContextPart = ContextPart()
    verdict: Verdict


class CheckExamplesPart(Part):
    """Conversations that pass the check, and conversations that are a finding (with the verdict the check states)."""

    pass_: Annotated[tuple[Said, ...], Field(alias="pass")] = ()
    fail: tuple[Said, ...] = ()
    other: tuple[CheckExamplePart, ...] = ()


class CheckPart(RulePart):
    """A condition over the whole session.

    `verdict`: what a finding means. `warn`: a pass with a note. `fail` over a detector (of faces, papers, voices)
    counts only where the detector finds at least `min_recall`, by `recall` where that was measured under the
    conditions of this check, else by the settings' `detector_recall`; otherwise a person looks.
    `requires`: ids of rules; the check is not applicable unless they apply. `missing_anchor`: what holds where an item
    that a condition leans on was never said.
    """

    kind: Kind
    requires: tuple[str, ...] = ()
    report: Any = None
    require: Any = None
    verdict: FindingVerdict = "review"
    recall: Share | None = None
    min_recall: Recall = LEAST_RECALL
    missing_anchor: MissingAnchor = "inconclusive"
    guards: GuardsPart = GuardsPart()
    examples: CheckExamplesPart = CheckExamplesPart()

    @model_validator(mode="after")
    def _one_condition(self) -> "CheckPart":
        if (self.report is None) == (self.require is None):
            raise ValueError("要有 report 或 require 之一，只写一个 / needs either report or require, not both")
        return self
