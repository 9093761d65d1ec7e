"""Occurrences put together from the words of other items, which the customer has answered already.

A question about the receipt (回执是您本人签的吗) and one about the brochure (投保提示书您看过吗) hold between them
every word of a question about the signature, which was never put. Such an occurrence is no statement of its own: it
does not count where the item was said properly too, and a person listens where it is all there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from engine.interval import Interval
from engine.rules.case import Case
from engine.rules.concepts import LONGEST_SENTENCE, Occurrence
from engine.rules.listening import Heard, answered_within
from engine.rules.ruleset import Disclosure
from engine.rules.spoken import ROUNDING_S

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of sentences in which one item was said without an answer in between."""

    item: str
    span: Interval


def set_apart(
    case: Case, heard: Mapping[Key, Heard | None], rules: Mapping[Key, Disclosure]
) -> dict[Key, Heard | None]:
    """`heard` without the occurrences that are borrowed from other items; where an item has no others, they stay and
    it is marked as `borrowed`.
    """
    ours = {key: one for key, one in heard.items() if one is not None and one.by == "speaker" and one.complete}
    split = {
        key: frozenset(one for one in found.complete if answered_within(case, rules[key], one))
        for key, found in ours.items()
    }
    if not any(split.values()):
        return dict(heard)
    held = sorted(
        (
            Held(rules[key].head.id, _sentences(found, one))
            for key, found in ours.items()
            for one in found.complete
            if one not in split[key]
        ),
        key=lambda one: one.span,
    )
    apart = dict(heard)
    for key, found in ours.items():
        borrowed = {one for one in split[key] if _borrowed(rules[key].head.id, found, one, held)}
        own = tuple(one for one in found.complete if one not in borrowed)
        if borrowed:
            apart[key] = replace(found, complete=own) if own else replace(found, borrowed=True)
    return apart


def _sentences(heard: Heard, occurrence: Occurrence) -> Interval:
    stream = heard.searched.stream
    start, end = stream.around(occurrence.start, occurrence.end, stream.sentence_starts, LONGEST_SENTENCE)
    return stream.interval(start, end)


def _borrowed(item: str, heard: Heard, occurrence: Occurrence, held: Sequence[Held]) -> bool:
    """Whether every one of its words stands where another item was said."""
    stream = heard.searched.stream
    others = [one.span for one in held if one.item != item]
    words = [(stream.begins[found.start], stream.ending(found.start, found.end)) for found in occurrence.founds]
    return all(any(_covers(span, begin, end) for span in others) for begin, end in words)


def _covers(outer: Interval, begin: float, end: float) -> bool:
    return outer.start <= begin + ROUNDING_S and end <= outer.end + ROUNDING_S
