"""What text operators share: where they look, and how a hit becomes evidence."""

from collections.abc import Iterable, Sequence

from engine.inspection import Concept, Finding
from engine.rules.case import Case
from engine.rules.concepts import Found
from engine.rules.hearing import Searched
from engine.rules.judgement import Ruling
from engine.rules.operators.base import Operator, Outcome
from engine.rules.operators.scope import Scope
from engine.rules.phrases import SCORES, Hit, Level

MOST_FINDINGS = 8  # a word said a hundred times needs no hundred clips


class TextOperator(Operator):
    """An operator that looks at the words of some voices."""

    scope: Scope = Scope()

    def anchors(self) -> Iterable[str]:
        return self.scope.items


def found(name: str, hit: Hit) -> Found:
    """A phrase hit under the name readers know it by."""
    return Found(name, hit.start, hit.end, hit.level, hit.phrase, hit.wanted, SCORES[hit.level])


def stretch(name: str, searched: Searched, start: int, end: int, level: Level, score: float, matched: str) -> Found:
    """Letters `start` to `end` as evidence for `name`."""
    return Found(name, start, end, level, matched, searched.stream.text[start:end], score)


def findings(case: Case, searched: Searched, founds: Iterable[Found]) -> tuple[Finding, ...]:
    """Evidence in order of time, the first few of many."""
    ordered = sorted(founds, key=lambda one: (one.start, one.end))[:MOST_FINDINGS]
    return tuple(case.finding(one, searched.stream)[0] for one in ordered)


def heard(evidence: Sequence[Finding]) -> Ruling:
    """The sentence for words that were heard."""
    return Ruling("review", "words_heard", {"quote": evidence[0].quote, "count": len(evidence)})


def nearly(case: Case, searched: Searched, founds: Iterable[Found]) -> Outcome:
    """Open: the words merely sound like what was looked for, and the sound did not decide."""
    evidence = findings(case, searched, founds)
    quotes = "、".join(one.quote for one in evidence)
    return Outcome("unknown", evidence, ruling=Ruling("review", "heard_nearly", {"quote": quotes}))


def concept(name: str, searched: Searched, founds: Sequence[Found]) -> Concept:
    """Whether the part `name` was heard, with its first quote."""
    if not founds:
        return Concept(name, False)
    first = founds[0]
    value = first.value if isinstance(first.value, str | None) else float(first.value)
    return Concept(name, True, searched.stream.quote(first.start, first.end), value)
