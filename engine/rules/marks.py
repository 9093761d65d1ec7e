"""Punctuation behind each recognised character: from characters that are punctuation, and from the text of utterances.

A recogniser that sets punctuation sets it in the text of an utterance, not among the characters; both are laid side by
side, as far as they agree.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from engine.evidence import Utterance
from engine.language.folding import PUNCTUATION, is_punctuation

BETWEEN = "\0"  # utterances: neither a word nor punctuation
NOWHERE = -1
RUN = re.compile(f"([{re.escape(''.join(sorted(PUNCTUATION)))}]+)")


def marks(texts: Sequence[str], utterances: Sequence[Utterance]) -> dict[int, str]:
    """Punctuation after each character of `texts`, by its place; of a run of it all but space at its ends."""
    found: dict[int, str] = {}
    last = -1
    different = set(texts)
    if ("" in different or not PUNCTUATION.isdisjoint("".join(different))) and any(map(is_punctuation, different)):
        for index, text in enumerate(texts):
            if not is_punctuation(text):
                last = index
            elif last >= 0:
                found[last] = found.get(last, "") + text
    elif BETWEEN not in different and max(map(len, different), default=0) == 1:
        agreeing = _of_all(texts, utterances)
        if agreeing is not None:
            return agreeing
    for one in utterances:
        if not PUNCTUATION.isdisjoint(one.text):
            found.update(_of(one.text, texts[one.first : one.last], one.first))
    return found


def _of_all(texts: Sequence[str], utterances: Sequence[Utterance]) -> dict[int, str] | None:
    """Punctuation of all utterances, read at once; None where one of them holds other words than its characters, which
    are single letters.
    """
    pieces = RUN.split(BETWEEN.join([one.text for one in utterances]))  # words and punctuation in turn
    spelled = BETWEEN.join(["".join(texts[one.first : one.last]) for one in utterances])
    places = [place for one in utterances for place in (*range(one.first, one.last), NOWHERE)]
    if "".join(pieces[::2]) != spelled or len(spelled) != len(places[:-1]):
        return None
    letters = accumulate(map(len, pieces[::2]), initial=-1)
    next(letters)
    behind = ((places[last], run.strip()) for last, run in zip(letters, pieces[1::2], strict=False))
    return {place: run for place, run in behind if place != NOWHERE}


def _of(text: str, words: Sequence[str], first: int) -> Iterable[tuple[int, str]]:
    """Punctuation of an utterance's text behind each of its characters, as far as both can be laid side by side."""
    pieces = RUN.split(text)  # words and punctuation in turn
    written = "".join(pieces[::2])
    if len(written) != len(words) or written != "".join(words):
        return _laid_side_by_side(text, words, first)
    letters = accumulate(map(len, pieces[::2]), initial=first - 1)
    next(letters)
    return [(last, run.strip()) for last, run in zip(letters, pieces[1::2], strict=False) if last >= first]


def _laid_side_by_side(text: str, words: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    position = 0
    for offset, written in enumerate(words):
        word = written.strip()
        at = text.find(word, position)
        if at < 0 or not is_punctuation(text[position:at]):
            return
        position = at + len(word)
        end = position
        while end < len(text) and is_punctuation(text[end]):
            end += 1
        if not is_punctuation(word) and end > position:
            yield first + offset, text[position:end].strip()
