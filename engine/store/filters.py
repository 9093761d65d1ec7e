"""Which sessions a list or a search is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.store.review_rows import reviewed_blind
from engine.store.tables import Finding, PersonKey, Review, Session, Tag


@dataclass(frozen=True, slots=True)
class SessionFilters:
    """All that are given must hold. Times: from (included) and until (not included).

    `item` with `item_verdict`: a finding of the newest inspection; `person`: a key of engine/store/keys.py, of anybody
    or, with `customers_only`, of anybody but the salesperson. `product` and `agent_name` hold the text somewhere.
    `unknown_to`: without the samples that this person is reviewing, whose verdict they must not learn from a list.
    """

    state: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()
    outcome: str | None = None
    branch: str | None = None
    agent_no: str | None = None
    agent_name: str | None = None
    policy_no: str | None = None
    scenario: str | None = None
    channel: str | None = None
    region: str | None = None
    product: str | None = None
    ruleset: str | None = None
    trigger: str | None = None
    created_by: str | None = None
    retry_of: str | None = None
    tags: tuple[str, ...] = ()
    item: str | None = None
    item_verdict: str | None = None
    person: str | None = None
    customers_only: bool = False
    unknown_to: str | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    recorded_from: datetime | None = None
    recorded_until: datetime | None = None
    due_until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as conditions on `Session`."""
        return [*self._equal(), *self._within(), *self._beside()]

    def _equal(self) -> list[ColumnElement[bool]]:
        names = (
            "outcome", "branch", "agent_no", "policy_no", "scenario", "channel", "region", "ruleset", "trigger",
            "created_by", "retry_of",
        )  # fmt: skip
        found: list[ColumnElement[bool]] = [
            getattr(Session, name) == value for name in names if (value := getattr(self, name)) is not None
        ]
        found += [
            getattr(Session, name).contains(value, autoescape=True)
            for name in ("product", "agent_name")
            if (value := getattr(self, name))
        ]
        found += [
            _one_of(column, values)
            for column, values in ((Session.state, self.state), (Session.verdict, self.verdict))
            if values
        ]
        return found

    def _within(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for column, start, until in (
            (Session.created_at, self.created_from, self.created_until),
            (Session.recorded_at, self.recorded_from, self.recorded_until),
            (Session.due_at, None, self.due_until),
        ):
            found += [column >= start] if start is not None else []
            found += [column < until] if until is not None else []
        return found

    def _beside(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [
            exists(select(1).where(Tag.session_id == Session.id, Tag.tag == tag)) for tag in self.tags
        ]
        if self.item is not None or self.item_verdict is not None:
            chosen = [Finding.session_id == Session.id]
            chosen += [Finding.item == self.item] if self.item is not None else []
            chosen += [Finding.verdict == self.item_verdict] if self.item_verdict is not None else []
            found.append(exists(select(1).where(*chosen)))
        if self.unknown_to is not None:
            found.append(~exists(select(1).where(Review.session_id == Session.id, *reviewed_blind(self.unknown_to))))
        if self.person is not None:
            known = [PersonKey.session_id == Session.id, PersonKey.key == self.person]
            known += [PersonKey.role != "agent"] if self.customers_only else []
            found.append(exists(select(1).where(*known)))
        return found


def _one_of(column: InstrumentedAttribute[Any], values: tuple[str, ...]) -> ColumnElement[bool]:
    """One value is found by an index that is sorted by age; of several, all would have to be sorted: that index is
    hidden, so that sessions are looked at newest first."""
    return column == values[0] if len(values) == 1 else func.coalesce(column, "").in_(values)
