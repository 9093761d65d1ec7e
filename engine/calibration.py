"""How far reviewers agree, with each other and with themselves over time, and where the machine drifts.

Agreement is that of blind second reviews: the share of equal outcomes and Cohen's kappa. A reviewer's share of
confirmed findings is held against that of all others in the same time, and against their own before: intervals (95 %,
Wilson) that do not touch are told as a drift, which is a reason to look, not a verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.monthly import Agreement
from engine.shares import kappa, wilson
from engine.store import item_statistics
from engine.store.item_statistics import Pair, ReviewerFigures
from engine.store.statistics import Period, Scope


@dataclass(frozen=True, slots=True)
class Share:
    """Hits of so many, with the interval at 95 %."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.hits, self.of)

    def differs(self, other: "Share") -> bool:
        """Whether the two intervals do not touch."""
        mine, theirs = self.interval, other.interval
        return bool(mine and theirs and (mine[1] < theirs[0] or theirs[1] < mine[0]))


@dataclass(frozen=True, slots=True)
class PeriodAgreement:
    """One period: agreement of pairs, and of reviewers with the machine (`confirmed` of what they could tell about)."""

    period: str
    agreement: Agreement
    confirmed: Share


@dataclass(frozen=True, slots=True)
class ReviewerAgreement:
    """One reviewer. `confirmed`: findings they confirmed, of those they could tell about; `others`: everybody else in
    the same time; `before`: they themselves in the time before."""

    name: str
    reviews: int
    agreement: Agreement
    confirmed: Share
    others: Share
    before: Share
    changed: Share

    @property
    def from_others(self) -> bool:
        return self.confirmed.differs(self.others)

    @property
    def from_before(self) -> bool:
        return self.confirmed.differs(self.before)


@dataclass(frozen=True, slots=True)
class Calibration:
    """All of it. `pairs`: the newest first."""

    agreement: Agreement
    periods: tuple[PeriodAgreement, ...]
    reviewers: tuple[ReviewerAgreement, ...]
    pairs: tuple[Pair, ...]


def calibrate(s: Session, scope: Scope, periods: Sequence[Period]) -> Calibration:
    """How far people agree in the scope, and in each of `periods`."""
    pairs = item_statistics.pairs(s, scope)
    figures = item_statistics.reviewers(s, scope)
    earlier = Scope(scope.since - (scope.until - scope.since), scope.since, scope.branch, scope.agent, scope.scenario)
    before = {one.name: _confirmed((one,)) for one in item_statistics.reviewers(s, earlier)}
    return Calibration(
        _agreement(pairs),
        tuple(_of_period(s, scope, one) for one in periods),
        tuple(_of_reviewer(one, figures, pairs, before.get(one.name, Share(0, 0))) for one in figures),
        tuple(reversed(pairs)),
    )


def _of_period(s: Session, scope: Scope, period: Period) -> PeriodAgreement:
    inner = Scope(
        max(period.since, scope.since), min(period.until, scope.until), scope.branch, scope.agent, scope.scenario
    )
    confirmed = _confirmed(item_statistics.reviewers(s, inner))
    return PeriodAgreement(period.name, _agreement(item_statistics.pairs(s, inner)), confirmed)


def _of_reviewer(
    one: ReviewerFigures, everybody: Sequence[ReviewerFigures], pairs: Sequence[Pair], before: Share
) -> ReviewerAgreement:
    own = [pair for pair in pairs if one.name in (pair.first, pair.second)]
    return ReviewerAgreement(
        name=one.name,
        reviews=one.reviews,
        agreement=_agreement(own),
        confirmed=_confirmed((one,)),
        others=_confirmed(other for other in everybody if other.name != one.name),
        before=before,
        changed=Share(one.changed, one.judged),
    )


def _agreement(pairs: Sequence[Pair]) -> Agreement:
    outcomes = [(one.first_outcome, one.second_outcome) for one in pairs]
    return Agreement(len(outcomes), sum(first == second for first, second in outcomes), kappa(outcomes))


def _confirmed(figures: Iterable[ReviewerFigures]) -> Share:
    listed = tuple(figures)
    confirmed = sum(one.confirmed for one in listed)
    return Share(confirmed, confirmed + sum(one.overturned for one in listed))
