from datetime import date

import pytest

from engine.order import Order
from engine.rules import evaluate, load, names
from engine.rules.examples import run
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import item_of


@pytest.mark.parametrize("name", names())
def test_every_example_inside_a_rule_set_holds(name):
    outcomes = list(run(load(name)))
    assert [(one.rule, one.say, one.item.verdict) for one in outcomes if not one.ok] == []
    assert len(outcomes) > 100


@pytest.mark.parametrize("name", names())
def test_every_rule_carries_its_clause_and_examples(name):
    ruleset = load(name)
    assert all(rule.head.basis and rule.head.fix for rule in ruleset.rules)
    assert all(rule.examples.pass_ and rule.examples.fail for rule in ruleset.disclosures)
    assert all(rule.examples.fail for rule in ruleset.forbidden)


def test_no_compliant_sentence_is_forbidden(ruleset):
    for rule in ruleset.disclosures:
        for say in rule.examples.pass_:
            judgement = evaluate(rehearse([Line("agent", say)]), ruleset, Order())
            assert [item.id for item in judgement.items if item.kind == "forbidden" and item.verdict != "pass"] == []


@pytest.mark.parametrize(("day", "verdict"), [(date(2026, 1, 31), "not_applicable"), (date(2026, 2, 1), "fail")])
def test_a_rule_holds_from_its_first_day(ruleset, day, verdict):
    order = Order.model_validate({"recorded_at": f"{day}T10:00:00+08:00"})
    judgement = evaluate(rehearse([Line("agent", "您好。")]), ruleset, order)
    assert item_of(judgement, "dr_suitability").verdict == verdict
