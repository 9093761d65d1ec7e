"""How much worse a figure may become before a change is refused (configs/eval/tolerance.yaml)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import MingjianError
from engine.rules.loading import CONFIGS
from eval.metrics.figures import PLACES

TOLERANCE = CONFIGS / "eval" / "tolerance.yaml"
LARGEST_FILE_BYTES = 64 * 1024

Profile = Literal["compare", "gate"]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Part(BaseModel):
    """Base of all parts of the file: immutable, unknown fields are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(Part):
    """Of one figure, in its own unit. `tolerance`: worse by more is a regression where it is not chance.

    `budget`: worse by more is a regression even where it may be chance; None sets none.
    """

    tolerance: Amount = 0.0
    budget: Amount | None = None


class Tolerance(Part):
    """What is tolerated. A difference with p below `significance` is taken not to be chance.

    Figures without a limit are reported and refuse nothing.
    """

    significance: Annotated[float, Field(gt=0, lt=1)]
    figures: Mapping[str, Limit]

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = sorted(set(self.figures) - set(PLACES))
        if unknown:
            raise ValueError(f"没有这些指标 / no such figures: {'、'.join(unknown)}")
        return self


class Tolerances(Part):
    """The whole file: one profile for two runs, one for the gate."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    compare: Tolerance
    gate: Tolerance


def load_tolerance(path: Path = TOLERANCE, profile: Profile = "compare") -> Tolerance:
    """One profile of the file at `path`. Raises MingjianError `tolerance_faults` with every fault."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise MingjianError("tolerance_faults", path=path.name, detail=f"> {LARGEST_FILE_BYTES} bytes")
        whole = Tolerances.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise MingjianError("tolerance_faults", path=path.name, detail=faults) from error
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise MingjianError("tolerance_faults", path=path.name, detail=" ".join(str(error).split())) from error
    return whole.compare if profile == "compare" else whole.gate
