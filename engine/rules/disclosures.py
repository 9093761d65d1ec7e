"""Judge disclosures: was it said, by whom, completely, in agreement with the order, and was it answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.evidence import Role
from engine.inspection import Answer, Finding, Item, Note
from engine.inspection import Concept as ConceptResult
from engine.interval import Interval
from engine.rules.acknowledging import Acknowledged, Asked, acknowledge
from engine.rules.case import Case, majority
from engine.rules.concepts import Found, Occurrence, find, nearest_miss, occurrences, without_negated
from engine.rules.facts import Comparison, compare
from engine.rules.hearing import Searched, mean
from engine.rules.judgement import WORST_FIRST, Ruling, note, outcome, worst
from engine.rules.orders import OrderView
from engine.rules.ruleset import Concept, Disclosure
from engine.rules.schema import Polarity


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of one disclosure: complete occurrences, else the nearest miss.

    `searched` is where, `by` tells whether by a voice that had to say it.
    """

    searched: Searched
    complete: tuple[Occurrence, ...]
    nearest: Occurrence | None
    by: Literal["speaker", "doubtful", "other"] = "speaker"


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
    own = _hear(case, rule, view, case.hearing.of(rule.says))
    if own.complete:
        return own
    perhaps = _hear(case, rule, view, case.hearing.nearby(rule.says))
    if perhaps.complete:
        return replace(perhaps, by="doubtful")
    others = _hear(case, rule, view, case.hearing.others(rule.says))
    return replace(others, by="other") if others.complete else own


def _hear(case: Case, rule: Disclosure, view: OrderView, searched: Searched) -> Heard:
    window = case.settings.guard_window_chars
    due = [
        concept for concept in rule.must if concept.applies_if is None or concept.applies_if.holds(view).value is True
    ]
    heard = [
        without_negated(find(concept, searched, case.settings, _name(concept, view)), rule.unless, searched, window)
        for concept in due
    ]
    certain = [[found for found in founds if found.level != "near"] for founds in heard]
    complete = occurrences(certain, searched.stream, rule.window_s) or occurrences(
        heard, searched.stream, rule.window_s
    )
    names = [concept.name for concept in due]
    miss = None if complete else nearest_miss(certain, names, searched.stream, rule.window_s)
    return Heard(searched, tuple(complete), miss)


def _name(concept: Concept, view: OrderView) -> str | None:
    value = view.value(concept.similar) if concept.similar else None
    return str(value) if value is not None else None


def expected(case: Case, rule: Disclosure, occurrence: Occurrence, searched: Searched) -> Polarity:
    """The polarity of a good answer, which the wording of the question may turn."""
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
    judged = [_judge_occurrence(case, rule, view, one, heard.searched, heard.by, asked) for one in heard.complete]
    best = max(judged, key=lambda one: WORST_FIRST.index(one.ruling.verdict))
    contrary = [one for one in judged if one.ruling.code in CONTRARY]
    if best.ruling.verdict != "pass" or not contrary:
        return best
    last = max((*contrary, best), key=lambda one: one.occurrence.start)
    quote = last.answer.quote if last.answer else None
    return replace(last, ruling=Ruling("review", "answer_changed", {"quote": quote or ""}))


CONTRARY = ("not_understood", "answer_contrary")


def _missing(case: Case, rule: Disclosure, heard: Heard) -> Ruling:
    unjudgeable = case.unjudgeable()
    if unjudgeable is not None:
        return unjudgeable
    if rule.optional:
        return Ruling("not_applicable", "optional_not_asked")
    if heard.nearest is not None and heard.nearest.founds:
        said = "、".join(dict.fromkeys(found.concept for found in heard.nearest.founds))
        return Ruling("fail", "disclosure_incomplete", {"said": said, "missing": "、".join(heard.nearest.missing)})
    return Ruling("fail", "disclosure_missing")


def _judge_occurrence(
    case: Case,
    rule: Disclosure,
    view: OrderView,
    occurrence: Occurrence,
    searched: Searched,
    by: str,
    asked: Sequence[Asked],
) -> Judged:
    evidence = [case.finding(found, searched.stream) for found in _in_order(occurrence.founds)]
    rulings: list[Ruling] = []
    if by == "doubtful":
        rulings.append(Ruling("review", "role_doubtful"))
    elif by == "other":
        rulings.append(_said_by_other(case, occurrence, searched))
    if not all(counts for _, counts in evidence):
        doubtful = "、".join(finding.quote for finding, counts in evidence if not counts)
        rulings.append(Ruling("review", "heard_nearly", {"quote": doubtful}))
    comparisons = _compare(case, rule, view, occurrence, searched)
    rulings += [one.ruling for one in comparisons if one.ruling is not None]
    concepts = [_concept_result(found, searched) for found in _in_order(occurrence.founds)]
    concepts += _fact_results(comparisons, occurrence, searched)
    for concept in rule.should:
        soft = _should(case, concept, view, occurrence, searched)
        concepts.append(soft)
        if not soft.found:
            rulings.append(Ruling("review", "detail_missing", {"name": concept.name}))
    answer, until = None, occurrence.interval.end
    if rule.asks:
        acknowledged: Acknowledged = acknowledge(
            case, rule, occurrence, expected(case, rule, occurrence, searched), asked
        )
        answer, until = acknowledged.answer, acknowledged.until
        rulings.append(acknowledged.ruling)
    notes = [note("not_compared", name=one.concept.name) for one in comparisons if one.state == "not_compared"]
    ruling = worst([*rulings, Ruling("pass", "disclosed")])
    if ruling.verdict == "pass" and rulings:
        ruling = rulings[-1]
    spoken = searched.stream.characters(occurrence.start, occurrence.end)
    confidence = mean(one.probability for one in spoken) * mean(max(one.role_confidence, 0.0) for one in spoken)
    return Judged(
        occurrence, ruling, tuple(finding for finding, _ in evidence), tuple(concepts), answer, tuple(notes), until,
        round(min(1.0, confidence), 4),
    )  # fmt: skip


def _in_order(founds: Sequence[Found]) -> list[Found]:
    return sorted(founds, key=lambda found: (found.start, found.end))


def _said_by_other(case: Case, occurrence: Occurrence, searched: Searched) -> Ruling:
    """The words were said, but by a voice that does not count."""
    role = majority(searched.stream.characters(occurrence.start, occurrence.end))
    return case.voices_unjudgeable() or Ruling("fail", "said_by_other", {"role": ROLE_NAMES[role]})


ROLE_NAMES: dict[Role, str] = {
    "agent": "销售人员",
    "customer": "客户",
    "insured": "被保险人",
    "system": "播报语音",
    "other": "其他人",
    "unknown": "不明身份的人",
}


def _compare(
    case: Case, rule: Disclosure, view: OrderView, occurrence: Occurrence, searched: Searched
) -> list[Comparison]:
    compared = [concept for concept in (*rule.must, *rule.facts) if concept.paths or concept in rule.facts]
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
        return outcome(
            rule.head,
            judged,
            case.window(case.whole),
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
