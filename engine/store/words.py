"""What somebody typed into the search box, as phrases to be found in lines.

Words are parted by blanks, and all of them must be found in a session; what stands in quotation marks is one phrase. A
phrase is found as it is written (traditional characters, width, punctuation and the form of numbers make no difference)
or as it sounds: 由于期 for 犹豫期, or youyuqi. By sound, short phrases find too much, so that is left to those of three
syllables or more unless it is asked for, and a single syllable is never looked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from engine.errors import MingjianError
from engine.language import numbers
from engine.language.pinyin import readings, spelled, syllables
from engine.store import tokens
from engine.store.tokens import SPOKEN, WRITTEN, Stream, in_figures, spoken, written

MOST_WORDS = 8
LONGEST = 60
LEAST_SYLLABLES = 3
QUOTED = re.compile(r"[\"“”「『]([^\"“”」』]*)[\"“”」』]|(\S+)")
LETTERS = re.compile(r"[a-zü]+(?:'[a-zü]+)*")
CHINESE = re.compile("[\u4e00-\u9fff]")

How = Literal["text", "pinyin"]


@dataclass(frozen=True, slots=True)
class Word:
    """One phrase. `text`: as it is written; `figures`: with its numbers in figures, where it has any; `sounds`: the
    ways it may sound, where that counts.
    """

    text: str
    figures: str | None
    sounds: tuple[str, ...]

    @property
    def proposals(self) -> tuple[frozenset[int], ...]:
        """The tokens of a session that may have it: all of one of these sets."""
        found = [tokens.of_phrase(self.text, WRITTEN)]
        found += [tokens.of_phrase(self.figures, WRITTEN)] if self.figures is not None else []
        found += [tokens.of_phrase(sound, SPOKEN) for sound in self.sounds]
        return tuple(dict.fromkeys(found))

    def places(self, line: "SearchedLine") -> list[tuple[int, int, How]]:
        """Where it stands in a line, and how it was found."""
        if self.text in line.plain:
            return [(*span, "text") for span in line.written.find(self.text)]
        if self.figures is not None:
            found = [*line.figures.find(self.figures)]
            if found:
                return [(*span, "text") for span in found]
        sounds = [sound for sound in self.sounds if sound in line.sound]
        return [(*span, "pinyin") for sound in sounds for span in spoken(line.written).find(sound)]


@dataclass(frozen=True)
class SearchedLine:
    """A line in the forms it is searched in, each made when it is needed."""

    text: str

    @cached_property
    def plain(self) -> str:
        return tokens.plain(self.text)

    @cached_property
    def sound(self) -> str:
        return syllables(self.plain)

    @cached_property
    def written(self) -> Stream:
        return written(self.text)

    @cached_property
    def figures(self) -> Stream:
        return in_figures(self.written)


def parse(text: str, sound: bool | None = None) -> tuple[Word, ...]:
    """The phrases of what was typed. `sound`: whether they count by sound; None: the longer ones do.

    Raises MingjianError `search_too_long` for more or longer phrases than are looked for.
    """
    found = tuple(dict.fromkeys(_phrases(text)))
    if len(found) > MOST_WORDS or any(len(phrase) > LONGEST for phrase in found):
        raise MingjianError("search_too_long", words=MOST_WORDS, characters=LONGEST)
    return tuple(_word(phrase, sound) for phrase in found)


def _phrases(text: str) -> Iterator[str]:
    for match in QUOTED.finditer(text):
        phrase = tokens.plain(match.group(1) if match.group(1) is not None else match.group(2))
        if phrase:
            yield phrase


def _word(phrase: str, sound: bool | None) -> Word:
    figures = in_figures(written(phrase)).text if numbers.find(phrase) else None
    return Word(phrase, figures, _sounds(phrase, sound))


def _sounds(phrase: str, sound: bool | None) -> tuple[str, ...]:
    if sound is False:
        return ()
    if LETTERS.fullmatch(phrase):
        return tuple(one for one in spelled(phrase.replace("ü", "v")) if len(one) > 1)
    least = 2 if sound else LEAST_SYLLABLES
    return readings(phrase) if len(CHINESE.findall(phrase)) >= least else ()
