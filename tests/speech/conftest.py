"""Real networks and real speech for the tests of this room; skipped with a reason where they are not there."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.speech.diarize import DiarizationModels
from engine.speech.recognizer import WhisperRecognizer
from models import weights
from models.errors import WeightsError
from models.voice_activity import VoiceActivity

RATE = 16000
Load = Callable[[str], np.ndarray]


def folder(entry: str) -> Path:
    try:
        return weights.folder(entry)
    except WeightsError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def recognizer() -> WhisperRecognizer:
    from models.whisper import Whisper

    return WhisperRecognizer(Whisper(folder("whisper-base"), threads=2, device="cpu"))


@pytest.fixture(scope="session")
def detector() -> VoiceActivity:
    return VoiceActivity()


@pytest.fixture(scope="session")
def voice_models() -> DiarizationModels:
    from models.speaker_segmentation import SpeakerSegmentation
    from models.voice_embedding import VoiceEmbedding

    return DiarizationModels(
        SpeakerSegmentation(folder("pyannote-segmentation"), device="cpu"),
        VoiceEmbedding(folder("ge2e-voice"), device="cpu"),
    )


@pytest.fixture(scope="session")
def clip(field: Path) -> Load:
    """Loads a field clip as mono float32 at 16 kHz, at one common level."""
    from faster_whisper.audio import decode_audio

    def load(name: str) -> np.ndarray:
        sound = decode_audio(str(field / name))
        return (sound / (np.sqrt(np.mean(sound**2)) + 1e-9) * 0.06).astype(np.float32)

    return load


@pytest.fixture(scope="session")
def spliced() -> Callable[[list[np.ndarray]], tuple[np.ndarray, list[tuple[float, float]]]]:
    """Puts turns after each other with pauses in between, over a faint hiss, and says when each is heard."""

    def splice(turns: list[np.ndarray], pause: float = 0.4) -> tuple[np.ndarray, list[tuple[float, float]]]:
        parts, spans, now = [np.zeros(RATE // 2, dtype=np.float32)], [], 0.5
        for turn in turns:
            parts += [turn, np.zeros(round(pause * RATE), dtype=np.float32)]
            spans.append((now, now + len(turn) / RATE))
            now += len(turn) / RATE + pause
        sound = np.concatenate(parts)
        return (sound + np.random.default_rng(7).normal(0, 3e-4, len(sound))).astype(np.float32), spans

    return splice
