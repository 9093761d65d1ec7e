"""pyannote's segmentation network (PyanNet): who speaks when inside windows of 5 seconds, for up to three unnamed
voices.

Bredin and Laurent 2021, "End-to-end speaker segmentation for overlap-aware resegmentation": learned sinc filters, two
convolutions, four bidirectional LSTM layers, two linear layers. The layers are built here from plain torch, because
importing pyannote.audio alone takes longer than diarizing ten minutes; tests compare every output with pyannote's own
class.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16000
BATCH = 32
FILTERED_AT_ONCE = 4
"""Windows that pass the filters and convolutions at a time (10 MB of values): more of them do not fit into the caches,
which others use too; sixteen took half as long again each."""
VOICES = 3
SINC_KERNEL = 251
SINC_STRIDE = 10
POOL = 3
KERNEL = 5
LOWEST_HERTZ = 50.0
NARROWEST_HERTZ = 50.0


class SpeakerSegmentation:
    """The network of `folder` (model.safetensors, config.json), on CPU, or on CUDA where there is one.

    `window` is its length in seconds; output frame i of a window is centred `first + i * frame` seconds after its
    start. Raises ValueError for a network of another shape.
    """

    def __init__(self, folder: Path, *, device: str = "auto") -> None:
        import torch
        from safetensors.torch import load_file

        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        about = config["specifications"]
        if config["architecture"] != "PyanNet" or about["powerset"] or len(about["classes"]) != VOICES:
            raise ValueError(f"{folder.name}: not a PyanNet with {VOICES} independent voices")
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self._device = device
        self._layers: Any = _layers(load_file(folder / "model.safetensors"), config).to(device)
        self.window = float(about["duration"])
        self.frame = SINC_STRIDE * POOL**3 / RATE
        self.first = _first_centre() / RATE

    def activities(self, samples: NDArray[np.float32], starts: NDArray[np.float64]) -> NDArray[np.float32]:
        """Probability (0..1) of each local voice in the windows that begin at `starts` seconds.

        Shape (windows, frames, 3). Sound beyond the end of `samples` (mono, 16 kHz) counts as silence. Windows begin
        on a grid of `SINC_STRIDE` samples. Ascending starts cost least: what windows share is filtered once.
        """
        import torch

        places = [round(start * RATE / SINC_STRIDE) * SINC_STRIDE for start in starts]
        found: list[NDArray[np.float32]] = []
        with torch.inference_mode():
            for first in range(0, len(places), BATCH):
                found.append(self._of_batch(samples, places[first : first + BATCH]))
        return np.concatenate(found) if found else np.zeros((0, 0, VOICES), dtype=np.float32)

    def _of_batch(self, samples: NDArray[np.float32], places: Sequence[int]) -> NDArray[np.float32]:
        import torch

        parts = [places[first : first + FILTERED_AT_ONCE] for first in range(0, len(places), FILTERED_AT_ONCE)]
        heard = torch.cat([self._filtered(samples, part) for part in parts])
        found: NDArray[np.float32] = self._layers(heard).cpu().numpy()
        return found

    def _filtered(self, samples: NDArray[np.float32], places: Sequence[int]) -> Any:
        """Filters and convolutions over the windows at `places`, shape (windows, 60, frames)."""
        import torch

        length = round(self.window * RATE)
        frames = (length - SINC_KERNEL) // SINC_STRIDE + 1
        sounds, bands = [], []
        for run in _runs(places, length):
            cut = np.zeros(run[-1] - run[0] + length, dtype=np.float32)
            heard = samples[run[0] : run[-1] + length]
            cut[: len(heard)] = heard
            sound = torch.from_numpy(cut).to(self._device)
            filtered = self._layers.bands(sound)
            for place in run:
                begin = place - run[0]
                sounds.append(sound[begin : begin + length])
                bands.append(filtered[:, begin // SINC_STRIDE : begin // SINC_STRIDE + frames])
        return self._layers.filtered(torch.stack(sounds), torch.stack(bands))


def _runs(places: Sequence[int], length: int) -> Iterator[list[int]]:
    """`places` in order, those together whose windows of `length` samples overlap the one before."""
    run: list[int] = []
    for place in places:
        if run and not run[-1] <= place < run[-1] + length:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _first_centre() -> float:
    """Centre of the receptive field of the first output frame, in samples."""
    centre, step = (SINC_KERNEL - 1) / 2, SINC_STRIDE
    for kernel, stride in ((POOL, POOL), (KERNEL, 1), (POOL, POOL), (KERNEL, 1), (POOL, POOL)):
        centre += (kernel - 1) / 2 * step
        step *= stride
    return centre


def _layers(state: dict[str, Any], config: dict[str, Any]) -> Any:
    """The network in evaluation mode, with the weights of the checkpoint `state`."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norms = nn.ModuleList([nn.InstanceNorm1d(channels, affine=True) for channels in (1, 80, 60, 60)])
            self.sinc = nn.Buffer(_sinc_filters(state))
            self.convolutions = nn.ModuleList([nn.Conv1d(80, 60, KERNEL), nn.Conv1d(60, 60, KERNEL)])
            size, layers = config["lstm"]["hidden_size"], config["lstm"]["num_layers"]
            self.lstm = nn.LSTM(60, size, layers, batch_first=True, bidirectional=True)
            width = config["linear"]["hidden_size"]
            self.linear = nn.ModuleList([nn.Linear(2 * size, width), nn.Linear(width, width)])
            self.classifier = nn.Linear(width, VOICES)

        def bands(self, sound: Any) -> Any:
            """The sinc filters over (samples,) of sound as it is: (80, frames)."""
            return nn.functional.conv1d(sound[None], self.sinc, stride=SINC_STRIDE)

        def filtered(self, sound: Any, bands: Any) -> Any:
            """(windows, samples) and (windows, 80, frames) of the same windows to (windows, 60, fewer frames).

            The network filters normed sound. Filters are linear: the norm of a window is applied to what they gave for
            the sound as it is, which neighbouring windows share.
            """
            norm: Any = self.norms[0]
            spread, mean = torch.var_mean(sound, dim=1, correction=0)
            scale = (norm.weight / torch.sqrt(spread + norm.eps))[:, None, None]
            shift = (norm.bias - mean * scale[:, 0, 0])[:, None, None] * self.sinc.sum(dim=2)[None]
            values = torch.addcmul(shift, bands, scale).abs_()
            for layer in range(3):
                if layer:
                    values = self.convolutions[layer - 1](values)
                values = nn.functional.leaky_relu(self.norms[layer + 1](nn.functional.max_pool1d(values, POOL)))
            return values

        def forward(self, filtered: Any) -> Any:
            """(windows, 60, frames) to (windows, frames, voices)."""
            values, _ = self.lstm(filtered.transpose(1, 2))
            for linear in self.linear:
                values = nn.functional.leaky_relu(linear(values))
            return torch.sigmoid(self.classifier(values))

    network = Network()
    names = {"sincnet.wav_norm1d.": "norms.0."}
    names |= {f"sincnet.norm1d.{i}.": f"norms.{i + 1}." for i in range(3)}
    names |= {f"sincnet.conv1d.{i}.": f"convolutions.{i - 1}." for i in (1, 2)}
    renamed = {"sinc": network.sinc}
    for key, value in state.items():
        if key.startswith("sincnet.conv1d.0."):
            continue
        prefix = next((old for old in names if key.startswith(old)), "")
        renamed[names.get(prefix, "") + key.removeprefix(prefix)] = value
    network.load_state_dict(renamed)
    return network.eval()


def _sinc_filters(state: dict[str, Any]) -> Any:
    """The learned band-pass filters as convolution weights, shape (80, 1, 251): 40 even ones, then 40 odd ones.

    Ravanelli and Bengio 2018 (SincNet), with odd filters as in Pariente et al. 2020.
    """
    import torch

    prefix = "sincnet.conv1d.0.filterbank."
    low = LOWEST_HERTZ + state[prefix + "low_hz_"].abs()
    high = (low + NARROWEST_HERTZ + state[prefix + "band_hz_"].abs()).clamp(LOWEST_HERTZ, RATE / 2)
    times, window = state[prefix + "n_"], state[prefix + "window_"]
    band = high - low
    even = (torch.sin(high @ times) - torch.sin(low @ times)) / (times / 2) * window
    odd = (torch.cos(low @ times) - torch.cos(high @ times)) / (times / 2) * window
    cosine = torch.cat([even, 2 * band, even.flip(1)], dim=1)
    sine = torch.cat([odd, torch.zeros_like(band), -odd.flip(1)], dim=1)
    return (torch.cat([cosine, sine]) / (2 * torch.cat([band, band]))).unsqueeze(1)
