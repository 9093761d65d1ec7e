"""Medians, ratios and targets, from the runs alone.

A ratio is taken within a round, against bare batched transcription of sound of the same length; the median of the
rounds' ratios counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from eval.benchmarks.figures import Figure
from eval.benchmarks.speed.contenders import BY_KEY, REFERENCE
from eval.benchmarks.speed.results import KINDS, Kind, Pass, Recording, Results, Run

USUAL = "whisperx+pyannote"
"""The usual open pipeline without its alignment: both peers one after the other."""

STATED_MINUTES = 10.0
"""Targets are stated for recordings of this length; in shorter ones starting and loading weigh more."""


@dataclass(frozen=True, slots=True)
class Row:
    """A contender on a recording. Seconds are medians over `rounds`; `ratio` is to the reference, both cold,
    `cpu_ratio` that of processor seconds, which a busy machine changes little, `warm_ratio` both warm. `peak` in bytes:
    the highest seen."""

    recording: Recording
    contender: str
    rounds: int
    cold: float
    cpu: float
    peak: int
    warm: float | None
    ratio: float | None
    cpu_ratio: float | None
    warm_ratio: float | None
    stages: Mapping[str, float]
    characters: int | None = None
    speakers: int | None = None

    @property
    def factor(self) -> float:
        """Share of real time, start and loading included."""
        return self.cold / self.recording.seconds

    @property
    def warm_factor(self) -> float | None:
        """Share of real time of a second recording in the same process."""
        return None if self.warm is None else self.warm / self.recording.seconds


@dataclass(frozen=True, slots=True)
class Target:
    """`contender` on `kind` may take at most `most` times what `against` takes on the sound."""

    key: str
    contender: str
    kind: Kind
    most: float
    against: str = REFERENCE


TARGETS: tuple[Target, ...] = (
    Target("unconfirmed", "inspect-unconfirmed", "audio", 1.5),
    Target("full", "inspect", "audio", 2.2),
    Target("pictures", "inspect", "720p", 4.0),
    Target("below_whisperx", "inspect-unconfirmed", "audio", 1.0, "whisperx"),
    Target("below_usual", "inspect", "audio", 1.0, USUAL),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A target on recordings of some length, and what was measured. `binding`: whether it is stated for the length."""

    target: Target
    recording: Recording
    value: float
    binding: bool

    @property
    def missed(self) -> bool:
        """Whether it took longer than it may."""
        return self.value > self.target.most


def rows(results: Results) -> list[Row]:
    """A row for every recording and contender that was measured, in the order of the contenders."""
    runs = [*results.runs, *_usual(results.runs)]
    order = [*BY_KEY, USUAL]
    groups: dict[tuple[Recording, str], list[Run]] = {}
    for run in runs:
        groups.setdefault((run.recording, run.contender), []).append(run)
    places = sorted(
        groups, key=lambda key: (key[0].files, key[0].minutes, KINDS.index(key[0].kind), order.index(key[1]))
    )
    return [_row(groups[place], runs) for place in places]


def _row(group: Sequence[Run], runs: Sequence[Run]) -> Row:
    first = group[0]
    warm = [run.warm.wall for run in group if run.warm]
    return Row(
        recording=first.recording,
        contender=first.contender,
        rounds=len(group),
        cold=median(run.cold.wall for run in group),
        cpu=median(run.cold.cpu for run in group),
        peak=max(run.peak for run in group),
        warm=median(warm) if warm else None,
        ratio=_ratio(group, runs, REFERENCE, lambda run: run.cold.wall),
        cpu_ratio=_ratio(group, runs, REFERENCE, lambda run: run.cold.cpu),
        warm_ratio=_ratio(group, runs, REFERENCE, lambda run: run.warm.wall if run.warm else None),
        stages=_stages(group),
        characters=first.passes[0].characters,
        speakers=first.passes[0].speakers,
    )


def _ratio(group: Sequence[Run], runs: Sequence[Run], against: str, of: Callable[[Run], float | None]) -> float | None:
    """The median of the ratios within rounds; None where no round has both."""
    found: list[float] = []
    for run in group:
        for other in runs:
            same = other.round == run.round and other.recording == run.recording.sound and other.contender == against
            mine, theirs = of(run), of(other)
            if same and mine and theirs:
                found.append(mine / theirs)
    return median(found) if found else None


def _stages(group: Sequence[Run]) -> dict[str, float]:
    """Median seconds of each stage, in the order in which the contender tells them."""
    names = dict.fromkeys(name for run in group for name in run.cold.stages)
    return {name: median(run.cold.stages.get(name, 0.0) for run in group) for name in names}


def _usual(runs: Sequence[Run]) -> list[Run]:
    """whisperX's transcription and pyannote's pipeline one after the other, where a round has both: times add up, of
    memory the larger counts."""
    by_place = {(run.recording, run.round, run.contender): run for run in runs}
    found: list[Run] = []
    for (recording, round_, contender), first in by_place.items():
        second = by_place.get((recording, round_, "pyannote"))
        if contender != "whisperx" or second is None:
            continue
        passes = tuple(
            Pass(a.wall + b.wall, a.cpu + b.cpu, {"whisperx": a.wall, "pyannote": b.wall}, a.characters, b.speakers)
            for a, b in zip(first.passes, second.passes, strict=False)
        )
        found.append(Run(recording, USUAL, round_, passes, max(first.peak, second.peak)))
    return found


def outcomes(results: Results) -> list[Outcome]:
    """Every target on every length for which both sides were measured, one file at a time."""
    runs = [*results.runs, *_usual(results.runs)]
    minutes = sorted({run.recording.minutes for run in runs if run.recording.files == 1})
    found: list[Outcome] = []
    for length in minutes:
        for target in TARGETS:
            place = Recording(target.kind, length)
            group = [run for run in runs if run.recording == place and run.contender == target.contender]
            value = _ratio(group, runs, target.against, lambda run: run.cold.wall)
            if value is not None:
                found.append(Outcome(target, place, value, length >= STATED_MINUTES))
    return found


def figures(results: Results) -> list[Figure]:
    """Shares of real time, and the targets: what the terminal shows."""
    shown = [
        Figure(f"{row.recording.name} {row.contender}", row.factor, note=_note(row), unit="rt") for row in rows(results)
    ]
    for one in outcomes(results):
        name = f"{one.recording.name} {one.target.contender} / {one.target.against}"
        shown.append(Figure(name, one.value, "x", one.target.most if one.binding else None))
    return shown


def _note(row: Row) -> str:
    """Seconds, with times what the reference took."""
    parts = [_against(f"{row.cold:.1f} s", row.ratio), _against(f"processor {row.cpu:.1f} s", row.cpu_ratio)]
    parts.append(f"{row.peak / 1e9:.2f} GB")
    if row.warm is not None:
        parts.append(_against(f"warm {row.warm:.1f} s", row.warm_ratio))
    return f"{', '.join(parts)}; rounds: {row.rounds}"


def _against(text: str, ratio: float | None) -> str:
    return text if ratio is None else f"{text} ({ratio:.2f} x)"
