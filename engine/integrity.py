"""Whether sound and picture belong together and run through: cuts, breaks of the sound at them, the lag between both.

What one stream alone tells is measured where it is decoded (engine/media, engine/sound, engine/vision); here the two
are held against each other.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Continuity, Lag
from engine.media.audio import Audio
from engine.media.session import Session
from engine.sound.breaks import find_breaks
from engine.vision.survey import Survey

EDGE_SECONDS = 0.8
"""A picture that goes black, or moves again after it stood still, changes at once: that is no cut of its own."""

QUIETEST_DB = -70.0


@dataclass(frozen=True, slots=True)
class Integrity:
    """Times on the session's clock; `breaks` is None where there is no sound, `looked` whether mouths were compared."""

    cuts: tuple[float, ...]
    breaks: tuple[float, ...] | None
    lag: Lag | None
    looked: bool

    def into(self, continuity: Continuity) -> Continuity:
        """The health of the streams with what was found here."""
        return replace(
            continuity,
            picture_cuts=self.cuts,
            sound_breaks=self.breaks,
            lag=self.lag,
            lag_looked=self.looked,
        )


def check(
    session: Session,
    seen: Survey,
    audio: Audio | None,
    lag: Lag | None = None,
    looked: bool = False,
) -> Integrity:
    """Look at suspicious moments. `lag` is what engine/watching.py found, where it `looked`."""
    cuts = tuple(time for time in session.picture_cuts(seen.suspects) if not _at_edge(time, seen))
    if audio is None:
        return Integrity(cuts, None, lag, looked)
    return Integrity(cuts, find_breaks(audio.mono(), audio.rate, cuts), lag, looked)


def loudness(samples: NDArray[np.float32], rate: int, start: float, count: int, step: float) -> NDArray[np.float64]:
    """Level of `samples` (n,) in dB of full scale, (count,), every `step` seconds from `start` on; the quietest outside
    of them.
    """
    size = round(step * rate)
    levels = np.full(count, QUIETEST_DB)
    for place in range(count):
        begin = round((start + place * step) * rate)
        piece = samples[max(0, begin) : max(0, begin + size)]
        if len(piece):
            power = float(np.square(piece, dtype=np.float64).mean())
            levels[place] = max(QUIETEST_DB, 10 * np.log10(power + 1e-12))
    return levels


def _at_edge(time: float, seen: Survey) -> bool:
    picture = seen.picture
    spans = (*(picture.black or ()), *(picture.frozen or ()), *(picture.covered or ())) if picture else ()
    return any(min(abs(time - span.start), abs(time - span.end)) <= EDGE_SECONDS for span in spans)
