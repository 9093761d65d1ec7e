"""Sentences that are much like given samples."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field
from rapidfuzz.fuzz import partial_ratio_alignment

from engine.language.folding import bare, fold
from engine.language.pinyin import syllables
from engine.rules.case import Case
from engine.rules.concepts import Found
from engine.rules.hearing import Searched
from engine.rules.judgement import Ruling
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.quoting import TextOperator, findings
from engine.rules.operators.scope import Seen, Zone, sentences
from engine.rules.phrases import Level
from engine.rules.spoken import Stream

NEGATIONS = frozenset("不没未别无非")
NEGATION_REACH = 2  # letters beside a stretch, inside its clause, that may turn it


class Similar(TextOperator):
    """A sentence sounds like one of `samples`: normalised Indel similarity of syllables (rapidfuzz), 0..1.

    A stretch with another number of negations than the sample says something else, however alike it sounds, and is no
    hit. Likeness is no proof: use it to report, or to require only what a person looks at.
    """

    key: ClassVar[str] = "similar"

    samples: Annotated[tuple[Annotated[str, Field(min_length=4)], ...], Field(min_length=1)]
    min_score: Annotated[float, Field(ge=0.5, le=1)] = 0.8

    def look(self, situation: Situation) -> Outcome:
        return self.scope.judged(situation, lambda searched, zone: self._seen(situation.case, searched, zone))

    def _seen(self, case: Case, searched: Searched, zone: Zone) -> Seen:
        hits = list(self._alike(searched, zone))
        if not hits:
            details: dict[str, object] = {"sample": self.samples[0]}
            return Seen(Outcome("miss", ruling=Ruling("review", "nothing_similar", details)), by_absence=True)
        evidence = findings(case, searched, hits)
        best = max(hits, key=lambda one: one.score)
        quote = searched.stream.quote(best.start, best.end)
        details = {"quote": quote, "sample": best.matched, "score": f"{best.score:.0%}"}
        return Seen(Outcome("hit", evidence, ruling=Ruling("review", "similar_heard", details)))

    def _alike(self, searched: Searched, zone: Zone) -> Iterator[Found]:
        for start, end in sentences(searched.stream, zone):
            best = max((self._placed(sample, searched.stream, start, end) for sample in self.samples), key=_score)
            if best is not None:
                yield best

    def _placed(self, sample: str, stream: Stream, start: int, end: int) -> Found | None:
        """The stretch of a sentence most like `sample`, where it is like enough."""
        wanted, text = bare(fold(sample)), stream.text
        if end - start < len(wanted) * self.min_score:
            return None
        cutoff = self.min_score * 100
        best = partial_ratio_alignment(syllables(wanted), syllables(text[start:end]), score_cutoff=cutoff)
        if best is None or best.score < cutoff:
            return None
        first, last = start + best.dest_start, start + best.dest_end
        heard = text[first:last]
        left, right = stream.around(first, last, stream.clause_starts, NEGATION_REACH)
        if _negations(text[left:right]) != _negations(wanted):
            return None
        level: Level = "text" if heard == wanted else "pinyin"
        return Found(sample, first, last, level, sample, wanted, round(best.score / 100, 4))


def _score(one: Found | None) -> float:
    return one.score if one else 0.0


def _negations(text: str) -> int:
    return sum(letter in NEGATIONS for letter in text)


OPERATORS: tuple[type[Operator], ...] = (Similar,)
