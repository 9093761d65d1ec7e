"""What the set-up promises: locks without addresses, every import declared, scripts that parse, no needless work."""

import ast
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

LOCKS = ("requirements.lock", "requirements-dev.lock", "scripts/uv.lock", "scripts/node.lock")
ROOMS = ("models", "engine", "eval", "api")
# Modules whose package does not say that it owns them: an extension module, and a part that pydantic pins.
OWNERS = {"parselmouth": ["praat-parselmouth"], "pydantic_core": ["pydantic"]}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    return dict(PIN.findall(path.read_text(encoding="utf-8")))


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_a_hash_for_every_pin_and_no_address(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "index-url" not in text


def test_the_locks_agree_and_hold_one_cv2(root: Path) -> None:
    runtime, development = (pins(root / name) for name in LOCKS[:2])
    assert {name: version for name, version in runtime.items() if development.get(name) != version} == {}
    assert [name for name in development if name.startswith("opencv") and name != "opencv"] == ["opencv-python"]


def test_the_locks_satisfy_the_declared_dependencies(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"]
    runtime = {plain(name) for name in pins(root / "requirements.lock")}
    assert {plain(re.split(r"[\s<>=!;\[]", line)[0]) for line in declared} <= runtime


def pinned_beside(path: Path) -> set[str]:
    """What the requirements beside a script pin: the script runs in an environment of its own, made of them."""
    lines = [line for file in path.parent.glob("*.txt") for line in file.read_text(encoding="utf-8").splitlines()]
    return {plain(line.split("==")[0]) for line in lines if "==" in line and not line.startswith("#")}


def test_every_import_is_declared(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (
        project["dependencies"] + project["optional-dependencies"]["synth"] + project["optional-dependencies"]["dev"]
    )
    declared = {plain(re.split(r"[\s<>=!;\[]", line)[0]) for line in lines}
    owners = {**packages_distributions(), **OWNERS}
    undeclared = {}
    for room in ROOMS:
        for path in (root / room).rglob("*.py"):
            own = declared | pinned_beside(path)
            for module in imported(path) - set(sys.stdlib_module_names) - set(ROOMS):
                if not {plain(owner) for owner in owners.get(module, [module])} & own:
                    undeclared[module] = str(path.relative_to(root))
    assert undeclared == {}


def imported(path: Path) -> set[str]:
    """The top-level modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_rooms_import_one_way(root: Path) -> None:
    """models <- engine <- eval <- api."""
    faults = []
    for place, room in enumerate(ROOMS):
        for path in (root / room).rglob("*.py"):
            faults += [f"{path.relative_to(root)}: {name}" for name in imported(path) & set(ROOMS[place + 1 :])]
    assert faults == []


def test_set_up_scripts_parse_and_can_be_run(root: Path) -> None:
    for path in [*sorted((root / "scripts").glob("*.sh")), root / ".ci" / "run"]:
        subprocess.run(["/bin/bash", "-n", str(path)], check=True)
        assert os.access(path, os.X_OK), f"{path} cannot be run"


def run_setup(root: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = ["/bin/bash", str(root / "scripts" / "setup.sh"), *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def test_an_unknown_part_is_refused(root: Path) -> None:
    result = run_setup(root, "everything")
    assert result.returncode == 1
    assert "everything" in result.stderr


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The set-up script with the locks in a project of its own, which has an environment that is up to date."""
    (tmp_path / "scripts").mkdir()
    names = ("scripts/setup.sh", "scripts/uv.lock", "requirements.lock", "requirements-dev.lock", "pyproject.toml")
    for name in names:
        (tmp_path / name).write_bytes((root / name).read_bytes())
    content = (tmp_path / "requirements-dev.lock").read_bytes() + (tmp_path / "pyproject.toml").read_bytes()
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / f".dev-{hashlib.sha256(content).hexdigest()[:16]}").touch()
    return tmp_path


@pytest.mark.parametrize("part", ["python", "dev"])
def test_an_environment_that_is_up_to_date_is_left_alone(copy: Path, part: str) -> None:
    result = run_setup(copy, part, POSTGRES_PROGRAMS=str(programs_of_postgres(copy)), CHROMIUM="cat")
    assert (result.returncode, result.stderr) == (0, "")
    assert not (copy / ".tools").exists()


def programs_of_postgres(folder: Path) -> Path:
    """A folder with the program by which the set-up sees that PostgreSQL is there."""
    programs = folder / "postgres"
    programs.mkdir()
    (programs / "initdb").touch()
    return programs


@pytest.mark.parametrize("has_apt", [True, False])
def test_postgres_is_installed_without_a_server_of_its_own(copy: Path, tmp_path: Path, has_apt: bool) -> None:
    """The programs here write down how they were called."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "cat", "sha256sum", "cut", "env", "bash"):
        (tools / name).symlink_to(Path("/usr/bin") / name)
    for name in ("apt-get", "sed", "sudo") if has_apt else ():
        run = '"$@"' if name == "sudo" else f'echo {name} "$@" >>{tmp_path}/called'
        (tools / name).write_text(f"#!/usr/bin/bash\n{run}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    (tools / "id").write_text("#!/usr/bin/bash\necho 0\n", encoding="utf-8")
    (tools / "id").chmod(0o755)
    result = run_setup(copy, "dev", PATH=str(tools), POSTGRES_PROGRAMS=str(tmp_path / "nowhere"), CHROMIUM="cat")
    assert result.returncode == 0, result.stderr
    called = (tmp_path / "called").read_text(encoding="utf-8").splitlines() if has_apt else []
    if not has_apt:
        assert "PostgreSQL" in result.stderr
        return
    assert [line.split()[0] for line in called] == ["apt-get", "apt-get", "sed", "apt-get"]
    assert "postgresql-common" in called[1]
    assert "create_main_cluster = false" in called[2]
    assert called[3].endswith(" postgresql")


@pytest.mark.parametrize("too_old", [False, True])
def test_a_recent_node_of_the_system_is_left_alone(copy: Path, tmp_path: Path, too_old: bool) -> None:
    """`node` here is one that says whether it is too old; with Python missing, nothing could be installed instead."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "cat", "sha256sum", "cut", "env"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    (tools / "node").write_text(f"#!/bin/sh\nexit {int(too_old)}\n", encoding="utf-8")
    (tools / "node").chmod(0o755)
    result = run_setup(copy, "node", PATH=str(tools), PYTHON="/nowhere/python")
    assert result.returncode == int(too_old)
    assert ("Python 3.11" in result.stderr) == too_old


def test_a_changed_lock_is_noticed_and_a_missing_python_is_told(copy: Path, tmp_path: Path) -> None:
    with (copy / "requirements-dev.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "cat", "sha256sum", "cut", "env"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    found = str(programs_of_postgres(copy))
    result = run_setup(copy, "dev", PATH=str(tools), PYTHON="/nowhere/python", POSTGRES_PROGRAMS=found)
    assert result.returncode == 1
    assert "Python 3.11" in result.stderr
    assert "PYTHON=" in result.stderr


def test_the_console_is_built_when_something_in_it_has_changed(copy: Path, tmp_path: Path) -> None:
    """`npm` here makes the folders that the real one makes, and writes down how it was called."""
    console = copy / "api" / "console"
    (console / "src").mkdir(parents=True)
    (console / "public").mkdir()
    for name in ("index.html", "package.json", "package-lock.json", ".npmrc", "tsconfig.json", "vite.config.ts"):
        (console / name).write_text(name, encoding="utf-8")
    page = console / "src" / "main.tsx"
    page.write_text("one", encoding="utf-8")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "node").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    (tools / "npm").write_text(
        f'#!/bin/sh\necho "$1" >>{tmp_path}/called\n[ "$1" = ci ] && rm -rf node_modules\n'
        '[ "$1" = run ] && rm -rf dist\nmkdir -p node_modules dist\n',
        encoding="utf-8",
    )
    for name in ("node", "npm"):
        (tools / name).chmod(0o755)
    path = f"{tools}:/usr/bin:/bin"

    def called() -> list[str]:
        assert run_setup(copy, "console", PATH=path).returncode == 0
        return (tmp_path / "called").read_text(encoding="utf-8").split()

    assert called() == ["ci", "run"]
    assert called() == ["ci", "run"]
    page.write_text("two", encoding="utf-8")
    assert called() == ["ci", "run", "run"]
    (console / "package-lock.json").write_text("another", encoding="utf-8")
    assert called() == ["ci", "run", "run", "ci", "run"]
