"""Judge disclosures: was it said, by whom, completely, in agreement with the order, and was it answered."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.evidence import Role
from engine.inspection import Answer, Finding, Item, Note
from engine.inspection import Concept as ConceptResult
from engine.interval import Interval
from engine.reasons import Words
from engine.rules import doubts
from engine.rules.acknowledging import Acknowledged, Asked, acknowledge
from engine.rules.case import Case, majority
from engine.rules.concepts import PLACE, Found, Occurrence, find, nearest_miss, negated, occurrences, outside
from engine.rules.facts import Comparison, compare
from engine.rules.hearing import Searched
from engine.rules.judgement import WORST_FIRST, Ruling, note, outcome, worst
from engine.rules.orders import OrderView
from engine.rules.phrases import SCORES
from engine.rules.ruleset import Concept, Disclosure
from engine.rules.schema import Polarity
from engine.rules.spoken import mean

By = Literal["speaker", "doubtful", "other"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of one disclosure: complete occurrences, else the nearest miss.

    `searched` is where, `by` tells whether by a voice that had to say it.
    """

    searched: Searched
    complete: tuple[Occurrence, ...]
    nearest: Occurrence | None
    by: By = "speaker"


@dataclass(frozen=True, slots=True)
class Judged:
    """One occurrence with everything said about it."""

    occurrence: Occurrence
    ruling: Ruling
    findings: tuple[Finding, ...]
    concepts: tuple[ConceptResult, ...]
    answer: Answer | None
    notes: tuple[Note, ...]
    until: float
    confidence: float


def hear(case: Case, rule: Disclosure, view: OrderView) -> Heard:
    """Look for the disclosure in what its speakers said; then in what they may have said; then in what others said.

    Raises TimeoutError when a pattern does not come to an end.
    """
    due = [
        concept for concept in rule.must if concept.applies_if is None or concept.applies_if.holds(view).value is True
    ]
    own = case.hearing.of(rule.says)
    heard = _founds(case, rule, due, view, own)
    complete = _complete(rule, heard, own)
    if complete:
        return Heard(own, complete, None)
    # what need not be asked at all is not asked because something merely resembles it
    resembling = () if rule.optional else _resembling(case, rule, due, view, own, _certain(heard))
    if resembling:
        return Heard(own, resembling, None)
    elsewhere: tuple[tuple[By, Callable[[Collection[Role]], Searched]], ...] = (
        ("doubtful", case.hearing.nearby),
        ("other", case.hearing.others),
    )
    for by, listen in elsewhere:
        searched = listen(rule.says)
        if searched is not own and all(find(one, searched, case.settings, _name(one, view)) for one in due):
            complete = _complete(rule, _founds(case, rule, due, view, searched), searched)
        if complete:
            return Heard(searched, complete, None, by)
    names = [concept.name for concept in due]
    return Heard(own, (), nearest_miss(_certain(heard), names, own.stream, rule.window_s))


def _founds(
    case: Case, rule: Disclosure, due: Sequence[Concept], view: OrderView, searched: Searched
) -> list[list[Found]]:
    """Where each concept was heard, but not where it was negated."""
    barred = negated(rule.unless, searched, case.settings.guard_window_chars)
    return [outside(barred, find(concept, searched, case.settings, _name(concept, view))) for concept in due]


def _certain(heard: Sequence[Sequence[Found]]) -> list[list[Found]]:
    return [[found for found in founds if found.level != "near"] for founds in heard]


def _complete(rule: Disclosure, heard: Sequence[Sequence[Found]], searched: Searched) -> tuple[Occurrence, ...]:
    if not all(heard):
        return ()
    stream = searched.stream
    return tuple(occurrences(_certain(heard), stream, rule.window_s) or occurrences(heard, stream, rule.window_s))


MOST_RESEMBLING = 6  # places of one concept that the sound is asked about


def _resembling(
    case: Case,
    rule: Disclosure,
    due: Sequence[Concept],
    view: OrderView,
    own: Searched,
    certain: Sequence[Sequence[Found]],
) -> tuple[Occurrence, ...]:
    """Where the missing concepts were said in words that merely resemble theirs, as far as the sound does not deny it.

    Such a place is a guess, and one only where the recogniser was unsure of what it wrote. `certain` is where each
    concept was heard for sure; the sound is asked only where every other one can at least be guessed.
    """
    guessed: list[Sequence[Found]] = []
    for concept, sure in zip(due, certain, strict=True):
        guessed.append(() if sure else _guesses(case, rule, concept, view, own))
        if not sure and not guessed[-1]:
            return ()
    if all(certain):
        return ()
    heard = []
    for guesses, sure in zip(guessed, certain, strict=True):
        answers = [(one, case.finding(one, own.stream)) for one in guesses]
        confirmed = [one for one, (_, counts) in answers if counts]
        unasked = [one for one, (finding, _) in answers if finding.margin is None]
        heard.append(sure or confirmed or unasked)
    return tuple(occurrences(heard, own.stream, rule.window_s)) if all(heard) else ()


def _guesses(case: Case, rule: Disclosure, concept: Concept, view: OrderView, own: Searched) -> list[Found]:
    """Places that resemble the concept where the recogniser doubted a character; no more than the sound is asked of."""
    barred = negated(rule.unless, own, case.settings.guard_window_chars)
    name = _name(concept, view)
    reread = _reread(case, concept, own, name)
    known = {(one.start, one.end, one.wanted) for one in reread}
    alike = find(concept, own.widened, case.settings, name)
    found = outside(barred, [*reread, *(one for one in alike if (one.start, one.end, one.wanted) not in known)])
    floor = case.settings.sure_probability
    unsure = [one for one in found if own.stream.least_probability(one.start, one.end) < floor]
    return sorted(unsure[:MOST_RESEMBLING], key=PLACE)


def _reread(case: Case, concept: Concept, own: Searched, name: str | None) -> list[Found]:
    """Places where another reading of the sound has the concept. A number is never taken from there."""
    if own.other is None or concept.number or concept.equals:
        return []
    reading, searched = own.other
    founds = []
    for one in find(concept, searched, case.settings, name):
        place = reading.place_of(one.start, one.end, one.wanted)
        if place is not None:
            start, end, wanted = place
            founds.append(one._replace(start=start, end=end, level="near", wanted=wanted, score=SCORES["near"]))
    return founds


def _name(concept: Concept, view: OrderView) -> str | None:
    value = view.value(concept.similar) if concept.similar else None
    return str(value) if value is not None else None


def expected(case: Case, rule: Disclosure, occurrence: Occurrence, searched: Searched) -> Polarity:
    """The polarity of a good answer, which the wording of the question may turn."""
    if not rule.expect_when:
        return rule.expect
    stream = searched.stream
    _, last = stream.letters_within(occurrence.interval.widened(0.0, case.ruleset.answers.max_wait_s))
    start, _ = stream.around(occurrence.start, occurrence.start + 1, stream.sentence_starts, len(stream.text))
    for phrases, polarity in rule.expect_when:
        if any(start <= hit.start < last and hit.level != "near" for hit in searched.locate(phrases)):
            return polarity
    return rule.expect


def judge(case: Case, rule: Disclosure, view: OrderView, heard: Heard, asked: Sequence[Asked]) -> Judged | Ruling:
    """The occurrence that decides, or the ruling where there is none."""
    if not heard.complete:
        return _missing(case, rule, heard)
    weighed = [_weigh(case, rule, view, one, heard, asked) for one in heard.complete]
    best = max(weighed, key=lambda one: WORST_FIRST.index(one.ruling.verdict))
    contrary = [one for one in weighed if one.ruling.code in CONTRARY]
    if best.ruling.verdict != "pass" or not contrary:
        return _judged(case, heard.searched, best)
    last = max((*contrary, best), key=lambda one: one.occurrence.start)
    quote = last.answer.quote if last.answer else None
    changed = Ruling("review", "answer_changed", {"quote": quote or ""})
    return _judged(case, heard.searched, replace(last, ruling=changed))


CONTRARY = ("not_understood", "answer_contrary")
AROUND_MISS = ("miss_unread", "miss_noisy", "miss_overlapped", "miss_unsure", "miss_role_doubtful")


def _missing(case: Case, rule: Disclosure, heard: Heard) -> Ruling:
    if rule.optional:
        return Ruling("not_applicable", "optional_not_asked")
    unjudgeable = case.unjudgeable()
    if unjudgeable is not None:
        return unjudgeable
    if heard.nearest is not None and heard.nearest.founds:
        unclear = case.unclear_around(heard.nearest.interval)
        if unclear is not None:
            return unclear
        said = "、".join(dict.fromkeys(found.concept for found in heard.nearest.founds))
        return Ruling("fail", "disclosure_incomplete", {"said": said, "missing": "、".join(heard.nearest.missing)})
    return Ruling("fail", "disclosure_missing")


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What one occurrence comes to. Of several, only the one that decides is told in full."""

    occurrence: Occurrence
    ruling: Ruling
    comparisons: tuple[Comparison, ...]
    details: tuple[ConceptResult, ...]
    answer: Answer | None
    until: float


def _weigh(
    case: Case, rule: Disclosure, view: OrderView, occurrence: Occurrence, heard: Heard, asked: Sequence[Asked]
) -> _Weighed:
    searched = heard.searched
    rulings: list[Ruling] = []
    if heard.by == "doubtful":
        rulings.append(Ruling("review", "role_doubtful"))
    elif heard.by == "other":
        rulings.append(_said_by_other(case, occurrence, searched))
    guessed = [case.finding(one, searched.stream) for one in _in_order(occurrence.founds) if one.level == "near"]
    if not all(counts for _, counts in guessed):
        doubtful = "、".join(finding.quote for finding, counts in guessed if not counts)
        rulings.append(Ruling("review", "heard_nearly", {"quote": doubtful}))
    comparisons = _compare(case, rule, view, occurrence, searched)
    rulings += [one.ruling for one in comparisons if one.ruling is not None]
    details = tuple(_should(case, concept, view, occurrence, searched) for concept in rule.should)
    rulings += [Ruling("review", "detail_missing", {"name": one.name}) for one in details if not one.found]
    answer, until = None, occurrence.interval.end
    if rule.asks:
        acknowledged: Acknowledged = acknowledge(
            case, rule, occurrence, expected(case, rule, occurrence, searched), asked
        )
        answer, until = acknowledged.answer, acknowledged.until
        rulings.append(acknowledged.ruling)
    ruling = worst([*rulings, Ruling("pass", "disclosed")])
    if ruling.verdict == "pass":
        doubt = doubts.first(case, rule, occurrence, searched, asked, answer)
        ruling = doubt or (rulings[-1] if rulings else ruling)
    return _Weighed(occurrence, ruling, tuple(comparisons), details, answer, until)


def _judged(case: Case, searched: Searched, weighed: _Weighed) -> Judged:
    """All that is told of the occurrence that decides."""
    occurrence, comparisons = weighed.occurrence, weighed.comparisons
    founds = _in_order(occurrence.founds)
    concepts = [_concept_result(found, searched) for found in founds]
    concepts += _fact_results(comparisons, occurrence, searched)
    stream, start, end = searched.stream, occurrence.start, occurrence.end
    sure_of_roles = mean([max(one, 0.0) for one in stream.role_confidences(start, end)])
    confidence = mean(stream.probabilities(start, end)) * sure_of_roles
    return Judged(
        occurrence=occurrence,
        ruling=weighed.ruling,
        findings=tuple(case.finding(found, searched.stream)[0] for found in founds),
        concepts=(*concepts, *weighed.details),
        answer=weighed.answer,
        notes=tuple(note("not_compared", name=one.concept.name) for one in comparisons if one.state == "not_compared"),
        until=weighed.until,
        confidence=round(min(1.0, confidence), 4),
    )


def _in_order(founds: Sequence[Found]) -> list[Found]:
    return sorted(founds, key=lambda found: (found.start, found.end))


def _said_by_other(case: Case, occurrence: Occurrence, searched: Searched) -> Ruling:
    """The words were said, but by a voice that does not count."""
    role = majority(searched.stream.roles(occurrence.start, occurrence.end))
    return case.voices_unjudgeable() or Ruling("fail", "said_by_other", {"role": ROLE_NAMES[role]})


ROLE_NAMES: dict[Role, Words] = {
    "agent": Words("销售人员", "salesperson"),
    "customer": Words("客户", "customer"),
    "insured": Words("被保险人", "insured"),
    "system": Words("播报语音", "announcement"),
    "other": Words("其他人", "someone else"),
    "unknown": Words("不明身份的人", "unknown voice"),
}


def _compare(
    case: Case, rule: Disclosure, view: OrderView, occurrence: Occurrence, searched: Searched
) -> list[Comparison]:
    compared = [*(concept for concept in rule.must if concept.equals or concept.similar), *rule.facts]
    return [compare(concept, occurrence, searched, case, view) for concept in compared]


def _should(case: Case, concept: Concept, view: OrderView, occurrence: Occurrence, searched: Searched) -> ConceptResult:
    zone = occurrence.interval.widened(10.0, 20.0)
    founds = find(concept, searched, case.settings, _name(concept, view))
    inside = [
        found
        for found in founds
        if zone.overlap(searched.stream.interval(found.start, found.end)) and found.level != "near"
    ]
    return _concept_result(inside[0], searched) if inside else ConceptResult(concept.name, False)


def _concept_result(found: Found, searched: Searched) -> ConceptResult:
    value = float(found.value) if found.value is not None and not isinstance(found.value, str) else found.value
    return ConceptResult(found.concept, True, searched.stream.quote(found.start, found.end), value)


def _fact_results(comparisons: Sequence[Comparison], occurrence: Occurrence, searched: Searched) -> list[ConceptResult]:
    """Compared values that are not already among the concepts of the occurrence."""
    already = {found.concept for found in occurrence.founds}
    results = []
    for one in comparisons:
        if one.concept.name in already or one.state in ("not_due", "not_compared"):
            continue
        results.append(_concept_result(one.found, searched) if one.found else ConceptResult(one.concept.name, False))
    return results


def missing_concepts(heard: Heard) -> tuple[ConceptResult, ...]:
    """The concepts of the nearest miss, those not heard included."""
    if heard.nearest is None:
        return ()
    found = [_concept_result(one, heard.searched) for one in _in_order(heard.nearest.founds)]
    return (*found, *(ConceptResult(name, False) for name in heard.nearest.missing))


def item_of(case: Case, rule: Disclosure, heard: Heard, judged: Judged | Ruling, product_index: int | None) -> Item:
    """The outcome of a disclosure as an item of the inspection."""
    if isinstance(judged, Ruling):
        nearest: tuple[Finding, ...] = ()
        if heard.nearest is not None:
            nearest = tuple(case.finding(one, heard.searched.stream)[0] for one in _in_order(heard.nearest.founds))
        absent = tuple(ConceptResult(concept.name, False) for concept in rule.must)
        judged_over = heard.nearest.interval if heard.nearest and judged.code in AROUND_MISS else case.whole
        return outcome(
            rule.head,
            judged,
            case.window(judged_over),
            product_index=product_index,
            evidence=nearest,
            concepts=missing_concepts(heard) or absent,
        )
    said = judged.occurrence.interval
    return outcome(
        rule.head,
        judged.ruling,
        case.window(Interval(said.start, max(said.end, judged.until))),
        product_index=product_index,
        confidence=judged.confidence,
        notes=judged.notes,
        evidence=judged.findings,
        concepts=judged.concepts,
        answer=judged.answer,
    )
