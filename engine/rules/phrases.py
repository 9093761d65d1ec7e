"""Phrases of rule files, found in folded text and in toneless pinyin at once, with exact spans.

All words of a rule set go into Aho-Corasick automata that pass once over a transcript: one of syllables with often
confused ones made equal, in which a word's characters and exact syllables are found as well, and one of characters for
what must not be matched by its sound. Levels of a hit, best first: `text` (the characters themselves), `pinyin` (the
same syllables), `near` (syllables that sound much alike, or the same syllables where another word was recognised): a
near hit is a guess that the sound or a person must confirm.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Literal, NamedTuple

import ahocorasick

from engine.language.folding import bare, fold
from engine.language.pinyin import blur, blurred, readings, syllables
from engine.rules import resemblance

Level = Literal["text", "pinyin", "near"]
LEVELS: tuple[Level, ...] = ("text", "pinyin", "near")
SCORES: dict[Level, float] = {"text": 1.0, "pinyin": 0.9, "near": 0.6}
GAP = "…"
GAP_CHARACTERS = 6
SHORTEST_BY_SOUND = 2  # a single character is never matched by its sound alone


class Hit(NamedTuple):
    """`phrase` found from `start` to `end` (exclusive, offsets into the text searched).

    `wanted` is the text there with the words of the phrase in place of what merely sounds like them.
    """

    start: int
    end: int
    level: Level
    phrase: str
    wanted: str


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
        self._phrases, self._other_words = tuple(phrases), other_words
        by_sound: dict[str, bool] = {}
        for phrase in self._phrases:
            for word, sounding in phrase.words():
                by_sound[word] = by_sound.get(word, False) or sounding
        other = {word: frozenset(map(fold, others)) for word, others in other_words.items()}
        self.words = {word: _word(word, sounding, other.get(word, NO_WORDS)) for word, sounding in by_sound.items()}
        self._sounding = _automaton(key for word in self.words.values() for key in word.sounds)
        self.levels: tuple[Level, ...] = LEVELS
        self.resembling = False

    def joined(self, other: "Vocabulary") -> "Vocabulary":
        """The words of both; `other_words` are those of this one."""
        return Vocabulary((*self._phrases, *other._phrases), self._other_words)

    def limited(self, levels: Collection[Level]) -> "Vocabulary":
        """The same words, found at these levels only: to measure what each of them adds."""
        narrower = copy(self)
        narrower.levels = tuple(level for level in LEVELS if level in levels)
        return narrower

    def widened(self) -> "Vocabulary":
        """The same words, found at level `near` also where the text merely resembles them (resemblance.py)."""
        wider = copy(self)
        wider.resembling = "near" in self.levels
        return wider

    def scan(self, text: str) -> "Words":
        """Every occurrence of every word in folded `text`."""
        sounds = blurred(text)
        ends: defaultdict[str, list[int]] = defaultdict(list)
        if self._sounding is not None:
            for last, key in self._sounding.iter(sounds):
                ends[key].append(last)
        return Words(text, sounds, ends, self)


class _Word(NamedTuple):
    """A word of the rules. `sounds` are its blurred syllables, empty where it is matched by its characters alone.

    `exact`: its syllables as they may stand in a text. `other`: words of their own that sound the same.
    """

    text: str
    sounds: tuple[str, ...]
    exact: tuple[str, ...]
    other: frozenset[str]


NO_WORDS: frozenset[str] = frozenset()


def _word(text: str, by_sound: bool, other: frozenset[str]) -> _Word:
    if not by_sound or len(text) < SHORTEST_BY_SOUND:
        return _Word(text, (), (), other)
    exact = readings(text)
    # A word read as a whole (银行: yin hang) may differ from its characters' commonest readings; both are looked for.
    return _Word(text, tuple(dict.fromkeys((blurred(text), *map(blur, exact)))), exact, other)


class Words:
    """The words found in one text. How well a place fits is worked out when the word is first asked for."""

    def __init__(self, text: str, sounds: str, ends: Mapping[str, Sequence[int]], vocabulary: Vocabulary) -> None:
        self.text = text
        self._syllables, self._blurred = syllables(text), sounds
        self._ends = ends
        self._vocabulary = vocabulary
        self._hits: dict[str, list[Hit]] = {}

    def may_hold(self, part: Sequence[str]) -> bool:
        """Whether there may be a place for one of the words of `part`."""
        vocabulary, ends = self._vocabulary, self._ends
        for word in part:
            sounds = vocabulary.words[word].sounds
            if not sounds:
                if word in self.text:
                    return True
            elif vocabulary.resembling or not ends.keys().isdisjoint(sounds):
                return True
        return False

    def hits(self, word: str) -> list[Hit]:
        """Occurrences of `word` in order of place, each at its best level."""
        found = self._hits.get(word)
        if found is None:
            found = self._hits[word] = self._judged(self._vocabulary.words[word])
        return found

    def _judged(self, word: _Word) -> list[Hit]:
        length = len(word.text)
        if not word.sounds:
            places = _occurrences(word.text, self.text)
            return [Hit(start, start + length, "text", word.text, word.text) for start in places]
        hits: list[Hit] = []
        ends = [end for key in word.sounds if key in self._ends for end in self._ends[key]]
        name, levels = word.text, self._vocabulary.levels
        for end in ends if len(word.sounds) == 1 else sorted(ends):
            start = end + 1 - length
            level = self._level(word, start, end + 1)
            if level in levels:
                hits.append(Hit(start, end + 1, level, name, name))
        if self._vocabulary.resembling:
            guessed = self._index.places(word.text, word.sounds[0])
            hits += [Hit(start, end, "near", word.text, word.text) for start, end in guessed]
            hits.sort(key=_place)
        return hits

    @cached_property
    def _index(self) -> resemblance.Index:
        return resemblance.Index(self.text, self._blurred)

    def _level(self, word: _Word, start: int, end: int) -> Level | None:
        heard = self.text[start:end]
        if heard == word.text:
            return "text"
        if self._syllables[start:end] in word.exact:
            return "near" if heard in word.other else "pinyin"
        return "near" if self._blurred[start:end] == word.sounds[0] else None


def _occurrences(word: str, text: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)


def _automaton(keys: Iterable[str]) -> ahocorasick.Automaton | None:
    automaton = ahocorasick.Automaton()
    for key in keys:
        automaton.add_word(key, key)
    if not len(automaton):
        return None
    automaton.make_automaton()
    return automaton


def locate(phrase: Phrase, words: Words) -> list[Hit]:
    """Occurrences of a whole phrase: from each first part, the nearest next parts in reach."""
    if not all(map(words.may_hold, phrase.parts)):
        return []
    by_part: list[list[Hit]] = []
    for part in phrase.parts:
        by_part.append(_of_part(part, phrase.by_sound, words))
        if not by_part[-1]:
            return []
    first_part, *others = by_part
    if not others:
        name = phrase.text
        return [hit if hit.phrase == name else hit._replace(phrase=name) for hit in first_part]
    following_parts = [(hits, list(map(START, hits)), gap) for hits, gap in zip(others, phrase.gaps, strict=True)]
    found = []
    for first in first_part:
        end, level, wanted = first.end, first.level, first.wanted
        for hits, starts, gap in following_parts:
            index = bisect_left(starts, end)
            if index == len(hits) or starts[index] > end + gap:
                break
            following = hits[index]
            wanted += words.text[end : following.start] + following.wanted
            end, level = following.end, worst(level, following.level)
        else:
            found.append(Hit(first.start, end, level, phrase.text, wanted))
    return found


START = attrgetter("start")


def _of_part(part: Sequence[str], by_sound: bool, words: Words) -> list[Hit]:
    hits = words.hits(part[0]) if len(part) == 1 else sorted((h for word in part for h in words.hits(word)), key=_place)
    return hits if by_sound else [hit for hit in hits if hit.level == "text"]


def _place(hit: Hit) -> tuple[int, int, int]:
    return hit.start, RANK[hit.level], -hit.end


RANK: dict[Level, int] = {level: rank for rank, level in enumerate(LEVELS)}


def worst(first: Level, second: Level) -> Level:
    """The less certain of two levels."""
    return first if RANK[first] >= RANK[second] else second
