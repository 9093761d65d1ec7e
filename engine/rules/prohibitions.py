"""Judge forbidden expressions: every hit goes to a person with its quote; guards spare compliant denials
(本产品不保本).
"""

from collections.abc import Sequence

from engine.inspection import Item, Verdict
from engine.interval import Interval
from engine.rules.case import Case
from engine.rules.concepts import Found
from engine.rules.hearing import Searched
from engine.rules.judgement import Ruling, outcome
from engine.rules.phrases import SCORES, Hit
from engine.rules.ruleset import Forbidden
from engine.rules.spoken import mean

LONGEST_CLAUSE = 2  # in guard windows to each side: beyond that, missing punctuation is likelier than a clause so long


def judge(case: Case, rule: Forbidden) -> Item:
    """The outcome of one forbidden expression. Raises TimeoutError when a pattern does not come to an end."""
    own = case.hearing.of(rule.says)
    hits = _hits(case, rule, own)
    if any(found.level == "text" for found in hits):
        return _said(case, rule, own, hits, "fail", "forbidden_said")
    if hits:
        return _said(case, rule, own, hits, "review", "forbidden_nearly")
    perhaps = case.hearing.nearby(rule.says)
    doubtful = _hits(case, rule, perhaps) if perhaps is not own else []
    if doubtful:
        return _said(case, rule, perhaps, doubtful, "review", "forbidden_role_doubtful")
    return outcome(rule.head, case.unjudgeable() or Ruling("pass", "forbidden_not_said"), case.everything)


def _hits(case: Case, rule: Forbidden, searched: Searched) -> list[Found]:
    stream = searched.stream
    hits = [
        Found(rule.head.title, hit.start, hit.end, hit.level, hit.phrase, hit.wanted, SCORES[hit.level])
        for hit in searched.locate(rule.phrases)
        if hit.level != "near"
    ]
    for pattern in rule.patterns:
        for start, end in searched.matches(pattern, case.settings.pattern_seconds):
            hits.append(Found(rule.head.title, start, end, "text", pattern.pattern, stream.text[start:end], 1.0))
    if not hits:
        return []
    spared = searched.locate(rule.exceptions)
    guards = [hit for hit in searched.locate(rule.unless) if hit.level != "near"]
    kept: list[Found] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if any(one.start < hit.end and hit.start < one.end for one in spared) or (kept and hit.start < kept[-1].end):
            continue
        if hit.end > _sentence_end(hit, searched):
            continue
        left, right = _guarded(case, rule, hit, searched)
        if not any(left <= guard.start and guard.end <= right and not _part_of(guard, hit) for guard in guards):
            kept.append(hit)
    return kept


def _part_of(guard: Hit, hit: Found) -> bool:
    """Whether the guard is but a piece of the forbidden words as the rule has them: 如实 in 不需要如实."""
    return hit.start <= guard.start and guard.end <= hit.end and guard.phrase in hit.matched


def _sentence_end(hit: Found, searched: Searched) -> int:
    stream = searched.stream
    return stream.around(hit.start, hit.start + 1, stream.sentence_starts, len(stream.text))[1]


def _guarded(case: Case, rule: Forbidden, hit: Found, searched: Searched) -> tuple[int, int]:
    """Where a guard cancels the hit: its clause or sentence, and never far beyond the hit."""
    stream = searched.stream
    starts = stream.clause_starts if rule.guard_scope == "clause" else stream.sentence_starts
    return stream.around(hit.start, hit.end, starts, LONGEST_CLAUSE * case.settings.guard_window_chars)


def _said(case: Case, rule: Forbidden, searched: Searched, hits: Sequence[Found], verdict: Verdict, code: str) -> Item:
    evidence = tuple(case.finding(found, searched.stream)[0] for found in hits)
    ruling = Ruling(verdict, code, {"quote": evidence[0].quote, "count": len(evidence)})
    stream = searched.stream
    probabilities = [one for found in hits for one in stream.probabilities(found.start, found.end)]
    sure_of_roles = [one for found in hits for one in stream.role_confidences(found.start, found.end)]
    span = Interval(evidence[0].start, max(one.end for one in evidence))
    confidence = mean(probabilities) * mean(sure_of_roles)
    return outcome(rule.head, ruling, case.window(span), confidence=round(min(1.0, confidence), 4), evidence=evidence)
