"""What requests about sessions hold, and what answers tell."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
Tag = Annotated[str, Field(min_length=1, max_length=100)]
Tags = Annotated[list[Tag], Field(max_length=50)]
State = Literal["queued", "running", "inspected", "failed", "quarantined", "cancelled", "purged"]
Verdict = Literal["clear", "flagged", "unusable"]


class SessionIn(BaseModel):
    """What makes a session: uploads in their order, the order, and what to judge it by."""

    model_config = ConfigDict(extra="forbid")

    uploads: Annotated[list[Id], Field(min_length=1, max_length=200)]
    order: dict[str, Any] = {}
    ruleset: Name | None = None
    policy: Name | None = None
    tags: Tags = []
    retry_of: Id | None = None


class Accepted(BaseModel):
    """A session that is there now. `created`: whether this request made it; the same files with the same order and rule
    set are one session."""

    session_id: str
    state: str
    created: bool


class SessionOut(BaseModel):
    """A session as lists show it."""

    id: str
    created_at: datetime
    created_by: str
    state: State
    ruleset: str | None
    policy_no: str | None
    scenario: str | None
    channel: str | None
    region: str | None
    branch: str | None
    agent_no: str | None
    agent_name: str | None
    product: str | None
    trigger: str | None
    recorded_at: datetime | None
    due_at: datetime | None
    duration: float | None
    verdict: str | None
    outcome: str | None
    score: float | None
    retry_of: str | None
    tags: list[str]


class PartOut(BaseModel):
    """A file of a session. `playable`: there is a rendition for browsers, or the original is one."""

    index: int
    kind: str
    file_name: str
    bytes: int
    media_type: str
    has_rendition: bool


class JobOut(BaseModel):
    """A piece of work on the session and how far it is."""

    id: str
    kind: str
    state: str
    progress: dict[str, Any]
    attempts: int
    error_code: str | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class VersionOut(BaseModel):
    """One version of what was found."""

    version: int
    ruleset: str
    policy: str
    verdict: str
    score: float
    corrected: bool
    created_at: datetime


class SessionDetail(SessionOut):
    """A session with its order, files, work and inspections. People's data is masked by role."""

    order: dict[str, Any]
    parts: list[PartOut]
    jobs: list[JobOut]
    inspections: list[VersionOut]


class InspectIn(BaseModel):
    """Inspected again: by another rule set or policy, as a job; or with corrections of the transcript, at once.

    `base`: the version that was corrected. `media`: whether the recording itself is looked at again; without, its
    evidence is judged anew, which takes a moment.
    """

    model_config = ConfigDict(extra="forbid")

    ruleset: Name | None = None
    policy: Name | None = None
    media: bool = True
    corrections: Annotated[list[dict[str, Any]] | None, Field(max_length=1000)] = None
    base: Annotated[int | None, Field(ge=1)] = None


class Again(BaseModel):
    """The work that was begun, or the version that corrections came to."""

    session_id: str
    job_id: str | None = None
    version: int | None = None
    verdict: str | None = None


class TagsIn(BaseModel):
    """The tags a session shall have."""

    model_config = ConfigDict(extra="forbid")

    tags: Tags
