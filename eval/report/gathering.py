"""Everything the page shows, added up session by session: nothing but sums and a bounded number of errors is held."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.inspection import AnswerClass, Inspection
from eval.corpus.manifest import Recording, Source
from eval.metrics.items import label_of
from eval.metrics.run import RunFigures, measure
from eval.report.cases import Cases
from eval.report.thresholds import Thresholds
from eval.runs import SessionResult

DIMENSIONS = ("scenario", "voice", "codec", "noise", "reverb", "length", "fault", "template")
"""In this order; other conditions follow by name."""
MOST_VALUES = 40
"""Values of one dimension that are told apart; the further ones count as OTHERS."""
OTHERS = "…"
LENGTHS_S = ((60.0, "≤ 1 min"), (180.0, "1–3 min"), (600.0, "3–10 min"), (float("inf"), "> 10 min"))
ANSWERED = "pass"
ANSWER_FAULTS = ("weak_answer", "no_answer", "denial")
"""Planted faults that lie in the words of the answer: what the machine made of it is compared with them."""

AnswerPairs = dict[tuple[str, AnswerClass], int]


@dataclass
class Gathered:
    """What a run comes to. `slices` by condition and its value; `answers` by truth and the machine's class."""

    cases: Cases
    total: RunFigures = field(default_factory=RunFigures.zero)
    slices: dict[str, dict[str, RunFigures]] = field(default_factory=dict)
    thresholds: dict[Source, Thresholds] = field(default_factory=dict)
    answers: dict[Source, AnswerPairs] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    work_s: float = 0.0
    recorded_s: float = 0.0

    def add(self, result: SessionResult) -> None:
        """One session more."""
        recording, inspection = result.recording, result.inspection
        figures = measure(recording, inspection, result.evidence() if inspection else None)
        self.total += figures
        for dimension, value in conditions(result):
            values = self.slices.setdefault(dimension, {})
            name = value if value in values or len(values) < MOST_VALUES else OTHERS
            values[name] = values.get(name, RunFigures.zero()) + figures
        self.cases.add(result)
        self.work_s += result.seconds
        self.recorded_s += result.outcome.duration or 0.0
        if inspection is not None:
            source = recording.source
            known = self.thresholds.get(source, Thresholds.zero())
            self.thresholds[source] = known + Thresholds.of(recording.labels.violating, inspection)
            self.titles.update((item.id, item.title) for item in inspection.items)
            pairs = self.answers.setdefault(source, {})
            for pair in answers(recording, inspection):
                pairs[pair] = pairs.get(pair, 0) + 1

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The conditions that tell recordings apart, the usual ones first."""
        known = [one for one in DIMENSIONS if one in self.slices]
        return (*known, *sorted(set(self.slices) - set(known)))


def gather(results: Iterable[SessionResult], most_cases: int) -> Gathered:
    """Everything about the sessions of a run."""
    gathered = Gathered(Cases(most_cases))
    for result in results:
        gathered.add(result)
    return gathered


def conditions(result: SessionResult) -> Iterator[tuple[str, str]]:
    """The conditions of a session; its length from its duration where the corpus does not state it."""
    stated = result.recording.conditions
    yield from stated.items()
    duration = result.outcome.duration or result.recording.duration
    if "length" not in stated and duration is not None:
        yield "length", next(name for limit, name in LENGTHS_S if duration <= limit)
    yield "split", result.recording.split


def answers(recording: Recording, inspection: Inspection) -> Iterator[tuple[str, AnswerClass]]:
    """Truth and class of every answer whose truth is known: a passed item was answered as it had to be; in a violated
    one the planted fault says what the answer was.
    """
    labels = recording.labels.items or {}
    fault = recording.conditions.get("fault")
    for item in inspection.items:
        if item.answer is None:
            continue
        label = label_of(item, labels)
        if label == "pass":
            yield ANSWERED, item.answer.classification
        elif label in ("fail", "review") and fault in ANSWER_FAULTS:
            yield str(fault), item.answer.classification
