"""People's verdicts beside the machine's, summed over sessions. Neither side is taken for the truth.

A person says pass, fail, unsure or not applicable; the machine passes, fails, or leaves to a person (`review`,
`inconclusive`). Three questions are kept apart: where both decided, do they agree; does the machine bring before a
person what people found; and what did either side let pass that the other did not.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from engine.inspection import SessionVerdict, Verdict
from eval.metrics.counts import Share
from eval.shadow.kappa import TwoJudges
from eval.shadow.words import HumanVerdict

Machine = Verdict | SessionVerdict
IN_ORDER: frozenset[Machine] = frozenset({"pass", "not_applicable", "clear"})
FAILED: frozenset[Machine] = frozenset({"fail"})
PROBLEM: frozenset[Machine] = FAILED | {"flagged"}
"""What counts as decided for a problem; a flagged session is one, an item for review is not decided."""

Kind = Literal["machine_missed", "human_missed", "machine_asks", "agree", "human_unsure"]
"""`machine_missed`: a person failed it, the machine passed it. `human_missed`: the machine failed it, a person passed
it. `machine_asks`: a person passed it, the machine leaves it to a person."""

SHOWN: tuple[Kind, ...] = ("machine_missed", "human_missed", "machine_asks")


def kind_of(human: HumanVerdict, machine: Machine) -> Kind:
    """How two verdicts on the same thing stand to each other.

    >>> kind_of("fail", "pass"), kind_of("pass", "flagged"), kind_of("fail", "review")
    ('machine_missed', 'machine_asks', 'agree')
    """
    if human == "unsure":
        return "human_unsure"
    if human == "fail":
        return "machine_missed" if machine in IN_ORDER else "agree"
    if machine in IN_ORDER:
        return "agree"
    return "human_missed" if machine in FAILED else "machine_asks"


@dataclass(slots=True)
class Sums:
    """Pairs of verdicts on one item, or on whole sessions, or on everything, and how far the two agree.

    `decided`: problem or none, where both decided. `raised`: problem found by a person, brought before a person by the
    machine. `minutes` went to `timed` verdicts.
    """

    pairs: Counter[tuple[HumanVerdict, Machine]] = field(default_factory=Counter)
    decided: TwoJudges = field(default_factory=TwoJudges)
    raised: TwoJudges = field(default_factory=TwoJudges)
    minutes: float = 0.0
    timed: int = 0

    def add(self, pairs: Iterable[tuple[HumanVerdict, Machine]]) -> None:
        """Count the pairs of one session."""
        listed = list(pairs)
        self.pairs.update(listed)
        told = [(human == "fail", machine) for human, machine in listed if human != "unsure"]
        self.raised.add([(failed, machine not in IN_ORDER) for failed, machine in told])
        self.decided.add(
            [(failed, machine in PROBLEM) for failed, machine in told if machine in PROBLEM or machine in IN_ORDER]
        )

    def spend(self, minutes: float) -> None:
        """Count the time that one verdict took."""
        self.minutes += minutes
        self.timed += 1

    def count(self, kind: Kind) -> int:
        """How many pairs stand so to each other."""
        return sum(count for pair, count in self.pairs.items() if kind_of(*pair) == kind)

    @property
    def compared(self) -> int:
        """Pairs in which a person decided."""
        return sum(count for (human, _), count in self.pairs.items() if human != "unsure")

    @property
    def failed_by_people(self) -> int:
        """Pairs that a person failed."""
        return sum(count for (human, _), count in self.pairs.items() if human == "fail")

    @property
    def caught(self) -> Share:
        """Of what people failed, what the machine brings before a person. A recall only if people are right."""
        return Share(self.failed_by_people - self.count("machine_missed"), self.failed_by_people)

    @property
    def confirmed(self) -> Share:
        """Of what the machine failed, what people failed too. A precision only if people are right."""
        both = self.pairs["fail", "fail"]
        return Share(both, both + self.count("human_missed"))

    @property
    def minutes_each(self) -> float | None:
        """Mean minutes of a verdict; None where no time is known."""
        return self.minutes / self.timed if self.timed else None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One verdict on which the two differ, with what the machine rests on. `item` None: the whole session. Times in
    seconds. `line`: of the team's table."""

    kind: Kind
    session: str
    item: str | None
    title: str
    human: HumanVerdict
    machine: Machine
    reason: str
    line: int
    reviewer: str | None = None
    quote: str | None = None
    start: float | None = None
    end: float | None = None
    clip: str | None = None


@dataclass(slots=True)
class People:
    """Where several people judged the same thing: how far they agree with each other, which is what the machine's
    agreement with them is to be held against."""

    judges: TwoJudges = field(default_factory=TwoJudges)
    split: int = 0


@dataclass(slots=True)
class Agreement:
    """Everything that shadow mode counts. `items` by id, `sessions` the verdicts on whole sessions, `all_items` all
    items together. `derived`: of the `sessions`, those whose verdict by people is drawn from their items.
    `reviewers`: by who decided. `unmatched`: sessions of the table without a machine result, `ambiguous` with several.
    `faults`: what could not be used, with its line. `human_is_truth`: whether people were declared to be right.
    """

    file: str
    rows: int
    human_is_truth: bool = False
    all_items: Sums = field(default_factory=Sums)
    sessions: Sums = field(default_factory=Sums)
    items: dict[str, Sums] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    reviewers: dict[str, Sums] = field(default_factory=dict)
    people: People = field(default_factory=People)
    compared_sessions: int = 0
    session_minutes: float = 0.0
    timed_sessions: int = 0
    derived: int = 0
    unmatched: int = 0
    ambiguous: int = 0
    unknown_items: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)
    disagreeing: int = 0
    ignored: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0

    @property
    def status(self) -> int:
        """0 all was compared, 2 nothing or not everything could be."""
        left_out = self.fault_count or self.unmatched or self.ambiguous or self.unknown_items
        return 2 if left_out or not self.compared_sessions else 0
