"""Where clauses and sentences end, with and without the recogniser's punctuation."""

from itertools import pairwise

import pytest

from engine.rules import load
from engine.rules.hearing import Hearing
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
