"""Figures of the benchmark: targets and how they are shown."""

import pytest

from eval.benchmarks.corpus import summary
from eval.benchmarks.figures import Figure, as_data, environment, table
from eval.metrics.session import SpeechFigures


@pytest.mark.parametrize(
    ("figure", "missed"),
    [
        (Figure("speed", 0.2, target=0.25), False),
        (Figure("speed", 0.3, target=0.25), True),
        (Figure("share", 0.96, target=0.95, sense="at_least"), False),
        (Figure("share", 0.9, target=0.95, sense="at_least"), True),
        (Figure("told", 7.0), False),
    ],
)
def test_targets(figure: Figure, missed: bool) -> None:
    assert figure.missed is missed
    assert ("MISSED" in table([figure])) is missed
    assert as_data([figure])[0]["met"] is not missed


def test_a_table_has_a_line_per_figure() -> None:
    lines = table([Figure("a", 1.0, "s"), Figure("longer name", 2.0)]).splitlines()
    assert len(lines) == 2
    assert "s" in lines[0]
    assert environment().startswith(tuple("123456789"))


def test_the_corpus_summary_has_the_promised_targets() -> None:
    targets = {figure.name: figure.target for figure in summary(SpeechFigures.zero()) if figure.target is not None}
    assert targets == {"diarization error rate": 0.05, "roles right": 1.0, "short answers to the right speaker": 0.95}
