"""What a threshold would buy: sessions called clear go to a person too where their weakest pass is not sure enough.

For each session that is called clear the least confidence among its passed critical and high items counts. Sessions
that are flagged stay flagged at every threshold.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.inspection import Inspection
from eval.metrics.counts import Share

STEPS = 50
DECISIVE = ("critical", "high")


@dataclass(frozen=True, slots=True)
class Point:
    """What sending every clear session below `threshold` to a person comes to."""

    threshold: float
    false_clear: Share
    needless_flag: Share


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Clear sessions by their weakest pass, in STEPS bins of 0..1, the violating ones and the clean ones apart; and how
    many of either there are in all.
    """

    violating: int
    clean: int
    violating_clear: tuple[int, ...]
    clean_clear: tuple[int, ...]

    @classmethod
    def zero(cls) -> "Thresholds":
        """Of no session, neutral in sums."""
        return cls(0, 0, (0,) * STEPS, (0,) * STEPS)

    @classmethod
    def of(cls, violating: bool | None, inspection: Inspection) -> "Thresholds":
        """One session; where it is not known whether it is violating it does not count."""
        if violating is None:
            return cls.zero()
        place = min(STEPS - 1, int(weakest(inspection) * STEPS)) if inspection.verdict == "clear" else None
        bins = tuple(int(place == number) for number in range(STEPS))
        nothing = (0,) * STEPS
        return cls(int(violating), int(not violating), bins if violating else nothing, nothing if violating else bins)

    def __add__(self, other: "Thresholds") -> "Thresholds":
        return Thresholds(
            self.violating + other.violating,
            self.clean + other.clean,
            tuple(map(sum, zip(self.violating_clear, other.violating_clear, strict=True))),
            tuple(map(sum, zip(self.clean_clear, other.clean_clear, strict=True))),
        )

    def curve(self) -> Iterator[Point]:
        """The rates at each threshold, from 0 (nothing changes) to 1 (all sessions go to a person)."""
        for step in range(STEPS + 1):
            missed, spared = sum(self.violating_clear[step:]), sum(self.clean_clear[step:])
            yield Point(step / STEPS, Share(missed, self.violating), Share(self.clean - spared, self.clean))


def weakest(inspection: Inspection) -> float:
    """The least confidence of a passed item that would have flagged the session; 1 where there is none."""
    passed = (one for one in inspection.items if one.verdict == "pass" and one.severity in DECISIVE)
    return min((min(1.0, max(0.0, one.confidence)) for one in passed), default=1.0)
