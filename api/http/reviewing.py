"""What the routes of reviews have in common: who reviews, what there is to decide upon, what is shown of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path

from api.http.access import allow
from api.http.caller import Caller
from api.http.visibility import is_masked
from engine.inspection import Item
from engine.report.mask import Masker
from engine.reviewing import Findings, Known
from engine.revising import Stored, result_of
from engine.store import consistency, inspections, sessions
from engine.store.consistency import FindingRow
from engine.store.review_rows import BLIND, ReviewRow
from engine.store.reviews import Reviewer
from engine.store.sessions import SessionRow
from engine.store.store import Store

REVIEWERS = ("reviewer", "senior_reviewer")
READERS = (*REVIEWERS, "compliance", "auditor")
Identifier = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Reading = Annotated[Caller, Depends(allow("reviewer", "senior_reviewer", "compliance", "auditor"))]
Reviewing = Annotated[Caller, Depends(allow("reviewer", "senior_reviewer", person=True))]
Senior = Annotated[Caller, Depends(allow("senior_reviewer", person=True))]


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding to be decided upon. `layer`: machine, or consistency (between recordings)."""

    item: str
    product_index: int | None
    title: str
    kind: str
    severity: str
    verdict: str
    reason_code: str
    reason: str
    fix: str | None
    layer: str


@dataclass(frozen=True, slots=True)
class Case:
    """A review with the session it is of, the inspection it is about, and findings between recordings."""

    review: ReviewRow
    session: SessionRow
    stored: Stored
    beside: tuple[FindingRow, ...]

    @property
    def blind(self) -> bool:
        """Whether it is done without knowing what the machine found, and not done yet."""
        return self.review.reason in BLIND and self.review.state in ("open", "claimed")

    def flagging(self) -> tuple[Item, ...]:
        """The items that the policy named when it flagged the session."""
        return inspections.flagging_of(self.stored.inspection)

    def findings(self) -> Findings:
        """What there is to decide upon."""
        known = {(one.id, one.product_index): Known(one.verdict, one.severity) for one in self.stored.inspection.items}
        known |= {(one.check, None): Known("review", one.severity) for one in self.beside}
        required = {(one.id, one.product_index) for one in self.flagging()} | {
            (one.check, None) for one in self.beside if one.severity in consistency.FLAGGING
        }
        return Findings(
            known,
            frozenset() if self.review.reason in BLIND else frozenset(required),
            self.stored.inspection.recording.duration,
        )

    def shown(self, masker: Masker | None) -> tuple[ShownFinding, ...]:
        """The findings that need a person, as a reviewer sees them; none to whom reviews blindly."""
        if self.blind:
            return ()

        def hide(text: str) -> str:
            return masker.text(text) if masker else text

        machine = tuple(
            ShownFinding(
                one.id, one.product_index, one.title, one.kind, one.severity, one.verdict, one.reason_code,
                hide(one.reason), one.fix, "machine",
            )
            for one in self.flagging()
        )  # fmt: skip
        return machine + tuple(
            ShownFinding(
                one.check, None, hide(one.reason), "consistency", one.severity, "review", one.reason_code,
                hide(one.reason), None, "consistency",
            )
            for one in self.beside
        )  # fmt: skip


def reviewer(caller: Caller) -> Reviewer:
    """The caller as a reviewer."""
    return Reviewer(caller.name, caller.staff_no, caller.role == "senior_reviewer")


def case_of(store: Store, review: ReviewRow) -> Case:
    """Everything a review is about."""
    with store.database.reading() as s:
        session = sessions.get(s, review.session_id)
        row = inspections.by_id(s, review.inspection_id)
        beside = consistency.findings(s, review.session_id)
    if session is None or row is None:
        raise LookupError(review.id)
    return Case(review, session, Stored(row, result_of(store, row.result)), beside)


def masker_for(caller: Caller, session: SessionRow) -> Masker | None:
    """What hides personal data of a session from this caller; None for those who see it."""
    return Masker.for_order(session.order) if is_masked(caller) else None


def as_it_stands(review: ReviewRow, now: datetime) -> ReviewRow:
    """A claim that ran out is nobody's."""
    if review.state == "claimed" and (review.leased_until is None or review.leased_until <= now):
        return replace(review, state="open", assignee=None, leased_until=None)
    return review
