"""Rule sets put together from parts: what is taken, left out and changed, and where a fault stands."""

from pathlib import Path

import pytest

from engine.order import Order
from engine.rules import check, evaluate, load, names
from engine.rules.loading import RULESETS
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import item_of

RULE = """\
- id: {id}
  title: {id}
  basis: [R54-6]
  severity: high
  must: [{{concept: 甲, any: [{word}]}}]
"""
PART = "schema: 1\npart: {name}\ntitle: 部分\n{head}disclosures:\n{rules}"
TOP = 'schema: 1\nid: top\nversion: "1"\ntitle: 顶\nscenarios: [face_to_face]\n'


def rule(name: str, word: str = "录音") -> str:
    return RULE.format(id=name, word=word)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    write(tmp_path / "parts" / "one.yaml", part("one", rule("dr_one"), rule("dr_two", "录像")))
    write(tmp_path / "parts" / "two.yaml", part("two", rule("dr_three", "双录"), head="include: [one.yaml]\n"))
    return tmp_path


def part(name: str, *rules: str, head: str = "") -> str:
    return PART.format(name=name, head=head, rules="".join(rules))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def top(folder: Path, text: str) -> Path:
    return write(folder / "top.yaml", TOP + text)


def ids(path: Path) -> list[str]:
    return [rule.head.id for rule in load(path).disclosures]


def places(path: Path) -> list[tuple[str, int, str]]:
    return [(fault.file, fault.line, fault.where) for fault in check(path)]


def test_rules_come_in_the_order_they_are_included_each_once_and_own_rules_last(folder):
    path = top(folder, "include: [parts/two.yaml, parts/one.yaml]\ndisclosures:\n" + rule("dr_own"))
    assert ids(path) == ["dr_one", "dr_two", "dr_three", "dr_own"]


def test_rules_are_left_out_and_single_fields_changed(folder):
    path = top(
        folder,
        "include: [parts/one.yaml]\nwithout: [dr_one]\noverride: {dr_two: {severity: low, title: 改, says: [agent]}}\n",
    )
    (changed,) = load(path).disclosures
    assert (changed.head.id, changed.head.severity, changed.head.title, changed.says) == (
        "dr_two",
        "low",
        "改",
        ("agent",),
    )


def test_null_takes_a_field_away(folder):
    write(
        folder / "parts" / "one.yaml",
        part("one", rule("dr_one").replace("  must", "  applies_if: trigger == A\n  must")),
    )
    assert load(top(folder, "include: [parts/one.yaml]\n")).disclosures[0].head.applies_if is not None
    path = top(folder, "include: [parts/one.yaml]\noverride: {dr_one: {applies_if: null}}\n")
    assert load(path).disclosures[0].head.applies_if is None


def test_a_rule_that_replaces_another_takes_its_place_alone(folder):
    write(folder / "parts" / "new.yaml", part("new", rule("dr_new").replace("  must", "  replaces: dr_one\n  must")))
    assert ids(top(folder, "include: [parts/one.yaml, parts/new.yaml]\n")) == ["dr_two", "dr_new"]


def test_settings_are_merged_key_by_key_the_rule_set_s_own_last(folder):
    write(
        folder / "parts" / "figures.yaml",
        "schema: 1\npart: figures\ntitle: 数\nsettings: {window_s: 20, name_share: 0.9}\n",
    )
    settings = load(top(folder, "include: [parts/figures.yaml]\nsettings: {window_s: 30}\n")).settings
    assert (settings.window_s, settings.name_share, settings.role_floor) == (30, 0.9, 0.5)


def test_parts_of_the_engine_are_found_from_anywhere(tmp_path):
    assert "db_insured_consent" in ids(top(tmp_path, "include: [parts/death_benefit.yaml]\n"))


def test_the_hash_covers_every_file_drawn_on(folder):
    path = top(folder, "include: [parts/two.yaml]\n")
    before = load(path).sha256
    assert load(path).sha256 == before
    one = folder / "parts" / "one.yaml"
    write(one, one.read_text(encoding="utf-8") + "\n# 注\n")
    assert load(path).sha256 != before


@pytest.mark.parametrize(
    "entry",
    ["parts/missing.yaml", "../outside.yaml", "/etc/hostname", "file:parts/one.yaml", "parts", "parts/two.yaml/.."],
)
def test_nothing_outside_the_folder_is_included(folder, entry):
    write(folder.parent / "outside.yaml", part("outside", rule("dr_out")))
    path = top(folder, f"include: ['{entry}']\ndisclosures:\n" + rule("dr_own"))
    assert places(path) == [("top.yaml", 6, "include[0]")]


def test_a_link_out_of_the_folder_is_not_followed(folder):
    outside = write(folder.parent / "outside.yaml", part("outside", rule("dr_out")))
    (folder / "parts" / "link.yaml").symlink_to(outside)
    assert places(top(folder, "include: [parts/link.yaml]\n")) == [("top.yaml", 6, "include[0]")]


def test_a_circle_is_a_fault_where_it_closes(folder):
    write(folder / "parts" / "one.yaml", part("one", rule("dr_one"), head="include: [two.yaml]\n"))
    assert places(top(folder, "include: [parts/two.yaml]\n")) == [("parts/one.yaml", 4, "include[0]")]


def test_all_faults_of_all_files_are_reported_where_they_stand(folder):
    write(
        folder / "parts" / "one.yaml",
        part("one", rule("dr_one").replace("high", "urgent"), rule("dr_two").replace("R54", "R99")),
    )
    write(folder / "parts" / "two.yaml", part("two", rule("dr_three", "'…'"), rule("dr_own")) + "colour: red\n")
    write(folder / "parts" / "odd.yaml", "schema: 1\npart: [\n")
    path = top(
        folder,
        "include: [parts/one.yaml, parts/two.yaml, parts/odd.yaml, parts/none.yaml]\n"
        "without: [dr_nine]\n"
        "override:\n"
        "  dr_eight: {severity: low}\n"
        "  dr_two: {severity: huge, id: dr_zwei, colour: red}\n"
        "disclosures:\n" + rule("dr_own") + rule("dr_last").replace("[录音]", "[]"),
    )
    assert places(path) == [
        ("top.yaml", 6, "include[3]"),
        ("top.yaml", 7, "without[0]"),
        ("top.yaml", 9, "override.dr_eight"),
        ("top.yaml", 10, "override.dr_two.severity"),
        ("top.yaml", 10, "override.dr_two.id"),
        ("top.yaml", 10, "override.dr_two.colour"),
        ("top.yaml", 12, "disclosures[0].id"),
        ("top.yaml", 21, "disclosures[1].must[0]"),
        ("parts/odd.yaml", 3, ""),
        ("parts/one.yaml", 8, "disclosures[0].severity"),
        ("parts/one.yaml", 12, "disclosures[1].basis[0]"),
        ("parts/two.yaml", 9, "disclosures[0].must[0].any[0]"),
        ("parts/two.yaml", 15, "colour"),
    ]


PARAMETERS = """\
parameters:
  questionnaire:
    title: 问卷
    options: [A, B]
    default: A
    when: [{value: B, if: days_since_issue > 18}]
disclosures:
- id: dr_one
  title: 一
  basis: [R54-6]
  severity: high
  applies_if: parameter.questionnaire == B
  must: [{concept: 甲, any: [录音]}]
"""


@pytest.mark.parametrize(
    ("order", "verdict", "notes"),
    [
        ({}, "not_applicable", ["date_unknown"]),
        ({"issued_at": "2026-11-02T00:00:00+08:00", "recorded_at": "2026-11-20T00:00:00+08:00"}, "not_applicable", []),
        ({"issued_at": "2026-11-02T00:00:00+08:00", "recorded_at": "2026-11-21T00:00:00+08:00"}, "pass", []),
        ({"parameters": {"questionnaire": "B"}}, "pass", ["date_unknown"]),
        ({"parameters": {"questionnaire": "C"}}, "not_applicable", ["parameter_unknown", "date_unknown"]),
    ],
)
def test_a_parameter_comes_from_the_order_else_its_conditions_else_its_default(folder, order, verdict, notes):
    ruleset = load(top(folder, PARAMETERS))
    judgement = evaluate(rehearse([Line("agent", "录音")]), ruleset, Order.model_validate(order))
    assert item_of(judgement, "dr_one").verdict == verdict
    assert [note.code for note in judgement.notes] == notes


def test_an_undeclared_parameter_or_value_is_a_fault(folder):
    assert [where for _, _, where in places(top(folder, PARAMETERS.replace("parameter.q", "parameter.r")))] == [
        "disclosures[0].applies_if"
    ]
    assert [where for _, _, where in places(top(folder, PARAMETERS.replace("default: A", "default: Z")))] == [
        "parameters.questionnaire"
    ]


def test_parts_are_no_rule_sets_of_their_own(folder):
    assert set(names()) == {"face_to_face", "remote", "bank", "telesales", "callback"}
    assert [(fault.line, fault.where) for fault in check(RULESETS / "parts" / "health.yaml")] == [(3, "part")]


@pytest.mark.parametrize("name", names())
def test_the_shipped_rule_sets_have_no_fault(name):
    assert check(RULESETS / f"{name}.yaml") == ()
    assert load(name).scenarios == (name,)
