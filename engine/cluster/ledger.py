"""What the dispatcher says to the database, and asks of it. Workers never do.

A database that is away for a while costs nothing but time: what must be said is said again until it is heard.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from engine.cluster.tasks import Fault, File, Made, Product, Recording, Rules
from engine.errors import MingjianError
from engine.inspection import from_json
from engine.report.output import EVIDENCE_FILE, INSPECTION_FILE, REPORT_FILE
from engine.rules import Context, names
from engine.store import blob_rows, heartbeats, inspections, jobs, policies, rulesets, sessions
from engine.store.blobs import StoredBlob
from engine.store.inspections import InspectionRow, Outcome
from engine.store.jobs import JobRow, Lease, NewJob, StaleLease
from engine.store.patience import patiently
from engine.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")
Clock = Callable[[], datetime]
Standing = Literal["held", "cancel", "lost"]
PATIENCE_S = 5.0
RENDER_LATER = timedelta(days=7)
"""Copies for browsers come after every verdict."""


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Brief:
    """What has to be known of a session to work on it. `newest`: its inspection so far."""

    recording: Recording
    unrendered: tuple[int, ...]
    rules: Rules
    context: Context | None
    deadline: datetime
    newest: InspectionRow | None
    files: Mapping[str, str]


class Ledger:
    """The store, as the dispatcher uses it under the name `worker`. Safe to share between threads."""

    def __init__(self, store: Store, worker: str, lease_s: float, clock: Clock = now) -> None:
        self.worker = worker
        self._store, self._lease_s, self._clock = store, lease_s, clock
        self._away_at = -float("inf")
        self._leaving = threading.Event()

    def leave(self) -> None:
        """Stop waiting for a database that is away."""
        self._leaving.set()

    def lease(self, kinds: Iterable[str]) -> tuple[Lease, JobRow] | None:
        """The most urgent job of these kinds, and its row; None where there is none."""
        wanted = tuple(kinds)
        with self._store.database.reading() as s:
            if not jobs.waiting(s, self._clock(), wanted):
                return None
        with self._store.database.writing() as s:
            lease = jobs.lease(s, self.worker, self._clock(), self._lease_s, wanted)
            row = jobs.get(s, lease.job_id) if lease else None
        return (lease, row) if lease and row else None

    def is_urgent(self) -> bool:
        """Whether an inspection waits."""
        with self._store.database.reading() as s:
            return jobs.waiting(s, self._clock(), ("inspect",))

    def brief(self, lease: Lease, deadline: datetime) -> Brief:
        """What there is to know for a job. Raises StaleLease where the session is gone."""

        def read() -> Brief:
            with self._store.database.reading() as s:
                session = sessions.get(s, lease.session_id)
                if session is None or session.state == "purged":
                    raise StaleLease(lease.job_id)
                parts = sessions.parts(s, lease.session_id)
                named = lease.parameters.get("ruleset")
                texts = {name: rulesets.in_force(s, name) for name in {*names(), *([named] if named else [])}}
                newest = inspections.newest(s, lease.session_id)
                return Brief(
                    Recording(tuple(File(part.blob, part.file_name) for part in parts), session.order),
                    tuple(part.index for part in parts if part.rendition is None and part.kind == "media"),
                    Rules(
                        named,
                        lease.parameters.get("policy"),
                        tuple((name, text.text) for name, text in sorted(texts.items()) if text),
                    ),
                    _beside(policies.beside(s, lease.session_id)),
                    deadline,
                    newest,
                    inspections.files(s, newest.id) if newest else {},
                )

        return self._surely(read)

    def beat(self, lease: Lease) -> Standing:
        """Keep a lease; whether it is still held, or its work shall stop."""
        with self._store.database.writing() as s:
            if jobs.heartbeat(s, lease, self._clock(), self._lease_s):
                return "held"
            row = jobs.get(s, lease.job_id)
        ours = row is not None and row.state == "leased" and row.token == lease.token
        return "cancel" if ours else "lost"

    def told(self, lease: Lease, shares: Mapping[str, float]) -> None:
        """Progress of stages. It may be lost: nothing rests on it."""
        try:
            with self._store.database.writing() as s:
                for stage, share in shares.items():
                    jobs.progress(s, lease, stage, share, self._clock())
        except MingjianError as error:
            log.info("progress of %s was not noted: %s", lease.job_id, error.code)

    def expect(self, products: Iterable[Product]) -> None:
        """Note what is going to be stored: from then on nobody sweeps it away as content that nobody knows."""
        made = tuple(products)

        def write() -> None:
            with self._store.database.writing() as s:
                for one in made:
                    blob_rows.keep(s, StoredBlob(one.sha256, one.bytes), one.media_type, self._clock())

        self._surely(write)

    def inspected(self, lease: Lease, made: Made) -> None:
        """Commit an inspection whose products are stored; what browsers cannot play is to be copied later."""
        result, evidence = made.named(INSPECTION_FILE), made.named(EVIDENCE_FILE)
        with self._store.blobs.open(result.sha256) as file:
            inspection = from_json(file.read())
        apart = {INSPECTION_FILE, EVIDENCE_FILE}
        files = tuple((one.path, one.sha256) for one in made.products if one.path not in apart)
        outcome = Outcome(inspection, result.sha256, evidence.sha256, files, seconds=made.seconds)

        def write() -> None:
            with self._store.database.writing() as s:
                inspections.commit(s, lease, outcome, self._clock())
                if made.unplayable:
                    later = NewJob(lease.session_id, "render", {}, self._clock() + RENDER_LATER)
                    jobs.enqueue(s, later, self._clock())

        self._surely(write)

    def rejudged(self, lease: Lease, brief: Brief, made: Made) -> None:
        """Commit what stored evidence came to. Clips and frames are those of the inspection before."""
        before = brief.newest
        if before is None:
            raise MingjianError("not_inspected", session=lease.session_id)
        result = made.named(INSPECTION_FILE)
        with self._store.blobs.open(result.sha256) as file:
            inspection = from_json(file.read())
        files = tuple((path, blob) for path, blob in brief.files.items() if path != REPORT_FILE)
        correction = lease.parameters.get("correction_id")
        outcome = Outcome(
            inspection, result.sha256, before.evidence, files, seconds=made.seconds, correction_id=correction
        )

        def write() -> None:
            with self._store.database.writing() as s:
                inspections.commit(s, lease, outcome, self._clock())

        self._surely(write)

    def rendered(self, lease: Lease, made: Made) -> None:
        """Commit copies for browsers, named by their part (`0.mp4`)."""

        def write() -> None:
            with self._store.database.writing() as s:
                if jobs.commit(s, lease, self._clock()):
                    for one in made.products:
                        sessions.set_rendition(s, lease.session_id, int(one.path.split(".")[0]), one.sha256)

        self._surely(write)

    def failed(self, lease: Lease, fault: Fault) -> None:
        """The work could not be done."""

        def write() -> None:
            with self._store.database.writing() as s:
                jobs.fail(s, lease, fault.code, fault.text, self._clock(), retry=fault.passing)

        self._surely(write)

    def died(self, lease: Lease, why: str) -> None:
        """The worker died over it."""

        def write() -> None:
            with self._store.database.writing() as s:
                jobs.died(s, lease, why, self._clock())

        self._surely(write)

    def released(self, lease: Lease) -> None:
        """Give it back undone; where it was to be cancelled, it is."""

        def write() -> None:
            with self._store.database.writing() as s:
                jobs.release(s, lease, self._clock())

        self._surely(write)

    def reap(self) -> int:
        """Take back leases that ran out; not right after the database was away, when nobody could renew any."""
        if time.monotonic() - self._away_at < self._lease_s:
            return 0
        with self._store.database.writing() as s:
            return len(jobs.reap(s, self._clock()))

    def bury(self, is_dead: Callable[[str], bool]) -> int:
        """Take back at once what dispatchers hold that are known to be dead."""
        with self._store.database.reading() as s:
            holders = jobs.holders(s)
        dead = [name for name in holders if is_dead(name)]
        with self._store.database.writing() as s:
            return sum(len(jobs.bury(s, name, self._clock())) for name in dead)

    def alive(self, kind: str, name: str, facts: Mapping[str, Any]) -> None:
        """Say that a process is alive, and how."""
        with self._store.database.writing() as s:
            heartbeats.beat(s, name, kind, dict(facts), self._clock())

    def gone(self, names_of: Iterable[str]) -> None:
        """Say that processes ended."""
        with self._store.database.writing() as s:
            for name in names_of:
                heartbeats.leave(s, name)

    def note_away(self) -> None:
        """The database did not answer just now."""
        self._away_at = time.monotonic()

    def _surely(self, work: Callable[[], T]) -> T:
        """What `work` returns, however long the database is away, unless the dispatcher leaves."""
        for attempt in itertools.count():
            try:
                return patiently(work, PATIENCE_S)
            except MingjianError as error:
                if error.code != "store_unavailable" or self._leaving.is_set():
                    raise
                self.note_away()
                if not attempt:
                    log.warning("the database is away: %s", error.code)
        raise AssertionError


def _beside(known: Context) -> Context | None:
    """What is known beside a recording, as far as it can change a verdict; None where there is nothing: then a
    recording is judged here as it is on the command line. (That a file is what was uploaded, its blob's name says.)
    """
    shared = {phone: count for phone, count in (known.customers_by_phone or {}).items() if count > 1}
    said = replace(
        known,
        customers_by_phone=shared or None,
        do_not_call=known.do_not_call or None,
        sha256_at_upload=None,
        related=known.related or None,
    )
    return None if said == Context() else said
