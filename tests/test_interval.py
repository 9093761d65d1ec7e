"""Laws of spans and of sets of spans."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.interval import Interval, coverage, intersect, subtract, total, union

times = st.integers(0, 400).map(lambda quarter: quarter / 4)
intervals = st.tuples(times, times).map(lambda pair: Interval(min(pair), max(pair)))
sets = st.lists(intervals, max_size=8)


@pytest.mark.parametrize(("start", "end"), [(2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_refuses_what_is_no_span(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="not an interval"):
        Interval(start, end)


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (Interval(0, 2), Interval(1, 3), Interval(1, 2)),
        (Interval(0, 2), Interval(2, 3), None),
        (Interval(0, 9), Interval(3, 4), Interval(3, 4)),
    ],
)
def test_shared_part(first: Interval, second: Interval, shared: Interval | None) -> None:
    assert first & second == shared
    assert second & first == shared
    assert first.overlap(second) == (shared.duration if shared else 0.0)


def test_union_joins_across_small_gaps_only() -> None:
    spans = [Interval(0, 1), Interval(1.5, 2), Interval(4, 5)]
    assert union(spans, gap=0.5) == (Interval(0, 2), Interval(4, 5))
    assert union(spans) == tuple(spans)


@given(sets)
def test_union_is_sorted_disjoint_and_idempotent(spans: list[Interval]) -> None:
    joined = union(spans)
    assert all(a.end < b.start for a, b in pairwise(joined))
    assert union(joined) == joined


@given(sets, sets)
def test_parts_inside_and_outside_add_up(first: list[Interval], second: list[Interval]) -> None:
    inside, outside = intersect(first, second), subtract(first, second)
    assert total(inside) + total(outside) == pytest.approx(total(first))
    assert not intersect(inside, outside)
    assert total(intersect(first, second)) == total(intersect(second, first))


@given(intervals, sets)
def test_coverage_is_a_share(window: Interval, spans: list[Interval]) -> None:
    assert 0.0 <= coverage(window, spans) <= 1.0
    assert coverage(window, [window]) == (1.0 if window.duration else 0.0)
