"""Where somebody speaks, from the Silero network's probability per 32 ms.

Short answers decide consent, so stretches of a tenth of a second are kept; what is no speech at all among them is
weeded out later by the recogniser's guards, never the other way round.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval, union
from engine.speech.settings import ActivitySettings

FRAME_SECONDS = 0.032
FRAME_SAMPLES = 512


class Detector(Protocol):
    """A network that tells speech from everything else, one probability per 512 samples at 16 kHz."""

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]: ...


def detect(
    samples: NDArray[np.float32], detector: Detector, settings: ActivitySettings | None = None
) -> tuple[Interval, ...]:
    """Stretches of speech in mono float32 sound at 16 kHz: sorted, disjoint, in seconds from its first sample."""
    settings = settings or ActivitySettings()
    probabilities = detector.probabilities(samples)
    levels = levels_db(samples, len(probabilities))
    stretches = _stretches(_supported(probabilities, levels, settings), settings)
    end = len(samples) / (FRAME_SAMPLES / FRAME_SECONDS)
    padded = (stretch.widened(settings.padding) for stretch in stretches)
    return union(Interval(one.start, min(one.end, end)) for one in padded if one.start < end)


def _supported(
    probabilities: NDArray[np.float32], levels: NDArray[np.float64], settings: ActivitySettings
) -> NDArray[np.float64]:
    """The probabilities, raised where sound stands far above the quiet of the recording, zero where there is next to
    none.

    The network is unsure of muffled telephone voices; a clear onset out of silence speaks for them. In noise nothing is
    raised.
    """
    if not len(levels):
        return np.zeros(0)
    quiet = max(settings.floor_db, float(np.percentile(levels, settings.quiet_percentile)))
    clear = (levels >= quiet + settings.clear_db) & (probabilities >= settings.least_probability)
    raised = np.where(clear, probabilities + settings.clear_bonus, probabilities)
    return np.where(levels >= settings.floor_db, raised, 0.0)


def levels_db(samples: NDArray[np.float32], frames: int) -> NDArray[np.float64]:
    """Level of each of the first `frames` frames in dB of full scale."""
    levels = np.full(frames, -120.0)
    for frame in range(0, frames, 4096):  # in blocks: the sound may be a memory map of hours
        block = np.asarray(samples[frame * FRAME_SAMPLES : (frame + 4096) * FRAME_SAMPLES], dtype=np.float64)
        block = np.pad(block, (0, -len(block) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)
        levels[frame : frame + len(block)] = 10 * np.log10(np.mean(block**2, axis=1) + 1e-12)
    return levels


def _stretches(probabilities: NDArray[np.float64], settings: ActivitySettings) -> list[Interval]:
    """Runs that rise over `onset` and last until they stay under `offset` for the shortest pause."""
    pause_frames = max(1, round(settings.shortest_pause / FRAME_SECONDS))
    found: list[Interval] = []
    start = last = None
    for frame, probability in enumerate(probabilities):
        if start is None:
            if probability >= settings.onset:
                start = last = frame
        elif probability >= settings.offset:
            last = frame
        elif last is not None and frame - last >= pause_frames:
            found.append(Interval(start * FRAME_SECONDS, (last + 1) * FRAME_SECONDS))
            start = None
    if start is not None and last is not None:
        found.append(Interval(start * FRAME_SECONDS, (last + 1) * FRAME_SECONDS))
    return [stretch for stretch in found if stretch.duration >= settings.shortest]
