"""What the READMEs tell people to type works."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

READMES = ("README.md", "README.zh-CN.md")
SLOW = ("inspect ", "synth ", "rules backtest ")


def blocks(root: Path, language: str, name: str = "README.md") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (root / name).read_text(encoding="utf-8"), re.DOTALL)


def commands(root: Path, name: str = "README.md") -> list[str]:
    return [line for block in blocks(root, "sh", name) for line in block.splitlines() if line]


def mingjian_commands(*, slow: bool) -> list[str]:
    found = [line for line in commands(Path(__file__).resolve().parent.parent) if "mingjian" in line]
    return [line for line in found if line.split("mingjian ", 1)[1].startswith(SLOW) == slow]


def run(root: Path, line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    typed = line.split("mingjian ", 1)[1]
    arguments = typed.replace("--out out", f"--out {folder}").replace("--against out", f"--against {folder}").split()
    return subprocess.run(
        [sys.executable, "-m", "api.cli.main", *arguments], cwd=root, capture_output=True, text=True, check=False
    )


def test_both_languages_show_the_same_commands(root: Path) -> None:
    assert commands(root) == commands(root, "README.zh-CN.md")
    assert blocks(root, "python") == blocks(root, "python", "README.zh-CN.md")


@pytest.mark.parametrize("line", mingjian_commands(slow=False))
def test_a_quick_command(root: Path, tmp_path: Path, line: str) -> None:
    ended = run(root, line, tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout + ended.stderr


@pytest.mark.full
@pytest.mark.parametrize("line", mingjian_commands(slow=True))
def test_a_slow_command(root: Path, tmp_path: Path, line: str) -> None:
    if "--against out" in line:
        run(root, next(one for one in mingjian_commands(slow=True) if "--out out" in one), tmp_path)
    ended = run(root, line, tmp_path)
    assert ended.returncode == (1 if "faulty" in line else 0), ended.stderr
    assert list(tmp_path.iterdir())


@pytest.mark.full
def test_the_python_example(root: Path) -> None:
    (example,) = blocks(root, "python")
    ended = subprocess.run([sys.executable, "-c", example], cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "pass" in ended.stdout


@pytest.mark.parametrize("name", READMES)
def test_make_targets_and_files_exist(root: Path, name: str) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make ([\w-]+)$", "\n".join(commands(root, name)), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", (root / name).read_text(encoding="utf-8")):
        assert (root / picture).is_file(), picture
