"""Intervals: the bootstrap over sessions that is drawn as they come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.intervals import RESAMPLES, Draws, weights

SESSIONS = [(f"s{n}", float(n % 7 == 0), 1.0) for n in range(300)]


def drawn(sessions: list[tuple[str, float, float]]) -> Draws:
    return sum((Draws.of(weights(name), [(upper, lower)]) for name, upper, lower in sessions), Draws.zero())


def test_every_session_is_drawn_once_on_average_and_as_poisson_has_it() -> None:
    counts = np.concatenate([weights(f"session {n}") for n in range(400)])
    assert counts.mean() == pytest.approx(1, abs=0.01)
    assert counts.var() == pytest.approx(1, abs=0.02)
    assert (counts == 0).mean() == pytest.approx(np.exp(-1), abs=0.005)
    assert counts.max() < 12


def test_the_same_session_is_always_drawn_alike_and_another_is_not() -> None:
    assert np.array_equal(weights("a"), weights("a"))
    assert not np.array_equal(weights("a"), weights("b"))
    assert not np.array_equal(weights("a", seed=1), weights("a"))
    assert weights("a")[:8].tolist() == [1.0, 1.0, 2.0, 1.0, 3.0, 1.0, 0.0, 1.0]  # the same on every machine


def test_order_and_parts_do_not_matter() -> None:
    forward, backward = drawn(SESSIONS), drawn(SESSIONS[::-1])
    halves = drawn(SESSIONS[:100]) + drawn(SESSIONS[100:])
    assert forward == backward == halves
    assert forward.interval(0) == backward.interval(0) == halves.interval(0)


def test_the_interval_is_that_of_the_classical_bootstrap() -> None:
    uppers = np.array([upper for _, upper, _ in SESSIONS])
    generator = np.random.default_rng(1)
    picked = generator.integers(0, len(uppers), (4000, len(uppers)))
    low, high = np.quantile(uppers[picked].mean(axis=1), [0.025, 0.975])
    found = drawn(SESSIONS).interval(0)
    assert found == pytest.approx((low, high), abs=0.012)


def test_sessions_that_are_all_alike_leave_no_doubt_and_nothing_leaves_nothing() -> None:
    assert drawn([(f"s{n}", 1.0, 4.0) for n in range(20)]).interval(0) == (0.25, 0.25)
    assert Draws.zero().interval(0) is None
    assert drawn([("a", 0.0, 0.0)]).interval(0) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=12))
def test_the_interval_holds_values_that_sessions_have(pairs: list[tuple[int, int]]) -> None:
    sessions = [(f"s{n}", float(upper), float(lower)) for n, (upper, lower) in enumerate(pairs)]
    found = drawn(sessions).interval(0)
    assert found is not None
    rates = [upper / lower for _, upper, lower in sessions]
    assert min(rates) - 1e-9 <= found[0] <= found[1] <= max(rates) + 1e-9
    assert RESAMPLES == 1000
