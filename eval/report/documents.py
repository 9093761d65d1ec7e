"""The measured parts of docs/evaluation.md, the README and their Chinese twins, made from a committed run.

What stands outside the markers, and every line of the READMEs but the one that begins as ROWS says, is written by
people and stays as it is.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from engine.report.words import SEVERITY
from eval.metrics.figures import Figure
from eval.report.published import SLICED, ItemLine, Published, Slice
from eval.report.published_words import ROW_TEXTS, ROWS, TEXTS, VALUES, Language
from eval.report.tables import DIMENSION

PAGES: tuple[tuple[Language, str], ...] = (("en", "evaluation.md"), ("zh", "evaluation.zh-CN.md"))
READMES: tuple[tuple[Language, str], ...] = (("en", "README.md"), ("zh", "README.zh-CN.md"))
BEGIN = "<!-- evaluation:{} begin: written by `python -m eval.report`, nothing here is written by hand -->"
END = "<!-- evaluation:{} end -->"
NO_FIGURE = "–"

HEADLINE = (
    "false_clear", "needless_flag", "findings_per_clean", "critical_recall", "critical_precision", "critical_f1",
    "critical_inconclusive", "item_recall", "item_precision", "item_f1", "cer", "digit_error", "cp_cer", "role_cer",
    "der", "jer", "role_accuracy", "short_attributed", "presence_f1", "fault_f1", "brier_items", "minutes",
    "minutes_share",
)  # fmt: skip
CLEAN = ("condition", "clean")
TARGETS = (("false_clear", "less", 0.01), ("needless_flag", "less", 0.20), ("critical_f1", "more", 0.95))
GRAVE = ("critical", "high")
Part = Callable[[Published, Language], str]


def write(root: Path, figures: Published) -> None:
    """Put the measured parts into the pages of the project at `root`. Raises ValueError where a page lacks a place for
    them, before anything is written.
    """
    texts = [
        (path, put(path.read_text(encoding="utf-8"), figures, language))
        for put, folder, pages in ((filled, root / "docs", PAGES), (with_row, root, READMES))
        for language, name in pages
        for path in (folder / name,)
    ]
    for path, text in texts:
        path.write_text(text, encoding="utf-8")


def filled(page: str, figures: Published, language: Language) -> str:
    """`page` with what is between its markers replaced."""
    for name, part in PARTS.items():
        begin, end = BEGIN.format(name), END.format(name)
        before, found, rest = page.partition(begin)
        _, ending, after = rest.partition(end)
        if not found or not ending:
            raise ValueError(f"an evaluation page needs the lines\n{begin}\n{end}")
        page = f"{before}{begin}\n\n{part(figures, language)}\n\n{end}{after}"
    return page


def with_row(readme: str, figures: Published, language: Language) -> str:
    """`readme` with its line on the run written anew."""
    lines = readme.split("\n")
    places = [place for place, line in enumerate(lines) if line.startswith(ROWS[language])]
    if len(places) != 1:
        raise ValueError(f"a README needs one line that begins with {ROWS[language]!r}")
    lines[places[0]] = row(figures, language)
    return "\n".join(lines)


def row(figures: Published, language: Language) -> str:
    """The line of the README's table."""
    title, values = ROW_TEXTS[language]
    wanted = [figures.figure("false_clear"), figures.figure("needless_flag")]
    counts = [f"{one.upper:g}" if place == 0 else f"{one.lower:g}" for one in wanted if one for place in (0, 1)]
    quiet = figures.slice(*CLEAN)
    shares = [_value(quiet.figure(name)) if quiet else NO_FIGURE for name in ("false_clear", "needless_flag")]
    return f"{ROWS[language]}{title.format(figures.sessions)} | {values.format(*counts, *shares)} |"


def _synthetic(figures: Published, language: Language) -> str:
    texts, made = TEXTS[language], figures.made
    about = texts["made"].format(
        sessions=figures.sessions, hours=made.recorded_s / 3600, violating=figures.violating, clean=figures.clean,
        failed=figures.failed, began=_moment(made.began), ended=_moment(made.ended), processor=made.processor,
        cores=made.cores, engine=made.engine, program=made.program[:12], digest=made.corpus_digest[:12],
    )  # fmt: skip
    lines = [_line(one, texts[one.better], language) for name in HEADLINE if (one := figures.figure(name))]
    table = "\n".join([texts["head"], *lines])
    return "\n\n".join([about, _targets(figures, language), table])


def _targets(figures: Published, language: Language) -> str:
    texts, quiet = TEXTS[language], figures.slice(*CLEAN)
    lines = [texts["targets_head"]]
    for name, better, bound in TARGETS:
        one = quiet.figure(name) if quiet else None
        if one is None or one.value is None:
            continue
        met = one.value <= bound if better == "less" else one.value >= bound
        wanted = texts["at_most" if better == "less" else "at_least"].format(f"{bound:.0%}")
        verdict = texts["met" if met else "missed"]
        lines.append(_line(one, verdict, language, f"{_title(one, language)}, {wanted}"))
    return "\n".join(lines)


def _line(one: Figure, last: str, language: Language, title: str | None = None) -> str:
    counted = f"{one.upper:.10g} / {one.lower:.10g}" if one.how != "bootstrap" else f"{one.lower:,.0f}"
    return f"| {title or _title(one, language)} | {_value(one)} | {_interval(one)} | {counted} | {last} |"


def _title(one: Figure, language: Language) -> str:
    return one.en if language == "en" else one.zh


def _slices(figures: Published, language: Language) -> str:
    tables = []
    for dimension in dict.fromkeys(one.dimension for one in figures.slices):
        word = DIMENSION[dimension]
        head = TEXTS[language]["slice_head"].format(word.en if language == "en" else word.zh)
        rows = [_slice(one, language) for one in figures.slices if one.dimension == dimension]
        tables.append("\n".join([head, "|---" * (2 + len(SLICED)) + "|", *rows]))
    return "\n\n".join(tables)


def _slice(one: Slice, language: Language) -> str:
    zh, en = VALUES.get(one.value, (one.value, one.value.replace("_", " ")))
    shares = " | ".join(_value(one.figure(name)) for name in SLICED)
    return f"| {en if language == 'en' else zh} | {one.sessions} | {shares} |"


def _items(figures: Published, language: Language) -> str:
    rows = [_item(one, language) for one in figures.items if one.severity in GRAVE]
    return "\n".join([TEXTS[language]["items_head"], *rows])


def _item(one: ItemLine, language: Language) -> str:
    severity = SEVERITY[one.severity] if one.severity else None
    word = "" if severity is None else severity.en if language == "en" else severity.zh
    shares = " | ".join(_share(pair) for pair in (one.precision, one.recall, one.inconclusive))
    return f"| {one.title} `{one.id}` | {word} | {one.violations} | {one.others} | {shares} | {one.cleared} |"


PARTS: dict[str, Part] = {"synthetic": _synthetic, "slices": _slices, "items": _items}


def _share(pair: Sequence[int]) -> str:
    right, total = pair
    return f"{right / total:.2f} ({right}/{total})" if total else NO_FIGURE


def _value(one: Figure | None) -> str:
    return NO_FIGURE if one is None or one.value is None else _shown(one.value, one)


def _interval(one: Figure) -> str:
    return NO_FIGURE if one.low is None or one.high is None else f"{_shown(one.low, one)} – {_shown(one.high, one)}"


def _shown(value: float, one: Figure) -> str:
    return f"{value:.1%}" if one.unit == "share" else f"{value:.3f}" if one.unit == "score" else f"{value:.2f}"


def _moment(moment: str) -> str:
    return moment[:16].replace("T", " ")
