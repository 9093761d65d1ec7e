"""Papers, cards, a clock and signatures read from rendered films with the real networks."""

import pytest

from engine.vision.paper_settings import PaperLimits
from engine.vision.papers import frames_to_read, read_papers
from engine.vision.writing import find_acts
from models.palm_detector import PalmDetector
from models.text_reader import TextReader
from tests.vision.papers_film import LIMITS, Film

NOTICE = ["尊敬的客户：人身保险产品具有一定的专业性和复杂性，请您认真阅读。", "一、请您确认保险机构的合法资格。",
          "二、请您根据实际保险需求选择产品。", "三、请您详细了解条款内容。"]  # fmt: skip
LICENCE = ["姓名：李静", "执业证编号：00000161010000002026000001", "有效期至：2028年05月31日"]


@pytest.fixture(scope="module")
def reader():
    with TextReader() as opened:
        yield opened


def read(film, reader, limits=LIMITS):
    return read_papers(film.glances(), film.at, reader, limits, film.seconds, lambda _done, _total: None)


@pytest.fixture(scope="module")
def shown(reader):
    film = Film(
        12.0,
        [
            {"title": "保险销售人员执业证", "kind": "card", "lines": LICENCE, "from": 1, "until": 4, "width_px": 330},
            {"title": "人身保险投保提示书", "lines": NOTICE, "from": 5, "until": 11, "angle": 6, "tilt": 15,
             "writing": [{"text": "王秀英", "from": 7, "seconds": 2}]},
        ],
        clock={"start": "2026-11-02T10:12:00"},
    )  # fmt: skip
    return film, read(film, reader)


def test_titles_are_read_with_their_time(shown):
    _, found = shown
    assert [(one.title, one.kind) for one in found.papers] == [("执业证", "card"), ("投保提示书", "paper")]
    card, notice = found.papers
    assert (card.interval.start, card.interval.end) == pytest.approx((1.0, 4.0), abs=0.6)
    assert (notice.interval.start, notice.interval.end) == pytest.approx((5.0, 11.0), abs=0.6)
    assert all(one.legibility and one.legibility > 0.9 for one in found.papers)
    assert all(one.box is not None and one.seen in one.interval for one in found.papers)
    assert found.frames <= frames_to_read(12.0, LIMITS)


def test_a_card_gives_what_it_says(shown):
    _, found = shown
    card = found.papers[0]
    assert card.values("name") == ("李静",)
    assert card.values("licence_no") == ("00000161010000002026000001",)
    assert card.values("valid_until") == ("2028-05-31",)


def test_the_clock_is_read_and_goes_with_the_recording(shown):
    _, found = shown
    assert len(found.clocks) >= 4
    for one in found.clocks:
        assert one.reads == f"2026-11-02T10:12:{int(one.time):02d}"


def test_a_signature_is_seen_read_and_timed(shown, reader):
    film, found = shown
    with PalmDetector() as palms:
        acts = find_acts(found.places, film.at, reader, lambda: palms, LIMITS, film.seconds)
    assert [(one.kind, one.document, one.text) for one in acts] == [("signing", "投保提示书", "王秀英")]
    assert (acts[0].interval.start, acts[0].interval.end) == pytest.approx((7.0, 9.0), abs=1.0)


def test_a_paper_that_is_only_held_is_not_signed(reader):
    film = Film(6.0, [{"title": "人身保险投保提示书", "lines": NOTICE, "from": 0.5, "until": 5.5}])
    found = read(film, reader)
    with PalmDetector() as palms:
        assert find_acts(found.places, film.at, reader, lambda: palms, LIMITS, film.seconds) == ()


def test_a_room_without_papers_shows_none(reader):
    found = read(Film(6.0, []), reader)
    assert [one.title for one in found.papers if one.title] == []
    assert found.clocks == ()
    assert sum(one.duration for one in found.read) == pytest.approx(6.0)


def test_what_no_frame_was_left_for_counts_as_unread(reader):
    film = Film(6.0, [{"title": "人身保险投保提示书", "lines": NOTICE, "from": 0, "until": 6}])
    none_left = PaperLimits(frames_per_minute=0.0, least_frames=0)
    found = read(film, reader, none_left)
    assert found.papers == ()
    assert sum(one.duration for one in found.read) < 2.0


def test_how_much_is_read_is_bounded_by_the_length():
    assert frames_to_read(10.0, LIMITS) == LIMITS.least_frames
    assert frames_to_read(600.0, LIMITS) == 600 / 60 * LIMITS.frames_per_minute
    assert frames_to_read(36_000.0, LIMITS) == LIMITS.most_frames
