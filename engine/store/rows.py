"""From rows to frozen dataclasses: no object of the database leaves the store."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def as_row(kind: type[T], source: Any) -> T:
    """The dataclass `kind` filled from the attributes of `source` that have its fields' names."""
    return kind(**{one.name: getattr(source, one.name) for one in fields(kind)})  # type: ignore[arg-type]


def as_rows(kind: type[T], sources: Iterable[Any]) -> tuple[T, ...]:
    """The same for many."""
    return tuple(as_row(kind, one) for one in sources)
