"""Writes the report on a run: `report.html`, the clips it shows, and its figures as JSON beside it."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from engine.report import words
from engine.report.clips import ClipSettings
from engine.report.output import PRIVATE_FILE, output_error
from engine.report.view import Card, cards
from engine.settings import Settings, load_settings
from eval.metrics.cost import load_cost
from eval.metrics.figures import DEFINITIONS, Figure, as_data
from eval.metrics.items import item_key
from eval.metrics.run import headline
from eval.report import drawing, tables
from eval.report.cases import KINDS, WRONGS
from eval.report.footage import Shown, show
from eval.report.gathering import Gathered, gather
from eval.report.truth import labelled_words
from eval.runs import RunFolder, SessionResult

REPORT = "report.html"
FIGURES = "figures.json"
TILES = ("false_clear", "needless_flag", "critical_f1", "critical_recall", "item_f1", "minutes")
"""The figures at the top."""

Progress = Callable[[str, float, float], None]


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """`cases` errors are shown in full, with clips of so many bytes inside the page and the further ones beside it."""

    cases: int = 120
    embedded_bytes: int = 15 * 1024 * 1024
    clips: ClipSettings = field(default_factory=lambda: ClipSettings(per_item=1, at_most=4, longest=16.0))


@dataclass(frozen=True, slots=True)
class Report:
    """What was written, and the headline figures."""

    path: Path
    figures: tuple[Figure, ...]


def write_report(
    run: RunFolder,
    options: ReportOptions | None = None,
    settings: Settings | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Report:
    """Measure the sessions of `run` and write the page into its folder; a run that is not finished says so there.

    Raises MingjianError `run_unreadable`, `corpus_*`, `cost_faults`, `output_*`.
    """
    chosen = options or ReportOptions()
    gathered = gather(_told(run, progress), chosen.cases)
    shown = show(
        gathered.cases.kept,
        run.folder,
        settings or load_settings(),
        chosen.clips,
        lambda done, total: progress("clips", done, total),
    )
    figures = tuple(headline(gathered.total))
    _write(run.folder / FIGURES, json.dumps(as_data(list(figures)), ensure_ascii=False, indent=1) + "\n")
    path = _write(run.folder / REPORT, render(run, gathered, shown, figures, chosen))
    return Report(path, figures)


def _told(run: RunFolder, progress: Progress) -> Iterator[SessionResult]:
    """The sessions, each told as it goes by."""
    total = run.meta.sessions or len(run.corpus.recordings)
    for number, result in enumerate(run.sessions(), start=1):
        yield result
        progress("measure", number, max(number, total))


def _write(path: Path, text: str) -> Path:
    """Whole or not at all, readable by its owner alone: it quotes what was said."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.chmod(PRIVATE_FILE)
        draft.replace(path)
    except OSError as error:
        raise output_error(error, path) from error
    return path


def render(
    run: RunFolder, gathered: Gathered, shown: Iterable[Shown], figures: Iterable[Figure], options: ReportOptions
) -> str:
    """The page."""
    errors = [Error.of(one) for one in shown]
    embedder = _Embedder(run.folder, options.embedded_bytes)
    embedder.take(path for error in errors for path in error.files)
    style = _style()
    return (
        _environment()
        .get_template("run.html")
        .render(
            run=run,
            meta=run.meta,
            gathered=gathered,
            sources=[Part.of(source, found, gathered) for source, found in gathered.total.by_source()],
            figures={(one.id, one.source): one for one in figures},
            tiles=TILES,
            definitions=DEFINITIONS,
            errors=errors,
            kinds=KINDS,
            wrongs=WRONGS,
            address=embedder.addresses,
            linked=embedder.linked,
            cost=load_cost(),
            drawing=drawing,
            tables=tables,
            words=words,
            parameters=json.dumps(run.meta.setup.parameters, ensure_ascii=False, indent=1, sort_keys=True),
            style=Markup(style),  # noqa: S704 - the project's own files
            policy=_policy(style),
        )
    )


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one source, as the template wants them."""

    source: str
    word: words.Word
    figures: Any
    items: tuple[tables.ItemRow, ...]
    verdicts: tables.Matrix
    item_verdicts: tables.Matrix
    answers: tables.Matrix
    noise: Markup | None
    threshold: Markup | None
    reliability: tuple[tuple[words.Word, float, float, int, Markup], ...]
    slices: tuple[tuple[words.Word, tuple[tables.SliceRow, ...]], ...]

    @classmethod
    def of(cls, source: Any, figures: Any, gathered: Gathered) -> "Part":
        """Of the recordings of one source."""
        values = gathered.slices
        thresholds = gathered.thresholds.get(source)
        slices = ((name, tables.slice_rows(values[name], source)) for name in gathered.dimensions)
        return cls(
            source=source,
            word=tables.SOURCE[source],
            figures=figures,
            items=tuple(tables.item_rows(figures, gathered.titles)),
            verdicts=tables.verdict_matrix(figures),
            item_verdicts=tables.item_matrix(figures),
            answers=tables.answer_matrix(gathered.answers.get(source, {})),
            noise=_svg(tables.noise_chart(values.get("noise", {}), source)),
            threshold=_svg(tables.threshold_chart(thresholds)) if thresholds else None,
            reliability=tuple(_reliability(figures)),
            slices=tuple(
                (tables.DIMENSION.get(name, words.Word(name, name)), rows) for name, rows in slices if len(rows) > 1
            ),
        )


CALIBRATED = {
    "items": words.Word("项目判定", "item verdicts"),
    "characters": words.Word("识别的字", "recognised characters"),
    "roles": words.Word("说话人角色", "roles"),
    "confirmations": words.Word("原声核对", "answers of the sound"),
}


def _reliability(figures: Any) -> Iterator[tuple[words.Word, float, float, int, Markup]]:
    for name, word in CALIBRATED.items():
        calibration = getattr(figures.measures.calibrations, name)
        if calibration.count:
            points = [(point.confidence, point.right, point.count) for point in calibration.curve()]
            title = f"{word.zh}：置信度与正确率 / {word.en}: confidence against right"
            svg = drawing.reliability_chart(points, title, "置信度 confidence")
            yield word, calibration.brier, calibration.error, calibration.count, Markup(svg)  # noqa: S704 - escaped


def _svg(drawn: str | None) -> Markup | None:
    return Markup(drawn) if drawn else None  # noqa: S704 - eval/report/drawing.py escapes its texts


@dataclass(frozen=True, slots=True)
class Error:
    """One case with its cards: what the machine made of each wrong item, and what was truly said."""

    shown: Shown
    cards: dict[str, Card]
    said: dict[str, Card]

    @classmethod
    def of(cls, shown: Shown) -> "Error":
        """A case as it is shown."""
        if shown.inspection is None:
            return cls(shown, {}, {})
        return cls(shown, _by_key(cards(shown.inspection)), _said_cards(shown))

    @property
    def files(self) -> Iterator[str]:
        """Its frames and clips, below the run's folder."""
        evidence = [one for card in (*self.cards.values(), *self.said.values()) for one in card.item.evidence]
        yield from (one.frame for one in evidence if one.frame)
        yield from (one.clip for one in evidence if one.clip)


def _by_key(found: Iterable[Card]) -> dict[str, Card]:
    """Cards by what labels call their item."""
    return {item_key(card.item): card for card in found}


def _said_cards(shown: Shown) -> dict[str, Card]:
    """Cards of what was truly said, quoting the labelled utterances."""
    if shown.inspection is None:
        return {}
    said = labelled_words(shown.case.recording)
    return _by_key(cards(replace(shown.inspection, items=tuple(shown.said.values()), utterances=said)))


TYPES = {".mp4": "video/mp4", ".m4a": "audio/mp4", ".jpg": "image/jpeg"}


@dataclass
class _Embedder:
    """Addresses of frames and clips: inside the page while there is room, beside it after that."""

    folder: Path
    left: int
    addresses: dict[str, str] = field(default_factory=dict)
    linked: int = 0

    def take(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self.addresses:
                self.addresses[path] = self._address(path)

    def _address(self, path: str) -> str:
        file = self.folder / path
        size = -(-file.stat().st_size // 3) * 4
        if size > self.left:
            self.linked += 1
            return path
        self.left -= size
        return f"data:{TYPES[file.suffix]};base64,{base64.b64encode(file.read_bytes()).decode()}"


def _policy(style: str) -> str:
    """The page runs no script and loads nothing but pictures and sound from inside or beside itself."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data: 'self' file:; media-src data: 'self' file:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _style() -> str:
    """The house style of reports, and what this page adds."""
    house = (files("engine.report") / "templates" / "report.css").read_text(encoding="utf-8")
    own = (files("eval.report") / "templates" / "run.css").read_text(encoding="utf-8")
    return house + own


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("eval.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        figure=figure_text, bounds=bounds_text, percent=percent, clock=words.clock, length=words.length, key=item_key
    )
    return environment


def percent(share: float | None) -> str:
    """A share in per cent with one decimal.

    >>> percent(0.0125), percent(None)
    ('1.3 %', '—')
    """
    return "—" if share is None else f"{share * 100:.1f} %"


def figure_text(figure: Figure | None) -> str:
    """A figure's value in its unit."""
    return "—" if figure is None or figure.value is None else _in_unit(figure, figure.value)


def bounds_text(figure: Figure | None) -> str:
    """A figure's interval in its unit."""
    if figure is None or figure.low is None or figure.high is None:
        return "—"
    return f"{_in_unit(figure, figure.low)} – {_in_unit(figure, figure.high)}"


def _in_unit(figure: Figure, value: float) -> str:
    match figure.unit:
        case "share":
            return percent(value)
        case "minutes":
            return f"{value:.1f} min"
        case "score":
            return f"{value:.3f}"
        case _:
            return f"{value:.2f}"
