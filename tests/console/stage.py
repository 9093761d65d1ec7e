"""A server with people, recordings and reviews, for browsers to work with: `python -m tests.console.stage`.

It tells its address, its people and what is there in one line of JSON, and serves until its standard input ends. The
recording is the demo session with faults; what the engine found in it lies in tests/data/console, so that nothing has
to be inspected here.
"""

import gzip
import json
import math
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn

from api.app import create_app
from api.service import Service
from api.settings import Role, server_settings
from engine.evidence.file import pack, unpack
from engine.inspection import Inspection, from_json, to_json
from engine.order import parse_order
from engine.settings import Settings
from engine.store import inspections, jobs, sessions, users
from engine.store.inspections import Outcome
from engine.store.sessions import NewPart, NewSession
from engine.store.store import Store
from engine.store.users import NewUser
from tests.console import acts
from tests.console.hour import lasting, repeated_evidence, repeated_file

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / "tests" / "data" / "console"
MEDIA = ROOT / "eval" / "synth" / "demo" / "faulty.mp4"
PASSWORD = "a-long-password-of-a-test"  # noqa: S105  (of people who live as long as the test)
ID_NUMBER = "999999197009020041"  # of the demo's order
GENEROUS = {"per_caller": 1_000_000, "per_address": 1_000_000, "logins": 100_000, "refused": 100_000}
PEOPLE: tuple[tuple[str, Role, dict[str, str]], ...] = (
    ("赵敏", "reviewer", {}),
    ("钱进", "reviewer", {}),
    ("孙悦", "senior_reviewer", {}),
    ("李合规", "compliance", {}),
    ("周审计", "auditor", {}),
    ("吴管理", "administrator", {}),
    ("西安机构", "branch", {"branch": "西安分公司"}),
    ("王晓兰", "customer", {}),
)


@dataclass(frozen=True)
class Sale:
    """One session of the stage: how its order differs, in how many hours it is due, which of the demo's faults it has
    (None: all of them)."""

    policy_no: str
    customer: str
    agent: tuple[str, str]
    branch: str
    due_in_h: float
    faults: tuple[str, ...] | None = None
    scenario: str = "face_to_face"
    product: str | None = None


SALES = (
    Sale("P20261100871", "王晓兰", ("张宏", "A10231"), "西安分公司", 5.5),
    Sale("P20261100866", "刘建国", ("何静", "A10417"), "西安分公司", -27, ("fb_guarantee",)),
    Sale("P20261100802", "陈玉梅", ("张宏", "A10231"), "宝鸡支公司", 22, ("dr_cooling_off",)),
    Sale("P20261100913", "郭志强", ("马丽", "A10388"), "咸阳支公司", 49, ("dr_exclusion", "dr_cooling_off")),
    Sale("P20261100915", "孟凡", ("杜鹏", "A10502"), "西安分公司", 74, ("dr_exclusion",)),
    Sale("P20261100920", "林秋月", ("何静", "A10417"), "渭南支公司", 98, ("fb_guarantee", "dr_cooling_off")),
    Sale("P20261100927", "赵大勇", ("罗浩", "A10533"), "西安分公司", 121, ("dr_cooling_off",)),
    Sale("P20261100931", "苏婉", ("马丽", "A10388"), "咸阳支公司", 146, ("fb_guarantee",)),
    Sale("P20261100944", "高建军", ("杜鹏", "A10502"), "汉中支公司", 170, ("dr_exclusion", "fb_guarantee")),
    Sale("P20261100951", "白雪", ("罗浩", "A10533"), "榆林支公司", 218, ("dr_exclusion",)),
)


@dataclass
class Stage:
    """The running server."""

    address: str
    service: Service
    sessions: dict[str, str] = field(default_factory=dict)
    reviews: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """What addresses of pages are filled in with, besides `session` and `review`."""

    def told(self) -> dict[str, Any]:
        """What a browser's script needs to know."""
        return {
            "address": self.address,
            "password": PASSWORD,
            "people": {name: role for name, role, _ in PEOPLE},
            "places": {
                **self.places,
                "session": self.sessions.get(SALES[0].policy_no, ""),
                "review": self.reviews.get(SALES[0].policy_no, ""),
            },
            "sessions": self.sessions,
            "reviews": self.reviews,
        }


@contextmanager
def stage(sales: tuple[Sale, ...] = SALES, *, worked: bool = False, times: int = 1) -> Iterator[Stage]:
    """A server on a port of this machine until the end of the block; `worked`: people have worked there already;
    `times`: the recording so many times over in one file."""
    with tempfile.TemporaryDirectory(prefix="mingjian-stage-") as folder:
        settings = Settings(store={"folder": Path(folder) / "data"}, server={"rates": GENEROUS})
        app = create_app(settings)
        options = {**server_settings(settings).uvicorn, "port": 0, "log_level": "error"}
        listener = uvicorn.Server(uvicorn.Config(app, **options))
        thread = threading.Thread(target=listener.run, daemon=True)
        thread.start()
        while not listener.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.02)
        port = listener.servers[0].sockets[0].getsockname()[1]
        found = Stage(f"http://127.0.0.1:{port}", app.state.service)
        try:
            _people(found.service)
            _sessions(found, sales, times)
            if worked:
                found.places |= acts.play(found.address, PASSWORD, found.reviews)
                found.places |= _past(found)
            yield found
        finally:
            listener.should_exit = True
            thread.join(timeout=20)


def _past(found: Stage) -> dict[str, str]:
    from tests.console.past import fill

    return fill(found)


def _people(service: Service) -> None:
    hashed = service.passwords.hash(PASSWORD)
    for name, role, more in PEOPLE:
        key = service.store.database.keys.person("id", ID_NUMBER) if role == "customer" else None
        with service.store.database.writing() as s:
            users.add(s, NewUser(name, role, hashed, customer_key=key, **more), service.clock())


def _sessions(found: Stage, sales: tuple[Sale, ...], times: int) -> None:
    store, now = found.service.store, found.service.clock()
    inspection = from_json(gzip.decompress((FOUND / "faulty.inspection.json.gz").read_bytes()))
    packed = (FOUND / "faulty.evidence.json.gz").read_bytes()
    length = float(math.ceil(inspection.recording.duration))
    path = MEDIA
    if times > 1:
        path = Path(store.database.settings.folder) / "hour.mp4"
        repeated_file(MEDIA, path, times, length)
        packed = pack(repeated_evidence(unpack(packed), times, length))
        inspection = lasting(inspection, (times - 1) * length + inspection.recording.duration)
    media = store.keep(path, "video/mp4", now).sha256
    evidence = _kept(store, packed, "application/gzip", now)
    frames = tuple(
        (f"frames/{path.name}", _kept(store, path.read_bytes(), "image/jpeg", now))
        for path in sorted(FOUND.glob("*.jpg"))
    )
    for sale in sales:
        order = _order(sale, now)
        with store.database.writing() as s:
            name = f"{sale.policy_no}_{sale.customer}_双录.mp4"
            row = sessions.create(s, NewSession((NewPart(name, media),), parse_order(order), "stage"), now)
        result = _with(inspection, sale, order)
        kept = _kept(store, to_json(result), "application/json", now)
        with store.database.writing() as s:
            held = jobs.lease(s, "stage", now, 60)
            if held is None or held.session_id != row.id:
                raise RuntimeError("the stage's jobs are not alone")
            inspections.commit(s, held, Outcome(result, kept, evidence, files=frames, seconds=41.0), now)
        found.sessions[sale.policy_no] = row.id
        with store.database.reading() as s:
            found.reviews[sale.policy_no] = review_of(s, row.id)


def review_of(s: Any, session_id: str) -> str:
    """The review that was opened for a session."""
    from engine.store import review_rows

    opened = review_rows.of_session(s, session_id)
    return str(opened[0].review.id) if opened else ""


def _order(sale: Sale, now: datetime) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(MEDIA.with_suffix(".order.json").read_text(encoding="utf-8"))
    signed = now + timedelta(hours=sale.due_in_h) - timedelta(days=15)
    given |= {
        "policy_no": sale.policy_no,
        "scenario": sale.scenario,
        "recorded_at": (signed - timedelta(days=2)).astimezone(UTC).isoformat(),
        "issued_at": (signed - timedelta(days=1)).astimezone(UTC).isoformat(),
        "receipt_signed_at": signed.astimezone(UTC).isoformat(),
    }
    given["policyholder"] = {**given.get("policyholder", {}), "name": sale.customer}
    given["agent"] = {**given.get("agent", {}), "name": sale.agent[0], "staff_no": sale.agent[1], "org": sale.branch}
    return given


def _with(inspection: Inspection, sale: Sale, order: dict[str, Any]) -> Inspection:
    """What was found, with those of its faults alone that the sale is to have."""
    if sale.faults is None:
        return replace(inspection, order=order)
    items = tuple(
        replace(one, verdict="pass", reason_code="disclosed", fix=None)
        if one.verdict in ("fail", "review", "inconclusive") and one.id not in sale.faults
        else one
        for one in inspection.items
    )
    titles = tuple(one.title for one in inspection.items if one.id in sale.faults)
    named = tuple(one for one in inspection.reasons if one.code != "item_flagged" or one.text.startswith(titles))
    score = max(0.0, 100.0 - 25.0 * len(sale.faults))
    return replace(inspection, order=order, items=items, reasons=named, score=score)


def _kept(store: Store, content: bytes, media_type: str, now: datetime) -> str:
    path = Path(store.database.settings.folder) / "made"
    path.write_bytes(content)
    return store.keep(path, media_type, now, consume=True).sha256


def main() -> int:
    """Serve until standard input ends. `--worked`: after a morning of work."""
    with stage(worked="--worked" in sys.argv[1:]) as found:
        print(json.dumps(found.told(), ensure_ascii=False), flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
