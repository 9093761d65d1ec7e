"""Quotas: how much of what was sold must be inspected in full by a person, what is missing, and which cases to draw.

A case is a policy. Its place in the draw is a hash of seed, quota and case: the same for ever, evenly spread, and
known to nobody who does not know the seed; so a sample is random to the people in it and still repeatable. Cases that
a person already inspected in full count; what is then missing is drawn from the rest.

Measured against: R54 Art. 10 (30 % and 100 % of the sold cases, in full, within the cooling-off period).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from hashlib import sha256
from math import sqrt
from typing import Literal

from engine.duties.data import QuotaPart, SamplingPart

Z_95 = 1.959964
CoveragePart = Literal["sold", "done", "late", "undated", "waiting", "lost"]
"""Numbers of a Coverage whose cases can be listed."""


@dataclass(frozen=True, slots=True)
class Sold:
    """One sold case as a quota sees it. `key` names it (the policy), `session_id` is its newest recording.

    `due`: the last day for the inspection; None where the order does not tell. `inspected_on`: when a person had seen
    it in full. `waiting`: it was drawn, or a person has to look at it anyway. `clear`: the machine found nothing;
    `judged`: the machine is done with it.
    """

    key: str
    session_id: str
    insurer: str
    branch: str
    trigger: str
    region: str | None
    sold_on: date
    due: date | None
    inspected_on: date | None = None
    waiting: bool = False
    judged: bool = True
    clear: bool = False

    @property
    def period(self) -> str:
        """The month of the sale: 2026-11."""
        return f"{self.sold_on:%Y-%m}"


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Where a quota is met or missed: by insurer, branch and month of sale."""

    insurer: str
    branch: str
    period: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a quota stands in one group. `done` in time; `late` after the last day; `undated` inspected, but nobody told
    the last day, which is no proof; `waiting` still to be seen in time; `lost` cases whose last day passed unseen.

    `required` is None where the ratio is not known.
    """

    quota: str
    group: Group
    sold: int
    required: int | None
    done: int
    late: int
    undated: int
    waiting: int
    lost: int

    @property
    def ratio(self) -> float:
        """Share of the sold cases inspected in time."""
        return self.done / self.sold if self.sold else 0.0

    @property
    def shortfall(self) -> int:
        """Inspections that are missing as things stand."""
        return max(0, (self.required or 0) - self.done)

    @property
    def beyond_reach(self) -> int:
        """Inspections that are missing and can no longer be made in time."""
        still = self.sold - self.late - self.lost
        return max(0, (self.required or 0) - still)


def needed(ratio: float, sold: int) -> int:
    """The least number of cases that is `ratio` of `sold`, rounded up.

    >>> needed(0.3, 10), needed(0.3, 11), needed(1.0, 7), needed(0.3, 0)
    (3, 4, 7, 0)
    """
    exact = Decimal(str(ratio)) * sold
    return int(exact.to_integral_value(ROUND_CEILING))


def rank(seed: str, quota: str, key: str) -> int:
    """The place of a case in a quota's draw: the lower, the earlier. 256 evenly spread bits."""
    return int.from_bytes(sha256(f"{seed}\n{quota}\n{key}".encode()).digest(), "big")


def grouped(quota: QuotaPart, cases: Iterable[Sold]) -> Mapping[Group, Sequence[Sold]]:
    """The cases that `quota` speaks of, by group; one case once, however often it was recorded."""
    groups: dict[Group, dict[str, Sold]] = defaultdict(dict)
    for case in cases:
        if quota.asks(case.trigger, case.region, case.sold_on):
            group = Group(case.insurer, case.branch, case.period)
            groups[group][case.key] = _better(groups[group].get(case.key), case)
    return {group: tuple(members.values()) for group, members in sorted(groups.items())}


def _better(one: Sold | None, other: Sold) -> Sold:
    """Of two recordings of one case the one that was inspected first, else the newer one (ids sort by age)."""
    if one is None:
        return other
    if one.inspected_on and other.inspected_on:
        return min(one, other, key=lambda case: case.inspected_on or date.max)
    if one.inspected_on or other.inspected_on:
        return one if one.inspected_on else other
    return max(one, other, key=lambda case: case.session_id)


def coverage(quota: QuotaPart, cases: Iterable[Sold], today: date) -> tuple[Coverage, ...]:
    """How the quota stands on `today`, group by group."""
    return tuple(_covered(quota, group, members, today) for group, members in grouped(quota, cases).items())


def _covered(quota: QuotaPart, group: Group, members: Sequence[Sold], today: date) -> Coverage:
    seen = [one for one in members if one.inspected_on is not None]
    unseen = [one for one in members if one.inspected_on is None]
    late = sum(_late(one) for one in seen)
    undated = sum(one.due is None for one in seen)
    return Coverage(
        quota=quota.id,
        group=group,
        sold=len(members),
        required=None if quota.min_ratio is None else needed(quota.min_ratio, len(members)),
        done=len(seen) - late - undated,
        late=late,
        undated=undated,
        waiting=sum(one.waiting and not _over(one, today) for one in unseen),
        lost=sum(_over(one, today) for one in unseen),
    )


def members(quota: QuotaPart, cases: Iterable[Sold], group: Group, part: CoveragePart, today: date) -> tuple[Sold, ...]:
    """The cases behind one number of `coverage`: those of a group that are `part` of it."""
    found = grouped(quota, cases).get(group, ())
    seen = [one for one in found if one.inspected_on is not None]
    unseen = [one for one in found if one.inspected_on is None]
    match part:
        case "sold":
            return tuple(found)
        case "done":
            return tuple(one for one in seen if not _late(one) and one.due is not None)
        case "late":
            return tuple(one for one in seen if _late(one))
        case "undated":
            return tuple(one for one in seen if one.due is None)
        case "waiting":
            return tuple(one for one in unseen if one.waiting and not _over(one, today))
        case "lost":
            return tuple(one for one in unseen if _over(one, today))


def draw(quota: QuotaPart, cases: Iterable[Sold], sampling: SamplingPart, today: date) -> tuple[Sold, ...]:
    """The cases to inspect in full now, so that every group meets the quota: what is missing beside those done and
    those waiting, with `sampling.margin` on top, the lowest ranks first. Cases whose last day has passed are not drawn.

    Called again with what it drew as `waiting` it draws nothing more; as sales come in, it draws with them.
    """
    if quota.min_ratio is None:
        return ()
    drawn: list[Sold] = []
    for members in grouped(quota, cases).values():
        wanted = min(len(members), needed(min(1.0, quota.min_ratio * (1 + sampling.margin)), len(members)))
        have = sum(_counts(one, today) for one in members)
        free = [one for one in members if _free(one, today)]
        free.sort(key=lambda one: rank(sampling.seed, quota.id, one.key))
        drawn += free[: max(0, wanted - have)]
    return tuple(drawn)


def draw_double(session_ids: Iterable[str], sampling: SamplingPart, ids: str = "double") -> tuple[str, ...]:
    """Reviewed sessions for an independent second review: each with the chance `double_share`, by its own rank."""
    limit = int(Decimal(str(sampling.double_share)) * (1 << 256))
    return tuple(one for one in session_ids if rank(sampling.seed, ids, one) < limit)


def draw_blind(cases: Iterable[Sold], sampling: SamplingPart, ids: str = "blind") -> tuple[Sold, ...]:
    """Machine-clear cases for a review that does not know the machine's verdict: each with the chance `blind_share`, by
    its own rank, whatever else there is. So the sample says how much the machine misses, without bias.
    """
    limit = int(Decimal(str(sampling.blind_share)) * (1 << 256))
    return tuple(
        one
        for one in cases
        if one.clear
        and one.judged
        and one.inspected_on is None
        and not one.waiting
        and rank(sampling.seed, ids, one.session_id) < limit
    )


def given_out(cases: Iterable[Sold], drawn: Iterable[Sold]) -> tuple[Sold, ...]:
    """The cases as they stand once `drawn` wait for a review: a blind review is one in full, and no quota needs
    another person for the same recording.
    """
    given = {one.session_id for one in drawn}
    return tuple(replace(one, waiting=True) if one.session_id in given else one for one in cases)


def _late(case: Sold) -> bool:
    return case.inspected_on is not None and case.due is not None and case.inspected_on > case.due


def _over(case: Sold, today: date) -> bool:
    return case.due is not None and today > case.due


def _counts(case: Sold, today: date) -> bool:
    """Whether the case is inspected in time, or will be if people do what they were given. Without a known last day an
    inspection counts here, because a second one would prove no more."""
    if case.inspected_on is not None:
        return not _late(case)
    return case.waiting and not _over(case, today)


def _free(case: Sold, today: date) -> bool:
    return case.judged and case.inspected_on is None and not case.waiting and not _over(case, today)


@dataclass(frozen=True, slots=True)
class MissRate:
    """Of `seen` machine-clear cases reviewed blindly, people found fault with `missed`: share with its 95 % interval
    (Wilson score). All None without a case."""

    seen: int
    missed: int
    share: float | None
    low: float | None
    high: float | None


def miss_rate(seen: int, missed: int) -> MissRate:
    """The share of machine-clear cases in which people find something.

    >>> miss_rate(100, 2).high
    0.07
    """
    if not seen:
        return MissRate(0, 0, None, None, None)
    share = missed / seen
    spread = 1 + Z_95**2 / seen
    middle = (share + Z_95**2 / (2 * seen)) / spread
    half = Z_95 * sqrt(share * (1 - share) / seen + Z_95**2 / (4 * seen**2)) / spread
    return MissRate(seen, missed, round(share, 4), round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4))
