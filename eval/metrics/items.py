"""Items against their labels: what was raised, missed, cleared and left open, per item and in sum.

An item is a violation where its label is `fail`. The machine raises it by `fail` or `review`: either brings it before
a person. Labels `review` and `inconclusive` say that a careful person could not decide; they stand in the confusion
matrix and count in no rate.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

from engine.inspection import Inspection, Item, Severity, Verdict
from eval.metrics.counts import Detection, Share

Got = Verdict | Literal["absent"]
"""A machine verdict, or `absent`: the rule set has no such item."""

PRODUCT = "#"
"""Stands in a label between the id of a rule and the place of a product, from 0."""

RAISED: frozenset[Got] = frozenset({"fail", "review"})
CLEARED: frozenset[Got] = frozenset({"pass", "not_applicable", "absent"})
DECIDED: tuple[Verdict, ...] = ("fail", "pass", "not_applicable")
"""Labels that say what is true."""

WORST_FIRST: tuple[Verdict, ...] = ("fail", "review", "inconclusive", "pass", "not_applicable")
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class Ruled(Protocol):
    """What a rule came to."""

    @property
    def id(self) -> str: ...
    @property
    def product_index(self) -> int | None: ...
    @property
    def verdict(self) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """How often each label met each verdict; `severity` is the item's own, None where no rule set had it."""

    severity: Severity | None = None
    pairs: Mapping[tuple[Verdict, Got], int] = field(default_factory=dict)

    def __add__(self, other: "ItemCounts") -> "ItemCounts":
        pairs = dict(self.pairs)
        for pair, count in other.pairs.items():
            pairs[pair] = pairs.get(pair, 0) + count
        known = [one for one in SEVERITIES if one in (self.severity, other.severity)]
        return ItemCounts(known[0] if known else None, pairs)

    def count(self, expected: Iterable[Verdict], got: Callable[[Got], bool] = lambda _: True) -> int:
        """How often a label of `expected` met a verdict that is `got`."""
        chosen = frozenset(expected)
        return sum(count for (label, verdict), count in self.pairs.items() if label in chosen and got(verdict))

    def _found(self, raised: frozenset[Got]) -> Detection:
        hits = self.count(("fail",), raised.__contains__)
        false_alarms = self.count(("pass", "not_applicable"), raised.__contains__)
        return Detection(hits, false_alarms, self.count(("fail",)) - hits)

    @property
    def raised(self) -> Detection:
        """Violations brought before a person, as `fail` or `review`."""
        return self._found(RAISED)

    @property
    def failed(self) -> Detection:
        """Violations called `fail`: the strict reading."""
        return self._found(frozenset({"fail"}))

    @property
    def cleared(self) -> Share:
        """Violations that nobody is asked to look at: passed, not applicable, or no such item."""
        return Share(self.count(("fail",), CLEARED.__contains__), self.count(("fail",)))

    @property
    def inconclusive(self) -> Share:
        """What could be decided from the recording and was left open."""
        return Share(self.count(DECIDED, "inconclusive".__eq__), self.count(DECIDED))

    @property
    def agreed(self) -> Share:
        """Decided labels that the machine's verdict equals."""
        return Share(sum(self.pairs.get((one, one), 0) for one in DECIDED), self.count(DECIDED))


@dataclass(frozen=True, slots=True)
class ItemTable:
    """Counts of every labelled item, by its id."""

    items: Mapping[str, ItemCounts] = field(default_factory=dict)

    @classmethod
    def zero(cls) -> "ItemTable":
        """Nothing labelled, neutral in sums."""
        return cls()

    def __add__(self, other: "ItemTable") -> "ItemTable":
        if not other.items:
            return self
        items = dict(self.items)
        for name, counts in other.items.items():
            items[name] = items[name] + counts if name in items else counts
        return ItemTable(items)

    def total(self, *severities: Severity) -> ItemCounts:
        """All items of these severities together; of all items without any."""
        chosen = (one for one in self.items.values() if not severities or one.severity in severities)
        return sum(chosen, ItemCounts())

    def rows(self) -> Iterator[tuple[str, ItemCounts]]:
        """Items by severity and id, worst first."""
        order = {severity: place for place, severity in enumerate(SEVERITIES)}
        yield from sorted(self.items.items(), key=lambda one: (order.get(one[1].severity or "low", len(order)), one[0]))


def measure_items(labels: Mapping[str, Verdict] | None, inspection: Inspection) -> ItemTable:
    """What became of each labelled item. A label of a rule stands for its worst verdict on all products; one of a
    product (`dr_period#1`) for the verdict there. Both count for the rule."""
    got: dict[str, Verdict] = {item_key(item): item.verdict for item in inspection.items} | verdicts(inspection.items)
    severity = {item.id: item.severity for item in inspection.items}
    table: dict[str, ItemCounts] = {}
    for key, label in (labels or {}).items():
        rule = key.partition(PRODUCT)[0]
        counts = ItemCounts(severity.get(rule), {(label, got.get(key, "absent")): 1})
        table[rule] = table[rule] + counts if rule in table else counts
    return ItemTable(table)


def verdicts(items: Iterable[Ruled]) -> dict[str, Verdict]:
    """Verdict by rule, the worst of all products."""
    found: dict[str, Verdict] = {}
    for item in items:
        before = found.get(item.id)
        if before is None or WORST_FIRST.index(item.verdict) < WORST_FIRST.index(before):
            found[item.id] = item.verdict
    return found


def item_key(item: Ruled) -> str:
    """How a label names an item: its rule, and the place of its product where it is judged per product."""
    return item.id if item.product_index is None else f"{item.id}{PRODUCT}{item.product_index}"


def label_of(item: Item, labels: Mapping[str, Verdict]) -> Verdict | None:
    """The label of one item: of its product where there is one, else of its rule."""
    return labels.get(item_key(item), labels.get(item.id))
