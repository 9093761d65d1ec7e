"""Punctuation is laid beside the characters it follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence import Utterance
from engine.interval import Interval
from engine.rules.marks import marks


def said(text: str, first: int, last: int) -> Utterance:
    return Utterance(1, Interval(0.0, 1.0), "S1", "agent", text, 0.9, first, last)


@pytest.mark.parametrize(
    ("texts", "utterances", "expected"),
    [
        ("您清楚吗清楚", [said("您清楚吗？", 0, 4), said("清楚。", 4, 6)], {3: "？", 5: "。"}),
        ("您清楚吗清楚", [said("，您清楚吗", 0, 4), said("。清，楚", 4, 6)], {4: "，"}),
        ("您清楚吗清楚", [said("您清楚吗？", 0, 4), said("明白。", 4, 6)], {3: "？"}),
        (["ok", "好"], [said("ok，好。", 0, 2)], {0: "，", 1: "。"}),
        (["好", "，", "行", "。"], [], {0: "，", 2: "。"}),
        ("好行", [], {}),
        ("", [], {}),
    ],
)
def test_punctuation_is_placed(texts, utterances, expected):
    assert marks(list(texts), utterances) == expected


@given(st.lists(st.text(alphabet="好行，。？ ", min_size=1, max_size=8), max_size=5))
def test_all_utterances_at_once_are_each_alone(written):
    texts: list[str] = []
    utterances = []
    for text in written:
        words = [one for one in text if one in "好行"]
        utterances.append(said(text, len(texts), len(texts) + len(words)))
        texts += words
    alone = {}
    for one in utterances:
        if one.last > one.first:
            alone |= marks([*texts[: one.last], "ok"], [one])  # a longer word among them: utterance by utterance
    assert marks(texts, utterances) == alone
