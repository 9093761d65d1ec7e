"""The gate over recordings: a small spoken corpus goes through the whole engine and is held against its baseline.

`tests/data/gate` holds five synthetic calls with exact truth. Where a change is meant to move the figures:
`mingjian eval run tests/data/gate --out RUN`, then `mingjian eval gate RUN --write` with `--baseline` naming the file
beside them.
"""

from pathlib import Path

import pytest

from eval.compare import gate, table
from eval.compare.tolerance import Limit, Tolerance
from eval.corpus.loading import load_corpus
from eval.metrics.run import RunFigures, measure
from eval.runs import RunFolder, RunOptions, run

CORPUS = Path(__file__).resolve().parent.parent / "data" / "gate"

ELSEWHERE = Tolerance(
    significance=0.05,
    figures={
        **{name: Limit(budget=0.0) for name in ("false_clear", "critical_cleared", "failed")},
        "needless_flag": Limit(budget=0.5),
        "critical_f1": Limit(budget=0.15),
        "critical_inconclusive": Limit(budget=0.1),
        "cer": Limit(budget=0.03),
        "der": Limit(budget=0.03),
        "role_accuracy": Limit(budget=0.1),
    },
)
"""Another processor rounds what is recognised a little differently; but not one violation more may pass on any."""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    from models.errors import WeightsError
    from models.weights import folder

    try:
        folder("whisper-base")
    except WeightsError as error:
        pytest.skip(str(error))
    return run(load_corpus(CORPUS), tmp_path_factory.mktemp("gate") / "run", RunOptions(), lambda _step: None)


@pytest.mark.timeout(900)
def test_the_engine_is_let_in_by_the_gate(spoken: RunFolder) -> None:
    compared = gate(spoken, CORPUS / "baseline.json", ELSEWHERE)
    assert not compared.regressed, table(compared)


def test_no_violation_passes_the_whole_engine(spoken: RunFolder) -> None:
    figures = RunFigures.zero()
    for session in spoken.sessions():
        figures += measure(session.recording, session.inspection, session.evidence())
    verdicts = figures.synthetic.measures.verdicts
    assert (verdicts.false_clear.right, verdicts.false_clear.total) == (0, 3)
