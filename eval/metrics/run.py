"""All figures of a run: one session at a time, added up, real and synthetic recordings apart.

```python
total = RunFigures.zero()
for result in run.sessions():
    total += measure(result.recording, result.inspection, result.evidence())
for figure in headline(total):
    print(figure.zh, figure.value, figure.source)
```
"""

from dataclasses import dataclass
from functools import cache
from typing import get_args

from engine.evidence import Evidence
from engine.inspection import Inspection
from eval.corpus.manifest import Recording, Source
from eval.metrics import calibration
from eval.metrics.calibration import Calibrations
from eval.metrics.cost import CostModel, load_cost, review_minutes
from eval.metrics.figures import DEFINITIONS, Figure, Figures, Measures
from eval.metrics.items import measure_items
from eval.metrics.reference import of_labels
from eval.metrics.session import NO_TRANSCRIPT, compare_speech, voiced
from eval.metrics.spans import measure_faults, measure_presence
from eval.metrics.speakers import naming
from eval.metrics.verdicts import VerdictFigures, measure_verdict

SOURCES: tuple[Source, ...] = get_args(Source)


@dataclass(frozen=True, slots=True)
class RunFigures:
    """Figures of the real recordings of a run, and of the synthetic ones. They are never mixed."""

    real: Figures
    synthetic: Figures

    @classmethod
    def zero(cls) -> "RunFigures":
        """Of no session, neutral in sums."""
        return cls(Figures.zero(), Figures.zero())

    @classmethod
    def of(cls, source: Source, figures: Figures) -> "RunFigures":
        """Of one source alone."""
        return cls(figures, Figures.zero()) if source == "real" else cls(Figures.zero(), figures)

    def __add__(self, other: "RunFigures") -> "RunFigures":
        return RunFigures(self.real + other.real, self.synthetic + other.synthetic)

    def by_source(self) -> tuple[tuple[Source, Figures], ...]:
        """Each source that has sessions, with its figures."""
        return tuple((one, getattr(self, one)) for one in SOURCES if getattr(self, one).sessions)


def measure(
    recording: Recording, inspection: Inspection | None, evidence: Evidence | None, cost: CostModel | None = None
) -> RunFigures:
    """Everything that the labels of one recording allow. `inspection` is None where it could not be inspected.

    `cost` defaults to configs/eval/cost.yaml. Raises MingjianError `cost_faults` where that has faults.
    """
    measures = measure_session(recording, inspection, evidence, cost or _usual_cost())
    return RunFigures.of(recording.source, Figures.of(recording.id, measures))


def measure_session(
    recording: Recording, inspection: Inspection | None, evidence: Evidence | None, cost: CostModel
) -> Measures:
    """What one session adds to every sum. A session that failed is counted as failed and as the time it costs."""
    duration = _duration(recording, evidence)
    minutes = review_minutes(inspection, duration, cost)
    zero = Measures.zero()
    if inspection is None or evidence is None:
        return Measures(
            VerdictFigures(sessions=1, failed=1),
            zero.items,
            zero.speech,
            zero.presence,
            zero.faults,
            zero.calibrations,
            review_minutes(None, duration, cost) if inspection else minutes,
        )
    labels, reference = recording.labels, of_labels(recording.labels)
    transcript = evidence.transcript or NO_TRANSCRIPT
    names = naming(voiced(reference), transcript.turns)
    return Measures(
        verdicts=measure_verdict(labels, inspection),
        items=measure_items(labels.items, inspection),
        speech=compare_speech(reference, transcript, duration, names),
        presence=measure_presence(labels.presence, evidence.scene),
        faults=measure_faults(labels.faults, evidence),
        calibrations=Calibrations(
            items=calibration.of_items(labels.items, inspection.items),
            characters=calibration.of_characters(reference, transcript.characters),
            roles=calibration.of_roles(reference.roles, transcript.speakers, names),
            confirmations=calibration.of_confirmations(reference, transcript),
        ),
        minutes=minutes,
    )


def headline(figures: RunFigures) -> list[Figure]:
    """Every headline figure that anything was counted for, of the real recordings first."""
    return [
        figure
        for source, found in figures.by_source()
        for definition in DEFINITIONS
        if (figure := found.figure(definition, source)).value is not None
    ]


@cache
def _usual_cost() -> CostModel:
    return load_cost()


def _duration(recording: Recording, evidence: Evidence | None) -> float:
    return evidence.media.duration if evidence else recording.duration or 0.0
