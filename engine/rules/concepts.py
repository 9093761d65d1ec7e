"""Where the concepts of a rule were heard, and the spans in which all of them come together."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz.fuzz import partial_ratio_alignment

from engine.interval import Interval
from engine.language.folding import bare, fold
from engine.language.numbers import Number
from engine.language.pinyin import syllables
from engine.rules.hearing import Searched, Stream
from engine.rules.phrases import SCORES, Hit, Level, Phrase, worst
from engine.rules.ruleset import Concept, NumberWanted
from engine.rules.schema import SettingsPart

NUMBER = "数字"
NO_AMOUNT_BEFORE = "年天日岁月号种条个次倍期点周项款份章页%"
LONGEST_SAID_YEAR = 4
LONGEST_SENTENCE = 40  # letters to each side; recognised speech may have no punctuation


@dataclass(frozen=True, slots=True)
class Found:
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
    if concept.similar and name:
        return _similar(concept, searched.stream, name, settings)
    hits = [_found(concept, hit) for hit in searched.locate(concept.phrases)]
    for pattern in concept.patterns:
        for match in pattern.finditer(searched.stream.text, timeout=settings.pattern_seconds):
            if match.end() > match.start():
                heard = match.group()
                hits.append(Found(concept.name, match.start(), match.end(), "text", pattern.pattern, heard, 1.0))
    if concept.number:
        hits += [
            Found(concept.name, n.start, end, "text", NUMBER, searched.stream.text[n.start : end], 1.0, n.value)
            for n, end in _numbers(concept.number, searched)
        ]
    for choice, phrases in concept.choices:
        hits += [_found(concept, hit, choice) for hit in searched.locate(phrases)]
    spared = searched.locate(concept.exceptions)
    kept = [hit for hit in hits if not any(one.start <= hit.start and hit.end <= one.end for one in spared)]
    return sorted(kept, key=lambda found: (found.start, found.end))


def _found(concept: Concept, hit: Hit, value: str | None = None) -> Found:
    return Found(concept.name, hit.start, hit.end, hit.level, hit.phrase, hit.wanted, SCORES[hit.level], value)


def _numbers(wanted: NumberWanted, searched: Searched) -> Iterable[tuple[Number, int]]:
    """Numbers of the wanted kind with the end of their unit."""
    text = searched.stream.text
    near = [(hit.start, hit.end) for hit in searched.locate(wanted.near)]
    for number in searched.numbers:
        end = _unit_end(wanted, text, number)
        if end is None or (wanted.below is not None and number.value >= wanted.below):
            continue
        reach = wanted.near_chars
        if wanted.near and not any(start - reach <= end and number.start <= stop + reach for start, stop in near):
            continue
        yield number, end


def _unit_end(wanted: NumberWanted, text: str, number: Number) -> int | None:
    """Where the number with its unit ends; None where it is of another kind (第二天, 十一月二十日, 二零二六年)."""
    before = text[number.start - 1 : number.start]
    if before == "第":
        return None
    for unit in wanted.units:
        if text.startswith(unit, number.end):
            a_date = before == "月" or (unit == "年" and number.digits and len(number.digits) >= LONGEST_SAID_YEAR)
            return None if a_date else number.end + len(unit)
    after = text[number.end : number.end + 1]
    bare_amount = wanted.bare_from is not None and number.value >= wanted.bare_from and number.digits is None
    return number.end if bare_amount and (not after or after not in NO_AMOUNT_BEFORE) else None


def _similar(concept: Concept, stream: Stream, name: str, settings: SettingsPart) -> list[Found]:
    """The place that sounds most like `name`, if it is like enough to look at."""
    wanted = bare(fold(name))
    if not wanted or len(stream.text) < len(wanted) * settings.name_doubt:
        return []
    cutoff = settings.name_doubt * 100
    best = partial_ratio_alignment(syllables(wanted), syllables(stream.text), score_cutoff=cutoff)
    if best is None or best.score < cutoff or best.dest_end <= best.dest_start:
        return []
    heard = stream.text[best.dest_start : best.dest_end]
    share = best.score / 100
    level: Level = "text" if heard == wanted else "pinyin" if share >= settings.name_share else "near"
    return [Found(concept.name, best.dest_start, best.dest_end, level, name, wanted, share, heard)]


def without_negated(
    founds: Sequence[Found], unless: Sequence[Phrase], searched: Searched, guard_window: int
) -> list[Found]:
    """`founds` without those in a clause that holds one of the `unless` phrases."""
    stream = searched.stream
    barred = []
    for hit in searched.locate(unless):
        left, right = stream.around(hit.start, hit.start + 1, stream.clause_starts, guard_window)
        if hit.level != "near" and hit.end <= right:
            barred.append((left, right))
    return [found for found in founds if not any(left < found.end and found.start < right for left, right in barred)]


def occurrences(by_concept: Sequence[Sequence[Found]], stream: Stream, window_s: float) -> list[Occurrence]:
    """The tightest spans of at most `window_s` seconds that hold a hit of every concept, in order.

    No two share a sentence: what is left over of a sentence is no second time that it was said.
    """
    if not by_concept or not all(by_concept):
        return []
    spans = []
    starts = [[found.start for found in founds] for founds in by_concept]
    for first in sorted({found.start for founds in by_concept for found in founds}):
        chosen = [_from(founds, begins, first) for founds, begins in zip(by_concept, starts, strict=True)]
        complete = [found for found in chosen if found is not None]
        if len(complete) < len(chosen):
            break
        spans.append(_occurrence(complete, stream))
    fitting = [span for span in spans if span.interval.duration <= window_s]
    kept: list[Occurrence] = []
    taken: list[tuple[int, int]] = []
    for span in sorted(fitting, key=lambda one: (one.interval.duration, one.start)):
        if all(span.end <= left or right <= span.start for left, right in taken):
            kept.append(span)
            taken.append(stream.around(span.start, span.end, stream.sentence_starts, LONGEST_SENTENCE))
    return sorted(kept, key=lambda one: one.start)


def _from(founds: Sequence[Found], begins: Sequence[int], start: int) -> Found | None:
    index = bisect_left(begins, start)
    return founds[index] if index < len(founds) else None


def _occurrence(founds: Sequence[Found], stream: Stream, missing: tuple[str, ...] = ()) -> Occurrence:
    start, end = min(found.start for found in founds), max(found.end for found in founds)
    return Occurrence(tuple(founds), start, end, stream.interval(start, end), missing)


def nearest_miss(
    by_concept: Sequence[Sequence[Found]], names: Sequence[str], stream: Stream, window_s: float
) -> Occurrence | None:
    """The window in which most concepts were heard, the first of equals; None where none was."""
    begins = sorted({found.start for founds in by_concept for found in founds})
    starts = [[found.start for found in founds] for founds in by_concept]
    best: Occurrence | None = None
    for first in begins:
        limit = stream.character(first).interval.start + window_s
        chosen = [_from(founds, each, first) for founds, each in zip(by_concept, starts, strict=True)]
        inside = [f for f in chosen if f is not None and stream.interval(f.start, f.end).end <= limit]
        if inside and (best is None or len(inside) > len(best.founds)):
            heard = {found.concept for found in inside}
            best = _occurrence(inside, stream, tuple(name for name in names if name not in heard))
    return best
