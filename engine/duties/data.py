"""configs/duties.yaml, checked: all faults at once, each with its place."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from engine.errors import MingjianError
from engine.inspection import OutcomeClass
from engine.order import Scenario
from engine.rules.lifecycle import Event, StatePart
from engine.rules.loading import CONFIGS
from engine.rules.schema import Part, Share
from engine.rules.source import faults_of, read

DUTIES = CONFIGS / "duties.yaml"

Start = Literal[
    "receipt_signed_at", "issued_at", "recorded_at", "contract_ended_at",
    "found_at", "opened_at", "refused_at", "received_at",
]  # fmt: skip
Unit = Literal["calendar_day", "working_day", "month", "year"]
Count = Annotated[int, Field(ge=0)]
Trigger = Literal["A", "B", "region", "none"]
TicketKind = Literal["callback", "rectify", "missell", "verify"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class ByCover(Part):
    """Two lengths: for cover of a year or less, and for longer cover."""

    cover_le_1y: Count
    cover_gt_1y: Count


class SpanPart(Part):
    """A length of time."""

    length: Count
    unit: Unit
    basis: str


class ClockPart(Part):
    """One deadline: counted from the first of `start` that is known. It holds in `regions` (none: everywhere) for sales
    from `valid_from` to `valid_to`. `otherwise`: the length where the order does not state it.
    """

    id: Name
    start: Annotated[tuple[Start, ...], Field(min_length=1)]
    length: Count | Literal["cooling_off_days"] | ByCover
    otherwise: Count | None = None
    unit: Unit
    basis: str
    regions: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


class KeepingPart(Part):
    """How long files are kept: until the latest of `clocks`; `dispute` longer after the end of a dispute."""

    clocks: Annotated[tuple[Name, ...], Field(min_length=1)]
    dispute: SpanPart


class QuotaPart(Part):
    """How much of the sold cases must be inspected in full. `min_ratio` None: nobody has said."""

    id: Name
    title: str
    triggers: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    min_ratio: Share | None
    within: Name
    basis: str
    regions: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    def asks(self, trigger: str, region: str | None, sold_on: date) -> bool:
        """Whether a sale with this trigger, in this region and on this day counts."""
        return (
            trigger in self.triggers
            and (not self.regions or region in self.regions)
            and (self.valid_from is None or sold_on >= self.valid_from)
            and (self.valid_to is None or sold_on <= self.valid_to)
        )


class SamplingPart(Part):
    """How samples are drawn, and what counts as inspected in full."""

    seed: Annotated[str, Field(min_length=1)]
    scenarios: tuple[Scenario, ...]
    margin: Share
    full_length_share: Share
    blind_share: Share
    double_share: Share
    double_days: Annotated[int, Field(ge=1, le=365)]


class CallEventPart(Part):
    """A call whose outcome has this class, and one of these kinds (none: any), is this event of the life cycle."""

    class_: Annotated[OutcomeClass, Field(alias="class")]
    kind: tuple[str, ...] = ()
    event: Event


class CallbacksPart(Part):
    """Which sales get a call-back ticket, and how inspected calls move it."""

    open: bool
    scenarios: tuple[Scenario, ...]
    events: tuple[CallEventPart, ...]


class MovePart(Part):
    """In a state of `from`, the event `on` leads to `to`."""

    from_: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    on: Name
    to: str


class CyclePart(Part):
    """The life of a ticket under one clock. `non_sales`: people of the sales side must not handle it."""

    clock: Name
    start: str
    non_sales: bool = False
    states: dict[str, StatePart]
    transitions: tuple[MovePart, ...]

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "CyclePart":
        for name in (self.start, *(one for t in self.transitions for one in (*t.from_, t.to))):
            if name not in self.states:
                raise ValueError(f"没有状态“{name}” / no state {name!r}")
        for name, state in self.states.items():
            if not state.closed and not any(name in move.from_ for move in self.transitions):
                raise ValueError(f"状态“{name}”没有出路 / no way out of the state {name!r}")
        return self

    def after(self, state: str, event: str) -> str | None:
        """The state that `event` leads to; None where it cannot happen."""
        return next((move.to for move in self.transitions if state in move.from_ and event == move.on), None)


class TicketsPart(Part):
    """`warn_days`: how long before its due day a ticket is told of."""

    warn_days: Count
    cycles: dict[Literal["rectify", "missell", "verify"], CyclePart]


class DutiesPart(Part):
    """The whole file."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    clocks: tuple[ClockPart, ...]
    keeping: KeepingPart
    quotas: tuple[QuotaPart, ...]
    sampling: SamplingPart
    callbacks: CallbacksPart
    tickets: TicketsPart

    @model_validator(mode="after")
    def _names_known_clocks(self) -> "DutiesPart":
        known = {clock.id for clock in self.clocks}
        named = {*self.keeping.clocks, *(one.within for one in self.quotas)}
        named |= {cycle.clock for cycle in self.tickets.cycles.values()}
        if named - known:
            raise ValueError(f"没有期限“{'、'.join(sorted(named - known))}” / no such clock")
        ids = [one.id for one in self.quotas]
        if len(ids) != len(set(ids)):
            raise ValueError("抽检规则重名 / two quotas of one name")
        return self


@cache
def duties(path: Path = DUTIES) -> DutiesPart:
    """The duties of a file. Raises MingjianError `duties_faults` listing every fault of it."""
    source = read(path)
    try:
        part, faults = DutiesPart.model_validate(source.data), list(source.faults)
    except ValidationError as error:
        part, faults = None, [*source.faults, *faults_of(source, (), error.errors())]
    if part is None or faults:
        raise MingjianError("duties_faults", path=path, detail="；".join(map(str, faults)))
    return part
