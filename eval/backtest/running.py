"""A back-test over any number of stored sessions, with its report: judged one by one, flips written as they come."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from engine.errors import MingjianError
from engine.progress import Progress, silent
from engine.settings import load_settings
from eval.backtest.changes import Session
from eval.backtest.files import growing, write_file
from eval.backtest.judging import Backtest, Judged
from eval.backtest.outcome import MOST_KEPT, Backtested, weight
from eval.backtest.page import page
from eval.backtest.spread import batches, spread, spread_over_ray
from eval.backtest.stored import Stored, stored_sessions
from eval.backtest.sums import Sums
from eval.backtest.telling import as_data
from eval.tuning.point import Point

FLIPS_FILE = "flips.jsonl"
FIGURES_FILE = "backtest.json"
PLAIN = Point()
BATCH = 50


@dataclass(frozen=True, slots=True)
class Against:
    """What to judge by: names or files of a rule set and a policy (None: the one the rule set names), thresholds that
    stand in for those of the rule set, and the rule set that judged the sessions, where that is known."""

    ruleset: str
    policy: str | None = None
    point: Point = PLAIN
    since: str | None = None

    def opened(self) -> Backtest:
        """Raises MingjianError for what is unknown or has faults."""
        return Backtest.opened(self.ruleset, self.policy, self.point, self.since)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Sessions that one process judges before it tells of them: judging one takes milliseconds, telling as long."""

    stored: tuple[Stored, ...]
    by: Against


@dataclass(frozen=True, slots=True)
class _Part:
    """What came of a batch: its sums, the sessions worth telling of, and those that were lost with their process."""

    sums: Sums
    worth: tuple[Judged, ...] = ()
    lost: tuple[Stored, ...] = ()


def backtest(
    root: Path,
    by: Against,
    out: Path | None = None,
    jobs: int = 1,
    progress: Progress = silent,
    workers: int | None = None,
) -> Backtested:
    """Judge every session below `root` (a run, or any folder of results) by `by`. `workers`: by so many workers of Ray,
    of the cluster that the settings name or of this machine.

    With `out`, the folder gets `backtest.json`, `flips.jsonl` (each changed session with its quotes) and `report.html`.
    Raises MingjianError for unknown rules, `no_results`, `run_unreadable`, `output_*`, `cluster_*`.
    """
    bench = by.opened()
    sums = Sums()
    shown = _Shown()
    with ExitStack() as stack:
        write = stack.enter_context(growing(out, FLIPS_FILE)) if out else None
        for part in _parts(root, by, jobs, workers):
            sums.merge(part.sums)
            for judged in part.worth:
                shown.add(judged)
                if write is not None:
                    write(line_of(judged))
            done = sums.sessions + sums.faults
            progress("backtest", done, done)
    rules = bench.ruleset
    found = Backtested(root, rules.id, rules.version, rules.sha256, bench.policy.id, by.point, sums, shown.kept())
    if out is not None:
        write_file(out, FIGURES_FILE, json.dumps(as_data(found), ensure_ascii=False, indent=1).encode())
        write_file(out, "report.html", page(found).encode())
    return found


def line_of(judged: Judged) -> bytes:
    """A changed session as one JSON line."""
    truth = judged.truth
    labels = {"violating": truth.violating, "source": truth.source, "split": truth.split} if truth else None
    return json.dumps({**asdict(judged.session), "labels": labels}, ensure_ascii=False).encode() + b"\n"


class _Shown:
    """The changed sessions that are worth most to a reader, no more than fit."""

    def __init__(self) -> None:
        self._by_weight: dict[int, list[Judged]] = {}

    def add(self, judged: Judged) -> None:
        kept = self._by_weight.setdefault(weight(judged), [])
        if len(kept) < MOST_KEPT:
            kept.append(judged)

    def kept(self) -> tuple[Judged, ...]:
        return tuple(self._all())[:MOST_KEPT]

    def _all(self) -> Iterator[Judged]:
        for one in sorted(self._by_weight):
            yield from self._by_weight[one]


def _parts(root: Path, by: Against, jobs: int, workers: int | None) -> Iterator[_Part]:
    """What comes of all sessions, in their order; of a batch whose process died each is judged again by itself."""
    lost: list[Stored] = []
    for part in _spread(stored_sessions(root), BATCH, _given_up, by, jobs, workers):
        lost += part.lost
        yield part
    if lost:
        yield from _spread(lost, 1, _told_as_lost, by, jobs, workers)


def _spread(
    stored: Iterable[Stored],
    size: int,
    died: Callable[[_Batch, str], _Part],
    by: Against,
    jobs: int,
    workers: int | None,
) -> Iterator[_Part]:
    tasks = (_Batch(batch, by) for batch in batches(stored, size))
    if workers is None:
        return spread(_judge, tasks, jobs, died)
    return spread_over_ray(load_settings(), _judge, tasks, workers, died)


def _judge(batch: _Batch) -> _Part:
    bench, sums = _bench(batch.by), Sums()
    worth = []
    for stored in batch.stored:
        judged = bench.judge_stored(stored)
        sums.add(judged)
        if judged.session.fault is not None or judged.session.changes or judged.old != judged.new:
            worth.append(judged)
    return _Part(sums, tuple(worth))


def _given_up(batch: _Batch, _how: str) -> _Part:
    return _Part(Sums(), lost=batch.stored)


def _told_as_lost(batch: _Batch, how: str) -> _Part:
    sums, worth = Sums(), []
    for stored in batch.stored:
        fault = str(MingjianError("worker_died", path=stored.name, detail=how))
        worth.append(Judged(Session(stored.name, fault=fault), truth=stored.truth))
        sums.add(worth[-1])
    return _Part(sums, tuple(worth))


@lru_cache(1)
def _bench(by: Against) -> Backtest:
    bench = by.opened()
    gc.freeze()  # the rules stay as long as the process: session after session must not walk through them
    return bench
