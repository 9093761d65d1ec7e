"""A long recording fanned out over one-core workers of a Ray pool, beside one such worker that does all of it.

Recognition falls into groups of windows that go to several workers, voices to another; who finishes finds what they
kept. The store, the queue, the dispatcher and Ray are the real ones, each in a process of its own that may use so many
cores only; a short recording before it has the workers open their networks.
"""

import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from engine.cluster.joining import joined
from engine.cluster.places import shared
from engine.inspection import Inspection, Timings, from_json, to_json
from engine.order import Order, read_order
from engine.settings import Settings
from engine.store import inspections, open_store, sessions
from engine.store.sessions import NewPart, NewSession
from engine.store.store import Store
from eval.benchmarks.figures import Figure
from eval.benchmarks.speed.recordings import make
from eval.benchmarks.speed.results import Recording

MINUTES = 60.0
WARMING_MINUTES = 2.0
PATIENCE_S = 3600.0
"""An inspection that takes longer is given up."""
POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Done:
    """Seconds from the upload until the inspection was done, those of them that its last worker took, who finds what
    others kept, and what it says."""

    whole: float
    last: float
    said: bytes


def measure(work: Path, minutes: float = MINUTES) -> list[Figure]:
    """A recording of `minutes` by one worker on one core, and fanned out over a worker for each core.

    Raises RuntimeError where an inspection fails.
    """
    cores = sorted(os.sched_getaffinity(0))
    files = [make(Recording("audio", length), work).paths[0] for length in (WARMING_MINUTES, minutes)]
    alone, fanned = _apart(files, cores[:1], _whole()), _apart(files, cores, _pools(len(cores)))
    sound = f"{minutes:g} minutes of sound"
    return [
        Figure(f"{sound}, one worker on one core", alone.whole, "s"),
        Figure(f"the same, fanned out over {len(cores)} cores", fanned.whole, "s"),
        Figure("one core by all", alone.whole / fanned.whole, "x"),
        Figure("fanned out: what the last worker does, for whom words and voices are found", fanned.last, "s"),
        Figure("results that differ", float(alone.said != fanned.said), target=0),
    ]


def _whole() -> Mapping[str, Any]:
    return {"layout": "whole", "whole": _workers(1), "cpus": 1}


def _pools(count: int) -> Mapping[str, Any]:
    """Recognition by `count` workers on a core each, voices by one who shares these cores; who finishes puts questions
    to the sound on all of them, when the others have nothing to do."""
    return {
        "layout": "pools",
        "speech": _workers(count),
        "diarization": _workers(1),
        "vision": {"most": 0},
        "finish": _workers(1, count),
        "cpus": 2 * count + 1,
    }


def _workers(count: int, cpus: int = 1) -> Mapping[str, Any]:
    return {"least": count, "most": count, "cpus": cpus}


def _apart(files: Sequence[Path], cores: Sequence[int], cluster: Mapping[str, Any]) -> Done:
    """The last of `files`, inspected after the others in a process that may use `cores`."""
    context = multiprocessing.get_context("spawn")
    line, far_end = context.Pipe()
    process = context.Process(target=_inspect_all, args=(far_end, files, cores, cluster))
    process.start()
    far_end.close()
    try:
        done: Done = line.recv()
    except EOFError as error:
        raise RuntimeError("no result") from error
    finally:
        process.join()
    return done


def _inspect_all(line: Connection, files: Sequence[Path], cores: Sequence[int], cluster: Mapping[str, Any]) -> None:
    os.sched_setaffinity(0, cores)
    with tempfile.TemporaryDirectory(prefix="mingjian-") as folder:
        settings = shared(Settings.model_validate({"store": {"folder": folder}, "cluster": dict(cluster)}))
        with joined(settings), open_store(settings) as store:
            from engine.cluster.dispatcher import Dispatcher  # it imports Ray, which reads its token when imported

            leaving = threading.Event()
            dispatching = threading.Thread(target=Dispatcher(store, settings).run, args=(leaving,))
            dispatching.start()
            try:
                for file in files[:-1]:
                    _inspected(store, file, Order())  # of another sale: a second recording of one is told
                done = _inspected(store, files[-1], read_order(files[-1].with_name(f"{files[-1].stem}.order.json")))
            finally:
                leaving.set()
                dispatching.join()
    line.send(done)


def _inspected(store: Store, file: Path, order: Order) -> Done:
    now = datetime.now(UTC)
    blob = store.keep(file, "audio/wav", now)
    with store.database.writing() as s:
        session = sessions.create(s, NewSession((NewPart(file.name, blob.sha256),), order, "benchmark"), now)
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        with store.database.reading() as s:
            seen = sessions.get(s, session.id)
            if seen is not None and seen.state == "inspected":
                return _done(store, session.id, now)
            if seen is not None and seen.state in ("failed", "quarantined"):
                raise RuntimeError(f"the inspection of {file.name} failed")
        time.sleep(POLL_S)
    raise RuntimeError(f"the inspection of {file.name} took too long")


def _done(store: Store, session_id: str, began: datetime) -> Done:
    with store.database.reading() as s:
        row = inspections.versions(s, session_id)[-1]
    with store.blobs.open(row.result) as file:
        found = from_json(file.read())
    return Done((row.created_at - began).total_seconds(), found.timings.total, _lasting(found))


def _lasting(found: Inspection) -> bytes:
    """What an inspection says, without times of its making and the clips' names."""
    items = tuple(
        replace(item, evidence=tuple(replace(one, clip=None, frame=None) for one in item.evidence))
        for item in found.items
    )
    stages = tuple(replace(one, seconds=0.0) for one in found.stages if one.name != "report")
    return to_json(replace(found, created_at="", items=items, stages=stages, timings=Timings(0.0, 0.0)))
