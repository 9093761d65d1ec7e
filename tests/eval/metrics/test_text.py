"""The evaluator of text, on cases whose result is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.text import (
    CharacterErrors,
    attributed_character_errors,
    character_errors,
    digit_errors,
    digits_of,
    speaker_character_errors,
    spoken_form,
)

CHINESE = st.text("您好清楚明白犹豫期保险", max_size=12)


@pytest.mark.parametrize(
    ("said", "heard", "counts"),
    [
        ("清楚", "清楚", (0, 0, 0, 2)),
        ("犹豫期15天，清楚吗？", "猶豫期十五天清楚嗎", (0, 0, 0, 9)),
        ("亲笔签名", "亲比千名", (2, 0, 0, 4)),
        ("不清楚", "清楚", (0, 1, 0, 3)),
        ("清楚", "不清楚", (0, 0, 1, 2)),
        ("", "谢谢观看", (0, 0, 4, 0)),
        ("清楚", "", (0, 2, 0, 2)),
        ("", "", (0, 0, 0, 0)),
    ],
)
def test_edits(said: str, heard: str, counts: tuple[int, int, int, int]) -> None:
    assert character_errors(said, heard) == CharacterErrors(*counts)


def test_rates_add_up_to_micro_averages() -> None:
    total = character_errors("清楚", "清楚") + character_errors("亲笔签名的人", "亲比千名的人")
    assert total.rate == pytest.approx(2 / 8)
    assert (CharacterErrors.zero() + total) == total
    assert character_errors("", "谢谢").rate == 2


def test_text_of_the_wrong_speaker_costs() -> None:
    said = {"A": "您清楚吗", "B": "清楚"}
    assert speaker_character_errors(said, {"S2": "您清楚吗", "S1": "清楚"}).errors == 0
    assert speaker_character_errors(said, {"S1": "您清楚吗清楚"}).errors == 4
    assert speaker_character_errors(said, {}).rate == 1
    assert speaker_character_errors({}, {"S1": "好"}).errors == 1
    assert speaker_character_errors({}, {}).errors == 0


@given(CHINESE, CHINESE)
def test_edits_are_bounded_and_symmetric_in_number(said: str, heard: str) -> None:
    forward, backward = character_errors(said, heard), character_errors(heard, said)
    assert forward.errors == backward.errors
    assert abs(len(said) - len(heard)) <= forward.errors <= max(len(said), len(heard))
    assert (forward.errors == 0) == (said == heard)


def test_spoken_form_is_stable() -> None:
    assert spoken_form(spoken_form("保費12,000元，OK？")) == spoken_form("保費12,000元，OK？")


@pytest.mark.parametrize(
    ("said", "heard", "errors", "digits"),
    [
        ("保费12,000元", "保费一万二千元", 0, 4),
        ("保费12000元", "保费两千元", 2, 4),
        ("交十年", "交十五年", 1, 1),
        ("两年", "二年", 0, 1),
        ("十五天", "是五天", 1, 2),
        ("您好", "您号", 0, 0),
        ("您好", "一号", 1, 0),
    ],
)
def test_only_figures_count_in_the_digit_error_rate(said: str, heard: str, errors: int, digits: int) -> None:
    found = digit_errors(said, heard)
    assert (found.errors, found.characters) == (errors, digits)


@given(CHINESE, CHINESE)
def test_digits_are_a_part_of_what_is_spoken(said: str, heard: str) -> None:
    assert len(digits_of(said)) <= len(spoken_form(said))
    assert digit_errors(said, heard).errors == 0


TEXTS = st.dictionaries(st.sampled_from("ABCD"), CHINESE, max_size=4)


@given(TEXTS, TEXTS, st.permutations("ABCD"))
def test_names_of_speakers_do_not_matter_to_cpcer(
    said: dict[str, str], heard: dict[str, str], order: list[str]
) -> None:
    renamed = {dict(zip("ABCD", order, strict=True))[name]: text for name, text in heard.items()}
    found = speaker_character_errors(said, heard)
    assert speaker_character_errors(said, renamed).errors == found.errors
    assert found.errors <= attributed_character_errors(said, heard).errors


@given(CHINESE, CHINESE)
def test_with_one_speaker_all_error_rates_agree(said: str, heard: str) -> None:
    alone = character_errors(said, heard)
    assert speaker_character_errors({"A": said}, {"S1": heard}).errors == alone.errors
    assert attributed_character_errors({"A": said}, {"A": heard}) == alone
