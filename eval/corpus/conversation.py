"""What is said in one session, before it is spoken: items in their order, each with its words and the reply to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from engine.errors import MingjianError
from engine.inspection import Severity, Verdict
from eval.corpus.manifest import Split
from eval.corpus.sales import Sale
from eval.corpus.templates import AnyOrder, Bank, Instead, ItemPhrases, Scenarios, When, of_split

AGENT, CUSTOMER, OTHER = "A", "B", "C"
GRAVE: tuple[Severity, ...] = ("critical", "high")
"""Severities whose failure flags a session under the default policy."""


@dataclass(frozen=True)
class Rules:
    """What a scenario's rule set has: the severity of each item, and which items are forbidden expressions."""

    severity: Mapping[str, Severity]
    forbidden: tuple[str, ...]

    def grave(self, item: str) -> bool:
        """Whether the failure of `item` flags the session."""
        return self.severity.get(item) in GRAVE


class Phraser:
    """Draws phrases that a split may use, and fills in the words of the sale."""

    def __init__(self, random: Random, split: Split, words: Mapping[str, str]) -> None:
        self.random = random
        self._split = split
        self._words = words

    def pick(self, phrases: Sequence[str]) -> str:
        """One of `phrases`, as it stands."""
        return self.random.choice(of_split(phrases, self._split))

    def among(self, phrases: Sequence[str | Instead]) -> str | Instead:
        """One of the things said instead of an item."""
        return self.random.choice(of_split(phrases, self._split))

    def fill(self, phrase: str, other: Mapping[str, str] | None = None) -> str:
        """`phrase` with its slots filled; `other` words go before those of the sale.

        Raises MingjianError `corpus_plan` for a slot nobody knows.
        """
        try:
            return phrase.format_map({**self._words, **(other or {})})
        except (KeyError, ValueError, IndexError, AttributeError) as error:
            raise MingjianError("corpus_plan", path="phrases.yaml", detail=f"{phrase!r}: {error}") from error


@dataclass
class Spoken:
    """One thing the salesperson says, and the reply. `item` is None for what is said beside the items.

    `silent`: a reply is due and none comes. `planted`: it is part of what is wrong with the session.
    """

    item: str | None
    say: str
    reply: str | None = None
    by: str = CUSTOMER
    silent: bool = False
    planted: bool = False


@dataclass
class Conversation:
    """A session as it is being written, and what a careful person would judge of each item."""

    sale: Sale
    spoken: list[Spoken]
    verdicts: dict[str, Verdict]
    target: str | None = None
    notes: list[str] = field(default_factory=list)

    def of(self, item: str) -> Spoken:
        """Where `item` is said. Raises StopIteration where it is not."""
        return next(one for one in self.spoken if one.item == item)

    @property
    def items(self) -> list[str]:
        """The items that are said, in their order."""
        return [one.item for one in self.spoken if one.item is not None]


def converse(sale: Sale, phraser: Phraser, bank: Bank, templates: Scenarios, rules: Rules, brief: bool) -> Conversation:
    """A session in which every item is said and answered as it should be; a `brief` one leaves the small ones out."""
    spoken = []
    items = list(_items(sale, phraser.random, templates))
    left_out = [item for item in items if brief and item in templates.left_out_when_brief]
    for item in items:
        if item in left_out:
            continue
        phrases = phrases_of(item, bank)
        say = phraser.fill(phraser.pick(phrases.wordings(sale.tags)))
        reply = phraser.pick(bank.answers[phrases.answer]) if phrases.answer else None
        spoken.append(Spoken(item, say, reply))
    verdicts: dict[str, Verdict] = {one.item: "pass" for one in spoken if one.item}
    verdicts |= {item: "fail" for item in left_out if item in rules.severity}
    verdicts |= dict.fromkeys(rules.forbidden, "pass")
    wrong_order = templates.scenarios[sale.scenario].wrong_order
    if wrong_order.rule in rules.severity:
        verdicts[wrong_order.rule] = "pass"
    closing = Spoken(None, phraser.pick(bank.closing.agent), phraser.pick(bank.closing.customer))
    return Conversation(sale, [*spoken, closing], verdicts)


def phrases_of(item: str, bank: Bank) -> ItemPhrases:
    """The wordings of `item`. Raises MingjianError `corpus_plan` where the bank has none."""
    if item not in bank.items:
        raise MingjianError("corpus_plan", path="phrases.yaml", detail=f"items.{item}: ?")
    return bank.items[item]


def _items(sale: Sale, random: Random, templates: Scenarios) -> Iterator[str]:
    for step in templates.steps(sale.scenario):
        if isinstance(step, AnyOrder):
            groups = list(step.any_order)
            random.shuffle(groups)
            for group in groups:
                yield from (name for one in group for name in _said_in(one, sale))
        else:
            yield from _said_in(step, sale)


def _said_in(step: str | When, sale: Sale) -> tuple[str, ...]:
    if isinstance(step, str):
        return (step,)
    return (step.item,) if not step.when or any(tag in sale.tags for tag in step.when) else ()
