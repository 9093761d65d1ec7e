"""Deadlines: so many calendar or working days from a day. Working days come from a calendar of holidays that is data.

The day a deadline starts from is not counted: 15 working days from a Monday without holidays end on the Monday three
weeks later.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from engine.errors import MingjianError
from engine.rules.loading import CONFIGS
from engine.rules.schema import Part
from engine.rules.source import faults_of, read

HOLIDAYS = CONFIGS / "calendar" / "holidays.yaml"
SATURDAY = 5

Unit = Literal["calendar_day", "working_day"]
Days = Annotated[int, Field(ge=0)]


class YearPart(Part):
    """One year: spans of days off, first and last day, and weekend days that are worked."""

    holidays: tuple[tuple[date, date], ...]
    workdays: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _is_in_order(self) -> "YearPart":
        for first, last in self.holidays:
            if last < first:
                raise ValueError(f"{first} 晚于 {last} / {first} lies after {last}")
        for day in self.workdays:
            if day.weekday() < SATURDAY:
                raise ValueError(f"{day} 不是周末 / {day} is no weekend day")
        return self


class CalendarPart(Part):
    """configs/calendar/holidays.yaml"""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    years: dict[int, YearPart]


class TermPart(Part):
    """How long something may take. `basis`: the clause, or `practice`."""

    length: Days
    unit: Unit
    basis: str


@dataclass(frozen=True, slots=True)
class Due:
    """The last day, and the years whose holidays are not known (only weekends were taken as days off)."""

    day: date
    assumed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Which days are worked."""

    years: dict[int, YearPart]

    def works(self, day: date) -> bool:
        """Whether `day` is a working day; in a year that is not listed, whether it is no weekend."""
        year = self.years.get(day.year)
        if year is not None:
            if day in year.workdays:
                return True
            if any(first <= day <= last for first, last in year.holidays):
                return False
        return day.weekday() < SATURDAY

    def due(self, start: date, term: TermPart) -> Due:
        """The last day of `term` when it starts on `start`, which is not counted."""
        if term.unit == "calendar_day":
            return Due(start + timedelta(days=term.length))
        day, left, unknown = start, term.length, set[int]()
        while left:
            day += timedelta(days=1)
            if day.year not in self.years:
                unknown.add(day.year)
            left -= self.works(day)
        return Due(day, tuple(sorted(unknown)))


@cache
def calendar(path: Path = HOLIDAYS) -> Calendar:
    """The calendar of a file. Raises MingjianError `policy_faults` listing every fault of it."""
    source = read(path)
    try:
        part, faults = CalendarPart.model_validate(source.data), list(source.faults)
    except ValidationError as error:
        part, faults = None, [*source.faults, *faults_of(source, (), error.errors())]
    if part is None or faults:
        raise MingjianError("policy_faults", path=path, detail="；".join(map(str, faults)))
    return Calendar(part.years)
