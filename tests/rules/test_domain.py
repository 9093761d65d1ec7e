"""The domain lists beside the project: phrases pass, near misses fail, answers and forbidden words class as listed."""

import re

import pytest

from engine.order import Order
from engine.rules import evaluate
from engine.rules.examples import judge_example
from engine.rules.loading import answers
from engine.rules.rehearsal import Line, rehearse
from engine.rules.schema import ExamplePart
from tests.rules.conftest import listed

PUNCTUATION = re.compile("[，,。！!？?；; ]+")


def forbidden_hits(ruleset, text):
    judgement = evaluate(rehearse([Line("agent", text)]), ruleset, Order())
    return {item.id for item in judgement.items if item.kind == "forbidden" and item.verdict != "pass"}


def test_phrases_pass_their_item_and_near_misses_do_not(ruleset, domain):
    rules = {rule.head.id: rule for rule in ruleset.disclosures}
    judged = 0
    for item in listed(domain / "items.yaml")["items"]:
        if item["id"] not in rules:
            continue
        for verdict, sentences in (("pass", item["phrases"]), ("fail", item["not_enough"])):
            for say in sentences:
                found = judge_example(ruleset, rules[item["id"]], ExamplePart(say=say, verdict=verdict))
                assert found.ok, (item["id"], say, found.item.reason)
                judged += 1
    assert judged > 80


def test_every_item_of_a_sale_face_to_face_is_a_rule(ruleset, domain):
    wanted = {item["id"] for item in listed(domain / "items.yaml")["items"] if item["id"].startswith("dr_")}
    assert wanted <= {rule.head.id for rule in ruleset.disclosures}


def test_rules_keep_the_domain_s_clauses_and_severity(ruleset, domain):
    items = {item["id"]: item for item in listed(domain / "items.yaml")["items"]}
    items |= {rule["id"]: rule for rule in listed(domain / "forbidden.yaml")["rules"]}
    items |= {check["id"]: check for check in listed(domain / "visual.yaml")["checks"]}
    for rule in ruleset.rules:
        said = items[rule.head.id]
        assert [basis.key for basis in rule.head.basis] == said["basis"]
        assert rule.head.severity == said["severity"]


def test_answers_class_as_listed(domain):
    book, found = answers().book, listed(domain / "answers.yaml")
    for expected, sentences in found["tests"].items():
        for sentence in sentences:
            assert book.classify(sentence) == expected, sentence
            if sentence:
                assert book.classify(PUNCTUATION.sub("", sentence)) in (expected, "weak", "unclear"), sentence
    for negation in found["never_affirm"]["negations"]:
        for verb in found["never_affirm"]["verbs"]:
            assert book.classify(negation + verb) != "affirm"


def test_forbidden_expressions_hit_as_listed(ruleset, domain):
    tests = listed(domain / "forbidden.yaml")["tests"]
    assert [case for case in tests["hit"] if case["rule"] not in forbidden_hits(ruleset, case["text"])] == []
    assert [text for text in tests["no_hit"] if forbidden_hits(ruleset, text)] == []


@pytest.mark.parametrize("punctuated", [True, False])
def test_no_compliant_phrase_is_forbidden(ruleset, domain, punctuated):
    for item in listed(domain / "items.yaml")["items"]:
        for say in item["phrases"]:
            evidence = rehearse([Line("agent", say)], punctuated=punctuated)
            judgement = evaluate(evidence, ruleset, Order())
            assert {one.id for one in judgement.items if one.kind == "forbidden" and one.verdict != "pass"} == set(), (
                say
            )
