"""Judge disclosures: was it said, by whom, completely, in agreement with the order, and was it answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.inspection import Answer, Finding, Item, Note
from engine.inspection import Concept as ConceptResult
from engine.interval import Interval
from engine.rules import answering, doubts
from engine.rules.acknowledging import Acknowledged, Asked, acknowledge, answering_roles
from engine.rules.case import Case, majority
from engine.rules.concepts import PLACE, Found, Occurrence, find
from engine.rules.facts import Comparison, compare
from engine.rules.hearing import Searched
from engine.rules.judgement import ROLE_NAMES, WORST_FIRST, Ruling, note, outcome, worst
from engine.rules.listening import Heard, name_of
from engine.rules.orders import OrderView
from engine.rules.ruleset import Concept, Disclosure
from engine.rules.schema import Polarity
from engine.rules.spoken import mean


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
    _doubt(case, rule, heard.searched, weighed, asked)
    if heard.borrowed:  # the answers were given to other items, too
        weighed = [replace(one, ruling=BORROWED) for one in weighed]
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
    near = [one for one in occurrence.founds if one.level == "near"]
    guessed = [case.finding(one, searched.stream) for one in _in_order(near)]
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
        answer, until = answering.with_face(case, acknowledged.answer), acknowledged.until
        rulings.append(acknowledged.ruling)
        doubt = answering.doubt(case, answer, answering_roles(case, rule))
        rulings += [doubt] if doubt is not None else []
    ruling = worst([*rulings, DISCLOSED])
    if ruling.verdict == "pass" and rulings:
        ruling = rulings[-1]
    return _Weighed(occurrence, ruling, tuple(comparisons), details, answer, until)


DISCLOSED = Ruling("pass", "disclosed")
BORROWED = Ruling("review", "doubt_borrowed")


def _doubt(case: Case, rule: Disclosure, searched: Searched, weighed: list[_Weighed], asked: Sequence[Asked]) -> None:
    """Look for signs against those that would pass, in place, up to the first without any: it decides."""
    for place, one in enumerate(weighed):
        if one.ruling.verdict == "pass":
            doubt = doubts.first(case, rule, one.occurrence, searched, asked, one.answer)
            if doubt is None:
                return
            weighed[place] = replace(one, ruling=doubt)


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
        findings=(
            *(case.finding(found, searched.stream)[0] for found in founds),
            *answering.findings(case, weighed.answer, weighed.ruling),
        ),
        concepts=(*concepts, *weighed.details),
        answer=weighed.answer,
        notes=tuple(note("not_compared", name=one.concept.name) for one in comparisons if one.state == "not_compared"),
        until=weighed.until,
        confidence=round(min(1.0, confidence), 4),
    )


def _in_order(founds: Sequence[Found]) -> list[Found]:
    return sorted(founds, key=PLACE)


def _said_by_other(case: Case, occurrence: Occurrence, searched: Searched) -> Ruling:
    """The words were said, but by a voice that does not count."""
    role = majority(searched.stream.roles(occurrence.start, occurrence.end))
    return case.voices_unjudgeable() or Ruling("fail", "said_by_other", {"role": ROLE_NAMES[role]})


def _compare(
    case: Case, rule: Disclosure, view: OrderView, occurrence: Occurrence, searched: Searched
) -> list[Comparison]:
    compared = [*(concept for concept in rule.must if concept.equals or concept.similar), *rule.facts]
    return [compare(concept, occurrence, searched, case, view) for concept in compared]


def _should(case: Case, concept: Concept, view: OrderView, occurrence: Occurrence, searched: Searched) -> ConceptResult:
    zone = occurrence.interval.widened(10.0, 20.0)
    founds = find(concept, searched, case.settings, name_of(concept, view))
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
