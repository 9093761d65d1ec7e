"""Where an operator looks: whose words, which time, which sentences, near which item; and could it be judged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from engine.evidence import Role
from engine.interval import Interval
from engine.rules.case import Case
from engine.rules.check_schema import ROLES
from engine.rules.hearing import Searched
from engine.rules.judgement import Ruling
from engine.rules.operators.anchors import unsaid
from engine.rules.operators.base import Outcome, Situation
from engine.rules.operators.logic import Joint, join
from engine.rules.operators.params import Count, ItemId
from engine.rules.schema import Part, Seconds, Share
from engine.rules.spoken import Stream

Where = Literal["before", "after", "around", "same"]


def _listed(value: object) -> object:
    """One role, `any` for all of them, or a list of roles."""
    if value == "any":
        return ROLES
    return (value,) if isinstance(value, str) else value


Roles = Annotated[tuple[Role, ...], BeforeValidator(_listed), Field(min_length=1)]


class TimePart(Part):
    """A span of the session; what is given narrows it. `first_s`, `last_s`: its first or last seconds; `from_pct` and
    `to_pct`: shares of its length, 0..1.
    """

    from_s: Annotated[float, Field(ge=0)] | None = None
    to_s: Seconds | None = None
    first_s: Seconds | None = None
    last_s: Seconds | None = None
    from_pct: Share | None = None
    to_pct: Share | None = None

    def within(self, whole: Interval) -> Interval | None:
        """The span inside `whole`; None where nothing is left."""
        length, end = whole.duration, whole.end
        start = max(self.from_s or 0.0, (self.from_pct or 0.0) * length, end - (self.last_s or end))
        share = 1.0 if self.to_pct is None else self.to_pct
        stop = min(self.to_s or end, self.first_s or end, share * length)
        return Interval(start, stop) if start < stop else None


class SentencePart(Part):
    """Sentences counted from 1, or from the end with negative numbers, inside what time and `near` leave."""

    from_: Annotated[int, Field(alias="from")] = 1
    to: int = -1

    @model_validator(mode="after")
    def _counts_from_one(self) -> "SentencePart":
        if 0 in (self.from_, self.to):
            raise ValueError("句子从 1 数起，或从 -1 倒数 / sentences count from 1, or from -1 backwards")
        return self


class NearPart(Part):
    """Near an item of the rule set: `before`, `after`, `around` it, or in the `same` words.

    `within_s`: how far, up to the bounds of the session where it is left out. `hit`: which time the item was said: a
    number counts them, `each` asks for all, `any` for one.
    """

    item: ItemId
    where: Where = "around"
    hit: Count | Literal["each", "any"] = "any"
    within_s: Seconds | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "NearPart":
        if self.where == "around" and self.within_s is None:
            raise ValueError("around 要有 within_s / around needs within_s")
        return self

    def windows(self, situation: Situation) -> tuple[Interval, ...]:
        """One window per occurrence asked for; none where the item was not said so often."""
        said = situation.said.get(self.item, ())
        chosen = said[self.hit - 1 : self.hit] if isinstance(self.hit, int) else said
        return tuple(self._window(one.interval, situation.case.whole) for one in chosen)

    def _window(self, said: Interval, whole: Interval) -> Interval:
        reach = whole.duration if self.within_s is None else self.within_s
        if self.where == "same":
            return said
        before = Interval(max(0.0, said.start - reach), said.start)
        after = Interval(said.end, min(max(whole.end, said.end), said.end + reach))
        if self.where == "around":
            return Interval(before.start, after.end)
        return before if self.where == "before" else after


@dataclass(frozen=True, slots=True)
class Zone:
    """Letters `first` to `last` (exclusive) of a stream, over a span of time."""

    interval: Interval
    first: int
    last: int

    def holds(self, start: int, end: int) -> bool:
        return self.first <= start and end <= self.last


@dataclass(frozen=True, slots=True)
class Seen:
    """What an operator makes of one zone. `by_absence`: it rests on something that was not heard there."""

    outcome: Outcome
    by_absence: bool = False


Look = Callable[[Searched, Zone], Seen]


class Scope(Part):
    """Where to look. `all_or_any`: the condition must hold in all sentences of the scope, or somewhere in it."""

    role: Roles = ("agent", "system")
    time: TimePart | None = None
    sentence: SentencePart | None = None
    near: NearPart | None = None
    all_or_any: Literal["all", "any"] = "any"

    @property
    def items(self) -> tuple[str, ...]:
        """Items the scope leans on."""
        return (self.near.item,) if self.near else ()

    def windows(self, situation: Situation) -> tuple[Interval, ...]:
        """Spans of time to look at; none where the scope is empty."""
        whole = situation.case.whole
        span = self.time.within(whole) if self.time else whole
        if span is None:
            return ()
        if self.near is None:
            return (span,)
        return tuple(both for one in self.near.windows(situation) if (both := one & span) is not None)

    def zones(self, stream: Stream, window: Interval) -> tuple[Zone, ...]:
        """The zones of one window: the sentences chosen, one by one where all of them must hold, else as one."""
        first, last = stream.letters_within(window)
        if self.sentence is None and self.all_or_any == "any":
            return (Zone(window, first, last),)
        spans = list(_sentences(stream, first, last))
        if self.sentence is not None:
            spans = _counted(spans, self.sentence)
        if not spans:
            return ()
        if self.all_or_any == "any":
            spans = [(spans[0][0], spans[-1][1])]
        return tuple(Zone(stream.interval(start, end), start, end) for start, end in spans)

    def judged(self, situation: Situation, look: Look) -> Outcome:
        """The outcome of `look` over the whole scope.

        What rests on something not heard holds only where it could have been heard; what voices in doubt would change
        is for a person.
        """
        hearing = situation.case.hearing
        certain = self._joined(situation, hearing.of(self.role), look)
        doubtful = hearing.nearby(self.role)
        if doubtful.stream.text == hearing.of(self.role).stream.text or certain.state in ("unknown", "not_applicable"):
            return certain
        perhaps = self._joined(situation, doubtful, look)
        if perhaps.state in (certain.state, "not_applicable"):
            return certain
        return replace(perhaps, state="unknown", ruling=Ruling("review", "role_doubtful"))

    def _joined(self, situation: Situation, searched: Searched, look: Look) -> Outcome:
        windows = self.windows(situation)
        if self.near is not None and not windows:
            return unsaid(situation, self.items)
        outer: Joint = "all_of" if self.near is not None and self.near.hit == "each" else "any_of"
        found = []
        for window in windows:
            zones = self.zones(searched.stream, window) or (Zone(window, 0, 0),)
            found.append(join("all_of", [_weighed(situation.case, look(searched, zone), zone) for zone in zones]))
        return join(outer, found) if found else Outcome("not_applicable", ruling=NOWHERE)


NOWHERE = Ruling("not_applicable", "scope_empty")


def _weighed(case: Case, seen: Seen, zone: Zone) -> Outcome:
    outcome = seen.outcome if seen.outcome.window else replace(seen.outcome, window=zone.interval)
    if not seen.by_absence or outcome.state not in ("hit", "miss"):
        return outcome
    why = unjudged(case, zone.interval)
    return replace(outcome, state="unknown", ruling=why) if why else outcome


def unjudged(case: Case, window: Interval) -> Ruling | None:
    """Why something not heard in `window` proves nothing, or None when it does."""
    whole = case.unjudgeable()
    if whole is not None:
        return whole
    covered = case.coverage(window)
    if covered < case.settings.coverage_floor:
        return Ruling("inconclusive", "coverage_low", {"share": f"{covered:.0%}"})
    return None


def _sentences(stream: Stream, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Bounds of the sentences between letters `first` and `last`."""
    starts = [first, *(one for one in stream.sentence_starts if first < one < last)]
    for start, end in zip(starts, [*starts[1:], last], strict=True):
        if start < end:
            yield start, end


def sentences(stream: Stream, zone: Zone) -> list[tuple[int, int]]:
    """Bounds of the sentences inside `zone`."""
    return list(_sentences(stream, zone.first, zone.last))


def _counted(spans: Sequence[tuple[int, int]], wanted: SentencePart) -> list[tuple[int, int]]:
    first = wanted.from_ - 1 if wanted.from_ > 0 else max(0, len(spans) + wanted.from_)
    last = wanted.to if wanted.to > 0 else len(spans) + wanted.to + 1
    return list(spans[first : max(first, last)])
