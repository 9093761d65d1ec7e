"""How lines are read: numbers, clauses, sandhi, symbols."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.synth.reading import DIGITS, aloud, cardinal, clauses, pinyin, symbols
from models.mandarin_voice import Symbols

VALUES = {digit: value for value, digit in enumerate(DIGITS)}
UNITS = {"十": 10, "百": 100, "千": 1000}


def value_of(words: str) -> int:
    """Plain reading of Chinese number words, to check `cardinal` against."""
    total = group = digit = 0
    for word in words:
        if word in VALUES:
            digit = VALUES[word]
        elif word in UNITS:
            group += (digit or 1) * UNITS[word]
            digit = 0
        else:
            scale = {"万": 10**4, "亿": 10**8}[word]
            total += (group + digit) * scale
            group = digit = 0
    return total + group + digit


@given(st.integers(0, 10**12 - 1))
def test_number_words_mean_the_number(number: int) -> None:
    assert value_of(cardinal(number)) == number


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("犹豫期15天", "犹豫期十五天"),
        ("保费12,000元", "保费一万二千元"),
        ("工号10235。", "工号幺零二三五。"),
        ("电话95519", "电话九五五幺九"),
        ("2026年", "二零二六年"),
        ("每年4.5%", "每年百分之四点五"),
        ("交10年", "交十年"),
        ("100030元", "十万零三十元"),
        ("手机13800138000", "手机幺三八零零幺三八零零零"),
    ],
)
def test_digits_are_read_as_people_say_them(written: str, said: str) -> None:
    assert aloud(written) == said


def test_clauses_end_at_punctuation_and_the_last_has_no_pause() -> None:
    found = clauses("您好，我姓李。您是？")
    assert [clause.text for clause in found] == ["您好", "我姓李", "您是"]
    assert 0 < found[0].pause < found[1].pause
    assert found[-1].pause == 0
    assert clauses("……？") == []


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("不是", ["bu2", "shi4"]),
        ("不清楚", ["bu4", "qing1", "chu3"]),
        ("一共", ["yi2", "gong4"]),
        ("一年", ["yi4", "nian2"]),
        ("一百一十一", ["yi4", "bai3", "yi1", "shi2", "yi1"]),
        ("第一年", ["di4", "yi1", "nian2"]),
        ("一个", ["yi2", "ge4"]),
        ("统一", ["tong3", "yi1"]),
        ("你好", ["ni2", "hao3"]),
        ("我好", ["wo2", "hao3"]),
        ("保险产品", ["bao2", "xian3", "chan2", "pin3"]),
        ("我理解", ["wo3", "li2", "jie3"]),
        ("清楚吗", ["qing1", "chu3", "ma5"]),
        ("银行", ["yin2", "hang2"]),
    ],
)
def test_tone_sandhi(clause: str, expected: list[str]) -> None:
    assert pinyin(clause) == expected


def test_symbols_of_a_clause() -> None:
    known = Symbols({}, {"qing": ("q", "ing"), "chu": ("ch", "u"), "en": ("^", "en")})
    assert symbols("清楚", known) == ["sil", "q", "ing1", "#0", "ch", "u3", "sil", "eos"]
    assert symbols("嗯", known) == ["sil", "^", "en4", "sil", "eos"]
    with pytest.raises(ValueError, match="明"):
        symbols("明", known)
