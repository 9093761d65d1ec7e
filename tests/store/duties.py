"""Sessions that were really judged, with results and evidence that can be read back, for tests of what follows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from engine.evidence import Voiceprint
from engine.evidence.file import pack
from engine.inspection import Inspection, Outcome, Reference, StageReport, to_json
from engine.order import Order
from engine.rules import RuleSet, evaluate, load
from engine.rules.policy import decide, load_policy
from engine.rules.rehearsal import Line, rehearse
from engine.store import inspections, jobs, sessions
from engine.store.sessions import NewPart, NewSession, SessionRow
from engine.store.store import Store
from tests.store.inspected import inspection, kept

SALE: tuple[tuple[str, str], ...] = (
    ("agent", "您每年交保费一万两千元，一共交十年，清楚吗？"), ("customer", "清楚。"),
    ("agent", "过了犹豫期退保只退现金价值，会有损失，您了解吗？"), ("customer", "了解。"),
    ("agent", "投保单、投保提示书都是您本人亲笔签名的，对吗？"), ("customer", "对，是我签的。"),
)  # fmt: skip
CALL: tuple[tuple[str, str], ...] = (
    ("agent", "投保单和提示书上是您和被保险人本人亲笔签名的吗？"), ("customer", "是的，本人签的。"),
    ("agent", "犹豫期后退保可能有损失，您了解吗？"), ("customer", "了解。"),
)  # fmt: skip
DENIED: tuple[tuple[str, str], ...] = (*CALL[:1], ("customer", "不是，业务员代我签的。"), *CALL[2:])
ORDER: dict[str, Any] = {
    "policy_no": "P1",
    "channel": "bank",
    "scenario": "face_to_face",
    "recorded_at": "2026-11-02T10:12:00+08:00",
    "receipt_signed_at": "2026-11-03T09:00:00+08:00",
    "insurer": {"short_name": "远山人寿"},
    "products": [
        {
            "design_type": "普通型",
            "line": "life",
            "premium": "12000",
            "payment_mode": "年交",
            "payment_years": 10,
            "cover": {"kind": "whole_life"},
            "cooling_off_days": 15,
        }
    ],
    "policyholder": {"name": "王芳", "id_number": "11010519491231002X", "phone": "13800138000"},
    "agent": {"name": "李强", "staff_no": "A001", "org": "西安分公司", "phone": "13900139000"},
}


@cache
def rules(name: str) -> RuleSet:
    return load(name)


def judged(lines: Sequence[tuple[str, str]], order: Order, name: str) -> tuple[Inspection, bytes]:
    """What the engine would find, had somebody said exactly this; and its evidence."""
    evidence = rehearse([Line(*one) for one in lines])  # type: ignore[arg-type]
    judgement = evaluate(evidence, rules(name), order)
    decision = decide(judgement, load_policy(rules(name).policy), evidence, order)
    found = replace(
        inspection(),
        order=order.as_given(),
        items=judgement.items,
        verdict=decision.verdict,
        outcome=decision.outcome,
        reasons=decision.reasons,
        ruleset=Reference(name, rules(name).sha256, rules(name).version),
        stages=(StageReport("transcribe", "ok", None, 6.5), StageReport("rules", "ok", None, 0.2)),
    )
    return found, pack(evidence)


def inspected(
    store: Store,
    folder: Path,
    now: datetime,
    lines: Sequence[tuple[str, str]] = SALE,
    *,
    content: bytes = b"recording",
    verdict: str | None = None,
    outcome: Outcome | None = None,
    voices: tuple[Voiceprint, ...] | None = None,
    **changes: Any,
) -> SessionRow:
    """A session that came in at `now` and was inspected a minute later."""
    order = Order.model_validate({**ORDER, **changes})
    name = "callback" if order.scenario == "callback" else "face_to_face"
    found, evidence = judged(lines, order, name)
    if verdict is not None:
        found = replace(found, verdict=verdict, reasons=() if verdict == "clear" else found.reasons)
    if outcome is not None:
        found = replace(found, outcome=outcome)
    if voices is not None:
        heard = rehearse([Line(*one) for one in lines])  # type: ignore[arg-type]
        transcript = heard.transcript
        assert transcript is not None
        evidence = pack(replace(heard, transcript=replace(transcript, voiceprints=voices)))
    part = NewPart("a.mp4", kept(store, folder, content, now))
    with store.database.writing() as s:
        row = sessions.create(s, NewSession((part,), order, "uploader"), now)
    done = now + timedelta(minutes=1)
    brought = inspections.Outcome(
        replace(found, id=row.fingerprint),
        kept(store, folder, to_json(replace(found, id=row.fingerprint)), now),
        kept(store, folder, evidence, now),
        seconds=9.0,
    )
    with store.database.writing() as s:
        lease = jobs.lease(s, "test", done, 60.0)
        assert lease is not None
        assert lease.session_id == row.id
        inspections.commit(s, lease, brought, done)
    with store.database.reading() as s:
        after = sessions.get(s, row.id)
    assert after is not None
    return after
