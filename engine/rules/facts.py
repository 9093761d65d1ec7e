"""Spoken values against the order: numbers, choices and names, folded before they are compared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from engine.language.folding import bare, fold
from engine.language.numbers import spell
from engine.rules import figures
from engine.rules.case import Case
from engine.rules.concepts import LONGEST_SENTENCE, Found, Occurrence, find
from engine.rules.fieldnames import CODES
from engine.rules.hearing import Searched
from engine.rules.judgement import Request, Ruling
from engine.rules.orders import OrderView, Value
from engine.rules.ruleset import Concept
from engine.rules.spoken import Stream, mean

BEFORE_S = 10.0
AFTER_S = 20.0
LARGEST_SPELLED = 100_000_000

State = Literal["agrees", "differs", "doubtful", "several", "unheard", "not_compared", "not_due"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value compared with the order. `found` is the spoken value that decided, if any was heard; `besides` another
    one, said of the same thing.
    """

    concept: Concept
    state: State
    expected: Value = None
    found: Found | None = None
    besides: Found | None = None

    @property
    def ruling(self) -> Ruling | None:
        """What the comparison means for the item; None where it changes nothing."""
        name, expected = self.concept.name, shown(self.expected)
        said = shown(self.found.value) if self.found else ""
        if self.state == "differs":
            return Ruling("fail", "order_differs", {"name": name, "said": said, "expected": expected})
        if self.state == "doubtful" and self.expected is None and self.found is not None:
            return Ruling("review", "heard_nearly", {"quote": self.found.matched})
        if self.state == "doubtful":
            return Ruling("review", "order_doubtful", {"name": name, "said": said, "expected": expected})
        if self.state == "several" and self.besides is not None:
            both = f"{said}、{shown(self.besides.value)}"
            return Ruling("review", "order_several_values", {"name": name, "said": both, "expected": expected})
        if self.state == "unheard":
            return Ruling("review", "order_value_unheard", {"name": name, "expected": expected})
        return None


def shown(value: Value) -> str:
    """A value for people: no exponent and no trailing zeros, and words for a code."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else CODES.get(str(value), str(value))


def compare(concept: Concept, occurrence: Occurrence, searched: Searched, case: Case, view: OrderView) -> Comparison:
    """Compare what was said around `occurrence` with the order. A value is looked for from 10 s before to 20 s
    after.
    """
    if concept.applies_if is not None and concept.applies_if.holds(view).value is not True:
        return Comparison(concept, "not_due")
    path = concept.equals or concept.similar
    expected = view.value(path) if path else None
    if path and expected is None:
        return Comparison(concept, "not_compared")
    name = str(expected) if concept.similar else None
    everywhere = find(concept, searched, case.settings, name)
    around = [found for found in everywhere if concept.similar or _close(found, occurrence, searched)]
    if concept.number or concept.choices or (not concept.equals and not concept.similar):
        around = [one for one in around if figures.is_value(case.ruleset.doubts, searched.stream, one.start, one.end)]
    if concept.choices or not (concept.number or concept.similar):
        around = _own(around, occurrence, searched.stream, case)
    if not around and concept.choices:
        around = _resembling(concept, expected, occurrence, searched, case)
    if not around:
        return Comparison(concept, "not_due" if concept.if_said else "unheard", expected)
    if concept.equals is None:
        best = _surest(around, searched.stream, case)
        counts = case.finding(best, searched.stream)[1]
        return Comparison(concept, "agrees" if counts else "doubtful", expected, best)
    return _compare_values(concept, expected, around, occurrence, searched, case)


def _resembling(
    concept: Concept, expected: Value, occurrence: Occurrence, searched: Searched, case: Case
) -> list[Found]:
    """Words that merely resemble the order's choice where the recogniser was unsure, if the sound confirms them."""
    stream, floor = searched.stream, case.settings.sure_probability
    alike = [
        one
        for one in find(concept, searched.widened, case.settings)
        if one.level == "near" and one.value == expected and _close(one, occurrence, searched)
    ]
    unsure = [one for one in alike if stream.least_probability(one.start, one.end) < floor]
    return [one for one in _own(unsure, occurrence, stream, case)[:MOST_RESEMBLING] if case.finding(one, stream)[1]]


MOST_RESEMBLING = 3
NAME_BESIDE = 2  # letters of a product's name beside a word that make the word a part of the name


def _own(around: Sequence[Found], occurrence: Occurrence, stream: Stream, case: Case) -> list[Found]:
    """The words among `around` that are said of the item: none that is a part of a product's name (传家宝终身寿险 says
    nothing of the period), and those of its own sentences before those around them.
    """
    names = [bare(fold(one.full_name)) for one in case.view.order.products if one.full_name]
    told = [one for one in around if not any(_in_name(stream.text, one, name) for name in names)]
    left, right = stream.around(occurrence.start, occurrence.end, stream.sentence_starts, LONGEST_SENTENCE)
    return [one for one in told if left <= one.start and one.end <= right] or told


def _in_name(text: str, found: Found, name: str) -> bool:
    """Whether a word stands in the text beside the same letters as in `name`."""
    word = text[found.start : found.end]
    place = name.find(word)
    while place >= 0:
        before, behind = name[max(0, place - NAME_BESIDE) : place], name[place + len(word) :][:NAME_BESIDE]
        beside = (before and text.endswith(before, 0, found.start)) or (behind and text.startswith(behind, found.end))
        if beside:
            return True
        place = name.find(word, place + 1)
    return False


def _compare_values(
    concept: Concept, expected: Value, around: Sequence[Found], occurrence: Occurrence, searched: Searched, case: Case
) -> Comparison:
    agreeing = [found for found in around if found.value == expected]
    if agreeing:
        best = _surest(agreeing, searched.stream, case)
        other = _besides(concept, agreeing, around, searched, case)
        if other is not None:
            return Comparison(concept, "several", expected, best, other)
        counts = case.finding(best, searched.stream)[1]
        return Comparison(concept, "agrees" if counts else "doubtful", expected, best)
    nearest = min(around, key=lambda found: max(occurrence.start - found.end, found.start - occurrence.end, 0))
    stream = searched.stream
    span = stream.interval(nearest.start, nearest.end)
    wanted = _wanted(nearest, expected, stream.text)
    if wanted is not None:
        answer = case.confirmation(Request(span, stream.text[nearest.start : nearest.end], wanted))
        if answer is not None and answer.margin >= 0:
            return Comparison(concept, "agrees", expected, nearest)
    clear = mean(stream.probabilities(nearest.start, nearest.end))
    doubtful = nearest.level == "near" or clear < case.settings.number_confidence
    return Comparison(concept, "doubtful" if doubtful else "differs", expected, nearest)


def _surest(founds: Sequence[Found], stream: Stream, case: Case) -> Found:
    """What was heard best; of words that merely resemble the value, one that the sound confirms."""
    best = max(founds, key=lambda found: found.score)
    if best.level != "near":
        return best
    return next((one for one in founds if case.finding(one, stream)[1]), best)


def _besides(
    concept: Concept, agreeing: Sequence[Found], around: Sequence[Found], searched: Searched, case: Case
) -> Found | None:
    """Another figure that was said of the same thing: in one clause with each that agrees, or nearer to the words it is
    known by than any of them, in their sentence. Figures that the order has elsewhere are of something else.
    """
    wanted = concept.number
    if wanted is None:
        return None
    stream, elsewhere = searched.stream, _values(case)
    words = [(hit.start, hit.end) for hit in searched.locate(wanted.near or wanted.topic)]
    nearest = min(_far(stream, one, words) for one in agreeing)
    for one in around:
        if one.value in elsewhere or any(one.value == agreed.value for agreed in agreeing):
            continue
        if all(figures.same_clause(stream, _place(one), _place(agreed)) for agreed in agreeing):
            return one
        if _far(stream, one, words) < nearest and any(
            figures.same_sentence(stream, _place(one), _place(agreed)) for agreed in agreeing
        ):
            return one
    return None


def _place(found: Found) -> tuple[int, int]:
    return found.start, found.end


def _far(stream: Stream, found: Found, words: Sequence[tuple[int, int]]) -> int:
    far = figures.distance(stream, found.start, found.end, words)
    return len(stream.text) if far is None else far


def _values(case: Case) -> frozenset[Value]:
    """Every value of the order that a rule compares a figure with, of all products."""

    def look() -> frozenset[Value]:
        paths = case.ruleset.compared_figures
        views = [replace(case.view, product=one) for one in case.view.order.products]
        return frozenset(view.value(path) for path in paths for view in (case.view, *views))

    return case.hearing.once("order values", look)


def _wanted(found: Found, expected: Value, text: str) -> str | None:
    """The spoken form of the order's number, with the unit that was heard; None where it has none."""
    if not isinstance(expected, Decimal) or expected != int(expected) or not 0 <= expected < LARGEST_SPELLED:
        return None
    heard = text[found.start : found.end]
    unit = heard.lstrip("0123456789.零〇一二两三四五六七八九十百千万亿幺点")
    return spell(int(expected)) + unit


def _close(found: Found, occurrence: Occurrence, searched: Searched) -> bool:
    stream = searched.stream
    begin, end = stream.begins[found.start], stream.ending(found.start, found.end)
    zone = occurrence.interval.widened(BEFORE_S, AFTER_S)
    return min(zone.end, end) > max(zone.start, begin)
