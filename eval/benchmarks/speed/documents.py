"""The measured part of docs/performance.md and its Chinese twin: everything between two markers, made from the runs.

What stands outside the markers is written by people and stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eval.benchmarks.speed import drawing
from eval.benchmarks.speed.contenders import BY_KEY
from eval.benchmarks.speed.results import Recording, Results
from eval.benchmarks.speed.summary import Row, outcomes, rows
from eval.benchmarks.speed.words import KINDS, REASONS, TARGETS, TEXTS, TITLES, Language

BEGIN = "<!-- speed:begin  written by `python -m eval.benchmarks speed --docs`; nothing here is written by hand -->"
END = "<!-- speed:end -->"
PAGES: tuple[tuple[Language, str], ...] = (("en", "performance.md"), ("zh", "performance.zh-CN.md"))
BUSY = 0.1
"""Cores used by other programs, from which on the page says that figures are too high."""

NO_FIGURE = "–"
TELLING = ("ctranslate2", "faster-whisper", "torch", "onnxruntime", "mediapipe", "av", "numpy")
"""Packages of ours that decide how fast it is."""

SHORTEST_STAGE = 0.05


def write(results: Results, folder: Path) -> None:
    """Put the tables and the plot into the pages of `folder`. Raises ValueError for a page without markers, before
    anything is written."""
    pages = [(folder / name, filled((folder / name).read_text(encoding="utf-8"), results, to)) for to, name in PAGES]
    for path, text in pages:
        path.write_text(text, encoding="utf-8")
    for language, _ in PAGES:
        target = folder / TEXTS[language]["plot_file"]
        target.write_text(drawing.plot(rows(results), language), encoding="utf-8")


def filled(page: str, results: Results, language: Language) -> str:
    """`page` with what is between its markers replaced."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"a performance page needs the lines\n{BEGIN}\n{END}")
    return f"{before}{BEGIN}\n\n{measured(results, language)}\n\n{END}{after}"


def measured(results: Results, language: Language) -> str:
    """The measured part, in Markdown."""
    texts, found = TEXTS[language], rows(results)
    blocks = [_machine(results, language)]
    if results.others > BUSY:
        blocks.append(texts["busy"])
    blocks.append(f"![{texts['plot']}]({texts['plot_file']})")
    for recordings in _lengths(found):
        blocks += [f"### {_length(recordings, language)}", _table(recordings, language)]
    blocks += [f"### {texts['targets']}", _targets(results, language)]
    blocks += [f"### {texts['stages']}", *_stages(found, language)]
    blocks += [f"### {texts['absent']}", _absent(results, language)]
    blocks += [f"### {texts['versions']}", "\n".join(_versions(results, language))]
    return "\n\n".join(blocks)


def _machine(results: Results, language: Language) -> str:
    machine = results.machine
    return TEXTS[language]["machine"].format(
        day=results.measured_on,
        cores=machine.cores,
        processor=machine.processor,
        memory=machine.memory / 1e9,
        python=machine.python,
        threads=results.threads,
        others=results.others,
    )


def _lengths(found: Sequence[Row]) -> list[list[Row]]:
    """Rows of the same length and number of files together."""
    groups: dict[Recording, list[Row]] = {}
    for row in found:
        groups.setdefault(row.recording.sound, []).append(row)
    return list(groups.values())


def _length(found: Sequence[Row], language: Language) -> str:
    place = found[0].recording
    return TEXTS[language]["one" if place.files == 1 else "many"].format(minutes=place.minutes, files=place.files)


def _table(found: Sequence[Row], language: Language) -> str:
    lines = [
        (
            TITLES[language][row.contender],
            KINDS[language][row.recording.kind],
            f"{row.cold:.1f}",
            f"{row.factor:.3f}",
            _maybe(row.ratio, 2),
            f"{row.cpu:.1f}",
            _maybe(row.cpu_ratio, 2),
            f"{row.peak / 1e9:.2f}",
            _maybe(row.warm_factor, 3),
            _maybe(row.warm_ratio, 2),
            str(row.rounds),
        )
        for row in found
    ]
    return _lined(TEXTS[language]["head"], lines)


def _targets(results: Results, language: Language) -> str:
    texts = TEXTS[language]
    lines = []
    for one in outcomes(results):
        met = texts["missed"] if one.missed else texts["met"]
        verdict = met if one.binding else texts["loose"]
        minutes = f"{one.recording.minutes:g}"
        lines.append((TARGETS[language][one.target.key], minutes, f"{one.target.most:g}", f"{one.value:.2f}", verdict))
    return _lined(texts["targets_head"], lines) if lines else texts["none"]


def _stages(found: Sequence[Row], language: Language) -> Iterator[str]:
    """A table for ours; a stage that takes no time anywhere has no column."""
    ours = [row for row in found if row.contender in BY_KEY and BY_KEY[row.contender].ours]
    names = [
        name
        for name in dict.fromkeys(name for row in ours for name in row.stages)
        if any(row.stages.get(name, 0.0) >= SHORTEST_STAGE for row in ours)
    ]
    lines = [
        (
            TITLES[language][row.contender],
            f"{KINDS[language][row.recording.kind]} {_length([row], language)}",
            *(_maybe(row.stages.get(name), 1) for name in names),
        )
        for row in ours
    ]
    yield TEXTS[language]["stages_note"]
    if lines:
        yield _lined(TEXTS[language]["stages_head"].format(names=" | ".join(names)), lines)


def _absent(results: Results, language: Language) -> str:
    if not results.not_run:
        return TEXTS[language]["all_run"]
    return "\n".join(f"- {TITLES[language][one.contender]}: {REASONS[language][one.reason]}" for one in results.not_run)


def _versions(results: Results, language: Language) -> Iterator[str]:
    own = ", ".join(f"{name} {results.versions[name]}" for name in TELLING if name in results.versions)
    yield f"- {TEXTS[language]['ours']}: {own}"
    told = {run.contender: run.versions for run in results.runs if run.versions}
    seen: set[str] = set()
    for key, versions in told.items():
        text = ", ".join(f"{name} {number}" for name, number in versions.items())
        if text not in seen:
            seen.add(text)
            yield f"- {TITLES[language][key].split('，')[0].split(',')[0]}: {text}"


def _maybe(value: float | None, digits: int) -> str:
    return NO_FIGURE if value is None else f"{value:.{digits}f}"


def _lined(head: str, lines: Iterable[Sequence[str]]) -> str:
    columns = head.count("|") - 1
    return "\n".join([head, "|---" * columns + "|", *("| " + " | ".join(line) + " |" for line in lines)])
