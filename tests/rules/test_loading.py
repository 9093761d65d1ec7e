"""Rule set files: all faults at once, each at its line and column."""

import pytest

from engine.errors import MingjianError
from engine.order import Order
from engine.rules import check, evaluate, load, names
from engine.rules.rehearsal import Line, rehearse

BROKEN = """\
schema: 1
id: broken
version: "1"
title: 有错的规则集
scenarios: [face_to_face, moon]
settings: {coverage_floor: 2}
disclosures:
- id: dr_one
  title: 一
  basis: [R99-1]
  severity: urgent
  must: []
- id: dr_two
  title: 二
  basis: [R54-6, R99-1]
  severity: high
  applies_if: product.colour == red
  must:
    - {concept: 甲, any: [录音, '…同意']}
    - {concept: 乙, regex: ['(未闭合']}
    - {concept: 丙}
  valid_from: 二月
- id: dr_three
  title: 三
  basis: [R54-6]
  severity: high
  must:
    - {concept: 甲, number: {unit: [天]}, equals: product.cooling_days}
  colour: red
- id: dr_four
  basis: [R54-6]
  severity: high
  must: [{concept: 甲, any: [录音]}]
- id: dr_four
  title: 四
  title: 又四
  basis: [R54-6]
  severity: low
  must: [{concept: 甲, any: [录音]}]
- id: dr_five
  title: 五
  basis: [R54-6]
  severity: low
  valid_from: 2026-02-01
  valid_to: 2025-02-01
  applies_if: product.premium >
  must: [{concept: 甲, any: [录音, '同||意']}]
- id: dr_four
  title: 六
  basis: [R54-6]
  severity: low
  must: [{concept: 甲, any: [录音]}]
forbidden:
- {id: fb_one, title: 禁, basis: [R54-6], severity: low}
visual:
- {id: v_one, title: 看, basis: [R54-6], severity: low, metric: same_frame, window: {from: dr_nine}}
"""
EXPECTED = [
    (5, "scenarios[1]"),
    (6, "settings.coverage_floor"),
    (10, "disclosures[0].basis[0]"),
    (11, "disclosures[0].severity"),
    (12, "disclosures[0].must"),
    (15, "disclosures[1].basis[1]"),
    (17, "disclosures[1].applies_if"),
    (21, "disclosures[1].must[2]"),
    (22, "disclosures[1].valid_from"),
    (28, "disclosures[2].must[0].equals"),
    (29, "disclosures[2].colour"),
    (30, "disclosures[3].title"),
    (34, "disclosures[4].id"),
    (36, "disclosures[4].title"),
    (45, "disclosures[5].valid_to"),
    (46, "disclosures[5].applies_if"),
    (47, "disclosures[5].must[0].any[1]"),
    (48, "disclosures[6].id"),
    (54, "forbidden[0]"),
    (56, "visual[0].window.from"),
]


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    return path


def test_every_fault_is_reported_at_its_place(broken):
    found = [(fault.line, fault.where) for fault in check(broken)]
    assert found == EXPECTED


def test_faults_say_what_was_expected_in_two_languages(broken):
    fault = next(fault for fault in check(broken) if fault.where == "disclosures[0].severity")
    assert "critical" in fault.zh
    assert "urgent" in fault.en
    assert str(fault).startswith("broken.yaml:11:13 ")


def test_loading_a_broken_file_raises_all_of_them(broken):
    with pytest.raises(MingjianError) as raised:
        load(broken)
    assert raised.value.code == "ruleset_faults"
    assert raised.value.details["count"] == len(EXPECTED)


RULE = """\
schema: 1
id: small
version: "1"
title: 小
scenarios: [face_to_face]
disclosures:
- id: dr_one
  title: 一
  basis: [R54-6]
  severity: high
  {rule}
  must: [{must}]
"""


def small(tmp_path, must, rule="note: 无"):
    path = tmp_path / "small.yaml"
    path.write_text(RULE.replace("{rule}", rule).replace("{must}", must), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("must", "rule", "where"),
    [
        ("{concept: 甲, any: [录音, '…同意']}", "note: 无", "disclosures[0].must[0].any[1]"),
        ("{concept: 甲, regex: ['(未闭合']}", "note: 无", "disclosures[0].must[0].regex[0]"),
        ("{concept: 甲, number: {unit: [天]}, equals: product.days}", "note: 无", "disclosures[0].must[0].equals"),
        ("{concept: 甲, any: [录音]}", "applies_if: product.colour == red", "disclosures[0].applies_if"),
        ("{concept: 甲, any: [录音]}", "unless: ['']", "disclosures[0].unless[0]"),
        ("{concept: 甲, any: [录音], equals: product.premium}", "note: 无", "disclosures[0].must[0]"),
    ],
)
def test_single_faults(tmp_path, must, rule, where):
    assert [fault.where for fault in check(small(tmp_path, must, rule))] == [where]


@pytest.mark.parametrize(
    ("text", "line"), [("", 1), ("schema: [1", 1), ("a: 1\nb: [\n", 3), ("- 1\n", 1), ("a: \x00", 1), ("a: &x [*x]", 1)]
)
def test_what_is_no_rule_set_is_a_fault_not_a_crash(tmp_path, text, line):
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    faults = check(path)
    assert faults
    assert faults[0].line == line


def test_an_unknown_name_lists_the_known(tmp_path):
    with pytest.raises(MingjianError, match="face_to_face") as raised:
        load("moon")
    assert raised.value.code == "ruleset_unknown"
    assert "face_to_face" in names()
    with pytest.raises(MingjianError):
        load(tmp_path / "missing.yaml")


def test_the_hash_follows_the_content(tmp_path):
    first = load(small(tmp_path, "{concept: 甲, any: [录音]}")).sha256
    assert load(small(tmp_path, "{concept: 甲, any: [录音]}")).sha256 == first
    assert load(small(tmp_path, "{concept: 甲, any: [录像]}")).sha256 != first


def test_a_runaway_pattern_is_stopped_and_inconclusive(tmp_path):
    ruleset = load(small(tmp_path, "{concept: 甲, regex: ['(啊|啊啊)+坏']}"))
    evidence = rehearse([Line("agent", "啊" * 60 + "好")])
    (item,) = evaluate(evidence, ruleset, Order()).items
    assert (item.verdict, item.reason_code) == ("inconclusive", "pattern_timeout")
