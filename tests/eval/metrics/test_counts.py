"""Shares and detections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.counts import Detection, Share


def test_wilson_interval_of_known_cases() -> None:
    assert Share(95, 100).interval() == pytest.approx((0.8882, 0.9785), abs=1e-4)
    assert Share(0, 10).interval() == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert Share.zero().interval() == (0.0, 1.0)


@given(st.integers(0, 500), st.integers(0, 500))
def test_interval_holds_the_share(right: int, wrong: int) -> None:
    share = Share(right, right + wrong)
    low, high = share.interval()
    assert 0 <= low <= high <= 1
    if share.total:
        assert low - 1e-9 <= share.value <= high + 1e-9


def test_impossible_shares_are_refused() -> None:
    for right, total in ((2, 1), (-1, 3)):
        with pytest.raises(ValueError, match="not a share"):
            Share(right, total)


def test_precision_and_recall() -> None:
    found = Detection(6, 2, 4) + Detection(2, 0, 0) + Detection.zero()
    assert found.precision == Share(8, 10)
    assert found.recall == Share(8, 12)
    assert Detection.zero().precision.value == 1


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_f1_is_the_harmonic_mean(hits: int, false_alarms: int, misses: int) -> None:
    found = Detection(hits, false_alarms, misses)
    precision, recall = found.precision.value, found.recall.value
    assert 0 <= found.f1 <= 1
    if hits:
        assert found.f1 == pytest.approx(2 * precision * recall / (precision + recall))
