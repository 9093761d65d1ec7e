"""What was meant: groups of concepts that come together, and spoken values against the order."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from engine.inspection import Concept as ConceptResult
from engine.language.folding import fold
from engine.language.numbers import spell
from engine.rules.case import Case
from engine.rules.concepts import Found, find, nearest_miss, occurrences, without_negated
from engine.rules.conditions import parse as parse_condition
from engine.rules.facts import LARGEST_SPELLED, shown
from engine.rules.hearing import Searched
from engine.rules.judgement import Request, Ruling
from engine.rules.operators.base import Outcome, Situation
from engine.rules.operators.params import OrderPath, PhraseText, PhraseTexts, pattern, phrase
from engine.rules.operators.quoting import TextOperator, concept, findings, nearly
from engine.rules.operators.scope import Seen, Zone, unjudged
from engine.rules.orders import OrderView, Value, known_path
from engine.rules.phrases import Phrase
from engine.rules.ruleset import Concept, NumberWanted
from engine.rules.schema import ConceptPart, NumberPart, Seconds, Share
from engine.rules.spoken import mean


def compiled(part: ConceptPart) -> Concept:
    """A concept ready to be searched for. Raises ValueError (Chinese / English) for a faulty phrase, pattern, field or
    condition.
    """
    for path in (part.equals, part.similar):
        if path and not known_path(path):
            raise ValueError(f"订单里没有字段“{path}” / the order has no field {path!r}")
    return Concept(
        name=part.concept,
        phrases=tuple(phrase(text, part.pinyin) for text in part.any),
        exceptions=tuple(map(phrase, part.except_)),
        patterns=tuple(pattern(text) for text in part.regex),
        number=_wanted_number(part.number) if part.number else None,
        choices=_choices(part.choices, part.pinyin),
        similar=part.similar,
        equals=part.equals,
        applies_if=parse_condition(part.applies_if) if part.applies_if else None,
    )


def _wanted_number(part: NumberPart) -> NumberWanted:
    units = tuple(sorted((fold(unit) for unit in part.unit), key=len, reverse=True))
    return NumberWanted(units, part.bare_from, tuple(map(phrase, part.near)), part.near_chars, part.below)


def _choices(written: dict[str, PhraseTexts], by_sound: bool = True) -> tuple[tuple[str, tuple[Phrase, ...]], ...]:
    return tuple((name, tuple(phrase(text, by_sound) for text in texts)) for name, texts in written.items())


def _sound(part: ConceptPart) -> ConceptPart:
    compiled(part)
    return part


def _words(part: ConceptPart) -> Iterable[str]:
    yield from (*part.any, *part.except_, *(part.number.near if part.number else ()))
    for texts in part.choices.values():
        yield from texts


class ConceptAll(TextOperator):
    """Concepts heard within `window_s` seconds: all of `must`, or at least `min_share` of them.

    `unless`: negations that cancel the concepts of their clause. Concepts are written as in disclosures.
    """

    key: ClassVar[str] = "concept_all"

    must: Annotated[tuple[Annotated[ConceptPart, AfterValidator(_sound)], ...], Field(min_length=1)]
    unless: PhraseTexts = ()
    window_s: Seconds = 60.0
    min_share: Share = 1.0

    @cached_property
    def _concepts(self) -> tuple[Concept, ...]:
        return tuple(compiled(part) for part in self.must)

    def phrases(self) -> Iterable[str]:
        return (*self.unless, *(text for part in self.must for text in _words(part)))

    def look(self, situation: Situation) -> Outcome:
        case, view = situation.case, situation.view
        due = [one for one in self._concepts if one.applies_if is None or one.applies_if.holds(view).value is True]
        return self.scope.judged(situation, lambda searched, zone: self._seen(case, view, due, searched, zone))

    def _seen(self, case: Case, view: OrderView, due: Sequence[Concept], searched: Searched, zone: Zone) -> Seen:
        guard = [phrase(text) for text in self.unless]
        heard = [
            [
                one
                for one in without_negated(
                    find(wanted, searched, case.settings, _text_of(wanted, view)),
                    guard,
                    searched,
                    case.settings.guard_window_chars,
                )
                if zone.holds(one.start, one.end)
            ]
            for wanted in due
        ]
        certain = [[one for one in founds if one.level != "near"] for founds in heard]
        said = self._best(due, certain, searched)
        if self._enough(said, due):
            ruling = Ruling("pass", "concepts_heard", {"said": "、".join(one.name for one in due if one.name in said)})
            evidence = findings(case, searched, said.values())
            return Seen(Outcome("hit", evidence, self._parts(due, said, searched), ruling))
        perhaps = self._best(due, heard, searched)
        if self._enough(perhaps, due):
            return self._asked(case, due, perhaps, searched)
        missing = "、".join(one.name for one in due if one.name not in said)
        ruling = Ruling("review", "concepts_missing", {"said": "、".join(said) or "——", "missing": missing})
        evidence = findings(case, searched, said.values())
        return Seen(Outcome("miss", evidence, self._parts(due, said, searched), ruling), by_absence=True)

    def _asked(self, case: Case, due: Sequence[Concept], perhaps: dict[str, Found], searched: Searched) -> Seen:
        """Near matches decide: they count where the sound confirms them all."""
        parts = self._parts(due, perhaps, searched)
        judged = [case.finding(one, searched.stream) for one in perhaps.values()]
        if all(counts for _, counts in judged):
            ruling = Ruling("pass", "concepts_heard", {"said": "、".join(perhaps)})
            return Seen(Outcome("hit", tuple(finding for finding, _ in judged), parts, ruling))
        open_ = nearly(case, searched, [one for one in perhaps.values() if one.level == "near"])
        return Seen(Outcome("unknown", tuple(finding for finding, _ in judged), parts, open_.ruling))

    def _best(
        self, due: Sequence[Concept], by_concept: Sequence[Sequence[Found]], searched: Searched
    ) -> dict[str, Found]:
        """Hits by concept in the window that holds most of them."""
        names = [one.name for one in due]
        whole = occurrences(by_concept, searched.stream, self.window_s)
        best = whole[0] if whole else nearest_miss(by_concept, names, searched.stream, self.window_s)
        return {one.concept: one for one in best.founds} if best else {}

    def _enough(self, said: dict[str, Found], due: Sequence[Concept]) -> bool:
        return len(said) >= self.min_share * len(due) - 1e-9

    @staticmethod
    def _parts(due: Sequence[Concept], said: dict[str, Found], searched: Searched) -> tuple[ConceptResult, ...]:
        return tuple(concept(one.name, searched, [said[one.name]] if one.name in said else []) for one in due)


def _text_of(wanted: Concept, view: OrderView) -> str | None:
    value = view.value(wanted.similar) if wanted.similar else None
    return None if value is None else str(value)


class EntityEquals(TextOperator):
    """A spoken value agrees with the order's field `order_path`: a `number` with its units, one of `choices`, or, with
    neither, the field's own text.

    `field`: its name for readers. `tolerance`: how far a number may lie from the order's, in the field's own unit.
    """

    key: ClassVar[str] = "entity_equals"

    field: Annotated[str, Field(min_length=1)]
    order_path: OrderPath
    number: NumberPart | None = None
    choices: dict[str, tuple[PhraseText, ...]] = Field(default={})
    tolerance: Annotated[Decimal, Field(ge=0)] = Decimal(0)

    @model_validator(mode="after")
    def _one_kind(self) -> "EntityEquals":
        if self.number and self.choices:
            raise ValueError("number 和 choices 只写一个 / either number or choices, not both")
        if self.number:
            _wanted_number(self.number)
        return self

    @cached_property
    def _concept(self) -> Concept:
        written = not (self.number or self.choices)
        number = _wanted_number(self.number) if self.number else None
        similar = self.order_path if written else None
        equals = None if written else self.order_path
        return Concept(self.field, (), (), (), number, _choices(self.choices), similar, equals, None)

    def phrases(self) -> Iterable[str]:
        yield from self.number.near if self.number else ()
        for texts in self.choices.values():
            yield from texts

    def look(self, situation: Situation) -> Outcome:
        expected = situation.view.value(self.order_path)
        if expected is None:
            return Outcome("unknown", ruling=Ruling("review", "order_field_missing", {"fields": self.order_path}))
        return self.scope.judged(
            situation, lambda searched, zone: Seen(self._compared(situation.case, expected, searched, zone))
        )

    def _compared(self, case: Case, expected: Value, searched: Searched, zone: Zone) -> Outcome:
        name = str(expected) if self._concept.similar else None
        heard = [one for one in find(self._concept, searched, case.settings, name) if zone.holds(one.start, one.end)]
        if not heard:
            details: dict[str, object] = {"name": self.field, "expected": shown(expected)}
            ruling = unjudged(case, zone.interval) or Ruling("review", "order_value_unheard", details)
            return Outcome("unknown", ruling=ruling, concepts=(concept(self.field, searched, []),))
        agreeing = [one for one in heard if self._concept.similar or self._agrees(one.value, expected)]
        best = max(agreeing or heard, key=lambda one: one.score)
        finding, counts = case.finding(best, searched.stream)
        said = concept(self.field, searched, [best])
        details = {"name": self.field, "said": shown(best.value), "expected": shown(expected)}
        if agreeing and counts:
            return Outcome("hit", (finding,), (said,), Ruling("pass", "order_agrees", details))
        if agreeing or self._doubtful(case, best, expected, searched):
            return Outcome("unknown", (finding,), (said,), Ruling("review", "order_doubtful", details))
        return Outcome("miss", (finding,), (said,), Ruling("review", "order_differs", details))

    def _agrees(self, said: Value, expected: Value) -> bool:
        if isinstance(said, Decimal) and isinstance(expected, Decimal):
            return abs(said - expected) <= self.tolerance
        return said == expected

    def _doubtful(self, case: Case, one: Found, expected: Value, searched: Searched) -> bool:
        """Whether another value may only have been misheard: hardly recognised, or the sound supports the order's."""
        stream = searched.stream
        clear = mean(each.probability for each in stream.characters(one.start, one.end))
        if one.level == "near" or clear < case.settings.number_confidence:
            return True
        wanted = self._spoken(expected, stream.text[one.start : one.end])
        if wanted is None:
            return False
        request = Request(stream.interval(one.start, one.end), stream.text[one.start : one.end], wanted)
        answer = case.confirmation(request)
        return answer is not None and answer.margin >= 0

    def _spoken(self, expected: Value, heard: str) -> str | None:
        """How the order's whole number would be said, with the unit that was heard; None where it cannot be spelled."""
        if self.number is None or not isinstance(expected, Decimal):
            return None
        if expected != int(expected) or not 0 <= expected < LARGEST_SPELLED:
            return None
        unit = next((unit for unit in self.number.unit if heard.endswith(fold(unit))), "")
        return spell(int(expected)) + unit


OPERATORS: tuple[type[TextOperator], ...] = (ConceptAll, EntityEquals)
