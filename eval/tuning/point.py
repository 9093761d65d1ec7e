"""An operating point: the thresholds that rules judge by, as far as they differ from those of the rule set.

Only thresholds that act when stored evidence is judged can be part of one, so that a point can be tried without
hearing anything again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from math import isfinite
from typing import Any, Literal

from pydantic import ValidationError

from engine.errors import MingjianError
from engine.rules.ruleset import RuleSet
from engine.rules.schema import SettingsPart

Where = Literal["settings", "answers"]
ANSWER_THRESHOLDS = frozenset({"max_wait_s", "overlap_s", "join_s", "comma_pause_s", "min_confidence", "edge_s"})
COMPILED_IN = frozenset({"window_s"})
"""Settings that are part of every rule once it is loaded: changing them afterwards would change nothing."""
NOT_NUMBERS = frozenset({"detector_recall"})
"""What was measured of a detector is no threshold to be chosen."""


@dataclass(frozen=True, slots=True, order=True)
class Threshold:
    """A threshold of a rule set. `settings`: of configs/rulesets/parts/settings.yaml; `answers`: of
    configs/language/answers.yaml.
    """

    where: Where
    name: str

    def __str__(self) -> str:
        return f"{self.where}.{self.name}"

    @property
    def known(self) -> bool:
        """Whether rules judge by it."""
        if self.where == "answers":
            return self.name in ANSWER_THRESHOLDS
        return self.name in SettingsPart.model_fields and self.name not in COMPILED_IN | NOT_NUMBERS

    def of(self, ruleset: RuleSet) -> float:
        """Its value in a rule set."""
        return float(getattr(ruleset.settings if self.where == "settings" else ruleset.answers, self.name))


@dataclass(frozen=True, slots=True)
class Point:
    """Values of some thresholds, in the order of their names; every other one is as in the rule set.

    >>> Point.of({Threshold("settings", "min_snr_db"): 12.0}).moved(Threshold("settings", "min_snr_db"), 15.0).values
    ((Threshold(where='settings', name='min_snr_db'), 15.0),)
    """

    values: tuple[tuple[Threshold, float], ...] = ()

    @classmethod
    def of(cls, values: Mapping[Threshold, float]) -> "Point":
        return cls(tuple(sorted(values.items())))

    def moved(self, threshold: Threshold, value: float) -> "Point":
        """The same point with one threshold at another value."""
        return Point.of({**dict(self.values), threshold: value})

    def without(self, threshold: Threshold) -> "Point":
        """The same point with one threshold as in the rule set."""
        return Point(tuple(one for one in self.values if one[0] != threshold))

    def applied(self, ruleset: RuleSet) -> RuleSet:
        """The rule set with these thresholds; its hash says so.

        Raises MingjianError `point_faults` for a value that the rule set would not take.
        """
        if not self.values:
            return ruleset
        settings = {one.name: value for one, value in self.values if one.where == "settings"}
        answers: dict[str, Any] = {one.name: value for one, value in self.values if one.where == "answers"}
        unfit = [str(one) for one, value in self.values if not isfinite(value)]
        unfit += [f"answers.{name}" for name, value in answers.items() if value < 0]
        if unfit:
            raise MingjianError("point_faults", path=str(self), detail=", ".join(unfit))
        try:
            whole = {**ruleset.settings.model_dump(), **{name: _whole(value) for name, value in settings.items()}}
            checked = SettingsPart.model_validate(whole)
        except ValidationError as error:
            faults = "；".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise MingjianError("point_faults", path=str(self), detail=faults) from error
        digest = sha256(f"{ruleset.sha256} {self}".encode()).hexdigest()
        return replace(ruleset, settings=checked, answers=replace(ruleset.answers, **answers), sha256=digest)

    def __str__(self) -> str:
        return " ".join(f"{threshold}={value:g}" for threshold, value in self.values) or "-"


def _whole(value: float) -> float | int:
    """A number without a fraction as an integer, because some settings are counts."""
    return int(value) if float(value).is_integer() else value
