"""Where clauses and sentences end, with and without the recogniser's punctuation; what the sound answered."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence import Confirmation
from engine.interval import Interval
from engine.rules import load
from engine.rules.hearing import SAME_PLACE_SHARE, Answers, Hearing
from engine.rules.rehearsal import Line, rehearse


def sentences(*lines: Line, punctuated: bool = False) -> list[str]:
    """The agent's sentences."""
    hearing = Hearing(
        rehearse(lines, punctuated=punctuated).transcript, load("face_to_face").vocabulary, 0.5, 0.25, 1.0
    )
    stream = hearing.of(("agent",)).stream
    bounds = [*stream.sentence_starts, len(stream.text)]
    return [stream.text[start:end] for start, end in pairwise(bounds)]


def agent(text: str, after: float = 0.5) -> Line:
    return Line("agent", text, after)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([agent("您清楚吗，接下来看条款")], ["您清楚吗", "接下来看条款"]),
        ([agent("这样行吧，您看呢，签这里")], ["这样行吧", "您看呢", "签这里"]),
        ([agent("什么，怎么会")], ["什么怎么会"]),
        ([agent("保本吧台")], ["保本吧台"]),
        ([agent("不保本"), agent("收益不定", after=1.2)], ["不保本", "收益不定"]),
        ([agent("不保本"), agent("收益不定", after=0.4)], ["不保本收益不定"]),
        ([agent("不保本"), Line("customer", "嗯嗯", 0.1), agent("保障高", after=0.1)], ["不保本", "保障高"]),
        ([agent("不保本"), Line("customer", "嗯", 0.1), agent("保障高", after=0.1)], ["不保本保障高"]),
    ],
)
def test_sentences_do_not_need_punctuation(lines, expected):
    assert sentences(*lines) == expected


def test_full_stops_of_the_recogniser_count_too():
    assert sentences(agent("不保本。收益不定"), punctuated=True) == ["不保本", "收益不定"]


SPANS = st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda one: Interval(one[0] / 20, (one[0] + one[1]) / 20))
ASKED = st.tuples(SPANS, st.sampled_from(["清楚", "明白"]), st.sampled_from(["不清楚", "不明白"]))


@given(st.lists(ASKED, max_size=30), ASKED)
def test_the_sound_s_answer_is_the_first_given_to_the_same_texts_at_the_same_place(asked, wanted):
    given_ = [Confirmation(*one, float(count), "test") for count, one in enumerate(asked)]
    span = wanted[0]
    same = (
        one
        for one in given_
        if (one.heard, one.wanted) == wanted[1:]
        and one.span.start <= span.end
        and span.start <= one.span.end
        and one.span.overlap(span) >= SAME_PLACE_SHARE * max(one.span.duration, span.duration)
    )
    assert Answers(given_).to(*wanted) == next(same, None)
