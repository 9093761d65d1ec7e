"""Run the examples that stand inside a rule set: each sentence is judged as if it had been said."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.inspection import Item, Verdict
from engine.order import Order
from engine.rules.evaluation import evaluate
from engine.rules.rehearsal import Line, rehearse
from engine.rules.ruleset import Disclosure, Forbidden, RuleSet
from engine.rules.schema import ExamplePart, Polarity

GOOD_ANSWERS: dict[Polarity, str] = {"affirm": "是的，清楚。", "deny": "没有。", "deny_soft": "没有。", "any": "是的。"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example: what was said, what the rule should have made of it and what it made of it."""

    rule: str
    say: str
    expected: Verdict
    item: Item

    @property
    def ok(self) -> bool:
        return self.item.verdict == self.expected


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


def judge_example(ruleset: RuleSet, rule: Disclosure | Forbidden, example: ExamplePart) -> Outcome:
    """Judge one example by `rule` alone, with a good answer where the rule asks for one and the example has none."""
    answer = example.answer
    if answer is None and isinstance(rule, Disclosure) and rule.asks:
        answer = GOOD_ANSWERS[_wanted(rule, example.say)]
    speaker = "agent" if "agent" in rule.says else rule.says[0]
    lines = [Line(speaker, example.say)]
    if answer:
        lines.append(Line(rule.answered_by if isinstance(rule, Disclosure) else "customer", answer))
    order = Order.model_validate(example.order)
    judgement = evaluate(rehearse(lines), _only(ruleset, rule), order)
    return Outcome(rule.head.id, example.say, example.verdict, judgement.items[0])


def _wanted(rule: Disclosure, say: str) -> Polarity:
    """The polarity of a good answer to the wording of the example."""
    for phrases, polarity in rule.expect_when:
        if any(all(any(word in say for word in part) for part in phrase.parts) for phrase in phrases):
            return polarity
    return rule.expect


def _only(ruleset: RuleSet, rule: Disclosure | Forbidden) -> RuleSet:
    """The rule set with nothing but `rule`, freed of what depends on the sale."""
    head = replace(rule.head, applies_if=None, scenarios=(), channels=(), regions=(), valid_from=None, valid_to=None)
    alone = replace(rule, head=head)
    if isinstance(alone, Disclosure):
        return replace(ruleset, disclosures=(alone,), forbidden=(), visual=())
    return replace(ruleset, disclosures=(), forbidden=(alone,), visual=())
