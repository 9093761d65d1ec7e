"""Items that a condition leans on: where they were said, and what holds where they were not."""

from collections.abc import Sequence

from engine.rules.check_schema import MissingAnchor
from engine.rules.judgement import Ruling
from engine.rules.operators.base import Outcome, Situation

UNSAID = "anchor_unsaid"
NOT_DUE = "anchor_not_due"


def title_of(situation: Situation, item: str) -> str:
    """Title of the rule with id `item`, or the id where the rule set has none."""
    return situation.case.ruleset.titles.get(item, item)


def unsaid(situation: Situation, items: Sequence[str]) -> Outcome:
    """The outcome of a condition whose anchors `items` were never said; not applicable where none was due."""
    names = "、".join(title_of(situation, item) for item in items)
    judged = [one for item in items for one in situation.items.get(item, ())]
    if judged and all(one.verdict == "not_applicable" for one in judged):
        return Outcome("not_applicable", ruling=Ruling("not_applicable", NOT_DUE, {"item": names}))
    return Outcome("unknown", ruling=Ruling("inconclusive", UNSAID, {"item": names}))


def as_agreed(outcome: Outcome, missing: MissingAnchor, situation: Situation) -> Outcome:
    """`outcome`, with what the check states for an anchor that was never said.

    A missing anchor fails only where its absence could be judged.
    """
    if outcome.state != "unknown" or outcome.ruling is None or outcome.ruling.code != UNSAID:
        return outcome
    details = outcome.ruling.details
    if missing == "not_applicable":
        return Outcome("not_applicable", ruling=Ruling("not_applicable", UNSAID, details))
    if missing == "fail":
        ruling = situation.case.unjudgeable() or Ruling("fail", "anchor_due_unsaid", details)
        return Outcome("unknown", ruling=ruling)
    return outcome
