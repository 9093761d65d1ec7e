"""Covers answer as the sets of intervals they stand for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.interval import Interval, intersect, total, union
from engine.rules.cover import Cover

SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 6)).map(lambda one: Interval(one[0] / 2, (one[0] + one[1]) / 2)),
    max_size=12,
)
WINDOWS = st.tuples(st.integers(0, 40), st.integers(0, 20)).map(lambda one: Interval(one[0] / 2, (one[0] + one[1]) / 2))


@given(SPANS, WINDOWS)
def test_a_cover_says_what_lies_inside_a_window(spans: list[Interval], window: Interval) -> None:
    cover = Cover(spans)
    assert cover.intervals == union(spans)
    assert cover.total == total(spans)
    inside = intersect(spans, [window]) if window.duration else ()
    assert tuple(one for one in cover.within(window) if one.duration) == tuple(one for one in inside if one.duration)
    assert cover.seconds(window) == total(inside)
    assert cover.touches(window) == bool(cover.within(window))


@given(SPANS, SPANS)
def test_what_two_covers_share(first: list[Interval], second: list[Interval]) -> None:
    assert (Cover(first) & Cover(second)).intervals == intersect(first, second)


@given(SPANS)
def test_a_cover_of_times_is_that_of_their_intervals(spans: list[Interval]) -> None:
    starts, ends = (np.array([getattr(one, name) for one in spans]) for name in ("start", "end"))
    assert Cover.of(starts, ends).intervals == union(spans)
