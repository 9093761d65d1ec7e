"""Search in what was said: words of any length, phrases, pinyin; with filters, highlighted, each hit with its time."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel

from api.http.access import Kept, Trail, allow, audited
from api.http.caller import Caller
from api.http.filtering import Asked
from api.http.lists import Cursor
from api.http.problems import declares
from api.http.visibility import NOBODY, STAFF, is_masked, narrowed
from engine.report.mask import Masker
from engine.store import search
from engine.store.search import Found, Hit

router = APIRouter(prefix="/v1/search", tags=["检索 / search"])
Searcher = Annotated[Caller, Depends(allow(*STAFF))]


class HitOut(BaseModel):
    """A line in which something was found. `spans`: where in `text`, by characters. `how`: text, or pinyin (it merely
    sounds the same)."""

    number: int
    start: float
    end: float
    role: str
    text: str
    spans: list[tuple[int, int]]
    how: str


class FoundOut(BaseModel):
    """A session, and its first lines with hits; `lines` counts all of them."""

    session_id: str
    created_at: AwareDatetime
    recorded_at: AwareDatetime | None
    policy_no: str | None
    scenario: str | None
    branch: str | None
    agent_no: str | None
    agent_name: str | None
    product: str | None
    verdict: str | None
    score: float | None
    duration: float | None
    hits: list[HitOut]
    lines: int


class SearchOut(BaseModel):
    """A page of what was found."""

    items: list[FoundOut]
    next: str | None


@router.get("", response_model=SearchOut, responses=declares("cursor_unreadable", "search_too_long"))
def find(
    caller: Searcher,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("search"))],
    asked: Asked,
    q: Annotated[str, Query(max_length=200, description="words, “phrases”, pinyin")] = "",
    sound: Annotated[bool | None, Query(description="also what merely sounds the same")] = None,
    person_id: Annotated[str | None, Query(max_length=50, description="an ID number of somebody in the order")] = None,
    person_phone: Annotated[str | None, Query(max_length=50, description="a phone of somebody in the order")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SearchOut:
    """检索笔录和订单；没有关键词时只按条件列出 / Search; without words, all sessions that pass the filters.

    证件号、手机号按加密哈希查找 / ID numbers and phones are looked up by their keyed hash.
    """
    keys = store.database.keys
    person = keys.person("id", person_id) if person_id else keys.person("phone", person_phone) if person_phone else None
    sought = person if person or not (person_id or person_phone) else NOBODY
    filters = replace(narrowed(caller, asked), person=sought)
    with store.database.reading() as s:
        page = search.find(s, q, filters, cursor, limit, sound=sound)
    trail.write(
        caller.name,
        "search",
        sessions=[one.session.id for one in page.found],
        person=bool(person_id or person_phone),
        found=len(page.found),
    )
    return SearchOut(items=[_shown(one, is_masked(caller)) for one in page.found], next=page.cursor)


def _shown(found: Found, masked: bool) -> FoundOut:
    session = found.session
    masker = Masker.for_order(session.order) if masked else None
    names = (name for name in FoundOut.model_fields if name not in ("session_id", "hits", "lines"))
    return FoundOut(
        session_id=session.id,
        **{name: getattr(session, name) for name in names},
        hits=[_hit(one, masker) for one in found.hits],
        lines=found.lines,
    )


def _hit(hit: Hit, masker: Masker | None) -> HitOut:
    """Masking keeps the length of a text, so that spans stay where they were."""
    text = masker.text(hit.text) if masker else hit.text
    return HitOut(
        number=hit.number, start=hit.start, end=hit.end, role=hit.role, text=text, spans=list(hit.spans), how=hit.how
    )
