"""The neural networks of one process: opened when first needed, used for recording after recording, closed at the
end."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine.errors import MingjianError
from engine.inspection import ModelReference
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.speech.diarize import DiarizationModels
    from engine.speech.recognizer import Recognizer
    from engine.vision.finder import FaceModels
    from models.face_embedding import FaceEmbedding
    from models.palm_detector import PalmDetector
    from models.text_reader import TextReader
    from models.voice_activity import VoiceActivity


SEGMENTATION = "pyannote-segmentation"
EMBEDDING = "ge2e-voice"
FACES = ("face-detector-full", "face-landmarker")
TEXT = ("ppocr-v6-small",)
HANDS = ("palm-detector",)
ACTIVITY = "silero-vad"


class Networks:
    """Opened networks. Use it in a `with` block. Safe to share between the stages of one recording at a time.

    Every accessor raises MingjianError `weights_missing` or `weights_corrupt` where the files are not what the
    registry says.
    """

    def __init__(self, settings: Settings) -> None:
        keep_telemetry_off()
        self._settings = settings
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._recognizer: Recognizer | None = None
        self._voices: DiarizationModels | None = None
        self._faces: FaceModels | None = None
        self._text: TextReader | None = None
        self._hands: PalmDetector | None = None
        self._activity: VoiceActivity | None = None
        self._embedder: FaceEmbedding | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what holds threads or device memory."""
        self._stack.close()

    def recognizer(self) -> "Recognizer":
        """Speech recognition."""
        with self._lock, _named():
            if self._recognizer is None:
                self._recognizer = self._open_recognizer()
            return self._recognizer

    def voices(self) -> "DiarizationModels":
        """Speaker segmentation and voice embedding."""
        with self._lock, _named():
            if self._voices is None:
                self._voices = self._open_voices()
            return self._voices

    def faces(self) -> "FaceModels":
        """Face detection and landmarks."""
        with self._lock, _named():
            if self._faces is None:
                from engine.vision.finder import FaceModels

                self._faces = self._stack.enter_context(FaceModels(self._settings.vision))
            return self._faces

    def text(self) -> "TextReader":
        """Reading of papers."""
        with self._lock, _named():
            if self._text is None:
                from models.text_reader import TextReader

                self._text = self._stack.enter_context(TextReader(threads=self._settings.vision.threads))
            return self._text

    def hands(self) -> "PalmDetector":
        """Hands over papers."""
        with self._lock, _named():
            if self._hands is None:
                from models.palm_detector import PalmDetector

                self._hands = self._stack.enter_context(PalmDetector(threads=self._settings.vision.threads))
            return self._hands

    def face_embedder(self) -> "FaceEmbedding | None":
        """The network that compares faces; None where none is configured.

        Raises MingjianError `settings_faults` where its file is not there or is no such network.
        """
        file = self._settings.vision.face_comparison
        if file is None:
            return None
        with self._lock:
            if self._embedder is None:
                from models.face_embedding import FaceEmbedding

                try:
                    self._embedder = FaceEmbedding(Path(file), self._settings.vision.threads)
                except (OSError, ValueError) as error:
                    raise MingjianError("settings_faults", detail=f"vision.face_comparison: {error}") from error
            return self._embedder

    def activity(self) -> "VoiceActivity":
        """Voice activity."""
        with self._lock, _named():
            if self._activity is None:
                from models.voice_activity import VoiceActivity

                self._activity = VoiceActivity()
            return self._activity

    def references(self, *, sound: bool, picture: bool) -> tuple[ModelReference, ...]:
        """The networks an inspection of a recording with `sound` and `picture` rests on, with their hashes."""
        from models.registry import registry

        wanted = (
            *((ACTIVITY, SEGMENTATION, EMBEDDING) if sound else ()),
            *((*FACES, *TEXT, *HANDS) if picture else ()),
        )
        entries = [registry().entry(entry_id) for entry_id in wanted]
        named = tuple(ModelReference(entry.task, entry.id, entry.sha256) for entry in entries)
        return (*((self._recognition(),) if sound else ()), *named, *(self._comparison() if picture else ()))

    def _comparison(self) -> tuple[ModelReference, ...]:
        file = self._settings.vision.face_comparison
        if file is None or self.face_embedder() is None:
            return ()
        digest = sha256(Path(file).read_bytes()).hexdigest()
        return (ModelReference("face_comparison", Path(file).name, digest),)

    def _recognition(self) -> ModelReference:
        recognizer = self.recognizer()
        return ModelReference("transcription", recognizer.name, recognizer.identity)

    def _recognition_folder(self) -> Path:
        from models.weights import folder

        own = Path(self._settings.recognition)
        return own if own.is_dir() else folder(self._settings.recognition)

    def _open_recognizer(self) -> "Recognizer":
        from engine.speech.recognizer import WhisperRecognizer
        from models.whisper import Whisper

        return WhisperRecognizer(
            Whisper(
                self._recognition_folder(),
                threads=self._settings.threads,
                workers=self._settings.cores // self._settings.threads or 1,
                device=self._settings.device,
            )
        )

    def _open_voices(self) -> "DiarizationModels":
        import torch

        from engine.speech.diarize import DiarizationModels
        from models.speaker_segmentation import SpeakerSegmentation
        from models.voice_embedding import VoiceEmbedding
        from models.weights import folder

        torch.set_num_threads(self._settings.threads)  # threads that wait for each other cost the stages beside it
        return DiarizationModels(
            SpeakerSegmentation(folder(SEGMENTATION), device=self._settings.device),
            VoiceEmbedding(folder(EMBEDDING), device=self._settings.device),
        )


def keep_telemetry_off() -> None:
    """Tell dependencies not to report usage. It counts only before they are imported."""
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"


@contextmanager
def _named() -> Iterator[None]:
    """Turn a weights problem into the error that names its cure."""
    from models.errors import WeightsError

    try:
        yield
    except WeightsError as error:
        raise MingjianError(error.code, **error.details) from error
