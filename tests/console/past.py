"""A month of work on the stage: sessions decided, appealed, judged, reviewed twice and blindly; tickets, wordings, a
draft of a rule set. So that pages about what happened have something to show. The same every time.
"""

import gzip
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from engine.inspection import Inspection, from_json, to_json
from engine.order import parse_order
from engine.reviewing import Outcome as Concluded
from engine.reviewing import Ruling, Unseen
from engine.rules.texts import built_in
from engine.store import (
    inspections,
    jobs,
    keeping,
    policies,
    quotas,
    review_rows,
    reviews,
    rulesets,
    sessions,
    tickets,
    users,
)
from engine.store.inspections import Outcome
from engine.store.policies import PolicyDates
from engine.store.reviews import NewDecision, NewReview, Reviewer
from engine.store.rulesets import NewText
from engine.store.sessions import NewPart, NewSession
from engine.store.tickets import NewEvent, NewTicket
from engine.store.users import NewUser
from tests.console.stage import FOUND, MEDIA, PASSWORD, Sale, Stage, _kept, _order, _with

DAYS = 24
BRANCHES = ("西安分公司", "咸阳支公司", "宝鸡支公司", "渭南支公司")
AGENTS = (("张宏", "A10231"), ("何静", "A10417"), ("马丽", "A10388"), ("杜鹏", "A10502"), ("罗浩", "A10533"))
FAULTS: tuple[tuple[str, ...], ...] = (
    ("dr_cooling_off",), (), ("fb_guarantee", "dr_exclusion"), ("dr_exclusion",), (),
    ("dr_cooling_off", "dr_exclusion"),
)  # fmt: skip
CHIEF, BRANCH = Reviewer("孙悦", senior=True), "西安机构"
TEAM = (Reviewer("赵敏"), Reviewer("钱进"))
SECOND_OFFICER = "郑合规"
"""Who approves what the other officer proposed."""


def fill(found: Stage) -> dict[str, str]:
    """Put the month before now on the stage. Gives what pages are opened with: a review that was appealed against, the
    number of a draft."""
    now = found.service.clock()
    inspection = from_json(gzip.decompress((FOUND / "faulty.inspection.json.gz").read_bytes()))
    made = [_session(found, inspection, number, now) for number in range(2 * DAYS)]
    for number, (session, at) in enumerate(made):
        _reviewed(found, session, number, at)
    _second_reviews(found, made)
    appealed = _appeals(found, made, now)
    _tickets(found, made, now)
    second_officer(found)
    held = found.sessions["P20261100802"]
    _keeping(found, made, held, now)
    return {"objected": appealed, "draft": str(_draft(found, now)), "held": held}


def _draw(number: int, salt: str, of: int) -> int:
    """A number below `of`, spread evenly and always the same."""
    return int.from_bytes(sha256(f"{salt}{number}".encode()).digest()[:4], "big") % of


def _session(found: Stage, inspection: Inspection, number: int, now: datetime) -> tuple[str, datetime]:
    """A session that came in during the month, inspected at once."""
    store = found.service.store
    at = now - timedelta(days=DAYS - number / 2, hours=_draw(number, "hour", 6))
    faults = FAULTS[_draw(number, "fault", len(FAULTS))]
    agent = AGENTS[_draw(number, "agent", len(AGENTS))]
    branch = BRANCHES[_draw(number, "branch", len(BRANCHES))]
    sale = Sale(f"P20261000{number:03d}", f"客户{number:02d}", agent, branch, 24 * 9, faults)
    order = _order(sale, at)
    result = _with(inspection, sale, order)
    result = replace(result, verdict="flagged" if faults else "clear")
    media = store.keep(MEDIA, "video/mp4", at).sha256
    evidence = _kept(store, (FOUND / "faulty.evidence.json.gz").read_bytes(), "application/gzip", at)
    kept = _kept(store, to_json(result), "application/json", at)
    with store.database.writing() as s:
        part = NewPart(f"{sale.policy_no}_双录.mp4", media)
        row = sessions.create(s, NewSession((part,), parse_order(order), "stage"), at)
        held = jobs.lease(s, "stage", at, 60)
        if held is None or held.session_id != row.id:
            raise RuntimeError("the stage's jobs are not alone")
        seconds = timedelta(seconds=40 + _draw(number, "seconds", 80))
        inspections.commit(s, held, Outcome(result, kept, evidence, seconds=41.0), at + seconds)
    return row.id, at


def _reviewed(found: Stage, session: str, number: int, at: datetime) -> None:
    """Flagged sessions are decided within days, most of them; clear ones seen blindly, some of them."""
    if _draw(number, "waits", 8) == 0 and number > DAYS:
        return
    with found.service.store.database.writing() as s:
        opened = [one.review for one in review_rows.of_session(s, session)]
        if not opened:
            if _draw(number, "blind", 2):
                return
            row = sessions.get(s, session)
            inspection = row.inspection_id if row else None
            new = NewReview(session, inspection or "", at + timedelta(days=9), reason=quotas.BLIND)
            opened = [reviews.open_review(s, new, at)]
        who = TEAM[_draw(number, "who", len(TEAM))]
        now = found.service.clock()
        decided = min(now - timedelta(hours=8), at + timedelta(hours=5 + _draw(number, "wait", 60)))
        _decide(s, opened[0].id, session, who, number, decided)


def _decide(s: Any, review: str, session: str, who: Reviewer, number: int, at: datetime, salt: str = "") -> None:
    row = reviews.claim(s, review, who, at - timedelta(minutes=4), 600)
    with_findings = s.scalars(_flagging(session)).all() if row.reason not in review_rows.BLIND else []
    rulings = tuple(_ruling(one, number, salt) for one in with_findings)
    standing = any(one.decision == "confirm" for one in rulings)
    missed: tuple[Unseen, ...] = ()
    outcome: Concluded = "整改" if standing else "合格"
    if row.reason == quotas.BLIND and _draw(number, "missed", 6) == 0:
        missed, outcome = (Unseen("dr_exclusion", 12.0, 18.0, "没有说免责"),), "整改"
    verdicts = {(one.item, one.product_index): one.verdict for one in with_findings}
    seconds = 60.0 + _draw(number, "spent" + salt, 90)
    decision = NewDecision(outcome, rulings, missed, "听过原声", seconds, verdicts)
    reviews.decide(s, review, who, row.version, decision, at)


def _flagging(session: str) -> Any:
    from sqlalchemy import select

    from engine.store.tables import Finding

    return select(Finding).where(Finding.session_id == session, Finding.flags).order_by(Finding.id)


def _ruling(finding: Any, number: int, salt: str) -> Ruling:
    chance = _draw(number, finding.item + salt, 10)
    if chance < 7:
        return Ruling(finding.item, finding.product_index, "confirm", "heard")
    if chance < 9:
        reason = "said_otherwise" if finding.item == "dr_cooling_off" else "misheard"
        return Ruling(finding.item, finding.product_index, "overturn", reason, "说的是“十五天之内您可以反悔”")
    return Ruling(finding.item, finding.product_index, "cannot_tell", "sound_unclear")


def _second_reviews(found: Stage, made: list[tuple[str, datetime]]) -> None:
    """Every third decided session is reviewed again by the other one."""
    with found.service.store.database.writing() as s:
        for number, (session, at) in enumerate(made):
            if number % 3 or not quotas.note_doubles(s, (session,), at + timedelta(days=9), at + timedelta(days=3)):
                continue
            listed = [one.review for one in review_rows.of_session(s, session)]
            first = next(one for one in listed if one.reason == "flagged")
            double = next(one for one in listed if one.reason == quotas.DOUBLE)
            other = next(one for one in TEAM if one.name != first.decided_by)
            salt = "" if number % 2 else "again"
            again = min(found.service.clock() - timedelta(hours=7), at + timedelta(days=4))
            _decide(s, double.id, session, other, number, again, salt)


def _appeals(found: Stage, made: list[tuple[str, datetime]], now: datetime) -> str:
    """The branch appeals; some are judged. The last that waits."""
    waiting = ""
    with found.service.store.database.writing() as s:
        decided = [
            one.review
            for session, _ in reversed(made)
            for one in review_rows.of_session(s, session)
            if one.review.state == "decided" and one.review.reason == "flagged" and one.review.outcome != "合格"
        ]
        for number, review in enumerate(decided[:6]):
            items = [one.item for one in s.scalars(_flagging(review.session_id)).all()][:1]
            text = "销售人员在录像后半段补充说明过，客户也点头确认，请复听原声。"
            row = reviews.appeal(s, review.id, BRANCH, text, items, now - timedelta(hours=6 - number))
            if number < 3:
                waiting = waiting or review.id
                continue
            findings = s.scalars(_flagging(review.session_id)).all()
            upheld = number % 2 == 0
            call: Any = "overturn" if upheld else "confirm"
            rulings = tuple(
                Ruling(one.item, one.product_index, call, "misheard" if upheld else None) for one in findings
            )
            verdicts = {(one.item, one.product_index): one.verdict for one in findings}
            outcome = "合格" if upheld else "整改"
            decision = NewDecision(outcome, rulings, (), "复听后作出", 120.0, verdicts)
            reviews.judge(s, review.id, CHIEF, row.version, decision, upheld, now - timedelta(hours=1))
    return waiting


def _tickets(found: Stage, made: list[tuple[str, datetime]], now: datetime) -> None:
    """Call-backs in several states, and rectifications on their way."""
    with found.service.store.database.writing() as s:
        for number, (session, at) in enumerate(made[-14:]):
            row = tickets.open_ticket(s, NewTicket("callback", session_id=session), at)
            for event in (("no_answer",), ("standard",), (), ("explain",))[number % 4]:
                moment = min(now, at + timedelta(days=2))
                reason = None if row.due_at is None or moment <= row.due_at else "客户约在期限之后"
                tickets.add_event(s, row.id, NewEvent(event, "回访员", moment, overdue_reason=reason), now)


def _keeping(found: Stage, made: list[tuple[str, datetime]], held: str, now: datetime) -> None:
    """Holds for complaints, and contracts that ended long ago: what may go, and who asked for it."""
    ago = timedelta(days=365)
    with found.service.store.database.writing() as s:
        keeping.place_hold(s, held, "客户投诉 2026-1107：称未听到犹豫期说明", "李合规", now - 0.01 * ago)
        ended = keeping.place_hold(s, made[3][0], "诉讼（2026）陕01民初 318 号", "李合规", now - 0.9 * ago)
        keeping.end_dispute(s, ended.id, now - 0.2 * ago)
        for number in range(10, 16):
            told = PolicyDates(f"P20261000{number:03d}", contract_ended_at=now - 11 * ago, told_by="核心系统")
            policies.tell(s, told, now - ago)
        wishes = ((10, "李合规", "保管期满"), (11, "吴管理", None), (12, "吴管理", "批量清理"))
        asked = [keeping.request_purge(s, made[n][0], who, note, now - 0.01 * ago) for n, who, note in wishes]
        keeping.refuse_purge(s, asked[2].id, "李合规", "同一客户另有申诉在办，暂缓", now)


def _draft(found: Stage, now: datetime) -> int:
    """A draft of a rule set that differs a little from the shipped one."""
    text = (built_in("face_to_face") or "").replace("title: 现场双录", "title: 现场双录（修订）")
    with found.service.store.database.writing() as s:
        made = rulesets.add(s, NewText("face_to_face", text, None, "标题修订，试用"), "李合规", now - timedelta(days=1))
    return made.version


def second_officer(found: Stage) -> None:
    """Somebody who may approve what the first officer proposed."""
    service = found.service
    new = NewUser(SECOND_OFFICER, "compliance", service.passwords.hash(PASSWORD))
    with service.store.database.writing() as s:
        users.add(s, new, service.clock())
