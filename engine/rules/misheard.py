"""Answers that recognition misspelled: 您摆了 for 明白了, 我签任 for 我确认.

Such a text fits no class of answers. Where all of it resembles a short yes (resemblance.py), the sound may be asked for
that yes, and for each of its negations, too: short answers sound alike, and a yes must never be made of a no.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.language.negations import NEGATIONS
from engine.language.pinyin import blurred
from engine.rules import resemblance

LEAST_SYLLABLES = 3  # of two syllables one alike is as good as nothing


@dataclass(frozen=True, slots=True)
class Guess:
    """A yes that may have been said, and what says the opposite."""

    yes: str
    noes: tuple[str, ...]


def guesses(text: str, answers: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Iterator[Guess]:
    """Those of `answers` that the whole of `text` resembles, in order. `pairs` are words of a yes with their negations;
    an answer without any is never guessed at.
    """
    if len(text) < LEAST_SYLLABLES or not text.isalpha() or not NEGATIONS.isdisjoint(text):
        return
    index = resemblance.Index(text, blurred(text))
    for answer in answers:
        noes = tuple(answer.removesuffix("了").replace(yes, no) for yes, no in pairs if yes in answer)
        if noes and len(answer) == len(text) and (0, len(text)) in index.places(answer, blurred(answer)):
            yield Guess(answer, noes)
