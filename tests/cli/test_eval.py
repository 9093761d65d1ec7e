"""`mingjian eval`: exit statuses, what is printed, and that heavy parts load only when they are needed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.cli.main import main
from engine.networks import Networks
from tests.eval.runs.made import LEFT_OUT, RULES, Case, corpus


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Written sessions need no networks."""
    monkeypatch.setattr(Networks, "references", lambda *_, **__: ())
    monkeypatch.setattr("eval.runs.program.program_sha256", lambda: "0" * 64)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A corpus, a run of it, and a run of it by a rule that lets everything through."""
    root = tmp_path_factory.mktemp("eval")
    cases = [Case(f"bad-{n}", LEFT_OUT, violating=True) for n in range(8)] + [Case(f"good-{n}") for n in range(4)]
    corpus(root / "corpus", cases)
    loose = dict(RULES, id="loose")
    loose["disclosures"] = [{**RULES["disclosures"][0], "must": [{"concept": "合同", "any": ["这份合同"]}]}]
    (root / "loose.yaml").write_text(yaml.safe_dump(loose, allow_unicode=True), encoding="utf-8")
    found = {"root": root, "corpus": root / "corpus", "good": root / "good", "loose": root / "loose"}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Networks, "references", lambda *_, **__: ())
        patched.setattr("eval.runs.program.program_sha256", lambda: "0" * 64)
        assert main(["eval", "run", str(found["corpus"]), "--out", str(found["good"])]) == 0
        rules = ["--ruleset", str(root / "loose.yaml")]
        assert main(["eval", "run", str(found["corpus"]), "--out", str(found["loose"]), *rules]) == 0
    return found


def printed(capfd: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    """What a command prints as JSON, and nothing else."""
    assert main(["eval", *arguments, "--json"]) == status
    return json.loads(capfd.readouterr().out)


def test_a_finished_run_is_told_and_found_again(folders: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    told = printed(capfd, "run", str(folders["corpus"]), "--out", str(folders["good"]))
    assert {name: told[name] for name in ("sessions", "inspected", "found", "clear", "flagged", "failed")} == {
        "sessions": 12, "inspected": 0, "found": 12, "clear": 4, "flagged": 8, "failed": 0,
    }  # fmt: skip


def test_the_report_prints_its_figures(folders: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    told = printed(capfd, "report", str(folders["loose"]))
    figures = {one["id"]: one for one in told["figures"]}
    assert figures["false_clear"]["value"] == 1.0
    assert Path(told["report"]).is_file()
    assert main(["eval", "report", str(folders["good"]), "--cases", "0"]) == 0
    out = capfd.readouterr().out
    assert "漏放率" in out
    assert "合成数据 synthetic" in out


def test_comparing_ends_with_1_where_it_got_worse(folders: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    good, loose = str(folders["good"]), str(folders["loose"])
    assert not printed(capfd, "compare", good, good)["regressed"]
    told = printed(capfd, "compare", good, loose, status=1)
    assert told["regressed"]
    assert told["flips"]["false_clears"] == 8
    assert main(["eval", "compare", good, loose]) == 1
    assert "bad-" in capfd.readouterr().out


def test_the_gate_refuses_what_is_worse_than_its_baseline(
    folders: dict[str, Path], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    baseline = str(tmp_path / "baseline.json")
    assert main(["eval", "gate", str(folders["good"]), "--baseline", baseline, "--write"]) == 0
    assert "保险期间" not in Path(baseline).read_text(encoding="utf-8")  # numbers only
    assert main(["eval", "gate", str(folders["good"]), "--baseline", baseline]) == 0
    assert main(["eval", "gate", str(folders["loose"]), "--baseline", baseline]) == 1


def test_a_corpus_is_checked(folders: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    told = printed(capfd, "corpus", "check", str(folders["corpus"]))
    assert told["recordings"] == 12
    assert told["truth"] == {"violating": 8, "clean": 4}


def test_backtesting_stored_evidence_tells_what_flips(
    folders: dict[str, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    rules = str(folders["root"] / "loose.yaml")
    assert main(["eval", "backtest", rules, "--against", str(folders["good"])]) == 1
    assert main(["eval", "backtest", str(folders["corpus"] / "small.yaml"), "--against", str(folders["good"])]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "nowhere", "--out", "x"],
        ["run", "nowhere", "--out", "x", "--split", "everything"],
        ["report", "nowhere"],
        ["compare", "nowhere", "elsewhere"],
        ["gate", "nowhere", "--baseline", "none.json"],
        ["corpus", "check", "nowhere"],
        ["corpus", "make", "--out", "x", "--scenario", "nonsense"],
        ["corpus", "degrade", "nowhere", "--out", "x"],
        ["shadow", "nothing.csv", "--against", "nowhere"],
        ["backtest", "nonsense", "--against", "nowhere"],
        ["tune", "nowhere", "--out", "x"],
        ["nonsense"],
    ],
)
def test_what_cannot_be_used_is_status_2(
    arguments: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["eval", *arguments]) == 2
    assert "Traceback" not in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_help_loads_nothing_heavy(root: Path) -> None:
    code = (
        "import sys; from api.cli.main import main; main(['eval', '--help']);"
        "print(sorted({'numpy', 'torch', 'ray', 'av', 'sqlalchemy', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for name in ("run", "report", "compare", "gate", "tune", "backtest", "shadow", "corpus"):
        assert f"\n  {name} " in done.stdout
