"""Silero voice activity detection, the network that ships inside faster-whisper."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16000
FRAME_SAMPLES = 512
BLOCK_FRAMES = 9375  # 5 minutes: bounds memory on long recordings
LEAD_FRAMES = 63  # 2 s heard again before each block, so that the network's state has settled


class VoiceActivity:
    """Probability that somebody speaks, per frame of 32 ms. Holds no state between calls."""

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model

        self._network: Any = get_vad_model()

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shape (ceil(n / 512),), each 0..1, for mono float32 sound at 16 kHz; empty for empty sound."""
        blocks = [np.zeros(0, dtype=np.float32)]
        frames = -(-len(samples) // FRAME_SAMPLES)
        for first in range(0, frames, BLOCK_FRAMES):
            lead = min(first, LEAD_FRAMES)
            block = samples[(first - lead) * FRAME_SAMPLES : (first + BLOCK_FRAMES) * FRAME_SAMPLES]
            padded = np.pad(np.asarray(block, dtype=np.float32), (0, -len(block) % FRAME_SAMPLES))
            blocks.append(np.asarray(self._network(padded), dtype=np.float32).reshape(-1)[lead:])
        return np.concatenate(blocks)
