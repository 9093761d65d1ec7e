"""`mingjian inspect`: exit status, output, and what one bad recording does to the others."""

import errno
import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from api.cli import inspect, pool
from api.cli.inspect import Bench, Job, Outcome, run
from api.cli.main import main
from engine.errors import MingjianError
from engine.progress import silent
from tests.cli import fakes


def jobs(*stems: str) -> list[Job]:
    """A job for each stem."""
    return [Job((Path(f"{stem}.mp4"),), None, None, None, Path("out")) for stem in stems]


@pytest.mark.parametrize(
    ("stems", "status"),
    [
        (["clear"], 0),
        (["flagged"], 1),
        (["unusable"], 1),
        (["broken"], 2),
        (["clear", "clear-2"], 0),
        (["clear", "flagged", "clear-2"], 1),
        (["broken", "clear", "flagged"], 2),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_the_exit_status_is_the_worst(
    capfd: pytest.CaptureFixture[str], stems: list[str], status: int, as_json: bool
) -> None:
    assert run(jobs(*stems), fakes.workplace, 1, as_json) == status
    out, err = capfd.readouterr()
    if as_json:
        good = [stem for stem in stems if stem != "broken"]
        assert [json.loads(line)["id"] for line in out.splitlines()] == good
    if "broken" in stems:
        assert "[MJ103]" in err
    assert "Traceback" not in err


def test_findings_and_the_report_are_named_at_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    run(jobs("flagged"), fakes.workplace, 1, as_json=False)
    out, err = capfd.readouterr()
    for words in ("需人工复核", "✕ 不合格", "交费金额与期间", "建议：", "报告 Report：out/flagged/report.html"):
        assert words in out
    assert "征得同意" not in out
    assert "语音转写 100%" in err


def test_nothing_but_json_reaches_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    def chatty(job: Job, progress: object) -> Outcome:
        print("python says something")
        subprocess.run(["echo", "a library says something"], check=True)  # noqa: S607
        return fakes.inspector(job, silent)

    assert run(jobs("clear"), lambda: nullcontext(chatty), 1, as_json=True) == 0
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == 1
    json.loads(out)
    assert "a library says something" in err


def test_terminal_codes_in_names_are_not_obeyed(capfd: pytest.CaptureFixture[str]) -> None:
    run(jobs("broken\x1b[2J"), fakes.workplace, 1, as_json=False)
    assert "\x1b" not in capfd.readouterr().err


def test_side_by_side_results_come_in_order_and_a_dead_process_costs_one(capfd: pytest.CaptureFixture[str]) -> None:
    work = jobs("slow-1", "dies", "clear-2", "flagged-3", "clear-4")
    assert run(work, fakes.workplace, 2, as_json=True) == 2
    out, err = capfd.readouterr()
    found = [json.loads(line) for line in out.splitlines()]
    assert [one["id"] for one in found] == ["slow-1", "clear-2", "flagged-3", "clear-4"]
    processes = {one["engine"]["version"] for one in found}
    assert len(processes) <= 3  # two, and the one that took the place of the dead
    assert str(os.getpid()) not in processes
    assert "[MJ902]" in err
    assert "dies.mp4" in err


def test_an_interrupt_ends_the_processes() -> None:
    running = pool.run(jobs("clear", "slow", "slow-2"), fakes.workplace, 2, lambda *_: None, inspect.died)
    next(running)
    running.close()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MingjianError("media_empty", path="a.mp4"), "MJ102"),
        (RuntimeError("secret 13800138000"), "MJ901"),
        (OSError(errno.ENOSPC, "full", "x"), "MJ402"),
        (PermissionError(errno.EACCES, "denied", "x"), "MJ401"),
    ],
)
def test_whatever_goes_wrong_is_one_coded_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], error: Exception, code: str
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(Bench, "_inspect", fails)
    monkeypatch.delenv("MINGJIAN_DEBUG", raising=False)
    outcome = Bench()(jobs("a")[0], silent)
    assert outcome.status == 2
    assert outcome.error is not None
    assert outcome.error.startswith(f"[{code}]")
    assert "13800138000" not in outcome.error
    assert capfd.readouterr().err == ""


def test_tracebacks_show_when_asked_for(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("why")

    monkeypatch.setattr(Bench, "_inspect", fails)
    monkeypatch.setenv("MINGJIAN_DEBUG", "1")
    Bench()(jobs("a")[0], silent)
    assert "RuntimeError: why" in capfd.readouterr().err


def collected(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[Job]:
    """The jobs that the command line makes of `arguments`."""
    made: list[Job] = []

    def note(work: list[Job], *_: object, **__: object) -> int:
        made.extend(work)
        return 0

    monkeypatch.setattr(inspect, "run", note)
    assert main(["inspect", *arguments]) == 0
    return made


def test_parts_are_one_session_and_files_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [job.paths for job in collected(monkeypatch, "a.mp4", "b.mp4")] == [(Path("a.mp4"),), (Path("b.mp4"),)]
    assert [job.paths for job in collected(monkeypatch, "--parts", "a.mp4", "b.mp4")] == [
        (Path("a.mp4"), Path("b.mp4"))
    ]


def test_parts_may_be_ordered_and_a_lost_index_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    (job,) = collected(monkeypatch, "--parts", "--parts-by", "time", "--reference", "good.mp4", "b.mp4", "a.mp4")
    assert (job.by, job.reference) == ("time", Path("good.mp4"))
    (plain,) = collected(monkeypatch, "a.mp4")
    assert (plain.by, plain.reference) == ("given", None)


def test_equal_stems_are_set_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    made = collected(monkeypatch, "x/a.mp4", "y/a.mp4", "b.mp4")
    assert [job.apart for job in made] == [True, True, False]


def test_the_order_beside_the_recording_is_taken(tmp_path: Path) -> None:
    media = tmp_path / '录 "1".mp4'
    job = Job((media,), None, None, None, tmp_path)
    assert inspect.order_of(job) is None
    (tmp_path / '录 "1".order.json').write_text('{"policy_no": "P1"}')
    order = inspect.order_of(job)
    assert order is not None
    assert order.policy_no == "P1"
    (tmp_path / '录 "1".order.json').write_text("{")
    with pytest.raises(MingjianError):
        inspect.order_of(job)


@pytest.mark.parametrize(
    "arguments", [["inspect"], ["inspect", "a.mp4", "--jobs", "0"], ["inspect", "a.mp4", "--nonsense"], ["nonsense"]]
)
def test_wrong_usage_is_status_2(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_an_interrupted_run_has_its_own_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(inspect, "run", interrupted)
    assert main(["inspect", "a.mp4"]) == 130


def test_a_missing_file_is_status_2_in_a_process_of_its_own(tmp_path: Path, root: Path) -> None:
    missing = str(tmp_path / "nothing.mp4")
    done = subprocess.run(
        [sys.executable, "-m", "api.cli.main", "inspect", missing, "--out", str(tmp_path / "out"), "--json"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "[MJ101]" in done.stderr
    assert "Traceback" not in done.stderr
