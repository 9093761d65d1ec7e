"""Drawings are well-formed, to scale, and never let a text become markup."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.report.drawing import BAR_WIDTH, Series, Value, curve_chart, reliability_chart, share_bar, steps_chart

SHARES = st.floats(0, 1)
BAD = '<script>alert("x")</script>&'


def rectangles(svg: str) -> list[dict[str, str]]:
    """Attributes of every bar."""
    return [one.attrib for one in ElementTree.fromstring(svg).iter("rect")]  # noqa: S314 - made here


@given(SHARES, SHARES, SHARES)
def test_a_bar_is_to_scale_and_its_interval_inside_the_drawing(value: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    svg = share_bar(Value(value, low, high), bad=False)
    track, bar = rectangles(svg)
    assert float(bar["width"]) == pytest.approx(value * float(track["width"]), abs=0.01)
    numbers = [float(found) for found in re.findall(r"[MH](\d+\.?\d*)", svg)]
    assert all(0 <= number <= BAR_WIDTH for number in numbers)


def test_nothing_counted_draws_nothing() -> None:
    assert share_bar(None, bad=True) == ""


@pytest.mark.parametrize(
    "svg",
    [
        steps_chart([BAD, "10 dB"], [Series(BAD, "a", [Value(0.5, 0.2, 0.8), None])], BAD),
        curve_chart([0.0, 0.5, 1.0], [Series(BAD, "b", [Value(0.5), None, Value(1.0, 0.9, 1.0)])], BAD, BAD),
        reliability_chart([(0.2, 0.3, 10), (0.9, 0.8, 100)], BAD, BAD),
        reliability_chart([], BAD, BAD),
        curve_chart([], [Series("x", "a", [])], "t", "x"),
    ],
)
def test_drawings_are_whole_and_texts_stay_texts(svg: str) -> None:
    assert ElementTree.fromstring(svg).tag == "svg"  # noqa: S314 - made here
    assert "<script" not in svg


def test_more_is_higher() -> None:
    svg = steps_chart(["a", "b"], [Series("x", "a", [Value(0.25), Value(0.75)])], "t")
    low, high = [float(one.attrib["cy"]) for one in ElementTree.fromstring(svg).iter("circle")]  # noqa: S314
    assert high < low
