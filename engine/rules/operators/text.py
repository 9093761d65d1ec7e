"""Words that were said: phrases, regular expressions, and phrases that merely sound like what was recognised."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, ClassVar

import regex
from pydantic import Field, model_validator

from engine.language.folding import bare, fold
from engine.language.pinyin import syllables
from engine.rules.case import Case
from engine.rules.concepts import Found
from engine.rules.hearing import Searched
from engine.rules.judgement import Ruling
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.params import Count, PatternTexts, PhraseTexts, pattern, phrase
from engine.rules.operators.quoting import TextOperator, concept, findings, found, heard, nearly, stretch
from engine.rules.operators.scope import Seen, Zone
from engine.rules.phrases import Level

Hits = Mapping[str, Sequence[Found]]


class Keyword(TextOperator):
    """Words heard: `n` different ones of `any` (one by default), each of `all`, `none` of these; `min_hits` altogether.

    `except`: a hit inside one of these phrases is none. Not `pinyin`: only the very characters count.
    """

    key: ClassVar[str] = "keyword"

    any: PhraseTexts = ()
    all: PhraseTexts = ()
    none: PhraseTexts = ()
    n: Count = 1
    min_hits: Count = 1
    except_: Annotated[PhraseTexts, Field(alias="except")] = ()
    pinyin: bool = True

    @model_validator(mode="after")
    def _asks_for_words(self) -> "Keyword":
        if not (self.any or self.all or self.none):
            raise ValueError("要有 any、all 或 none / needs any, all or none")
        if self.n > max(1, len(self.any)):
            raise ValueError(f"any 只有 {len(self.any)} 个词，n 不能是 {self.n} / n is more than the words of any")
        return self

    def phrases(self) -> Iterable[str]:
        return (*self.any, *self.all, *self.none, *self.except_)

    @property
    def wanted(self) -> tuple[str, ...]:
        return (*self.all, *self.any)

    def look(self, situation: Situation) -> Outcome:
        return self.scope.judged(situation, lambda searched, zone: self._seen(situation.case, searched, zone))

    def _seen(self, case: Case, searched: Searched, zone: Zone) -> Seen:
        near = self._hits(searched, zone)
        sure = {text: [one for one in founds if one.level != "near"] for text, founds in near.items()}
        if self._holds(sure) == self._holds(near):
            return self._told(case, searched, sure)
        confirmed = {text: [one for one in founds if counts(case, one, searched)] for text, founds in near.items()}
        if self._holds(confirmed) == self._holds(near):
            return self._told(case, searched, confirmed)
        return Seen(nearly(case, searched, (one for founds in near.values() for one in founds)))

    def _hits(self, searched: Searched, zone: Zone) -> dict[str, list[Found]]:
        """Every hit of every phrase, near ones among them."""
        spared = searched.locate([phrase(text, self.pinyin) for text in self.except_])
        return {
            text: [
                found(text, hit)
                for hit in searched.locate([phrase(text, self.pinyin)])
                if zone.holds(hit.start, hit.end)
                and not any(one.start <= hit.start and hit.end <= one.end for one in spared)
            ]
            for text in (*self.wanted, *self.none)
        }

    def _holds(self, hits: Hits) -> bool:
        if any(hits[text] for text in self.none) or not all(hits[text] for text in self.all):
            return False
        if self.any and sum(bool(hits[text]) for text in self.any) < self.n:
            return False
        places = {(one.start, one.end) for text in self.wanted for one in hits[text]}
        return not self.wanted or len(places) >= self.min_hits

    def _told(self, case: Case, searched: Searched, hits: Hits) -> Seen:
        barred = [one for text in self.none for one in hits[text]]
        evidence = findings(case, searched, barred or [one for text in self.wanted for one in hits[text]])
        concepts = tuple(concept(text, searched, hits[text]) for text in self.wanted)
        if self._holds(hits):
            ruling = heard(evidence) if evidence else _unheard(self.none)
            return Seen(Outcome("hit", evidence, concepts, ruling), by_absence=bool(self.none))
        if barred:
            return Seen(Outcome("miss", evidence, concepts, heard(evidence)))
        lacking = [text for text in self.wanted if not hits[text]] or self.wanted
        return Seen(Outcome("miss", evidence, concepts, _unheard(lacking)), by_absence=True)


def counts(case: Case, one: Found, searched: Searched) -> bool:
    """Whether a hit counts: a near one only where the sound confirms it."""
    return case.finding(one, searched.stream)[1]


def _unheard(words: Sequence[str]) -> Ruling:
    return Ruling("review", "words_not_heard", {"words": "、".join(words)})


class Regex(TextOperator):
    """A regular expression over folded text without punctuation. `not_regex`: a hit whose sentence matches one of these
    is none.
    """

    key: ClassVar[str] = "regex"

    any: Annotated[PatternTexts, Field(min_length=1)]
    not_regex: PatternTexts = ()
    min_hits: Count = 1

    def look(self, situation: Situation) -> Outcome:
        return self.scope.judged(situation, lambda searched, zone: self._seen(situation.case, searched, zone))

    def _seen(self, case: Case, searched: Searched, zone: Zone) -> Seen:
        hits = [one for text in self.any for one in self._matches(text, case, searched, zone)]
        evidence = findings(case, searched, hits)
        if len({(one.start, one.end) for one in hits}) >= self.min_hits:
            return Seen(Outcome("hit", evidence, ruling=heard(evidence)))
        return Seen(Outcome("miss", evidence, ruling=Ruling("review", "pattern_not_heard")), by_absence=True)

    def _matches(self, text: str, case: Case, searched: Searched, zone: Zone) -> Iterable[Found]:
        letters, seconds = searched.stream.text, case.settings.pattern_seconds
        for match in pattern(text).finditer(letters, zone.first, zone.last, timeout=seconds):
            start, end = match.span()
            if end > start and not self._excluded(case, searched, start, end):
                yield stretch(text, searched, start, end, "text", 1.0, text)

    def _excluded(self, case: Case, searched: Searched, start: int, end: int) -> bool:
        stream = searched.stream
        left, right = stream.around(start, end, stream.sentence_starts, len(stream.text))
        return any(
            pattern(text).search(stream.text, left, right, timeout=case.settings.pattern_seconds)
            for text in self.not_regex
        )


class PinyinFuzzy(TextOperator):
    """Phrases heard with at most `max_dist` syllables wrong, missing or too many.

    Words that only sound nearly so count when the sound confirms them; otherwise a person listens.
    """

    key: ClassVar[str] = "pinyin_fuzzy"

    phrases_: Annotated[tuple[Annotated[str, Field(min_length=2)], ...], Field(alias="phrases", min_length=1)]
    max_dist: Annotated[int, Field(ge=0)] = 1

    @model_validator(mode="after")
    def _still_alike(self) -> "PinyinFuzzy":
        shortest = min(len(bare(fold(text))) for text in self.phrases_)
        if self.max_dist * 2 >= shortest:
            raise ValueError(
                f"max_dist 应小于最短短语（{shortest} 个字）的一半 / max_dist must be below half of the shortest phrase"
            )
        return self

    def look(self, situation: Situation) -> Outcome:
        return self.scope.judged(situation, lambda searched, zone: self._seen(situation.case, searched, zone))

    def _seen(self, case: Case, searched: Searched, zone: Zone) -> Seen:
        hits = [one for text in self.phrases_ for one in self._alike(text, case, searched, zone)]
        sure = [one for one in hits if one.level != "near"] or [one for one in hits if counts(case, one, searched)]
        if sure:
            evidence = findings(case, searched, sure)
            return Seen(Outcome("hit", evidence, ruling=heard(evidence)))
        if hits:
            return Seen(nearly(case, searched, hits))
        return Seen(Outcome("miss", ruling=_unheard(self.phrases_)), by_absence=True)

    def _alike(self, text: str, case: Case, searched: Searched, zone: Zone) -> Iterable[Found]:
        wanted, letters = bare(fold(text)), searched.stream.text
        spoken = syllables(letters[zone.first : zone.last])
        for match in _within(wanted, self.max_dist).finditer(spoken, timeout=case.settings.pattern_seconds):
            start, end = zone.first + match.start(), zone.first + match.end()
            if end == start:
                continue
            wrong = sum(match.fuzzy_counts)
            level: Level = "near" if wrong else "text" if letters[start:end] == wanted else "pinyin"
            yield Found(text, start, end, level, text, wanted, round(1 - wrong / len(wanted), 4))


@cache
def _within(wanted: str, distance: int) -> regex.Pattern[str]:
    """A pattern over syllables that allows `distance` errors and prefers few."""
    spoken = regex.escape(syllables(wanted))
    return regex.compile(f"(?e)(?:{spoken}){{e<={distance}}}" if distance else spoken)


OPERATORS: tuple[type[Operator], ...] = (Keyword, Regex, PinyinFuzzy)
