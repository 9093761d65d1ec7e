"""Faults of picture and sound, put into films at three severities: what each detector finds, and what it invents.

A film is cut into trials; every fault goes once into every trial at every severity. A detector hits where what it finds
covers half of the fault (a cut: within half a second of it). It raises a false alarm in a film that has another fault,
or none, unless that other fault brings this one with it (`BRINGS`). A fault that begins at once is itself a sudden
change of the picture: what is found within `EDGE_S` of its edges is no false cut.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Lag, SoundQuality
from engine.integrity import loudness
from engine.interval import Interval, total, union
from engine.media.audio import from_samples
from engine.media.cuts import Jumps, Step, steps_near
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
from engine.vision.settings import PictureLimits, VisionSettings
from engine.vision.survey import Glance, join, look
from engine.vision.trait import Trait
from eval.bench.figures import Figure
from eval.metrics.counts import Detection, Share
from eval.synth.clips import RATE, Clip, make_clip, read_clip, sounded, write_clip
from eval.synth.faults import KINDS, SEVERITIES, SOUND_KINDS, Faulted, Kind, Severity, spoil
from eval.synth.script import read_script
from models.voice_activity import VoiceActivity

TARGET = 0.95
TARGETED: frozenset[Kind] = frozenset({"black", "freeze", "dark", "blur", "dropout", "noise", "cut", "offset"})
TRIAL_S = 6.0
OFFSET_S = 16.0
EDGE_S = 0.9
NEAR_S = 0.5
COVERED_SHARE = 0.5

BRINGS: Mapping[Kind, frozenset[Kind]] = {
    "black": frozenset({"freeze", "dark", "blur", "covered"}),
    "covered": frozenset({"freeze", "dark", "blur", "black"}),
    "dark": frozenset({"black", "covered", "blur"}),
    "bright": frozenset({"blur", "covered"}),
    "blur": frozenset({"covered"}),
    "cut": frozenset({"splice"}),
    "splice": frozenset({"cut", *(one for one in KINDS)}),
    "offset": frozenset({"dropout"}),
    "hum": frozenset({"noise"}),
    "quiet": frozenset({"noise", "dropout"}),
}


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
                    for one in look(
                        session.frames_in(view, vision.fps, _nothing, jumps.see), self._faces, vision, _ignore
                    )
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
                glances: tuple[Glance, ...] = join(seen, vision, session.media.duration).glances
                sound = audio.mono() if audio else np.zeros(0, np.float32)
                chosen = lag.choose(glances, detect(sound, self._activity), vision.lag)
                bursts = [
                    lag.watch(span, session.pictures_in(span), glances, self._faces.landmarks, vision)
                    for span in chosen
                ]
        found = lag.measure(bursts, lambda start, count, step: _loudness(sound, start, count, step), vision.lag)
        return Observed(clip.seconds, lag=found, compared=bool(bursts))


def _loudness(sound: NDArray[np.float32], start: float, count: int, step: float) -> NDArray[np.float64]:
    return loudness(sound, RATE, start, count, step)


def _nothing() -> None:
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
    noisy = sound.snr_db is not None and sound.snr_db < limits.least_snr_db
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


def hits(kind: Kind, true: Sequence[Interval], found: Sequence[Interval]) -> bool:
    """Whether the fault at `true` was found: half of its time, or for a moment something near it."""
    if kind in ("cut", "splice"):
        return any(abs(one.start - other.start) <= NEAR_S for one in true for other in found)
    shared = sum(one.overlap(other) for one in union(true) for other in union(found))
    return shared >= COVERED_SHARE * total(true)


def strays(kind: Kind, fault: Faulted | None, found: Sequence[Interval]) -> bool:
    """Whether the detector of `kind` found something that is not there."""
    if fault is None:
        return bool(found)
    if kind in BRINGS.get(fault.kind, frozenset()):
        return False
    edges = [edge for one in fault.spans for edge in (one.start, one.end)]
    if kind in ("cut", "splice"):
        return any(all(abs(one.start - edge) > EDGE_S for edge in edges) for one in found)
    if kind == fault.kind:
        return any(not any(one.overlap(true.widened(1.0)) for true in fault.spans) for one in found)
    return bool(found)


@dataclass(frozen=True, eq=False)
class Trial:
    """One film that was looked at; `fault` None: as it came."""

    base: str
    fault: Faulted | None
    seen: Observed


def run(bases: Sequence[tuple[Clip, ...]], observer: Observer, kinds: Sequence[Kind]) -> Iterator[Trial]:
    """Every trial of every base, untouched and with every fault. A base is its trials, then one long film."""
    for number, (*trials, long) in enumerate(bases):
        for index, clip in enumerate(trials):
            other = bases[(number + 1) % len(bases)][0]
            yield from _trials(clip, other, observer, kinds, seed=100 * number + index)
        if "offset" in kinds and _speaks(long):
            yield Trial(long.name, None, observer.sync(long))
            for severity in SEVERITIES:
                for seed in range(2):
                    fault = spoil(long, "offset", severity, 100 * number + seed)
                    yield Trial(long.name, _light(fault), observer.sync(fault.clip))


def _trials(clip: Clip, other: Clip, observer: Observer, kinds: Sequence[Kind], seed: int) -> Iterator[Trial]:
    pictured = [kind for kind in kinds if kind not in SOUND_KINDS and kind != "offset"]
    heard = [kind for kind in kinds if kind in SOUND_KINDS] if _speaks(clip) else []
    for look_at, chosen in ((observer.picture, pictured), (observer.sound, heard)):
        if not chosen:
            continue
        yield Trial(clip.name, None, look_at(clip))
        for kind in chosen:
            for severity in SEVERITIES:
                fault = spoil(clip, kind, severity, seed, other)
                yield Trial(clip.name, _light(fault), look_at(fault.clip))


def _light(fault: Faulted) -> Faulted:
    """The fault without its pictures, which nobody needs any more."""
    return replace(fault, clip=Clip(fault.clip.name, (), np.zeros(0, np.float32)))


def _speaks(clip: Clip) -> bool:
    return bool(np.sqrt(np.square(clip.sound).mean()) > 10 ** (-50 / 20)) if len(clip.sound) else False


def counted(trials: Sequence[Trial], kind: Kind, severity: Severity, limits: Thresholds) -> Detection:
    """Hits, misses and false alarms of one detector among the trials of one severity and the untouched."""
    result = Detection.zero()
    for trial in trials:
        found = found_in(trial.seen, limits).get(kind)
        if found is None or (trial.fault is not None and trial.fault.severity != severity):
            continue
        if trial.fault is not None and trial.fault.kind == kind:
            hit = hits(kind, trial.fault.spans, found)
            if kind == "offset":
                hit = hit and trial.seen.lag is not None and abs(trial.seen.lag.seconds - trial.fault.lag) < 0.3
            result += Detection(int(hit), 0, int(not hit))
        result += Detection(0, int(strays(kind, trial.fault, found)), 0)
    return result


def untouched(trials: Sequence[Trial], kind: Kind, limits: Thresholds) -> Share:
    """How many of the films that were left as they came raise an alarm."""
    looked = [found_in(one.seen, limits).get(kind) for one in trials if one.fault is None]
    return Share(sum(bool(found) for found in looked), sum(found is not None for found in looked))


Sweep = tuple[str, Callable[[Thresholds, float], Thresholds], tuple[float, ...]]


def _of_picture(name: str) -> Callable[[Thresholds, float], Thresholds]:
    def change(limits: Thresholds, value: float) -> Thresholds:
        picture: PictureLimits = replace(limits.vision.picture, **{name: value})  # type: ignore[arg-type]
        return replace(limits, vision=replace(limits.vision, picture=picture))

    return change


SWEEPS: Mapping[Kind, Sweep] = {
    "black": ("black_luma", _of_picture("black_luma"), (12, 18, 24, 32, 48)),
    "freeze": ("frozen_change", _of_picture("frozen_change"), (0.1, 0.3, 0.6, 1.0, 2.0)),
    "dark": ("dim_luma", _of_picture("dim_luma"), (35, 45, 60, 75, 95)),
    "bright": ("bright_face_share", _of_picture("bright_face_share"), (0.1, 0.2, 0.3, 0.5, 0.7)),
    "blur": ("soft_edge", _of_picture("soft_edge"), (1.5, 2.0, 2.6, 3.2, 4.0)),
    "covered": ("covered_range", _of_picture("covered_range"), (20, 30, 40, 60, 80)),
    "cut": (
        "cut_ratio",
        lambda limits, value: replace(limits, media=replace(limits.media, cut_ratio=value)),
        (1.3, 1.6, 2.0, 2.5, 3.0),
    ),
    "splice": ("break ratio", lambda limits, value: replace(limits, break_ratio=value), (0.6, 0.8, 1.0, 1.2, 1.5)),
    "noise": ("least SNR dB", lambda limits, value: replace(limits, least_snr_db=value), (8, 12, 15, 18, 22)),
    "quiet": ("least level dB", lambda limits, value: replace(limits, least_level_db=value), (-55, -50, -45, -40, -35)),
    "offset": ("most lag s", lambda limits, value: replace(limits, most_lag_s=value), (0.3, 0.4, 0.5, 0.6, 0.8)),
}


def figures(trials: Sequence[Trial], kinds: Sequence[Kind], limits: Thresholds) -> list[Figure]:
    """Precision and recall with Wilson's intervals, false alarms on untouched films, and the threshold curves."""
    rows = []
    for kind in kinds:
        for severity in SEVERITIES:
            result = counted(trials, kind, severity, limits)
            target = TARGET if severity == "medium" and kind in TARGETED else None
            for name, share in (("precision", result.precision), ("recall", result.recall)):
                rows.append(_row(f"{kind} {severity} {name}", share, target))
        rows.append(_row(f"{kind} untouched, false alarms", untouched(trials, kind, limits)))
        if kind in SWEEPS:
            name, change, values = SWEEPS[kind]
            for value in values:
                result = counted(trials, kind, "medium", change(limits, value))
                note = f"recall {result.recall.value:.3f}, precision {result.precision.value:.3f}"
                rows.append(Figure(f"{kind} at {name} {value:g}: F1", result.f1, note=note))
    return rows


def _row(name: str, share: Share, target: float | None = None) -> Figure:
    low, high = share.interval()
    return Figure(name, share.value, "", target, "at_least", f"{share.right}/{share.total}, 95 % {low:.2f}-{high:.2f}")


SCRIPTS = Path(__file__).parent / "bases"
FIELD = (
    "LatentSync__demo2_video.mp4",
    "InfiniteTalk__ref_video.mp4",
    "LatentSync__demo3_video.mp4",
    "LivePortrait__d14.mp4",
)


def bases(field: Path | None, trials: int) -> Iterator[tuple[Clip, ...]]:
    """The films faults are put into: two made ones, and of `field` (talking people) those that are there."""
    for script in sorted(SCRIPTS.glob("*.yaml")):
        yield _cut_up(make_clip(read_script(script)), trials)
    for name in FIELD:
        path = field / name if field else None
        if path is None or not path.is_file():
            print(f"  {name}: skipped, not in --field", file=sys.stderr)
            continue
        yield _cut_up(read_clip(path, max(OFFSET_S, trials * TRIAL_S)), trials)


def _cut_up(clip: Clip, trials: int) -> tuple[Clip, ...]:
    """`trials` films of TRIAL_S each, which overlap where the clip is short, and one of OFFSET_S."""
    free = max(0.0, clip.seconds - TRIAL_S)
    starts = [free * number / max(1, trials - 1) for number in range(trials)]
    return (*(clip.part(begin, TRIAL_S) for begin in starts), clip.part(0.0, min(clip.seconds, OFFSET_S)))


def measure(field: Path | None, trials: int, kinds: Sequence[Kind] = KINDS) -> list[Figure]:
    """The grid over all bases, `trials` films of each."""
    limits = in_force()
    made = []
    with FaceModels(limits.vision) as faces:
        observer = Observer(faces, limits)
        for trial in run(list(bases(field, trials)), observer, kinds):
            made.append(trial)
            fault = f"{trial.fault.kind} {trial.fault.severity}" if trial.fault else "untouched"
            found = {kind: len(spans) for kind, spans in found_in(trial.seen, limits).items() if spans}
            print(f"  {trial.base}: {fault} -> {found}", file=sys.stderr, flush=True)
    return figures(made, kinds, limits)
