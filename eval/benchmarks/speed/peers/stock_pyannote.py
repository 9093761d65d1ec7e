"""pyannote 4's SpeakerDiarization as it is packaged, with the networks that the engine has.

Its own networks lie behind a model hub that is out of reach. So the segmentation is the registry's PyanNet in
pyannote's own class, the voice encoder is the registry's GE2E behind the interface that the pipeline asks for, and
clustering is agglomerative: the default one needs a PLDA from the same hub. Window step (0.1 of a window) is the
class's default, batches (32) and the clustering's numbers are those of pyannote's published configurations. Nothing
is told of how many speak. A mask without speech costs nothing here, which favours the peer.
"""

import json
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.benchmarks.speed.peers.telling import Told, arguments, tell_each

BATCH = 32
SPEECH = 0.5
PARAMETERS = {
    "segmentation": {"threshold": SPEECH, "min_duration_off": 0.0},
    "clustering": {"method": "centroid", "min_cluster_size": 12, "threshold": 0.7045654963945799},
}


def main() -> None:
    """Say how many speak in each recording."""
    chosen = arguments("segmentation", "voice")

    def load() -> Callable[[Path], Told]:
        import torch

        torch.set_num_threads(chosen.threads)
        pipeline = _pipeline(chosen.segmentation, chosen.voice)

        def diarize(recording: Path) -> Told:
            sound = torch.from_numpy(_samples(recording))[None]
            found = pipeline({"waveform": sound, "sample_rate": 16000, "uri": recording.stem})
            return {"speakers": len(found.speaker_diarization.labels())}

        return diarize

    tell_each(chosen.recordings, load, ("pyannote.audio", "torch"))


def _samples(recording: Path) -> NDArray[np.float32]:
    """Mono sound of a 16-bit WAV: the waveform is passed, so that no decoder of pyannote's is needed."""
    with wave.open(str(recording), "rb") as file:
        values = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    return values.astype(np.float32) / np.float32(32768)


def _pipeline(segmentation: Path, voice: Path) -> Any:
    from pyannote.audio.core.plda import PLDA
    from pyannote.audio.pipelines import SpeakerDiarization

    pipeline = SpeakerDiarization(
        segmentation=_segmentation(segmentation),
        embedding=_embedding(voice),
        plda=PLDA.__new__(PLDA),  # asked for by the class, used by another clustering only
        clustering="AgglomerativeClustering",
        segmentation_batch_size=BATCH,
        embedding_batch_size=BATCH,
    )
    pipeline.instantiate(PARAMETERS)
    return pipeline


def _segmentation(folder: Path) -> Any:
    """pyannote's PyanNet with the registry's tensors."""
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet
    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    network: Any = PyanNet(sincnet=config["sincnet"], lstm=config["lstm"], linear=config["linear"])
    network.specifications = Specifications(
        problem=Problem.MULTI_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=config["specifications"]["duration"],
        classes=config["specifications"]["classes"],
        permutation_invariant=True,
    )
    network.build()
    network.load_state_dict(load_file(folder / "model.safetensors"))
    return network.eval()


def _embedding(folder: Path) -> Any:
    """The voice encoder as one of pyannote's models: sounds and masks in, a vector each out."""
    import torch
    from pyannote.audio import Model

    from models.voice_embedding import HIDDEN, VoiceEmbedding

    class VoiceModel(Model):
        def __init__(self) -> None:
            super().__init__(sample_rate=16000, num_channels=1)
            self._network = VoiceEmbedding(folder, device="cpu")

        @property
        def dimension(self) -> int:
            return HIDDEN

        def forward(self, waveforms: Any, weights: Any = None, **_: Any) -> Any:
            """(batch, 1, samples) and masks (batch, frames) to (batch, 256); NaN where nobody speaks."""
            sounds = waveforms[:, 0].numpy()
            kept = list(sounds) if weights is None else [_masked(*one) for one in zip(sounds, weights, strict=True)]
            heard = [place for place, sound in enumerate(kept) if len(sound)]
            found = np.full((len(kept), HIDDEN), np.nan, np.float32)
            if heard:
                found[heard] = self._network.vectors([kept[place] for place in heard])
            return torch.from_numpy(found)

    return VoiceModel()


def _masked(sound: Any, mask: Any) -> Any:
    """The samples during which the mask says that somebody speaks."""
    frames = mask.numpy() > SPEECH
    return sound[frames[np.arange(len(sound)) * len(frames) // len(sound)]]


if __name__ == "__main__":
    main()
