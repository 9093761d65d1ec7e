"""Kinds of parameters that operators share, checked when a rule set is loaded."""

from functools import cache
from typing import Annotated

import regex
from pydantic import AfterValidator, Field

from engine.rules import phrases
from engine.rules.orders import known_path
from engine.rules.patterns import compiled
from engine.rules.phrases import Phrase


@cache
def phrase(text: str, by_sound: bool = True) -> Phrase:
    """A phrase of a rule, parsed. Raises ValueError (Chinese / English) for a faulty one."""
    return phrases.parse(text, by_sound)


def pattern(text: str) -> regex.Pattern[str]:
    """A regular expression of a rule, compiled. Raises regex.error for a broken one."""
    return compiled(text)


def _a_phrase(text: str) -> str:
    phrase(text)
    return text


def _a_pattern(text: str) -> str:
    try:
        pattern(text)
    except regex.error as error:
        raise ValueError(f"正则表达式有误：{error} / broken regular expression: {error}") from error
    return text


def _a_path(path: str) -> str:
    if not known_path(path):
        raise ValueError(f"订单里没有字段“{path}” / the order has no field {path!r}")
    return path


PhraseText = Annotated[str, Field(min_length=1), AfterValidator(_a_phrase)]
PhraseTexts = tuple[PhraseText, ...]
PatternText = Annotated[str, Field(min_length=1), AfterValidator(_a_pattern)]
PatternTexts = tuple[PatternText, ...]
OrderPath = Annotated[str, AfterValidator(_a_path)]
ItemId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Count = Annotated[int, Field(ge=1)]
