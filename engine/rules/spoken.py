"""What was said, letter by letter: the words of chosen voices as one folded text, each letter knowing its place.

Clauses end at the recogniser's punctuation and at pauses, because recognised speech often has no punctuation at all.
An hour of speech is some fifteen thousand characters, so what concerns all of them is done in arrays.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.evidence import Role, Transcript, Utterance
from engine.interval import Interval
from engine.language.folding import PAUSE_MARKS, PUNCTUATION, STOP_MARKS, bare, fold, is_punctuation
from engine.rules.cover import Times

SCRAP_CHARACTERS = 3
SCRAP_PAUSE_S = 0.25
ROUNDING_S = 1e-6
QUESTION_MARKS = frozenset("？?")
QUESTION_PARTICLE = "吗"
FINAL_PARTICLES = frozenset("吗吧呢嘛")  # a pause behind them ends a sentence, whatever the recogniser wrote
VOICE_BETWEEN = 2  # characters of another voice that separate two replies
PUNCTUATION_RUN = re.compile(f"([{re.escape(''.join(sorted(PUNCTUATION)))}]+)")

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


class Spoken(NamedTuple):
    """One recognised character with the role of its voice and the punctuation that follows it. `place` is its place in
    the transcript; `sure`: the role is not in doubt.
    """

    place: int
    text: str
    interval: Interval
    probability: float
    role: Role
    sure: bool
    role_confidence: float
    mark: str


@dataclass(frozen=True)
class Stream:
    """Words of some voices in order. `places[i]` is the character behind letter i of `text`, counted in `order`, which
    holds the characters' places in `speech`; `begins` and `ends` are the letters' times.
    """

    speech: "Speech"
    order: Sequence[int]
    text: str
    places: Sequence[int]
    begins: Sequence[float]
    ends: Sequence[float]
    clause_starts: Sequence[int]
    sentence_starts: Sequence[int]

    @cached_property
    def spoken(self) -> Sequence[Spoken]:
        """All its characters."""
        return self.speech.characters(self.order)

    def character(self, letter: int) -> Spoken:
        return self.speech.character(self.order[self.places[letter]])

    def characters(self, start: int, end: int) -> Sequence[Spoken]:
        """The characters behind letters `start` to `end` (exclusive)."""
        return self.speech.characters(self._behind(start, end))

    def _behind(self, start: int, end: int) -> Sequence[int]:
        """The characters behind letters `start` to `end` (exclusive), by their places in `speech`."""
        return self.order[self.places[start] : self.places[end - 1] + 1] if start < end else ()

    def words(self, start: int, end: int) -> Sequence[str]:
        """The text of the characters behind letters `start` to `end` (exclusive)."""
        return self.speech.words(self._behind(start, end))

    def interval(self, start: int, end: int) -> Interval:
        """Time from letter `start` to letter `end` (exclusive)."""
        return Interval(self.begins[start], self.ending(start, end))

    def ending(self, start: int, end: int) -> float:
        """When letters `start` to `end` (exclusive) end, in seconds."""
        return max(self.ends[start], self.ends[end - 1])

    def least_probability(self, start: int, end: int) -> float:
        """The lowest probability of the characters behind letters `start` to `end` (exclusive)."""
        return min(self.probabilities(start, end))

    def probabilities(self, start: int, end: int) -> list[float]:
        """How probable the characters behind letters `start` to `end` (exclusive) are."""
        return self.speech.probabilities(self._behind(start, end))

    def quote(self, start: int, end: int) -> str:
        """What was recognised there, with its punctuation."""
        behind = self.characters(start, end)
        return "".join([one.text + one.mark for one in behind[:-1]] + [one.text for one in behind[-1:]])

    def around(self, start: int, end: int, starts: Sequence[int], reach: int) -> tuple[int, int]:
        """Bounds of the piece (clause or sentence) that holds letters `start` to `end`, `reach` letters away at
        most.
        """
        left = starts[bisect_right(starts, start) - 1] if starts else 0
        following = bisect_left(starts, end)
        right = starts[following] if following < len(starts) else len(self.text)
        return max(left, start - reach), min(right, end + reach)

    def letters_within(self, window: Interval) -> tuple[int, int]:
        """First and last (exclusive) letter that begins inside `window`."""
        return bisect_left(self.begins, window.start), bisect_left(self.begins, window.end)


class Speech:
    """All characters that are spoken words, in order of the transcript, with what concerns all of them in arrays.

    `asks` marks where a question ends: at 吗 and before question marks.
    """

    def __init__(self, transcript: Transcript, role_floor: float) -> None:
        characters, texts = transcript.characters, [one.text for one in transcript.characters]
        spans = [one.interval for one in characters]
        self.all_starts: Times = np.array([span.start for span in spans], dtype=np.float64)
        self.all_ends: Times = np.array([span.end for span in spans], dtype=np.float64)
        self._characters, self._marks = characters, _marks(texts, transcript.utterances)
        self._voices = _Voices(transcript, role_floor)
        codes, nobody = self._voices.codes, self._voices.nobody
        said_by = np.array([codes.get(one.speaker or "", nobody) for one in characters], dtype=np.intp)
        parts = _spoken_parts(texts)
        self._kept = [index for index, part in enumerate(parts) if part]
        self._parts = [parts[index] for index in self._kept]
        self.starts, self.ends = self.all_starts[self._kept], self.all_ends[self._kept]
        self._codes = said_by[self._kept]
        self._voice_of: list[int] = self._codes.tolist()
        self._spoken: list[Spoken | None] = [None] * len(self._kept)
        self.sure: Flags = np.array(self._voices.sure, dtype=np.bool_)[self._codes]
        self._stops, self._pauses = self._marked(STOP_MARKS), self._marked(PAUSE_MARKS)
        self.asks = self._marked(QUESTION_MARKS)
        self.asks[[place for place, part in enumerate(self._parts) if part[-1] == QUESTION_PARTICLE]] = True
        self._final = np.array([part[-1] in FINAL_PARTICLES for part in self._parts], dtype=np.bool_)
        text = "".join(self._parts)
        single = len(text) == len(self._parts)
        self._folded: Sequence[str] = fold(text) if single else [fold(part) for part in self._parts]
        self._lengths = np.array(list(map(len, self._folded)), dtype=np.intp)

    def _marked(self, marks: frozenset[str]) -> Flags:
        found = np.zeros(len(self._characters), dtype=np.bool_)
        found[[index for index, mark in self._marks.items() if not marks.isdisjoint(mark)]] = True
        return found[self._kept]

    def character(self, place: int) -> Spoken:
        """The character at `place`."""
        return self._spoken[place] or self._made(place)

    def characters(self, places: Iterable[int]) -> list[Spoken]:
        """The characters at `places`."""
        spoken, made = self._spoken, self._made
        return [spoken[place] or made(place) for place in places]

    def _made(self, place: int) -> Spoken:
        index, voice = self._kept[place], self._voice_of[place]
        one, voices = self._characters[index], self._voices
        made = self._spoken[place] = Spoken(
            index, self._parts[place], one.interval, one.probability, voices.roles[voice], voices.sure[voice],
            voices.confidences[voice], self._marks.get(index, ""),
        )  # fmt: skip
        return made

    def probabilities(self, places: Iterable[int]) -> list[float]:
        """How probable the characters at `places` are."""
        characters, kept = self._characters, self._kept
        return [characters[kept[place]].probability for place in places]

    def words(self, places: Iterable[int]) -> list[str]:
        """The text of the characters at `places`."""
        parts = self._parts
        return [parts[place] for place in places]

    def words_of(self, roles: Collection[Role]) -> list[str]:
        """The text of what voices of `roles` surely said, by character."""
        return self.words(np.flatnonzero(self.said_by(roles) & self.sure).tolist())

    @cached_property
    def spoken(self) -> tuple[Spoken, ...]:
        """All characters."""
        return tuple(self.characters(range(len(self._kept))))

    def during(self, spans: Iterable[Interval]) -> Sequence[Spoken]:
        """The characters that share time with any of `spans`."""
        return self.characters(self.places_during(spans))

    def places_during(self, spans: Iterable[Interval]) -> list[int]:
        """The places of the characters that share time with any of `spans`."""
        inside = np.zeros(len(self.starts), dtype=np.bool_)
        for span in spans:
            inside |= np.minimum(self.ends, span.end) > np.maximum(self.starts, span.start)
        return list(np.flatnonzero(inside).tolist())

    def before(self, one: Spoken) -> Spoken | None:
        """The character before `one`, whoever said it."""
        place = bisect_left(self._kept, one.place)
        return self.character(place - 1) if place else None

    @cached_property
    def certainty(self) -> float:
        """Mean probability of all characters; 0 for none."""
        return mean(self._characters[index].probability for index in self._kept)

    def said_by(self, roles: Collection[Role]) -> Flags:
        """Which characters voices of `roles` said, sure or not."""
        return np.array([role in roles for role in self._voices.roles], dtype=np.bool_)[self._codes]

    def with_scraps(self, roles: Collection[Role]) -> Flags:
        """Characters of `roles`, of doubtful voices, and short runs of other voices enclosed by these without a
        pause.
        """
        ours = self.said_by(roles) | ~self.sure
        edges = np.flatnonzero(np.diff(ours)).tolist()
        for before, last in pairwise(edges):
            enclosed = slice(before, last + 2)
            if not ours[last] and last - before <= SCRAP_CHARACTERS and self._tight(enclosed):
                ours[before + 1 : last + 1] = True
        return ours

    def _tight(self, run: slice) -> bool:
        starts, ends = self.starts[run], self.ends[run]
        return bool(np.all(starts[1:] - ends[:-1] < SCRAP_PAUSE_S))

    def runs(self, wanted: Flags, join_s: float) -> Iterator[Sequence[Spoken]]:
        """Stretches of the `wanted` characters: no pause longer than `join_s` seconds, at most a scrap of another
        voice between them.
        """
        places = np.flatnonzero(wanted)
        if not len(places):
            return
        apart = self.starts[places[1:]] - self.ends[places[:-1]] > join_s
        others = np.diff(places) - 1 >= VOICE_BETWEEN
        bounds = [0, *(np.flatnonzero(apart | others) + 1).tolist(), len(places)]
        order = places.tolist()
        for first, last in pairwise(bounds):
            yield self.characters(order[first:last])

    def stream(self, kept: Flags, clause_pause: float, sentence_pause: float) -> Stream:
        """One searchable text of the characters `kept`. Clauses begin after punctuation and pauses; sentences after
        full stops, long pauses, a final particle with a pause, and where another voice spoke between.
        """
        places = np.flatnonzero(kept)
        order = places.tolist()
        lengths = self._lengths[places]
        firsts = np.concatenate(([0], np.cumsum(lengths)))
        letters = np.repeat(np.arange(len(order)), lengths)
        starts, ends, roles = self.starts[places], self.ends[places], self._voices.kinds[self._codes[places]]
        pause = starts[1:] - ends[:-1]
        rests = pause >= clause_pause - ROUNDING_S
        left_out = np.cumsum(self.sure & ~kept)
        answered = np.diff(left_out[places]) >= VOICE_BETWEEN
        sentence = self._stops[places[:-1]] | (pause >= sentence_pause) | (roles[1:] != roles[:-1])
        sentence |= (self._final[places[:-1]] & rests) | answered
        clause = sentence | self._pauses[places[:-1]] | rests
        return Stream(
            speech=self,
            order=order,
            text="".join([self._folded[place] for place in order]),
            places=letters.tolist(),
            begins=starts[letters].tolist(),
            ends=ends[letters].tolist(),
            clause_starts=[0, *firsts[1:-1][clause].tolist()],
            sentence_starts=[0, *firsts[1:-1][sentence].tolist()],
        )


class _Voices:
    """The voices of a transcript by a number each; the last is nobody's."""

    def __init__(self, transcript: Transcript, role_floor: float) -> None:
        speakers = transcript.speakers
        self.roles: list[Role] = [*(one.role for one in speakers), "unknown"]
        self.confidences = [*(one.confidence for one in speakers), 0.0]
        self.sure = [*(one.role != "unknown" and one.confidence >= role_floor for one in speakers), False]
        self.kinds = np.array([self.roles.index(role) for role in self.roles], dtype=np.intp)
        self.codes = {one.id: code for code, one in enumerate(speakers)}
        self.nobody = len(speakers)


def _spoken_parts(texts: Sequence[str]) -> list[str]:
    """Each character without punctuation; a lone point between two digits is part of a number."""
    spoken = {text: bare(text) for text in set(texts)}
    if "." in spoken:
        return [_point(texts, place) if text == "." else spoken[text] for place, text in enumerate(texts)]
    return [spoken[text] for text in texts]


def _point(texts: Sequence[str], index: int) -> str:
    around = texts[index - 1][-1:] + texts[index + 1][:1] if 0 < index < len(texts) - 1 else ""
    return "." if len(around) == 2 and around.isdecimal() else ""


def _marks(texts: Sequence[str], utterances: Sequence[Utterance]) -> dict[int, str]:
    """Punctuation after each character, from characters that are punctuation and from the text of utterances."""
    marks: dict[int, str] = {}
    last = -1
    if any(is_punctuation(text) for text in set(texts)):
        for index, text in enumerate(texts):
            if not is_punctuation(text):
                last = index
            elif last >= 0:
                marks[last] = marks.get(last, "") + text
    for one in utterances:
        if not PUNCTUATION.isdisjoint(one.text):
            marks.update(_marks_of(one.text, texts[one.first : one.last], one.first))
    return marks


def _marks_of(text: str, words: Sequence[str], first: int) -> Iterable[tuple[int, str]]:
    """Punctuation of an utterance's text behind each of its characters, as far as both can be laid side by side."""
    pieces = PUNCTUATION_RUN.split(text)  # words and punctuation in turn
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


def mean(values: Iterable[float]) -> float:
    """Arithmetic mean; 0 for none."""
    collected = values if isinstance(values, list) else list(values)
    return sum(collected) / len(collected) if collected else 0.0
