"""The adapters of the speech networks, with their real weights."""

import os
from pathlib import Path

import numpy as np
import pytest

from models import weights
from models.errors import WeightsError
from models.speaker_segmentation import SpeakerSegmentation
from models.voice_activity import BLOCK_FRAMES, VoiceActivity
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
