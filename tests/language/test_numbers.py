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
        ("工号幺零二三", [("幺零二三", "1023")]),
        ("十五万八", [("十五万八", "158000")]),
        ("两万零五百", [("两万零五百", "20500")]),
        ("12万5", [("12万5", "125000")]),
        ("一点二万", [("一点二万", "12000")]),
        ("每年两千块", [("两千", "2000")]),
        ("二零二六年十一月", [("二零二六", "2026"), ("十一", "11")]),
        ("五十五周岁", [("五十五", "55")]),
        ("百分之三点五", [("百分之三点五", "3.5")]),
        ("千分之五", [("千分之五", "5")]),
        ("零点五", [("零点五", "0.5")]),
        ("千万别签", []),
        ("没有数字", []),
    ],
)
def test_numbers_are_found_with_their_exact_place(text, expected):
    assert [(text[n.start : n.end], f"{n.value.normalize():f}") for n in find(text)] == expected


@pytest.mark.parametrize(
    ("text", "rough"),
    [("两三年", [True, True]), ("三四千", [True, True]), ("二三十岁", [True, True]), ("三百五百", [False, False]),
     ("二十三年", [False]), ("一二三四五", [False]), ("一万二", [False])],
)  # fmt: skip
def test_two_digits_in_a_row_are_a_range(text, rough):
    assert [number.rough for number in find(text)] == rough


def test_shares_say_of_what_they_are_a_part():
    assert [(n.part_of, str(n.value)) for n in find("百分之二十，千分之五，二十")] == [
        (100, "20"), (1000, "5"), (None, "20"),
    ]  # fmt: skip


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
