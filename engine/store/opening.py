"""Reviews begin here: when an inspection says that a person must look."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from engine.store import reviews
from engine.store.tables import Inspection, Review, Session

SEVERITIES = ("critical", "high", "medium", "low")
"""By rank: 0 the worst."""
UNDECIDED = ("open", "claimed")


def after_inspection(
    s: Transaction, session: Session, row: Inspection, severities: Sequence[str], now: datetime
) -> None:
    """Open a review of a new inspection that needs a person. Undecided ones of older inspections become void.

    An undecided review of an inspection with the very same content stays instead.
    """
    query = select(Review).where(Review.session_id == session.id, Review.state.in_(UNDECIDED)).with_for_update()
    needed = row.verdict != "clear"
    for review in s.scalars(query.execution_options(populate_existing=True)).all():
        older = s.get(Inspection, review.inspection_id)
        if older is not None and older.content == row.content:
            needed = False
            continue
        if review.reason == "flagged":
            reviews.void(s, review, now)
    if needed:
        open_review(s, session, row.id, "flagged", severities, now)


def open_review(
    s: Transaction, session: Session, inspection_id: str, reason: str, severities: Sequence[str], now: datetime
) -> str:
    """A new review of an inspection; its id. `severities`: of the findings to be looked at; none ranks as the worst
    (a refusal, a session that cannot be judged).
    """
    due = session.due_at or now
    ranks = [SEVERITIES.index(one) for one in severities if one in SEVERITIES]
    new = reviews.NewReview(session.id, inspection_id, due, min(ranks, default=0), reason)
    return reviews.open_review(s, new, now).id
