"""Sentences that come again."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field
from rapidfuzz.fuzz import ratio

from engine.language.folding import bare, fold
from engine.language.pinyin import syllables
from engine.rules.case import Case
from engine.rules.hearing import Searched
from engine.rules.judgement import Ruling
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.params import Count
from engine.rules.operators.quoting import TextOperator, findings, stretch
from engine.rules.operators.scope import Seen, Zone, sentences


class Repeat(TextOperator):
    """A sentence of at least `min_chars` comes again within the next `within` sentences of the same voices.

    A hit has one sentence said `hit_times` more times. `similarity`: normalised Indel similarity of syllables
    (rapidfuzz), 0..1. `excludes`: sentences that hold one of these words do not count.
    """

    key: ClassVar[str] = "repeat"

    within: Count = 10
    similarity: Annotated[float, Field(ge=0.5, le=1)] = 0.85
    hit_times: Count = 1
    min_chars: Count = 6
    excludes: tuple[Annotated[str, Field(min_length=1)], ...] = ()

    def look(self, situation: Situation) -> Outcome:
        return self.scope.judged(situation, lambda searched, zone: self._seen(situation.case, searched, zone))

    def _seen(self, case: Case, searched: Searched, zone: Zone) -> Seen:
        said = sentences(searched.stream, zone)
        for index in range(len(said)):
            again = list(self._again(searched.stream.text, said, index))
            if len(again) >= self.hit_times:
                return self._told(case, searched, [said[index], *again])
        return Seen(Outcome("miss", ruling=Ruling("pass", "nothing_repeated")), by_absence=True)

    def _again(self, text: str, said: list[tuple[int, int]], index: int) -> Iterator[tuple[int, int]]:
        first = text[slice(*said[index])]
        if not self._counts(first):
            return
        for start, end in said[index + 1 : index + 1 + self.within]:
            other = text[start:end]
            if self._counts(other) and ratio(syllables(first), syllables(other)) >= self.similarity * 100:
                yield start, end

    def _counts(self, sentence: str) -> bool:
        return len(sentence) >= self.min_chars and not any(bare(fold(word)) in sentence for word in self.excludes)

    @staticmethod
    def _told(case: Case, searched: Searched, said: list[tuple[int, int]]) -> Seen:
        quote = searched.stream.quote(*said[0])
        evidence = findings(
            case, searched, (stretch(quote, searched, start, end, "text", 1.0, quote) for start, end in said)
        )
        ruling = Ruling("review", "sentence_repeated", {"quote": quote, "count": len(said)})
        return Seen(Outcome("hit", evidence, ruling=ruling))


OPERATORS: tuple[type[Operator], ...] = (Repeat,)
