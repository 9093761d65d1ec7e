"""The supervisor: what ends is begun again, what must not run twice does not, and all stop in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.cli.supervisor import Program, Supervisor, alone, spawn
from engine.errors import MingjianError

NOTES = "pathlib.Path(os.environ['NOTES']).open('a').write('{}\\n')"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Where the test's programs are found, and where they write what they did."""
    return {**os.environ, "PYTHONPATH": str(tmp_path), "NOTES": str(tmp_path / "notes")}


def program(folder: Path, name: str, code: str, stops_within_s: float = 10.0) -> Program:
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    return Program(name, name, stops_within_s=stops_within_s)


def living(folder: Path, name: str, stops_within_s: float = 10.0) -> Program:
    """A program that notes its beginning, and its end when it is told to stop."""
    bye = f"({NOTES.format('end ' + name)}, sys.exit(0))"
    code = f"import signal, time, pathlib, sys, os\nsignal.signal(signal.SIGTERM, lambda *_: {bye})\n"
    return program(folder, name, code + NOTES.format("begin " + name) + "\ntime.sleep(600)\n", stops_within_s)


def notes(environment: dict[str, str]) -> list[str]:
    path = Path(environment["NOTES"])
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.05)


@contextmanager
def running(supervisor: Supervisor) -> Iterator[list[int]]:
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(supervisor.run()))
    thread.start()
    try:
        yield statuses
    finally:
        supervisor.stop()
        thread.join(30)
        assert not thread.is_alive()


def test_what_is_killed_is_begun_again(tmp_path: Path, environment: dict[str, str]) -> None:
    said: list[str] = []
    supervisor = Supervisor([living(tmp_path, "one"), living(tmp_path, "two")], environment, said.append)
    with running(supervisor):
        until(lambda: len(notes(environment)) == 2)
        first = supervisor.pids["one"]
        os.kill(first, signal.SIGKILL)
        until(lambda: notes(environment).count("begin one") == 2)
        assert supervisor.pids["one"] != first
        assert notes(environment).count("begin two") == 1
    assert any("one" in line for line in said)


def test_all_stop_one_after_the_other_in_their_order(tmp_path: Path, environment: dict[str, str]) -> None:
    names = ["interface", "worker", "keeper"]
    supervisor = Supervisor([living(tmp_path, name) for name in names], environment, lambda _: None)
    with running(supervisor) as statuses:
        until(lambda: len(notes(environment)) == 3)
    assert statuses == [0]
    assert notes(environment)[3:] == [f"end {name}" for name in names]


def test_who_does_not_stop_is_ended(tmp_path: Path, environment: dict[str, str]) -> None:
    deaf = "import signal, time, pathlib, os\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    deaf += NOTES.format("begin deaf") + "\ntime.sleep(600)\n"
    supervisor = Supervisor([program(tmp_path, "deaf", deaf, 0.5)], environment, lambda _: None)
    with running(supervisor):
        until(lambda: notes(environment))
        pid = supervisor.pids["deaf"]
    assert not Path(f"/proc/{pid}").exists()


def test_a_mistake_at_the_beginning_is_not_tried_again(tmp_path: Path, environment: dict[str, str]) -> None:
    wrong = program(tmp_path, "wrong", NOTES.join(["import pathlib, os\n", "\nraise SystemExit(2)\n"]).format("tried"))
    supervisor = Supervisor([living(tmp_path, "other"), wrong], environment, lambda _: None)
    assert supervisor.run() == 2
    assert notes(environment).count("tried") == 1


def test_what_is_away_is_tried_again_with_growing_pauses(tmp_path: Path, environment: dict[str, str]) -> None:
    away = program(tmp_path, "away", f"import pathlib, os\n{NOTES.format('tried')}\nraise SystemExit(75)\n")
    began = time.monotonic()
    with running(Supervisor([away], environment, lambda _: None)):
        until(lambda: len(notes(environment)) == 3)
    assert time.monotonic() - began > 1.0 + 2.0


def test_what_it_left_behind_goes_with_it(tmp_path: Path, environment: dict[str, str]) -> None:
    code = "import subprocess, sys, pathlib, os, time\n"
    code += "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    code += "pathlib.Path(os.environ['NOTES']).open('a').write(f'{child.pid}\\n')\ntime.sleep(600)\n"
    supervisor = Supervisor([program(tmp_path, "parent", code)], environment, lambda _: None)
    with running(supervisor):
        until(lambda: notes(environment))
        child = int(notes(environment)[0])
        os.kill(supervisor.pids["parent"], signal.SIGKILL)
        until(lambda: not _lives(child))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_processes_follow_a_supervisor_that_was_killed(tmp_path: Path, environment: dict[str, str]) -> None:
    living(tmp_path, "one")
    code = "import os, time\nfrom api.cli.supervisor import Program, spawn\n"
    code += "process = spawn(Program('one', 'one'), os.environ)\nprint(process.pid, flush=True)\ntime.sleep(600)\n"
    root = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] += os.pathsep + root
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    until(lambda: notes(environment))
    parent.kill()
    parent.wait()
    until(lambda: not _lives(child))
    assert notes(environment)[-1] == "end one"


def test_one_data_folder_has_one_server(tmp_path: Path) -> None:
    with alone(tmp_path / "data"):
        with pytest.raises(MingjianError) as refused, alone(tmp_path / "data"):
            pass
        assert refused.value.code == "already_serving"
    with alone(tmp_path / "data"):
        pass


def test_arguments_reach_the_process(tmp_path: Path, environment: dict[str, str]) -> None:
    code = "import sys, pathlib, os\npathlib.Path(os.environ['NOTES']).write_text(' '.join(sys.argv[1:]) + '\\n')\n"
    program(tmp_path, "told", code)
    assert spawn(Program("told", "told", ("--one", "two")), environment).wait(20) == 0
    assert notes(environment) == ["--one two"]
