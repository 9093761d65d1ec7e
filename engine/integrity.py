"""Whether sound and picture belong together and run through: cuts, breaks of the sound at them, the lag between both.

What one stream alone tells is measured where it is decoded (engine/media, engine/sound, engine/vision); here the two
are held against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Continuity, Lag
from engine.interval import Interval
from engine.media.audio import Audio
from engine.media.session import Session
from engine.sound.breaks import find_breaks
from engine.vision import lag
from engine.vision.settings import VisionSettings
from engine.vision.survey import Survey
from models.face_landmarks import FaceLandmarks

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
    speech: Sequence[Interval],
    faces: FaceLandmarks,
    settings: VisionSettings,
) -> Integrity:
    """Look at suspicious moments, and at some bursts of mouths while somebody speaks (`speech`)."""
    cuts = tuple(time for time in session.picture_cuts(seen.suspects) if not _at_edge(time, seen))
    if audio is None:
        return Integrity(cuts, None, None, looked=False)
    bursts = [
        lag.watch(span, session.pictures_in(span), seen.glances, faces, settings)
        for span in lag.choose(seen.glances, speech, settings.lag)
    ]
    mono, rate = audio.mono(), audio.rate
    found = lag.measure(bursts, lambda start, count, step: loudness(mono, rate, start, count, step), settings.lag)
    return Integrity(cuts, find_breaks(mono, rate, cuts), found, looked=bool(bursts))


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
