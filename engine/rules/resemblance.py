"""Places that sound somewhat like a word: some of its syllables share only their initial or their rhyme, or one of
them is wrong or missing.

Recognisers write 宝贝总额 for 保费总额 and 容时收明 for 如实说明. Such a place is a guess and nothing more: it counts
only when the sound itself supports the word (acoustic confirmation), and is looked for only where an item is
incomplete.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from engine.language.pinyin import FINALS, FIRST_SYLLABLE, INITIALS

RHYMES = {
    "ui": "ei", "iu": "ou", "un": "en", "uo": "o", "ua": "a", "ia": "a", "iao": "ao", "uan": "an", "uang": "ang",
    "iang": "ang", "uai": "ai", "iong": "ong", "ue": "ie", "ian": "an",
}  # fmt: skip
"""Finals without their glide, which recognisers often lose."""

MOST_ALIKE = {2: 1, 3: 1}
LONG_WORD_MOST_ALIKE = 2
"""How many syllables of a word may be merely alike; the others must be the same."""

LEAST_FOR_A_FAULT = 4
"""Syllables of a word in which one may be another syllable altogether, or be missing."""

NEGATIONS = frozenset("不没无未非别勿莫否")
NUMBERS = frozenset("零〇一二三四五六七八九十百千万亿两半0123456789")
"""What turns a meaning: never put in, left out or taken for another where a syllable is wrong or missing."""

Numbers = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
NOWHERE: Numbers = np.zeros(0, dtype=np.intp)
UNHEARD = -1
NO_SYLLABLE = -1


class Index:
    """A text (folded) and its blurred syllables (language.pinyin), ready to be asked for many words.

    Every different syllable of the text has a number; `_at` holds the places of each.
    """

    def __init__(self, text: str, sounds: str) -> None:
        self._text, self._sounds = text, sounds
        syllables = sorted(set(sounds))
        self._number = {syllable: number for number, syllable in enumerate(syllables)}
        self._parts: Numbers = np.array([_parts(one) for one in syllables], dtype=np.intp).reshape(-1, 2)
        self._numbers: Numbers = np.array([self._number[syllable] for syllable in sounds], dtype=np.intp)
        order = np.argsort(self._numbers, kind="stable")
        bounds = np.searchsorted(self._numbers[order], np.arange(1, len(syllables)))
        self._at: list[Numbers] = np.split(order, bounds)
        self._likes: dict[str, Flags] = {}

    def places(self, word: str, sounds: str) -> list[tuple[int, int]]:
        """Start and end of what resembles `word` with the syllables `sounds`, the places of the word itself left out;
        in order.
        """
        found = {(start, start + len(sounds)) for start in self._alike(word, sounds)}
        if len(sounds) >= LEAST_FOR_A_FAULT:
            shorter = set(self._with_one_missing(word, sounds))
            found |= {one for one in shorter if found.isdisjoint(((one[0], one[1] + 1), (one[0] - 1, one[1])))}
        return sorted(found)

    def _alike(self, word: str, sounds: str) -> Iterator[int]:
        """Where as many syllables as may be are merely alike, or one is another altogether."""
        length = len(sounds)
        starts = self._with_most_in_common(sounds) if length >= min(MOST_ALIKE) else NOWHERE
        if not len(starts):
            return
        here = self._numbers[starts[:, None] + np.arange(length)]
        wrong = here != np.array([self._number.get(one, UNHEARD) for one in sounds])
        like = np.stack([self._like(one)[here[:, place]] for place, one in enumerate(sounds)], axis=1)
        alike = np.all(~wrong | like, axis=1)
        single = (wrong.sum(axis=1) == 1) & (length >= LEAST_FOR_A_FAULT)
        yield from starts[alike].tolist()
        for row in np.flatnonzero(single & ~alike).tolist():
            start, place = int(starts[row]), int(np.argmax(wrong[row]))
            if not _turns(self._text[start + place] + word[place]):
                yield start

    def _with_most_in_common(self, sounds: str) -> Numbers:
        """Where stretches begin that differ from `sounds` in some syllables, but in no more than may be."""
        length = len(sounds)
        known = [(place, self._at[self._number[one]]) for place, one in enumerate(sounds) if one in self._number]
        if not known:
            return NOWHERE
        starts, common = np.unique(np.concatenate([at - place for place, at in known]), return_counts=True)
        enough = common >= length - MOST_ALIKE.get(length, LONG_WORD_MOST_ALIKE)
        inside = (starts >= 0) & (starts <= len(self._sounds) - length)
        return np.asarray(starts[enough & inside & (common < length)])

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
            start = self._sounds.find(rest)
            while start >= 0:
                end = start + len(rest)
                if sounds not in self._sounds[max(0, start - 1) : end + 1]:
                    yield start, end
                start = self._sounds.find(rest, start + 1)


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
    return initial, FINALS.index(RHYMES.get(FINALS[final], FINALS[final]))
