"""The transcript as rules search it: what each group of roles said, with every hit of a vocabulary in it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

import numpy as np
import regex

from engine.evidence import Alternative, Confirmation, Role, Stranger, Transcript, Unanswered
from engine.interval import Interval
from engine.language.numbers import Number, find
from engine.language.pinyin import syllables
from engine.rules.cover import Cover
from engine.rules.phrases import Hit, Phrase, Resembling, Vocabulary, Words, locate
from engine.rules.rereading import Rereading, reread
from engine.rules.spoken import ROUNDING_S, Flags, Speech, Spoken, Stream

WORD_MARGIN_S = 0.4  # as in Transcript.text_coverage: recognisers end words early
SAME_PLACE_SHARE = 0.9

T = TypeVar("T")


class Memory:
    """What was found once in something that does not change."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` finds, made once for each `key`."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found


class Searched(Memory):
    """A stream with all hits of a vocabulary in it. What was looked for once is remembered."""

    def __init__(self, stream: Stream, vocabulary: Vocabulary, alternatives: Sequence[Alternative] = ()) -> None:
        super().__init__()
        self.stream = stream
        self._alternatives = alternatives
        self._vocabulary = vocabulary
        self._located: dict[tuple[str, bool], list[Hit]] = {}
        self._matched: dict[regex.Pattern[str], list[tuple[int, int]] | None] = {}

    @cached_property
    def widened(self) -> "Searched":
        """The same stream, with hits that merely resemble the words."""
        wider = Searched(self.stream, self._vocabulary)
        wider._words = Resembling(self._found)
        return wider

    @cached_property
    def other(self) -> "tuple[Rereading, Searched] | None":
        """The other reading of the stream with its hits; None where there is none."""
        found = reread(self.stream, self._alternatives) if self._alternatives else None
        return (found, Searched(found.stream, self._vocabulary)) if found else None

    @cached_property
    def _found(self) -> Words:
        return self._vocabulary.scan(self.stream.text)

    @cached_property
    def _words(self) -> Words | Resembling:
        return self._found

    def expect(self, phrases: Iterable[Phrase]) -> None:
        """Prepare to locate `phrases`: what is looked for one by one and costs more that way is looked for at once."""
        self._words.expect(phrases)

    def locate(self, phrases: Iterable[Phrase]) -> list[Hit]:
        """All occurrences of any of `phrases`."""
        return [hit for phrase in self._words.expect(phrases) for hit in self._located_once(phrase)]

    def _located_once(self, phrase: Phrase) -> list[Hit]:
        key = phrase.text, phrase.by_sound
        found = self._located.get(key)
        if found is None:
            found = self._located[key] = locate(phrase, self._words)
        return found

    def matches(self, pattern: regex.Pattern[str], seconds: float) -> list[tuple[int, int]]:
        """Where `pattern` matches. Raises TimeoutError when it does not come to an end within `seconds`."""
        if pattern not in self._matched:
            try:
                self._matched[pattern] = [m.span() for m in pattern.finditer(self.stream.text, timeout=seconds)]
            except TimeoutError:
                self._matched[pattern] = None
        found = self._matched[pattern]
        if found is None:
            raise TimeoutError
        return found

    @cached_property
    def syllables(self) -> str:
        """The text as toneless syllables."""
        return syllables(self.stream.text)

    @cached_property
    def numbers(self) -> list[Number]:
        """All spoken numbers."""
        return find(self.stream.text)


A = TypeVar("A", Confirmation, Unanswered)


class Answers(Generic[A]):
    """The sound's answers, found by what was asked: the same texts at the same place, the first that was given."""

    def __init__(self, given: Iterable[A]) -> None:
        self._by_texts: dict[tuple[str, str], list[tuple[float, int, A]]] = {}
        for count, one in enumerate(given):
            self._by_texts.setdefault((one.heard, one.wanted), []).append((one.span.start, count, one))
        for asked in self._by_texts.values():
            asked.sort(key=itemgetter(0, 1))

    def to(self, span: Interval, heard: str, wanted: str) -> A | None:
        """The answer to whether `wanted` was said over `span`, where `heard` was recognised; None without one."""
        asked = self._by_texts.get((heard, wanted))
        if asked is None:
            return None
        reach = span.duration * (1 - SAME_PLACE_SHARE) / SAME_PLACE_SHARE + ROUNDING_S
        first = bisect_left(asked, span.start - reach, key=itemgetter(0))
        last = bisect_right(asked, span.start + reach, key=itemgetter(0))
        there = [(count, one) for _, count, one in asked[first:last] if _same_place(one.span, span)]
        return min(there, key=itemgetter(0))[1] if there else None


def _same_place(first: Interval, second: Interval) -> bool:
    if first.end < second.start or second.end < first.start:
        return False
    return first.overlap(second) >= SAME_PLACE_SHARE * max(first.duration, second.duration)


class Hearing(Memory):
    """A transcript ready to be searched by all rules: streams are made when they are first asked for."""

    def __init__(
        self,
        transcript: Transcript,
        vocabulary: Vocabulary,
        role_floor: float,
        clause_pause: float,
        sentence_pause: float,
    ) -> None:
        super().__init__()
        self.transcript = transcript
        self.said = Speech(transcript, role_floor)
        self._vocabulary = vocabulary
        self._pauses = clause_pause, sentence_pause
        self._searched: dict[tuple[str, ...], Searched] = {}
        self._same: dict[bytes, Searched] = {}
        self.speech = Cover(transcript.speech)

    @property
    def spoken(self) -> tuple[Spoken, ...]:
        """All characters that are spoken words."""
        return self.said.spoken

    def questions(self, roles: Collection[Role]) -> list[float]:
        """Where questions of voices of `roles` end, in seconds and in order."""
        return sorted(self.said.ends[self.said.said_by(roles) & self.said.sure & self.said.asks].tolist())

    @cached_property
    def read(self) -> Cover:
        """Where speech carries text."""
        starts, ends = np.maximum(0.0, self.said.all_starts - WORD_MARGIN_S), self.said.all_ends + WORD_MARGIN_S
        return self.speech & Cover.of(starts, ends)

    @cached_property
    def corrected(self) -> Cover:
        """Where a person corrected what was heard."""
        return Cover(self.transcript.corrected)

    def stranger(self, role: Role, span: Interval) -> Stranger | None:
        """Whoever else answers in the place of `role` during `span`; None where a person said who spoke there."""
        if self.corrected.touches(span):
            return None
        given = (one for one in self.transcript.strangers if one.role == role)
        return next((one for one in given if one.span.overlap(span) > 0), None)

    @cached_property
    def crossed(self) -> Cover:
        """Where several people speak at once."""
        return Cover(self.transcript.overlaps)

    @cached_property
    def answers(self) -> Answers[Confirmation]:
        """What the sound was asked, and its answers."""
        return Answers(self.transcript.confirmations)

    def of(self, roles: Collection[Role]) -> Searched:
        """What voices of `roles` said, roles in doubt left out."""
        return self._search(tuple(sorted(roles)), lambda: self.said.said_by(roles) & self.said.sure)

    def nearby(self, roles: Collection[Role]) -> Searched:
        """What voices of `roles` said, with what voices in doubt said and with scraps of other voices inside it.

        A scrap is so short that it was more likely given to the wrong voice than said by another.
        """
        return self._search((*sorted(roles), "unknown"), lambda: self.said.with_scraps(roles))

    def others(self, roles: Collection[Role]) -> Searched:
        """What voices said that surely are none of `roles`."""
        return self._search(("other", *sorted(roles)), lambda: ~self.said.said_by(roles) & self.said.sure)

    def stretches(self, roles: Collection[Role], sure: bool, join_s: float) -> Iterator[Sequence[int]]:
        """Where voices of `roles` speak, by the places of the characters: cut at pauses of more than `join_s` seconds
        and where another voice speaks between. Not `sure`: where voices in doubt speak.
        """
        wanted = self.said.said_by(roles) & self.said.sure if sure else ~self.said.sure
        return self.said.runs(wanted, join_s)

    def _search(self, key: tuple[str, ...], choose: Callable[[], Flags]) -> Searched:
        """The stream of the characters chosen; groups of roles that come to the same characters share one."""
        if key not in self._searched:
            kept = choose()
            same = kept.tobytes()
            if same not in self._same:
                self._same[same] = Searched(
                    self.said.stream(kept, *self._pauses), self._vocabulary, self.transcript.alternatives
                )
            self._searched[key] = self._same[same]
        return self._searched[key]
