"""Reviews: claim, decide, appeal, judge. What was decided never changes; two people cannot overwrite each other."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.problems import declares
from api.http.queue import FLAGGED, SAMPLE
from api.http.review_models import (
    AppealIn,
    Assigned,
    AssignedAll,
    AssignIn,
    ClaimIn,
    Colleague,
    DecideIn,
    DraftIn,
    FinalIn,
    Options,
    OutcomeChoice,
    Reason,
    ReleaseIn,
    Reviewers,
    ReviewOut,
    Reviews,
    Session,
)
from api.http.reviewing import (
    REVIEWERS,
    Case,
    Identifier,
    Reading,
    Reviewing,
    Senior,
    as_it_stands,
    case_of,
    masker_for,
    reviewer,
)
from api.settings import Role
from engine import revising
from engine.errors import MingjianError
from engine.reviewing import Ruling, Unseen, check, reviews_policy
from engine.store import drafts, inspections, queue, quotas, review_rows, reviews, sessions, users
from engine.store.drafts import DraftRow
from engine.store.review_rows import BLIND, ReviewRow
from engine.store.reviews import NewDecision, ReviewChanged, Reviewer
from engine.store.store import Store

router = APIRouter(prefix="/v1/reviews", tags=["复核 / reviews"])

ASSIGNERS: tuple[Role, ...] = ("senior_reviewer", "compliance")
Assigning = Annotated[Caller, Depends(allow(*ASSIGNERS, person=True))]
CONFLICTS = ("review_unknown", "review_changed", "review_taken", "review_state")
DUTIES = ("review_own_sale", "review_second_person")


@router.get("/options", response_model=Options)
def options(_caller: Reading) -> Options:
    """可选的理由和结论 / Reasons and outcomes to choose from."""
    policy = reviews_policy()
    return Options(
        lease_seconds=policy.lease_seconds,
        needs_reason=list(policy.needs_reason),
        reasons=[Reason(id=r.id, decisions=list(r.for_), zh=r.zh, en=r.en, note=r.note) for r in policy.reasons],
        outcomes=[
            OutcomeChoice(id=o.id, zh=o.zh, en=o.en, ticket=o.ticket, not_with_confirmed=list(o.not_with_confirmed))
            for o in policy.outcomes
        ],
    )


@router.get("/reviewers", response_model=Reviewers)
def reviewers(caller: Reading, store: Kept, at: Now) -> Reviewers:
    """复核人员；分派的人还能看到手上的任务 / Who reviews; those who assign also see how much they have."""
    with store.database.reading() as s:
        found = queue.workloads(s, REVIEWERS, at)
    if caller.role not in ASSIGNERS:
        return Reviewers(items=[Colleague(name=one.name) for one in found])
    return Reviewers(items=[Colleague.model_validate(one, from_attributes=True) for one in found])


@router.get("", response_model=Reviews)
def of_session(
    caller: Reading, store: Kept, at: Now, session: Annotated[str, Query(pattern=r"^[0-9a-f]{32}$")]
) -> Reviews:
    """一个会话的全部复核 / All reviews of a session."""
    with store.database.reading() as s:
        found = review_rows.of_session(s, session)
        secret = caller.role in REVIEWERS and quotas.awaits_double(s, session)
    shown = [_unrevealing(as_it_stands(one.review, at), caller) for one in found]
    return Reviews(items=[_undecided(one, caller) if secret else one for one in shown])


@router.post("/assign", response_model=AssignedAll, responses=declares("not_found"))
def assign(
    body: AssignIn,
    caller: Assigning,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("review.assign"))],
) -> AssignedAll:
    """批量分派 / Put reviews on somebody's list; each by itself."""
    with store.database.reading() as s:
        user = users.by_name(s, body.assignee)
    if user is None or not user.active or user.role not in REVIEWERS:
        raise MingjianError("not_found", thing="reviewer", id=body.assignee)
    to = Reviewer(user.name, user.staff_no, user.role == "senior_reviewer")
    done: list[Assigned] = []
    for one in dict.fromkeys(body.reviews):
        try:
            with store.database.writing() as s:
                row = reviews.assign(s, one, to, caller.name, at)
                trail.within(s, caller.name, f"review/{one}", assignee=to.name)
            done.append(Assigned(review=one, version=row.version, error=None))
        except MingjianError as error:
            done.append(Assigned(review=one, version=None, error=error.code, zh=error.zh, en=error.en))
    return AssignedAll(items=done)


@router.get("/{review_id}", response_model=ReviewOut, responses=declares("review_unknown"))
def get_review(
    review_id: Identifier,
    caller: Reading,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("review.view"))],
) -> ReviewOut:
    """一项复核 / A review with all that was said in it."""
    found = _shown(store, review_id, caller, at)
    trail.write(caller.name, f"session/{found.session.id}", review=review_id)
    return found


@router.post("/{review_id}/claim", response_model=ReviewOut, responses=declares(*CONFLICTS, *DUTIES))
def claim(
    review_id: Identifier,
    caller: Reviewing,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("review.claim"))],
    body: ClaimIn | None = None,
) -> ReviewOut:
    """领取；到期没有动静就放回 / Take it; without a sign of life it goes back."""
    with store.database.writing() as s:
        version = body.version if body else None
        row = reviews.claim(s, review_id, reviewer(caller), at, reviews_policy().lease_seconds, version)
        trail.within(s, caller.name, f"review/{review_id}", session=row.session_id)
    return _shown(store, review_id, caller, at)


@router.post("/{review_id}/heartbeat", response_model=ReviewRow, responses=declares(*CONFLICTS))
def heartbeat(review_id: Identifier, caller: Reviewing, store: Kept, at: Now) -> ReviewRow:
    """续期 / A sign of life."""
    with store.database.writing() as s:
        row = reviews.heartbeat(s, review_id, reviewer(caller), at, reviews_policy().lease_seconds)
    return _unrevealing(row, caller)


@router.post("/{review_id}/release", response_model=ReviewRow, responses=declares(*CONFLICTS))
def release(
    review_id: Identifier,
    caller: Reviewing,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("review.release"))],
    body: ReleaseIn | None = None,
) -> ReviewRow:
    """放回队列 / Put it back."""
    with store.database.writing() as s:
        row = reviews.release(s, review_id, reviewer(caller), at, body.seconds_spent if body else 0.0)
        trail.within(s, caller.name, f"review/{review_id}")
    return _unrevealing(row, caller)


@router.get("/{review_id}/draft", response_model=DraftRow | None, responses=declares("review_unknown"))
def get_draft(review_id: Identifier, caller: Reviewing, store: Kept) -> DraftRow | None:
    """自己的草稿 / The caller's own draft."""
    with store.database.reading() as s:
        review_rows.get(s, review_id)
        return drafts.get(s, review_id, caller.name)


@router.put("/{review_id}/draft", response_model=DraftRow, responses=declares("review_unknown", "draft_changed"))
def save_draft(review_id: Identifier, body: DraftIn, caller: Reviewing, store: Kept, at: Now) -> DraftRow:
    """保存草稿；不作任何决定 / Keep a draft; it decides nothing."""
    with store.database.writing() as s:
        return drafts.save(s, review_id, caller.name, body.content, body.version, at)


@router.delete("/{review_id}/draft", status_code=204)
def drop_draft(review_id: Identifier, caller: Reviewing, store: Kept) -> None:
    """放弃草稿 / Forget the draft."""
    with store.database.writing() as s:
        drafts.drop(s, review_id, caller.name)


@router.post(
    "/{review_id}/decide",
    response_model=ReviewOut,
    responses=declares(*CONFLICTS, *DUTIES, "review_incomplete", "correction_unfit"),
)
def decide(
    review_id: Identifier,
    body: DecideIn,
    caller: Reviewing,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("review.decide"))],
) -> ReviewOut:
    """作出决定；提交后不再改变 / Decide; it stands as it is from then on."""
    decision, version = _decision(store, review_id, body, caller, at)
    with store.database.writing() as s:
        row = reviews.decide(s, review_id, reviewer(caller), version, decision, at)
        trail.within(s, caller.name, f"review/{review_id}", session=row.session_id, outcome=body.outcome)
    return _shown(store, review_id, caller, at)


@router.post(
    "/{review_id}/appeal",
    response_model=ReviewRow,
    responses=declares("review_unknown", "review_changed", "review_state", "appeal_late"),
)
def appeal(
    review_id: Identifier,
    body: AppealIn,
    caller: Annotated[Caller, Depends(allow("branch", person=True))],
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("review.appeal"))],
) -> ReviewRow:
    """机构申诉 / A branch objects to a decision on a sale of its own."""
    with store.database.writing() as s:
        row = review_rows.get(s, review_id)
        session = sessions.get(s, row.session_id)
        if session is None or caller.branch is None or session.branch != caller.branch or row.reason in BLIND:
            raise MingjianError("review_unknown", review=review_id)
        until = reviews_policy().appeal_until(row.decided_at) if row.decided_at else None
        if until is not None and at > until:
            raise MingjianError("appeal_late", until=until.date().isoformat())
        row = reviews.appeal(s, review_id, caller.name, body.text, body.items, at, body.version)
        trail.within(s, caller.name, f"review/{review_id}", session=row.session_id, items=body.items)
    return row


@router.post(
    "/{review_id}/final",
    response_model=ReviewOut,
    responses=declares(*CONFLICTS, *DUTIES, "review_incomplete", "correction_unfit"),
)
def final(
    review_id: Identifier,
    body: FinalIn,
    caller: Senior,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("review.final"))],
) -> ReviewOut:
    """终审，由初审以外的人作出 / The final judgement, by another person than the first."""
    decision, version = _decision(store, review_id, body, caller, at)
    upheld = None if body.appeal is None else body.appeal == "upheld"
    with store.database.writing() as s:
        row = reviews.judge(s, review_id, reviewer(caller), version, decision, upheld, at)
        trail.within(
            s, caller.name, f"review/{review_id}", session=row.session_id, outcome=body.outcome, appeal=body.appeal
        )
    return _shown(store, review_id, caller, at)


def _decision(store: Store, review_id: str, body: DecideIn, caller: Caller, at: datetime) -> tuple[NewDecision, int]:
    """The decision, found complete, and the version of the review it is on, once its corrections are stored."""
    with store.database.reading() as s:
        row = review_rows.get(s, review_id)
        changes = review_rows.changes_since(s, review_id, body.version)
    if row.version != body.version:
        raise ReviewChanged(row.version, row.state, row.assignee, changes)
    case = case_of(store, row)
    findings = case.findings()
    rulings = tuple(Ruling(**one.model_dump()) for one in body.findings)
    missed = tuple(Unseen(**one.model_dump()) for one in body.missed)
    check(rulings, missed, body.outcome, findings, reviews_policy())
    version = body.version
    if body.corrections:
        with store.database.reading() as s:
            reviews.ensure_decidable(s, review_id, reviewer(caller), at)
            newest = inspections.newest(s, row.session_id)
        base = newest.version if newest else 0
        values = [one.model_dump(mode="json") for one in body.corrections]
        revising.correct(store, row.session_id, values, base=base, by=caller.name, now=at)
        with store.database.reading() as s:
            version = review_rows.get(s, review_id).version
    return NewDecision(
        outcome=body.outcome,
        rulings=rulings,
        missed=missed,
        note=body.note,
        seconds=body.seconds_spent,
        verdicts={key: one.verdict for key, one in findings.items.items()},
    ), version


def _shown(store: Store, review_id: str, caller: Caller, at: datetime) -> ReviewOut:
    with store.database.reading() as s:
        found = review_rows.detail(s, review_id)
        newest = inspections.newest(s, found.review.session_id)
        corrections = review_rows.corrections_of(s, found.review.session_id)
        draft = drafts.get(s, review_id, caller.name)
    review = as_it_stands(found.review, at)
    case = case_of(store, review)
    masker = masker_for(caller, case.session)
    until = reviews_policy().appeal_until(review.decided_at) if review.decided_at else None
    session = Session(**{name: getattr(case.session, name) for name in Session.model_fields})
    blind = case.blind and caller.role in REVIEWERS
    if blind:
        session = session.model_copy(update={"verdict": None, "score": None, "outcome": None})
    return ReviewOut(
        review=_unrevealing(review, caller),
        session=session,
        inspection_version=case.stored.row.version,
        newest_version=newest.version if newest else case.stored.row.version,
        findings=list(case.shown(masker)),
        history=list(found.history) if not blind else [],
        decisions=list(found.decisions),
        missed=list(found.missed),
        appeals=list(found.appeals),
        corrections=list(corrections) if masker is None else [],
        draft=draft,
        appeal_until=until,
        may=_may(case, caller, at),
    )


def _unrevealing(review: ReviewRow, caller: Caller) -> ReviewRow:
    """To reviewers a sample is a sample: whether it was drawn blind would tell what the machine found. And a second
    review is one like any other: who knows that it is compared decides differently."""
    if caller.role in REVIEWERS and review.reason in BLIND:
        return replace(review, reason=SAMPLE, severity=0)
    if caller.role in REVIEWERS and review.reason == quotas.DOUBLE:
        return replace(review, reason=FLAGGED)
    return review


def _undecided(review: ReviewRow, caller: Caller) -> ReviewRow:
    """Without what another person decided: a second one is to decide without knowing it."""
    if caller.name in (review.decided_by, review.final_by):
        return review
    return replace(review, outcome=None, note=None, final_outcome=None, final_note=None)


def _may(case: Case, caller: Caller, at: datetime) -> list[str]:
    """What the caller can do with a review as it stands."""
    review, found = case.review, list[str]()
    if caller.role not in REVIEWERS or (case.session.agent_no and case.session.agent_no == caller.staff_no):
        return found
    senior = caller.role == "senior_reviewer"
    own = review.assignee == caller.name
    leased = review.leased_until is not None and review.leased_until > at
    free = review.assignee is None or own or (senior and not leased)
    if review.state in ("open", "claimed") and free:
        found.append("claim")
    if review.state == "claimed" and own:
        found += ["release", "decide", "correct"]
    if senior and review.decided_by != caller.name and free:
        if review.state == "appealed":
            found.append("claim")
        if review.state in ("decided", "appealed"):
            found.append("final")
    return list(dict.fromkeys(found))
