"""Sessions as they stand in a store, made without the interface."""

from datetime import datetime
from pathlib import Path
from typing import Any

from engine.evidence import Evidence, Quality
from engine.evidence.file import pack
from engine.inspection import to_json
from engine.store import inspections, jobs, sessions
from engine.store.inspections import Outcome
from engine.store.sessions import NewPart, NewSession, SessionRow
from engine.store.store import Store
from tests.store.inspected import inspection, item, order


def keep(store: Store, content: bytes, now: datetime, media_type: str = "video/mp4") -> str:
    """The name of a blob with this content."""
    path = Path(store.database.settings.folder) / "made"
    path.write_bytes(content)
    return store.keep(path, media_type, now, consume=True).sha256


def session(
    store: Store, now: datetime, content: bytes = b"recording", by: str = "uploader", **changes: Any
) -> SessionRow:
    """A session that is queued."""
    part = NewPart("张三的录像.mp4", keep(store, content, now))
    with store.database.writing() as s:
        return sessions.create(s, NewSession((part,), order(**changes), by), now)


def inspected(store: Store, now: datetime, **session_of: Any) -> SessionRow:
    """A session with an inspection that has a clip and a report."""
    row = session(store, now, **session_of)
    found = inspection(items=(item(),))
    result = keep(store, to_json(found), now, "application/json")
    evidence = keep(store, pack(Evidence(found.recording, None, None, Quality())), now, "application/gzip")
    clip = keep(store, b"clip", now, "video/mp4")
    report = keep(store, b"<script>alert(1)</script>", now, "text/html")
    files = (("clips/dr_cooling_off.mp4", clip), ("report.html", report))
    with store.database.writing() as s:
        held = jobs.lease(s, "worker", now, 60)
        assert held is not None
        assert held.session_id == row.id
        inspections.commit(s, held, Outcome(found, result, evidence, files=files), now)
        row = sessions.get(s, row.id) or row
    return row
