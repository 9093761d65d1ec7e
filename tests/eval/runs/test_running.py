"""Runs: every recording has its line, a run that was killed goes on where it was, and nothing is mixed up."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.errors import MingjianError
from engine.networks import Networks
from eval.corpus.manifest import Corpus
from eval.corpus.writing import write_corpus
from eval.runs import RunFolder, RunOptions, Step, open_run, run
from tests.eval.runs.made import LEFT_OUT, PERIOD, Case, corpus

MANY = 40


REAL = "real_setup"


@pytest.fixture(autouse=True)
def settled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written sessions need no networks, so none is opened to be named; and the program's files stay as they are while
    a test runs it twice, whoever edits them meanwhile."""
    if REAL not in request.node.name:
        monkeypatch.setattr(Networks, "references", lambda *_, **__: ())
        monkeypatch.setattr("eval.runs.program.program_sha256", lambda: "0" * 64)


def go(made: Corpus, out: Path, **options: Any) -> tuple[RunFolder, list[Step]]:
    """Run `made`, and what was told meanwhile."""
    steps: list[Step] = []
    return run(made, out, RunOptions(**options), steps.append), steps


def refused(made: Corpus, out: Path, **options: Any) -> str:
    """The code of the error that keeps a run from beginning."""
    with pytest.raises(MingjianError) as found:
        go(made, out, **options)
    return found.value.code


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Corpus, Path, list[Step]]:
    """A finished run of four sessions: right, violating, violating and called clear by its rules, broken."""
    folder = tmp_path_factory.mktemp("finished")
    cases = [
        Case("b-violating", LEFT_OUT, violating=True),
        Case("a-clean"),
        Case("d-broken", broken=True),
        Case("c-missed", violating=True, split="tuning"),
    ]
    made = corpus(folder / "corpus", cases)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Networks, "references", lambda *_, **__: ())
        patched.setattr("eval.runs.program.program_sha256", lambda: "0" * 64)
        _, steps = go(made, folder / "run")
    return made, folder / "run", steps


def test_every_recording_has_its_line_in_order_of_ids(finished: tuple[Corpus, Path, list[Step]]) -> None:
    _, out, steps = finished
    lines = list(open_run(out).lines())
    assert [(one.id, one.expected, one.got) for one in lines] == [
        ("a-clean", "clear", "clear"),
        ("b-violating", "flagged", "flagged"),
        ("c-missed", "flagged", "clear"),
        ("d-broken", "clear", None),
    ]
    assert [one.false_clear for one in lines] == [False, False, True, False]
    assert [[item.id for item in one.wrong_items] for one in lines] == [[], [], [PERIOD], []]
    assert [(one.done, one.total, one.line.id) for one in steps] == [
        (place, 4, one.id) for place, one in enumerate(lines, start=1)
    ]


def test_a_recording_that_cannot_be_read_is_a_result_and_counted(finished: tuple[Corpus, Path, list[Step]]) -> None:
    _, out, _ = finished
    opened = open_run(out)
    *_, broken = opened.sessions()
    assert broken.inspection is None
    assert broken.error is not None
    assert broken.error.code == "chat_unreadable"
    assert opened.meta.failed == 1
    assert opened.meta.sessions == 4
    assert opened.meta.finished


def test_sessions_bring_inspection_evidence_and_labels(finished: tuple[Corpus, Path, list[Step]]) -> None:
    _, out, _ = finished
    first = next(iter(open_run(out).sessions()))
    assert first.recording.id == "a-clean"
    assert first.recording.labels.items is not None
    assert first.inspection is not None
    assert first.inspection.verdict == "clear"
    transcript = first.evidence().transcript
    assert transcript is not None
    assert transcript.utterances[0].text.startswith("这份合同")


def test_the_run_knows_what_is_needed_to_repeat_it_real_setup(tmp_path: Path) -> None:
    made = corpus(tmp_path / "corpus", [Case("a")])
    go(made, tmp_path / "run", command=("mingjian", "eval", "run"))
    stored = json.loads((tmp_path / "run" / "run.json").read_bytes())
    assert stored["corpus"]["digest"] == made.digest
    setup = stored["setup"]
    assert len(setup["program"]) == 64
    assert {one["task"] for one in setup["weights"]} >= {"transcription", "voice embedding"}
    assert setup["parameters"]["recognition"]
    (own,) = setup["rulesets"]
    assert own.endswith("small.yaml")
    assert setup["policy_of"] == {own: "default"}
    assert set(setup["policies"]) == {"default"}
    (stretch,) = stored["stretches"]
    assert stretch["command"] == ["mingjian", "eval", "run"]
    assert stretch["machine"]["python"]
    assert stretch["machine"]["libraries"]["ctranslate2"]
    assert stored["seeds"] == {"sample": 0}


def test_folders_are_for_their_owner_alone(finished: tuple[Corpus, Path, list[Step]]) -> None:
    _, out, _ = finished
    assert out.stat().st_mode & 0o077 == 0
    assert all(one.stat().st_mode & 0o077 == 0 for one in (out / "sessions").rglob("*"))


def test_what_is_done_is_not_done_again(finished: tuple[Corpus, Path, list[Step]], tmp_path: Path) -> None:
    made, out, _ = finished
    again = shutil.copytree(out, tmp_path / "run")
    opened, steps = go(made, again)
    assert all(one.found for one in steps)
    last = opened.meta.stretches[-1]
    assert (len(opened.meta.stretches), last.inspected, last.found) == (2, 0, 4)
    assert (again / "sessions.jsonl").read_bytes() == (out / "sessions.jsonl").read_bytes()


def test_a_changed_recording_alone_is_inspected_anew(tmp_path: Path) -> None:
    made = corpus(tmp_path / "corpus", [Case("a"), Case("b"), Case("c")])
    go(made, tmp_path / "run")
    (tmp_path / "corpus" / "b.json").write_bytes((tmp_path / "corpus" / "b.json").read_bytes().replace(b"1.0", b"1.1"))
    _, steps = go(made, tmp_path / "run")
    assert [(one.line.id, one.found) for one in steps] == [("a", True), ("b", False), ("c", True)]


def test_a_damaged_session_is_inspected_anew(tmp_path: Path) -> None:
    made = corpus(tmp_path / "corpus", [Case("a"), Case("b")])
    go(made, tmp_path / "run")
    (tmp_path / "run" / "sessions" / "a" / "session.json").write_text("{")
    (tmp_path / "run" / "sessions" / "b" / "evidence.json.gz").unlink()
    opened, steps = go(made, tmp_path / "run")
    assert [one.found for one in steps] == [False, False]
    assert all(result.inspection for result in opened.sessions())


def test_another_setup_does_not_take_over_a_run_by_itself(tmp_path: Path) -> None:
    cases = [Case("a"), Case("b", LEFT_OUT, violating=True)]
    made = corpus(tmp_path / "corpus", cases)
    go(made, tmp_path / "run")
    assert refused(made, tmp_path / "run", policy="callback") == "run_differs"
    assert refused(made, tmp_path / "run", sample=1) == "run_differs"
    other = corpus(tmp_path / "corpus", [replace(cases[0], noise="10dB"), cases[1]])
    assert refused(other, tmp_path / "run") == "run_differs"
    _, steps = go(other, tmp_path / "run", replace=True)
    assert [one.found for one in steps] == [True, True]  # labels and conditions are no part of what the engine sees
    assert steps[0].line.conditions["noise"] == "10dB"


def test_replacing_removes_sessions_that_are_no_longer_of_the_run(tmp_path: Path) -> None:
    made = corpus(tmp_path / "corpus", [Case("a"), Case("b")])
    go(made, tmp_path / "run")
    go(corpus(tmp_path / "corpus", [Case("b")]), tmp_path / "run", replace=True)
    assert [one.name for one in (tmp_path / "run" / "sessions").iterdir()] == ["b"]


def test_a_split_or_a_sample_can_be_run(tmp_path: Path) -> None:
    made = corpus(
        tmp_path / "corpus", [Case(f"s{number}", split="tuning" if number % 2 else "test") for number in range(8)]
    )
    opened, _ = go(made, tmp_path / "split", splits=("tuning",))
    assert [one.id for one in opened.lines()] == ["s1", "s3", "s5", "s7"]
    drawn, _ = go(made, tmp_path / "drawn", sample=3, seed=1)
    ids = [one.id for one in drawn.lines()]
    assert ids == sorted(ids)
    assert len(set(ids)) == 3
    assert ids != ["s0", "s1", "s2"]
    assert [refused(made, tmp_path / "drawn", sample=3, seed=seed) for seed in (2, 3)] == ["run_differs"] * 2
    assert refused(made, tmp_path / "none", splits=("gate",)) == "run_empty"


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    made = corpus(tmp_path / "corpus", [Case("a")])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert refused(made, tmp_path / "mine") == "run_folder_taken"
    assert refused(made, tmp_path / "mine" / "letter.txt") == "run_folder_taken"
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_two_programs_do_not_share_a_run(tmp_path: Path) -> None:
    made = corpus(tmp_path / "corpus", [Case("a"), Case("b")])
    codes = []

    def meanwhile(_: Step) -> None:
        codes.append(refused(made, tmp_path / "run"))

    run(made, tmp_path / "run", RunOptions(), meanwhile)
    assert codes == ["run_busy", "run_busy"]


def test_a_run_is_read_though_its_last_line_breaks_off(
    finished: tuple[Corpus, Path, list[Step]], tmp_path: Path
) -> None:
    _, out, _ = finished
    cut = shutil.copytree(out, tmp_path / "run")
    whole = (cut / "sessions.jsonl").read_bytes()
    (cut / "sessions.jsonl").write_bytes(whole[:-20])
    assert [one.id for one in open_run(cut).lines()] == ["a-clean", "b-violating", "c-missed"]


@pytest.mark.parametrize(
    ("file", "content"),
    [("run.json", b"{}"), ("run.json", b"\xff"), ("sessions.jsonl", b"{}\n"), ("sessions/a-clean/session.json", b"")],
)
def test_what_is_damaged_is_named(
    finished: tuple[Corpus, Path, list[Step]], tmp_path: Path, file: str, content: bytes
) -> None:
    _, out, _ = finished
    damaged = shutil.copytree(out, tmp_path / "run")
    (damaged / file).write_bytes(content)
    with pytest.raises(MingjianError) as found:
        list(open_run(damaged).sessions())
    assert found.value.code == "run_unreadable"


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(MingjianError) as found:
        open_run(tmp_path)
    assert found.value.code == "run_unreadable"


def test_a_corpus_that_has_changed_is_not_taken_for_the_one_of_the_run(tmp_path: Path) -> None:
    made = corpus(tmp_path / "corpus", [Case("a")])
    opened, _ = go(made, tmp_path / "run")
    write_corpus(tmp_path / "corpus", "other", list(made.recordings))
    with pytest.raises(MingjianError) as found:
        next(iter(open_run(tmp_path / "run").sessions()))
    assert found.value.code == "corpus_changed"
    assert [one.id for one in opened.lines()] == ["a"]


def test_labels_never_reach_the_engine(finished: tuple[Corpus, Path, list[Step]]) -> None:
    from eval.runs.workplace import Job

    made, _, _ = finished
    job = Job.of(0, made.recordings[0])
    assert not any("labels" in name or "conditions" in name for name in Job.__slots__)
    assert job.media == made.recordings[0].media


def said(out: Path) -> list[dict[str, Any]]:
    """The lines of a run without how long the work took."""
    lines = [json.loads(line) for line in (out / "sessions.jsonl").read_bytes().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


def judged(out: Path, name: str) -> dict[str, Any]:
    """An inspection of a run without its times."""
    found: dict[str, Any] = json.loads(gzip.decompress((out / "sessions" / name / "inspection.json.gz").read_bytes()))
    for stage in found["stages"]:
        stage.pop("seconds")
    return {name: value for name, value in found.items() if name not in ("created_at", "timings")}


@pytest.mark.timeout(300)
def test_a_run_that_was_killed_goes_on_and_ends_like_an_unbroken_one_real_setup(tmp_path: Path, root: Path) -> None:
    cases = [Case(f"s{n:02d}", LEFT_OUT if n % 3 == 0 else Case.text, violating=n % 3 == 0) for n in range(MANY)]
    made = corpus(tmp_path / "corpus", cases)
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "api.cli.main", "eval", "run", str(made.folder), "--out", str(out)]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 200
    while len(list(out.glob("sessions/s*/session.json"))) < 3:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not open_run(out).meta.finished
    before = len(list(out.glob("sessions/s*/session.json")))
    assert before < MANY
    unbroken = tmp_path / "unbroken"
    for folder in (out, unbroken):
        subprocess.run([*command[:-1], str(folder)], cwd=root, check=True, capture_output=True)
    opened = open_run(out)
    assert opened.meta.finished
    assert [one.ended is None for one in opened.meta.stretches] == [True, False]
    assert before <= opened.meta.stretches[-1].found < MANY
    assert not list(out.glob("sessions/.*"))
    assert said(out) == said(unbroken)
    assert len(said(out)) == MANY
    for name in ("s00", f"s{MANY - 1}"):
        assert judged(out, name) == judged(unbroken, name)
