"""What may move and what it must keep to (configs/eval/tuning.yaml)."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import MingjianError
from engine.rules.source import Fault, faults_of, read
from eval.tuning.point import Threshold

TUNING = Path(__file__).resolve().parents[2] / "configs" / "eval" / "tuning.yaml"

By = Literal["value", "upper"]
Objective = Literal["needless", "recall"]
Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Values = Annotated[tuple[Number, ...], Field(min_length=1, max_length=50)]


class Part(BaseModel):
    """Base of the parts of the file: unknown fields are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BudgetPart(Part):
    """The most violating sessions that may be called clear, as a share. `by`: whether that share itself has to keep to
    it, or the upper bound of its interval at 95 % (Wilson)."""

    false_clear: Share
    by: By


class TuningPart(Part):
    """The file. `least_gain`: clean sessions spared (or items caught) that make a move worth while; `most_moves`: at
    most so many; `least_sessions`: violating and clean ones that each split must have."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    budget: BudgetPart
    objective: Objective
    least_gain: Annotated[int, Field(ge=1)]
    most_moves: Annotated[int, Field(ge=1, le=50)]
    least_sessions: Annotated[int, Field(ge=1)]
    settings: dict[str, Values] = {}
    answers: dict[str, Values] = {}


@dataclass(frozen=True, slots=True)
class Range:
    """A threshold that may move, with the values it may take, ascending."""

    threshold: Threshold
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TuningOptions:
    """How to choose. `ruleset` and `policy` (names or files) stand in for those that each session was judged by.
    `only`: thresholds that may move, by name (`min_snr_db`, `answers.min_confidence`); empty lets all of them.
    """

    ranges: tuple[Range, ...]
    budget: float
    by: By
    objective: Objective
    least_gain: int
    most_moves: int
    least_sessions: int
    ruleset: str | None = None
    policy: str | None = None
    jobs: int = 1

    def with_only(self, names: tuple[str, ...]) -> "TuningOptions":
        """The same with fewer thresholds. Raises MingjianError `tuning_faults` for one that is not listed."""
        listed = {str(one.threshold): one for one in self.ranges}
        short = {one.threshold.name: one for one in self.ranges if one.threshold.where == "settings"}
        unknown = [name for name in names if name not in listed and name not in short]
        if unknown:
            detail = f"没有列出的阈值：{'、'.join(unknown)} / thresholds not listed: {', '.join(unknown)}"
            raise MingjianError("tuning_faults", path=TUNING.name, detail=detail)
        chosen = [listed.get(name) or short[name] for name in names]
        return replace(self, ranges=tuple(one for one in self.ranges if one in chosen)) if names else self


def load_options(path: Path = TUNING) -> TuningOptions:
    """The options of a file. Raises MingjianError `tuning_faults` with every fault."""
    source = read(path)
    faults = list(source.faults)
    part: TuningPart | None = None
    try:
        part = TuningPart.model_validate(source.data)
    except ValidationError as error:
        faults += faults_of(source, (), error.errors())
    ranges = _ranges(part) if part else ()
    for one in ranges:
        where, name = one.threshold.where, one.threshold.name
        if not one.threshold.known:
            zh, en = f"“{name}”不是判定时起作用的阈值", f"{name!r} is no threshold that judging goes by"
            faults.append(source.fault((where, name), zh, en))
    if part is None or faults:
        raise MingjianError("tuning_faults", path=path.name, detail=_told(faults))
    return TuningOptions(
        ranges=ranges,
        budget=part.budget.false_clear,
        by=part.budget.by,
        objective=part.objective,
        least_gain=part.least_gain,
        most_moves=part.most_moves,
        least_sessions=part.least_sessions,
    )


def _ranges(part: TuningPart) -> tuple[Range, ...]:
    given = [(Threshold("settings", name), values) for name, values in part.settings.items()]
    given += [(Threshold("answers", name), values) for name, values in part.answers.items()]
    return tuple(Range(threshold, tuple(sorted(set(values)))) for threshold, values in given)


def _told(faults: list[Fault]) -> str:
    return "；".join(map(str, faults))
