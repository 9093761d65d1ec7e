"""Packing of speech into windows and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.interval import Interval, total, union
from engine.speech.windows import halves, pack, window_over

RATE = 16000
PAUSE = 0.6


@st.composite
def speech(draw: st.DrawFn) -> list[Interval]:
    """Stretches of 0.1 to 40 s with pauses of 0.1 to 20 s."""
    lengths = draw(st.lists(st.tuples(st.floats(0.1, 20), st.floats(0.1, 40)), min_size=1, max_size=20))
    now, found = 0.0, []
    for pause, length in lengths:
        now += pause
        found.append(Interval(now, now + length))
        now += length
    return found


@given(speech())
def test_every_stretch_lies_in_exactly_one_window_and_no_window_is_too_long(regions: list[Interval]) -> None:
    windows = pack(regions, 28.0, PAUSE, regions[-1].end + 1)
    packed = [region for window in windows for region in window.regions]
    assert packed == sorted(packed)
    assert total(packed) == pytest.approx(total(regions))
    assert union(packed, gap=1e-6) == pytest.approx(union(regions, gap=1e-6))
    assert all(window.seconds <= 28.0 + 1e-6 for window in windows)


@given(speech(), st.floats(0, 1))
def test_time_in_a_window_leads_back_to_its_place_in_the_session(regions: list[Interval], share: float) -> None:
    for window in pack(regions, 28.0, PAUSE, regions[-1].end + 1):
        for span in window.spans:
            inside = share * span.interval.duration * 0.999
            assert window.session_time(span.offset + inside) == pytest.approx(span.interval.start + inside)


def test_long_pauses_are_cut_and_short_ones_kept() -> None:
    window = window_over([Interval(1, 2), Interval(2.3, 3), Interval(13, 14)], PAUSE, 20)
    assert [span.interval for span in window.spans] == [Interval(0.7, 3.3), Interval(12.7, 14.3)]
    samples = np.arange(20 * RATE, dtype=np.float32)
    cut = window.cut(samples)
    assert len(cut) == round(window.seconds * RATE)
    assert cut[round(2.6 * RATE)] == 12.7 * RATE


def test_a_window_ends_at_a_pause_and_not_inside_a_sentence() -> None:
    regions = [Interval(i * 2.1, i * 2.1 + 2.0) for i in range(12)]
    regions += [Interval(27.0, 28.0), Interval(28.1, 40.0)]
    first = pack(regions, 28.0, PAUSE, 50)[0]
    assert first.regions[-1] == regions[11]


def test_halves_cut_at_the_longest_pause_near_the_middle() -> None:
    window = window_over([Interval(0, 4), Interval(4.2, 9), Interval(11, 15), Interval(15.1, 20)], PAUSE, 20)
    left, right = halves(window, PAUSE, 20)
    assert (left.regions[-1].end, right.regions[0].start) == (9, 11)
    single = window_over([Interval(0, 4)], PAUSE, 20)
    assert halves(single, PAUSE, 20) == (single,)
