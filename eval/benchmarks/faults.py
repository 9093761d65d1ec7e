"""Faults of picture and sound, put into films at three severities: what each detector finds, and what it invents.

A film is cut into trials; every fault goes once into every trial at every severity. A detector hits where what it finds
covers half of the fault (a cut: within half a second of it). It raises a false alarm in a film that has another fault,
or none, unless that other fault brings this one with it (`BRINGS`). A fault that begins at once is itself a sudden
change of the picture: what is found within `EDGE_S` of its edges is no false cut.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.interval import Interval, total, union
from engine.vision.finder import FaceModels
from engine.vision.settings import PictureLimits
from eval.benchmarks.figures import Figure
from eval.benchmarks.observing import EDGE_S, Observed, Observer, Thresholds, found_in, in_force
from eval.metrics.counts import Detection, Share
from eval.synth.clips import Clip, make_clip, read_clip
from eval.synth.effects import KINDS, SEVERITIES, SOUND_KINDS, Kind, Severity
from eval.synth.faults import Faulted, spoil
from eval.synth.script import read_script

TARGET = 0.95
TARGETED: frozenset[Kind] = frozenset({"black", "freeze", "dark", "blur", "dropout", "noise", "cut", "offset"})
TRIAL_S = 6.0
OFFSET_S = 16.0
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
    """One film that was looked at; `fault` None: as it came. `own` are the cuts that it came with."""

    base: str
    fault: Faulted | None
    seen: Observed
    own: tuple[float, ...] = ()


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
        yield Trial(clip.name, None, look_at(clip), clip.cuts)
        for kind in chosen:
            for severity in SEVERITIES:
                fault = spoil(clip, kind, severity, seed, other)
                yield Trial(clip.name, _light(fault), look_at(fault.clip), fault.clip.cuts)


def _light(fault: Faulted) -> Faulted:
    """The fault without its pictures, which nobody needs any more."""
    return replace(fault, clip=Clip(fault.clip.name, (), np.zeros(0, np.float32)))


def _speaks(clip: Clip) -> bool:
    return bool(np.sqrt(np.square(clip.sound).mean()) > 10 ** (-50 / 20)) if len(clip.sound) else False


def _new(kind: Kind, trial: Trial, found: tuple[Interval, ...] | None) -> tuple[Interval, ...] | None:
    """What was found, without the cuts that the film came with."""
    if found is None or kind not in ("cut", "splice"):
        return found
    return tuple(one for one in found if all(abs(one.start - time) > NEAR_S for time in trial.own))


def counted(trials: Sequence[Trial], kind: Kind, severity: Severity, limits: Thresholds) -> Detection:
    """Hits, misses and false alarms of one detector among the trials of one severity and the untouched."""
    result = Detection.zero()
    for trial in trials:
        found = _new(kind, trial, found_in(trial.seen, limits).get(kind))
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
    looked = [_new(kind, one, found_in(one.seen, limits).get(kind)) for one in trials if one.fault is None]
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

OWN_CUTS: Mapping[str, tuple[float, ...]] = {
    "LatentSync__demo2_video.mp4": (10.52,),
    "LatentSync__demo3_video.mp4": (9.08,),
}
"""Where people of the field were cut before they came here: seen frame by frame, posture and hands change at once."""


def bases(field: Path | None, trials: int) -> Iterator[tuple[Clip, ...]]:
    """The films faults are put into: two made ones, and of `field` (talking people) those that are there."""
    for script in sorted(SCRIPTS.glob("*.yaml")):
        yield _cut_up(make_clip(read_script(script)), trials)
    for name in FIELD:
        path = field / name if field else None
        if path is None or not path.is_file():
            print(f"  {name}: skipped, not in --field", file=sys.stderr)
            continue
        clip = read_clip(path, max(OFFSET_S, trials * TRIAL_S))
        yield _cut_up(replace(clip, cuts=OWN_CUTS.get(name, ())), trials)


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
