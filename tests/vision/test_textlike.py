"""Where a frame looks like text, and what is held still."""

import numpy as np
import pytest

from engine.interval import Interval
from engine.vision.held import follow
from engine.vision.paper_settings import PaperLimits
from engine.vision.textlike import TextMap, extent, groups, shared, text_map
from eval.synth import papers
from eval.synth.picture import place as put
from eval.synth.picture import portrait, room, scaled

LIMITS = PaperLimits()
BODY = ["尊敬的客户：人身保险产品具有一定的专业性和复杂性，请您认真阅读保险条款。"] * 4


def with_page(width_px):
    frame = room(1280, 720)
    sheet = papers.page("人身保险投保提示书", BODY)
    papers.hold(frame, sheet, papers.pose(sheet, width_px, (640, 420)))
    return frame


@pytest.mark.parametrize("width_px", [250, 420, 800])
def test_a_page_looks_like_text_where_it_is(width_px):
    seen = text_map(with_page(width_px), LIMITS)
    assert seen.bits.bit_count() >= LIMITS.least_cells
    left, _, right, _ = extent(seen.bits, seen.columns)
    middle = (left + right) / 2 / seen.columns
    assert abs(middle - 0.5) < 0.1
    assert (right - left) / seen.columns <= width_px / 1280 + 0.1


def test_people_in_an_empty_room_hardly_do():
    frame = room(1280, 720)
    put(frame, scaled(portrait("astronaut"), 165), (420, 288))
    put(frame, scaled(portrait("hopper"), 180), (870, 302))
    seen = text_map(frame, LIMITS)
    assert seen.bits.bit_count() < 0.03 * seen.columns * seen.rows  # hair and medals; searched at half its size as well
    assert seen.bits.bit_count() < text_map(with_page(250), LIMITS).bits.bit_count()
    assert text_map(np.full((720, 1280, 3), 90, np.uint8), LIMITS).bits == 0


def test_tiny_pictures_are_no_fault():
    assert text_map(np.zeros((9, 5, 3), np.uint8), LIMITS).bits == 0


def test_groups_keep_every_cell_once():
    bits = 0b11 | 0b11 << 7 | 0b1111 << 40
    found = groups(bits, 10, 6)
    assert sum(found) == bits
    assert [one.bit_count() for one in found] == sorted((one.bit_count() for one in found), reverse=True)
    assert shared(found[0], found[0]) == 1.0


def frames(*cells):
    """Frames every half second; None shows nothing."""
    return [
        (Interval(n / 2, n / 2 + 0.5), TextMap(20, 10, f"{one or 0:x}", "7" * (one or 0).bit_count(), 30.0))
        for n, one in enumerate(cells)
    ]


PAGE, OTHER = 0b111111 << 21, 0b1111111 << 150


def test_a_paper_held_still_is_followed_and_one_that_flits_by_is_not():
    held = follow(frames(None, PAGE, PAGE, PAGE, None, OTHER, None, None), LIMITS)
    assert [(one.interval.start, one.interval.end) for one in held] == [(0.5, 2.0)]


def test_two_papers_at_once_are_two_and_a_moved_one_is_another():
    both = follow(frames(PAGE | OTHER, PAGE | OTHER, PAGE | OTHER), LIMITS)
    assert len(both) == 2
    moved = follow(frames(PAGE, PAGE, OTHER, OTHER), LIMITS)
    assert [one.interval.start for one in moved] == [0.0, 1.0]


def test_another_text_in_the_same_place_is_another_paper():
    count = PAGE.bit_count()
    first, second = (TextMap(20, 10, f"{PAGE:x}", digit * count, 30.0) for digit in "37")
    spans = [Interval(n / 2, n / 2 + 0.5) for n in range(6)]
    held = follow(list(zip(spans, [first] * 3 + [second] * 3, strict=True)), LIMITS)
    assert [one.interval.start for one in held] == [0.0, 1.5]


def test_a_look_missed_in_between_does_not_part_it():
    held = follow(frames(PAGE, PAGE, None, PAGE, PAGE), LIMITS)
    assert [(one.interval.start, one.interval.end) for one in held] == [(0.0, 2.5)]
