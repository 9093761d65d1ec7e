"""The root of the command line: quick, complete, and honest about its version."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.cli.failures import as_mingjian
from api.cli.main import COMMANDS, main
from models.errors import WeightsError

SLOWEST_HELP = 1.0  # seconds; 0.5 on an idle machine


def test_help_answers_at_once_and_loads_no_command(root: Path) -> None:
    fastest = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "api.cli.main", "--help"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        fastest = min(fastest, time.perf_counter() - began)
    assert all(name in done.stdout for name in COMMANDS)
    for heavy in ("pydantic", "jinja2", "rich.progress", "numpy", "av", "torch"):
        assert f" {heavy}\n" not in done.stderr
    assert fastest < SLOWEST_HELP


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_called(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert "Usage: mingjian " + name in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("mingjian ")


def test_weights_errors_keep_their_code() -> None:
    assert as_mingjian(WeightsError("weights_missing", entry="whisper-base", file="model.bin")).number == "MJ501"
