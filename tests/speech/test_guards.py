"""Signs of invented text."""

import pytest

from engine.speech.guards import find_loop, is_doubtful, is_silence, without_inventions, without_loop
from engine.speech.recognizer import Hypothesis, Piece
from engine.speech.settings import RecognitionSettings

SETTINGS = RecognitionSettings()


def pieces(text: str) -> tuple[Piece, ...]:
    return tuple(Piece(one, i * 0.2, i * 0.2 + 0.2, 0.9) for i, one in enumerate(text))


def hypothesis(text: str, logprob: float = -0.2, no_speech: float = 0.0, compression: float = 1.1) -> Hypothesis:
    return Hypothesis(pieces(text), logprob, no_speech, compression, 1.0)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("电影应性性性性性性性性", "电影应性"),
        ("谢谢大家谢谢大家谢谢大家谢谢大家谢谢大家", "谢谢大家"),
        ("我想问我在新区有房我想问我在新区有房", "我想问我在新区有房"),
        ("对对对我同意", "对对对我同意"),
        ("好的好的好的", "好的好的好的"),
        ("您清楚吗您清楚吗", "您清楚吗您清楚吗"),
        ("", ""),
    ],
)
def test_loops_are_cut_and_what_people_repeat_is_kept(said: str, kept: str) -> None:
    assert "".join(piece.text for piece in without_loop(pieces(said), SETTINGS)) == kept


def test_a_loop_says_where_it_is() -> None:
    loop = find_loop(list("好的啊啊啊啊啊啊"), SETTINGS)
    assert loop is not None
    assert (loop.first, loop.last, loop.count) == (2, 8, 6)


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("中文字幕", ""),
        ("我同意谢谢观看", "我同意"),
        ("请不吝点赞订阅转发打赏支持明镜与点点栏目", ""),
        ("字幕由Amara.org社区提供", ""),
        ("谢谢大家的观看", ""),
        ("谢谢您，再见", "谢谢您，再见"),
        ("这款产品由安心人寿提供服务", "这款产品由安心人寿提供服务"),
    ],
)
def test_inventions_are_struck_and_sales_talk_is_not(heard: str, kept: str) -> None:
    assert "".join(piece.text for piece in without_inventions(pieces(heard))) == kept


@pytest.mark.parametrize(
    ("one", "doubtful"),
    [
        (hypothesis("您购买的是一款保险产品"), False),
        (hypothesis("您购买的是一款保险产品", logprob=-1.2), True),
        (hypothesis("您购买的是一款保险产品", compression=3.0), True),
        (hypothesis("您购买的是一款保险产品" * 3), True),
        (hypothesis("保" * 12), True),
    ],
)
def test_doubt(one: Hypothesis, doubtful: bool) -> None:
    assert is_doubtful(one, 4.0, SETTINGS) is doubtful


def test_silence_needs_both_doubts() -> None:
    assert is_silence(hypothesis("嗯", logprob=-0.8, no_speech=0.9), SETTINGS)
    assert not is_silence(hypothesis("嗯", logprob=-0.2, no_speech=0.9), SETTINGS)
    assert not is_silence(hypothesis("嗯", logprob=-0.8, no_speech=0.1), SETTINGS)
