"""What was said, letter by letter: the words of chosen voices as one folded text, each letter knowing its place.

Clauses end at the recogniser's punctuation and at pauses, because recognised speech often has no punctuation at all.
An hour of speech is some fifteen thousand characters, so what concerns all of them is done in arrays.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import add
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from engine.columns import column
from engine.evidence import Role, Transcript
from engine.interval import Interval
from engine.language.codes import Codes, codes_of, text_of
from engine.language.folding import PAUSE_MARKS, PUNCTUATION, STOP_MARKS, bare, folding
from engine.rules.cover import Times
from engine.rules.marks import marks

SCRAP_CHARACTERS = 3
SCRAP_PAUSE_S = 0.25
ROUNDING_S = 1e-6
QUESTION_MARKS = frozenset("？?")
QUESTION_PARTICLE = "吗"
FINAL_PARTICLES = "吗吧呢嘛"  # a pause behind them ends a sentence, whatever the recogniser wrote
VOICE_BETWEEN = 2  # characters of another voice that separate two replies

T = TypeVar("T")
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

    def roles(self, start: int, end: int) -> Sequence[Role]:
        """Whose voices said letters `start` to `end` (exclusive), by character."""
        return self.speech.roles(self._behind(start, end))

    def role_confidences(self, start: int, end: int) -> list[float]:
        """How sure the role of each of these voices is, by character."""
        return self.speech.role_confidences(self._behind(start, end))

    def least_probability(self, start: int, end: int) -> float:
        """The lowest probability of the characters behind letters `start` to `end` (exclusive)."""
        return min(self.probabilities(start, end))

    def probabilities(self, start: int, end: int) -> list[float]:
        """How probable the characters behind letters `start` to `end` (exclusive) are."""
        return self.speech.probabilities(self._behind(start, end))

    def quote(self, start: int, end: int) -> str:
        """What was recognised there, with its punctuation."""
        return self.speech.quote(self._behind(start, end))

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
        characters, texts = transcript.characters, column(transcript.characters, "text")
        self.all_starts: Times = np.asarray(column(characters, "interval.start"), dtype=np.float64)
        self.all_ends: Times = np.asarray(column(characters, "interval.end"), dtype=np.float64)
        parts = _spoken_parts(texts)
        lengths = np.fromiter(map(len, parts), dtype=np.intp, count=len(parts))
        kept = np.flatnonzero(lengths)
        self._kept: list[int] = kept.tolist()
        self._parts = parts if len(kept) == len(parts) else [parts[index] for index in self._kept]
        self._lengths = lengths[kept]
        self.starts, self.ends = self.all_starts[kept], self.all_ends[kept]
        self._begins: list[float] = self.starts.tolist()
        self._stops: list[float] = self.ends.tolist()
        self._probabilities = np.asarray(column(characters, "probability"), dtype=np.float64)[kept].tolist()
        self._voices = _Voices(transcript, role_floor)
        self._codes = self._voices.of(column(characters, "speaker"))[kept]
        self._voice_of: list[int] = self._codes.tolist()
        self._spoken: list[Spoken | None] = [None] * len(kept)
        self.sure: Flags = self._voices.surely[self._codes]
        self._spell(kept, marks(texts, transcript.utterances), len(parts))

    def _spell(self, kept: Places, found: Mapping[int, str], count: int) -> None:
        """Letters and punctuation, in arrays."""
        letters = codes_of("".join(self._parts))
        self._letters = folding()(letters)
        self._firsts = np.cumsum(self._lengths) - self._lengths
        last = letters[self._firsts + self._lengths - 1]
        self._final = _among(last, FINAL_PARTICLES)
        marked = _Marked(found, count, kept)
        self._marks, self._full_stops, self._pauses = marked.texts, marked.by(STOP_MARKS), marked.by(PAUSE_MARKS)
        self.asks = marked.by(QUESTION_MARKS) | _among(last, QUESTION_PARTICLE)

    def character(self, place: int) -> Spoken:
        """The character at `place`."""
        return self._spoken[place] or self._made(place)

    def characters(self, places: Iterable[int]) -> list[Spoken]:
        """The characters at `places`."""
        spoken, made = self._spoken, self._made
        return [spoken[place] or made(place) for place in places]

    def _made(self, place: int) -> Spoken:
        voice, voices = self._voice_of[place], self._voices
        made = self._spoken[place] = Spoken(
            self._kept[place], self._parts[place], Interval(self._begins[place], self._stops[place]),
            self._probabilities[place], voices.roles[voice], voices.sure[voice], voices.confidences[voice],
            self._marks[place],
        )  # fmt: skip
        return made

    def times(self, places: Sequence[int]) -> tuple[list[float], list[float]]:
        """When the characters at `places` begin and when they end, in seconds."""
        return _picked(self._begins, places), _picked(self._stops, places)

    def probabilities(self, places: Sequence[int]) -> list[float]:
        """How probable the characters at `places` are."""
        return _picked(self._probabilities, places)

    def roles(self, places: Sequence[int]) -> list[Role]:
        """Whose voices said the characters at `places`."""
        roles = self._voices.roles
        return [roles[voice] for voice in _picked(self._voice_of, places)]

    def role_confidences(self, places: Sequence[int]) -> list[float]:
        """How sure the roles of these voices are."""
        confidences = self._voices.confidences
        return [confidences[voice] for voice in _picked(self._voice_of, places)]

    def words(self, places: Sequence[int]) -> list[str]:
        """The text of the characters at `places`."""
        return _picked(self._parts, places)

    def marked(self, places: Sequence[int]) -> list[str]:
        """The punctuation behind each of the characters at `places`."""
        return _picked(self._marks, places)

    @cached_property
    def _written(self) -> list[str]:
        """The text of each character with the punctuation that follows it."""
        return list(map(add, self._parts, self._marks))

    def quote(self, places: Sequence[int]) -> str:
        """What was recognised at `places`, with the punctuation between."""
        return "".join([*_picked(self._written, places[:-1]), *self.words(places[-1:])])

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

    @cached_property
    def certainty(self) -> float:
        """Mean probability of all characters; 0 for none."""
        return mean(self._probabilities)

    def said_by(self, roles: Collection[Role]) -> Flags:
        """Which characters voices of `roles` said, sure or not."""
        return np.array([role in roles for role in self._voices.roles], dtype=np.bool_)[self._codes]

    def with_scraps(self, roles: Collection[Role]) -> Flags:
        """Characters of `roles`, of doubtful voices, and short runs of other voices enclosed by these without a
        pause.
        """
        ours = self.said_by(roles) | ~self.sure
        edges = np.flatnonzero(np.diff(ours))
        before, last = edges[:-1], edges[1:]
        pauses = np.concatenate(([0], np.cumsum(self.starts[1:] - self.ends[:-1] >= SCRAP_PAUSE_S)))
        enclosed = ~ours[last] & (last - before <= SCRAP_CHARACTERS) & (pauses[last + 1] == pauses[before])
        for first, end in zip((before[enclosed] + 1).tolist(), (last[enclosed] + 1).tolist(), strict=True):
            ours[first:end] = True
        return ours

    def runs(self, wanted: Flags, join_s: float) -> Iterator[Sequence[int]]:
        """Stretches of the `wanted` characters, by their places: no pause longer than `join_s` seconds, at most a scrap
        of another voice between them.
        """
        places = np.flatnonzero(wanted)
        if not len(places):
            return
        apart = self.starts[places[1:]] - self.ends[places[:-1]] > join_s
        others = np.diff(places) - 1 >= VOICE_BETWEEN
        bounds = [0, *(np.flatnonzero(apart | others) + 1).tolist(), len(places)]
        order = places.tolist()
        for first, last in pairwise(bounds):
            yield order[first:last]

    def stream(self, kept: Flags, clause_pause: float, sentence_pause: float) -> Stream:
        """One searchable text of the characters `kept`. Clauses begin after punctuation and pauses; sentences after
        full stops, long pauses, a final particle with a pause, and where another voice spoke between.
        """
        places = np.flatnonzero(kept)
        lengths = self._lengths[places]
        firsts = np.concatenate(([0], np.cumsum(lengths)))
        letters = np.repeat(np.arange(len(places)), lengths)
        spelled = self._letters[(self._firsts[places] - firsts[:-1])[letters] + np.arange(len(letters))]
        starts, ends, roles = self.starts[places], self.ends[places], self._voices.kinds[self._codes[places]]
        pause = starts[1:] - ends[:-1]
        rests = pause >= clause_pause - ROUNDING_S
        left_out = np.cumsum(self.sure & ~kept)
        answered = np.diff(left_out[places]) >= VOICE_BETWEEN
        sentence = self._full_stops[places[:-1]] | (pause >= sentence_pause) | (roles[1:] != roles[:-1])
        sentence |= (self._final[places[:-1]] & rests) | answered
        clause = sentence | self._pauses[places[:-1]] | rests
        return Stream(
            speech=self,
            order=places.tolist(),
            text=text_of(spelled),
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
        self.surely: Flags = np.array(self.sure, dtype=np.bool_)
        self.kinds = np.array([self.roles.index(role) for role in self.roles], dtype=np.intp)
        self._codes: dict[str, int] = {one.id: code for code, one in enumerate(speakers)}

    def of(self, speakers: Sequence[str | None]) -> Places:
        """The number of each of `speakers`."""
        nobody = len(self.roles) - 1
        known = {one: self._codes.get(one or "", nobody) for one in set(speakers)}
        return np.fromiter(map(known.__getitem__, speakers), dtype=np.intp, count=len(speakers))


class _Marked:
    """Punctuation by the place of the spoken character before it; `found` has it by the place in the transcript, which
    holds `count` characters, `kept` being the spoken ones.
    """

    def __init__(self, found: Mapping[int, str], count: int, kept: Places) -> None:
        at = np.fromiter(found, dtype=np.intp, count=len(found))
        if len(kept) < count:
            at = np.searchsorted(kept, at)
        self._count, self._places = len(kept), at
        self._marks = list(found.values())
        self.texts = [""] * len(kept)
        for place, mark in zip(at.tolist(), self._marks, strict=True):
            self.texts[place] = mark

    def by(self, marks: frozenset[str]) -> Flags:
        """Behind which characters one of `marks` stands."""
        holding = {text: not marks.isdisjoint(text) for text in set(self._marks)}
        holds = np.fromiter(map(holding.__getitem__, self._marks), dtype=np.bool_, count=len(self._marks))
        flags = np.zeros(self._count, dtype=np.bool_)
        flags[self._places[holds]] = True
        return flags


def _among(codes: Codes, characters: str) -> Flags:
    """Which of `codes` stand for one of a few `characters`."""
    return np.asarray((codes[:, None] == codes_of(characters)).any(axis=1))


def _picked(values: Sequence[T], places: Sequence[int]) -> list[T]:
    """The values at `places`, which ascend; mostly they lie side by side."""
    if places and places[-1] - places[0] == len(places) - 1:
        return list(values[places[0] : places[-1] + 1])
    return [values[place] for place in places]


def _spoken_parts(texts: Sequence[str]) -> Sequence[str]:
    """Each character without punctuation; a lone point between two digits is part of a number."""
    if PUNCTUATION.isdisjoint("".join(texts)):
        return texts
    spoken = {text: bare(text) for text in set(texts)}
    if "." in spoken:
        return [_point(texts, place) if text == "." else spoken[text] for place, text in enumerate(texts)]
    return [spoken[text] for text in texts]


def _point(texts: Sequence[str], index: int) -> str:
    around = texts[index - 1][-1:] + texts[index + 1][:1] if 0 < index < len(texts) - 1 else ""
    return "." if len(around) == 2 and around.isdecimal() else ""


def mean(values: Iterable[float]) -> float:
    """Arithmetic mean; 0 for none."""
    collected = values if isinstance(values, list) else list(values)
    return sum(collected) / len(collected) if collected else 0.0
