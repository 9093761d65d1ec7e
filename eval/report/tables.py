"""The tables of the page: what stands in each cell, from the sums of a run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from engine.inspection import AnswerClass, SessionVerdict, Verdict
from engine.report.words import ANSWER, SESSION_VERDICT, SEVERITY, VERDICT, Word
from eval.corpus.manifest import Source
from eval.metrics.counts import Share
from eval.metrics.figures import DEFINITIONS, Figure, Figures
from eval.metrics.items import Got, ItemCounts
from eval.metrics.run import RunFigures
from eval.report.drawing import Series, Value, curve_chart, steps_chart
from eval.report.gathering import ANSWERED, AnswerPairs
from eval.report.thresholds import Thresholds

ABSENT = Word("无此项", "absent")
ANSWER_TRUTH = {
    ANSWERED: Word("答复合规", "answered as required"),
    "weak_answer": Word("含糊应答", "weak answer"),
    "no_answer": Word("没有回答", "no answer"),
    "denial": Word("否定", "denies"),
}
ANSWERS_ALIKE: dict[str, frozenset[AnswerClass]] = {
    ANSWERED: frozenset({"affirm", "deny"}),
    "weak_answer": frozenset({"weak", "unclear"}),
    "no_answer": frozenset({"none"}),
    "denial": frozenset({"deny", "not_understood", "refusal"}),
}
"""The classes that are right for each truth: which of affirm and deny is required is the rule's business."""
SOURCE: dict[Source, Word] = {"real": Word("真实录音", "Real"), "synthetic": Word("合成数据", "Synthetic")}
DIMENSION = {
    "scenario": Word("场景", "Scenario"),
    "voice": Word("声音", "Voice"),
    "codec": Word("编码", "Codec"),
    "noise": Word("噪声", "Noise"),
    "reverb": Word("混响", "Reverberation"),
    "length": Word("时长", "Length"),
    "fault": Word("植入的缺陷", "Planted fault"),
    "template": Word("模板", "Template"),
    "split": Word("划分", "Split"),
    "condition": Word("录音条件", "Condition"),
    "agent_voice": Word("销售人员的声音", "Salesperson's voice"),
    "layout": Word("声道", "Channels"),
    "extent": Word("内容", "Extent"),
    "picture": Word("画面", "Picture"),
    "recording": Word("录音", "Recording"),
    "speech": Word("语音来历", "Origin of the speech"),
    "band": Word("频带", "Band"),
}
SLICED = ("false_clear", "needless_flag", "item_recall", "item_precision", "cer")
"""The figures that are given for each slice."""
SHADES = 9
DECIBELS = re.compile(r"(-?\d+(?:\.\d+)?)\s*d?b?", re.IGNORECASE)
QUIET = ("clean", "none", "off", "no")


@dataclass(frozen=True, slots=True)
class Cell:
    """A count in a matrix; `shade` 0..9 grows with its share of the row, `right` where both agree."""

    count: int
    share: float
    shade: int
    right: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts of truth (rows) against what the machine said (columns)."""

    columns: tuple[Word, ...]
    rows: tuple[tuple[Word, tuple[Cell, ...], int], ...]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: its violations in the labels, and how it fared."""

    id: str
    title: str
    severity: Word | None
    violations: int
    others: int
    precision: Share
    recall: Share
    inconclusive: Share
    cleared: int


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One value of a condition with its figures, in the order of SLICED; None where nothing was counted."""

    value: str
    sessions: int
    figures: tuple[Figure | None, ...]


def item_rows(figures: Figures, titles: Mapping[str, str]) -> Iterator[ItemRow]:
    """Every labelled item, the gravest first."""
    for name, counts in figures.measures.items.rows():
        raised = counts.raised
        yield ItemRow(
            name,
            titles.get(name, name),
            SEVERITY[counts.severity] if counts.severity else None,
            raised.hits + raised.misses,
            counts.count(("pass", "not_applicable")),
            raised.precision,
            raised.recall,
            counts.inconclusive,
            counts.cleared.right,
        )


def verdict_matrix(figures: Figures) -> Matrix:
    """Session verdicts."""
    names: tuple[SessionVerdict, ...] = get_args(SessionVerdict)
    return _matrix(figures.measures.verdicts.pairs, names, names, SESSION_VERDICT, SESSION_VERDICT)


def item_matrix(figures: Figures) -> Matrix:
    """Item verdicts, all items together."""
    rows: tuple[Verdict, ...] = tuple(VERDICT)
    total: ItemCounts = figures.measures.items.total()
    columns: tuple[Got, ...] = (*rows, "absent")
    return _matrix(total.pairs, rows, columns, VERDICT, {**VERDICT, "absent": ABSENT})


def answer_matrix(pairs: AnswerPairs) -> Matrix:
    """Answers: what they truly were, against the class the machine gave them."""
    names: tuple[AnswerClass, ...] = get_args(AnswerClass)
    return _matrix(pairs, tuple(ANSWER_TRUTH), names, ANSWER_TRUTH, ANSWER, ANSWERS_ALIKE)


def _matrix(
    pairs: Mapping[Any, int],
    rows: Sequence[str],
    columns: Sequence[str],
    row_words: Mapping[Any, Word],
    column_words: Mapping[Any, Word],
    alike: Mapping[str, frozenset[Any]] | None = None,
) -> Matrix:
    """Counts by (truth, said) as a matrix; rows of which there is nothing are left out. `alike`: what is right for each
    truth, by default the same word.
    """
    kept = []
    for row in rows:
        total = sum(pairs.get((row, column), 0) for column in columns)
        if total:
            right = alike[row] if alike else frozenset({row})
            cells = tuple(_cell(pairs.get((row, column), 0), total, column in right) for column in columns)
            kept.append((row_words[row], cells, total))
    return Matrix(tuple(column_words[column] for column in columns), tuple(kept))


def _cell(count: int, total: int, right: bool) -> Cell:
    return Cell(count, count / total, -(-count * SHADES // total), right)


def slice_rows(values: Mapping[str, RunFigures], source: Source) -> tuple[SliceRow, ...]:
    """The values of one condition, by name; noise and reverberation by their level."""
    chosen = [definition for wanted in SLICED for definition in DEFINITIONS if definition.id == wanted]
    rows = []
    for value in sorted(values, key=_by_level):
        figures = values[value].real if source == "real" else values[value].synthetic
        if figures.sessions:
            measured = (figures.figure(definition, source) for definition in chosen)
            rows.append(SliceRow(value, figures.sessions, tuple(m if m.value is not None else None for m in measured)))
    return tuple(rows)


def _by_level(value: str) -> tuple[int, float, str]:
    """Quiet first, then from little noise to much, then what has no level."""
    if value.lower() in QUIET:
        return 0, 0.0, value
    found = DECIBELS.search(value)
    return (1, -float(found[1]), value) if found else (2, 0.0, value)


def value_of(figure: Figure | None) -> Value | None:
    """A figure for drawing."""
    return None if figure is None or figure.value is None else Value(figure.value, figure.low, figure.high)


def noise_chart(values: Mapping[str, RunFigures], source: Source) -> str | None:
    """Recall of violations, and sessions caught, over the noise; None where the corpus has one level only."""
    rows = slice_rows(values, source)
    if len(rows) < 2:
        return None
    recall = [value_of(row.figures[SLICED.index("item_recall")]) for row in rows]
    missed = [value_of(row.figures[SLICED.index("false_clear")]) for row in rows]
    series = (Series("违规项报出率 recall", "a", recall), Series("漏放率 false-clear rate", "b", missed))
    return steps_chart([row.value for row in rows], series, "噪声与报出率 / Noise against recall")


def threshold_chart(thresholds: Thresholds) -> str | None:
    """False clears and needless flags over the threshold; None without violating or without clean sessions."""
    if not thresholds.violating or not thresholds.clean:
        return None
    points = tuple(thresholds.curve())
    series = (
        Series("漏放率 false-clear rate", "b", [_bounded(one.false_clear) for one in points]),
        Series("误报率 needless-flag rate", "a", [_bounded(one.needless_flag) for one in points]),
    )
    return curve_chart(
        [one.threshold for one in points],
        series,
        "阈值与漏放率 / Threshold against false-clear rate",
        "低于此置信度的通过转人工 passes below this go to a person",
    )


def _bounded(share: Share) -> Value:
    low, high = share.interval()
    return Value(share.value, low, high)
