"""Run the examples that stand inside a rule set: each sentence is judged as if it had been said."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.inspection import Item, Verdict
from engine.order import Order
from engine.rules.check_schema import CheckExamplePart, Said
from engine.rules.evaluation import evaluate
from engine.rules.operators.base import Context
from engine.rules.rehearsal import Line, rehearse
from engine.rules.ruleset import Check, Disclosure, Forbidden, Head, RuleSet
from engine.rules.schema import ExamplePart, Polarity

GOOD_ANSWERS: dict[Polarity, str] = {"affirm": "是的，清楚。", "deny": "没有。", "deny_soft": "没有。", "any": "是的。"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example: what was said, what the rule should have made of it and what it made of it. `remark`: whether it
    should have left a note, where that matters.
    """

    rule: str
    say: str
    expected: Verdict
    item: Item
    remark: bool | None = None

    @property
    def ok(self) -> bool:
        return self.item.verdict == self.expected and (self.remark is None or self.remark == self.remarked)

    @property
    def remarked(self) -> bool:
        """Whether a check that only warns warned."""
        return self.item.reason_code == "check_warned"


def run(ruleset: RuleSet) -> Iterator[Outcome]:
    """The outcome of every example, in the order of the file."""
    spoken: tuple[Disclosure | Forbidden, ...] = (*ruleset.disclosures, *ruleset.forbidden)
    for rule in spoken:
        for say in rule.examples.pass_:
            yield judge_example(ruleset, rule, ExamplePart(say=say, verdict="pass"))
        for say in rule.examples.fail:
            yield judge_example(ruleset, rule, ExamplePart(say=say, verdict="fail"))
        for example in rule.examples.other:
            yield judge_example(ruleset, rule, example)
    for check in ruleset.checks:
        yield from _run_check(ruleset, check)


def _run_check(ruleset: RuleSet, check: Check) -> Iterator[Outcome]:
    for say in check.examples.pass_:
        yield judge_conversation(ruleset, check, CheckExamplePart(say=say, verdict="pass"))
    for say in check.examples.fail:
        expected: Verdict = "pass" if check.finding == "warn" else check.finding
        judged = judge_conversation(ruleset, check, CheckExamplePart(say=say, verdict=expected))
        yield replace(judged, remark=True) if check.finding == "warn" else judged
    for example in check.examples.other:
        yield judge_conversation(ruleset, check, example)


def judge_example(ruleset: RuleSet, rule: Disclosure | Forbidden, example: ExamplePart) -> Outcome:
    """Judge one example by `rule` alone, with a good answer where the rule asks for one and the example has none."""
    answer = example.answer
    if answer is None and isinstance(rule, Disclosure) and rule.asks:
        answer = good_answer(rule, example.say)
    speaker = "agent" if "agent" in rule.says else rule.says[0]
    lines = [Line(speaker, example.say)]
    if answer:
        lines.append(Line(rule.answered_by if isinstance(rule, Disclosure) else "customer", answer))
    order = Order.model_validate(example.order)
    judgement = evaluate(rehearse(lines), alone(ruleset, rule), order)
    return Outcome(rule.head.id, example.say, example.verdict, judgement.items[0])


def judge_conversation(ruleset: RuleSet, check: Check, example: CheckExamplePart) -> Outcome:
    """Judge one example of a check, with the disclosures of the rule set to lean on."""
    lines = lines_of(example.say)
    if example.answer:
        lines.append(Line("customer", example.answer))
    order = Order.model_validate(example.order)
    context = Context(**dict(example.context))
    chosen = _with_disclosures(ruleset, check, judged_by_order=bool(example.order))
    judgement = evaluate(rehearse(lines), chosen, order, context)
    item = next(item for item in judgement.items if item.id == check.head.id)
    return Outcome(check.head.id, " / ".join(line.text for line in lines), example.verdict, item)


def lines_of(say: Said) -> list[Line]:
    """What is said in an example as lines of a rehearsal."""
    defaults = Line("agent", "")
    return [
        Line(
            one.role,
            one.text,
            defaults.after if one.pause is None else one.pause,
            defaults.character_s if one.cps is None else 1.0 / one.cps,
        )
        for one in say
    ]


def _with_disclosures(ruleset: RuleSet, check: Check, judged_by_order: bool) -> RuleSet:
    """The rule set with `check`, all disclosures and the rules it requires, freed of what depends on the sale.

    Its own condition on the order holds where the example gives an order.
    """
    condition = check.head.applies_if if judged_by_order else None
    needed = [one for one in ruleset.checks if one.head.id in check.requires]
    return replace(
        ruleset,
        disclosures=tuple(replace(one, head=_anywhere(one.head)) for one in ruleset.disclosures),
        forbidden=tuple(one for one in ruleset.forbidden if one.head.id in check.requires),
        visual=tuple(one for one in ruleset.visual if one.head.id in check.requires),
        checks=(*needed, replace(check, head=replace(_anywhere(check.head), applies_if=condition))),
    )


def _anywhere(head: Head) -> Head:
    return replace(head, scenarios=(), channels=(), regions=(), valid_from=None, valid_to=None)


def good_answer(rule: Disclosure, say: str) -> str:
    """An answer that acknowledges the disclosure when it is worded as `say`."""
    for phrases, polarity in rule.expect_when:
        if any(all(any(word in say for word in part) for part in phrase.parts) for phrase in phrases):
            return GOOD_ANSWERS[polarity]
    return GOOD_ANSWERS[rule.expect]


def alone(ruleset: RuleSet, rule: Disclosure | Forbidden) -> RuleSet:
    """The rule set with nothing but `rule`, freed of what depends on the sale."""
    freed = replace(rule, head=replace(_anywhere(rule.head), applies_if=None))
    if isinstance(freed, Disclosure):
        return replace(ruleset, disclosures=(freed,), forbidden=(), visual=(), checks=())
    return replace(ruleset, disclosures=(), forbidden=(freed,), visual=(), checks=())
