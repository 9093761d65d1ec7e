"""Judge one session by one rule set: evidence and order in, verdicts and questions to the sound out.

No audio, no frames, no clock: the same evidence, rules and order give the same judgement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from engine.evidence import Evidence, Transcript
from engine.inspection import Item, Note
from engine.order import Order
from engine.rules import checks, disclosures, listening, prohibitions, sights
from engine.rules.acknowledging import Asked, acknowledge, answering_roles
from engine.rules.borrowing import set_apart
from engine.rules.case import Case, sale_date
from engine.rules.concepts import Occurrence
from engine.rules.conditions import Truth
from engine.rules.disclosures import Judged
from engine.rules.fieldnames import listed
from engine.rules.hearing import Hearing
from engine.rules.judgement import Judgement, Ruling, note, outcome
from engine.rules.listening import Heard, Plain
from engine.rules.operators.base import Context, Said, Situation
from engine.rules.orders import OrderView
from engine.rules.parameters import settle
from engine.rules.ruleset import Check, Disclosure, Forbidden, Head, RuleSet, Visual

CONSENT_ITEM = "dr_consent"


def evaluate(evidence: Evidence, ruleset: RuleSet, order: Order, context: Context | None = None) -> Judgement:
    """Judge every rule of `ruleset`. Items come in the order of the file, checks last, one per product where a rule
    speaks of products. `context` is what is known beside the recording and its order.

    `requests` are questions whose answers may change a verdict: answer them as `Transcript.confirmations`, evaluate
    again.
    """
    given = order.recorded_at.date() if order.recorded_at else None
    sold_on = sale_date(given, evidence.media.recorded_at)
    plain = OrderView(order, sold_on)
    parameters, remarks = settle(ruleset.parameters, plain)
    case = Case(evidence, ruleset, replace(plain, parameters=parameters), _hearing(evidence, ruleset))
    court = _Court(case, context or Context())
    items = [item for rule in ruleset.rules for item in court.items(rule)]
    notes: list[Note] = [*remarks] if sold_on else [*remarks, note("date_unknown")]
    refused = court.refused(items)
    return Judgement(tuple(items), tuple(sorted(case.requests)), refused, tuple(notes), tuple(sorted(case.inquiries)))


def _hearing(evidence: Evidence, ruleset: RuleSet) -> Hearing:
    settings = ruleset.settings
    transcript = evidence.transcript or Transcript((), (), (), (), ())
    return Hearing(
        transcript, ruleset.vocabulary, settings.role_floor, settings.clause_pause_s, settings.sentence_pause_s
    )


class _Court:
    """One evaluation: disclosures are heard first, because the next item closes the answer window of the one before."""

    def __init__(self, case: Case, context: Context) -> None:
        self._case = case
        self._context = context
        self._products: list[tuple[int | None, OrderView]] = [
            (index, replace(case.view, product=product)) for index, product in enumerate(case.view.order.products)
        ]
        self._excuses: dict[tuple[str, int | None], Ruling | None] = {}
        self._truths: dict[tuple[str, int | None], Truth | None] = {}
        self._items: dict[str, tuple[Item, ...]] = {}
        self._heard: dict[tuple[str, int | None], Heard | None] = {}
        self._first_said: dict[str, float] = {}
        self._last_answer: float | None = None
        self._asked = self._listen()

    def _listen(self) -> tuple[Asked, ...]:
        asked: dict[tuple[float, float, str, bool], Asked] = {}
        due = [
            (rule, index, view)
            for rule in self._case.ruleset.disclosures
            for index, view in self._views(rule.head)
            if self._excuse(rule.head, index, view) is None
        ]
        plain = [self._hear_plainly(rule, view) for rule, _, view in due]
        listening.expect_resembling((rule, one) for (rule, *_), one in zip(due, plain, strict=True) if one)
        found = {
            (rule.head.id, index): self._hear(rule, view, one)
            for (rule, index, view), one in zip(due, plain, strict=True)
        }
        rules = {(rule.head.id, index): rule for rule, index, _ in due}
        self._heard = set_apart(self._case, found, rules)
        for rule, index, _ in due:
            heard = self._heard[rule.head.id, index]
            for occurrence in heard.complete if heard and not heard.borrowed else ():
                span = occurrence.interval
                self._first_said[rule.head.id] = min(self._first_said.get(rule.head.id, span.start), span.start)
                place = span.start, span.end, rule.head.id, rule.asks
                asked[place] = Asked(rule.head.id, span, rule.asks)
        return tuple(asked[place] for place in sorted(asked))

    @cached_property
    def _said(self) -> dict[str, tuple[Said, ...]]:
        """Where each disclosure was said completely by a voice that may say it, and where the answer to it ended."""
        said: dict[str, set[Said]] = {}
        for rule in self._case.ruleset.disclosures:
            for index, view in self._views(rule.head):
                heard = self._heard.get((rule.head.id, index))
                if heard is None or heard.by == "other" or self._excuse(rule.head, index, view) is not None:
                    continue
                for one in heard.complete:
                    until = self._answered_until(rule, one, heard)
                    said.setdefault(rule.head.id, set()).add(Said(rule.head.id, one.interval, until))
        return {item: tuple(sorted(found, key=lambda one: one.interval)) for item, found in said.items()}

    def _answered_until(self, rule: Disclosure, occurrence: Occurrence, heard: Heard) -> float | None:
        if not rule.asks:
            return None
        expect = disclosures.expected(self._case, rule, occurrence, heard.searched)
        return acknowledge(self._case, rule, occurrence, expect, self._asked).answer.end

    def _hear_plainly(self, rule: Disclosure, view: OrderView) -> Plain | None:
        """What was plainly heard of the rule; None when one of its patterns did not come to an end."""
        try:
            return listening.hear_plainly(self._case, rule, view)
        except TimeoutError:
            return None

    def _hear(self, rule: Disclosure, view: OrderView, plain: Plain | None) -> Heard | None:
        """What was heard of the rule; None when one of its patterns did not come to an end."""
        try:
            return listening.hear(self._case, rule, view, plain) if plain else None
        except TimeoutError:
            return None

    def _views(self, head: Head) -> Sequence[tuple[int | None, OrderView]]:
        """The order once per product where the rule speaks of products and the order has some; else once."""
        return self._products if head.per_product and self._products else [(None, self._case.view)]

    def _excuse(self, head: Head, index: int | None, view: OrderView) -> Ruling | None:
        """Why the rule need not be judged for this sale, or None when it must."""
        key = head.id, index
        if key not in self._excuses:
            self._truths[key] = truth = head.applies_if.holds(view) if head.applies_if else None
            self._excuses[key] = _excused(head, self._case, view, truth)
        return self._excuses[key]

    def items(self, rule: Disclosure | Forbidden | Visual | Check) -> tuple[Item, ...]:
        """The outcome of one rule, per product where it speaks of products."""
        self._items[rule.head.id] = tuple(self._each(rule))
        return self._items[rule.head.id]

    def _each(self, rule: Disclosure | Forbidden | Visual | Check) -> Iterator[Item]:
        for index, view in self._views(rule.head):
            excuse = self._excuse(rule.head, index, view)
            if excuse is not None:
                yield outcome(rule.head, excuse, self._case.everything, product_index=index)
                continue
            yield self._judged(rule, index, view)

    def _judged(self, rule: Disclosure | Forbidden | Visual | Check, index: int | None, view: OrderView) -> Item:
        try:
            item = self._judge(rule, index, view)
        except TimeoutError:
            endless = Ruling("inconclusive", "pattern_timeout")
            item = outcome(rule.head, endless, self._case.everything, product_index=index)
        truth = self._truths[rule.head.id, index]
        return _eased(self._case.ruleset, view, _with_missing_fields(truth, item))

    def _judge(self, rule: Disclosure | Forbidden | Visual | Check, index: int | None, view: OrderView) -> Item:
        if isinstance(rule, Forbidden):
            return prohibitions.judge(self._case, rule)
        if isinstance(rule, Visual):
            return sights.judge(self._case, rule, self._first_said, self._last_answer)
        if isinstance(rule, Check):
            return checks.judge(rule, Situation(self._case, view, self._said, self._items, self._context), index)
        heard = self._heard[rule.head.id, index]
        if heard is None:
            raise TimeoutError
        judged = disclosures.judge(self._case, rule, view, heard, self._asked)
        if isinstance(judged, Judged) and judged.answer is not None and judged.answer.end is not None:
            self._last_answer = max(self._last_answer or 0.0, judged.answer.end)
        return disclosures.item_of(self._case, rule, heard, judged, index)

    def refused(self, items: Sequence[Item]) -> bool:
        """Whether the customer refused anything, at the consent or at any time after it."""
        if any(item.reason_code == "refused" for item in items):
            return True
        begin = self._first_said.get(CONSENT_ITEM, 0.0)
        roles = {role for rule in self._case.ruleset.disclosures for role in answering_roles(self._case, rule)}
        return any(
            reply.result == "refusal" and reply.interval.start >= begin
            for reply in self._case.conversation.replies(tuple(sorted(roles)))
        )


def _excused(head: Head, case: Case, view: OrderView, applies: Truth | None) -> Ruling | None:
    """Why the rule need not be judged for this sale, or None when it must. `applies`: what its condition came to."""
    order, sold_on = view.order, view.sold_on
    if sold_on and head.valid_from and sold_on < head.valid_from:
        return Ruling("not_applicable", "not_yet_in_force", {"day": head.valid_from.isoformat()})
    if _expired(head.valid_to, sold_on):
        return Ruling("not_applicable", "no_longer_in_force", {"day": str(head.valid_to)})
    scenario = order.scenario or case.ruleset.scenarios[0]
    elsewhere = head.scenarios and scenario in case.ruleset.scenarios and scenario not in head.scenarios
    other_channel = head.channels and order.channel and order.channel not in head.channels
    other_region = head.regions and order.region and order.region not in head.regions
    if elsewhere or other_channel or other_region:
        return Ruling("not_applicable", "not_required")
    if applies is not None and applies.value is False:
        return Ruling("not_applicable", "not_required")
    return None


def _expired(valid_to: date | None, sold_on: date | None) -> bool:
    """A rule that has ended does not hold; with an unknown date of sale the newest rules hold."""
    return valid_to is not None and (sold_on is None or sold_on > valid_to)


def _with_missing_fields(truth: Truth | None, item: Item) -> Item:
    """Where the order leaves open whether the rule applies: a pass stays a pass, a failure becomes a review."""
    if truth is None or truth.value is not None:
        return item
    fields = listed(truth.missing)
    remark = note("order_field_missing", fields=fields)
    if item.verdict == "pass":
        return replace(item, notes=(*item.notes, note("not_compared", name=fields)))
    if item.verdict != "fail":
        return replace(item, notes=(*item.notes, remark))
    return replace(item, verdict="review", reason=remark.text, reason_code=remark.code, notes=(*item.notes, remark))


def _eased(ruleset: RuleSet, view: OrderView, item: Item) -> Item:
    """A customer who cannot hear, see or follow is not failed for what cannot be done aloud: a person looks."""
    if item.verdict != "fail":
        return item
    needs = view.order.policyholder.needs
    met = [one.title for one in ruleset.easings if one.need in needs and item.id in one.items]
    if not met:
        return item
    remark = note("special_customer", needs="、".join(met), reason=item.reason)
    return replace(item, verdict="review", reason=remark.text, reason_code=remark.code)
