"""configs/consistency.yaml, checked: what is compared between recordings."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from engine.errors import MingjianError
from engine.inspection import Severity
from engine.rules.loading import CONFIGS
from engine.rules.schema import Part
from engine.rules.source import faults_of, read

CONSISTENCY = CONFIGS / "consistency.yaml"
Clauses = tuple[str, ...]


class CheckPart(Part):
    id: Annotated[str, Field(pattern=r"^cs_[a-z0-9_]+$")]
    title: str
    severity: Severity
    basis: Clauses


class AnswersPart(CheckPart):
    """What was confirmed under one of `sale` and denied under one of `callback`."""

    sale: tuple[str, ...] = ()
    callback: Annotated[tuple[str, ...], Field(min_length=1)]


class ValuesPart(CheckPart):
    """One figure: concepts by item that speak of it, and the field of the product that holds it."""

    order: str
    said: dict[str, tuple[str, ...]]


class OrdersPart(CheckPart):
    """Fields that all orders of one policy share."""

    fields: Annotated[tuple[str, ...], Field(min_length=1)]


class FromPart(CheckPart):
    """Told of from so many on."""

    from_: Annotated[int, Field(alias="from", ge=2)]


class VoicesPart(CheckPart):
    """How alike two voices must be, by cosine, and how long they must have spoken, in seconds."""

    least_similarity: Annotated[float, Field(ge=0, le=1)]
    least_seconds: Annotated[float, Field(ge=0)]


class ConsistencyPart(Part):
    """configs/consistency.yaml"""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    answers: tuple[AnswersPart, ...]
    values: tuple[ValuesPart, ...]
    orders: OrdersPart
    phones: FromPart
    reused: CheckPart
    retries: FromPart
    voices: VoicesPart

    def title_of(self, check: str) -> str:
        """The Chinese title of a check."""
        single = (self.orders, self.phones, self.reused, self.retries, self.voices)
        return next((one.title for one in (*self.answers, *self.values, *single) if one.id == check), check)

    def basis_of(self, check: str) -> Clauses:
        """The clauses a check rests on."""
        single = (self.orders, self.phones, self.reused, self.retries, self.voices)
        return next((one.basis for one in (*self.answers, *self.values, *single) if one.id == check), ())


@cache
def consistency(path: Path = CONSISTENCY) -> ConsistencyPart:
    """The checks of a file. Raises MingjianError `consistency_faults` listing every fault of it."""
    source = read(path)
    try:
        part, faults = ConsistencyPart.model_validate(source.data), list(source.faults)
    except ValidationError as error:
        part, faults = None, [*source.faults, *faults_of(source, (), error.errors())]
    if part is None or faults:
        raise MingjianError("consistency_faults", path=path, detail="；".join(map(str, faults)))
    return part
