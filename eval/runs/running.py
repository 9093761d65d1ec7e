"""Inspects the recordings of a corpus, one process or many, so that a run that was cut off goes on where it was.

What is done is found in the sessions' folders. `sessions.jsonl` is written anew from them each time, in order of the
recordings' ids, so that a run that was interrupted ends with the same lines as one that was not.
"""

import fcntl
import heapq
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

from engine.errors import MingjianError
from engine.report.output import PRIVATE_FOLDER, output_error
from engine.settings import Settings, load_settings
from eval.corpus.manifest import Corpus, Split
from eval.runs.crew import work_through
from eval.runs.folder import INDEX, SESSIONS, RunFolder, open_run
from eval.runs.meta import (
    RUN_FILE,
    CorpusReference,
    RunMeta,
    Selection,
    Stretch,
    differences,
    read_meta,
    this_machine,
    write_meta,
)
from eval.runs.program import setup_of
from eval.runs.results import SessionLine, keep, line_bytes, line_of
from eval.runs.workplace import Done, Job, Workplace

LOCK = ".lock"
LONGEST_S = 3600.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a corpus is run.

    `ruleset` and `policy` (names or files) judge every recording instead of its own. `splits` (none: all) and `sample`
    (so many, drawn with `seed`) choose recordings. `processes` work on this machine; with `workers`, or where the
    settings name a Ray cluster, Ray's do. `artifacts` keeps stage results between runs. `replace` lets another setup
    take over a folder, keeping what it does not change. `longest_s` seconds end the work on one recording. `command`
    is how the run was asked for.
    """

    ruleset: str | None = None
    policy: str | None = None
    splits: tuple[Split, ...] = ()
    sample: int | None = None
    seed: int = 0
    processes: int = 1
    workers: int | None = None
    artifacts: Path | None = None
    replace: bool = False
    longest_s: float = LONGEST_S
    settings: Settings | None = None
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Told after each session: it is the `done`-th of `total`. `found`: it had been inspected before."""

    done: int
    total: int
    line: SessionLine
    found: bool


Report = Callable[[Step], None]


def run(corpus: Corpus, out: Path, options: RunOptions, report: Report) -> RunFolder:
    """Inspect the recordings of `corpus` into the folder `out`; those that are done there already are not done again.

    A recording that cannot be inspected is a session with an error. Raises MingjianError `run_*`, `output_*`, and
    `ruleset_*`, `policy_*`, `settings_faults`, `weights_*` before any work is done.
    """
    settings = options.settings or load_settings()
    if options.artifacts is not None:
        settings = settings.model_copy(update={"artifacts": str(options.artifacts.resolve())})
    selection = Selection(options.splits, options.sample, options.seed)
    places = _places(corpus, selection)
    if not places:
        raise MingjianError("run_empty", path=corpus.folder)
    with _held(out):
        meta = _planned(corpus, out, options, settings, selection)
        write_meta(out, meta)
        _forget_drafts(out / SESSIONS)
        workplace = Workplace((out / SESSIONS).resolve(), corpus.folder.resolve(), meta.setup, settings)
        meta = _carried_out(corpus, out, places, workplace, options, meta, report)
        if options.replace:
            _remove_others(out / SESSIONS, {corpus.recordings[place].id for place in places})
        write_meta(out, meta)
    return open_run(out)


def _places(corpus: Corpus, selection: Selection) -> tuple[int, ...]:
    """Places in the corpus of the recordings that are wanted, in order of their ids: two runs of one corpus can then be
    read side by side. A sample depends on ids and seed alone.
    """
    wanted: Iterable[tuple[str, int]] = (
        (recording.id, place)
        for place, recording in enumerate(corpus.recordings)
        if not selection.splits or recording.split in selection.splits
    )
    if selection.sample is not None:
        wanted = heapq.nsmallest(selection.sample, wanted, key=lambda one: _lot(one[0], selection.seed))
    return tuple(place for _, place in sorted(wanted))


def _lot(name: str, seed: int) -> bytes:
    return sha256(f"{seed}/{name}".encode()).digest()


def _planned(corpus: Corpus, out: Path, options: RunOptions, settings: Settings, selection: Selection) -> RunMeta:
    """What is about to be run, after what was run in `out` before."""
    own = {one.ruleset for one in corpus.recordings} if options.ruleset is None else set()
    meta = RunMeta(
        corpus=CorpusReference(corpus.name, str(corpus.folder.resolve()), corpus.digest),
        selection=selection,
        setup=setup_of(settings, own, options.ruleset, options.policy),
        stretches=(_stretch(options, settings),),
        seeds={"sample": selection.seed},
    )
    if not (out / RUN_FILE).exists():
        return meta
    before = read_meta(out)
    changed = tuple(differences(before, meta))
    if changed and not options.replace and any((out / SESSIONS).iterdir()):
        raise MingjianError("run_differs", path=out, detail=", ".join(changed))
    return meta if changed else replace(meta, stretches=(*before.stretches, *meta.stretches))


def _stretch(options: RunOptions, settings: Settings) -> Stretch:
    workers = f"ray:{options.workers or 'auto'}" if _over_ray(options, settings) else f"processes:{options.processes}"
    return Stretch(options.command, _now(), workers, this_machine(settings.device))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _over_ray(options: RunOptions, settings: Settings) -> bool:
    from engine.cluster.joining import address_of

    return options.workers is not None or address_of(settings) is not None


def _carried_out(
    corpus: Corpus,
    out: Path,
    places: tuple[int, ...],
    workplace: Workplace,
    options: RunOptions,
    meta: RunMeta,
    report: Report,
) -> RunMeta:
    """Do the work, write the lines, and return `run.json` as it is then."""
    found = failed = 0
    recordings = corpus.recordings

    def died(job: Job, how: str) -> Done:
        done = workplace.died(job, how)
        keep(workplace.sessions / job.id, done.outcome, None, None)
        return done

    jobs = (Job.of(number, recordings[place]) for number, place in enumerate(places))
    if _over_ray(options, workplace.settings):
        from engine.cluster.spreading import spread

        workplace = workplace.on_cores(workplace.settings.cluster.whole.cpus)
        doing = spread(workplace.settings, jobs, workplace, options.workers, options.longest_s, died)
    else:
        processes = min(options.processes, len(places))
        workplace = workplace.on_cores(workplace.settings.cores / processes)
        doing = work_through(jobs, workplace, processes, options.longest_s, died)
    with (out / INDEX).open("wb") as index:
        for number, done in enumerate(_in_order(doing), start=1):
            if done.fatal is not None:
                raise done.fatal
            line = line_of(recordings[places[done.place]], done.outcome)
            _append(index, line)
            found += done.found
            failed += line.error is not None
            report(Step(number, len(places), line, done.found))
    last = replace(meta.stretches[-1], ended=_now(), inspected=len(places) - found, found=found)
    return replace(meta, stretches=(*meta.stretches[:-1], last), finished=True, sessions=len(places), failed=failed)


def _append(index: IO[bytes], line: SessionLine) -> None:
    index.write(line_bytes(line))
    index.flush()


def _in_order(doing: Iterable[Done]) -> Iterator[Done]:
    """What is done, by place: whoever is early waits."""
    early: dict[int, Done] = {}
    following = 0
    for done in doing:
        if done.fatal is not None:
            yield done
        early[done.place] = done
        while following in early:
            yield early.pop(following)
            following += 1


@contextmanager
def _held(out: Path) -> Iterator[None]:
    """The folder of a run, for this process alone. Raises MingjianError `run_folder_taken`, `run_busy`, `output_*`."""
    if out.exists() and not out.is_dir():
        raise MingjianError("run_folder_taken", path=out)
    if out.is_dir() and not (out / RUN_FILE).exists() and any(one.name != LOCK for one in out.iterdir()):
        raise MingjianError("run_folder_taken", path=out)
    try:
        out.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        (out / SESSIONS).mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        descriptor = os.open(out / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise output_error(error, out) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise MingjianError("run_busy", path=out) from error
    try:
        yield
    finally:
        os.close(descriptor)


def _forget_drafts(sessions: Path) -> None:
    """Remove what a process that was killed had begun to write."""
    for draft in (*sessions.glob(".*.partial"), *sessions.glob(".*.superseded")):
        shutil.rmtree(draft, ignore_errors=True)


def _remove_others(sessions: Path, wanted: set[str]) -> None:
    """Remove sessions of recordings that are no longer of the run."""
    for folder in sessions.iterdir():
        if folder.name not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
