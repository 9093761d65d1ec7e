"""Which part of a session's sound is whose: each party's waveform, from its channels and the turns of its voices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Role, Transcript
from engine.interval import Interval, union

APART = 4.0
"""A voice has a channel of its own where that is so many times louder during its turns than any other."""
WIDENED_S = 0.15


@dataclass(frozen=True, slots=True)
class Party:
    """The sound of one role: amplitudes 0..255 of each stretch, 0 where it is silent."""

    role: Role
    speakers: tuple[str, ...]
    peaks: NDArray[np.uint8]


def parties(
    peaks: NDArray[np.uint8], per_second: float, transcript: Transcript | None
) -> tuple[tuple[Party, ...], NDArray[np.uint8]]:
    """The parties of a session, and the sound that is nobody's. `peaks` (channels, n), `per_second` stretches a second.

    A party whose voices have a channel of their own has all of it; others have what sounds during their turns.
    """
    if not peaks.size:
        return (), np.zeros(0, dtype=np.uint8)
    loudest = peaks.max(axis=0)
    if transcript is None:
        return (), loudest
    found = []
    taken = np.zeros(len(loudest), dtype=bool)
    for role in dict.fromkeys(one.role for one in transcript.speakers):
        voices = tuple(one.id for one in transcript.speakers if one.role == role)
        spans = union(one.interval.widened(WIDENED_S) for one in transcript.turns if one.speaker in voices)
        during = _during(spans, per_second, len(loudest))
        own = _own_channel(peaks, during)
        sound = peaks[own] if own is not None else np.where(during, loudest, 0).astype(np.uint8)
        taken |= during
        found.append(Party(role, voices, sound))
    return tuple(found), np.where(taken, 0, loudest).astype(np.uint8)


def _during(spans: Sequence[Interval], per_second: float, length: int) -> NDArray[np.bool_]:
    found = np.zeros(length, dtype=bool)
    for span in spans:
        found[max(0, int(span.start * per_second)) : max(0, int(np.ceil(span.end * per_second)))] = True
    return found


def _own_channel(peaks: NDArray[np.uint8], during: NDArray[np.bool_]) -> int | None:
    if len(peaks) < 2 or not during.any():
        return None
    loudness = peaks[:, during].astype(np.float64).mean(axis=1)
    best = int(loudness.argmax())
    others = np.delete(loudness, best).max()
    return best if loudness[best] > APART * max(others, 1e-9) else None
