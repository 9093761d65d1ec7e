"""GE2E voice encoder (Resemblyzer's weights): a vector of 256 numbers that tells voices apart.

Wan et al. 2018, "Generalized end-to-end loss for speaker verification". Features: 40 mel bands (Slaney's scale and
normalisation) of power, 25 ms windows every 10 ms; the network reads 160 frames (1.6 s) at a time.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16000
FFT = 400
HOP = 160
BANDS = 40
FRAMES = 160
HIDDEN = 256
PART_STEP = 100
BATCH = 64
TARGET_DBFS = -30.0


class VoiceEmbedding:
    """The network of `folder` (model.safetensors), on CPU, or on CUDA where there is one."""

    def __init__(self, folder: Path, *, device: str = "auto") -> None:
        import torch
        from safetensors.torch import load_file

        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        state = load_file(folder / "model.safetensors")
        self._device = device
        self._lstm = torch.nn.LSTM(BANDS, HIDDEN, 3, batch_first=True)
        self._lstm.load_state_dict({k.removeprefix("lstm."): v for k, v in state.items() if k.startswith("lstm.")})
        self._linear = torch.nn.Linear(HIDDEN, HIDDEN)
        self._linear.load_state_dict(
            {k.removeprefix("linear."): v for k, v in state.items() if k.startswith("linear.")}
        )
        self._lstm.eval().to(device)
        self._linear.eval().to(device)
        self.seconds = FRAMES * HOP / RATE

    def vectors(self, sounds: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 256), one for each of n sounds (mono, 16 kHz, not empty).

        A sound shorter than 1.6 s is repeated to that length; a longer one is the mean over overlapping parts.
        """
        parts = [_parts(mel_spectrogram(sound)) for sound in sounds]
        flat = self._embed([part for its in parts for part in its])
        means = np.zeros((len(sounds), HIDDEN), dtype=np.float32)
        first = 0
        for row, its in enumerate(parts):
            means[row] = flat[first : first + len(its)].mean(axis=0)
            first += len(its)
        return np.asarray(means / (np.linalg.norm(means, axis=1, keepdims=True) + 1e-9), dtype=np.float32)

    def _embed(self, mels: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 256), for n blocks of shape (160, 40)."""
        import torch

        found = [np.zeros((0, HIDDEN), dtype=np.float32)]
        for first in range(0, len(mels), BATCH):
            batch = torch.from_numpy(np.stack(mels[first : first + BATCH])).to(self._device)
            with torch.inference_mode():
                _, (hidden, _) = self._lstm(batch)
                raw = torch.relu(self._linear(hidden[-1]))
                unit = raw / (raw.norm(dim=1, keepdim=True) + 1e-9)
            found.append(unit.cpu().numpy())
        return np.concatenate(found)


def _parts(mel: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Blocks of 160 frames that cover the spectrogram evenly."""
    if len(mel) <= FRAMES:
        return [mel[np.arange(FRAMES) % len(mel)]]
    count = int(np.ceil((len(mel) - FRAMES) / PART_STEP)) + 1
    return [mel[int(start) : int(start) + FRAMES] for start in np.linspace(0, len(mel) - FRAMES, count)]


def mel_spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Power in 40 mel bands, shape (1 + n // 160, 40), of mono sound at 16 kHz, raised to -30 dBFS where quieter."""
    signal = np.asarray(samples, dtype=np.float64)
    level = np.sqrt(np.mean(signal**2)) if len(signal) else 0.0
    if level > 0:
        signal = signal * max(1.0, 10 ** (TARGET_DBFS / 20) / level)
    padded = np.pad(signal, FFT // 2)
    count = 1 + (len(padded) - FFT) // HOP
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP][:count]
    power = np.abs(np.fft.rfft(frames * _hann(), axis=1)) ** 2
    return np.asarray(power @ _filters().T, dtype=np.float32)


@cache
def _hann() -> NDArray[np.float64]:
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT))


@cache
def _filters() -> NDArray[np.float64]:
    """Triangular filters, shape (40, 201), equally spaced on Slaney's mel scale, each of unit area."""
    frequencies = np.linspace(0, RATE / 2, FFT // 2 + 1)
    edges = _hertz(np.linspace(_mel(0.0), _mel(RATE / 2), BANDS + 2))
    rising = (frequencies[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequencies[None, :]) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None])


LINEAR_HERTZ_PER_MEL = 200.0 / 3
LINEAR_UP_TO_HERTZ = 1000.0
LOG_STEP = float(np.log(6.4)) / 27.0


def _mel(hertz: float) -> float:
    """Slaney's scale: linear up to 1 kHz, logarithmic above."""
    if hertz < LINEAR_UP_TO_HERTZ:
        return hertz / LINEAR_HERTZ_PER_MEL
    return LINEAR_UP_TO_HERTZ / LINEAR_HERTZ_PER_MEL + float(np.log(hertz / LINEAR_UP_TO_HERTZ)) / LOG_STEP


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = LINEAR_UP_TO_HERTZ / LINEAR_HERTZ_PER_MEL
    return np.where(
        mels < knee, mels * LINEAR_HERTZ_PER_MEL, LINEAR_UP_TO_HERTZ * np.exp(LOG_STEP * np.maximum(0.0, mels - knee))
    )
