from dataclasses import replace
from datetime import date

import pytest

from engine.order import Order
from engine.rules import RuleSet, evaluate, load, names
from engine.rules.check_schema import CheckExamplesPart
from engine.rules.examples import run
from engine.rules.rehearsal import Line, rehearse
from engine.rules.ruleset import Check, Disclosure, Forbidden
from engine.rules.schema import ExamplesPart
from tests.rules.conftest import item_of


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    """Examples that were run before, by rule: the rule sets share most of their rules."""
    return {}


@pytest.mark.parametrize("name", names())
def test_every_example_inside_a_rule_set_holds(name, seen):
    ruleset = load(name)
    fresh = {rule.head.id for rule in examined(ruleset) if seen.get(rule.head.id) != rule.examples}
    seen.update({rule.head.id: rule.examples for rule in examined(ruleset)})
    outcomes = list(run(muted(ruleset, keep=fresh)))
    assert [(one.rule, one.say, one.item.verdict) for one in outcomes if not one.ok] == []
    assert {one.rule for one in outcomes} <= fresh


def examined(ruleset: RuleSet) -> list[Disclosure | Forbidden | Check]:
    return [*ruleset.disclosures, *ruleset.forbidden, *ruleset.checks]


def muted(ruleset: RuleSet, keep: set[str]) -> RuleSet:
    """The rule set with the examples of the rules to `keep` only."""

    def quiet(rules, empty):
        return tuple(rule if rule.head.id in keep else replace(rule, examples=empty) for rule in rules)

    return replace(
        ruleset,
        disclosures=quiet(ruleset.disclosures, ExamplesPart()),
        forbidden=quiet(ruleset.forbidden, ExamplesPart()),
        checks=quiet(ruleset.checks, CheckExamplesPart()),
    )


@pytest.mark.parametrize("name", names())
def test_every_rule_carries_its_clause_and_examples(name):
    ruleset = load(name)
    assert all(rule.head.basis and rule.head.fix for rule in ruleset.rules)
    assert all(rule.examples.pass_ for rule in ruleset.disclosures)
    # what is optional is not asked for: its near misses are `other` examples that end as not_applicable
    assert all(rule.examples.other if rule.optional else rule.examples.fail for rule in ruleset.disclosures)
    assert all(rule.examples.fail for rule in ruleset.forbidden)


@pytest.mark.parametrize("punctuated", [True, False])
def test_no_compliant_sentence_is_forbidden(ruleset, punctuated):
    forbidding = replace(ruleset, disclosures=(), visual=(), checks=())
    sentences = {say for name in names() for rule in load(name).disclosures for say in rule.examples.pass_}
    for say in sorted(sentences):
        judgement = evaluate(rehearse([Line("agent", say)], punctuated=punctuated), forbidding, Order())
        assert [(item.id, say) for item in judgement.items if item.verdict != "pass"] == []


@pytest.mark.parametrize(("day", "verdict"), [(date(2026, 1, 31), "not_applicable"), (date(2026, 2, 1), "fail")])
def test_a_rule_holds_from_its_first_day(ruleset, day, verdict):
    order = Order.model_validate({"recorded_at": f"{day}T10:00:00+08:00"})
    judgement = evaluate(rehearse([Line("agent", "您好。")]), ruleset, order)
    assert item_of(judgement, "dr_suitability").verdict == verdict
