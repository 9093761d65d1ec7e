"""One session of a run as a comparison needs it: its verdicts and the two sums of every figure, and its words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.evidence import Evidence
from engine.inspection import Inspection, Item, SessionVerdict, Verdict
from eval.corpus.manifest import Labels, Recording, Source
from eval.metrics.cost import CostModel, load_cost
from eval.metrics.figures import DEFINITIONS, Ratio, ratios
from eval.metrics.items import item_key
from eval.metrics.run import measure_session

NO_LABELS = Labels()


class Result(Protocol):
    """One session of a run, as eval/runs keeps it."""

    @property
    def recording(self) -> Recording: ...

    @property
    def inspection(self) -> Inspection | None: ...

    def evidence(self) -> Evidence: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """`verdict` is None where the session failed. `items`: verdict by item, per product where a rule speaks of them.

    `sums` are the upper and lower sum of each figure by its id, those with nothing counted left out. `words`: the
    items themselves, for their quotes; a session of a baseline has none.
    """

    id: str
    source: Source
    verdict: SessionVerdict | None
    items: Mapping[str, Verdict]
    sums: Mapping[str, Ratio]
    labels: Labels = NO_LABELS
    words: Mapping[str, Item] = field(default_factory=dict)


def judged(results: Iterable[Result], cost: CostModel | None = None) -> Iterator[Judged]:
    """Every session of a run, one at a time. Raises MingjianError `cost_faults`, and what reading a run raises."""
    model = cost or load_cost()
    for result in results:
        yield _judged(result, model)


def _judged(result: Result, cost: CostModel) -> Judged:
    recording, inspection = result.recording, result.inspection
    evidence = result.evidence() if inspection else None
    measured = ratios(measure_session(recording, inspection, evidence, cost))
    words = {item_key(item): item for item in inspection.items} if inspection else {}
    return Judged(
        id=recording.id,
        source=recording.source,
        verdict=inspection.verdict if inspection else None,
        items={key: item.verdict for key, item in words.items()},
        sums={one.id: ratio for one, ratio in zip(DEFINITIONS, measured, strict=True) if any(ratio)},
        labels=recording.labels,
        words=words,
    )
