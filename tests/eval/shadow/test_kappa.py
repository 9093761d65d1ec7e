"""Agreement beyond chance, against worked examples and the law of adding up."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.shares import kappa as kappa_of_pairs
from eval.shadow.kappa import TwoJudges

PAIRS = st.lists(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=6), max_size=12)


def judges(*sessions: list[tuple[bool, bool]]) -> TwoJudges:
    made = TwoJudges()
    for pairs in sessions:
        made.add(pairs)
    return made


def table(both: int, first: int, second: int, neither: int) -> TwoJudges:
    """One answer a session."""
    pairs = [(True, True)] * both + [(True, False)] * first + [(False, True)] * second + [(False, False)] * neither
    return judges(*([pair] for pair in pairs))


def test_the_textbook_table():
    """20, 5, 10, 15: kappa 0.4; standard error by Fleiss, Cohen and Everitt (1969), worked by hand: 0.1270."""
    found = table(20, 5, 10, 15)
    value, low, high = found.kappa()
    assert value == pytest.approx(0.4)
    assert (high - low) / 2 / 1.959964 == pytest.approx(0.126996, abs=1e-5)
    assert found.pabak()[0] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("cells", "kappa", "pabak"),
    [
        ((0, 0, 0, 0), None, None), ((5, 0, 0, 0), None, 1.0), ((0, 3, 0, 9), None, 0.5), ((5, 0, 0, 5), 1.0, 1.0),
        ((0, 5, 5, 0), -1.0, -1.0), ((1, 4, 4, 91), 0.1579, 0.84),
    ],
)  # fmt: skip
def test_edges_and_the_paradox_of_rare_faults(cells, kappa, pabak):
    found = table(*cells)
    assert (found.kappa() and found.kappa()[0]) == (kappa if kappa is None else pytest.approx(kappa, abs=1e-3))
    assert (found.pabak() and found.pabak()[0]) == (pabak if pabak is None else pytest.approx(pabak))


def test_answers_that_depend_on_each_other_are_worth_less():
    """The same answers, but ten at a time and all alike within a session."""
    alone = table(100, 50, 50, 100)
    counts = (((True, True), 10), ((True, False), 5), ((False, True), 5), ((False, False), 10))
    together = judges(*([pair] * 10 for pair, count in counts for _ in range(count)))
    assert together.kappa()[0] == pytest.approx(alone.kappa()[0])
    ratio = (together.kappa()[2] - together.kappa()[1]) / (alone.kappa()[2] - alone.kappa()[1])
    assert ratio == pytest.approx(sqrt(10), rel=1e-6)
    assert together.agreement()[1] < alone.agreement()[1]


@given(PAIRS, PAIRS)
def test_sums_add_up(first, second):
    whole, left = judges(*first, *second), judges(*first)
    left.merge(judges(*second))
    assert left == whole
    assert whole.answers == sum(map(len, [*first, *second]))


@given(PAIRS)
def test_it_is_cohens_kappa(sessions):
    found = judges(*sessions).kappa()
    pairs = [(str(a), str(b)) for one in sessions for a, b in one]
    expected = kappa_of_pairs(pairs)
    if found is None:
        assert any(len({pair[judge] for pair in pairs}) < 2 for judge in (0, 1))
    else:
        assert found[0] == pytest.approx(expected, abs=1e-4)
        assert -1.0 <= found[1] <= found[0] <= found[2] <= 1.0
