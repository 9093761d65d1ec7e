"""Rule sets that differ in words alone: a session in which none of them is heard is judged alike by both."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evidence import Alternative, Evidence
from engine.interval import Interval
from engine.order import Order, parse_order
from engine.rules import Judgement, RuleSet, evaluate, load
from engine.rules.difference import difference
from engine.rules.rehearsal import Line, rehearse
from engine.rules.wordings import with_wording
from tests.eval.compare.calls import stored

CALLBACK = Path(__file__).resolve().parents[2] / "configs" / "rulesets" / "callback.yaml"
RULE = "fu_cooling_off"


@pytest.fixture(scope="module")
def old() -> RuleSet:
    return load(CALLBACK)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules") / "callback.yaml"


def changed(place: Path, rule: str, concept: str, phrase: str) -> RuleSet:
    place.write_text(with_wording(CALLBACK.read_text(encoding="utf-8"), rule, concept, phrase), encoding="utf-8")
    return load(place)


def other(place: Path, **fields: object) -> RuleSet:
    """The rule set with one field of one rule changed."""
    data = yaml.safe_load(CALLBACK.read_text(encoding="utf-8"))
    data["override"] = {**data.get("override", {}), RULE: fields}
    place.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return load(place)


def concepts(ruleset: RuleSet) -> list[tuple[str, str]]:
    """Concepts of phrases, with their rule."""
    return [(rule.head.id, one.name) for rule in ruleset.disclosures for one in rule.must if one.phrases]


def test_the_same_rule_set_differs_in_nothing(old):
    same = difference(old, load(CALLBACK))
    assert same is not None
    assert not same.phrases
    assert not any(same.heard_in(call.evidence.transcript) for call in stored())


def test_a_wording_that_nobody_says_changes_nothing(old, place):
    found = difference(old, changed(place, *_first(old), "随便什么时候都能把钱要回来"))
    assert found is not None
    assert not any(found.heard_in(call.evidence.transcript) for call in stored())


@pytest.mark.parametrize("said", ["半个月内随便反悔", "半个月内隋便反悔", "半个月累随便反悔"])
def test_a_wording_is_heard_as_written_as_it_sounds_and_as_what_resembles_it(old, place, said):
    found = difference(old, changed(place, *_first(old), "半个月内随便反悔"))
    assert found is not None
    assert found.heard_in(rehearse([Line("agent", f"您{said}。"), Line("customer", "好的。")]).transcript)
    assert found.heard_in(rehearse([Line("customer", f"我{said}。")]).transcript)
    assert not found.heard_in(rehearse([Line("agent", "您好。"), Line("customer", "好的。")]).transcript)


def test_a_wording_may_stand_in_another_reading(old, place):
    found = difference(old, changed(place, *_first(old), "半个月内随便反悔"))
    evidence = rehearse([Line("agent", "您绊个越赖碎编翻回。")])
    heard = evidence.transcript
    span = Interval(heard.characters[1].interval.start, heard.characters[-1].interval.end)
    reread = replace(heard, alternatives=(Alternative(span, "绊个越赖碎编翻回", "半个月内随便反悔"),))
    assert found is not None
    assert found.heard_in(reread)


@pytest.mark.parametrize("fields", [{"severity": "medium"}, {"title": "别的名称"}, {"ack": "none"}])
def test_what_is_more_than_words_is_no_mere_difference(old, place, fields):
    assert difference(old, other(place, **fields)) is None


def test_rule_sets_of_other_sales_are_no_mere_difference(old):
    assert difference(old, load("telesales")) is None


WORDS = st.sampled_from(
    ["犹豫期", "保险责任", "不清楚", "退保", "您", "合同", "全额退保", "十五天", "损失", "分红", "确认", "本人", "每年"]
)


@cache
def judged() -> tuple[tuple[Evidence, Order, Judgement], ...]:
    """The kept calls, judged by the rule set as it is."""
    rules = load(CALLBACK)
    found = ((call.evidence, parse_order(call.inspection.order)) for call in stored())
    return tuple((evidence, order, evaluate(evidence, rules, order)) for evidence, order in found)


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0), st.lists(WORDS, min_size=1, max_size=3))
def test_where_nothing_is_heard_both_come_to_the_same(which, words):
    old = load(CALLBACK)
    places = concepts(old)
    with tempfile.TemporaryDirectory() as folder:
        new = changed(Path(folder) / CALLBACK.name, *places[which % len(places)], "".join(words))
    found = difference(old, new)
    assert found is not None
    for evidence, order, before in judged():
        if not found.heard_in(evidence.transcript):
            after = evaluate(evidence, new, order)
            assert before.items == after.items
            assert before.requests == after.requests
            assert before.refused == after.refused


def _first(ruleset: RuleSet) -> tuple[str, str]:
    return next((rule, concept) for rule, concept in concepts(ruleset) if rule == RULE)
