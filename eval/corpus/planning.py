"""Which sessions a corpus consists of: balanced over scenario, what is planted, voices and recording conditions.

Everything follows from the seed and the shares, nothing from the order in which sessions are made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from engine.errors import MingjianError
from engine.order import Scenario
from eval.corpus.manifest import Split
from eval.corpus.templates import Condition, Extent, Fault, Picture, Scenarios, Sex, Shares

Chosen = TypeVar("Chosen", bound=str)

LARGEST_COUNT = 200_000
FIRST_TURNS = 1000
"""Which item bears the first fault of its kind is drawn from so many; the following ones take the next items."""


@dataclass(frozen=True)
class Case:
    """One session to be made. `turn` counts the sessions with the same fault in the same scenario.

    `voices` are the salesperson's, the customer's and a third person's. `picture` is None for sound alone.
    """

    id: str
    seed: int
    scenario: Scenario
    fault: Fault
    turn: int
    condition: Condition
    extent: Extent
    split: Split
    sex: Sex
    voices: tuple[str, str, str]
    two_channels: bool
    picture: Picture | None = None


def plan(
    count: int, seed: int, scenarios: Sequence[Scenario], templates: Scenarios, shares: Shares, split: Split | None
) -> tuple[Case, ...]:
    """`count` cases in the given scenarios; all of `split`, or without it spread over the splits of `shares`.

    Raises MingjianError `corpus_plan` for a count out of range or a scenario without template.
    """
    unknown = [one for one in scenarios if one not in templates.scenarios]
    if unknown or not scenarios:
        raise MingjianError("corpus_plan", path="scenarios", detail=f"{unknown}; {', '.join(templates.scenarios)}")
    if not 1 <= count <= LARGEST_COUNT:
        raise MingjianError("corpus_plan", path="count", detail=f"{count}; 1..{LARGEST_COUNT}")
    random = Random(f"plan {seed}")
    films = _films(count, scenarios, templates, shares)
    faults = _quotas(count - len(films), shares.faults)
    cases: list[Case] = []
    turns: dict[tuple[Scenario, Fault], int] = {}
    for fault, quota in faults.items():
        conditions = spread(quota, shares.conditions, random)
        extents = spread(quota, shares.extents, random)
        splits = spread(quota, {split: 1} if split else shares.splits, random)
        for condition, extent, part in zip(conditions, extents, splits, strict=True):
            scenario = scenarios[len(cases) % len(scenarios)]
            turn = turns.setdefault((scenario, fault), random.randrange(FIRST_TURNS))
            turns[scenario, fault] = turn + 1
            cases.append(
                _case(len(cases), seed, scenario, fault, turn, condition, extent, part, None, templates, shares)
            )
    for picture, scenario in films:
        part = split or spread(1, shares.splits, random)[0]
        cases.append(_case(len(cases), seed, scenario, "none", 0, "clean", "brief", part, picture, templates, shares))
    return tuple(cases)


def _case(
    number: int,
    seed: int,
    scenario: Scenario,
    fault: Fault,
    turn: int,
    condition: Condition,
    extent: Extent,
    split: Split,
    picture: Picture | None,
    templates: Scenarios,
    shares: Shares,
) -> Case:
    sex, voices = _voices(number, shares)
    planted = fault if picture in (None, "none") else picture
    return Case(
        id=f"{number:05d}-{scenario}-{planted}",
        seed=seed * 1_000_003 + number,
        scenario=scenario,
        fault=fault,
        turn=turn,
        condition=condition,
        extent=extent,
        split=split,
        sex=sex,
        voices=voices,
        two_channels=templates.scenarios[scenario].call and bool(number // 5 % 2),
        picture=picture,
    )


def _voices(number: int, shares: Shares) -> tuple[Sex, tuple[str, str, str]]:
    """The customer's sex, and three different voices: customers take turns through all of them."""
    women, men = shares.voices["女"], shares.voices["男"]
    everybody: list[tuple[Sex, str]] = [
        pair for two in zip(_as("女", women), _as("男", men), strict=False) for pair in two
    ]
    everybody += [*_as("女", women[len(men) :]), *_as("男", men[len(women) :])]
    sex, customer = everybody[number % len(everybody)]
    round_ = number // len(everybody)
    own, other = shares.voices[sex], shares.voices["男" if sex == "女" else "女"]
    same = [voice for voice in own if voice != customer]
    mixed = number % shares.same_sex_every != shares.same_sex_every - 1 or not same
    agent = other[(number + round_) % len(other)] if mixed else same[round_ % len(same)]
    left = [voice for _, voice in everybody if voice not in (customer, agent)]
    return sex, (agent, customer, left[round_ % len(left)])


def _as(sex: Sex, voices: Sequence[str]) -> list[tuple[Sex, str]]:
    return [(sex, voice) for voice in voices]


def _films(
    count: int, scenarios: Sequence[Scenario], templates: Scenarios, shares: Shares
) -> list[tuple[Picture, Scenario]]:
    """The sessions with a picture: their share of all, in scenarios that are filmed."""
    filmed = [one for one in scenarios if not templates.scenarios[one].call]
    weights: dict[str, int] = {"sound": sum(shares.faults.values()), **{f"{k}": v for k, v in shares.pictures.items()}}
    quotas = _quotas(count, weights) if filmed else {}
    pictures = [picture for picture in shares.pictures for _ in range(quotas.get(picture, 0))]
    return [(picture, filmed[place % len(filmed)]) for place, picture in enumerate(pictures)]


def spread(count: int, weights: Mapping[Chosen, int], random: Random) -> list[Chosen]:
    """`count` names in their shares, in random order."""
    names = [name for name, quota in _quotas(count, weights).items() for _ in range(quota)]
    random.shuffle(names)
    return names


def _quotas(count: int, weights: Mapping[Chosen, int]) -> dict[Chosen, int]:
    """`count` shared out by weight, each share rounded up or down (largest remainder first, then the file's order)."""
    total = sum(weights.values())
    exact = {name: count * weight / total for name, weight in weights.items()}
    quotas = {name: int(share) for name, share in exact.items()}
    by_rest = sorted(weights, key=lambda name: quotas[name] - exact[name])
    for name in by_rest[: count - sum(quotas.values())]:
        quotas[name] += 1
    return quotas
