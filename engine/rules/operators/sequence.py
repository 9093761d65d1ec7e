"""The order in which things were said."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from engine.inspection import Concept, Finding
from engine.interval import Interval
from engine.rules.judgement import Ruling
from engine.rules.operators.anchors import title_of, unsaid
from engine.rules.operators.base import Operator, Outcome, Said, Situation
from engine.rules.operators.params import ItemId


class OrderOf(Operator):
    """These items were first said in this order. Items that do not apply to the sale drop out."""

    key: ClassVar[str] = "order_of"

    items: Annotated[tuple[ItemId, ...], Field(min_length=2)]

    def anchors(self) -> Iterable[str]:
        return self.items

    def look(self, situation: Situation) -> Outcome:
        due = [item for item in self.items if situation.said.get(item) or not _excused(situation, item)]
        first = [situation.said[item][0] for item in due if situation.said.get(item)]
        wrong = next((pair for pair in pairwise(first) if pair[1].interval.start < pair[0].interval.start), None)
        if wrong is not None:
            return self._turned(situation, *wrong)
        lost = [item for item in due if not situation.said.get(item)]
        if lost:
            return unsaid(situation, lost)
        names = "、".join(title_of(situation, one.item) for one in first)
        window = Interval(first[0].interval.start, max(one.interval.end for one in first))
        return Outcome("hit", ruling=Ruling("pass", "order_kept", {"items": names}), window=window)

    def _turned(self, situation: Situation, due_first: Said, due_later: Said) -> Outcome:
        """A miss: what was due later came first."""
        early, late = title_of(situation, due_later.item), title_of(situation, due_first.item)
        evidence = tuple(_finding(situation, one) for one in (due_later, due_first))
        return Outcome(
            "miss",
            evidence,
            tuple(Concept(title_of(situation, item), bool(situation.said.get(item))) for item in self.items),
            Ruling("review", "order_turned", {"early": early, "late": late}),
            Interval(due_later.interval.start, due_first.interval.end),
        )


def _excused(situation: Situation, item: str) -> bool:
    judged = situation.items.get(item, ())
    return bool(judged) and all(one.verdict == "not_applicable" for one in judged)


def _finding(situation: Situation, said: Said) -> Finding:
    """Where an item was said, in the words of the evidence found for it there."""
    stated = (one for item in situation.items.get(said.item, ()) for one in item.evidence)
    quote = next((one.quote for one in stated if Interval(one.start, one.end).overlap(said.interval) > 0), "")
    start, end = round(said.interval.start, 3), round(said.interval.end, 3)
    return Finding(start, end, "agent", quote, title_of(situation, said.item), "text", 1.0)


OPERATORS: tuple[type[Operator], ...] = (OrderOf,)
