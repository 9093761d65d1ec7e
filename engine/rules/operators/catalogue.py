"""All operators by their key in rule files."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from engine.rules.operators import (
    acoustic,
    cards,
    dialogue,
    files,
    fitness,
    language_model,
    meaning,
    orderdata,
    papers,
    repeat,
    script,
    sequence,
    similar,
    suitability,
    text,
    visual,
    voices,
)
from engine.rules.operators.base import Operator

FAMILIES: tuple[tuple[type[Operator], ...], ...] = (
    text.OPERATORS,
    meaning.OPERATORS,
    script.OPERATORS,
    similar.OPERATORS,
    repeat.OPERATORS,
    dialogue.OPERATORS,
    sequence.OPERATORS,
    acoustic.OPERATORS,
    voices.OPERATORS,
    visual.OPERATORS,
    papers.OPERATORS,
    cards.OPERATORS,
    files.OPERATORS,
    fitness.OPERATORS,
    orderdata.OPERATORS,
    suitability.OPERATORS,
    language_model.OPERATORS,
)


@cache
def by_key() -> Mapping[str, type[Operator]]:
    """Operator classes by key. Raises ValueError where two share one."""
    found: dict[str, type[Operator]] = {}
    for operator in (one for family in FAMILIES for one in family):
        if operator.key in found:
            raise ValueError(f"two operators are called {operator.key!r}")
        found[operator.key] = operator
    return MappingProxyType(found)
