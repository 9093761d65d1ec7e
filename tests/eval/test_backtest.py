"""Past results judged by another rule set, from the command line."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from api.cli.rules import app
from engine.evidence import Media
from engine.evidence_file import pack
from engine.inspection import Coverage, EngineReference, Inspection, Outcome, Reference, Timings, to_json
from engine.order import Order
from engine.rules import load
from engine.rules.policy import decide, load_policy
from engine.rules.rehearsal import Line, rehearse
from engine.rules.replay import replay

RULE = {
    "id": "dr_period",
    "title": "保险期间",
    "basis": ["R54-7-3"],
    "severity": "critical",
    "must": [{"concept": "保险期间", "any": ["保险期间"]}],
}
SAID = {"long": "这份合同的保险期间是终身。", "short": "这份合同保终身。"}


def rules(folder: Path, name: str, *phrases: str) -> Path:
    path = folder / f"{name}.yaml"
    rule = RULE | {"must": [{"concept": "保险期间", "any": list(phrases)}]}
    part = {"schema": 1, "id": name, "version": "1", "title": name, "scenarios": ["face_to_face"]}
    path.write_text(yaml.safe_dump(part | {"disclosures": [rule]}, allow_unicode=True), encoding="utf-8")
    return path


def store(folder: Path, ruleset: Path, text: str) -> None:
    """What an inspection by `ruleset` would have left in `folder`."""
    evidence = rehearse([Line("agent", text), Line("customer", "好的。")])
    judgement = replay(evidence, load(ruleset), Order())
    decision = decide(judgement, load_policy(), evidence)
    inspection = Inspection(
        id=folder.name, created_at="2026-11-02T10:12:00+08:00", recording=Media((), 10.0), order={},
        ruleset=Reference("old", "0", "1"), policy=Reference("default", "0"), engine=EngineReference("0", (), {}),
        verdict=decision.verdict, refused=False, score=decision.score, outcome=Outcome("标准件"), notes=(),
        coverage=Coverage(1.0, None), stages=(), speakers=(), utterances=(), items=judgement.items, scene=None,
        quality={}, timings=Timings(0.0, 0.0),
    )  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "inspection.json").write_bytes(to_json(inspection))
    (folder / "evidence.json.gz").write_bytes(pack(evidence))


@pytest.fixture
def past(tmp_path: Path) -> Path:
    for name, text in SAID.items():
        store(tmp_path / "past" / name, rules(tmp_path, "old", "保险期间"), text)
    return tmp_path / "past"


def run(*arguments: object) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, ["backtest", *map(str, arguments)])
    return result.exit_code, result.stdout.splitlines(), result.stderr


def test_the_same_rules_flip_nothing(past, tmp_path):
    status, lines, _ = run(tmp_path / "old.yaml", "--against", past)
    assert status == 0
    assert len(lines) == 1
    assert lines[0].startswith("2 个会话")


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_flip_is_listed_with_its_words(past, tmp_path, jobs):
    new = rules(tmp_path, "new", "保险期间", "合同保终身")
    status, lines, _ = run(new, "--against", past, "--jobs", jobs)
    assert status == 1
    assert lines[0] == "short  flagged -> clear"
    assert lines[1].startswith("short  dr_period  fail -> pass  ")
    assert "“合同保终身”" in lines[1]
    assert len(lines) == 3


def test_json_has_a_line_for_every_session_and_totals(past, tmp_path):
    new = rules(tmp_path, "new", "保什么期")
    status, lines, _ = run(new, "--against", past, "--json")
    *sessions, last = map(json.loads, lines)
    assert status == 1
    assert [one["folder"] for one in sessions] == ["long", "short"]
    (change,) = sessions[0]["changes"]
    assert (change["item"], change["old"], change["new"]) == ("dr_period", "pass", "fail")
    assert last["totals"]["flips"] == [{"old": "pass", "new": "fail", "items": 1}]


def test_an_unreadable_folder_is_told_and_stops_nothing(past, tmp_path):
    (past / "long" / "evidence.json.gz").write_bytes(b"\x1f\x8b broken")
    (past / "empty").mkdir()
    (past / "empty" / "inspection.json").write_text("{}")
    status, lines, errors = run(rules(tmp_path, "new", "合同保终身"), "--against", past)
    assert status == 2
    assert "short  dr_period  fail -> pass" in "\n".join(lines)
    assert "long：" in errors
    assert "empty：" in errors


@pytest.mark.parametrize("what", ["nothing there", "no such rules", "no such folder"])
def test_unusable_input(past, tmp_path, what):
    new = "no_such_rules" if what == "no such rules" else rules(tmp_path, "new", "终身")
    where = {"nothing there": tmp_path / "none", "no such folder": tmp_path / "missing"}.get(what, past)
    if what == "nothing there":
        where.mkdir()
    assert run(new, "--against", where)[0] == 2


def test_what_only_the_sound_can_tell_is_counted_apart(past, tmp_path):
    new = rules(tmp_path, "new", "终身")
    store(past / "near", tmp_path / "old.yaml", "这份合同的中生。")
    status, lines, _ = run(new, "--against", past, "--json")
    near = next(one for one in map(json.loads, lines) if one.get("folder") == "near")
    assert [change["reason_code"] for change in near["changes"]] == ["pending_media"]
    assert json.loads(lines[-1])["totals"]["pending"] == 1
    assert status == 1
