"""The comparison of two runs: every figure before and after, whether the change may be chance, and what regressed.

Recordings are paired by id, real and synthetic ones are compared apart. Shares of sessions are tested by McNemar's
exact test, every other ratio by the paired bootstrap over sessions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.errors import MingjianError
from eval.compare.flips import Flip, Flips, Gathering
from eval.compare.pairing import pairs
from eval.compare.sessions import Judged, judged
from eval.compare.significance import mcnemar, paired_bootstrap
from eval.compare.tolerance import Limit, Tolerance
from eval.corpus.manifest import Source
from eval.metrics.cost import CostModel
from eval.metrics.figures import DEFINITIONS, PLACES, Better, Definition, Ratio, Unit
from eval.metrics.intervals import RESAMPLES, Array, weights
from eval.metrics.run import SOURCES
from eval.runs.folder import RunFolder

Standing = Literal["same", "better", "worse", "regressed"]
Why = Literal["budget", "significant", "vanished"]
Test = Literal["mcnemar", "bootstrap"]

NOTHING: Ratio = (0.0, 0.0)
ROUNDING = 1e-6
"""Differences below it are of the last digits, which machines and stored numbers may differ in."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in both runs, over the recordings both have. `change` is after less before, `low` to `high` its
    interval at 95 %; `worse` and `better` count the sessions that changed, where each counts at most once.

    `why` says by which rule it regressed. Values are None where nothing was counted.
    """

    id: str
    zh: str
    en: str
    source: Source
    unit: Unit
    direction: Better
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None
    p: float | None
    test: Test
    worse: int
    better: int
    limit: Limit | None
    standing: Standing
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared. `paired` recordings are in both; `missing` ones only in the first, `added` only in the second.

    `lacking`: recordings are missing although both runs are over the same ones, so the second is not whole.
    """

    differences: tuple[Difference, ...]
    flips: Flips
    paired: int
    missing: int
    added: int
    lacking: bool
    tolerance: Tolerance

    @property
    def regressions(self) -> tuple[Difference, ...]:
        """Figures that became worse beyond what is tolerated."""
        return tuple(one for one in self.differences if one.standing == "regressed")

    @property
    def regressed(self) -> bool:
        """Whether the change is to be refused."""
        return self.lacking or bool(self.regressions)

    @property
    def listed(self) -> tuple[Flip, ...]:
        """The worst flips, with their words."""
        return self.flips.listed


def compare(before: RunFolder, after: RunFolder, tolerance: Tolerance, cost: CostModel | None = None) -> Comparison:
    """Compare two runs. Raises MingjianError `runs_unlike` where they share no recording, `run_*`, `cost_faults`."""
    found = compare_sessions(
        judged(before.sessions(), cost), judged(after.sessions(), cost), tolerance, whole=_of_the_same(before, after)
    )
    if not found.paired:
        raise MingjianError("runs_unlike", before=before.folder.name, after=after.folder.name)
    return found


def _of_the_same(before: RunFolder, after: RunFolder) -> bool:
    """Whether both runs are over the same recordings of the same corpus."""
    first, second = before.meta, after.meta
    return first.corpus.digest == second.corpus.digest and first.selection == second.selection


def compare_sessions(
    before: Iterable[Judged], after: Iterable[Judged], tolerance: Tolerance, whole: bool
) -> Comparison:
    """Compare sessions that come in ascending order of ids. `whole`: `after` ought to have all of `before`."""
    gathering = Gathering()
    sums: dict[Source, _Sums] = {}
    paired = missing = added = 0
    for pair in pairs(before, after):
        if pair.before is None or pair.after is None:
            missing += pair.after is None
            added += pair.before is None
            continue
        paired += 1
        gathering.add(pair)
        sums.setdefault(pair.after.source, _Sums()).add(pair.before, pair.after)
    differences = [
        difference
        for source in SOURCES
        if source in sums
        for definition in DEFINITIONS
        if (difference := sums[source].difference(definition, source, tolerance)) is not None
    ]
    return Comparison(
        tuple(differences), gathering.gathered(), paired, missing, added, whole and missing > 0, tolerance
    )


class _Sums:
    """Running sums of every figure on both sides, and over resampled sessions."""

    def __init__(self) -> None:
        self._sides = np.zeros((2, len(DEFINITIONS), 2))
        self._draws = np.zeros((2, RESAMPLES, len(DEFINITIONS), 2))
        self._rose = np.zeros(len(DEFINITIONS), dtype=int)
        self._fell = np.zeros(len(DEFINITIONS), dtype=int)

    def add(self, before: Judged, after: Judged) -> None:
        drawn = weights(after.id)
        values = np.array([[side.sums.get(one.id, NOTHING) for one in DEFINITIONS] for side in (before, after)])
        self._sides += values
        self._draws += drawn[None, :, None, None] * values[:, None]
        both = (values[:, :, 1] > 0).all(axis=0)
        self._rose += both & (values[1, :, 0] > values[0, :, 0])
        self._fell += both & (values[1, :, 0] < values[0, :, 0])

    def difference(self, definition: Definition, source: Source, tolerance: Tolerance) -> Difference | None:
        """One figure; None where neither side counted anything."""
        place = PLACES[definition.id]
        before, after = (_value(side[place]) for side in self._sides)
        if before is None and after is None:
            return None
        change = None if before is None or after is None else _rounded(after - before)
        spread = paired_bootstrap(self._draws[0, :, place], self._draws[1, :, place])
        worse, better = int(self._rose[place]), int(self._fell[place])
        if definition.better == "more":
            worse, better = better, worse
        by_session = definition.counts == "sessions"
        p = mcnemar(worse, better) if by_session else spread.p if spread else None
        limit = tolerance.figures.get(definition.id)
        standing, why = _standing(definition.better, before, after, change, p, limit, tolerance.significance)
        return Difference(
            id=definition.id,
            zh=definition.zh,
            en=definition.en,
            source=source,
            unit=definition.unit,
            direction=definition.better,
            before=before,
            after=after,
            change=change,
            low=_rounded(spread.low) if spread else None,
            high=_rounded(spread.high) if spread else None,
            p=1.0 if change == 0 else p,
            test="mcnemar" if by_session else "bootstrap",
            worse=worse,
            better=better,
            limit=limit,
            standing=standing,
            why=why,
        )


def _value(sums: Array) -> float | None:
    return float(sums[0] / sums[1]) if sums[1] else None


def _rounded(change: float) -> float:
    """Nothing, where the difference is of the last digits alone."""
    return 0.0 if abs(change) < ROUNDING else change


def _standing(
    direction: Better,
    before: float | None,
    after: float | None,
    change: float | None,
    p: float | None,
    limit: Limit | None,
    significance: float,
) -> tuple[Standing, Why | None]:
    """How a figure stands, and by which rule it regressed."""
    if change is None:
        return ("regressed", "vanished") if limit and after is None and before is not None else ("same", None)
    worsening = change if direction == "less" else -change
    if worsening <= 0:
        return ("better" if worsening < 0 else "same"), None
    if limit is None:
        return "worse", None
    if limit.budget is not None and worsening > limit.budget + ROUNDING:
        return "regressed", "budget"
    if worsening > limit.tolerance + ROUNDING and p is not None and p < significance:
        return "regressed", "significant"
    return "worse", None
