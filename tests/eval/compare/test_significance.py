"""Tests of differences, beside scipy and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from eval.compare.significance import mcnemar, paired_bootstrap
from eval.metrics.intervals import weights


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_exact_binomial_test(worse: int, better: int) -> None:
    assert mcnemar(worse, better) == pytest.approx(binomtest(worse, worse + better).pvalue if worse + better else 1.0)
    assert mcnemar(worse, better) == mcnemar(better, worse)


def sums(uppers: np.ndarray, lowers: np.ndarray) -> np.ndarray:
    drawn = np.stack([weights(f"s{n}") for n in range(len(uppers))], axis=1)
    return np.stack([drawn @ uppers, drawn @ lowers], axis=1)


@pytest.mark.parametrize(("shift", "significant"), [(0.0, False), (0.5, False), (6.0, True)])
def test_a_clear_difference_is_told_from_chance(shift: float, significant: bool) -> None:
    chance = np.random.default_rng(3)
    lowers = np.full(60, 100.0)
    before = chance.poisson(10, 60).astype(float)
    after = chance.poisson(10 + shift, 60).astype(float)
    found = paired_bootstrap(sums(before, lowers), sums(after, lowers))
    assert found is not None
    assert (found.p < 0.05) == significant
    assert (found.low > 0) == significant
    back = paired_bootstrap(sums(after, lowers), sums(before, lowers))
    assert back is not None
    assert (back.low, back.high, back.p) == (pytest.approx(-found.high), pytest.approx(-found.low), found.p)


def test_the_same_on_both_sides_is_no_difference() -> None:
    both = sums(np.arange(20.0), np.full(20, 30.0))
    found = paired_bootstrap(both, both)
    assert found is not None
    assert (found.low, found.high, found.p) == (0, 0, 1)
    assert paired_bootstrap(np.zeros((10, 2)), both[:10]) is None
