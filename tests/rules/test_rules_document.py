"""docs/rules.md and docs/rules.zh-CN.md teach by examples; the examples work, in both languages the same."""

import re

import pytest
import yaml

from engine.rules import load
from engine.rules.examples import run
from engine.rules.operators.catalogue import by_key
from engine.rules.operators.logic import JOINTS

PAGES = ("rules.md", "rules.zh-CN.md")
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| ([^|]*) \|", re.MULTILINE)


def blocks(page):
    return [yaml.safe_load(found) for found in BLOCK.findall(page)]


@pytest.fixture(params=PAGES)
def page(request, root):
    return (root / "docs" / request.param).read_text(encoding="utf-8")


@pytest.fixture
def ruleset(page, tmp_path):
    """All examples of a page as one rule set."""
    whole: dict[str, object] = {}
    for block in blocks(page):
        for key, value in block.items():
            whole[key] = [*whole[key], *value] if key in whole else value
    path = tmp_path / "my_rules.yaml"
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    return load(path)


def test_the_ten_examples_load_and_what_they_show_holds(page, ruleset):
    assert len(blocks(page)) == 11
    assert len(ruleset.rules) == 10
    outcomes = list(run(ruleset))
    assert [(one.rule, one.say, one.item.verdict, one.item.reason) for one in outcomes if not one.ok] == []
    shown = {one.rule for one in outcomes}
    assert shown == {rule.head.id for rule in ruleset.rules} - {"v_same_frame"}


def test_both_languages_show_the_same_examples(root):
    first, second = (BLOCK.findall((root / "docs" / name).read_text(encoding="utf-8")) for name in PAGES)
    assert first == second


def test_every_operator_is_listed_with_its_parameters(page):
    listed = {key: set(re.findall(r"`(\w+)`", params)) for key, params in ROW.findall(page)}
    for key, operator in by_key().items():
        stated = {field.alias or name for name, field in operator.model_fields.items()}
        assert listed[key] <= stated, key
        assert stated - listed[key] <= {"item", "evidence_required"}, key
    for joint in JOINTS:
        assert f"`{joint}" in page
