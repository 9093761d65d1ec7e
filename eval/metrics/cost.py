"""Reviewer minutes under a stated cost model (configs/eval/cost.yaml): with the machine, and without it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import MingjianError
from engine.inspection import Inspection
from engine.rules.loading import CONFIGS
from eval.metrics.verdicts import findings

COST = CONFIGS / "eval" / "cost.yaml"
LARGEST_FILE_BYTES = 64 * 1024
SECONDS_A_MINUTE = 60.0

Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(ge=0, le=600)]
Speed = Annotated[float, Field(gt=0, le=10)]


class Part(BaseModel):
    """Base of all parts of the model: immutable, unknown fields are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listening(Part):
    """A session that a person opens and hears: fixed minutes, and a share of it at some speed."""

    minutes_per_session: Minutes
    listened_share: Share
    playback_speed: Speed

    def listening(self, duration: float) -> float:
        """Minutes of listening to a session of `duration` seconds."""
        return duration * self.listened_share / self.playback_speed / SECONDS_A_MINUTE

    def whole(self, duration: float) -> float:
        """Minutes from opening it to the conclusion."""
        return self.minutes_per_session + self.listening(duration)


class Assisted(Listening):
    """Reviewing with the machine: flagged sessions at their findings, a blind sample of clear ones, what failed."""

    minutes_per_finding: Minutes
    sampled_share: Share
    failed_share: Share


class CostModel(Part):
    """What reviewing costs, in minutes of a person."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    manual: Listening
    assisted: Assisted


@dataclass(frozen=True, slots=True)
class ReviewMinutes:
    """Minutes of all sessions, by what they go to. `manual`: the same sessions without the machine."""

    sessions: int = 0
    opening: float = 0.0
    findings: float = 0.0
    listening: float = 0.0
    sampling: float = 0.0
    failed: float = 0.0
    manual: float = 0.0

    @classmethod
    def zero(cls) -> "ReviewMinutes":
        """No session, neutral in sums."""
        return cls()

    def __add__(self, other: "ReviewMinutes") -> "ReviewMinutes":
        return ReviewMinutes(
            self.sessions + other.sessions,
            self.opening + other.opening,
            self.findings + other.findings,
            self.listening + other.listening,
            self.sampling + other.sampling,
            self.failed + other.failed,
            self.manual + other.manual,
        )

    @property
    def assisted(self) -> float:
        """Minutes with the machine."""
        return self.opening + self.findings + self.listening + self.sampling + self.failed

    @property
    def saved(self) -> float | None:
        """Share of the manual minutes that the machine saves, negative where it costs more; None without any."""
        return 1 - self.assisted / self.manual if self.manual else None


def load_cost(path: Path = COST) -> CostModel:
    """The model in `path`. Raises MingjianError `cost_faults` with every fault."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise MingjianError("cost_faults", path=path.name, detail=f"> {LARGEST_FILE_BYTES} bytes")
        return CostModel.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise MingjianError("cost_faults", path=path.name, detail=faults) from error
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise MingjianError("cost_faults", path=path.name, detail=" ".join(str(error).split())) from error


def review_minutes(inspection: Inspection | None, duration: float, model: CostModel) -> ReviewMinutes:
    """What one session of `duration` seconds costs; a blind sample costs its share of every clear session."""
    alone = model.manual.whole(duration)
    if inspection is None:
        return ReviewMinutes(1, failed=model.assisted.failed_share * alone, manual=alone)
    if inspection.verdict == "clear":
        return ReviewMinutes(1, sampling=model.assisted.sampled_share * alone, manual=alone)
    return ReviewMinutes(
        1,
        opening=model.assisted.minutes_per_session,
        findings=findings(inspection) * model.assisted.minutes_per_finding,
        listening=model.assisted.listening(duration),
        manual=alone,
    )
