"""Places that sound somewhat like a word: some of its syllables share only their initial or their rhyme, or one of
them is wrong or missing.

Recognisers write 宝贝总额 for 保费总额 and 容时收明 for 如实说明. Such a place is a guess and nothing more: it counts
only when the sound itself supports the word (acoustic confirmation), and is looked for only where an item is
incomplete.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from operator import add

import numpy as np
import numpy.typing as npt

from engine.language.codes import codes_of
from engine.language.negations import NEGATIONS
from engine.language.pinyin import FINALS, FIRST_SYLLABLE, INITIALS

RHYMES = {
    "ui": "ei", "iu": "ou", "un": "en", "uo": "o", "ua": "a", "ia": "a", "iao": "ao", "uan": "an", "uang": "ang",
    "iang": "ang", "uai": "ai", "iong": "ong", "ue": "ie", "ian": "an", "in": "en",
}  # fmt: skip
"""Finals without their glide, which recognisers often lose."""

SIBILANTS = ("s", "z", "c")
"""Initials that count as one: 损失 is written 此事 and 嘴湿 (7 of 35 calls of synthetic voices that said it)."""

MOST_ALIKE = {2: 1, 3: 1}
LONG_WORD_MOST_ALIKE = 2
"""How many syllables of a word may be merely alike; the others must be the same."""

LEAST_FOR_A_FAULT = 4
"""Syllables of a word in which one may be another syllable altogether, or be missing."""

NUMBERS = frozenset("零〇一二三四五六七八九十百千万亿两半0123456789")
"""Like negations they turn a meaning: neither is ever put in, left out or taken for another."""

Numbers = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
NOWHERE: Numbers = np.zeros(0, dtype=np.intp)
UNHEARD = -1
NO_SYLLABLE = -1
FILLING = 0


class Index:
    """A text (folded) and its blurred syllables (language.pinyin), ready to be asked for many words.

    Every different syllable of the text has a number; `_at` holds the places of each.
    """

    def __init__(self, text: str, sounds: str) -> None:
        self._text, self._sounds = text, sounds
        codes, self._numbers = np.unique(codes_of(sounds), return_inverse=True)
        syllables = list(map(chr, codes.tolist()))
        self._number = {syllable: number for number, syllable in enumerate(syllables)}
        self._parts: Numbers = np.array([_parts(one) for one in syllables], dtype=np.intp).reshape(-1, 2)
        order = np.argsort(self._numbers, kind="stable")
        edges = np.searchsorted(self._numbers[order], np.arange(len(syllables) + 1)).tolist()
        self._at: list[Numbers] = [order[first:last] for first, last in pairwise(edges)]
        self._pairs = frozenset(map(add, sounds, sounds[1:]))
        self._likes: dict[str, Flags] = {}

    def places(self, word: str, sounds: str) -> list[tuple[int, int]]:
        """Start and end of what resembles `word` with the syllables `sounds`, the places of the word itself left out;
        in order.
        """
        return self.places_of([(word, sounds)])[0]

    def places_of(self, words: Sequence[tuple[str, str]]) -> list[list[tuple[int, int]]]:
        """The same for each of several words, given with their syllables: many cost little more than one."""
        found: list[set[tuple[int, int]]] = [set() for _ in words]
        owners, spelled = [], []
        for index, given in enumerate(words):
            for one in (given, *_merged(*given)):
                owners.append(index)
                spelled.append(one)
        for index, start in self._alike(spelled):
            found[owners[index]].add((start, start + len(spelled[index][1])))
        for (word, sounds), places in zip(words, found, strict=True):
            if len(sounds) >= LEAST_FOR_A_FAULT:
                shorter = set(self._with_one_missing(word, sounds))
                places |= {one for one in shorter if places.isdisjoint(((one[0], one[1] + 1), (one[0] - 1, one[1])))}
        return [sorted(places) for places in found]

    def _alike(self, words: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int]]:
        """Where as many syllables of a word as may be are merely alike, or one is another altogether: the index of the
        word, and where it begins.
        """
        which, starts = self._with_most_in_common([sounds for _, sounds in words])
        if not len(starts):
            return
        wanted = _Spelled([sounds for _, sounds in words])
        length = np.arange(wanted.rows.shape[1])
        here = self._numbers[np.minimum(starts[:, None] + length, len(self._numbers) - 1)]
        rows = wanted.rows[which]
        number = np.array([UNHEARD, *(self._number.get(one, UNHEARD) for one in wanted.syllables)])
        likes = np.stack([np.ones(len(self._parts), dtype=np.bool_), *map(self._like, wanted.syllables)])
        wrong = (number[rows] != here) & (rows != FILLING)
        alike = np.all(~wrong | likes[rows, here], axis=1)
        single = (wrong.sum(axis=1) == 1) & ((rows != FILLING).sum(axis=1) >= LEAST_FOR_A_FAULT)
        yield from zip(which[alike].tolist(), starts[alike].tolist(), strict=True)
        for row in np.flatnonzero(single & ~alike).tolist():
            index, start, place = int(which[row]), int(starts[row]), int(np.argmax(wrong[row]))
            if not _turns(self._text[start + place] + words[index][0][place]):
                yield index, start

    def _with_most_in_common(self, words: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Where stretches begin that differ from a word in some syllables, but in no more than may be: the index of the
        word, and the start.
        """
        text = len(self._numbers)
        begins, which = [], []
        for index, sounds in enumerate(words):
            if min(MOST_ALIKE) <= len(sounds) <= text:
                known = [(place, self._number[one]) for place, one in enumerate(sounds) if one in self._number]
                begins += [self._at[number] - place for place, number in known]
                which += [index] * len(known)
        if not begins:
            return NOWHERE, NOWHERE
        lengths = np.array(list(map(len, words)), dtype=np.intp)
        least = lengths - [MOST_ALIKE.get(len(sounds), LONG_WORD_MOST_ALIKE) for sounds in words]
        starts, owners = np.concatenate(begins), np.repeat(which, list(map(len, begins)))
        inside = (starts >= 0) & (starts <= text - lengths[owners])
        both, common = np.unique(owners[inside] * text + starts[inside], return_counts=True)
        owners, starts = np.divmod(both, text)
        enough = (common >= least[owners]) & (common < lengths[owners])
        return owners[enough], starts[enough]

    def _like(self, wanted: str) -> Flags:
        """Which syllables of the text are like `wanted`, by their number."""
        if wanted not in self._likes:
            initial, rhyme = _parts(wanted)
            same = (self._parts[:, 0] == initial) | (self._parts[:, 1] == rhyme)
            self._likes[wanted] = same & (initial != NO_SYLLABLE)
        return self._likes[wanted]

    def _with_one_missing(self, word: str, sounds: str) -> Iterator[tuple[int, int]]:
        for place, left_out in enumerate(word):
            if _turns(left_out):
                continue
            rest = sounds[:place] + sounds[place + 1 :]
            if not self._pairs.issuperset(map(add, rest, rest[1:])):
                continue
            start = self._sounds.find(rest)
            while start >= 0:
                end = start + len(rest)
                if sounds not in self._sounds[max(0, start - 1) : end + 1]:
                    yield start, end
                start = self._sounds.find(rest, start + 1)


def _merged(word: str, sounds: str) -> Iterator[tuple[str, str]]:
    """The word with two equal syllables in a row spoken as one: 演示是 is written 也是."""
    for place in range(1, len(sounds)):
        if sounds[place] == sounds[place - 1] and len(sounds) > LEAST_FOR_A_FAULT and not _turns(word[place]):
            yield word[:place] + word[place + 1 :], sounds[:place] + sounds[place + 1 :]


class _Spelled:
    """Words as rows of numbers: their different `syllables` are counted from 1; FILLING fills up short words."""

    def __init__(self, words: Sequence[str]) -> None:
        self.syllables = sorted(set("".join(words)))
        number = {syllable: count for count, syllable in enumerate(self.syllables, start=1)}
        longest = max(map(len, words))
        self.rows: Numbers = np.array(
            [[*map(number.__getitem__, word), *[FILLING] * (longest - len(word))] for word in words], dtype=np.intp
        )


def _turns(characters: str) -> bool:
    """Whether one of `characters` negates or counts."""
    return not (NEGATIONS.isdisjoint(characters) and NUMBERS.isdisjoint(characters))


@cache
def _parts(syllable: str) -> tuple[int, int]:
    """Numbers of a syllable's initial and rhyme, one of which alike ones share; NO_SYLLABLE for what is none."""
    code = ord(syllable) - FIRST_SYLLABLE
    if not 0 <= code < len(INITIALS) * len(FINALS):
        return NO_SYLLABLE, NO_SYLLABLE
    initial, final = divmod(code, len(FINALS))
    if INITIALS[initial] in SIBILANTS:
        initial = INITIALS.index(SIBILANTS[0])
    return initial, FINALS.index(RHYMES.get(FINALS[final], FINALS[final]))
