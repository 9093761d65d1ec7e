"""Judge stored evidence again, without the media.

Where a judgement has a question for the sound that the evidence holds no answer to, nobody can be asked now. An item
whose verdict such an answer could change is `pending_media`: inconclusive until the recording is inspected again, never
silently something else. What the sound was asked and could not tell stays as it was judged then: asking again would not
help.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from engine.evidence import Confirmation, Evidence
from engine.inspection import Item, Note
from engine.language.negations import NEGATIONS
from engine.order import Order
from engine.rules.evaluation import evaluate
from engine.rules.hearing import Answers
from engine.rules.judgement import Judgement, Request, note
from engine.rules.operators.base import Context
from engine.rules.ruleset import RuleSet

PENDING = "pending_media"


def replay(evidence: Evidence, ruleset: RuleSet, order: Order, context: Context | None = None) -> Judgement:
    """Judge every rule, as `evaluate` does; items that hang on an answer of the sound are `pending_media`.

    They are found by supposing the missing answers, once all in favour and once all against: a verdict that stays the
    same does not depend on them. `requests` of the result are the questions without an answer. A text record has no
    sound that could ever be asked: it is judged as it reads, now as before.
    """
    judgement = evaluate(evidence, ruleset, order, context)
    missing = _unanswered(judgement.requests, evidence) if evidence.media.has_audio else ()
    if not missing:
        return replace(judgement, requests=())
    supposed = [_supposing(evidence, missing, ruleset, order, context, kindly) for kindly in (True, False)]
    items = tuple(
        item if all(other.verdict == item.verdict for other in others) else _pending(item)
        for item, *others in zip(judgement.items, *(one.items for one in supposed), strict=True)
    )
    return replace(judgement, items=items, requests=missing)


def _unanswered(requests: Iterable[Request], evidence: Evidence) -> tuple[Request, ...]:
    heard = evidence.transcript
    if heard is None:
        return tuple(requests)
    given, vain = Answers(heard.confirmations), Answers(heard.unanswered)
    return tuple(
        one
        for one in requests
        if given.to(one.span, one.heard, one.wanted) is None and vain.to(one.span, one.heard, one.wanted) is None
    )


def _supposing(
    evidence: Evidence,
    missing: tuple[Request, ...],
    ruleset: RuleSet,
    order: Order,
    context: Context | None,
    kindly: bool,
) -> Judgement:
    """The judgement, had every missing answer been in favour of the sale (`kindly`), or against it.

    A supposed answer may raise the next question (another reply becomes the one that counts), which is supposed too.
    """
    while True:
        evidence = _with_answers(evidence, [_supposed(request, ruleset, kindly) for request in missing])
        judgement = evaluate(evidence, ruleset, order, context)
        missing = _unanswered(judgement.requests, evidence)
        if not missing:
            return judgement


def _supposed(request: Request, ruleset: RuleSet, kindly: bool) -> Confirmation:
    """In favour is what makes a phrase count as said, and a yes remain a yes."""
    added = NEGATIONS.isdisjoint(request.heard) and not NEGATIONS.isdisjoint(request.wanted)
    negation = added or (request.heard, request.wanted) in ruleset.answers.confirm.pairs
    margin = inf if kindly is not negation else -inf
    return Confirmation(request.span, request.heard, request.wanted, margin, PENDING)


def _with_answers(evidence: Evidence, answers: Iterable[Confirmation]) -> Evidence:
    heard = evidence.transcript
    if heard is None:
        return evidence
    return replace(evidence, transcript=replace(heard, confirmations=(*heard.confirmations, *answers)))


def _pending(item: Item) -> Item:
    """`item` until the sound can be asked; what it would be without an answer stays in its notes."""
    remark = note(PENDING)
    kept = (*item.notes, Note(item.reason_code, item.reason))
    return replace(item, verdict="inconclusive", reason=remark.text, reason_code=remark.code, notes=kept)
