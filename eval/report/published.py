"""What a run came to, small enough to be committed: its figures and verdicts, and not a word of any recording.

The tables of docs/evaluation.md and the README are made from it (documents.py), so that whoever reads them can find the
sessions behind a figure and count again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from engine.inspection import SessionVerdict, Severity, Verdict
from eval.corpus.manifest import Source
from eval.metrics.figures import DEFINITIONS, Figure
from eval.metrics.run import RunFigures, headline
from eval.report.gathering import Gathered
from eval.report.tables import item_rows
from eval.runs import RunFolder

FIGURES = "figures.json"
SESSIONS = "sessions.jsonl"
DIMENSIONS = ("condition", "scenario", "voice", "fault", "extent", "layout")
SLICED = ("false_clear", "needless_flag", "critical_recall", "critical_f1", "item_recall", "cer")
SOURCE: Source = "synthetic"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Slice:
    """The sessions of one value of a condition, with the figures named in SLICED and their sums; the figures for which
    nothing was counted are left out.
    """

    dimension: str
    value: str
    sessions: int
    figures: tuple[Figure, ...]

    def figure(self, name: str) -> Figure | None:
        """The figure with that id."""
        return next((one for one in self.figures if one.id == name), None)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item over all sessions: how often it was violated and how often not, by the labels, and how that was judged.
    Shares are (right, counted).
    """

    id: str
    title: str
    severity: Severity | None
    violations: int
    others: int
    precision: tuple[int, int]
    recall: tuple[int, int]
    inconclusive: tuple[int, int]
    cleared: int


@dataclass(frozen=True, slots=True)
class Made:
    """What the run was made of and on. Times in seconds."""

    began: str
    ended: str
    engine: str
    program: str
    corpus: str
    corpus_digest: str
    weights: Mapping[str, str]
    processor: str
    cores: int
    python: str
    workers: tuple[str, ...]
    recorded_s: float


@dataclass(frozen=True, slots=True)
class Published:
    """A run as it is committed."""

    made: Made
    sessions: int
    violating: int
    clean: int
    failed: int
    headline: tuple[Figure, ...]
    slices: tuple[Slice, ...]
    items: tuple[ItemLine, ...]
    schema: int = SCHEMA

    def figure(self, name: str) -> Figure | None:
        """The headline figure with that id."""
        return next((one for one in self.headline if one.id == name), None)

    def slice(self, dimension: str, value: str) -> Slice | None:
        """The sessions of one value of a condition."""
        return next((one for one in self.slices if (one.dimension, one.value) == (dimension, value)), None)


@dataclass(frozen=True, slots=True)
class PublishedSession:
    """One session: what it truly was, what it was called, and the items in which both differ as (item, truth, said)."""

    id: str
    split: str
    conditions: Mapping[str, str]
    violating: bool | None
    verdict: SessionVerdict | None
    wrong: tuple[tuple[str, Verdict | None, Verdict | None], ...]


def published(run: RunFolder, gathered: Gathered) -> Published:
    """The figures of the synthetic sessions of `run`. Raises ValueError for a run without any, or one not finished."""
    figures = gathered.total.synthetic
    if not run.meta.finished or not figures.sessions:
        raise ValueError(f"{run.folder}: only a finished run over synthetic sessions is published")
    verdicts = figures.measures.verdicts
    return Published(
        made=_made(run, gathered),
        sessions=figures.sessions,
        violating=verdicts.false_clear.total,
        clean=verdicts.needless_flag.total,
        failed=verdicts.failed,
        headline=tuple(one for one in headline(gathered.total) if one.source == SOURCE),
        slices=tuple(_slices(gathered.slices)),
        items=tuple(_items(gathered)),
    )


def sessions(run: RunFolder) -> Iterator[PublishedSession]:
    """Every session of the run, in order of the recordings' ids."""
    for line in run.lines():
        wrong = tuple((one.id, one.expected, one.got) for one in line.wrong_items)
        yield PublishedSession(line.id, line.split, line.conditions, line.violating, line.got, wrong)


def write(folder: Path, figures: Published, told: Iterator[PublishedSession]) -> None:
    """Write both files into `folder`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / SESSIONS).open("wb") as file:
        for one in told:
            file.write(_SESSION.dump_json(one) + b"\n")
    data = json.loads(_FIGURES.dump_json(figures))
    (folder / FIGURES).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> Published:
    """The figures in `folder`. Raises OSError, or ValueError for a file that is none of ours."""
    try:
        return _FIGURES.validate_json((folder / FIGURES).read_bytes())
    except ValidationError as error:
        raise ValueError(f"{folder / FIGURES}: {error.error_count()} faults") from error


def read_sessions(folder: Path) -> Iterator[PublishedSession]:
    """The sessions in `folder`. Raises OSError and ValueError likewise."""
    with (folder / SESSIONS).open("rb") as file:
        yield from map(_SESSION.validate_json, file)


_FIGURES = TypeAdapter(Published)
_SESSION = TypeAdapter(PublishedSession)


def _made(run: RunFolder, gathered: Gathered) -> Made:
    meta, machine = run.meta, run.meta.stretches[-1].machine
    return Made(
        began=meta.stretches[0].began,
        ended=meta.stretches[-1].ended or "",
        engine=meta.setup.version,
        program=meta.setup.program,
        corpus=meta.corpus.name,
        corpus_digest=meta.corpus.digest,
        weights={one.id: one.sha256 for one in meta.setup.weights},
        processor=machine.processor,
        cores=machine.cores,
        python=machine.python,
        workers=tuple(dict.fromkeys(one.workers for one in meta.stretches)),
        recorded_s=round(gathered.recorded_s, 1),
    )


def _slices(by_dimension: Mapping[str, Mapping[str, RunFigures]]) -> Iterator[Slice]:
    chosen = [one for name in SLICED for one in DEFINITIONS if one.id == name]
    for dimension in DIMENSIONS:
        for value, found in sorted(by_dimension.get(dimension, {}).items()):
            counted = found.synthetic
            if counted.sessions:
                measured = (counted.figure(one, SOURCE) for one in chosen)
                told = tuple(one for one in measured if one.value is not None)
                yield Slice(dimension, value, counted.sessions, told)


def _items(gathered: Gathered) -> Iterator[ItemLine]:
    figures = gathered.total.synthetic
    severities = {name: counts.severity for name, counts in figures.measures.items.rows()}
    for row in item_rows(figures, gathered.titles):
        yield ItemLine(
            row.id,
            row.title,
            severities[row.id],
            row.violations,
            row.others,
            (row.precision.right, row.precision.total),
            (row.recall.right, row.recall.total),
            (row.inconclusive.right, row.inconclusive.total),
            row.cleared,
        )
