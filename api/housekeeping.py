"""The process that keeps house: `python -m api.housekeeping`. Every duty has its own pace, and fails alone.

Duties find by themselves what is to be done, so that several processes may run them, and one that was killed half-way
leaves nothing that the next round would not do.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.ending import ended_by
from api.logs import set_up_json_logs
from engine.artifacts import Artifacts
from engine.cluster.limits import resident
from engine.cluster.places import artifacts_of
from engine.errors import MingjianError
from engine.settings import Settings, load_settings
from engine.store import heartbeats, open_store
from engine.store.store import Store

log = logging.getLogger(__name__)

Work = Callable[[Store, Settings, datetime], object]
BEAT_S = 15.0


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done every `every_s` seconds."""

    name: str
    every_s: float
    work: Work


def duties() -> tuple[Duty, ...]:
    """All of them."""
    from api.importing import import_waiting
    from api.tidying import tidy
    from api.webhooks import deliver_due
    from engine import rounds

    return (
        Duty("webhooks", 2.0, deliver_due),
        Duty("imports", 10.0, import_waiting),
        Duty("rounds", 60.0, rounds.duty),
        Duty("tidy", 60.0, tidy),
        Duty("garbage", 600.0, collect_garbage),
        Duty("strays", 86_400.0, sweep_strays),
        Duty("artifacts", 600.0, sweep_artifacts),
    )


def collect_garbage(store: Store, settings: Settings, now: datetime) -> int:  # noqa: ARG001  a duty like the others
    """Remove blobs that nothing refers to any more."""
    return store.collect_garbage(now)


def sweep_strays(store: Store, settings: Settings, now: datetime) -> int:  # noqa: ARG001
    """Remove content that no row was ever made of."""
    return store.sweep()


def sweep_artifacts(store: Store, settings: Settings, now: datetime) -> int:  # noqa: ARG001
    """Remove stage results that are old: they hold personal data."""
    kept = Artifacts(artifacts_of(settings), settings.store.blob_options)
    return kept.sweep(now - timedelta(seconds=settings.cluster.artifacts_kept_s))


def keep_house(store: Store, settings: Settings, chosen: Sequence[Duty], leaving: threading.Event) -> None:
    """Do `chosen` at their pace until `leaving` is set. Slow duties do not hold up the others."""
    threads = [
        threading.Thread(target=_pace, args=(duty, store, settings, leaving), name=duty.name, daemon=True)
        for duty in (*chosen, Duty("beat", BEAT_S, _beat))
    ]
    for thread in threads:
        thread.start()
    leaving.wait()
    until = time.monotonic() + 5
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _pace(duty: Duty, store: Store, settings: Settings, leaving: threading.Event) -> None:
    while not leaving.is_set():
        try:
            done = duty.work(store, settings, datetime.now(UTC))
            if isinstance(done, int) and done:
                log.info("%s: %s", duty.name, done)
        except MingjianError as error:
            log.warning("%s: %s", duty.name, error.code)
        except Exception as error:  # noqa: BLE001  the next round tries again; a message may quote a session
            log.error("%s failed: %s", duty.name, type(error).__name__)
        leaving.wait(duty.every_s)


def _beat(store: Store, settings: Settings, now: datetime) -> None:  # noqa: ARG001
    with store.database.writing() as s:
        heartbeats.beat(s, f"{socket.gethostname()}:{os.getpid()}", "keeper", {"rss_bytes": resident()}, now)


def main() -> int:
    """Keep house until SIGTERM."""
    set_up_json_logs()
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leaving.set())
    try:
        settings = load_settings()
        with open_store(settings) as store:
            keep_house(store, settings, duties(), leaving)
    except MingjianError as error:
        return ended_by(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
