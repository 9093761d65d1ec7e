"""One stored session under many operating points, read once, and the sums over many sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from engine.errors import MingjianError
from engine.evidence import Evidence
from engine.inspection import Inspection, SessionVerdict
from engine.rules.replay import PENDING
from eval.backtest.judging import Backtest, verdicts
from eval.backtest.stored import Stored, Truth, fault_of
from eval.backtest.sums import AgainstLabels
from eval.tuning.point import Point
from eval.tuning.settings import By, Objective

RULE_SETS_KEPT = 16


@dataclass(frozen=True, slots=True)
class Task:
    """A labelled session to be judged under each of `points`. `ruleset`, `policy`: names or files; None takes those
    that it was judged by before. `files`: files of rule sets by their id, for those that do not come with the engine.
    """

    name: str
    folder: Path
    truth: Truth
    points: tuple[Point, ...]
    files: Mapping[str, str]
    ruleset: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Sums over sessions under one operating point. `pending`: sessions in which only the sound could tell about an
    item."""

    sessions: int = 0
    against: AgainstLabels = field(default_factory=AgainstLabels.zero)
    pending: int = 0

    @classmethod
    def zero(cls) -> "Outcomes":
        """Nothing counted, neutral in sums."""
        return cls()

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(self.sessions + other.sessions, self.against + other.against, self.pending + other.pending)

    def limited(self, by: By) -> float:
        """What has to keep to the budget: the share of violating sessions called clear, or its upper bound at 95 %."""
        missed = self.against.false_clear
        if by == "upper":
            return missed.interval()[1]
        return missed.value if missed.total else 0.0

    def wrong(self, objective: Objective) -> tuple[int, int]:
        """What is to be as small as possible: first needless flags, then items not caught; or the other way round."""
        needless = self.against.needless.right
        missed = self.against.caught.total - self.against.caught.right
        return (needless, missed) if objective == "needless" else (missed, needless)


@dataclass(frozen=True, slots=True)
class Tried:
    """One session under each point: its outcome, and its verdict. `before`: the verdict of the inspection. `fault`:
    why it could not be judged.
    """

    name: str
    truth: Truth
    outcomes: tuple[Outcomes, ...] = ()
    verdicts: tuple[SessionVerdict, ...] = ()
    before: SessionVerdict | None = None
    fault: str | None = None


def judge_at(task: Task) -> Tried:
    """Judge one session under every point of the task. What cannot be read is its `fault`."""
    session = Stored(task.name, task.folder)
    try:
        stored, evidence = session.inspection(), session.evidence()
        bench = _bench(
            task.ruleset or task.files.get(stored.ruleset.id, stored.ruleset.id), task.policy or stored.policy.id
        )
        made = [_outcome(task.truth, _at(bench, point), stored, evidence) for point in task.points]
    except (OSError, ValueError, MingjianError) as error:
        return Tried(task.name, task.truth, fault=fault_of(error))
    outcomes, verdicts = tuple(one for one, _ in made), tuple(verdict for _, verdict in made)
    return Tried(task.name, task.truth, outcomes, verdicts, stored.verdict)


def lost(task: Task, how: str) -> Tried:
    """The outcome of a task whose process ended over it."""
    return Tried(task.name, task.truth, fault=str(MingjianError("worker_died", path=task.name, detail=how)))


@lru_cache(RULE_SETS_KEPT)
def _bench(ruleset: str, policy: str) -> Backtest:
    return Backtest.opened(ruleset, policy)


def _at(bench: Backtest, point: Point) -> Backtest:
    return Backtest(point.applied(bench.ruleset), bench.policy)


def _outcome(truth: Truth, bench: Backtest, stored: Inspection, evidence: Evidence) -> tuple[Outcomes, SessionVerdict]:
    judgement, decision = bench.decide(stored, evidence)
    found = verdicts(judgement.items)
    labelled = ((label, found.get(key)) for key, label in truth.items.items())
    pending = any(item.reason_code == PENDING for item in judgement.items)
    return Outcomes(1, AgainstLabels.of(truth.violating, decision.verdict, labelled), int(pending)), decision.verdict
