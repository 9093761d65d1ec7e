"""A run on the disk: `run.json`, `sessions.jsonl` and a folder for each session, read without holding all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from engine.errors import MingjianError
from engine.evidence import Evidence
from engine.inspection import Inspection
from eval.corpus.loading import load_corpus
from eval.corpus.manifest import Corpus, Recording
from eval.runs.meta import RunMeta, read_meta
from eval.runs.results import (
    Failure,
    Outcome,
    SessionLine,
    kept,
    line_of,
    read_evidence,
    read_inspection,
    read_line,
)

SESSIONS = "sessions"
INDEX = "sessions.jsonl"


@dataclass(frozen=True, slots=True)
class SessionResult:
    """One session of a run. Without `inspection`, `error` says why there is none. `seconds` of work.

    `folder` holds its files; `outcome` is what is kept beside them.
    """

    recording: Recording
    inspection: Inspection | None
    outcome: Outcome
    folder: Path

    @property
    def seconds(self) -> float:
        """How long the work took."""
        return self.outcome.seconds

    @property
    def error(self) -> Failure | None:
        """Why there is no inspection; None where there is one."""
        return self.outcome.error

    @property
    def line(self) -> SessionLine:
        """The session in short."""
        return line_of(self.recording, self.outcome)

    def evidence(self) -> Evidence:
        """What the inspection was drawn from, read when asked for. Raises MingjianError `run_unreadable`."""
        try:
            return read_evidence(self.folder)
        except (OSError, ValueError) as error:
            raise MingjianError("run_unreadable", path=self.folder, detail=_brief(error)) from error


@dataclass(frozen=True)
class RunFolder:
    """A run that was begun, finished or not."""

    folder: Path
    meta: RunMeta

    @cached_property
    def corpus(self) -> Corpus:
        """The corpus of the run. Raises MingjianError `corpus_invalid`, or `corpus_changed` where it is another now."""
        corpus = load_corpus(Path(self.meta.corpus.folder))
        if corpus.digest != self.meta.corpus.digest:
            raise MingjianError("corpus_changed", path=corpus.folder, run=self.folder)
        return corpus

    def lines(self) -> Iterator[SessionLine]:
        """Every session in short, in order of the recordings' ids. Raises MingjianError `run_unreadable`."""
        path = self.folder / INDEX
        try:
            with path.open("rb") as file:
                for number, data in enumerate(file, start=1):
                    if data.endswith(b"\n"):  # a line that breaks off was being written when the run was cut off
                        yield _read(data, path, number)
        except OSError as error:
            raise MingjianError("run_unreadable", path=path, detail=error.strerror or error) from error

    def sessions(self) -> Iterator[SessionResult]:
        """Every session with its inspection, in order of the recordings' ids, one in memory at a time.

        Raises MingjianError `run_unreadable`, `corpus_*`.
        """
        recordings = self.corpus.recordings
        places = {recording.id: place for place, recording in enumerate(recordings)}
        for line in self.lines():
            yield self.session(recordings[places[line.id]])

    def session(self, recording: Recording) -> SessionResult:
        """One session. Raises MingjianError `run_unreadable` where its folder holds nothing whole."""
        folder = self.folder / SESSIONS / recording.id
        outcome = kept(folder)
        if outcome is None:
            raise MingjianError("run_unreadable", path=folder, detail="session.json")
        try:
            inspection = None if outcome.error else read_inspection(folder)
        except (OSError, EOFError, ValueError) as error:
            raise MingjianError("run_unreadable", path=folder, detail=_brief(error)) from error
        return SessionResult(recording, inspection, outcome, folder)


def open_run(folder: Path) -> RunFolder:
    """The run in `folder`. Raises MingjianError `run_unreadable`."""
    return RunFolder(folder, read_meta(folder))


def _read(data: bytes, path: Path, number: int) -> SessionLine:
    try:
        return read_line(data)
    except ValidationError as error:
        raise MingjianError("run_unreadable", path=f"{path.name}:{number}", detail=_brief(error)) from error


def _brief(error: Exception) -> str:
    """What is wrong, without quoting what a session says."""
    return type(error).__name__
