"""Shares that know their counts: they add up to micro-averages, and say how sure they are.

>>> Share(9, 10) + Share(10, 10)
Share(right=19, total=20)
>>> round((Share(9, 10) + Share(10, 10)).value, 3)
0.95
"""

from dataclasses import dataclass

from engine.shares import Z_95, wilson


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `total`. Raises ValueError where that is no share."""

    right: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.total:
            raise ValueError(f"not a share: {self.right} of {self.total}")

    @classmethod
    def zero(cls) -> "Share":
        """The share of nothing, neutral in sums."""
        return cls(0, 0)

    def __add__(self, other: "Share") -> "Share":
        return Share(self.right + other.right, self.total + other.total)

    @property
    def value(self) -> float:
        """0..1; 1 where there was nothing to get right."""
        return self.right / self.total if self.total else 1.0

    def interval(self, z: float = Z_95) -> tuple[float, float]:
        """Wilson score interval (Wilson 1927) at `z` standard deviations; (0, 1) where nothing was counted."""
        return wilson(self.right, self.total, z) or (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found, invented and missed."""

    hits: int
    false_alarms: int
    misses: int

    @classmethod
    def zero(cls) -> "Detection":
        """Nothing counted, neutral in sums."""
        return cls(0, 0, 0)

    def __add__(self, other: "Detection") -> "Detection":
        return Detection(self.hits + other.hits, self.false_alarms + other.false_alarms, self.misses + other.misses)

    @property
    def precision(self) -> Share:
        """Of what was found, how much is there."""
        return Share(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> Share:
        """Of what is there, how much was found."""
        return Share(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where there was nothing to find and nothing was found."""
        wrong = self.false_alarms + self.misses
        return 2 * self.hits / (2 * self.hits + wrong) if self.hits or wrong else 1.0
