"""Where the concepts of a rule were heard, and the spans in which all of them come together."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from rapidfuzz.fuzz import partial_ratio_alignment

from engine.interval import Interval
from engine.language.folding import bare, fold
from engine.language.numbers import Number
from engine.language.numbers import find as find_numbers
from engine.language.pinyin import syllables
from engine.rules import figures
from engine.rules.hearing import Searched
from engine.rules.phrases import RANK, SCORES, Hit, Level, Phrase, worst
from engine.rules.ruleset import Concept, NumberWanted
from engine.rules.schema import SettingsPart
from engine.rules.spoken import Stream

NUMBER = "数字"
PART_UNITS = {100: "%", 1000: "‰"}
NO_AMOUNT_BEFORE = "年天日岁月号种条个次倍期点周项款份章页%美港欧英"
DAYS_OF_DATE = ("日", "号")  # nobody says 七月二十天: that is 期是二十天, misheard
LONGEST_SAID_YEAR = 4
LONGEST_FIGURE = 16
LONGEST_SENTENCE = 40  # letters to each side; recognised speech may have no punctuation


class Found(NamedTuple):
    """A concept heard from letter `start` to `end` (exclusive). `value` is a number, choice or name where it has one.

    `wanted` is what the phrase would have there, different from what was recognised when it was matched by its sound.
    """

    concept: str
    start: int
    end: int
    level: Level
    matched: str
    wanted: str
    score: float
    value: Decimal | str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """All concepts heard within one window, or as many as were: `missing` names the others."""

    founds: tuple[Found, ...]
    start: int
    end: int
    interval: Interval
    missing: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        level: Level = "text"
        for found in self.founds:
            level = worst(level, found.level)
        return level


def find(concept: Concept, searched: Searched, settings: SettingsPart, name: str | None = None) -> list[Found]:
    """Every place where `concept` was heard, in order. `name` is the order's text for a `similar` concept: where it is
    known, only it counts. Raises TimeoutError when a pattern does not come to an end."""
    return searched.once((concept, name), lambda: _find(concept, searched, settings, name))


def _find(concept: Concept, searched: Searched, settings: SettingsPart, name: str | None) -> list[Found]:
    if concept.similar and name:
        return _similar(concept, searched, name, settings)
    text = searched.stream.text
    hits = _founds(concept, searched.locate(concept.phrases))
    for pattern in concept.patterns:
        for start, end in searched.matches(pattern, settings.pattern_seconds):
            if end > start:
                hits.append(Found(concept.name, start, end, "text", pattern.pattern, text[start:end], 1.0))
    if concept.number:
        hits += [
            Found(concept.name, n.start, end, "text", NUMBER, text[n.start : end], 1.0, n.value)
            for n, end in _numbers(concept.number, searched)
        ]
    for choice, phrases in concept.choices:
        hits += _founds(concept, searched.locate(phrases), choice)
    spared = searched.locate(concept.exceptions) if hits else []
    return sorted((hit for hit in hits if not any(_spares(one, hit) for one in spared)), key=PLACE)


def _spares(longer: Hit, hit: Found) -> bool:
    """Whether the exception holds the hit and is no less sure of its words: 不陪, heard for 不赔, may be a part of
    如实告知…不赔 heard no better; 保险责任 heard letter by letter is not taken for 保险责任由 by sound alone.
    """
    return longer.start <= hit.start and hit.end <= longer.end and RANK[longer.level] <= RANK[hit.level]


PLACE = itemgetter(1, 2)  # start and end of what was found


def _founds(concept: Concept, hits: Sequence[Hit], value: str | None = None) -> list[Found]:
    name = concept.name
    return [
        Found(name, start, end, level, phrase, wanted, SCORES[level], value)
        for start, end, level, phrase, wanted in hits
    ]


def _numbers(wanted: NumberWanted, searched: Searched) -> Iterable[tuple[Number, int]]:
    """Numbers of the wanted kind with the end of their unit."""
    text, units = searched.stream.text, wanted.units
    own = searched.locate(wanted.near or wanted.topic)
    numbers = [
        (number, end)
        for number in (_without_word(number, own, text) for number in searched.numbers)
        if (wanted.bare_from is not None or number.part_of is not None or text.startswith(units, number.end))
        and (end := _unit_end(wanted, text, number)) is not None
        and (wanted.below is None or number.value < wanted.below)
    ]
    if not numbers:
        return
    words = [(hit.start, hit.end) for hit in own]
    rivals = [(hit.start, hit.end) for hit in searched.locate(wanted.rivals) if hit.level != "near"]
    reach = wanted.near_chars
    for number, end in numbers:
        if wanted.near and not any(start - reach <= end and number.start <= stop + reach for start, stop in words):
            continue
        if figures.belongs_elsewhere(searched.stream, number.start, end, words, rivals):
            continue
        yield number, end


def _without_word(number: Number, own: Sequence[Hit], text: str) -> Number:
    """The number without its first numeral where that is the end of the word it belongs to: 犹豫期十五天 is written
    由于七十五天, and no ear can tell 期 from 七.
    """
    first = number.start + 1
    if not any(hit.start < number.start and hit.end == first and hit.level != "text" for hit in own):
        return number
    rest = find_numbers(text[first : first + LONGEST_FIGURE])
    if not rest or rest[0].start != 0:
        return number
    return replace(rest[0], start=first, end=first + rest[0].end)


def _unit_end(wanted: NumberWanted, text: str, number: Number) -> int | None:
    """Where the number with its unit ends; None where it is of another kind (第二天, 十一月二十日, 二零二六年)."""
    before = text[number.start - 1 : number.start]
    if before == "第" or number.rough:
        return None
    if number.part_of is not None:
        return number.end if PART_UNITS.get(number.part_of) in wanted.units else None
    for unit in wanted.units:
        if text.startswith(unit, number.end):
            said_year = unit == "年" and number.digits and len(number.digits) >= LONGEST_SAID_YEAR
            a_date = said_year or (before == "月" and unit in DAYS_OF_DATE)
            return None if a_date else number.end + len(unit)
    after = text[number.end : number.end + 1]
    bare_amount = wanted.bare_from is not None and number.value >= wanted.bare_from and number.digits is None
    return number.end if bare_amount and (not after or after not in NO_AMOUNT_BEFORE) else None


def _similar(concept: Concept, searched: Searched, name: str, settings: SettingsPart) -> list[Found]:
    """The place that sounds most like `name`, if it is like enough to look at."""
    wanted, text = bare(fold(name)), searched.stream.text
    if not wanted or len(text) < len(wanted) * settings.name_doubt:
        return []
    cutoff = settings.name_doubt * 100
    best = partial_ratio_alignment(syllables(wanted), searched.syllables, score_cutoff=cutoff)
    if best is None or best.score < cutoff or best.dest_end <= best.dest_start:
        return []
    heard = text[best.dest_start : best.dest_end]
    share = best.score / 100
    level: Level = "text" if heard == wanted else "pinyin" if share >= settings.name_share else "near"
    return [Found(concept.name, best.dest_start, best.dest_end, level, name, wanted, share, heard)]


def without_negated(
    founds: Sequence[Found], unless: Sequence[Phrase], searched: Searched, guard_window: int
) -> list[Found]:
    """`founds` without those in a clause that holds one of the `unless` phrases."""
    return outside(negated(unless, searched, guard_window), founds)


def negated(unless: Sequence[Phrase], searched: Searched, guard_window: int) -> list[tuple[int, int]]:
    """First and last (exclusive) letter of the clauses that hold one of the `unless` phrases."""
    stream = searched.stream
    barred = []
    for hit in searched.locate(unless):
        left, right = stream.around(hit.start, hit.start + 1, stream.clause_starts, guard_window)
        if hit.level != "near" and hit.end <= right:
            barred.append((left, right))
    return barred


def outside(barred: Sequence[tuple[int, int]], founds: Sequence[Found]) -> list[Found]:
    """`founds` without those that touch a barred clause."""
    if not barred:
        return list(founds)
    return [found for found in founds if not any(left < found.end and found.start < right for left, right in barred)]


def occurrences(by_concept: Sequence[Sequence[Found]], stream: Stream, window_s: float) -> list[Occurrence]:
    """The tightest spans of at most `window_s` seconds that hold a hit of every concept, in order.

    No two share a sentence: what is left over of a sentence is no second time that it was said.
    """
    if not by_concept or not all(by_concept):
        return []
    kept: list[Occurrence] = []
    taken = bytearray(len(stream.text))
    for _, start, end, founds in sorted(_spans(by_concept, stream, window_s), key=itemgetter(0, 1)):
        if taken.find(1, start, end) < 0:
            kept.append(Occurrence(founds, start, end, stream.interval(start, end)))
            left, right = stream.around(start, end, stream.sentence_starts, LONGEST_SENTENCE)
            taken[left:right] = bytes([1]) * (right - left)
    return sorted(kept, key=lambda one: one.start)


def _spans(
    by_concept: Sequence[Sequence[Found]], stream: Stream, window_s: float
) -> Iterator[tuple[float, int, int, tuple[Found, ...]]]:
    """Seconds, first and last letter, and hits of the spans from each hit on that hold one of every concept."""
    starts = [[found.start for found in founds] for founds in by_concept]
    begin_s, end_s = stream.begins, stream.ends
    for start in sorted(set(chain.from_iterable(starts))):
        chosen, end = [], 0
        for founds, begins in zip(by_concept, starts, strict=True):
            index = bisect_left(begins, start)
            if index == len(begins):
                return
            found = founds[index]
            chosen.append(found)
            end = max(end, found.end)
        seconds = max(end_s[start], end_s[end - 1]) - begin_s[start]
        if seconds <= window_s:
            yield seconds, start, end, tuple(chosen)


def _from(founds: Sequence[Found], begins: Sequence[int], start: int) -> Found | None:
    index = bisect_left(begins, start)
    return founds[index] if index < len(founds) else None


def _occurrence(founds: Sequence[Found], stream: Stream, missing: tuple[str, ...]) -> Occurrence:
    start, end = min(found.start for found in founds), max(found.end for found in founds)
    return Occurrence(tuple(founds), start, end, stream.interval(start, end), missing)


def nearest_miss(
    by_concept: Sequence[Sequence[Found]], names: Sequence[str], stream: Stream, window_s: float
) -> Occurrence | None:
    """The window in which most concepts were heard, the first of equals; None where none was."""
    heard_of = [founds for founds in by_concept if founds]
    starts = [[found.start for found in founds] for founds in heard_of]
    best: list[Found] = []
    for first in sorted(set(chain.from_iterable(starts))):
        limit = stream.begins[first] + window_s
        chosen = (_from(founds, begins, first) for founds, begins in zip(heard_of, starts, strict=True))
        inside = [found for found in chosen if found is not None and stream.ending(found.start, found.end) <= limit]
        if len(inside) > len(best):
            best = inside
        if len(best) == len(heard_of):
            break
    if not best:
        return None
    heard = {found.concept for found in best}
    return _occurrence(best, stream, tuple(name for name in names if name not in heard))
