"""The adapters of the speech networks, with their real weights."""

import os
from pathlib import Path

import numpy as np
import pytest

from models import weights
from models.errors import WeightsError
from models.speaker_segmentation import SpeakerSegmentation
from models.voice_activity import VoiceActivity
from models.voice_embedding import VoiceEmbedding, mel_spectrogram
from models.whisper import split_units

RATE = 16000


def weights_folder(entry: str) -> Path:
    try:
        return weights.folder(entry)
    except WeightsError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def voice(field: Path) -> np.ndarray:
    """34 s of one Mandarin reader, mono at 16 kHz."""
    from faster_whisper.audio import decode_audio

    return decode_audio(str(field / "mandarin_single" / "JoyGen__xinwen_34s_16k.wav"))


@pytest.mark.full
def test_segmentation_equals_pyannotes_own_network(voice: np.ndarray) -> None:
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    import json

    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet
    from safetensors.torch import load_file

    folder = weights_folder("pyannote-segmentation")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    theirs = PyanNet(sincnet=config["sincnet"], lstm=config["lstm"], linear=config["linear"])
    theirs.specifications = Specifications(
        problem=Problem.MULTI_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=5.0,
        classes=config["specifications"]["classes"],
        permutation_invariant=True,
    )
    theirs.build()
    theirs.load_state_dict(load_file(folder / "model.safetensors"))
    ours = SpeakerSegmentation(folder, device="cpu")
    with torch.inference_mode():
        expected = theirs.eval()(torch.from_numpy(voice[: 5 * RATE]).reshape(1, 1, -1)).numpy()
    np.testing.assert_allclose(ours.activities(voice, np.array([0.0])), expected, atol=1e-4)
    assert ours.first == pytest.approx(theirs.receptive_field_center(0) / RATE)
    assert ours.frame == pytest.approx((theirs.receptive_field_center(1) - theirs.receptive_field_center(0)) / RATE)


def test_windows_that_share_sound_are_heard_as_each_alone(voice: np.ndarray) -> None:
    network = SpeakerSegmentation(weights_folder("pyannote-segmentation"), device="cpu")
    sound = voice[: 12 * RATE] + np.float32(0.05)  # off its zero, as cheap microphones record
    starts = np.array([0.0, 1.0, 2.5, 2.5, 11.0, 3.0, 4.0, 5.0, 20.0])  # past the end, twice, backwards, apart
    together = network.activities(sound, starts)
    alone = np.concatenate([network.activities(sound, starts[i : i + 1]) for i in range(len(starts))])
    np.testing.assert_allclose(together, alone, atol=2e-3)


def test_segmentation_hears_one_voice_and_then_nobody(voice: np.ndarray) -> None:
    network = SpeakerSegmentation(weights_folder("pyannote-segmentation"), device="cpu")
    sound = np.concatenate([voice[: 5 * RATE], np.zeros(5 * RATE, dtype=np.float32)])
    found = network.activities(sound, np.array([0.0, 5.0]))
    assert found.shape[0] == 2
    assert found.shape[2] == 3
    assert 0.7 < float((found[0] > 0.5).any(axis=1).mean()) <= 1.0
    assert float((found[1] > 0.5).mean()) == 0.0
    assert network.activities(sound, np.zeros(0)).shape[0] == 0


def test_voices_of_one_speaker_are_alike_and_of_two_are_not(field: Path) -> None:
    from faster_whisper.audio import decode_audio

    network = VoiceEmbedding(weights_folder("ge2e-voice"), device="cpu")
    names = [f"VoiceprintRecognition-Pytorch__{name}.wav" for name in ("a_1", "a_2", "b_1", "b_2")]
    found = network.vectors([decode_audio(str(field / "mandarin_single" / name)) for name in names])
    assert found.shape == (4, 256)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    likeness = found @ found.T
    same = min(likeness[0, 1], likeness[2, 3])
    different = max(likeness[0, 2], likeness[0, 3], likeness[1, 2], likeness[1, 3])
    assert same > different + 0.05
    assert network.vectors([]).shape == (0, 256)


def test_loudness_does_not_change_a_voice(voice: np.ndarray) -> None:
    quiet = voice[: 2 * RATE] * 0.01
    np.testing.assert_allclose(mel_spectrogram(quiet), mel_spectrogram(quiet * 0.1), rtol=1e-3)


def test_voice_activity_does_not_depend_on_where_blocks_are_cut(voice: np.ndarray, monkeypatch: object) -> None:
    network = VoiceActivity()
    whole = network.probabilities(voice)
    assert len(whole) == -(-len(voice) // 512)
    monkeypatch.setattr("models.voice_activity.BLOCK_FRAMES", 400)
    cut = network.probabilities(voice)
    assert float(np.mean((whole > 0.5) == (cut > 0.5))) > 0.98
    assert len(network.probabilities(np.zeros(0, dtype=np.float32))) == 0


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("保险A款 15天。", ["保", "险", "A", "款", "15", "天", "。"]),
        ("What's up", ["What", "'", "s", "up"]),
        ("", []),
    ],
)
def test_units_of_text(text: str, units: list[str]) -> None:
    assert split_units(text) == units


def test_whisper_places_every_character_and_scores_texts(voice: np.ndarray) -> None:
    from models.whisper import DecodingOptions, Whisper

    network = Whisper(weights_folder("whisper-base"), threads=2, device="cpu")
    window = voice[: 6 * RATE]
    (found,) = network.decode([window], "zh", DecodingOptions())
    assert "电影" in found.text.replace("電", "电")
    assert all(0 <= piece.start <= piece.end <= 6.0 for piece in found.pieces)
    assert [piece.start for piece in found.pieces] == sorted(piece.start for piece in found.pieces)
    assert found.languages[0][0] == "zh"
    right, wrong = network.score(window, [found.text, found.text[:4] + "犹豫期十五天" + found.text[10:]], "zh")
    assert sum(score for _, score in right) > sum(score for _, score in wrong)
    with pytest.raises(ValueError, match="30"):
        network.decode([np.zeros(31 * RATE, dtype=np.float32)], "zh", DecodingOptions())
