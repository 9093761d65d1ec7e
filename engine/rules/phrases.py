"""Phrases of rule files, found in folded text and in toneless pinyin at once, with exact spans.

All words of a rule set go into three Aho-Corasick automata (characters, syllables, syllables with often confused ones
made
equal) that pass once over a transcript. Levels of a hit, best first: `text` (the characters themselves), `pinyin`
(the same
syllables), `near` (syllables that sound much alike, or the same syllables where another word was recognised): a near
hit is
a guess that the sound or a person must confirm.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ahocorasick

from engine.language.folding import bare, fold
from engine.language.pinyin import blurred, readings, syllables

Level = Literal["text", "pinyin", "near"]
LEVELS: tuple[Level, ...] = ("text", "pinyin", "near")
SCORES: dict[Level, float] = {"text": 1.0, "pinyin": 0.9, "near": 0.6}
GAP = "…"
GAP_CHARACTERS = 6
SHORTEST_BY_SOUND = 2  # a single character is never matched by its sound alone


@dataclass(frozen=True, slots=True)
class Hit:
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
        words = {word: by_sound for phrase in phrases for word, by_sound in sorted(phrase.words())}
        for phrase in phrases:
            for word, by_sound in phrase.words():
                words[word] = words[word] or by_sound
        self._other = {word: frozenset(map(fold, others)) for word, others in other_words.items()}
        exact: dict[str, list[str]] = {word: [word] for word in words}
        sounding: dict[str, list[str]] = {}
        blurring: dict[str, list[str]] = {}
        for word, by_sound in words.items():
            if by_sound and len(word) >= SHORTEST_BY_SOUND:
                for reading in readings(word):
                    sounding.setdefault(reading, []).append(word)
                blurring.setdefault(blurred(word), []).append(word)
        self._automata = (_automaton(exact), _automaton(sounding), _automaton(blurring))

    def scan(self, text: str) -> dict[str, list[Hit]]:
        """Every occurrence of every word in folded `text`, per word in order of place, each place at its best level."""
        found: dict[str, dict[int, Hit]] = {}
        for level, automaton, form in zip(LEVELS, self._automata, (text, syllables(text), blurred(text)), strict=True):
            if automaton is None:
                continue
            for last, words in automaton.iter(form):
                for word in words:
                    start = last + 1 - len(word)
                    self._add(found.setdefault(word, {}), Hit(start, last + 1, level, word, word), text)
        return {word: [hits[start] for start in sorted(hits)] for word, hits in found.items()}

    def _add(self, hits: dict[int, Hit], hit: Hit, text: str) -> None:
        if hit.start in hits:
            return
        heard = text[hit.start : hit.end]
        meant_otherwise = hit.level == "pinyin" and heard in self._other.get(hit.phrase, ())
        hits[hit.start] = replace(hit, level="near") if meant_otherwise else hit


def _automaton(words: Mapping[str, list[str]]) -> ahocorasick.Automaton | None:
    automaton = ahocorasick.Automaton()
    for key, meant in words.items():
        automaton.add_word(key, tuple(meant))
    if not words:
        return None
    automaton.make_automaton()
    return automaton


def locate(phrase: Phrase, words: Mapping[str, Sequence[Hit]], text: str) -> list[Hit]:
    """Occurrences of a whole phrase among the word hits of `text`: from each first part, the nearest next parts in
    reach.
    """
    by_part = [sorted((hit for word in part for hit in words.get(word, ())), key=_place) for part in phrase.parts]
    if not phrase.by_sound:
        by_part = [[hit for hit in hits if hit.level == "text"] for hits in by_part]
    found = []
    for first in by_part[0]:
        end, level, wanted = first.end, first.level, first.wanted
        for hits, gap in zip(by_part[1:], phrase.gaps, strict=True):
            following = next((hit for hit in hits if end <= hit.start <= end + gap), None)
            if following is None:
                break
            wanted += text[end : following.start] + following.wanted
            end, level = following.end, worst(level, following.level)
        else:
            found.append(Hit(first.start, end, level, phrase.text, wanted))
    return found


def _place(hit: Hit) -> tuple[int, int, int]:
    return hit.start, LEVELS.index(hit.level), -hit.end


def worst(first: Level, second: Level) -> Level:
    """The less certain of two levels."""
    return max(first, second, key=LEVELS.index)
