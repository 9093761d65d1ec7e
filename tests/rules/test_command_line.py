from typer.testing import CliRunner

from api.cli.rules import app

FAILING = """\
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
  must: [{concept: 甲, any: [录音]}]
  examples: {pass: [这里要录音], fail: [也要录音]}
"""


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_shipped_rules_check_test_show_and_list():
    for command in (["check", "face_to_face"], ["test", "face_to_face"], ["show", "face_to_face"], ["list"]):
        assert run(*command).exit_code == 0
    assert "dr_cooling_off" in run("show", "face_to_face").output
    assert "face_to_face" in run("list").output


def test_a_failing_example_is_named(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(FAILING, encoding="utf-8")
    result = run("test", path)
    assert result.exit_code == 1
    assert "也要录音" in result.output
    assert run("check", path).exit_code == 0


def test_faults_of_all_files_are_listed(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(FAILING.replace("high", "urgent"), encoding="utf-8")
    result = run("check", tmp_path / "a.yaml", tmp_path / "b.yaml")
    assert result.exit_code == 1
    assert "a.yaml:10:13" in result.output
    assert "b.yaml:10:13" in result.output
    assert run("test", tmp_path / "a.yaml").exit_code == 1


def test_an_unknown_rule_set_is_a_usage_error():
    for command in ("check", "test", "show"):
        result = run(command, "moon")
        assert result.exit_code == 2
        assert "MJ301" in result.output
