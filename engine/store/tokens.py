"""What search looks up of a text: its characters and pairs of characters, as written and as spoken.

Text is folded (engine/language/folding.py) and freed of punctuation; with numbers in it, it is looked up by their
values too (十五天 and 15天). How it sounds is its toneless syllables (engine/language/pinyin.py). A token is the CRC-32
of a kind and one or two characters: two of them may rarely be equal, and a session may hold all tokens of a phrase
apart. So what the tokens propose is looked at again in the lines.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.language import numbers
from engine.language.folding import bare, bare_places, fold
from engine.language.pinyin import syllables

WRITTEN, SPOKEN = "w", "s"
PARTS = {100: "%", 1000: "‰"}
HALF, WHOLE = 1 << 31, 1 << 32


@dataclass(frozen=True, slots=True)
class Stream:
    """A text as it is compared. `spans`: where each of its characters stands in the line, from and until."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def find(self, phrase: str) -> Iterator[tuple[int, int]]:
        """Where `phrase` stands in the line, from and until; one place after the other, without overlap."""
        place = self.text.find(phrase)
        while place >= 0:
            end = place + len(phrase)
            yield self.spans[place][0], self.spans[end - 1][1]
            place = self.text.find(phrase, end)


def plain(text: str) -> str:
    """A line or a phrase as it is compared: folded, without punctuation and blanks."""
    return bare(fold(text))


def written(line: str) -> Stream:
    """A line as it is compared."""
    places = bare_places(fold(line))
    return Stream(plain(line), tuple((place, place + 1) for place in places))


def spoken(line: Stream) -> Stream:
    """How it sounds: one code point for each character."""
    return Stream(syllables(line.text), line.spans)


def in_figures(line: Stream) -> Stream:
    """The same with its numbers by their values, in figures: 一万二 is 12000."""
    text: list[str] = []
    spans: list[tuple[int, int]] = []
    end = 0
    for number in numbers.find(line.text):
        if number.rough or number.start < end:
            continue
        text.append(line.text[end : number.start])
        spans += line.spans[end : number.start]
        figures = number.digits or _figures(number)
        text.append(figures)
        spans += [(line.spans[number.start][0], line.spans[number.end - 1][1])] * len(figures)
        end = number.end
    return Stream("".join([*text, line.text[end:]]), (*spans, *line.spans[end:]))


def _figures(number: numbers.Number) -> str:
    value = number.value.normalize()
    return f"{value:f}{PARTS.get(number.part_of or 0, '')}"


def of_lines(lines: Iterable[str]) -> tuple[int, ...]:
    """The tokens of a session's lines, sorted. Pairs do not reach from one line into the next."""
    found: set[int] = set()
    for line in lines:
        found |= _of_line(line)
    return tuple(sorted(found))


def of_phrase(phrase: str, kind: str) -> frozenset[int]:
    """The tokens that a session with this phrase must have. `phrase` is plain, or two or more syllables for SPOKEN."""
    if len(phrase) < 2:
        return frozenset(_token(kind, one) for one in phrase)
    return frozenset(_token(kind, pair) for pair in _pairs(phrase))


@lru_cache(maxsize=4096)  # many lines are said in every session
def _of_line(line: str) -> frozenset[int]:
    said = written(line)
    figures = in_figures(said).text
    found = {*said.text, *_pairs(said.text)} | ({*figures, *_pairs(figures)} if figures != said.text else set())
    return frozenset(_token(WRITTEN, one) for one in found) | frozenset(
        _token(SPOKEN, one) for one in _pairs(syllables(said.text))
    )


def _pairs(text: str) -> Iterator[str]:
    return (text[index : index + 2] for index in range(len(text) - 1))


@lru_cache(maxsize=1 << 18)
def _token(kind: str, gram: str) -> int:
    """A signed number of 32 bits."""
    found = zlib.crc32(f"{kind}{gram}".encode())
    return found - WHOLE if found >= HALF else found
