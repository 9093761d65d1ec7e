"""How operators say what they came to: four states with their sentence, spans as findings, figures for people.

The verdict inside the ruling of a hit or a miss carries no meaning: the check sets it.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from engine.evidence import Box, Role
from engine.inspection import Concept, Finding, How, Note
from engine.interval import Interval
from engine.reasons import Words
from engine.rules.judgement import ROLE_NAMES, Ruling
from engine.rules.operators.base import Outcome

MOST_LISTED = 8
QUOTED = 40


def hit(
    code: str,
    findings: Iterable[Finding] = (),
    *,
    window: Interval | None = None,
    notes: tuple[Note, ...] = (),
    concepts: tuple[Concept, ...] = (),
    **details: object,
) -> Outcome:
    """The condition holds."""
    return Outcome("hit", _listed(findings), concepts, Ruling("review", code, details), window, notes)


def miss(
    code: str,
    findings: Iterable[Finding] = (),
    *,
    window: Interval | None = None,
    notes: tuple[Note, ...] = (),
    concepts: tuple[Concept, ...] = (),
    **details: object,
) -> Outcome:
    """The condition was judged and does not hold."""
    return Outcome("miss", _listed(findings), concepts, Ruling("pass", code, details), window, notes)


def unknown(
    ruling: Ruling, findings: Iterable[Finding] = (), *, window: Interval | None = None, notes: tuple[Note, ...] = ()
) -> Outcome:
    """The condition could not be judged, for the reason `ruling` gives."""
    return Outcome("unknown", _listed(findings), (), ruling, window, notes)


def not_measured(what: str) -> Outcome:
    """The evidence holds no such measure: its stage does not exist yet or did not run."""
    return Outcome("unknown", ruling=Ruling("inconclusive", "not_measured", {"what": what}))


def not_applicable(code: str, **details: object) -> Outcome:
    """The condition asks for nothing here."""
    return Outcome("not_applicable", ruling=Ruling("not_applicable", code, details))


def span_finding(
    span: Interval,
    matched: str,
    *,
    role: Role = "unknown",
    quote: str = "",
    how: How = "signal",
    score: float = 1.0,
    at: float | None = None,
    box: Box | None = None,
) -> Finding:
    """`span` as evidence; `matched` says what was measured there, `box` where in the picture, at the moment `at`."""
    start, end = round(span.start, 3), round(span.end, 3)
    place = None if box is None else box.rounded(4)
    return Finding(start, end, role, quote[:QUOTED], matched, how, round(score, 4), at=at, box=place)


def _listed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """At most MOST_LISTED findings, the longest, in order of time."""
    longest = sorted(findings, key=lambda one: (one.start - one.end, one.start, one.end))[:MOST_LISTED]
    return tuple(sorted(longest, key=lambda one: (one.start, one.end)))


def role_names(roles: Sequence[Role]) -> Words:
    """Roles as people read them: 销售人员、客户."""
    names = [ROLE_NAMES[role] for role in roles]
    return Words("、".join(names), ", ".join(name.english for name in names))


def figure(value: float | Decimal, limit: float | Decimal | None = None) -> str:
    """`value` with one decimal, or as many as tell it from `limit`; no trailing zeros.

    >>> figure(9.2), figure(7.0), figure(7.04, 7)
    ('9.2', '7', '7.04')
    """
    for digits in (1, 2, 3):
        written = _trimmed(f"{value:.{digits}f}")
        if limit is None or value == limit or Decimal(written) != Decimal(str(limit)):
            return written
    return _trimmed(f"{value:.6f}")


def percent(value: float, limit: float | None = None) -> str:
    """A share as per cent, told from `limit`.

    >>> percent(0.25), percent(0.3004, 0.3)
    ('25%', '30.04%')
    """
    if limit is None or f"{value:.0%}" != f"{limit:.0%}" or value == limit:
        return f"{value:.0%}"
    return f"{figure(value * 100, round(limit * 100, 6))}%"


def clock(seconds: float) -> str:
    """A time of the session as minutes and seconds: 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _trimmed(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written
