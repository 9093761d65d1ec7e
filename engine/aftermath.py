"""What follows when a session was inspected or reviewed: it is compared with the other recordings of its policy, and
its call-back or rectification moves on.
"""

import logging
from datetime import datetime

from pydantic import ValidationError

from engine.duties.checks import consistency as checks_of
from engine.duties.clocks import long_cover
from engine.duties.consistency import CALLBACK, Disagreement, Recorded, compare, recorded
from engine.duties.data import duties
from engine.duties.suspicion import judge_phone, judge_reuse, judge_voices
from engine.duties.tickets import VOID, call_event, events_open
from engine.errors import MingjianError
from engine.evidence.file import unpack
from engine.inspection import Inspection, from_json
from engine.store import callbacks, consistency, policies, quotas, tickets
from engine.store.callbacks import Decided, Transaction
from engine.store.policies import OtherSession
from engine.store.store import Store
from engine.store.tickets import ENGINE, NewEvent, NewTicket

LOG = logging.getLogger(__name__)
AT_ONCE = 50
LATE_CALL = "回访在期限之后进行（系统记录，原因待补）"
LATE_RECORDING = "补录在期限之后上传"
LATE_REVIEW = "复核在期限之后完成"


class Comparing:
    """Newly inspected sessions: compared with what is there, and their call-backs and re-recordings moved on."""

    def __init__(self, store: Store, now: datetime, *, keeps_voices: bool) -> None:
        self._store, self._now, self._keeps_voices = store, now, keeps_voices
        self.findings = self.tickets = 0
        self.failed: list[str] = []

    def all(self) -> int:
        """Up to `AT_ONCE` sessions; how many they were."""
        with self._store.database.reading() as s:
            due = consistency.due(s, AT_ONCE)
        for session_id in due:
            try:
                self._one(session_id)
            except MingjianError as error:
                if error.code in ("store_unavailable", "blobs_unavailable"):
                    raise
                LOG.warning("session %s was not compared: %s", session_id, error.code)
                self._give_up(session_id)
            except (ValidationError, ValueError) as error:
                LOG.error("session %s was not compared: %s", session_id, type(error).__name__)
                self._give_up(session_id)
        return len(due)

    def _give_up(self, session_id: str) -> None:
        """Its result cannot be read: that is not tried again until there is a new one."""
        self.failed.append(session_id)
        with self._store.database.writing() as s:
            found = policies.session_of(s, session_id)
            if found is not None and found.inspection_id is not None:
                consistency.note_compared(s, session_id, found.inspection_id, self._now)

    def _one(self, session_id: str) -> None:
        with self._store.database.reading() as s:
            session = policies.session_of(s, session_id)
            if session is None or session.result is None or session.inspection_id is None:
                return
            family = policies.sessions_of(s, session.order.policy_no) if session.order.policy_no else (session,)
            use = policies.phone_use(s, session_id)
            reused = policies.reused_in(s, session_id)
        recordings = {one.id: made for one in family if (made := self._recorded(one)) is not None}
        inspection = self._inspection(session)
        found: list[Disagreement] = list(compare(tuple(recordings.values())))
        if use is not None:
            found += judge_phone(session_id, use)
        found += judge_reuse(session_id, reused)
        found += self._voices(session)
        with self._store.database.writing() as s:
            self.findings += consistency.write(s, recordings.keys() | {session_id}, self._checks(), found, self._now)
            consistency.note_compared(s, session_id, session.inspection_id, self._now)
            self.tickets += self._move_tickets(s, session, inspection)

    def _checks(self) -> tuple[str, ...]:
        """What a comparison decides anew. Findings about phones, files and voices stay until a person has seen them."""
        rules = checks_of()
        return (*(one.id for one in (*rules.answers, *rules.values)), rules.orders.id, rules.retries.id)

    def _recorded(self, session: OtherSession) -> Recorded | None:
        if session.result is None or session.state != "inspected":
            return None
        return recorded(self._inspection(session), session.order, session.id, session.recorded_at or session.created_at)

    def _inspection(self, session: OtherSession) -> Inspection:
        if session.result is None:
            raise ValueError("not inspected")
        with self._store.blobs.open(session.result) as file:
            return from_json(file.read())

    def _voices(self, session: OtherSession) -> tuple[Disagreement, ...]:
        if not self._keeps_voices:
            return ()
        with self._store.database.reading() as s:
            evidence = callbacks.evidence_of(s, session.inspection_id or "")
        if evidence is not None:
            self._keep(session.id, evidence)
        with self._store.database.reading() as s:
            mine, model = consistency.voices_of(s, session.id), consistency.model_of_voices(s, session.id)
            return judge_voices(mine, consistency.other_voices(s, session.id, model)) if model else ()

    def _keep(self, session_id: str, evidence: str) -> None:
        with self._store.blobs.open(evidence) as file:
            transcript = unpack(file.read()).transcript
        prints = transcript.voiceprints if transcript else None
        if not transcript or not prints:
            return
        voices = [(transcript.role_of(one.speaker), one.vector, one.seconds) for one in prints]
        told = [(role, vector, seconds) for role, vector, seconds in voices if role in ("agent", "customer")]
        longest = {role: max((v for v in told if v[0] == role), key=lambda v: v[2]) for role, _, _ in told}
        with self._store.database.writing() as s:
            consistency.keep_voices(s, session_id, prints[0].model, longest.values(), self._now)

    def _move_tickets(self, s: Transaction, session: OtherSession, inspection: Inspection) -> int:
        scenario = session.scenario or inspection.ruleset.id
        if scenario == CALLBACK:
            return self._call_made(s, session, inspection)
        moved = self._recorded_again(s, session)
        return moved + self._open_callback(s, session, scenario)

    def _open_callback(self, s: Transaction, session: OtherSession, scenario: str) -> int:
        rules = duties().callbacks
        policy_no = session.order.policy_no
        if not rules.open or policy_no is None or scenario not in rules.scenarios or not long_cover(session.order):
            return 0
        if tickets.had_one(s, "callback", policy_no):
            return 0
        tickets.open_ticket(s, NewTicket("callback", policy_no=policy_no, session_id=session.id), self._now)
        return 1

    def _call_made(self, s: Transaction, session: OtherSession, inspection: Inspection) -> int:
        """An inspected call moves the call-back of its policy, once; what cannot happen there waits for a person."""
        event = call_event(inspection.outcome)
        policy_no = session.order.policy_no
        if policy_no is None:
            return 0
        ticket = tickets.open_for(s, "callback", policy_no)
        if ticket is None:
            if tickets.had_one(s, "callback", policy_no):
                return 0
            ticket = tickets.open_ticket(
                s, NewTicket("callback", policy_no=policy_no, session_id=session.id), self._now
            )
        at = session.recorded_at or session.created_at
        if event is None or tickets.event_of(s, ticket.id, session.id) is not None:
            return 0
        if event not in events_open("callback", ticket.state):
            LOG.info("call-back %s: %s does not fit the state %s", ticket.id, event, ticket.state)
            return 0
        note = f"{inspection.outcome.classification} {inspection.outcome.kind or ''}".strip()
        happened = NewEvent(event, ENGINE, at, note=note, session_id=session.id, overdue_reason=LATE_CALL)
        tickets.add_event(s, ticket.id, happened, self._now)
        return 1

    def _recorded_again(self, s: Transaction, session: OtherSession) -> int:
        """A recording made after a rectification was asked for answers it."""
        ticket = callbacks.rectified_by(s, session)
        if ticket is None:
            return 0
        at = max(session.recorded_at or session.created_at, ticket.opened_at)
        reason = LATE_RECORDING if ticket.due_at is not None and at > ticket.due_at else None
        new = NewEvent("rerecorded", ENGINE, at, session_id=session.id, overdue_reason=reason)
        tickets.add_event(s, ticket.id, new, self._now)
        if session.verdict == "clear":
            done = NewEvent("accepted", ENGINE, at, session_id=session.id, overdue_reason=reason)
            tickets.add_event(s, ticket.id, done, self._now)
        return 1


def after_reviews(store: Store, now: datetime) -> int:
    """What people decided on calls and on re-recordings moves their tickets too, and takes back what the machine had
    concluded wrongly."""
    moved = 0
    with store.database.writing() as s:
        for decided in callbacks.decided_since(s, AT_ONCE):
            moved += _decided_call(s, decided, now) if decided.scenario == CALLBACK else _decided_again(s, decided, now)
            callbacks.note_decided(s, decided)
    return moved


def _decided_call(s: Transaction, decided: Decided, now: datetime) -> int:
    """A call that people found sound closes its call-back, whatever the machine had made of it."""
    if decided.outcome != quotas.SOUND or decided.policy_no is None:
        return 0
    ticket = callbacks.callback_of(s, decided.policy_no)
    if ticket is None:
        return 0
    made = tickets.event_of(s, ticket.id, decided.session_id)
    if made is not None and made.event in ("standard", "substandard"):
        return 0
    if made is not None:
        if tickets.history(s, ticket.id)[-1].id != made.id:
            return 0  # people have gone on from it
        note = "复核认定合格，撤回机器结论"
        tickets.add_event(s, ticket.id, NewEvent(VOID, ENGINE, decided.at, note=note, voids=made.id), now)
        ticket = tickets.get(s, ticket.id)
    if "standard" not in events_open("callback", ticket.state):
        return 0
    new = NewEvent(
        "standard", decided.decided_by, decided.at, note="复核认定合格", session_id=decided.session_id,
        overdue_reason=LATE_CALL,
    )  # fmt: skip
    tickets.add_event(s, ticket.id, new, now)
    return 1


def _decided_again(s: Transaction, decided: Decided, now: datetime) -> int:
    """A re-recording that people found sound settles what was to be rectified; any other does not."""
    ticket = callbacks.awaiting(s, decided.session_id)
    if ticket is None:
        return 0
    event = "accepted" if decided.outcome == quotas.SOUND else "rejected"
    reason = LATE_REVIEW if ticket.due_at is not None and decided.at > ticket.due_at else None
    new = NewEvent(event, decided.decided_by, decided.at, session_id=decided.session_id, overdue_reason=reason)
    tickets.add_event(s, ticket.id, new, now)
    return 1
