from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language.numbers import find, spell


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每年交一万二，交十年", [("一万二", "12000"), ("十", "10")]),
        ("一万两千元", [("一万两千", "12000")]),
        ("12000元", [("12000", "12000")]),
        ("2万和1.5万", [("2万", "20000"), ("1.5万", "15000")]),
        ("三万五", [("三万五", "35000")]),
        ("一百零二岁", [("一百零二", "102")]),
        ("两百五十", [("两百五十", "250")]),
        ("三百五百", [("三百", "300"), ("五百", "500")]),
        ("十五天", [("十五", "15")]),
        ("三点五", [("三点五", "3.5")]),
        ("一亿二千万", [("一亿二千万", "120000000")]),
        ("3万2千", [("3万2千", "32000")]),
        ("万一", [("一", "1")]),
        ("千万别签", []),
        ("没有数字", []),
    ],
)
def test_numbers_are_found_with_their_exact_place(text, expected):
    assert [(text[n.start : n.end], f"{n.value.normalize():f}") for n in find(text)] == expected


def test_digits_read_out_keep_their_zeros():
    (number,) = find("工号零零幺二三")
    assert number.digits == "00123"


@given(st.integers(min_value=0, max_value=99_999_999))
def test_a_spelled_number_is_read_back(value):
    spelled = spell(value)
    (number,) = find(spelled)
    assert (number.value, number.start, number.end) == (value, 0, len(spelled))


@given(st.integers(min_value=0, max_value=10**9), st.text(alphabet="交保费每年天", max_size=5))
def test_arabic_numbers_are_read_inside_any_words(value, around):
    (number,) = find(f"{around}{value}{around}")
    assert number.value == value


@given(st.integers(min_value=1, max_value=99))
def test_ten_thousands_may_be_written_half_in_digits(tens):
    (number,) = find(f"{tens}万")
    assert number.value == Decimal(tens) * 10_000


@given(st.text(max_size=40))
def test_spans_lie_in_the_text_in_order(text):
    end = 0
    for number in find(text):
        assert end <= number.start < number.end <= len(text)
        end = number.end


@pytest.mark.parametrize("value", [-1, 100_000_000])
def test_what_cannot_be_spelled_is_refused(value):
    with pytest.raises(ValueError, match="cannot spell"):
        spell(value)
