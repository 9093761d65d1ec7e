"""Sessions against their labels: false clears, needless flags, and what a clean session costs in findings.

A session is violating where a duty was truly violated (Labels.violating), flagged where the machine's verdict is not
`clear`. A session that failed to be inspected is neither: it is counted as failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.inspection import Inspection, SessionVerdict
from eval.corpus.manifest import Labels
from eval.metrics.counts import Share

FLAGGING = "item_flagged"
"""Reason code with which the policy names each item that flags a session."""


@dataclass(frozen=True, slots=True)
class VerdictFigures:
    """`false_clear`: violating sessions called clear. `needless_flag`: clean ones flagged. `findings`: what a person
    has to open in all clean sessions that were judged. `pairs` counts (label, verdict)."""

    sessions: int = 0
    failed: int = 0
    unusable: int = 0
    false_clear: Share = field(default_factory=Share.zero)
    needless_flag: Share = field(default_factory=Share.zero)
    findings: int = 0
    pairs: Mapping[tuple[SessionVerdict, SessionVerdict], int] = field(default_factory=dict)

    @classmethod
    def zero(cls) -> "VerdictFigures":
        """No session, neutral in sums."""
        return cls()

    def __add__(self, other: "VerdictFigures") -> "VerdictFigures":
        pairs = dict(self.pairs)
        for pair, count in other.pairs.items():
            pairs[pair] = pairs.get(pair, 0) + count
        return VerdictFigures(
            self.sessions + other.sessions,
            self.failed + other.failed,
            self.unusable + other.unusable,
            self.false_clear + other.false_clear,
            self.needless_flag + other.needless_flag,
            self.findings + other.findings,
            pairs,
        )


def measure_verdict(labels: Labels, inspection: Inspection | None) -> VerdictFigures:
    """One session; `inspection` is None where it failed."""
    if inspection is None:
        return VerdictFigures(sessions=1, failed=1)
    clear = inspection.verdict == "clear"
    violating = labels.violating
    return VerdictFigures(
        sessions=1,
        unusable=int(inspection.verdict == "unusable"),
        false_clear=Share(int(clear), 1) if violating is True else Share.zero(),
        needless_flag=Share(int(not clear), 1) if violating is False else Share.zero(),
        findings=findings(inspection) if violating is False else 0,
        pairs={(labels.verdict, inspection.verdict): 1} if labels.verdict is not None else {},
    )


def findings(inspection: Inspection) -> int:
    """How many items flag the session: each is something a reviewer opens."""
    return sum(one.code == FLAGGING for one in inspection.reasons)
