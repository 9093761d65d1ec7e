"""What the detectors measure of a film, before any threshold is applied, and what the thresholds make of it."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Lag, SoundQuality
from engine.integrity import loudness
from engine.interval import Interval, union
from engine.media.audio import from_samples
from engine.media.cuts import Jumps, Step, steps_near
from engine.media.frames import PictureFault
from engine.media.scan import scan
from engine.media.session import open_session
from engine.media.settings import MediaSettings
from engine.sound import breaks
from engine.sound.quality import SoundSettings
from engine.sound.quality import measure as measure_sound
from engine.speech.activity import detect
from engine.vision import lag
from engine.vision.faults import PictureFaults, find_faults
from engine.vision.finder import FaceModels
from engine.vision.mouths import watch
from engine.vision.settings import VisionSettings
from engine.vision.survey import join, look
from engine.vision.tracks import link
from engine.vision.trait import Trait
from eval.synth.clips import RATE, Clip, sounded, write_clip
from eval.synth.effects import Kind
from models.voice_activity import VoiceActivity

EDGE_S = 0.9
"""A fault that begins at once is itself a sudden change of the picture: what is found so near its edges is no cut."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What decides whether something measured is a fault: the settings in force, and the limits of the rule sets."""

    vision: VisionSettings
    media: MediaSettings
    sound: SoundSettings
    break_ratio: float = breaks.DEFAULT.ratio
    least_snr_db: float = 15.0
    least_level_db: float = -45.0
    most_lag_s: float = 0.5


def in_force() -> Thresholds:
    """The thresholds of this version. Trials are short, so that which way is up is asked more often."""
    vision = VisionSettings()
    return Thresholds(
        replace(vision, picture=replace(vision.picture, turned_every=2.0)), MediaSettings(), SoundSettings()
    )


@dataclass(frozen=True, eq=False)
class Observed:
    """What was measured of one film, before any threshold is applied. None for a stream that was not looked at."""

    seconds: float
    spans: tuple[Interval, ...] = ()
    traits: tuple[Trait, ...] = ()
    turns: tuple[int, ...] = ()
    steps: tuple[tuple[Step, float], ...] = ()
    sound: SoundQuality | None = None
    lag: Lag | None = None
    pictured: bool = False
    compared: bool = False


class Observer:
    """The detectors, open."""

    def __init__(self, faces: FaceModels, limits: Thresholds) -> None:
        self._faces, self._limits = faces, limits
        self._activity = VoiceActivity()

    def picture(self, clip: Clip) -> Observed:
        """Everything about the picture, and the sound at its cuts."""
        vision = self._limits.vision
        with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch:
            path = write_clip(Path(scratch) / "film.mp4", clip)
            with open_session([path], Path(scratch)) as session:
                duration = session.media.duration
                jumps = Jumps(self._limits.media)
                seen = [
                    one
                    for view in session.views(vision.fps)
                    for one in look(session.frames_in(view, vision.fps, _nothing, jumps), self._faces, vision, _ignore)
                ]
                survey = join(seen, vision, duration, jumps.found())
                looked = scan(path, self._limits.media)
                surges = looked.picture.surges if looked.picture else ()
                steps = steps_near(looked, (*survey.suspects, *surges), self._limits.media)
                audio = session.audio()
                sound = audio.mono() if audio else np.zeros(0, np.float32)
                judged = tuple((one, breaks.prominence(sound, RATE, one.time)) for one in steps)
        return Observed(
            duration,
            tuple(one.interval for one in survey.glances),
            tuple(one.trait for one in seen),
            tuple(one.turn for one in seen if one.turn is not None),
            judged,
            pictured=True,
        )

    def sound(self, clip: Clip) -> Observed:
        """Everything about the sound alone."""
        audio = from_samples(sounded(clip.sound)[None, :], RATE)
        speech = detect(audio.mono(), self._activity)
        return Observed(clip.seconds, sound=measure_sound(audio, speech, self._limits.sound))

    def sync(self, clip: Clip) -> Observed:
        """Mouths against the voice."""
        vision = self._limits.vision
        with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch:
            path = write_clip(Path(scratch) / "film.mp4", clip)
            with open_session([path], Path(scratch)) as session:
                audio = session.audio()
                seen = [
                    one
                    for view in session.views(vision.fps)
                    for one in look(session.frames_in(view, vision.fps, _nothing), self._faces, vision, _ignore)
                ]
                survey = join(seen, vision, session.media.duration)
                tracks = link(survey, vision)
                sound = audio.mono() if audio else np.zeros(0, np.float32)
                every, mesh = 1 / vision.mouths.rate, self._faces.mesh
                chosen = lag.choose(survey.glances, detect(sound, self._activity), vision.lag)
                bursts = [
                    lag.opening(watch(one, session.pictures_in(one, every), tracks, mesh, vision), one, vision.lag)
                    for one in chosen
                ]
        found = lag.measure(bursts, lambda start, count, step: _loudness(sound, start, count, step), vision.lag)
        return Observed(clip.seconds, lag=found, compared=bool(bursts))


def _loudness(sound: NDArray[np.float32], start: float, count: int, step: float) -> NDArray[np.float64]:
    return loudness(sound, RATE, start, count, step)


def _nothing(_: PictureFault) -> None:
    """Made films decode."""


def _ignore(_time: float) -> None:
    """Nobody waits for one film."""


def found_in(seen: Observed, limits: Thresholds) -> dict[Kind, tuple[Interval, ...]]:
    """The faults found, by kind; kinds that were not looked for are left out."""
    whole = (Interval(0.0, seen.seconds),)
    found: dict[Kind, tuple[Interval, ...]] = {}
    if seen.pictured:
        faults = find_faults(seen.spans, seen.traits, seen.turns, limits.vision.picture)
        found |= _pictured(faults, whole)
        lost = (*faults.black, *faults.frozen, *faults.covered)
        cuts = [
            (step, sharp)
            for step, sharp in seen.steps
            if step.size >= limits.media.cut_step
            and step.ratio >= limits.media.cut_ratio
            and not any(min(abs(step.time - one.start), abs(step.time - one.end)) <= EDGE_S for one in lost)
        ]
        cuts = [one for place, one in enumerate(cuts) if all(abs(one[0].time - c[0].time) > 0.1 for c in cuts[:place])]
        found["cut"] = _moments(step.time for step, _ in cuts)
        found["splice"] = _moments(step.time for step, sharp in cuts if sharp >= limits.break_ratio)
    if seen.sound is not None:
        found |= _sounded(seen.sound, limits, whole)
    if seen.compared:
        apart = seen.lag is not None and abs(seen.lag.seconds) > limits.most_lag_s
        found["offset"] = whole if apart else ()
    return found


def _pictured(faults: PictureFaults, whole: tuple[Interval, ...]) -> dict[Kind, tuple[Interval, ...]]:
    return {
        "black": faults.black,
        "freeze": faults.frozen,
        "dark": faults.dim,
        "bright": faults.bright,
        "blur": faults.soft,
        "covered": faults.covered,
        "turned": whole if faults.turned else (),
    }


def _sounded(sound: SoundQuality, limits: Thresholds, whole: tuple[Interval, ...]) -> dict[Kind, tuple[Interval, ...]]:
    noisy = sound.steady_snr_db is not None and sound.steady_snr_db < limits.least_snr_db
    return {
        "dropout": union([*sound.dropouts, *(sound.holes or ())]),
        "noise": whole if noisy else (),
        "hum": whole if sound.hum else (),
        "clipping": sound.clipped or (),
        "quiet": whole if sound.level_db < limits.least_level_db else (),
        "echo": whole if sound.echo else (),
    }


def _moments(times: Iterator[float]) -> tuple[Interval, ...]:
    return tuple(Interval(time, time) for time in times)
