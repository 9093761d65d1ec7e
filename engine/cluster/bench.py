"""What a worker does, apart from Ray: one task after another, with networks that stay open between them.

It knows no database. Recordings come from the blob store by hash, results wait in a folder until they are to be stored.
Whatever goes wrong becomes the answer.
"""

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import Self, assert_never

from engine.ahead import Ahead
from engine.cluster.limits import resident
from engine.cluster.tasks import (
    Answer,
    Fault,
    File,
    Inspect,
    Listen,
    Look,
    Made,
    Pieces,
    Plan,
    Product,
    Recording,
    Rejudge,
    Render,
    Rules,
    State,
    Stopped,
    Task,
    TellApart,
)
from engine.errors import MingjianError
from engine.evidence.file import unpack
from engine.inspection import from_json, to_json
from engine.media.playing import make_playable, way_of
from engine.media.session import Session
from engine.networks import Networks
from engine.order import parse_order
from engine.pipeline import Recording as Opening
from engine.pipeline import examine, open_recording
from engine.rejudge import rejudge
from engine.report.output import INSPECTION_FILE, folder_name, is_output_error, output_error, write_private
from engine.report.writer import write
from engine.rules import RuleSet, load
from engine.rules.policy import load_policy
from engine.rules.texts import load_text
from engine.settings import Settings
from engine.store.blobs import Blobs, content_of

log = logging.getLogger(__name__)

PASSING = frozenset(
    {"output_full", "output_failed", "blobs_unavailable", "store_unavailable", "memory_refused", "internal"}
)
"""Faults of the moment rather than of the recording: the same task may succeed later."""
MEDIA_TYPES = {
    ".json": "application/json",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".jpg": "image/jpeg",
}
OTHER_TYPE = "application/octet-stream"
WORKPLACES = "work"
FORGOTTEN_S = 2 * 86_400.0


class Cancelled(BaseException):
    """Work was told to stop. No Exception: a stage that fails alone must not swallow it."""


class Tally:
    """How far a task is. Safe to share between threads; calls of `told` are the places where a task can be stopped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shares: dict[str, float] = {}
        self._ticks = 0
        self._stop = threading.Event()

    def told(self, stage: str, completed: float, total: float) -> None:
        """A stage's progress. Raises Cancelled once the task is to stop."""
        if self._stop.is_set():
            raise Cancelled
        with self._lock:
            self._shares[stage] = min(1.0, max(0.0, completed / total)) if total > 0 else 0.0
            self._ticks += 1

    def stop(self) -> None:
        """Stop at the next sign of progress."""
        self._stop.set()

    def seen(self) -> tuple[tuple[tuple[str, float], ...], int]:
        """Share of every stage, in the order of their beginning, and how many signs there were."""
        with self._lock:
            return tuple(self._shares.items()), self._ticks


class Bench:
    """Where a process does task after task. `settings` say where blobs lie and where artifacts are kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._blobs = Blobs(settings.store)
        self._stack = ExitStack()
        self._networks = self._stack.enter_context(Networks(settings))
        self._place = _workplace(settings)
        self._tallies: dict[str, Tally] = {}
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the networks and remove what was made and not stored."""
        self._stack.close()
        shutil.rmtree(self._place, ignore_errors=True)

    def work(self, task_id: str, task: Task) -> Answer:
        """Do one task; its products wait under `task_id` until `store` or `drop`."""
        tally = self._tallies.setdefault(task_id, Tally())
        began = time.monotonic()
        try:
            answer = self._do(task_id, task, tally)
        except Cancelled:
            answer = Stopped()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            answer = fault_of(error)
        finally:
            self._tallies.pop(task_id, None)
            self._done += 1
        if not isinstance(answer, Made):
            self.drop(task_id)
        log.info("%s %s: %s in %.1f s", type(task).__name__, task_id, type(answer).__name__, time.monotonic() - began)
        return answer

    def store(self, task_id: str) -> Fault | None:
        """Put the products of a task into the blob store; None when all are there."""
        try:
            folder = self._place / task_id
            for path in _files(folder):
                self._blobs.put(path, _media_type(path), consume=True)
            self.drop(task_id)
        except Exception as error:  # noqa: BLE001  an answer, not an exception, crosses between processes
            return fault_of(error)
        return None

    def drop(self, task_id: str) -> None:
        """Remove what a task made."""
        shutil.rmtree(self._place / task_id, ignore_errors=True)

    def cancel(self, task_id: str) -> None:
        """Let a task stop at its next sign of progress; one that has not begun stops at its first."""
        self._tallies.setdefault(task_id, Tally()).stop()

    def state(self, task_id: str | None = None) -> State:
        """How this process is, and how far the task."""
        tally = self._tallies.get(task_id) if task_id else None
        stages, ticks = tally.seen() if tally else ((), 0)
        return State("", os.getpid(), resident(), self._done, stages, ticks)

    def _do(self, task_id: str, task: Task, tally: Tally) -> Answer:
        tally.told("open", 0, 1)
        match task:
            case Inspect():
                return self._inspect(task_id, task, tally)
            case Plan():
                with self._opened(task.recording) as session:
                    return self._plan(session, task.recording, tally)
            case Listen():
                with self._ahead(task.recording, tally) as ahead:
                    ahead.listen(task.numbers)
            case TellApart():
                with self._ahead(task.recording, tally) as ahead:
                    ahead.tell_apart()
            case Look():
                with self._ahead(task.recording, tally) as ahead:
                    ahead.look(task.numbers)
            case Rejudge():
                return self._rejudge(task_id, task)
            case Render():
                return self._render(task_id, task, tally)
            case _:
                assert_never(task)
        return Made()

    def _inspect(self, task_id: str, task: Inspect, tally: Tally) -> Made:
        began = time.perf_counter()
        rules = task.rules
        with self._opened(task.recording) as session:
            tally.told("open", 1, 1)
            result = examine(
                session,
                self._networks,
                settings=self._settings,
                order=parse_order(task.recording.order),
                ruleset=rules.ruleset,
                policy=rules.policy,
                progress=tally.told,
                rules_of=lambda name: _ruleset(str(name), rules),
                context=task.context,
            )
            _, written = write(result, session, self._place / task_id, progress=tally.told)
            tally.told("report", 1, 1)
            unplayable = tuple(_unplayable(session, self._settings))
        return Made(_products(written), round(time.perf_counter() - began, 3), unplayable)

    def _plan(self, session: Opening, recording: Recording, tally: Tally) -> Pieces:
        if not isinstance(session, Session) or self._settings.artifacts is None:
            return Pieces(session.media.duration, 0, voices=False, views=0)
        order = parse_order(recording.order)
        found = Ahead(session, self._networks, self._settings, order, tally.told).outline()
        return Pieces(found.seconds, found.groups, found.voices, found.views)

    @contextmanager
    def _ahead(self, recording: Recording, tally: Tally) -> Iterator[Ahead]:
        with self._opened(recording) as session:
            if not isinstance(session, Session):
                raise TypeError("a text record has no pieces")
            yield Ahead(session, self._networks, self._settings, parse_order(recording.order), tally.told)

    def _rejudge(self, task_id: str, task: Rejudge) -> Made:
        began = time.perf_counter()
        with self._blobs.open(task.result) as file:
            stored = from_json(file.read())
        with self._blobs.open(task.evidence) as file:
            evidence = unpack(file.read())
        rules = _ruleset(task.rules.ruleset or stored.ruleset.id, task.rules)
        policy = load_policy(task.rules.policy or rules.policy)
        now = datetime.fromisoformat(task.now)
        found = rejudge(stored, evidence, rules, policy, now, task.corrections, task.context)
        folder = self._place / task_id / "result"
        folder.mkdir(mode=0o700, parents=True)
        write_private(folder / INSPECTION_FILE, to_json(found) + b"\n")
        return Made(_products(folder), round(time.perf_counter() - began, 3))

    def _render(self, task_id: str, task: Render, tally: Tally) -> Made:
        folder = self._place / task_id / "result"
        folder.mkdir(mode=0o700, parents=True)
        for done, (index, file) in enumerate(task.parts):
            tally.told("render", done, len(task.parts))
            with self._blobs.local(file.blob) as path, self._scratch() as scratch:
                height = self._settings.cluster.rendition_height
                make_playable(path, folder / f"{index}.mp4", scratch, self._settings.media, height)
        tally.told("render", len(task.parts), len(task.parts))
        return Made(_products(folder))

    @contextmanager
    def _opened(self, recording: Recording) -> Iterator[Opening]:
        """The recording, opened: its files by their names as links to the blobs."""
        with ExitStack() as stack:
            scratch = stack.enter_context(self._scratch())
            paths = [
                _linked(stack.enter_context(self._blobs.local(file.blob)), scratch / str(index), file)
                for index, file in enumerate(recording.files)
            ]
            session = open_recording(paths, scratch / "sound", self._settings)
            stack.callback(session.__exit__, None, None, None)
            for file, part in zip(recording.files, session.media.parts, strict=True):
                if part.sha256 != file.blob:
                    raise MingjianError("blob_corrupt", expected=file.blob, actual=part.sha256)
            yield session

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="scratch-", dir=self._place) as folder:
            yield Path(folder)


def fault_of(error: BaseException) -> Fault:
    """The answer that `error` makes: coded, in one line, without quoting what a recording says."""
    coded = _coded(error)
    if coded.code == "internal":
        log.exception("a task failed", exc_info=error)
    return Fault(coded.code, str(coded), coded.code in PASSING)


def _coded(error: BaseException) -> MingjianError:
    if isinstance(error, MingjianError):
        return error
    if isinstance(error, MemoryError):
        return MingjianError("memory_refused")
    if isinstance(error, OSError) and is_output_error(error):
        return output_error(error, Path(error.filename or tempfile.gettempdir()))
    code, details = getattr(error, "code", None), getattr(error, "details", None)
    if isinstance(code, str) and isinstance(details, dict) and code.startswith("weights_"):
        return MingjianError(code, **details)  # models.errors.WeightsError, which cannot know the engine
    return MingjianError("internal", detail=type(error).__name__)


def _ruleset(name: str, rules: Rules) -> RuleSet:
    """The published rule set of that name, else the one that comes with the program."""
    text = dict(rules.published).get(name)
    return load(name) if text is None else load_text(name, text)


def _unplayable(session: Opening, settings: Settings) -> Iterator[int]:
    if isinstance(session, Session) and settings.cluster.renditions:
        for index, path in enumerate(session.paths):
            if way_of(path, settings.media) != "as_it_is":
                yield index


def _linked(blob: Path, folder: Path, file: File) -> Path:
    """The blob under the name of its file, as results say it; whatever the name was, it stays inside `folder`."""
    folder.mkdir(mode=0o700)
    name = folder_name(PureWindowsPath(PurePosixPath(file.name).name).name.replace("\0", ""))
    link = folder / name
    link.symlink_to(blob.resolve())
    return link


def _workplace(settings: Settings) -> Path:
    """A folder for this process beside the store; those of processes that died long ago go."""
    whole = settings.store.folder.resolve() / WORKPLACES
    whole.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in whole.iterdir():
        owner = old.name.split("-")[0]
        if not (owner.isdigit() and Path(f"/proc/{owner}").exists()) or _age(old) > FORGOTTEN_S:
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=whole))


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _products(folder: Path) -> tuple[Product, ...]:
    products = []
    for path in _files(folder):
        found = content_of(path)
        products.append(Product(path.relative_to(folder).as_posix(), found.sha256, found.bytes, _media_type(path)))
    return tuple(products)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _media_type(path: Path) -> str:
    return MEDIA_TYPES.get(path.suffix, OTHER_TYPE)
