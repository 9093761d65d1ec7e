"""The headline figures, each a ratio of two sums: their names, how they are counted, and which way is better."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.inspection import Severity
from eval.corpus.manifest import Source
from eval.metrics.calibration import Calibration, Calibrations
from eval.metrics.cost import ReviewMinutes
from eval.metrics.counts import Detection, Share
from eval.metrics.intervals import Draws, weights, wilson
from eval.metrics.items import ItemCounts, ItemTable
from eval.metrics.session import SpeechFigures
from eval.metrics.spans import FaultFigures, Overlap, PresenceFigures
from eval.metrics.speakers import DiarizationErrors
from eval.metrics.text import CharacterErrors
from eval.metrics.verdicts import VerdictFigures

Unit = Literal["share", "count", "minutes", "score"]
Better = Literal["more", "less"]
Ratio = tuple[float, float]
How = Literal["wilson", "bootstrap", "wider"]
Counts = Literal["sessions", "trials", "f1", "sums"]


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything measured of the sessions of one source, before it is divided. Sums of sums are micro-averages."""

    verdicts: VerdictFigures
    items: ItemTable
    speech: SpeechFigures
    presence: PresenceFigures
    faults: FaultFigures
    calibrations: Calibrations
    minutes: ReviewMinutes

    @classmethod
    def zero(cls) -> "Measures":
        """Of no session, neutral in sums."""
        return cls(
            VerdictFigures.zero(),
            ItemTable.zero(),
            SpeechFigures.zero(),
            PresenceFigures.zero(),
            FaultFigures.zero(),
            Calibrations.zero(),
            ReviewMinutes.zero(),
        )

    def __add__(self, other: "Measures") -> "Measures":
        return Measures(
            self.verdicts + other.verdicts,
            self.items + other.items,
            self.speech + other.speech,
            self.presence + other.presence,
            self.faults + other.faults,
            self.calibrations + other.calibrations,
            self.minutes + other.minutes,
        )


@dataclass(frozen=True, slots=True)
class Definition:
    """One headline figure. `of` gives its upper and lower sum; lower 0 means that nothing was counted.

    `counts` says what is summed, and so how its interval is found. `sessions`: each at most once, Wilson's holds.
    `sums`: sessions are resampled. `trials`: several in a session, right or wrong, which are not independent; the wider
    of both, as resampling knows no doubt where all went well. `f1` likewise: it rises with hits by hits and errors.
    """

    id: str
    zh: str
    en: str
    better: Better
    of: Callable[[Measures], Ratio]
    unit: Unit = "share"
    counts: Counts = "sums"


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure as measured: `value` is `upper` by `lower`, None where nothing was counted.

    `low` and `high` bound it at 95 %, found by `how`; None where one session alone says nothing. `source` says whether
    the recordings were real or made.
    """

    id: str
    zh: str
    en: str
    value: float | None
    low: float | None
    high: float | None
    upper: float
    lower: float
    unit: Unit
    better: Better
    source: Source
    how: How


def _share(share: Share) -> Ratio:
    return share.right, share.total


def _edits(errors: CharacterErrors) -> Ratio:
    return errors.errors, errors.characters


def _turns(errors: DiarizationErrors) -> Ratio:
    return errors.missed + errors.false_alarm + errors.confusion, errors.total


def _f1(found: Detection) -> Ratio:
    return 2 * found.hits, 2 * found.hits + found.false_alarms + found.misses


def _dice(overlap: Overlap) -> Ratio:
    return 2 * overlap.shared, overlap.true + overlap.found


def _brier(calibration: Calibration) -> Ratio:
    return calibration.squares, calibration.count


def _per_clean(measures: Measures) -> Ratio:
    return measures.verdicts.findings, measures.verdicts.needless_flag.total


def _agreed(measures: Measures) -> Ratio:
    pairs = measures.verdicts.pairs
    return sum(count for (label, got), count in pairs.items() if label == got), sum(pairs.values())


def _of_items(prefix: str, zh: str, en: str, chosen: Callable[[Measures], ItemCounts]) -> tuple[Definition, ...]:
    """The figures of a group of items."""
    return (
        Definition(f"{prefix}_precision", f"{zh}：报出的准确率", f"{en}: precision", "more",
                   lambda m: _share(chosen(m).raised.precision), counts="trials"),
        Definition(f"{prefix}_recall", f"{zh}：违规报出率", f"{en}: recall", "more",
                   lambda m: _share(chosen(m).raised.recall), counts="trials"),
        Definition(f"{prefix}_f1", f"{zh}：F1", f"{en}: F1", "more", lambda m: _f1(chosen(m).raised),
                   counts="f1"),
        Definition(f"{prefix}_f1_strict", f"{zh}：F1（仅判不通过）", f"{en}: F1, failed only", "more",
                   lambda m: _f1(chosen(m).failed), counts="f1"),
        Definition(f"{prefix}_cleared", f"{zh}：违规被放过", f"{en}: violations cleared", "less",
                   lambda m: _share(chosen(m).cleared), counts="trials"),
        Definition(f"{prefix}_inconclusive", f"{zh}：无法判定率", f"{en}: inconclusive", "less",
                   lambda m: _share(chosen(m).inconclusive), counts="trials"),
    )  # fmt: skip


CRITICAL: tuple[Severity, ...] = ("critical",)

DEFINITIONS: tuple[Definition, ...] = (
    Definition("false_clear", "漏放率（违规会话判为通过）", "false-clear rate (violating, called clear)", "less",
               lambda m: _share(m.verdicts.false_clear), counts="sessions"),
    Definition("needless_flag", "误报率（合规会话被标记）", "needless-flag rate (clean, flagged)", "less",
               lambda m: _share(m.verdicts.needless_flag), counts="sessions"),
    Definition("findings_per_clean", "每段合规会话的发现数", "findings per clean session", "less", _per_clean, "count"),
    Definition("failed", "未能质检的会话", "sessions that failed", "less",
               lambda m: (m.verdicts.failed, m.verdicts.sessions), counts="sessions"),
    Definition("unusable", "判为无法质检的会话", "sessions called unusable", "less",
               lambda m: (m.verdicts.unusable, m.verdicts.sessions - m.verdicts.failed), counts="sessions"),
    Definition("session_agreement", "会话结论一致率", "session verdicts that agree", "more", _agreed,
               counts="sessions"),
    *_of_items("critical", "关键项", "critical items", lambda m: m.items.total(*CRITICAL)),
    *_of_items("item", "全部项", "all items", lambda m: m.items.total()),
    Definition("cer", "字错误率", "character error rate", "less", lambda m: _edits(m.speech.text)),
    Definition("digit_error", "数字错误率", "digit error rate", "less", lambda m: _edits(m.speech.digits)),
    Definition("cp_cer", "分说话人字错误率（cpCER）", "cpCER", "less", lambda m: _edits(m.speech.by_speaker)),
    Definition("role_cer", "分角色字错误率", "speaker-attributed CER, by role", "less",
               lambda m: _edits(m.speech.by_role)),
    Definition("der", "说话人分离错误率（容差 0.25 秒）", "DER, collar 0.25 s", "less",
               lambda m: _turns(m.speech.diarization)),
    Definition("der_strict", "说话人分离错误率（容差 0.125 秒）", "DER, collar 0.125 s", "less",
               lambda m: _turns(m.speech.strict)),
    Definition("jer", "Jaccard 错误率", "JER", "less",
               lambda m: (m.speech.jaccard.error, m.speech.jaccard.speakers)),
    Definition("role_accuracy", "角色准确率", "role accuracy", "more",
               lambda m: _share(m.speech.roles), counts="trials"),
    Definition("short_attributed", "短回答归属准确率", "short answers given to the right voice", "more",
               lambda m: _share(m.speech.short.attributed), counts="trials"),
    Definition("short_worded", "短回答识别出文字", "short answers with text", "more",
               lambda m: _share(m.speech.short.worded), counts="trials"),
    Definition("presence_f1", "在场 F1（按秒）", "presence F1, by the second", "more",
               lambda m: _dice(m.presence.anyone)),
    Definition("presence_role_f1", "在场且角色正确 F1（按秒）", "presence in role F1, by the second", "more",
               lambda m: _dice(m.presence.in_role)),
    Definition("fault_f1", "录制缺陷 F1（按处）", "recording faults F1, by event", "more",
               lambda m: _f1(m.faults.total().events), counts="f1"),
    Definition("fault_seconds_f1", "录制缺陷 F1（按秒）", "recording faults F1, by the second", "more",
               lambda m: _dice(m.faults.total().seconds)),
    Definition("brier_items", "项目置信度 Brier 分", "Brier score of item confidences", "less",
               lambda m: _brier(m.calibrations.items), "score"),
    Definition("brier_characters", "识别概率 Brier 分", "Brier score of character probabilities", "less",
               lambda m: _brier(m.calibrations.characters), "score"),
    Definition("brier_roles", "角色置信度 Brier 分", "Brier score of role confidences", "less",
               lambda m: _brier(m.calibrations.roles), "score"),
    Definition("brier_confirmations", "原声核对 Brier 分", "Brier score of the sound's answers", "less",
               lambda m: _brier(m.calibrations.confirmations), "score"),
    Definition("minutes", "每段会话复核分钟数（按成本模型）", "reviewer minutes per session, by the cost model", "less",
               lambda m: (m.minutes.assisted, m.minutes.sessions), "minutes"),
    Definition("minutes_share", "复核分钟数占全听的比例", "reviewer minutes as a share of listening to all", "less",
               lambda m: (m.minutes.assisted, m.minutes.manual)),
)  # fmt: skip

HOW: Mapping[Counts, How] = {"sessions": "wilson", "trials": "wider", "f1": "wider", "sums": "bootstrap"}
PLACES = {one.id: place for place, one in enumerate(DEFINITIONS)}


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of the sessions of one source, and every headline figure's sums over resampled sessions."""

    measures: Measures
    draws: Draws

    @classmethod
    def zero(cls) -> "Figures":
        """Of no session, neutral in sums."""
        return cls(Measures.zero(), Draws.zero())

    @classmethod
    def of(cls, session: str, measures: Measures) -> "Figures":
        """One session, called `session` (its resampling hangs on the name alone)."""
        return cls(measures, Draws.of(weights(session), ratios(measures)))

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.measures + other.measures, self.draws + other.draws)

    @property
    def sessions(self) -> int:
        """How many sessions."""
        return self.measures.verdicts.sessions

    def figure(self, definition: Definition, source: Source) -> Figure:
        """One headline figure with its interval."""
        upper, lower = definition.of(self.measures)
        low, high = self._bounds(definition, upper, lower) or (None, None)
        return Figure(
            definition.id,
            definition.zh,
            definition.en,
            upper / lower if lower else None,
            low,
            high,
            upper,
            lower,
            definition.unit,
            definition.better,
            source,
            HOW[definition.counts],
        )

    def _bounds(self, definition: Definition, upper: float, lower: float) -> tuple[float, float] | None:
        counted = _counted(definition.counts, upper, lower)
        if not lower or definition.counts == "sessions":
            return counted
        resampled = self.draws.interval(PLACES[definition.id]) if self.sessions > 1 else None
        if counted is None or resampled is None:
            return counted or resampled
        return min(counted[0], resampled[0]), max(counted[1], resampled[1])


def _counted(counts: Counts, upper: float, lower: float) -> tuple[float, float] | None:
    """Wilson's interval of a ratio of counts; None of any other ratio."""
    if counts == "sums":
        return None
    if counts != "f1":
        return wilson(round(upper), round(lower))
    bounds = wilson(round(upper / 2), round(lower - upper / 2))
    return (_f1_of(bounds[0]), _f1_of(bounds[1])) if bounds else None


def _f1_of(jaccard: float) -> float:
    """F1 by the share of hits in hits and errors, of which it is another measure."""
    return 2 * jaccard / (1 + jaccard)


def ratios(measures: Measures) -> tuple[Ratio, ...]:
    """Upper and lower sum of every headline figure, in the order of DEFINITIONS."""
    return tuple(one.of(measures) for one in DEFINITIONS)


def as_data(figures: list[Figure]) -> list[dict[str, Any]]:
    """Figures as JSON values."""
    return [{name: getattr(one, name) for name in Figure.__slots__} for one in figures]
