"""Mouths watched closely where it matters: in answers and in a sample of turns, and whether sound and picture go
together.

The pictures of a burst are decoded once, and serve both: who speaks (engine/vision/talking.py) and the lag between
sound and picture (engine/vision/lag.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.evidence import Lag, Track, Transcript
from engine.integrity import loudness
from engine.interval import Interval, union
from engine.media.audio import Audio
from engine.media.session import Session
from engine.vision import lag
from engine.vision.mouths import Burst, plan, watch
from engine.vision.settings import VisionSettings
from engine.vision.survey import Survey
from models.face_mesh import FaceMesh


@dataclass(frozen=True, slots=True)
class Watched:
    """The bursts, and the lag found in them; `compared` says whether there was anything to find one in."""

    bursts: tuple[Burst, ...]
    lag: Lag | None
    compared: bool

    @property
    def offset(self) -> float:
        """By how many seconds the sound comes after the picture, as far as that is known."""
        return self.lag.seconds if self.lag is not None else 0.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where to watch: `spans` cover all, `steady` are those in which the lag is looked for."""

    spans: tuple[Interval, ...]
    steady: tuple[Interval, ...]


def outlook(
    seen: Survey, tracks: Sequence[Track], transcript: Transcript, length: float, settings: VisionSettings
) -> Outlook:
    """What is worth watching in a recording of `length` seconds."""
    steady = lag.choose(seen.glances, transcript.speech, settings.lag)
    wanted = plan(transcript, tracks, settings.mouths, length, steady)
    return Outlook(union((*steady, *wanted), gap=settings.mouths.join_s), steady)


def observe(
    session: Session,
    where: Outlook,
    tracks: Sequence[Track],
    audio: Audio,
    mesh: FaceMesh,
    settings: VisionSettings,
) -> Watched:
    """Read the mouths there, and hold them against the sound."""
    every = 1 / settings.mouths.rate
    bursts = tuple(
        watch(span, session.pictures_in(span, every), tracks, mesh, settings)
        for span in where.spans
        if span.duration >= settings.mouths.least_s
    )
    openings = [
        lag.opening(burst, span, settings.lag)
        for span in where.steady
        for burst in bursts
        if burst.interval.overlap(span) >= settings.lag.least_burst_s
    ]
    mono, rate = audio.mono(), audio.rate
    found = lag.measure(openings, lambda start, count, step: loudness(mono, rate, start, count, step), settings.lag)
    return Watched(bursts, found, bool(openings))
