"""Why words that were heard may not count: signs around a disclosure that it was not really made, or was taken back.

A disclosure is found by its words. The same words stand in 这款没有犹豫期, in talk of another product, in hearsay, in a
question put to the customer, and before 刚才说错了. Each such sign turns a pass into a review and does nothing else.
The signs are data (configs/language/doubts.yaml); a rule's `may` names those that do not matter to it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter

import regex

from engine.inspection import Answer
from engine.rules.acknowledging import Asked
from engine.rules.case import Case
from engine.rules.concepts import LONGEST_SENTENCE, Found, Occurrence, find
from engine.rules.doubt_schema import SignPatterns
from engine.rules.hearing import Searched
from engine.rules.judgement import Ruling
from engine.rules.ruleset import Concept, Disclosure
from engine.rules.schema import Sign

Span = tuple[int, int]
QUESTION_ENDS = ("吗", "么", "吧", "呢", "嘛")
BEGINNING_ANEW = "是为属不没并非未无"  # a concept with a verb or a negation of its own is negated only right before it
LONGEST_NEGATION = 8  # letters of a negation, or of what holds it and is none
QUOTED = 24


def first(
    case: Case,
    rule: Disclosure,
    occurrence: Occurrence,
    searched: Searched,
    asked: Sequence[Asked],
    answer: Answer | None,
) -> Ruling | None:
    """The first reason why `occurrence` may not be the disclosure of `rule`, or `answer` not the answer to it; None
    where nothing speaks against them. Raises TimeoutError where a pattern does not come to an end.
    """
    found = next(_about(case, rule, occurrence, searched, asked), None)
    return found or (None if answer is None else _of_answer(case, rule, occurrence, searched, answer))


def _about(
    case: Case, rule: Disclosure, occurrence: Occurrence, searched: Searched, asked: Sequence[Asked]
) -> Iterator[Ruling]:
    negated = None if "negated" in rule.may else _negated(case, rule, occurrence, searched)
    if negated is not None:
        yield _ruling("doubt_negated", searched, *negated)
    signs = case.ruleset.doubts.signs if _any_sign(case, occurrence, searched) else {}
    for name, sign in signs.items():
        found = None if name in rule.may else _signed(case, name, sign, occurrence, searched)
        if found is not None:
            yield _ruling(f"doubt_{name}", searched, *found)
    contrary = None if "contrary" in rule.may else _contrary(case, rule, occurrence, searched)
    if contrary is not None:
        yield _ruling("doubt_contrary", searched, *contrary)
    taken = None if "taken_back" in rule.may else _taken_back(case, rule, occurrence, searched, asked)
    if taken is not None:
        yield _ruling("doubt_taken_back", searched, *taken)


def _of_answer(
    case: Case, rule: Disclosure, occurrence: Occurrence, searched: Searched, answer: Answer
) -> Ruling | None:
    """Why the answer may be one to another question than `occurrence`; None where nothing says so.

    A sentence of its own that the salesperson put in between must be a question for confirmation.
    """
    if answer.start is None or "other_question" in rule.may:
        return None
    stream, doubts = searched.stream, case.ruleset.doubts
    last = bisect_left(stream.begins, answer.start)
    if last <= occurrence.end:
        return None
    start, _ = stream.around(last - 1, last, stream.sentence_starts, LONGEST_SENTENCE)
    if start < occurrence.end or not _is_question(searched, start, last):
        return None
    named = any(start <= one.start < last for concept in rule.must for one in searched.locate(concept.phrases))
    confirms = _within(searched, doubts.confirming, case, start, last)
    elsewhere = _within(searched, doubts.not_confirming, case, start, last)
    return None if (confirms or named) and not elsewhere else _ruling("doubt_other_question", searched, start, last)


def _is_question(searched: Searched, start: int, last: int) -> bool:
    stream = searched.stream
    mark = stream.character(last - 1).mark
    return "？" in mark or "?" in mark or stream.text[start:last].endswith(QUESTION_ENDS)


def _negated(case: Case, rule: Disclosure, occurrence: Occurrence, searched: Searched) -> Span | None:
    """A concept that was heard in `occurrence` only behind (or before) a negation, with that negation."""
    places, stream = _negations(case, searched), searched.stream
    concepts = {concept.name: concept for concept in rule.must}
    sentences = stream.around(occurrence.start, occurrence.end, stream.sentence_starts, LONGEST_SENTENCE)
    for found in occurrence.founds:
        concept = concepts.get(found.concept)
        if concept is None or concept.may_be_negated:
            continue
        heard = _in_reach(case, concept, found, sentences, searched)
        denied = [place for one in heard if (place := _denial(case, searched, one, places)) is not None]
        if denied and all(any(left < one.end and one.start < right for left, right in denied) for one in heard):
            return denied[0]
    return None


def _in_reach(case: Case, concept: Concept, found: Found, sentences: Span, searched: Searched) -> list[Found]:
    """`found` and the other places in `sentences`, those of its occurrence, where the same concept was heard."""
    left, right = sentences
    others = find(concept, searched, case.settings) if concept.similar is None else []
    first = bisect_left(others, left, key=START)
    last = bisect_left(others, right, key=START)
    inside = [one for one in others[first:last] if one.end <= right and one.level != "near"]
    return [one for one in inside if not _same(one, found)] + [found]


START = attrgetter("start")


def _same(one: Found, other: Found) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _negations(case: Case, searched: Searched) -> list[Span]:
    """Where something is negated, double negations and questions (有没有) left out."""

    def look() -> list[Span]:
        spared = _matches(searched, case.ruleset.doubts.no_negation, case)
        return [
            (start, end)
            for start, end in _matches(searched, case.ruleset.doubts.negation, case)
            if not any(end <= right for _, right in _starting(spared, start - LONGEST_NEGATION, start + 1))
        ]

    return searched.once("negations", look)


def _denial(case: Case, searched: Searched, found: Found, places: Sequence[Span]) -> Span | None:
    """The negation of `found` with it, in its clause; None where it is not negated."""
    stream, doubts = searched.stream, case.ruleset.doubts
    left, right = stream.around(found.start, found.start + 1, stream.clause_starts, LONGEST_SENTENCE)
    begins_anew = stream.text[found.start] in BEGINNING_ANEW
    gap = 0 if begins_anew else doubts.negation_gap
    for start, end in _starting(places, max(left, found.start - gap - LONGEST_NEGATION), found.start):
        near = start < found.start < end or 0 <= found.start - end <= gap
        if near and "是" not in stream.text[end : found.start]:
            return start, found.end
    behind = doubts.negation_after.match(stream.text, found.end, max(right, found.end), timeout=_seconds(case))
    return (found.start, behind.end()) if behind else None


def _any_sign(case: Case, occurrence: Occurrence, searched: Searched) -> bool:
    """Whether any sign begins in the sentence of one of the concepts: mostly there is none, and no need to look for
    each of them.
    """

    def look() -> list[Span] | None:
        try:
            signs = case.ruleset.doubts.signs.values()
            return sorted(place for sign in signs for place in _matches(searched, sign.any, case))
        except TimeoutError:
            return None

    places = searched.once("signs", look)
    if not places:
        return places is None
    stream, reach = searched.stream, case.ruleset.doubts.reach
    around = (stream.around(one.start, one.end, stream.sentence_starts, reach) for one in occurrence.founds)
    return any(_starting(places, left, right) for left, right in around)


def _signed(case: Case, name: Sign, sign: SignPatterns, occurrence: Occurrence, searched: Searched) -> Span | None:
    """A sign in the sentence of one of the concepts (of all of them, for a question); None where there is none."""
    places = _matches(searched, sign.any, case)
    if not places:
        return None
    held = [_sign_at(case, sign, found, occurrence, searched, places) for found in occurrence.founds]
    if name == "questioned" and not all(held):
        return None
    return next((one for one in held if one), None)


def _sign_at(
    case: Case,
    sign: SignPatterns,
    found: Found,
    occurrence: Occurrence,
    searched: Searched,
    places: Sequence[Span],
) -> Span | None:
    stream, reach = searched.stream, case.ruleset.doubts.reach
    left, right = stream.around(found.start, found.end, stream.sentence_starts, reach)
    for start, end in _starting(places, left, right):
        before = start < found.start
        behind = sign.after and found.end <= start and end <= right
        own = any(one.start <= start and end <= one.end for one in occurrence.founds)
        if (before or behind) and not own:
            between = (end, found.start) if before else (found.end, start)
            if not _within(searched, sign.unless, case, *between):
                return min(start, found.start), max(end, found.end)
    return None


def _taken_back(
    case: Case, rule: Disclosure, occurrence: Occurrence, searched: Searched, asked: Sequence[Asked]
) -> Span | None:
    """A correction behind `occurrence` that is of it: it was said last before, or the correction names its concepts."""
    stream = searched.stream
    for start, end in _matches(searched, case.ruleset.doubts.taken_back, case):
        at = stream.begins[start]
        if start < occurrence.end or at - occurrence.interval.end > case.ruleset.doubts.taken_back_s:
            continue
        later = [one for one in asked if occurrence.interval.end < one.interval.end <= at]
        if all(one.item == rule.head.id for one in later):
            return start, end
        left, right = stream.around(start, end, stream.sentence_starts, case.ruleset.doubts.reach)
        right = min(right + case.ruleset.doubts.reach, len(stream.text))
        topic = rule.must[0].phrases
        if any(left <= hit.start and hit.end <= right and hit.level != "near" for hit in searched.locate(topic)):
            return start, end
    return None


def _contrary(case: Case, rule: Disclosure, occurrence: Occurrence, searched: Searched) -> Span | None:
    """Where the opposite was said in a later sentence."""
    stream = searched.stream
    said = [one for one in searched.locate(rule.unless) if one.level == "text" and one.start >= occurrence.end]
    for hit in sorted(said, key=START):
        left, right = stream.around(hit.start, hit.end, stream.sentence_starts, LONGEST_SENTENCE)
        if occurrence.end <= left and not _within(searched, case.ruleset.doubts.not_contrary, case, left, right):
            return hit.start, hit.end
    return None


def _matches(searched: Searched, pattern: regex.Pattern[str], case: Case) -> list[Span]:
    return searched.matches(pattern, _seconds(case))


def _within(searched: Searched, pattern: regex.Pattern[str], case: Case, start: int, end: int) -> bool:
    return any(right <= end for _, right in _starting(_matches(searched, pattern, case), start, end))


def _starting(places: Sequence[Span], left: int, right: int) -> Sequence[Span]:
    """The places, in order, that begin from letter `left` on and before letter `right`."""
    return places[bisect_left(places, (left,)) : bisect_left(places, (right,))]


def _seconds(case: Case) -> float:
    return case.settings.pattern_seconds


def _ruling(code: str, searched: Searched, start: int, end: int) -> Ruling:
    return Ruling("review", code, {"quote": searched.stream.quote(start, min(end, start + QUOTED))})
