"""The transcript as rules search it: per group of roles one folded text without punctuation, each letter knowing its
place.

Clauses end at the recogniser's punctuation and at pauses, because recognised speech often has no punctuation at all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from engine.evidence import Character, Confirmation, Role, Transcript
from engine.interval import Interval, intersect
from engine.language.folding import PAUSE_MARKS, STOP_MARKS, bare, fold, is_punctuation
from engine.language.numbers import Number, find
from engine.rules.cover import Cover
from engine.rules.judgement import Request
from engine.rules.phrases import Hit, Phrase, Vocabulary, locate

WORD_MARGIN_S = 0.4  # as in Transcript.text_coverage: recognisers end words early
SAME_PLACE_SHARE = 0.9
SCRAP_CHARACTERS = 3
SCRAP_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True)
class Spoken:
    """One recognised character with the role of its voice and the punctuation that follows it. `sure`: the role is
    not in doubt.
    """

    index: int
    text: str
    interval: Interval
    probability: float
    role: Role
    sure: bool
    role_confidence: float
    mark: str


@dataclass(frozen=True)
class Stream:
    """Words of some voices in order. `places[i]` is the character behind letter i of `text`."""

    spoken: tuple[Spoken, ...]
    text: str
    places: tuple[int, ...]
    clause_starts: tuple[int, ...]
    sentence_starts: tuple[int, ...]

    def character(self, letter: int) -> Spoken:
        return self.spoken[self.places[letter]]

    def characters(self, start: int, end: int) -> tuple[Spoken, ...]:
        """The characters behind letters `start` to `end` (exclusive)."""
        if end <= start:
            return ()
        return self.spoken[self.places[start] : self.places[end - 1] + 1]

    def interval(self, start: int, end: int) -> Interval:
        """Time from letter `start` to letter `end` (exclusive)."""
        first, last = self.character(start).interval, self.character(end - 1).interval
        return Interval(first.start, max(first.end, last.end))

    def quote(self, start: int, end: int) -> str:
        """What was recognised there, with its punctuation."""
        behind = self.characters(start, end)
        return "".join(one.text + (one.mark if one is not behind[-1] else "") for one in behind)

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
        begins = self._begins
        return bisect_left(begins, window.start), bisect_left(begins, window.end)

    @cached_property
    def _begins(self) -> list[float]:
        return [self.spoken[place].interval.start for place in self.places]


@dataclass(frozen=True)
class Searched:
    """A stream with all hits of a vocabulary in it."""

    stream: Stream
    words: dict[str, list[Hit]]

    def locate(self, phrases: Iterable[Phrase]) -> list[Hit]:
        """All occurrences of any of `phrases`."""
        return [hit for phrase in phrases for hit in locate(phrase, self.words, self.stream.text)]

    @cached_property
    def numbers(self) -> list[Number]:
        """All spoken numbers."""
        return find(self.stream.text)


def listen(transcript: Transcript, role_floor: float) -> tuple[Spoken, ...]:
    """All characters that are spoken words, in order of the transcript."""
    roles = {speaker.id: speaker for speaker in transcript.speakers}
    marks = _marks(transcript)
    heard = []
    for index, character in enumerate(transcript.characters):
        text = _spoken_part(character, transcript.characters, index)
        if not text:
            continue
        speaker = roles.get(character.speaker or "")
        role: Role = speaker.role if speaker else "unknown"
        confidence = speaker.confidence if speaker else 0.0
        sure = role != "unknown" and confidence >= role_floor
        heard.append(
            Spoken(index, text, character.interval, character.probability, role, sure, confidence, marks.get(index, ""))
        )
    return tuple(heard)


def _spoken_part(character: Character, characters: Sequence[Character], index: int) -> str:
    """The character without punctuation; a lone point between two digits is part of a number."""
    if character.text == "." and 0 < index < len(characters) - 1:
        around = characters[index - 1].text[-1:] + characters[index + 1].text[:1]
        return "." if len(around) == 2 and around.isdecimal() else ""
    return bare(character.text)


def _marks(transcript: Transcript) -> dict[int, str]:
    """Punctuation after each character, from characters that are punctuation and from the text of utterances."""
    marks: dict[int, str] = {}
    last = -1
    for index, character in enumerate(transcript.characters):
        if not is_punctuation(character.text):
            last = index
        elif last >= 0:
            marks[last] = marks.get(last, "") + character.text
    for utterance in transcript.utterances:
        marks.update(
            _marks_of(utterance.text, transcript.characters[utterance.first : utterance.last], utterance.first)
        )
    return marks


def _marks_of(text: str, characters: Sequence[Character], first: int) -> Iterator[tuple[int, str]]:
    """Punctuation of an utterance's text behind each of its characters, as far as both can be laid side by side."""
    position = 0
    for offset, character in enumerate(characters):
        word = character.text.strip()
        at = text.find(word, position)
        if at < 0 or not is_punctuation(text[position:at]):
            return
        position = at + len(word)
        end = position
        while end < len(text) and is_punctuation(text[end]):
            end += 1
        if not is_punctuation(word) and end > position:
            yield first + offset, text[position:end].strip()


def stream(spoken: Iterable[Spoken], clause_pause: float, sentence_pause: float) -> Stream:
    """One searchable text of `spoken`. Clauses and sentences begin after punctuation, pauses, and where voices were
    left out.
    """
    kept = tuple(spoken)
    letters: list[str] = []
    places: list[int] = []
    clauses, sentences = [0], [0]
    for place, one in enumerate(kept):
        if place:
            before = kept[place - 1]
            pause = one.interval.start - before.interval.end
            if any(mark in STOP_MARKS for mark in before.mark) or pause >= sentence_pause or one.role != before.role:
                sentences.append(len(letters))
                clauses.append(len(letters))
            elif any(mark in PAUSE_MARKS for mark in before.mark) or pause >= clause_pause - 1e-6:
                clauses.append(len(letters))
        folded = fold(one.text)
        letters.extend(folded)
        places.extend([place] * len(folded))
    return Stream(kept, "".join(letters), tuple(places), tuple(clauses), tuple(sentences))


def _with_scraps(spoken: Sequence[Spoken], roles: Collection[Role]) -> Iterator[Spoken]:
    """Characters of `roles`, of doubtful voices, and short runs of other voices enclosed by these without a pause."""
    ours = [one.role in roles or not one.sure for one in spoken]
    index = 0
    while index < len(spoken):
        end = index
        while end < len(spoken) and ours[end] == ours[index]:
            end += 1
        run = spoken[index:end]
        enclosed = index > 0 and end < len(spoken)
        if ours[index] or (enclosed and len(run) <= SCRAP_CHARACTERS and _tight(spoken[index - 1 : end + 1])):
            yield from run
        index = end


def _tight(spoken: Sequence[Spoken]) -> bool:
    return all(after.interval.start - before.interval.end < SCRAP_PAUSE_S for before, after in pairwise(spoken))


def _same_place(first: Interval, second: Interval) -> bool:
    return first.overlap(second) >= SAME_PLACE_SHARE * max(first.duration, second.duration)


class Hearing:
    """A transcript ready to be searched by all rules: streams are made and scanned once per group of roles."""

    def __init__(
        self,
        transcript: Transcript,
        vocabulary: Vocabulary,
        role_floor: float,
        clause_pause: float,
        sentence_pause: float,
    ) -> None:
        self.transcript = transcript
        self.spoken = listen(transcript, role_floor)
        self._vocabulary = vocabulary
        self._pauses = clause_pause, sentence_pause
        self._searched: dict[tuple[str, ...], Searched] = {}
        self.speech = Cover(transcript.speech)
        words = Cover(character.interval.widened(WORD_MARGIN_S) for character in transcript.characters)
        self.read = Cover(intersect(self.speech.intervals, words.intervals))

    def answered(self, request: Request) -> Confirmation | None:
        """The sound's answer to `request`, if there is one."""
        return next(
            (
                one
                for one in self.transcript.confirmations
                if (one.heard, one.wanted) == (request.heard, request.wanted) and _same_place(one.span, request.span)
            ),
            None,
        )

    def of(self, roles: Collection[Role]) -> Searched:
        """What voices of `roles` said, roles in doubt left out."""
        kept = (one for one in self.spoken if one.sure and one.role in roles)
        return self._search(tuple(sorted(roles)), kept)

    def nearby(self, roles: Collection[Role]) -> Searched:
        """What voices of `roles` said, with what voices in doubt said and with scraps of other voices inside it.

        A scrap is so short that it was more likely given to the wrong voice than said by another.
        """
        return self._search((*sorted(roles), "unknown"), _with_scraps(self.spoken, roles))

    def others(self, roles: Collection[Role]) -> Searched:
        """What voices said that surely are none of `roles`."""
        kept = (one for one in self.spoken if one.sure and one.role not in roles)
        return self._search(("other", *sorted(roles)), kept)

    def _search(self, key: tuple[str, ...], spoken: Iterable[Spoken]) -> Searched:
        if key not in self._searched:
            made = stream(spoken, *self._pauses)
            self._searched[key] = Searched(made, self._vocabulary.scan(made.text))
        return self._searched[key]


def mean(values: Iterable[float]) -> float:
    """Arithmetic mean; 0 for none."""
    collected = list(values)
    return sum(collected) / len(collected) if collected else 0.0
