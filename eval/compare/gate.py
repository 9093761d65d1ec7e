"""The gate: a run over the gate corpus against the committed baseline."""

from pathlib import Path

from engine.errors import MingjianError
from eval.compare.baseline import read_baseline
from eval.compare.comparison import Comparison, compare_sessions
from eval.compare.sessions import judged
from eval.compare.tolerance import Tolerance, load_tolerance
from eval.metrics.cost import CostModel
from eval.runs.folder import RunFolder

SHOWN_DIGITS = 12


def gate(
    run: RunFolder, baseline: Path, tolerance: Tolerance | None = None, cost: CostModel | None = None
) -> Comparison:
    """Compare `run` with the baseline file; `Comparison.regressed` refuses the change.

    `tolerance` defaults to the gate's profile of configs/eval/tolerance.yaml. Every recording of the baseline must be
    in the run. Raises MingjianError `baseline_unreadable`, `baseline_other_corpus`, and what reading a run raises.
    """
    stored = read_baseline(baseline)
    actual = run.meta.corpus.digest
    if stored.corpus != actual:
        raise MingjianError(
            "baseline_other_corpus",
            path=baseline.name,
            expected=stored.corpus[:SHOWN_DIGITS],
            actual=actual[:SHOWN_DIGITS],
        )
    limits = tolerance or load_tolerance(profile="gate")
    return compare_sessions(stored.sessions, judged(run.sessions(), cost), limits, whole=True)
