"""Wordings that reviews confirmed: looked at, put into words, tried on past sessions, taken into a draft."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.backtests import BacktestOut, tried
from api.http.caller import Caller
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit
from api.http.problems import declares
from api.http.ruleset_texts import new_text, ruleset_of, text_of
from api.http.visibility import text_for
from engine.errors import MingjianError
from engine.inspection import Inspection, Item
from engine.revising import result_of
from engine.rules.ruleset import Concept, Disclosure, RuleSet
from engine.rules.texts import read_text
from engine.rules.wordings import with_wording
from engine.store import inspections, rulesets, sessions, wordings
from engine.store.rulesets import RuleSetText
from engine.store.sessions import SessionRow
from engine.store.store import Store
from engine.store.wordings import WordingRow

router = APIRouter(prefix="/v1/wordings", tags=["规则 / rule sets"])

Reader = Annotated[Caller, Depends(allow("compliance", "senior_reviewer", "auditor"))]
Proposer = Annotated[Caller, Depends(allow("compliance", "senior_reviewer", person=True))]
Author = Annotated[Caller, Depends(allow("compliance", person=True))]
WordingId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
State = Literal["found", "proposed", "accepted", "rejected"]
NEAR_S = 30.0
"""Lines so many seconds around what was heard are shown to choose the words from."""
MOST_LINES = 200
SHOWN_PHRASES = 40


class Body(BaseModel):
    """Base of what is sent: unknown names are faults."""

    model_config = ConfigDict(extra="forbid")


class ProposeIn(Body):
    """Which concept of the rule it says, in which words (`…` stands for a short gap, `|` for alternatives)."""

    concept: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(min_length=2, max_length=100)]


class TryIn(Body):
    """How many sessions at a time, and where the last time ended."""

    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str | None, Field(max_length=500)] = None


class AcceptIn(Body):
    """The draft to take it into; none: a new one, made of what is in force."""

    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class RejectIn(Body):
    """Why not."""

    note: Annotated[str | None, Field(max_length=2000)] = None


class WordingOut(BaseModel):
    """A wording as lists show it. `trial`: what the last back-test came to."""

    id: str
    review_id: str
    session_id: str
    ruleset: str
    item: str
    product_index: int | None
    title: str
    concept: str | None
    text: str | None
    note: str | None
    state: State
    found_by: str
    found_at: datetime
    proposed_by: str | None
    proposed_at: datetime | None
    settled_by: str | None
    settled_at: datetime | None
    version: int | None
    trial: dict[str, Any]


class WordingPage(BaseModel):
    """A page of wordings, newest first, and how many there are in each state."""

    items: list[WordingOut]
    next: str | None
    counts: dict[State, int]


class LineOut(BaseModel):
    """Something that was said; seconds of the session."""

    start: float
    end: float
    role: str
    text: str


class ConceptOut(BaseModel):
    """A concept of the rule: whether the machine heard it, and by which words it knows it."""

    name: str
    found: bool | None
    phrases: list[str]


class WordingWhole(WordingOut):
    """A wording with what it was found in. `fault`: why the rule is not there to be worded any more."""

    reason: str | None
    concepts: list[ConceptOut]
    lines: list[LineOut]
    fault: str | None


class Accepted(BaseModel):
    """The wording, and the draft that has it now."""

    wording: WordingOut
    version: int


class TrialOut(BaseModel):
    """One page of the back-test, and the sums over all pages so far."""

    page: BacktestOut
    wording: WordingOut


@router.get("", response_model=WordingPage, responses=declares("cursor_unreadable"))
def list_wordings(
    _caller: Reader,
    store: Kept,
    state: Annotated[list[State] | None, Query()] = None,
    ruleset: Annotated[str | None, Query(max_length=100)] = None,
    item: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> WordingPage:
    """复核确认的说法：待整理、已提议、已采纳、未采纳 / Wordings that reviews confirmed, by state."""
    with store.database.reading() as s:
        page = wordings.page(s, tuple(state or ()), ruleset, item, cursor, limit)
        titles = wordings.titles(s, page.rows)
        counts = wordings.counts(s)
    items = [_out(row, titles.get((row.session_id, row.item), row.item)) for row in page.rows]
    return WordingPage.model_validate({"items": items, "next": page.cursor, "counts": counts})


@router.get("/{wording_id}", response_model=WordingWhole, responses=declares("not_found", "blob_missing"))
def show_wording(
    wording_id: WordingId,
    caller: Reader,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("wording.view"))],
) -> WordingWhole:
    """一条说法和它的出处 / A wording, and where it was said."""
    with store.database.reading() as s:
        row = wordings.get(s, wording_id)
        session = sessions.get(s, row.session_id)
        inspected = inspections.by_id(s, row.inspection_id)
    if session is None or inspected is None:
        raise MingjianError("not_found", thing="wording", id=wording_id)
    found = result_of(store, inspected.result)
    item = next((one for one in found.items if (one.id, one.product_index) == (row.item, row.product_index)), None)
    rule, fault = _rule_of(store, row)
    trail.write(caller.name, f"session/{row.session_id}", wording=row.id)
    return WordingWhole(
        **_out(row, item.title if item else row.item).model_dump(),
        reason=text_for(caller, session, item.reason) if item else None,
        concepts=_concepts(rule, item),
        lines=_lines(caller, session, found, item),
        fault=fault,
    )


@router.put(
    "/{wording_id}", response_model=WordingOut, responses=declares("not_found", "wording_state", "wording_unfit")
)
def propose(
    wording_id: WordingId,
    body: ProposeIn,
    caller: Proposer,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("wording.propose"))],
) -> WordingOut:
    """提议：哪个要点、怎么说 / Propose it: of which concept, in which words."""
    with store.database.reading() as s:
        row = wordings.get(s, wording_id)
    if row.state not in wordings.OPEN:
        raise MingjianError("wording_state", state=row.state)
    rule, fault = _rule_of(store, row)
    if rule is None:
        raise MingjianError("wording_unfit", detail=fault or "-")
    concept = next((one for one in _all(rule) if one.name == body.concept), None)
    if concept is None:
        raise MingjianError("wording_unfit", detail=f"没有要点“{body.concept}” / no concept {body.concept!r}")
    if body.text in [one.text for one in concept.phrases]:
        raise MingjianError("wording_unfit", detail=f"规则里已有“{body.text}” / the rule knows {body.text!r}")
    _with(store, row, body.concept, body.text, None)
    with store.database.writing() as s:
        row = wordings.propose(s, wording_id, body.concept, body.text, caller.name, at)
        trail.within(s, caller.name, f"wording/{row.id}", item=row.item, concept=row.concept)
    return _titled(store, row)


@router.post(
    "/{wording_id}/backtest",
    response_model=TrialOut,
    responses=declares("not_found", "wording_state", "wording_unfit", "cursor_unreadable", "policy_unknown"),
)
def backtest(
    wording_id: WordingId,
    body: TryIn,
    caller: Proposer,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("wording.backtest"))],
) -> TrialOut:
    """加上这条说法重判以往的会话，看哪些结论会变 / Judge past sessions with it: which verdicts flip. Page by page."""
    with store.database.reading() as s:
        row = wordings.get(s, wording_id)
    if row.concept is None or row.text is None:
        raise MingjianError("wording_state", state=row.state)
    rules = ruleset_of(row.ruleset, _with(store, row, row.concept, row.text, None)[1])
    page = tried(store, row.ruleset, rules, body.cursor, body.limit)
    trial = _summed(row.trial if body.cursor else {}, page, at)
    with store.database.writing() as s:
        row = wordings.keep_trial(s, wording_id, row.text, trial)
        trail.within(s, caller.name, f"wording/{row.id}", sessions=[one.folder for one in page.items])
    return TrialOut(page=page, wording=_titled(store, row))


@router.post(
    "/{wording_id}/accept",
    response_model=Accepted,
    responses=declares("not_found", "wording_state", "wording_unfit", "ruleset_version_state", "conflict"),
)
def accept(
    wording_id: WordingId,
    body: AcceptIn,
    caller: Author,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("wording.accept"))],
) -> Accepted:
    """采纳进规则集草稿；草稿仍须两人发布 / Take it into a draft of the rule set, which two people then publish."""
    with store.database.reading() as s:
        row = wordings.get(s, wording_id)
    if row.state != wordings.PROPOSED or row.concept is None or row.text is None:
        raise MingjianError("wording_state", state=row.state)
    base, text = _with(store, row, row.concept, row.text, body.version)
    new = new_text(row.ruleset, text, f"说法：{row.item} {row.concept} “{row.text}”")
    with store.database.writing() as s:
        if body.version is not None and base is not None:
            draft = rulesets.revise(s, base.version, new, base.sha256, caller.name, at)
        else:
            draft = rulesets.add(s, new, caller.name, at)
        row = wordings.accept(s, wording_id, draft.version, caller.name, at)
        trail.within(s, caller.name, f"wording/{row.id}", ruleset=row.ruleset, version=draft.version)
    return Accepted(wording=_titled(store, row), version=draft.version)


@router.post("/{wording_id}/reject", response_model=WordingOut, responses=declares("not_found", "wording_state"))
def reject(
    wording_id: WordingId,
    body: RejectIn,
    caller: Author,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("wording.reject"))],
) -> WordingOut:
    """不采纳 / Not to be a wording of the rule."""
    with store.database.writing() as s:
        row = wordings.reject(s, wording_id, body.note, caller.name, at)
        trail.within(s, caller.name, f"wording/{row.id}")
    return _titled(store, row)


def _out(row: WordingRow, title: str) -> WordingOut:
    return WordingOut.model_validate({**asdict(row), "title": title})


def _titled(store: Store, row: WordingRow) -> WordingOut:
    with store.database.reading() as s:
        titles = wordings.titles(s, (row,))
    return _out(row, titles.get((row.session_id, row.item), row.item))


def _rule_of(store: Store, row: WordingRow) -> tuple[Disclosure | None, str | None]:
    """The rule that the wording is of, as it is in force; or why there is none."""
    try:
        ruleset = read_text(row.ruleset, text_of(store, row.ruleset, None)[1])[0]
    except MingjianError as error:
        return None, f"{error.zh} / {error.en}"
    rule = _spoken(ruleset, row.item) if ruleset else None
    if rule is None:
        return None, f"规则集里没有说明项 {row.item} / the rule set has no disclosure {row.item}"
    return rule, None


def _spoken(ruleset: RuleSet, item: str) -> Disclosure | None:
    return next((one for one in ruleset.disclosures if one.head.id == item), None)


def _all(rule: Disclosure) -> tuple[Concept, ...]:
    return (*rule.must, *rule.should, *rule.facts)


def _concepts(rule: Disclosure | None, item: Item | None) -> list[ConceptOut]:
    heard = {one.name: one.found for one in item.concepts} if item else {}
    return [
        ConceptOut(
            name=one.name,
            found=heard.get(one.name),
            phrases=list(dict.fromkeys(phrase.text for phrase in one.phrases))[:SHOWN_PHRASES],
        )
        for one in (_all(rule) if rule else ())
    ]


def _lines(caller: Caller, session: SessionRow, found: Inspection, item: Item | None) -> list[LineOut]:
    """What was said around the item; where nothing of it was heard, all that was said to the customer."""
    spans = [(one.start - NEAR_S, one.end + NEAR_S) for one in item.evidence] if item else []
    said = [
        one
        for one in found.utterances
        if any(start <= one.start <= end for start, end in spans) or (not spans and one.role in ("agent", "system"))
    ]
    return [
        LineOut(start=one.start, end=one.end, role=one.role, text=text_for(caller, session, one.text))
        for one in said[:MOST_LINES]
    ]


def _with(
    store: Store, row: WordingRow, concept: str, phrase: str, version: int | None
) -> tuple[RuleSetText | None, str]:
    """The rule set's text (a version of it, or what is in force) with the wording. Raises MingjianError
    `wording_unfit` where that has faults."""
    base, text = text_of(store, row.ruleset, version)
    try:
        made = with_wording(text, row.item, concept, phrase)
    except ValueError as error:
        raise MingjianError("wording_unfit", detail=str(error)) from error
    faults = read_text(row.ruleset, made)[1]
    if faults:
        raise MingjianError("wording_unfit", detail=f"{faults[0].zh} / {faults[0].en}")
    return base, made


def _summed(before: Any, page: BacktestOut, at: datetime) -> dict[str, Any]:
    """The sums of the pages before, with this one."""
    flips = {(one["old"], one["new"]): one["items"] for one in before.get("flips", [])}
    for flip in page.totals.flips:
        key = (flip.old, flip.new)
        flips[key] = flips.get(key, 0) + flip.items
    sums = {
        name: before.get(name, 0) + getattr(page.totals, name)
        for name in ("sessions", "session_flips", "pending", "faults")
    }
    return {
        **sums,
        "flips": [{"old": old, "new": new, "items": items} for (old, new), items in sorted(flips.items())],
        "done": page.next is None,
        "at": at.isoformat(),
    }
