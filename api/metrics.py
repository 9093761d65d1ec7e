"""What Prometheus reads: requests as they pass, and the store as it stands.

Requests and stage times are counted by each API process for itself; what comes from the store is the same in all of
them (take the maximum over instances, not the sum).
"""

import shutil
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily

from engine.errors import MingjianError

if TYPE_CHECKING:
    from engine.store.gauges import Count, Gauges
    from engine.store.store import Store

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
STAGE_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
FRESH = timedelta(seconds=5)
ALIVE = timedelta(seconds=60)
OTHER = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

BY_LABEL: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("jobs", "Jobs by kind and state", ("kind", "state")),
    ("oldest", "Seconds the oldest waiting job has waited", ("kind",)),
    ("sessions", "Sessions by state", ("state",)),
    ("inspections", "Sessions by verdict of their newest inspection", ("verdict",)),
    ("failures", "Failed and quarantined jobs by error code", ("kind", "code")),
    ("retries", "Attempts beyond the first", ("kind",)),
    ("deaths", "Leases that ended with a dead worker", ("kind",)),
    ("uploads", "Bytes received by uploads", ("state",)),
    ("deliveries", "Webhook deliveries by state", ("state",)),
    ("reviews", "Reviews by reason and state", ("reason", "state")),
    ("tickets", "Open tickets by kind", ("kind",)),
    ("overdue", "Reviews and tickets past their last day", ("of",)),
)
NAMES = {"oldest": "queue_oldest_seconds", "uploads": "upload_bytes", "deliveries": "webhook_deliveries"}


class Metrics:
    """The registry of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Histogram(
            "mingjian_http_request_seconds",
            "Time of requests",
            ("method", "route", "status"),
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )
        self.in_flight = Gauge("mingjian_http_requests_in_flight", "Requests being answered", registry=self.registry)
        self.stages = Histogram(
            "mingjian_stage_seconds",
            "Time of the stages of inspections",
            ("stage",),
            buckets=STAGE_BUCKETS,
            registry=self.registry,
        )
        self.inspected = Counter(
            "mingjian_inspections_seen_total", "Inspections that ended while this process ran", registry=self.registry
        )
        self._lock = threading.Lock()
        self._number: int | None = None
        self._shown: tuple[datetime, bytes] | None = None

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        known = method if method in METHODS else OTHER
        self.requests.labels(known, route, str(status)).observe(seconds)

    def page(self, store: "Store", now: datetime) -> bytes:
        """Everything, in Prometheus' text format. What needs the store is at most `FRESH` old."""
        with self._lock:
            if self._shown is None or not (timedelta() <= now - self._shown[0] < FRESH):
                self._shown = (now, self._of_store(store, now))
            return generate_latest(self.registry) + self._shown[1]

    def _of_store(self, store: "Store", now: datetime) -> bytes:
        registry = CollectorRegistry()
        registry.register(_Families(self._read(store, now)))
        return generate_latest(registry)

    def _read(self, store: "Store", now: datetime) -> list[GaugeMetricFamily]:
        from engine.store import events, gauges, heartbeats

        up = GaugeMetricFamily("mingjian_store_up", "Whether the database answers")
        try:
            with store.database.reading() as s:
                found = gauges.gauges(s, now)
                alive = heartbeats.alive(s, now, ALIVE)
                if self._number is None:
                    self._number = events.last(s)
                times = gauges.inspected_since(s, self._number)
        except MingjianError:
            up.add_metric((), 0)
            return [up]
        up.add_metric((), 1)
        for inspected in times:
            self._number = max(self._number, inspected.number)
            self.inspected.inc()
            for stage, seconds in inspected.stages.items():
                self.stages.labels(stage).observe(seconds)
        memory = GaugeMetricFamily("mingjian_process_memory_bytes", "Memory of processes", labels=("name", "kind"))
        beats = GaugeMetricFamily("mingjian_processes", "Processes heard of within a minute", labels=("kind",))
        kinds = [one.kind for one in alive]
        for kind in sorted({*kinds, "dispatcher"}):
            beats.add_metric((kind,), kinds.count(kind))
        for one in alive:
            if isinstance(one.data.get("rss_bytes"), int | float):
                memory.add_metric((one.name, one.kind), one.data["rss_bytes"])
        return [up, beats, memory, *_families(found), *_disk(store)]


class _Families:
    """Families that are there already, as a collector."""

    def __init__(self, families: list[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._families


def _families(found: "Gauges") -> Iterator[GaugeMetricFamily]:
    for name, help_text, labels in BY_LABEL:
        family = GaugeMetricFamily(f"mingjian_{NAMES.get(name, name)}", help_text, labels=labels)
        counts: tuple[Count, ...] = getattr(found, name)
        for one in counts:
            family.add_metric(one.labels, one.number)
        yield family
    for name, help_text, value in (
        ("blobs", "Files in the blob store", found.blobs),
        ("blob_bytes", "Bytes in the blob store", found.blob_bytes),
    ):
        family = GaugeMetricFamily(f"mingjian_{name}", help_text)
        family.add_metric((), value)
        yield family


def _disk(store: "Store") -> Iterator[GaugeMetricFamily]:
    free = GaugeMetricFamily("mingjian_disk_free_bytes", "Free space where the store's folder lies")
    try:
        free.add_metric((), shutil.disk_usage(store.database.settings.folder).free)
    except OSError:
        return
    yield free
