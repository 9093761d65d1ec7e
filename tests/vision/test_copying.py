"""The risk sentence copied by hand, from rendered films to the rule's answer, with the real networks."""

from collections.abc import Iterator

import pytest

from engine.evidence import Act
from engine.interval import Interval
from eval.benchmarks.copying import BEGIN, SENTENCE, Copy, Seen, inspect
from models.palm_detector import PalmDetector
from models.text_reader import TextReader
from tests.vision.papers_film import LIMITS

SHORT = 4.0


@pytest.fixture(scope="module")
def readers() -> Iterator[tuple[TextReader, PalmDetector]]:
    with TextReader() as reader, PalmDetector() as palms:
        yield reader, palms


def seen(copy: Copy, readers: tuple[TextReader, PalmDetector]) -> Seen:
    return inspect(copy, *readers, LIMITS)


def only(found: Seen) -> Act:
    assert len(found.acts) == 1
    return found.acts[0]


def test_a_copy_is_read_where_the_sheet_is_held_up(readers: tuple[TextReader, PalmDetector]) -> None:
    found = seen(Copy(SENTENCE, style=1, width=300, up=520, angle=6.0, seconds=SHORT), readers)
    act = only(found)
    assert found.passes
    assert (act.kind, act.document) == ("copying", "投保提示书")
    assert act.text.startswith("本人已阅读保险条款")
    assert act.seen is not None
    assert act.seen > BEGIN + SHORT
    assert act.interval.overlap(Interval(BEGIN, BEGIN + SHORT)) > 0.8 * SHORT


def test_what_is_printed_is_not_copied(readers: tuple[TextReader, PalmDetector]) -> None:
    assert seen(Copy("", seconds=SHORT), readers) == Seen((), False, 0.0)


def test_a_name_under_the_printed_sentence_is_no_copy(readers: tuple[TextReader, PalmDetector]) -> None:
    found = seen(Copy("王秀兰", width=320, up=None, seconds=SHORT), readers)
    assert (only(found).kind, only(found).text, found.passes) == ("signing", "王秀兰", False)


def test_a_part_left_out_does_not_pass(readers: tuple[TextReader, PalmDetector]) -> None:
    copy = Copy(SENTENCE.replace("和保单利益的不确定性", ""), width=320, up=None, seconds=SHORT)
    found = seen(copy, readers)
    assert only(found).text.endswith("了解本产品的特点。")
    assert 0.6 < found.overlap < 0.8
    assert not found.passes


def test_another_sentence_does_not_pass(readers: tuple[TextReader, PalmDetector]) -> None:
    found = seen(Copy("今天天气很好我和家人一起去公园散步回家以后吃饭", width=320, up=None, seconds=SHORT), readers)
    assert only(found).text.startswith("今天天气很好")
    assert not found.passes


def test_a_sentence_nobody_can_read_is_neither_passed_nor_a_signature(
    readers: tuple[TextReader, PalmDetector],
) -> None:
    blurred = seen(Copy(SENTENCE, width=320, up=320, blur=2.4, seconds=SHORT), readers)
    assert [one.kind for one in blurred.acts] == ["copying"]
    assert not blurred.passes
    small = seen(Copy(SENTENCE, width=140, up=180, seconds=SHORT), readers)
    assert (small.acts, small.passes) == ((), False)
