"""What all operators share: the situation they look at, and the outcome they come to.

An operator says whether its condition holds, never what that means: a check turns the outcome into a verdict.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from engine.inspection import Concept, Finding, Item, Note
from engine.interval import Interval
from engine.order import RelatedSession
from engine.rules.case import Case
from engine.rules.judgement import Ruling
from engine.rules.orders import OrderView
from engine.rules.schema import Detector, Part

State = Literal["hit", "miss", "unknown", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Said:
    """One complete occurrence of a disclosure: where it was said, and where the answer to it ended, if any."""

    item: str
    interval: Interval
    answered_until: float | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the recording and its order: earlier sessions and lists. None where nothing was supplied.

    `customers_by_phone`: phone number -> number of different customers that gave it. `do_not_call`: number -> ISO date
    of the refusal. `sha256_at_upload`: file name -> hash. `related`: the other sessions of the policy and those that
    share a file with this one, itself left out; empty where there are none.
    """

    customers_by_phone: Mapping[str, int] | None = None
    do_not_call: Mapping[str, str] | None = None
    sha256_at_upload: Mapping[str, str] | None = None
    related: tuple[RelatedSession, ...] | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """One session at the time its checks are judged: disclosures, forbidden expressions and visual rules are decided.

    `said`: complete occurrences by item id, in order of time. `items`: outcomes so far by item id (one per product).
    """

    case: Case
    view: OrderView
    said: Mapping[str, tuple[Said, ...]]
    items: Mapping[str, tuple[Item, ...]]
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a condition holds, on which evidence.

    `unknown` could not be judged and says why in `ruling` (its verdict is then `inconclusive` or `review`);
    `not_applicable` asks for nothing here. `ruling` of a hit or a miss is the sentence that explains it.
    """

    state: State
    findings: tuple[Finding, ...] = ()
    concepts: tuple[Concept, ...] = ()
    ruling: Ruling | None = None
    window: Interval | None = None
    notes: tuple[Note, ...] = ()


class Operator(Part):
    """Base of all operators. `key` is the operator's name in rule files. `detector`: what finds the things it looks
    for; not found is then no proof that they were not there.
    """

    key: ClassVar[str]
    detector: ClassVar[Detector | None] = None

    def look(self, situation: Situation) -> Outcome:
        """Whether the condition holds. Raises TimeoutError where a pattern does not come to an end."""
        raise NotImplementedError

    def phrases(self) -> Iterable[str]:
        """Phrases (as written in rules) that the transcript must be scanned for."""
        return ()

    def anchors(self) -> Iterable[str]:
        """Ids of the items the operator leans on; an unknown id is a fault of the rule set."""
        return ()
