from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.vision.geometry import Area, tiles


@settings(deadline=None, max_examples=60)
@given(st.integers(64, 4096), st.integers(64, 4096), st.integers(64, 1000))
def test_tiles_cover_the_frame_and_stay_inside(width: int, height: int, side: int) -> None:
    parts = tiles(width, height, side)
    if not parts:
        assert max(width, height) <= side
        return
    for part in parts:
        assert part.left >= 0
        assert part.right <= width
        assert part.top >= 0
        assert part.bottom <= height
        assert part.width == part.height <= side
    for lefts, end in (({(p.left, p.right) for p in parts}, width), ({(p.top, p.bottom) for p in parts}, height)):
        spans = sorted(lefts)
        assert spans[0][0] == 0
        assert spans[-1][1] == end
        for (_, right), (left, _) in pairwise(spans):
            assert right - left >= 0.2 * parts[0].width - 1


def test_two_tiles_see_a_720p_frame_at_the_scale_small_faces_need() -> None:
    assert tiles(1280, 720, 746) == (Area(0, 0, 720, 720), Area(560, 0, 720, 720))


@pytest.mark.parametrize(
    ("other", "shared", "distance", "ratio"),
    [
        (Area(0, 0, 100, 100), 1.0, 0.0, 1.0),
        (Area(50, 0, 100, 100), 0.5, 0.5, 1.0),
        (Area(25, 25, 50, 50), 1.0, 0.0, 2.0),
        (Area(300, 0, 100, 100), 0.0, 3.0, 1.0),
    ],
)
def test_areas_are_compared(other: Area, shared: float, distance: float, ratio: float) -> None:
    one = Area(0, 0, 100, 100)
    assert one.shared(other) == other.shared(one) == pytest.approx(shared)
    assert one.distance(other) == pytest.approx(distance)
    assert one.ratio(other) == pytest.approx(ratio)
