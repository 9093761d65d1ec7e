"""Where all words of a rule set may stand in a text, found at once and in arrays.

A word is looked for by its sounds: its syllables, often confused ones made equal (language/pinyin.py). The first two of
them lead to the few words that begin so; the others are compared place by place, for all those words together.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.language.codes import LAST_CODE, Codes, codes_of
from engine.language.pinyin import blur, blurred, blurring, readings, sounding

SHORTEST = 2  # syllables by which words are looked for
TEXT, PINYIN, NEAR = range(3)
"""How well a place fits: the characters themselves, the same syllables, syllables that are often confused."""

Numbers = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
ANYTHING = LAST_CODE + 1  # no code point: fills up rows of short words and equals whatever stands there
NOWHERE: Numbers = np.zeros(0, dtype=np.intp)


class Word(NamedTuple):
    """A word of the rules with at least SHORTEST characters. `sounds` are the blurred syllables it may have, the first
    character by character; `exact` its syllables as they may stand in a text; not `by_sound`: only the characters
    themselves count. `other`: words of their own that sound the same.
    """

    text: str
    sounds: tuple[str, ...]
    exact: tuple[str, ...]
    by_sound: bool
    other: frozenset[str]


def looked_for(text: str, by_sound: bool, other: frozenset[str]) -> Word:
    """A word as it is looked for."""
    if not by_sound:
        return Word(text, (blurred(text),), (), False, other)
    exact = readings(text)
    # A word read as a whole (银行: yin hang) may differ from its characters' commonest readings; both are looked for.
    return Word(text, tuple(dict.fromkeys((blurred(text), *map(blur, exact)))), exact, True, other)


class Places:
    """Where each word begins in a text, in order, and how well it fits there (TEXT, PINYIN or NEAR)."""

    def __init__(self, words: Numbers, starts: Numbers, fits: Numbers) -> None:
        order = np.lexsort((starts, words))
        self._starts: list[int] = starts[order].tolist()
        self._fits: list[int] = fits[order].tolist()
        found, firsts = np.unique(words[order], return_index=True)
        bounds = [*firsts.tolist(), len(words)]
        self._bounds = dict(zip(found.tolist(), pairwise(bounds), strict=True))

    @property
    def words(self) -> Collection[int]:
        """The words that are there, by their index."""
        return self._bounds.keys()

    def of(self, word: int) -> Iterator[tuple[int, int]]:
        """Starts and fits of one word."""
        first, last = self._bounds.get(word, (0, 0))
        return zip(self._starts[first:last], self._fits[first:last], strict=True)


class Lexicon:
    """Words, ready to be looked for. `words` are known by their index."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = tuple(words)
        sounds = sorted(
            (sound, index, place == 0) for index, one in enumerate(self.words) for place, sound in enumerate(one.sounds)
        )
        alphabet = sorted({ord(letter) for sound, _, _ in sounds for letter in sound})
        self._size = len(alphabet) + 1
        self._number = np.zeros(max(alphabet, default=0) + 2, dtype=np.intp)
        self._number[alphabet] = np.arange(1, self._size)
        self._word: Numbers = np.array([index for _, index, _ in sounds], dtype=np.intp)
        self._plain: Flags = np.array([plain for _, _, plain in sounds], dtype=np.bool_)
        self._longest = max((len(sound) for sound, _, _ in sounds), default=SHORTEST)
        self._sounds = self._numbered(_rows([sound for sound, _, _ in sounds], self._longest))
        self._first, self._count = self._by_beginning()
        self._texts = _rows([one.text for one in self.words], self._longest)
        variants = max((len(one.exact) for one in self.words), default=0)
        self._exact = [_rows(_variant(self.words, place), self._longest) for place in range(variants)]
        self._by_sound: Flags = np.array([one.by_sound for one in self.words], dtype=np.bool_)
        self._has_other: Flags = np.array([bool(one.other) for one in self.words], dtype=np.bool_)

    def _numbered(self, codes: Codes) -> Numbers:
        """Code points as numbers of the alphabet; 0 for what no word has, -1 for ANYTHING."""
        numbers: Numbers = self._number[np.minimum(codes, len(self._number) - 1)]
        numbers[codes == ANYTHING] = -1
        return numbers

    def _by_beginning(self) -> tuple[Numbers, npt.NDArray[np.int32]]:
        """For every pair of syllables the first of the sounds that begin so, and how many do; they lie together."""
        pairs = self._sounds[:, 0] * self._size + self._sounds[:, 1] if len(self._sounds) else NOWHERE
        count = np.bincount(pairs, minlength=self._size**2).astype(np.int32)
        first = np.zeros(self._size**2, dtype=np.intp)
        first[pairs[::-1]] = np.arange(len(pairs))[::-1]
        return first, count

    def places(self, text: str) -> Places:
        """Where the words stand in folded `text`."""
        codes = codes_of(text)
        starts, rows = self._sounding_alike(blurring()(codes))
        fits, known = self._fits(text, codes, starts, rows)
        return Places(self._word[rows][known], starts[known], fits[known])

    def _sounding_alike(self, syllables: Codes) -> tuple[Numbers, Numbers]:
        """Places at which the sounds of a word begin, and the row of these sounds."""
        numbers = np.concatenate((self._numbered(syllables), np.zeros(self._longest + 1, dtype=np.intp)))
        pairs = numbers[:-1] * self._size + numbers[1:]
        count = self._count[pairs]
        begins = np.flatnonzero(count)
        many = count[begins]
        starts = np.repeat(begins, many)
        rank = np.arange(len(starts)) - np.repeat(np.cumsum(many) - many, many)
        rows = self._first[pairs[starts]] + rank
        for place in range(SHORTEST, self._longest):
            wanted = self._sounds[rows, place]
            fitting = (wanted == numbers[starts + place]) | (wanted < 0)
            starts, rows = starts[fitting], rows[fitting]
        return starts, rows

    def _fits(self, text: str, codes: Codes, starts: Numbers, rows: Numbers) -> tuple[Numbers, Flags]:
        """How well each place fits, and whether it fits at all."""
        words = self._word[rows]
        stretch = starts[:, None] + np.arange(self._longest)
        said = _same(self._texts[words], np.concatenate((codes, _nothing(self._longest)))[stretch])
        spoken = np.concatenate((sounding()(codes), _nothing(self._longest)))[stretch]
        exact = np.zeros(len(starts), dtype=np.bool_)
        for variant in self._exact:
            exact |= _same(variant[words], spoken)
        fits = np.where(said, TEXT, np.where(exact, PINYIN, NEAR))
        for row in np.flatnonzero((fits == PINYIN) & self._has_other[words]).tolist():
            one, start = self.words[words[row]], int(starts[row])
            if text[start : start + len(one.text)] in one.other:
                fits[row] = NEAR
        known = (fits != NEAR) | exact | self._plain[rows]
        return fits, known & (said | self._by_sound[words])


def _variant(words: Iterable[Word], place: int) -> Iterator[str]:
    """The exact syllables at `place` of each word, its first where it has no more; nothing where it has none."""
    for one in words:
        yield one.exact[place] if place < len(one.exact) else one.exact[0] if one.exact else ""


def _rows(texts: Iterable[str], width: int) -> Codes:
    """Texts as rows of code points, filled up with ANYTHING."""
    return np.array([[*map(ord, text), *[ANYTHING] * (width - len(text))] for text in texts], dtype=np.uint32).reshape(
        -1, width
    )


def _nothing(count: int) -> Codes:
    return np.full(count, ANYTHING + 1, dtype=np.uint32)


def _same(wanted: Codes, heard: Codes) -> Flags:
    return np.asarray(((wanted == heard) | (wanted == ANYTHING)).all(axis=1))
