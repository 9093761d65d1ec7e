"""What came of a back-test, and which of its sessions are worth telling of."""

from dataclasses import dataclass
from pathlib import Path

from eval.backtest.changes import Change
from eval.backtest.judging import Judged
from eval.backtest.sums import Sums
from eval.tuning.point import Point

MOST_KEPT = 200
"""Changed sessions that stand in the report itself; all of them stand in FLIPS_FILE."""


@dataclass(frozen=True, slots=True)
class Backtested:
    """What came of a back-test. `shown`: the first changed sessions, those that let a violation through first."""

    root: Path
    ruleset: str
    version: str
    sha256: str
    policy: str
    point: Point
    sums: Sums
    shown: tuple[Judged, ...]

    @property
    def status(self) -> int:
        """0 nothing flips, 1 something does, 2 nothing or not everything could be judged."""
        if self.sums.faults or not self.sums.sessions:
            return 2
        changed = any(one.pending or one.flipped for one in self.sums.items.values())
        return int(bool(self.sums.session_flips or changed))


def weight(judged: Judged) -> int:
    """What to look at first: 0 a violation let through, 1 a session no longer flagged, 2 another verdict, 3 what could
    not be read, 4 items alone."""
    if judged.session.fault is not None:
        return 3
    if judged.old != "clear" and judged.new == "clear":
        return 0 if judged.truth is not None and judged.truth.violating else 1
    return 2 if judged.old != judged.new else 4


def worth_telling(change: Change) -> bool:
    """Whether a change is of an item that both rule sets have."""
    return change.flip or change.pending
