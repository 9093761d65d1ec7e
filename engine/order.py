"""The order: application data that comes with a recording. Every field is optional, unknown fields are kept.

Field names are those of the order JSON contract. Money stays a decimal; dates and times are parsed, and a field that
cannot be
parsed makes the order unreadable rather than silently absent.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from engine.errors import MingjianError

Channel = Literal["agency", "bank", "concurrent_agency", "broker", "telesales", "internet", "callback"]
Scenario = Literal["face_to_face", "remote", "bank", "telesales", "callback"]
DesignType = Literal["普通型", "分红型", "万能型", "投资连结型"]
PaymentMode = Literal["趸交", "年交", "半年交", "季交", "月交"]
Value = TypeVar("Value", date, datetime)

LARGEST_ORDER_BYTES = 4 * 1024 * 1024
YEARS = range(1850, 2201)
"""Dates outside are slips of the hand, and deadlines counted from them may lie outside of the calendar."""
HUNDRED_YEARS_IN_DAYS = 36_600


def _plausible(value: Value) -> Value:
    if value.year not in YEARS:
        span = f"{YEARS[0]}-{YEARS[-1]}"
        raise ValueError(f"年份应在 {span} 之间 / the year must lie within {span}")
    return value


Day = Annotated[date, AfterValidator(_plausible)]
Moment = Annotated[datetime, AfterValidator(_plausible)]
Years = Annotated[int, Field(ge=0, le=9999)]
Days = Annotated[int, Field(ge=0, le=HUNDRED_YEARS_IN_DAYS)]
Money = Annotated[Decimal, Field(max_digits=20)]


class Section(BaseModel):
    """Base of all parts of the order: immutable, unknown fields kept."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)


class Insurer(Section):
    """Who underwrites."""

    name: str | None = None
    short_name: str | None = None


class Cover(Section):
    """How long the cover lasts: `value` is years or an age, absent for whole life."""

    kind: Literal["years", "to_age", "whole_life"]
    value: Years | None = None


class Product(Section):
    """One product of the sale. `premium` is one instalment in `payment_mode`, in yuan."""

    full_name: str | None = None
    design_type: DesignType | None = None
    line: Literal["life", "health", "medical", "accident", "annuity"] | None = None
    cover: Cover | None = None
    cover_years: Years | None = None
    cooling_off_days: Days | None = None
    waiting_days: Days | None = None
    premium: Money | None = None
    payment_mode: PaymentMode | None = None
    payment_years: Years | None = None
    death_benefit: bool | None = None
    risk_rating: str | None = None


class Party(Section):
    """A person of the order."""

    name: str | None = None
    sex: str | None = None
    id_number: str | None = None
    birth_date: Day | None = None
    phone: str | None = None
    address: str | None = None


class Assessment(Section):
    """One assessment of the customer's risk: when, and the level it came to."""

    at: Moment
    level: str | None = None


class Policyholder(Party):
    """Who applies. Amounts in yuan."""

    occupation: str | None = None
    annual_income: Money | None = None
    household_income: Money | None = None
    budget: Money | None = None
    risk_level: str | None = None
    assessments: tuple[Assessment, ...] = ()
    needs: tuple[str, ...] = ()


class Insured(Party):
    """Who is covered."""

    same_as_policyholder: bool | None = None


class Agent(Section):
    """Who sells."""

    name: str | None = None
    staff_no: str | None = None
    licence_no: str | None = None
    org: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class RelatedSession:
    """What is known of another session when one is judged: its policy, its scenario and the SHA-256 of its parts.

    Given by whoever keeps sessions; rules look nothing up.
    """

    session_id: str
    policy_no: str | None = None
    scenario: str | None = None
    parts: tuple[str, ...] = ()


class SpeakerHints(Section):
    """What is known of the voices beforehand: role per audio channel ("0", "1"), number of voices."""

    channels: dict[str, str] = {}
    count: Annotated[int, Field(ge=0, le=1000)] | None = None


class Order(Section):
    """The whole order. `parameters` set switches of the rule set, by name.

    `customer_asked`: to be called at this hour. `declaration_signed`: that the customer insists on a product which the
    suitability figures speak against.
    """

    policy_no: str | None = None
    channel: Channel | None = None
    region: str | None = None
    scenario: Scenario | None = None
    recorded_at: Moment | None = None
    issued_at: Moment | None = None
    receipt_signed_at: Moment | None = None
    contract_ended_at: Moment | None = None
    replaced_policy_no: str | None = None
    customer_asked: bool | None = None
    declaration_signed: bool | None = None
    insurer: Insurer = Insurer()
    products: tuple[Product, ...] = ()
    policyholder: Policyholder = Policyholder()
    insured: Insured = Insured()
    guardian: Party = Party()
    agent: Agent = Agent()
    speakers: SpeakerHints = SpeakerHints()
    related_sessions: tuple[str, ...] = ()
    parameters: dict[str, str] = {}

    def as_given(self) -> dict[str, Any]:
        """The order as JSON values: only the fields that were given, unknown ones included."""
        return self.model_dump(mode="json", exclude_unset=True)


def read_order(path: Path) -> Order:
    """Read an order file.

    Raises MingjianError `order_unreadable` when it is missing, too large, no JSON object, or a field has a value of
    the wrong kind.
    """
    try:
        if path.stat().st_size > LARGEST_ORDER_BYTES:
            raise MingjianError("order_unreadable", path=path, detail=f"> {LARGEST_ORDER_BYTES} bytes")
        return parse_order(json.loads(path.read_text(encoding="utf-8-sig")), path)
    except (OSError, ValueError, RecursionError) as error:
        raise MingjianError("order_unreadable", path=path, detail=error) from error


def parse_order(values: Any, source: str | Path = "order") -> Order:
    """The order made of JSON values. Raises MingjianError `order_unreadable` naming `source` and the fields at
    fault."""
    try:
        return Order.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'order'}: {e['msg']}" for e in error.errors()[:5])
        raise MingjianError("order_unreadable", path=source, detail=faults) from error
