"""Reviews: opened, claimed with a lease, decided, appealed against, judged finally. What was decided never changes.

Every change makes a new version and a line of the review's history. Who writes with an older version is refused and
told what happened since; who would review a sale of their own, or judge their own decision, is refused too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.reviewing import Ruling, Unseen, reviews_policy
from engine.store import consequences, events, tables, wordings
from engine.store.review_rows import ReviewRow, changes_since, reviewed_blind
from engine.store.rows import as_row

PENDING = ("open", "claimed", "appealed")
"""States in which somebody has to do something."""
RULED = ("decided", "appealed", "final")
NO_FINDING = 4
"""Severity of a review without a finding: after `low`."""
SYSTEM = "system"
DISAGREED = "双人复核结论不一致，请终审 / The two reviews disagree: a final judgement is needed"


class ReviewChanged(MingjianError):
    """`review_changed`, with what happened since the version that was read."""

    def __init__(self, version: int, state: str, assignee: str | None, changes: Sequence[Mapping[str, Any]]) -> None:
        what = "；".join(f"{one['action']}：{one['made_by']}" for one in changes) or "…"
        super().__init__("review_changed", version=version, what=what)
        self.extra = {
            "current": {"version": version, "state": state, "assignee": assignee},
            "changes": [dict(one) for one in changes],
        }


@dataclass(frozen=True, slots=True)
class NewReview:
    """A review to open. `severity`: 0 critical, 1 high, 2 medium, 3 low, NO_FINDING. `reason`: flagged | quota |
    blind | double."""

    session_id: str
    inspection_id: str
    due_at: datetime
    severity: int = NO_FINDING
    reason: str = "flagged"
    opened_by: str = SYSTEM


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who acts. `staff_no` tells a sale of their own. `senior`: may judge finally and take what is assigned to
    others."""

    name: str
    staff_no: str | None = None
    senior: bool = False


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What a person decided: on findings, on what the machine missed, on the session. `seconds`: spent on it."""

    outcome: str
    rulings: tuple[Ruling, ...] = ()
    missed: tuple[Unseen, ...] = ()
    note: str | None = None
    seconds: float = 0.0
    verdicts: Mapping[tuple[str, int | None], str] = field(default_factory=dict)
    """The machine's verdict of each item that is ruled upon."""


def open_review(s: Session, new: NewReview, now: datetime) -> ReviewRow:
    """Open a review; where one with this reason waits for the session already, it moves on to the new inspection."""
    found = s.scalars(
        select(tables.Review)
        .where(
            tables.Review.session_id == new.session_id,
            tables.Review.reason == new.reason,
            tables.Review.state.in_(("open", "claimed")),
        )
        .with_for_update()
    ).first()
    if found is not None:
        if found.inspection_id != new.inspection_id or new.severity < found.severity:
            found.inspection_id, found.severity = new.inspection_id, min(new.severity, found.severity)
            _changed(s, found, "moved", new.opened_by, now, inspection_id=new.inspection_id)
        return as_row(ReviewRow, found)
    made = tables.Review(
        session_id=new.session_id,
        inspection_id=new.inspection_id,
        reason=new.reason,
        state="open",
        due_at=new.due_at,
        severity=new.severity,
        created_at=now,
        version=0,
        seconds_spent=0.0,
    )
    s.add(made)
    s.flush()
    _changed(s, made, "opened", new.opened_by, now, reason=new.reason)
    events.append(s, "review.opened", new.session_id, {"review_id": made.id, "reason": new.reason}, now)
    return as_row(ReviewRow, made)


def void(s: Session, review: tables.Review, now: datetime) -> None:
    """An undecided review whose inspection no longer counts."""
    review.state, review.leased_until = "void", None
    _changed(s, review, "void", SYSTEM, now)
    events.append(s, "review.void", review.session_id, {"review_id": review.id}, now)


def claim(
    s: Session, review_id: str, who: Reviewer, now: datetime, lease_s: float, version: int | None = None
) -> ReviewRow:
    """Take a review, or stay on it, for `lease_s` seconds. An appealed one is taken by another senior person.

    Raises MingjianError `review_unknown`, `review_state`, `review_taken`, `review_own_sale`, `review_second_person`,
    `review_changed`.
    """
    review = _locked(s, review_id)
    _in_state(review, PENDING)
    _not_own_sale(s, review, who)
    _independent(s, review, who)
    _is_free(review, who, now)
    if review.assignee == who.name and _leased(review, now):
        review.leased_until = now + timedelta(seconds=lease_s)
        return as_row(ReviewRow, review)
    _unchanged(s, review, version)
    review.assignee, review.leased_until = who.name, now + timedelta(seconds=lease_s)
    if review.state == "open":
        review.state = "claimed"
    _changed(s, review, "claimed", who.name, now)
    return as_row(ReviewRow, review)


def heartbeat(s: Session, review_id: str, who: Reviewer, now: datetime, lease_s: float) -> ReviewRow:
    """A sign of life of the one who has the review. Raises MingjianError `review_taken` when somebody else has it, and
    `review_state` when nobody has."""
    review = _locked(s, review_id)
    _is_free(review, who, now)
    if review.assignee != who.name or review.state not in ("claimed", "appealed"):
        raise _wrong_state(review)
    review.leased_until = now + timedelta(seconds=lease_s)
    return as_row(ReviewRow, review)


def release(s: Session, review_id: str, who: Reviewer, now: datetime, seconds: float = 0.0) -> ReviewRow:
    """Put a review back into the queue. A senior person may put back what another one holds."""
    review = _locked(s, review_id)
    _in_state(review, ("claimed", "appealed"))
    if review.assignee != who.name and not who.senior:
        raise MingjianError("review_taken", assignee=review.assignee or "-")
    review.assignee, review.leased_until = None, None
    review.seconds_spent += seconds
    if review.state == "claimed":
        review.state = "open"
    _changed(s, review, "released", who.name, now)
    return as_row(ReviewRow, review)


def assign(s: Session, review_id: str, to: Reviewer, by: str, now: datetime) -> ReviewRow:
    """Put a review on somebody's list; nobody else but a senior person then takes it."""
    review = _locked(s, review_id)
    _in_state(review, PENDING)
    _not_own_sale(s, review, to)
    _independent(s, review, to)
    if review.state == "claimed":
        review.state = "open"
    review.assignee, review.leased_until = to.name, None
    _changed(s, review, "assigned", by, now, assignee=to.name)
    return as_row(ReviewRow, review)


def move_on(s: Session, session_id: str, inspection_id: str, by: str, now: datetime) -> ReviewRow | None:
    """The review that `by` has of a session goes on with a new inspection, made of their corrections. None: has none.

    Raises MingjianError `review_taken` while another person works on one of its reviews.
    """
    mine = None
    for review in s.scalars(
        select(tables.Review)
        .where(tables.Review.session_id == session_id, tables.Review.state.in_(PENDING))
        .with_for_update()
    ):
        if _leased(review, now) and review.assignee != by:
            raise MingjianError("review_taken", assignee=review.assignee or "-")
        if review.assignee == by:
            mine = review
    if mine is None:
        return None
    mine.inspection_id = inspection_id
    _changed(s, mine, "corrected", by, now, inspection_id=inspection_id)
    return as_row(ReviewRow, mine)


def blinds(s: Session, session_id: str, who: str) -> bool:
    """Whether `who` must not see yet what the machine found of a session: they are reviewing it as a sample."""
    review = tables.Review
    query = select(review.id).where(review.session_id == session_id, *reviewed_blind(who))
    return s.scalar(query.limit(1)) is not None


def decide(s: Session, review_id: str, who: Reviewer, version: int, decision: NewDecision, now: datetime) -> ReviewRow:
    """Write the first decision on a claimed review. Its completeness is checked before (engine/reviewing.py).

    Raises MingjianError as `claim` does; `review_state` unless `who` has claimed it.
    """
    review = _locked(s, review_id)
    _unchanged(s, review, version)
    _in_state(review, ("claimed",))
    _not_own_sale(s, review, who)
    if review.assignee != who.name:
        raise MingjianError("review_taken", assignee=review.assignee or "-")
    _write(s, review, "first", who, decision, now)
    review.state, review.outcome, review.note = "decided", decision.outcome, decision.note
    review.decided_by, review.decided_at, review.leased_until = who.name, now, None
    review.seconds_spent += decision.seconds
    _changed(s, review, "decided", who.name, now, outcome=decision.outcome)
    _told(s, review, "first", decision.outcome, now)
    consequences.of_ruling(s, review.id, review.session_id, decision.outcome, decision.rulings, who.name, now)
    wordings.note(s, review, reviews_policy().paraphrased(decision.rulings), who.name, now)
    _compare_doubles(s, review, now)
    return as_row(ReviewRow, review)


def ensure_decidable(s: Session, review_id: str, who: Reviewer, now: datetime) -> None:
    """Raises as `decide` or `judge` would, whichever comes next for the review, before anything is done."""
    review = _locked(s, review_id, for_update=False)
    _in_state(review, ("claimed", "decided", "appealed"))
    _not_own_sale(s, review, who)
    if review.state == "claimed":
        if review.assignee != who.name:
            raise MingjianError("review_taken", assignee=review.assignee or "-")
        return
    _independent(s, review, who)
    _is_free(review, who, now)


def appeal(
    s: Session, review_id: str, by: str, text: str, items: Sequence[str], now: datetime, version: int | None = None
) -> ReviewRow:
    """A branch objects to a decision; another senior person then judges.

    Raises MingjianError `review_state`, `review_changed`.
    """
    review = _locked(s, review_id)
    _unchanged(s, review, version)
    _in_state(review, ("decided",))
    s.add(tables.Appeal(review_id=review.id, items=list(items), text=text, made_by=by, made_at=now, state="open"))
    review.state, review.assignee, review.leased_until = "appealed", None, None
    _changed(s, review, "appealed", by, now, items=list(items))
    events.append(s, "review.appealed", review.session_id, {"review_id": review.id}, now)
    return as_row(ReviewRow, review)


def judge(
    s: Session,
    review_id: str,
    who: Reviewer,
    version: int,
    decision: NewDecision,
    upheld: bool | None,
    now: datetime,
) -> ReviewRow:
    """The final judgement, by another person than the first. `upheld`: whether an open appeal was right.

    Raises MingjianError as `claim` does; `review_incomplete` where an appeal is open and `upheld` says nothing of it.
    """
    review = _locked(s, review_id)
    _unchanged(s, review, version)
    _in_state(review, ("decided", "appealed"))
    _not_own_sale(s, review, who)
    _independent(s, review, who)
    _is_free(review, who, now)
    for one in s.scalars(
        select(tables.Appeal).where(tables.Appeal.review_id == review.id, tables.Appeal.state == "open")
    ):
        if upheld is None:
            raise MingjianError("review_incomplete", detail="请说明申诉是否成立 / say whether the appeal is upheld")
        one.state = "upheld" if upheld else "rejected"
        one.judged_by, one.judged_at, one.judgement = who.name, now, decision.note
    _write(s, review, "final", who, decision, now)
    review.state, review.final_outcome, review.final_note = "final", decision.outcome, decision.note
    review.final_by, review.final_at, review.leased_until = who.name, now, None
    review.seconds_spent += decision.seconds
    _changed(s, review, "final", who.name, now, outcome=decision.outcome)
    _told(s, review, "final", decision.outcome, now)
    consequences.of_ruling(s, review.id, review.session_id, decision.outcome, decision.rulings, who.name, now)
    wordings.note(s, review, reviews_policy().paraphrased(decision.rulings), who.name, now)
    return as_row(ReviewRow, review)


def _locked(s: Session, review_id: str, for_update: bool = True) -> tables.Review:
    """The row, nobody else's until the transaction ends."""
    found = s.get(tables.Review, review_id, with_for_update=for_update or None, populate_existing=True)
    if found is None:
        raise MingjianError("review_unknown", review=review_id)
    return found


def _unchanged(s: Session, review: tables.Review, version: int | None) -> None:
    if version is not None and version != review.version:
        raise ReviewChanged(review.version, review.state, review.assignee, changes_since(s, review.id, version))


def _in_state(review: tables.Review, states: Sequence[str]) -> None:
    if review.state not in states:
        raise _wrong_state(review)


def _wrong_state(review: tables.Review) -> MingjianError:
    return MingjianError("review_state", state=review.state)


def _leased(review: tables.Review, now: datetime) -> bool:
    return review.assignee is not None and review.leased_until is not None and review.leased_until > now


def _is_free(review: tables.Review, who: Reviewer, now: datetime) -> None:
    """Whether nobody else works on it, and, unless `who` is senior, nobody else was given it."""
    if review.assignee in (None, who.name):
        return
    given = review.leased_until is None and review.state != "claimed"
    if _leased(review, now) or (given and not who.senior):
        raise MingjianError("review_taken", assignee=review.assignee)


def _not_own_sale(s: Session, review: tables.Review, who: Reviewer) -> None:
    sold_by = s.scalar(select(tables.Session.agent_no).where(tables.Session.id == review.session_id))
    if sold_by is not None and sold_by == who.staff_no:
        raise MingjianError("review_own_sale", staff_no=sold_by)


def _independent(s: Session, review: tables.Review, who: Reviewer) -> None:
    """The final judgement, and each of two independent reviews of a session, are by different people."""
    if review.decided_by == who.name:
        raise MingjianError("review_second_person", who=who.name)
    others = s.scalars(
        select(tables.Review).where(tables.Review.session_id == review.session_id, tables.Review.id != review.id)
    ).all()
    for other in others:
        if "double" in (review.reason, other.reason) and who.name in (other.decided_by, _holder(other)):
            raise MingjianError("review_second_person", who=who.name)


def _holder(review: tables.Review) -> str | None:
    return review.assignee if review.state == "claimed" else None


def _write(s: Session, review: tables.Review, stage: str, who: Reviewer, decision: NewDecision, now: datetime) -> None:
    for one in decision.rulings:
        s.add(
            tables.Decision(
                review_id=review.id,
                stage=stage,
                item=one.item,
                product_index=one.product_index,
                machine_verdict=decision.verdicts[one.key],
                decision=one.decision,
                reason=one.reason,
                note=one.note,
                made_by=who.name,
                made_at=now,
            )
        )
    for seen in decision.missed:
        s.add(
            tables.Missed(
                review_id=review.id,
                stage=stage,
                item=seen.item,
                start=seen.start,
                end=seen.end,
                note=seen.note,
                made_by=who.name,
                made_at=now,
            )
        )
    draft = s.get(tables.Draft, (review.id, who.name))
    if draft is not None:
        s.delete(draft)


def _compare_doubles(s: Session, review: tables.Review, now: datetime) -> None:
    """Two independent reviews of a session that came to different outcomes go to a third person."""
    others = s.scalars(
        select(tables.Review).where(
            tables.Review.session_id == review.session_id,
            tables.Review.id != review.id,
            tables.Review.inspection_id == review.inspection_id,
            tables.Review.state == "decided",
        )
    ).all()
    for other in others:
        if "double" in (review.reason, other.reason) and other.outcome != review.outcome:
            first = other if review.reason == "double" else review
            s.add(
                tables.Appeal(review_id=first.id, items=[], text=DISAGREED, made_by=SYSTEM, made_at=now, state="open")
            )
            first.state, first.assignee = "appealed", None
            _changed(s, first, "appealed", SYSTEM, now, outcomes=[first.outcome or "", other.outcome or ""])
            return


def _changed(s: Session, review: tables.Review, action: str, by: str, now: datetime, **data: Any) -> None:
    review.version += 1
    s.add(
        tables.ReviewEvent(
            review_id=review.id, version=review.version, action=action, made_by=by, made_at=now, data=data
        )
    )
    s.flush()


def _told(s: Session, review: tables.Review, stage: str, outcome: str, now: datetime) -> None:
    data = {"review_id": review.id, "stage": stage, "outcome": outcome, "version": review.version}
    events.append(s, "review.decided", review.session_id, data, now)
