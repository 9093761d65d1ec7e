"""What is sent to and shown of reviews."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.reviewing import ShownFinding
from engine.corrections import Correction
from engine.reviewing import LONGEST_NOTE, Call, Outcome
from engine.store.drafts import DraftRow
from engine.store.review_rows import AppealRow, CorrectionRow, DecisionRow, MissedRow, ReviewEventRow, ReviewRow

MOST = 500
Note = Annotated[str | None, Field(max_length=LONGEST_NOTE)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="the review's version that was read")]
Seconds = Annotated[float, Field(ge=0, le=24 * 3600, allow_inf_nan=False, description="spent on it by the reviewer")]
Place = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
ItemId = Annotated[str, Field(min_length=1, max_length=100)]


class Body(BaseModel):
    """Base of what is sent: unknown names are faults."""

    model_config = ConfigDict(extra="forbid")


class ClaimIn(Body):
    """`version`: take it only as it was read."""

    version: Version | None = None


class ReleaseIn(Body):
    """`seconds_spent`: the time given to it before it is put back."""

    seconds_spent: Seconds = 0.0


class AssignIn(Body):
    """Put reviews on somebody's list."""

    reviews: Annotated[list[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]], Field(min_length=1, max_length=200)]
    assignee: Annotated[str, Field(min_length=1, max_length=200)]


class FindingIn(Body):
    """What is decided on one finding."""

    item: ItemId
    product_index: Annotated[int | None, Field(ge=0, le=1000)] = None
    decision: Call
    reason: Annotated[str | None, Field(max_length=50)] = None
    note: Note = None


class MissedIn(Body):
    """A violation that the machine did not see: item and span in seconds of the session."""

    item: ItemId
    start: Place
    end: Place
    note: Note = None


class DecideIn(Body):
    """A decision. `corrections` are laid over the transcript first, and the session is judged again with them."""

    version: Version
    findings: Annotated[list[FindingIn], Field(max_length=MOST)] = []
    missed: Annotated[list[MissedIn], Field(max_length=MOST)] = []
    corrections: Annotated[list[Correction], Field(max_length=MOST)] = []
    outcome: Outcome
    note: Note = None
    seconds_spent: Seconds = 0.0


class FinalIn(DecideIn):
    """The final judgement. `appeal`: whether an open appeal is right; must be said where there is one."""

    appeal: Literal["upheld", "rejected"] | None = None


class AppealIn(Body):
    """An objection of the branch: words, and the items it is about (none: the whole decision)."""

    version: Version | None = None
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]
    items: Annotated[list[ItemId], Field(max_length=MOST)] = []


class DraftIn(Body):
    """What is filled in so far, in the form of a decision or any other. `version`: of the draft that it replaces."""

    content: dict[str, Any]
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class Assigned(BaseModel):
    """What became of one review of a batch."""

    review: str
    version: int | None
    error: str | None
    zh: str | None = None
    en: str | None = None


class AssignedAll(BaseModel):
    """What became of each."""

    items: list[Assigned]


class Session(BaseModel):
    """What a review shows of its session."""

    id: str
    policy_no: str | None
    scenario: str | None
    branch: str | None
    agent_no: str | None
    agent_name: str | None
    product: str | None
    recorded_at: datetime | None
    duration: float | None
    due_at: datetime | None
    verdict: str | None
    score: float | None
    outcome: str | None


class ReviewOut(BaseModel):
    """A review with all that was said in it. `may`: what the caller can do with it now. `inspection_version`: the one
    it is about. `newest_version`: the newest there is."""

    review: ReviewRow
    session: Session
    inspection_version: int
    newest_version: int
    findings: list[ShownFinding]
    history: list[ReviewEventRow]
    decisions: list[DecisionRow]
    missed: list[MissedRow]
    appeals: list[AppealRow]
    corrections: list[CorrectionRow]
    draft: DraftRow | None
    appeal_until: datetime | None
    may: list[str]


class Reason(BaseModel):
    """A reason that can be chosen, and for which decisions."""

    id: str
    decisions: list[Call]
    zh: str
    en: str
    note: bool


class OutcomeChoice(BaseModel):
    """An outcome that can be chosen."""

    id: Outcome
    zh: str
    en: str
    ticket: str | None
    not_with_confirmed: list[str]


class Options(BaseModel):
    """What a console offers (configs/reviews.yaml)."""

    lease_seconds: float
    needs_reason: list[Call]
    reasons: list[Reason]
    outcomes: list[OutcomeChoice]


class Reviews(BaseModel):
    """The reviews of a session."""

    items: list[ReviewRow]


class Colleague(BaseModel):
    """Somebody who reviews. Role and counts are for those who assign: `claimed`, what they are at now; `assigned`,
    what else waits on their list."""

    name: str
    role: str | None = None
    claimed: int | None = None
    assigned: int | None = None


class Reviewers(BaseModel):
    """Who reviews."""

    items: list[Colleague]
