"""Session verdicts and what reviewing them costs."""

from pathlib import Path

import pytest

from engine.errors import MingjianError
from eval.corpus.manifest import Labels
from eval.metrics.cost import COST, Assisted, CostModel, Listening, ReviewMinutes, load_cost, review_minutes
from eval.metrics.counts import Share
from eval.metrics.verdicts import VerdictFigures, measure_verdict
from tests.eval.metrics.making import inspection, item

VIOLATING = Labels(items={"a": "fail"}, verdict="flagged")
CLEAN = Labels(items={"a": "pass"}, verdict="clear")
NOBODY_KNOWS = Labels(items={"a": "review"})

MODEL = CostModel(
    schema=1,
    manual=Listening(minutes_per_session=2, listened_share=1, playback_speed=1),
    assisted=Assisted(
        minutes_per_session=1, listened_share=0.5, playback_speed=2,
        minutes_per_finding=0.5, sampled_share=0.25, failed_share=1,
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "verdict", "false_clear", "needless"),
    [
        (VIOLATING, "clear", Share(1, 1), Share(0, 0)),
        (VIOLATING, "flagged", Share(0, 1), Share(0, 0)),
        (VIOLATING, "unusable", Share(0, 1), Share(0, 0)),
        (CLEAN, "clear", Share(0, 0), Share(0, 1)),
        (CLEAN, "flagged", Share(0, 0), Share(1, 1)),
        (CLEAN, "unusable", Share(0, 0), Share(1, 1)),
        (NOBODY_KNOWS, "clear", Share(0, 0), Share(0, 0)),
        (Labels(), "flagged", Share(0, 0), Share(0, 0)),
    ],
)
def test_a_session_is_wrong_in_one_way_at_most(labels, verdict, false_clear, needless) -> None:
    found = measure_verdict(labels, inspection(verdict, item("a", "pass"), flagged=2))
    assert (found.false_clear, found.needless_flag) == (false_clear, needless)
    assert found.findings == (2 if labels is CLEAN else 0)
    assert found.sessions == 1


def test_a_session_that_failed_is_neither_clear_nor_flagged() -> None:
    found = measure_verdict(VIOLATING, None)
    assert found == VerdictFigures(sessions=1, failed=1)


def test_sessions_add_up() -> None:
    total = sum(
        (measure_verdict(VIOLATING, inspection(one)) for one in ("clear", "flagged", "flagged")), VerdictFigures.zero()
    )
    assert total.false_clear == Share(1, 3)
    assert total.pairs == {("flagged", "clear"): 1, ("flagged", "flagged"): 2}


def test_minutes_by_hand() -> None:
    """Ten minutes alone cost 2 + 10; flagged 1 + 3 x 0.5 + 10 x 0.5 / 2; clear a quarter of a whole review."""
    flagged = review_minutes(inspection("flagged", flagged=3), 600, MODEL)
    assert (flagged.assisted, flagged.manual) == (pytest.approx(5.0), pytest.approx(12.0))
    clear = review_minutes(inspection("clear"), 600, MODEL)
    assert (clear.assisted, clear.sampling) == (pytest.approx(3.0), pytest.approx(3.0))
    failed = review_minutes(None, 600, MODEL)
    assert failed.assisted == failed.manual == pytest.approx(12.0)
    total = flagged + clear + failed + ReviewMinutes.zero()
    assert total.saved == pytest.approx(1 - 20 / 36)
    assert ReviewMinutes.zero().saved is None


def test_the_shipped_model_is_read_and_its_faults_are_told(tmp_path: Path) -> None:
    assert load_cost().assisted.minutes_per_finding > 0
    broken = tmp_path / "cost.yaml"
    broken.write_text(COST.read_text(encoding="utf-8").replace("listened_share: 1.0", "listened_share: 3, extra: 1"))
    with pytest.raises(MingjianError) as told:
        load_cost(broken)
    assert told.value.code == "cost_faults"
    with pytest.raises(MingjianError):
        load_cost(tmp_path / "missing.yaml")
