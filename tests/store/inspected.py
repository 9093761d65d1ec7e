"""Results as a worker brings them, made without a recording."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from engine import reasons
from engine.evidence import Media, Part
from engine.inspection import (
    Coverage,
    EngineReference,
    Inspection,
    Item,
    Note,
    Outcome,
    Reference,
    SessionVerdict,
    Severity,
    Timings,
    UtteranceSummary,
    Verdict,
    Window,
)
from engine.order import Order, parse_order
from engine.store import inspections
from engine.store.sessions import NewPart, NewSession
from engine.store.store import Store

LINES = ("您好，我是安康人寿的业务员。", "这份保险有十五天的犹豫期。", "好的，明白。")
ORDER = {
    "policy_no": "P2026-1",
    "channel": "agency",
    "scenario": "face_to_face",
    "region": "CN-SN",
    "recorded_at": "2026-11-02T10:12:00+08:00",
    "issued_at": "2026-11-03T09:00:00+08:00",
    "products": [{"full_name": "安康终身寿险", "cover": {"kind": "whole_life"}, "cooling_off_days": 15}],
    "policyholder": {"name": "王芳", "id_number": "11010519491231002X", "phone": "13800138000"},
    "agent": {"name": "李强", "staff_no": "A001", "org": "西安分公司", "phone": "13900139000"},
}


def order(**changes: object) -> Order:
    return parse_order({**ORDER, **changes})


def kept(store: Store, folder: Path, content: bytes, now: datetime) -> str:
    """The name of a blob with this content."""
    path = folder / hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    return store.keep(path, "application/octet-stream", now).sha256


def new_session(
    store: Store, folder: Path, now: datetime, content: bytes = b"recording", **changes: object
) -> NewSession:
    part = NewPart("a.mp4", kept(store, folder, content, now))
    return NewSession((part,), order(**changes), "uploader")


def item(
    name: str = "dr_cooling_off", verdict: Verdict = "fail", severity: Severity = "critical", title: str = "犹豫期"
) -> Item:
    code = "disclosed" if verdict == "pass" else "disclosure_missing"
    return Item(name, title, "disclosure", severity, verdict, reasons.text(code), code, Window(0.0, 60.0, 1.0))


def inspection(
    lines: Sequence[str] = LINES,
    items: Sequence[Item] = (),
    verdict: SessionVerdict | None = None,
    flagging: Sequence[Item] | None = None,
    content: str = "c" * 64,
    recorded_at: str | None = None,
) -> Inspection:
    """What was found. The items that flag it are those that are not passed, unless `flagging` says which."""
    named = [one for one in items if one.verdict != "pass"] if flagging is None else flagging
    notes = tuple(
        Note("item_flagged", reasons.text("item_flagged", title=one.title, reason=one.reason)) for one in named
    )
    said = tuple(
        UtteranceSummary(number + 1, 5.0 * number, 5.0 * number + 4, "S1", "agent", text, 0.9)
        for number, text in enumerate(lines)
    )
    part = Part("a.mp4", "a" * 64, 9, "mp4", 60.0, 0.0, video=None, audio=None)
    return Inspection(
        id=content,
        created_at="2026-11-22T00:00:00+00:00",
        recording=Media((part,), 60.0, recorded_at),
        order=ORDER,
        ruleset=Reference("face_to_face", "b" * 64, "1"),
        policy=Reference("default", "d" * 64),
        engine=EngineReference("0.1.0", (), {}),
        verdict=verdict or ("flagged" if named else "clear"),
        refused=False,
        score=75.0 if named else 100.0,
        outcome=Outcome(classification="问题件" if named else "标准件"),
        notes=(),
        coverage=Coverage(1.0, None),
        stages=(),
        speakers=(),
        utterances=said,
        items=tuple(items),
        scene=None,
        quality={},
        timings=Timings(9.0, 0.15),
        reasons=notes,
    )


def outcome(store: Store, folder: Path, now: datetime, found: Inspection) -> inspections.Outcome:
    """The same with its blobs kept."""
    result = kept(store, folder, b"result " + found.id.encode(), now)
    evidence = kept(store, folder, b"evidence " + found.id.encode(), now)
    return inspections.Outcome(found, result, evidence, files=(("report.html", result),), seconds=9.0)
