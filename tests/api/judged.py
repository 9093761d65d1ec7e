"""Sessions that the engine has really judged: a chat record of a small sale, stored as a worker stores it."""

import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.evidence.file import pack
from engine.inspection import Inspection, to_json
from engine.order import parse_order
from engine.pipeline import Result, inspect_media
from engine.store import inspections, jobs, sessions
from engine.store.inspections import Outcome
from engine.store.sessions import NewPart, NewSession, SessionRow
from engine.store.store import Store
from tests.api.made import keep
from tests.rules.conftest import ORDER, sale

CLIP = "clips/dr_period.mp4"
FRAME = "frames/0001.jpg"
SALE_ORDER: dict[str, Any] = {
    **ORDER,
    "policy_no": "P2026-7",
    "issued_at": "2026-11-10T09:00:00+08:00",
    "insurer": {"name": "远山人寿保险公司"},
    "policyholder": {
        **ORDER["policyholder"],  # type: ignore[dict-item]
        "name": "王小芳",
        "id_number": "610104198005010023",
        "phone": "13671234568",
    },
    "agent": {"name": "李静", "staff_no": "A001", "org": "西安分公司", "phone": "13900139000"},
}
FAULT = {"dr_period": "不清楚。", "dr_is_insurance": "不明白。"}


def order(**changes: Any) -> dict[str, Any]:
    return {**SALE_ORDER, **changes}


@cache
def _judged(lines: str, written: str) -> Result:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "chat.json"
        path.write_text(lines, encoding="utf-8")
        return inspect_media([path], order=json.loads(written))


def lines_of(**instead: str) -> list[dict[str, str]]:
    """The sale, with a sentence that names the customer and a phone."""
    said = [{"role": role, "text": text} for role, text in sale(**instead)]
    return [
        *said,
        {"role": "agent", "text": "王小芳女士，您的手机是13671234568，对吗？"},
        {"role": "customer", "text": "对。"},
    ]


def judged(
    store: Store,
    now: datetime,
    *,
    by: str = "uploader",
    salt: str = "",
    retry_of: str | None = None,
    faults: dict[str, str] | None = None,
    **changes: Any,
) -> SessionRow:
    """A session with its inspection, evidence, a clip and a frame. Without `faults` given, one critical item fails."""
    given = order(**changes)
    written = json.dumps({"utterances": lines_of(**(FAULT if faults is None else faults))}, ensure_ascii=False)
    found = _judged(written, json.dumps(given, ensure_ascii=False, sort_keys=True))
    part = NewPart("王小芳的聊天.json", keep(store, written.encode() + salt.encode(), now, "application/json"), "chat")
    with store.database.writing() as s:
        row = sessions.create(s, NewSession((part,), parse_order(given), by, retry_of=retry_of), now)
    outcome = _outcome(store, illustrated(found.inspection), pack(found.evidence), now)
    with store.database.writing() as s:
        held = jobs.lease(s, "worker", now, 60)
        assert held is not None
        assert held.session_id == row.id
        inspections.commit(s, held, outcome, now)
    with store.database.reading() as s:
        return sessions.get(s, row.id) or row


def illustrated(inspection: Inspection) -> Inspection:
    """The inspection with a clip and a frame for the item that fails."""
    items = tuple(
        replace(item, evidence=tuple(replace(one, clip=CLIP, frame=FRAME) for one in item.evidence))
        if item.id == "dr_period"
        else item
        for item in inspection.items
    )
    return replace(inspection, items=items)


def _outcome(store: Store, inspection: Inspection, evidence: bytes, now: datetime) -> Outcome:
    files = (
        (CLIP, keep(store, b"moving pictures", now, "video/mp4")),
        (FRAME, keep(store, b"a picture", now, "image/jpeg")),
        ("report.html", keep(store, "王小芳 unmasked".encode(), now, "text/html")),
    )
    result = keep(store, to_json(inspection), now, "application/json")
    return Outcome(inspection, result, keep(store, evidence, now, "application/gzip"), files=files, seconds=1.0)
