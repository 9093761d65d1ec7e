"""How sure a share is, and how far two people agree beyond chance."""

from collections import Counter
from collections.abc import Iterable
from math import sqrt

Z_95 = 1.959964


def wilson(hits: int, of: int, z: float = Z_95) -> tuple[float, float] | None:
    """The interval of a share of `hits` in `of`, by default at 95 % (Wilson 1927); None for none at all.

    >>> [round(one, 4) for one in wilson(0, 50)]
    [0.0, 0.0713]
    >>> [round(one, 4) for one in wilson(5, 50)]
    [0.0435, 0.2136]
    """
    if of <= 0:
        return None
    share = hits / of
    middle = share + z * z / (2 * of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two people's answers to the same questions; None without any, 1 where all agree.

    >>> kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    0.5
    """
    answers = list(pairs)
    if not answers:
        return None
    agreed = sum(first == second for first, second in answers) / len(answers)
    firsts, seconds = Counter(one for one, _ in answers), Counter(one for _, one in answers)
    by_chance = sum(firsts[one] * seconds[one] for one in firsts) / len(answers) ** 2
    return 1.0 if by_chance == 1 else round((agreed - by_chance) / (1 - by_chance), 4)
