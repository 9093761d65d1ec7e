"""Choose thresholds on one part of a run and measure them on another, by judging its stored evidence again.

Nothing is heard again, and nothing is applied: the outcome is a proposal for a person. The split `test` is read once,
after the choice is made, with two points only: the thresholds in force and the chosen ones.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import MingjianError
from engine.progress import Progress, silent
from engine.rules import RuleSet, load
from eval.backtest.spread import spread
from eval.backtest.stored import Stored, stored_sessions
from eval.corpus.manifest import Split
from eval.runs.folder import RunFolder, open_run
from eval.tuning.looks import note_look
from eval.tuning.outcomes import Outcomes, Task, Tried, judge_at, lost
from eval.tuning.point import Point, Threshold
from eval.tuning.search import Found, keeps_to, least_violating, search
from eval.tuning.settings import TuningOptions

MOST_FAULTS = 100
PLAIN = Point()


@dataclass(frozen=True, slots=True)
class Paired:
    """The same sessions under the thresholds in force and the chosen ones: violating sessions `let_through` that were
    caught before, or `caught` that were let through; clean ones `spared` a needless flag, or `burdened` with one."""

    let_through: int = 0
    caught: int = 0
    spared: int = 0
    burdened: int = 0


@dataclass(frozen=True, slots=True)
class Tested:
    """What the split `test` says: outcomes under the thresholds in force and the chosen ones, of all sessions and by
    source (real | synthetic)."""

    before: Outcomes
    after: Outcomes
    paired: Paired
    by_source: dict[str, tuple[Outcomes, Outcomes]]


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of tuning. `present`: thresholds in force. `looks`: how often the split `test` of this run had been
    read before with another choice: its figures flatter by so much. `unlike`: sessions whose verdict under the
    thresholds in force is not that of the inspection, because rules changed since. `needed`: violating sessions without
    a miss that it takes to prove the budget.
    """

    run: Path
    options: TuningOptions
    rulesets: dict[str, str]
    present: dict[Threshold, float]
    found: Found
    tested: Tested
    sources: dict[Split, dict[str, int]]
    looks: int
    unlike: int
    needed: int | None
    faults: tuple[str, ...] = ()

    @property
    def chosen(self) -> Point:
        """The proposed thresholds, as far as they differ from those in force."""
        return self.found.chosen.point

    @property
    def within_budget(self) -> bool:
        """Whether the budget is kept to where the choice was made."""
        return keeps_to(self.found.chosen.outcomes, self.options)

    @property
    def held(self) -> bool:
        """Whether it is kept to on the sessions that had no part in the choice."""
        return keeps_to(self.tested.after, self.options)


def tune(run_folder: Path, options: TuningOptions, progress: Progress = silent) -> Tuned:
    """The operating point for a stated false-clear budget: chosen on split `tuning`, measured on split `test`.

    Raises MingjianError `run_unreadable`, `no_results`; `tuning_unfit` where a split has too few labelled sessions, the
    same recording is in both, or rule sets with different thresholds are mixed; and what rule sets may raise.
    """
    run = open_run(run_folder)
    bench = _Bench(run_folder, options, _rule_files(run, options), progress)
    bench.check_splits()
    bench.check_apart()
    rules = {name: load(name) for name in bench.rulesets}
    present = _present(rules.values(), options)
    found = search(present, bench.measure, options)
    tested = bench.test(found.chosen.point)
    looks = note_look(run_folder, options, found.chosen.point)
    return Tuned(
        run=run_folder,
        options=options,
        rulesets={one.id: one.sha256 for one in rules.values()},
        present=present,
        found=found,
        tested=tested,
        sources=bench.sources,
        looks=looks,
        unlike=bench.unlike,
        needed=least_violating(options.budget) if options.by == "upper" else None,
        faults=tuple(bench.faults),
    )


@dataclass(slots=True)
class _Bench:
    """The sessions of a run, judged split by split."""

    root: Path
    options: TuningOptions
    files: dict[str, str]
    progress: Progress
    rulesets: list[str] = field(default_factory=list)
    counts: dict[Split, int] = field(default_factory=dict)
    sources: dict[Split, dict[str, int]] = field(default_factory=dict)
    unlike: int = 0
    faults: list[str] = field(default_factory=list)
    rounds: int = 0

    def check_splits(self) -> None:
        """Count labelled sessions. Raises MingjianError `tuning_unfit` where there are too few."""
        labelled: Counter[tuple[Split, bool]] = Counter()
        sources: dict[Split, Counter[str]] = {"tuning": Counter(), "test": Counter()}
        used: set[str] = set()
        for line in open_run(self.root).lines():
            if line.split not in sources or line.violating is None or line.error is not None:
                continue
            labelled[line.split, line.violating] += 1
            sources[line.split][line.source] += 1
            used.add(self.options.ruleset or self.files.get(line.ruleset or "", line.ruleset or ""))
        least = self.options.least_sessions
        short = [
            (split, violating, count)
            for split in sources
            for violating in (True, False)
            if (count := labelled[split, violating]) < least
        ]
        if short:
            zh = "、".join(f"{split} 只有 {count} 个{'违规' if bad else '合规'}会话" for split, bad, count in short)
            en = ", ".join(
                f"{split} has {count} {'violating' if bad else 'clean'} sessions" for split, bad, count in short
            )
            raise MingjianError("tuning_unfit", detail=f"{zh}（至少 {least} 个） / {en} (at least {least} are needed)")
        self.counts = {split: sum(found.values()) for split, found in sources.items()}
        self.sources = {split: dict(found) for split, found in sources.items()}
        self.rulesets = sorted(used)

    def check_apart(self) -> None:
        """Raises MingjianError `tuning_unfit` where a recording is in both splits: the choice would know the test."""
        chosen_on = {name for one in self._sessions("tuning") for name in _media(one)}
        twice = sum(not chosen_on.isdisjoint(_media(one)) for one in self._sessions("test"))
        if twice:
            detail = (
                f"{twice} 个会话的录音同时在 tuning 和 test 里 / {twice} session(s) of test have a recording of tuning"
            )
            raise MingjianError("tuning_unfit", detail=detail)

    def _sessions(self, split: Split) -> Iterator[Stored]:
        for number, one in enumerate((one for one in stored_sessions(self.root) if _labelled(one, split)), start=1):
            self.progress(f"check {split}", number, self.counts[split])
            yield one

    def measure(self, points: Sequence[Point]) -> list[Outcomes]:
        """Outcomes of each point over the split `tuning`."""
        sums = [Outcomes.zero() for _ in points]
        self.rounds += 1
        for tried in self._tried("tuning", tuple(points)):
            if points[0] == PLAIN and self.rounds == 1:
                self.unlike += tried.verdicts[0] != tried.before
            sums = [before + one for before, one in zip(sums, tried.outcomes, strict=True)]
        return sums

    def test(self, chosen: Point) -> Tested:
        """The one look at the split `test`."""
        before, after = Outcomes.zero(), Outcomes.zero()
        paired: Counter[str] = Counter()
        by_source: dict[str, tuple[Outcomes, Outcomes]] = {}
        for tried in self._tried("test", (PLAIN, chosen)):
            old, new = tried.outcomes
            before, after = before + old, after + new
            of_source = by_source.get(tried.truth.source, (Outcomes.zero(), Outcomes.zero()))
            by_source[tried.truth.source] = of_source[0] + old, of_source[1] + new
            paired.update(_moved(tried))
        return Tested(before, after, Paired(**paired), by_source)

    def _tried(self, split: Split, points: tuple[Point, ...]) -> Iterator[Tried]:
        stage = f"{split} {self.rounds}" if split == "tuning" else split
        for number, tried in enumerate(spread(judge_at, self._tasks(split, points), self.options.jobs, lost), start=1):
            self.progress(stage, number, self.counts[split])
            if tried.fault is None:
                yield tried
            elif self.rounds <= 1 and len(self.faults) < MOST_FAULTS:
                self.faults.append(f"{tried.name}：{tried.fault}")

    def _tasks(self, split: Split, points: tuple[Point, ...]) -> Iterator[Task]:
        for one in stored_sessions(self.root):
            if _labelled(one, split) and one.truth is not None:
                yield Task(
                    one.name, one.folder, one.truth, points, self.files, self.options.ruleset, self.options.policy
                )


def _labelled(one: Stored, split: Split) -> bool:
    truth = one.truth
    return truth is not None and truth.split == split and truth.violating is not None and one.failed is None


def _media(one: Stored) -> tuple[str, ...]:
    """Hashes of the files of a session; none where it cannot be read, which is told when it is judged."""
    try:
        return tuple(part.sha256 for part in one.inspection().recording.parts if part.sha256)
    except (OSError, ValueError):
        return ()


def _moved(tried: Tried) -> Iterator[str]:
    """What the chosen point changes for one session."""
    old, new = (verdict == "clear" for verdict in tried.verdicts)
    if old != new:
        if tried.truth.violating:
            yield "let_through" if new else "caught"
        else:
            yield "spared" if new else "burdened"


def _rule_files(run: RunFolder, options: TuningOptions) -> dict[str, str]:
    """Files of rule sets that do not come with the engine, by the id they give themselves."""
    if options.ruleset is not None:
        return {}
    setup = run.meta.setup
    files = [name for name in (setup.ruleset, *setup.rulesets) if name and Path(name).suffix in (".yaml", ".yml")]
    return {load(name).id: name for name in files}


def _present(rules: Iterable[RuleSet], options: TuningOptions) -> dict[Threshold, float]:
    """The thresholds in force. Raises MingjianError `tuning_unfit` where rule sets differ in one that may move."""
    present: dict[Threshold, float] = {}
    for ruleset in rules:
        for one in options.ranges:
            value = one.threshold.of(ruleset)
            if present.setdefault(one.threshold, value) != value:
                both = f"{one.threshold}: {present[one.threshold]:g}, {value:g}"
                detail = f"各规则集的阈值不同（{both}） / rule sets differ in a threshold ({both})"
                raise MingjianError("tuning_unfit", detail=detail)
    return present
