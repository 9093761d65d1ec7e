"""The catalogues of errors and reasons."""

import re
import string

import pytest

from engine.errors import CATALOGUE, MingjianError
from engine.reasons import REASONS


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_numbers_are_unique_and_well_formed() -> None:
    numbers = [entry.number for entry in CATALOGUE.values()]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"MJ\d{3}", number) for number in numbers)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_both_languages_name_the_same_things(code: str) -> None:
    entry = CATALOGUE[code]
    assert placeholders(entry.zh) == placeholders(entry.en)
    assert re.search(r"[一-鿿]", entry.zh)
    assert not re.search(r"[一-鿿]", entry.en)
    error = MingjianError(code, **dict.fromkeys(placeholders(entry.zh), "x"))
    assert str(error).startswith(f"[{entry.number}] ")


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_speaks_both_languages(code: str) -> None:
    zh, en = REASONS[code]
    assert placeholders(zh) == placeholders(en)
    if re.search(r"\w", re.sub(r"\{\w+\}", "", zh)):  # a reason made of other texts alone has no language
        assert re.search(r"[一-鿿]", zh)


def test_an_unknown_code_is_a_bug_not_a_message() -> None:
    with pytest.raises(KeyError):
        MingjianError("no_such_code")
