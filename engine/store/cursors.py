"""Cursors of lists: where a page ended, as text that means nothing to whoever carries it."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from engine.errors import MingjianError

T = TypeVar("T")
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursor of the next page; None at the end."""

    rows: tuple[T, ...]
    cursor: str | None


def write(*place: str | int | None) -> str:
    """The cursor of a place: the values that the list is sorted by."""
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def read(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """The place of a cursor, whose values are of these kinds. Raises MingjianError `cursor_unreadable`."""
    try:
        if len(cursor) > LONGEST:
            raise ValueError("too long")
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(place, list) or [type(one) for one in place] != list(kinds):
            raise ValueError("of another list")
        if any(_is_out_of_bounds(one) for one in place):
            raise ValueError("out of bounds")
    except (ValueError, binascii.Error, RecursionError) as error:
        raise MingjianError("cursor_unreadable") from error
    return tuple(place)


def _is_out_of_bounds(value: str | int) -> bool:
    """What no database takes: characters that are none, numbers of more than 64 bits."""
    if isinstance(value, str):
        return any(one == "\x00" or "\ud800" <= one <= "\udfff" for one in value)
    return not -(2**63) <= value < 2**63
