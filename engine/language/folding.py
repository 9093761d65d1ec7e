"""Fold text so that spellings of the same words become equal, one character for one.

Traditional characters become simplified, full-width forms become half-width, Latin letters lower case. The length never
changes, so an offset in the folded text is an offset in the original.

>>> fold("猶豫期１５天ＯＫ")
'犹豫期15天ok'
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

import opencc

from engine.language.codes import CodeTable

PAUSE_MARKS = frozenset(",，、;；:：")
STOP_MARKS = frozenset("。！？!?….")
PUNCTUATION = PAUSE_MARKS | STOP_MARKS | frozenset("\"'“”‘’（）()《》〈〉【】[]「」『』—–-~～·` \t\r\n\u3000")
_UNSPOKEN = re.compile(rf"[{re.escape(''.join(sorted(PUNCTUATION - {'.'})))}]|(?<!\d)\.|\.(?!\d)")


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def fold_character(character: str) -> str:
    """One character folded; it stays itself where its folded form would be longer or shorter."""
    wide = unicodedata.normalize("NFKC", character)
    narrow = wide.lower() if len(wide) == 1 else character
    simple: str = _simplifier().convert(narrow) if len(narrow) == 1 else narrow
    for candidate in (simple, narrow, character):
        if len(candidate) == 1:
            return candidate
    return character


class CharacterTable(dict[int, str]):
    """A table for `str.translate` that works out each character once, when it is first met."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, code: int) -> str:
        self[code] = converted = self._convert(chr(code))
        return converted


@cache
def _folded() -> CharacterTable:
    return CharacterTable(fold_character)


def fold(text: str) -> str:
    """`text` folded, of the same length."""
    return text.translate(_folded())


@cache
def folding() -> CodeTable:
    """As `fold`, for many code points at once."""
    return CodeTable(fold_character)


def is_punctuation(text: str) -> bool:
    """Whether `text` holds nothing that is spoken."""
    return PUNCTUATION.issuperset(text)


def bare(text: str) -> str:
    """`text` without punctuation; a point between two digits belongs to the number and stays."""
    return text if PUNCTUATION.isdisjoint(text) else _UNSPOKEN.sub("", text)


def bare_places(text: str) -> list[int]:
    """Where the characters of `bare(text)` stand in `text`."""
    kept = []
    for index, character in enumerate(text):
        between = 0 < index < len(text) - 1 and text[index - 1].isdecimal() and text[index + 1].isdecimal()
        if character not in PUNCTUATION or (character == "." and between):
            kept.append(index)
    return kept
