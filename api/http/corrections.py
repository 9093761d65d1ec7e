"""Corrections of a transcript: words, speakers, roles. The rules judge again at once; the machine's layer stays."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.problems import declares
from api.http.reviewing import Identifier
from api.http.visibility import REVIEWERS, refuse_own_sale, session_of
from engine import revising
from engine.corrections import Correction
from engine.inspection import Inspection, Item
from engine.rules.replay import PENDING
from engine.store import review_rows
from engine.store.review_rows import CorrectionRow

router = APIRouter(prefix="/v1/sessions/{session_id}/corrections", tags=["复核 / reviews"])
MOST = 500
Corrector = Annotated[Caller, Depends(allow(*REVIEWERS, person=True))]


class CorrectIn(BaseModel):
    """Corrections to be laid over version `base` of the inspection, after those made before. `instead`: these take
    their place; none of them: the machine's own reading again."""

    model_config = ConfigDict(extra="forbid")

    base: Annotated[int, Field(ge=1, le=2**31 - 1)]
    corrections: Annotated[list[Correction], Field(max_length=MOST)]
    instead: bool = False


class Moved(BaseModel):
    """An item that came to something else. `old` is None where it is new, `new` where it is gone."""

    item: str
    product_index: int | None
    title: str
    old: str | None
    new: str | None
    reason_code: str
    reason: str


class Corrected(BaseModel):
    """What the session comes to with the corrections. `pending`: items that only the recording can decide: they wait
    for it to be inspected again."""

    session_id: str
    version: int
    verdict: Literal["clear", "flagged", "unusable"]
    score: float
    before: Literal["clear", "flagged", "unusable"]
    corrections: int
    changes: list[Moved]
    pending: list[str]


class Overlays(BaseModel):
    """Every overlay of corrections of a session, the oldest first; each one is whole."""

    items: list[CorrectionRow]


@router.get("", response_model=Overlays, responses=declares("not_found"))
def overlays(session_id: Identifier, caller: Annotated[Caller, Depends(allow(*REVIEWERS))], store: Kept) -> Overlays:
    """历次更正 / Every overlay of corrections."""
    with store.database.reading() as s:
        refuse_own_sale(caller, session_of(s, caller, session_id))
        return Overlays(items=list(review_rows.corrections_of(s, session_id)))


@router.post(
    "",
    response_model=Corrected,
    status_code=201,
    responses=declares("not_found", "not_inspected", "conflict", "review_taken", "correction_unfit", "blob_missing"),
)
def correct(
    session_id: Identifier,
    body: CorrectIn,
    caller: Corrector,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("session.correct"))],
) -> Corrected:
    """更正文字、说话人或角色，规则立即重判 / Correct words, speakers or roles; the rules judge again at once."""
    with store.database.reading() as s:
        refuse_own_sale(caller, session_of(s, caller, session_id))
    before = revising.stored(store, session_id)
    values = [one.model_dump(mode="json") for one in body.corrections]
    after = revising.correct(store, session_id, values, base=body.base, by=caller.name, now=at, instead=body.instead)
    with store.database.reading() as s:
        laid = review_rows.correction(s, after.row.correction_id)
    trail.write(caller.name, f"session/{session_id}", version=after.row.version, corrections=len(values))
    return Corrected(
        session_id=session_id,
        version=after.row.version,
        verdict=after.inspection.verdict,
        score=after.inspection.score,
        before=before.inspection.verdict,
        corrections=len(laid.corrections) if laid else 0,
        changes=_moved(before.inspection, after.inspection),
        pending=[one.id for one in after.inspection.items if one.reason_code == PENDING],
    )


def _moved(before: Inspection, after: Inspection) -> list[Moved]:
    old = {(one.id, one.product_index): one for one in before.items}
    new = {(one.id, one.product_index): one for one in after.items}
    return [
        _change(old.get(key), new.get(key))
        for key in dict.fromkeys((*new, *old))
        if (old[key].verdict if key in old else None) != (new[key].verdict if key in new else None)
    ]


def _change(old: Item | None, new: Item | None) -> Moved:
    shown = new or old
    assert shown is not None  # noqa: S101  one of them is there
    return Moved(
        item=shown.id,
        product_index=shown.product_index,
        title=shown.title,
        old=old.verdict if old else None,
        new=new.verdict if new else None,
        reason_code=shown.reason_code,
        reason=shown.reason,
    )
