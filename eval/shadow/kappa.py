"""How far two judges agree beyond chance, on questions with two answers, where questions come in sessions.

Cohen's kappa (1960) and PABAK, the prevalence- and bias-adjusted one (Byrt, Bishop and Carlin 1993). The answers of one
session depend on each other, so intervals are by the delta method with the session as the unit (as for clustered
binary answers; with one answer a session it is that of Fleiss, Cohen and Everitt 1969).
"""

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt

from engine.shares import Z_95, wilson

Cells = tuple[int, int, int, int]
"""Answers of one session: both yes, only the first yes, only the second yes, both no."""

ANSWERS = ((1, 1), (1, 0), (0, 1), (0, 0))
Estimate = tuple[float, float, float]
"""A value with its interval at 95 %."""


@dataclass(slots=True)
class TwoJudges:
    """Sums over sessions: how often each pattern of answers came up. They add up in any order."""

    sessions: Counter[Cells] = field(default_factory=Counter)

    def add(self, pairs: list[tuple[bool, bool]]) -> None:
        """Count one session's answers as (first, second)."""
        if pairs:
            found = Counter(pairs)
            self.sessions[found[True, True], found[True, False], found[False, True], found[False, False]] += 1

    def merge(self, other: "TwoJudges") -> None:
        """Count the other's sessions too."""
        self.sessions.update(other.sessions)

    @property
    def cells(self) -> Cells:
        """All answers: both yes, only the first, only the second, both no."""
        sums = [0, 0, 0, 0]
        for cells, count in self.sessions.items():
            for place, one in enumerate(cells):
                sums[place] += one * count
        return sums[0], sums[1], sums[2], sums[3]

    @property
    def answers(self) -> int:
        """How many answers there are."""
        return sum(self.cells)

    @property
    def agreed(self) -> int:
        """Answers that both gave alike."""
        return self.cells[0] + self.cells[3]

    def agreement(self) -> Estimate | None:
        """Share of answers given alike; Wilson interval, of as many answers as they are worth if they depend on each
        other within a session. None without any."""
        if not self.answers:
            return None
        share = self.agreed / self.answers
        alone = share * (1 - share) / self.answers
        clustered = self._variance([1 - share, -share, -share, 1 - share])
        worth = self.answers / max(1.0, clustered / alone) if alone > 0 else self.answers
        low, high = _wilson(share, worth)
        return share, low, high

    def pabak(self) -> Estimate | None:
        """2 x agreement - 1: kappa if yes and no were equally frequent. None without any."""
        found = self.agreement()
        return None if found is None else (2 * found[0] - 1, 2 * found[1] - 1, 2 * found[2] - 1)

    def kappa(self) -> Estimate | None:
        """Cohen's kappa; None without answers, and where one of them always says the same: whatever the other says,
        chance alone would agree as well.

        >>> judges = TwoJudges()
        >>> for cell, count in (((1, 0, 0, 0), 20), ((0, 1, 0, 0), 5), ((0, 0, 1, 0), 10), ((0, 0, 0, 1), 15)):
        ...     judges.sessions[cell] = count
        >>> [round(one, 3) for one in judges.kappa()]
        [0.4, 0.151, 0.649]
        """
        total = self.answers
        if not total:
            return None
        both, first, second, neither = self.cells
        agreed, a, b = (both + neither) / total, (both + first) / total, (both + second) / total
        if not (0 < a < 1 and 0 < b < 1):
            return None
        chance = a * b + (1 - a) * (1 - b)
        value = (agreed - chance) / (1 - chance)
        influence = []
        for yes_first, yes_second in ANSWERS:
            of_chance = (2 * b - 1) * (yes_first - a) + (2 * a - 1) * (yes_second - b)
            of_agreement = (yes_first == yes_second) - agreed
            influence.append(of_agreement / (1 - chance) - (1 - agreed) / (1 - chance) ** 2 * of_chance)
        reach = Z_95 * sqrt(self._variance(influence))
        return value, max(-1.0, value - reach), min(1.0, value + reach)

    def _variance(self, influence: list[float]) -> float:
        """Variance of a mean of answers, the sessions being independent; `influence` of each cell on it."""
        squares = sum(
            count * sum(one * weight for one, weight in zip(cells, influence, strict=True)) ** 2
            for cells, count in self.sessions.items()
        )
        return squares / self.answers**2


def _wilson(share: float, worth: float) -> tuple[float, float]:
    """Wilson's interval of a share among a number that need not be whole."""
    scaled = wilson(round(share * worth * 1000), round(worth * 1000), Z_95 * sqrt(1000))
    return scaled or (0.0, 1.0)
