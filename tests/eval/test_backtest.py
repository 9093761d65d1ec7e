"""Past results judged by another rule set, from the command line."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from api.cli.rules import app
from engine.errors import MingjianError
from engine.evidence import Media
from engine.evidence.file import pack
from engine.inspection import Coverage, EngineReference, Inspection, Outcome, Reference, Timings, to_json
from engine.order import Order
from engine.rules import load
from engine.rules.policy import decide, load_policy
from engine.rules.rehearsal import Line, rehearse
from engine.rules.replay import replay
from engine.version import VERSION
from eval.backtest import running
from eval.backtest.running import FLIPS_FILE, Against, backtest
from eval.backtest.telling import as_data, lines
from eval.metrics.counts import Share
from eval.tuning.point import Point, Threshold
from tests.eval.tuning.runs import LEFT_OUT, SAID, Case, write_run
from tests.eval.tuning.runs import rules as labelled_rules

RULE = {
    "id": "dr_period",
    "title": "保险期间",
    "basis": ["R54-7-3"],
    "severity": "critical",
    "must": [{"concept": "保险期间", "any": ["保险期间"]}],
}
TEXTS = {"long": "这份合同的保险期间是终身。", "short": "这份合同保终身。"}


def rules(folder: Path, name: str, *phrases: str) -> Path:
    path = folder / f"{name}.yaml"
    rule = RULE | {"must": [{"concept": "保险期间", "any": list(phrases)}]}
    part = {"schema": 1, "id": name, "version": "1", "title": name, "scenarios": ["face_to_face"]}
    path.write_text(yaml.safe_dump(part | {"disclosures": [rule]}, allow_unicode=True), encoding="utf-8")
    return path


def store(folder: Path, ruleset: Path, text: str) -> None:
    """What an inspection by `ruleset` would have left in `folder`."""
    evidence = rehearse([Line("agent", text), Line("customer", "好的。")])
    judged_by, policy = load(ruleset), load_policy()
    judgement = replay(evidence, judged_by, Order())
    decision = decide(judgement, policy, evidence)
    inspection = Inspection(
        id=folder.name, created_at="2026-11-02T10:12:00+08:00", recording=Media((), 10.0), order={},
        ruleset=Reference("old", judged_by.sha256, "1"), policy=Reference("default", policy.sha256),
        engine=EngineReference(VERSION, (), {}),
        verdict=decision.verdict, refused=False, score=decision.score, outcome=Outcome("标准件"), notes=(),
        coverage=Coverage(1.0, None), stages=(), speakers=(), utterances=(), items=judgement.items, scene=None,
        quality={}, timings=Timings(0.0, 0.0),
    )  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "inspection.json").write_bytes(to_json(inspection))
    (folder / "evidence.json.gz").write_bytes(pack(evidence))


@pytest.fixture
def past(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
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


# ------------------------------------------------------------------ the report, over labelled runs


def run_of(folder: Path) -> Path:
    """A run judged by rules that take 终身 alone: clean and violating sessions, one that failed, one unlabelled."""
    made = [
        Case("clean-said", "test", False, SAID),
        Case("clean-open", "test", False, "这份合同保到永远。", source="real"),
        Case("violating", "test", True, LEFT_OUT),
        Case("violating-too", "tuning", True, "这份合同保到永远，骗您的。"),
        Case("failed", "test", True, failed=True),
        Case("unlabelled", "gate", None, SAID),
    ]
    return write_run(folder, labelled_rules(folder), made)


def test_a_run_is_judged_against_its_labels(tmp_path):
    run_folder = run_of(tmp_path)
    found = backtest(run_folder, Against(str(labelled_rules(tmp_path, "终身", "永远", name="new"))))
    sums = found.sums
    assert (sums.sessions, sums.faults, sums.session_flips) == (5, 1, 2)
    assert (sums.before.false_clear.right, sums.after.false_clear.right) == (0, 1)
    assert (sums.before.needless.right, sums.after.needless.right) == (1, 0)
    assert (sums.before.caught, sums.after.caught) == (Share(2, 2), Share(1, 2))
    assert (sums.gone, sums.gained) == (1, 0)
    assert sums.verdicts == {("clear", "clear"): 2, ("flagged", "clear"): 2, ("flagged", "flagged"): 1}
    assert found.status == 2
    assert [one.session.folder for one in found.shown] == ["violating-too", "clean-open", "failed"]
    text = "\n".join(lines(found))
    assert "新漏 1" in text
    assert "真实 real 1" in text
    assert {name: before.needless.total for name, (before, _) in sums.by_source.items()} == {"real": 1, "synthetic": 1}


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_files_hold_every_change_with_its_quote(tmp_path, jobs):
    run_folder, out = run_of(tmp_path), tmp_path / "out"
    by = Against(str(labelled_rules(tmp_path, "终身", "永远", name="new")))
    backtest(run_folder, by, out, jobs=jobs)
    changed = [json.loads(line) for line in (out / "flips.jsonl").read_bytes().splitlines()]
    assert [one["folder"] for one in changed] == ["clean-open", "failed", "violating-too"]
    (change,) = changed[0]["changes"]
    assert (change["old"], change["new"]) == ("fail", "pass")
    assert "永远" in change["quote"]
    assert changed[2]["labels"] == {"violating": True, "source": "synthetic", "split": "tuning"}
    figures = json.loads((out / "backtest.json").read_text(encoding="utf-8"))
    assert figures["labelled"]["after"]["false_clear"] == {
        "value": 0.5, "low": pytest.approx(0.0945, abs=1e-4), "high": pytest.approx(0.9055, abs=1e-4),
        "hits": 1, "of": 2,
    }  # fmt: skip
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "新放过的违规会话" in page
    assert "真实 real" in page
    assert "<script" not in page


def test_what_a_session_says_is_no_markup(tmp_path):
    store(tmp_path / "past" / "x", labelled_rules(tmp_path), "这份合同保<b>永远</b>。")
    by = Against(str(labelled_rules(tmp_path, "终身", "永远", name="new")))
    backtest(tmp_path / "past", by, tmp_path / "out")
    assert "<b>永远</b>" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_folder_without_labels_has_no_labelled_figures(past, tmp_path):
    found = backtest(past, Against(str(rules(tmp_path, "new", "保险期间", "合同保终身"))))
    assert not found.sums.labelled
    assert as_data(found)["labelled"] is None
    assert as_data(found)["sources"] == {"unlabelled": 2}
    assert found.status == 1


def test_a_point_moves_the_thresholds_of_the_rules(tmp_path):
    ruleset = labelled_rules(tmp_path)
    run_folder = write_run(tmp_path, ruleset, [Case("near", "test", False, margin=-7.0)])
    moved = Point.of({Threshold("settings", "confirm_margin"): -8.0})
    assert backtest(run_folder, Against(str(ruleset))).sums.session_flips == 0
    found = backtest(run_folder, Against(str(ruleset), point=moved))
    assert found.sums.verdicts == {("flagged", "clear"): 1}
    assert as_data(found)["thresholds"] == {"settings.confirm_margin": -8.0}


def reworded(folder: Path, *phrases: str) -> str:
    """The rules `old` with these wordings, in a file of their own."""
    (folder / "reworded").mkdir(exist_ok=True)
    return str(rules(folder / "reworded", "old", *phrases))


def test_a_session_in_which_nothing_of_the_change_is_heard_is_not_judged_again(past, tmp_path):
    new, old = reworded(tmp_path, "保险期间", "合同保终身"), str(tmp_path / "old.yaml")
    whole = backtest(past, Against(new), tmp_path / "whole")
    quick = backtest(past, Against(new, since=old), tmp_path / "quick")
    assert (whole.sums.stayed, quick.sums.stayed) == (0, 1)
    assert quick.sums.verdicts == whole.sums.verdicts == {("clear", "clear"): 1, ("flagged", "clear"): 1}
    assert quick.sums.items == whole.sums.items
    assert as_data(quick)["stayed_sessions"] == 1
    assert any("没有重判" in line for line in lines(quick))
    pages = [(tmp_path / name / "report.html").read_text(encoding="utf-8") for name in ("whole", "quick")]
    assert ["没有重判" in page for page in pages] == [False, True]


@pytest.mark.parametrize("apart", ["rules", "version", "corrected"])
def test_what_others_judged_is_judged_in_full(past, tmp_path, apart):
    """Other rules, another engine, or a person's corrections: the verdicts kept need not be those of `since`."""
    new, old = reworded(tmp_path, "保险期间", "合同保终身"), str(tmp_path / "old.yaml")
    for file in past.rglob("inspection.json"):
        data = json.loads(file.read_bytes())
        if apart == "rules":
            data["ruleset"]["sha256"] = "0" * 64
        elif apart == "version":
            data["engine"]["version"] = "0"
        else:
            data["notes"] = [{"code": "corrected_by_hand", "text": "已更正"}]
        file.write_text(json.dumps(data), encoding="utf-8")
    assert backtest(past, Against(new, since=old)).sums.stayed == 0


def test_sums_of_parts_are_the_sum_of_the_whole(tmp_path, monkeypatch):
    """However the sessions are shared out: every figure, and every line of the changes, is the same."""
    run_folder = run_of(tmp_path)
    by = Against(str(labelled_rules(tmp_path, "终身", "永远", name="new")))
    whole = backtest(run_folder, by, tmp_path / "whole")
    for size in (1, 2, 4):
        monkeypatch.setattr(running, "BATCH", size)
        parts = backtest(run_folder, by, tmp_path / f"{size}")
        assert parts.sums == whole.sums
        assert (tmp_path / f"{size}" / FLIPS_FILE).read_bytes() == (tmp_path / "whole" / FLIPS_FILE).read_bytes()


def test_a_process_that_dies_takes_only_its_own_session_with_it(tmp_path, monkeypatch):
    """The others of its batch are judged all the same."""
    run_folder = run_of(tmp_path)
    by = Against(str(labelled_rules(tmp_path, "终身", "永远", name="new")))
    whole = backtest(run_folder, by).sums

    def dying(_work, tasks, _jobs, died):
        for task in tasks:
            poisoned = any(one.name == "violating" for one in task.stored)
            yield died(task, "SIGKILL") if poisoned else running._judge(task)

    monkeypatch.setattr(running, "spread", dying)
    found = backtest(run_folder, by)
    assert (found.sums.sessions, found.sums.faults) == (whole.sessions - 1, whole.faults + 1)
    assert any(one.session.folder == "violating" and "SIGKILL" in one.session.fault for one in found.shown)


def test_an_empty_folder_is_no_back_test(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(MingjianError) as caught:
        backtest(tmp_path / "none", Against(str(labelled_rules(tmp_path))))
    assert caught.value.code == "no_results"


def test_rules_that_ask_for_what_was_not_measured_are_told(tmp_path):
    past = tmp_path / "past"
    store(past / "x", rules(tmp_path, "old", "保险期间"), TEXTS["long"])
    path = tmp_path / "new.yaml"
    whole = yaml.safe_load(rules(tmp_path, "new", "保险期间").read_text(encoding="utf-8"))
    check = {
        "id": "v_spliced", "title": "剪接", "basis": ["practice"], "severity": "high", "kind": "quality",
        "report": {"cut": {"of": ["picture"], "with_sound": True, "same_place_s": 0.5}},
    }  # fmt: skip
    path.write_text(yaml.safe_dump(whole | {"checks": [check]}, allow_unicode=True), encoding="utf-8")
    sums = backtest(past, Against(str(path))).sums
    assert (sums.session_flips, sums.unmeasured_sessions, sums.items["v_spliced"].unmeasured) == (1, 1, 1)
