"""Phrases of rule files, found in folded text and in toneless pinyin at once, with exact spans.

All words of a rule set are looked for at once (lexicon.py). Levels of a hit, best first: `text` (the characters
themselves), `pinyin` (the same syllables), `near` (syllables that sound much alike, or the same syllables where another
word was recognised): a near hit is a guess that the sound or a person must confirm.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Literal, NamedTuple

import numpy as np

from engine.language.folding import bare, fold
from engine.language.pinyin import blurred
from engine.rules import resemblance
from engine.rules.lexicon import NEAR, SHORTEST, TEXT, Lexicon, Word, looked_for

Level = Literal["text", "pinyin", "near"]
LEVELS: tuple[Level, ...] = ("text", "pinyin", "near")  # in the order of lexicon.TEXT, PINYIN and NEAR
SCORES: dict[Level, float] = {"text": 1.0, "pinyin": 0.9, "near": 0.6}
GAP = "…"
GAP_CHARACTERS = 6


class Hit(NamedTuple):
    """`phrase` found from `start` to `end` (exclusive, offsets into the text searched).

    `wanted` is the text there with the words of the phrase in place of what merely sounds like them.
    """

    start: int
    end: int
    level: Level
    phrase: str
    wanted: str


Spot = tuple[int, int, Level, str]
"""A word found: start and end (exclusive), level, and the word. There are many more of them than hits of phrases."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text` as written in the rule; `parts` in order, each a choice of words; `gaps[i]` characters may stand before
    part i + 1.
    """

    text: str
    parts: tuple[tuple[str, ...], ...]
    gaps: tuple[int, ...]
    by_sound: bool = True

    def words(self) -> Iterable[tuple[str, bool]]:
        for part in self.parts:
            for word in part:
                yield word, self.by_sound


def parse(text: str, by_sound: bool = True) -> Phrase:
    """Parse a phrase as written in a rule. Raises ValueError (Chinese / English) for an empty part or word."""
    parts: list[tuple[str, ...]] = []
    gaps: list[int] = []
    pending = 0
    for piece in text.replace(GAP, f"\n{GAP}\n").split("\n"):
        if piece == GAP:
            pending += GAP_CHARACTERS
            continue
        if not piece:
            continue
        words = tuple(bare(fold(word)) for word in piece.split("|"))
        if not all(words):
            raise ValueError(f"短语“{text}”里有空的词 / phrase {text!r} has an empty word")
        if parts:
            gaps.append(pending)
        elif pending:
            raise ValueError(f"短语“{text}”不能以“…”开头 / phrase {text!r} must not begin with a gap")
        parts.append(words)
        pending = 0
    if not parts or pending:
        raise ValueError(f"短语“{text}”不完整 / phrase {text!r} is incomplete")
    return Phrase(text, tuple(parts), tuple(gaps), by_sound)


class Vocabulary:
    """All words of a rule set, ready to be searched for in one pass."""

    def __init__(self, phrases: Iterable[Phrase], other_words: Mapping[str, Sequence[str]]) -> None:
        self._phrases, self.other_words = tuple(phrases), other_words
        by_sound: dict[str, bool] = {}
        for phrase in self._phrases:
            for text, sounding in phrase.words():
                by_sound[text] = by_sound.get(text, False) or sounding
        other = {text: frozenset(map(fold, others)) for text, others in other_words.items()}
        self.singles = frozenset(text for text in by_sound if len(text) < SHORTEST)
        self.lexicon = Lexicon(
            [
                looked_for(text, by_sound[text], other.get(text, NO_WORDS))
                for text in by_sound
                if text not in self.singles
            ]
        )
        self.index = {one.text: index for index, one in enumerate(self.lexicon.words)}
        self._beginning: dict[str, list[Phrase]] = {}
        for phrase in {one.text: one for one in self._phrases}.values():
            for text in phrase.parts[0]:
                if phrase.parts != ((phrase.text,),):
                    self._beginning.setdefault(text, []).append(phrase)
        self.levels: tuple[Level, ...] = LEVELS

    @property
    def words(self) -> frozenset[str]:
        """Every word of every phrase."""
        return self.singles.union(self.index)

    def word(self, text: str) -> Word | None:
        """The word `text` as it is looked for; None for a single character."""
        return self.lexicon.words[self.index[text]] if text in self.index else None

    def joined(self, other: "Vocabulary") -> "Vocabulary":
        """The words of both; `other_words` are those of this one."""
        return Vocabulary((*self._phrases, *other._phrases), self.other_words)

    def limited(self, levels: Collection[Level]) -> "Vocabulary":
        """The same words, found at these levels only: to measure what each of them adds."""
        narrower = copy(self)
        narrower.levels = tuple(level for level in LEVELS if level in levels)
        return narrower

    def expected(self, words: frozenset[str]) -> frozenset[str]:
        """The phrases, as written, each part of which has one of its words among `words`; with those words."""
        absent, beginning = words.isdisjoint, self._beginning
        longer = chain.from_iterable(map(beginning.__getitem__, words & beginning.keys()))
        return words.union(phrase.text for phrase in longer if not any(map(absent, phrase.parts[1:])))

    def scan(self, text: str) -> "Words":
        """Every occurrence of every word in folded `text`."""
        return Words(text, self)


NO_WORDS: frozenset[str] = frozenset()


class Words:
    """The words found in one text. A single character is only ever found as itself."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self._places = vocabulary.lexicon.places(text)
        words = vocabulary.lexicon.words
        present = vocabulary.singles.intersection(text).union([words[index].text for index in self._places.words])
        self._expected = vocabulary.expected(present)
        self._spots: dict[str, list[Spot]] = {}

    def expect(self, phrases: Iterable[Phrase]) -> list[Phrase]:
        """Those of `phrases` that may be there: each of their parts was found."""
        expected = self._expected
        return [phrase for phrase in phrases if phrase.text in expected]

    def spots(self, text: str) -> list[Spot]:
        """Occurrences of a word in order of place, each at its best level."""
        found = self._spots.get(text)
        if found is None:
            found = self._spots[text] = self._found(text)
        return found

    def _found(self, text: str) -> list[Spot]:
        if len(text) < SHORTEST:
            return [(start, start + 1, "text", text) for start in _occurrences(text, self.text)]
        length, levels = len(text), self.vocabulary.levels
        places = self._places.of(self.vocabulary.index[text])
        return [
            (start, start + length, LEVELS[fit], text)
            for start, fit in places
            if LEVELS[fit] in levels and (fit != NEAR or not self._inside_a_word(start, start + length))
        ]

    def _inside_a_word(self, start: int, end: int) -> bool:
        """Whether a word stands there letter by letter, or around: 险产 inside 保险产品 is no 现场 misheard."""
        return self._reaches[start] >= end

    def inside_a_longer_word(self, start: int, end: int) -> bool:
        """Whether a word stands around that place letter by letter. A word alone may be misheard: 推荐 for 退钱."""
        return self._reaches[start] > end or (start > 0 and self._reaches[start - 1] >= end)

    @cached_property
    def _reaches(self) -> Sequence[int]:
        """For every letter, how far the words reach that begin at or before it and stand there letter by letter."""
        reaches = np.zeros(len(self.text) + 1, dtype=np.intp)
        for index in self._places.words:
            length = len(self.vocabulary.lexicon.words[index].text)
            for start, fit in self._places.of(index):
                if fit == TEXT:
                    reaches[start] = max(reaches[start], start + length)
        reached: list[int] = np.maximum.accumulate(reaches).tolist()
        return reached


class Resembling:
    """The words found in one text, at level `near` also where the text merely resembles them (resemblance.py); never
    inside a longer word that stands there letter by letter: 险责 in 保险责任 is no 限额.
    """

    def __init__(self, words: Words) -> None:
        self.text = words.text
        self._words = words
        self._index = resemblance.Index(words.text, blurred(words.text))
        self._spots: dict[str, list[Spot]] = {}

    def expect(self, phrases: Iterable[Phrase]) -> list[Phrase]:
        """All of `phrases`; their words are looked for together."""
        chosen = list(phrases)
        texts = {text for phrase in chosen for part in phrase.parts for text in part} - self._spots.keys()
        vocabulary = self._words.vocabulary
        if "near" in vocabulary.levels:
            sounding = [one for one in map(vocabulary.word, sorted(texts)) if one is not None and one.by_sound]
            places = self._index.places_of([(one.text, one.sounds[0]) for one in sounding])
            for one, found in zip(sounding, places, strict=True):
                guessed: list[Spot] = [
                    (start, end, "near", one.text)
                    for start, end in found
                    if not self._words.inside_a_longer_word(start, end)
                ]
                self._spots[one.text] = sorted([*self._words.spots(one.text), *guessed], key=_place)
        return chosen

    def spots(self, text: str) -> list[Spot]:
        """Occurrences of a word that was expected, in order of place."""
        return self._spots[text] if text in self._spots else self._words.spots(text)


def _occurrences(character: str, text: str) -> Iterator[int]:
    start = text.find(character)
    while start >= 0:
        yield start
        start = text.find(character, start + 1)


def locate(phrase: Phrase, words: Words | Resembling) -> list[Hit]:
    """Occurrences of a whole phrase: from each first part, the nearest next parts in reach."""
    name = phrase.text
    if len(phrase.parts) == 1:
        spots = _of_part(phrase.parts[0], phrase.by_sound, words)
        return [Hit(start, end, level, name, wanted) for start, end, level, wanted in spots]
    by_part: list[list[Spot]] = []
    for part in phrase.parts:
        by_part.append(_of_part(part, phrase.by_sound, words))
        if not by_part[-1]:
            return []
    first_part, *others = by_part
    following_parts = [(spots, list(map(START, spots)), gap) for spots, gap in zip(others, phrase.gaps, strict=True)]
    found = []
    for begin, end, level, wanted in first_part:
        for spots, starts, gap in following_parts:
            index = bisect_left(starts, end)
            if index == len(spots) or starts[index] > end + gap:
                break
            start, last, fit, word = spots[index]
            wanted += words.text[end:start] + word
            end, level = last, worst(level, fit)
        else:
            found.append(Hit(begin, end, level, name, wanted))
    return found


START = itemgetter(0)


def _of_part(part: Sequence[str], by_sound: bool, words: Words | Resembling) -> list[Spot]:
    by_word = [spots for word in part if (spots := words.spots(word))]
    spots = by_word[0] if len(by_word) == 1 else sorted(chain.from_iterable(by_word), key=_place)
    return spots if by_sound else [one for one in spots if one[2] == "text"]


def _place(spot: Spot) -> tuple[int, int, int]:
    start, end, level, _ = spot
    return start, RANK[level], -end


RANK: dict[Level, int] = {level: rank for rank, level in enumerate(LEVELS)}


def worst(first: Level, second: Level) -> Level:
    """The less certain of two levels."""
    return first if RANK[first] >= RANK[second] else second
