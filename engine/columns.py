"""Thousands of small records kept as columns: one array or list for each field instead of one object for each record.

An hour holds some fifteen thousand characters and as many faces in frames; read as columns they cost a fraction of the
time and the space, and what is not looked at is never made. Records whose fields are records themselves (a character's
interval) are laid out flat, with the path as the column's name: `interval.start`.

Stored as JSON, numbers are text: the type, a colon, and the base64 of the numbers' little-endian bytes, in single
precision (`f4`) where that holds every one of them exactly, else in double (`f8`); "not a number" stands for None.
Everything else is a list. Lists of numbers, as older evidence has them, are still read.

>>> stored(array("d", [0.5, 2.0]))
'f4:AAAAPwAAAEA='
>>> numbers_of("f4:AAAAPwAAAEA=").tolist()
[0.5, 2.0]
"""

import sys
from array import array
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache, partial
from itertools import repeat
from math import isfinite, isnan, nan
from operator import attrgetter, le
from typing import Any, TypeAlias, TypeVar, get_args, get_type_hints, overload

from pydantic import PlainSerializer, TypeAdapter, WrapValidator

from engine.interval import Interval

T = TypeVar("T")
Column = Sequence[Any]
Numbers: TypeAlias = "array[float]"
CODES = {"f8": "d", "f4": "f"}
"""Type codes of `array` for the stored types of numbers."""


class Records(Sequence[T]):
    """Records of a dataclass kept as columns, read only. A record is made when it is asked for; equal to a tuple of the
    same records.
    """

    __slots__ = ("_columns", "_count", "_kind", "_made")

    def __init__(self, kind: type[T], columns: dict[str, Column], count: int) -> None:
        self._kind, self._columns, self._count = kind, columns, count
        self._made: tuple[T, ...] | None = None

    def column(self, path: str) -> Column:
        """The values of one field of all records, which must not be changed; numbers as an array. `path` as in
        `interval.start`.
        """
        return self._columns[path]

    def columns(self) -> dict[str, Column]:
        """All columns by their path."""
        return self._columns

    def all(self) -> tuple[T, ...]:
        """Every record."""
        if self._made is None:
            self._made = tuple(_layout(self._kind).made(self._columns, 0, self._count))
        return self._made

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...

    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        if self._made is not None:
            return self._made[place]
        chosen = range(self._count)[place]
        if isinstance(chosen, int):
            one: T = _layout(self._kind).made(self._columns, chosen, chosen + 1)[0]
            return one
        if chosen.step != 1:
            return self.all()[place]
        return tuple(_layout(self._kind).made(self._columns, chosen.start, max(chosen.start, chosen.stop)))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return iter(self.all())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Records):
            return self.all() == other.all()
        return self.all() == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.all())

    def __repr__(self) -> str:
        return repr(self.all())


def column(records: Sequence[Any], path: str) -> Column:
    """The values of the field at `path` of all `records`, in order."""
    if isinstance(records, Records):
        return records.column(path)
    return list(map(attrgetter(path), records))


@dataclass(frozen=True)
class _Leaf:
    """A column. `kind` is what JSON holds; `numbers`: kept as an array, None as "not a number" where `nullable`."""

    path: str
    kind: TypeAdapter[list[Any]]
    numbers: bool
    nullable: bool
    default: Any

    def read(self, written: dict[str, Any], count: int) -> Column:
        """The column as it is kept. Raises ValueError where it is missing without a default, or wrong."""
        if self.path not in written:
            if self.default is MISSING:
                raise ValueError(f"column {self.path!r} is missing")
            return self._kept([self.default] * count)
        found = written[self.path]
        return numbers_of(found) if self.numbers and isinstance(found, str) else self._kept(found)

    def _kept(self, values: list[Any]) -> Column:
        checked = self.kind.validate_python(values)
        return array("d", (nan if one is None else one for one in checked)) if self.numbers else checked

    def gathered(self, records: Sequence[Any]) -> Column:
        """The column of `records`."""
        return self._kept(list(map(attrgetter(self.path), records)))

    def made(self, columns: dict[str, Column], first: int, last: int) -> list[Any]:
        found = columns[self.path][first:last]
        values = found.tolist() if isinstance(found, array) else list(found)
        return [None if isnan(one) else one for one in values] if self.numbers and self.nullable else values


@dataclass(frozen=True)
class _Record:
    kind: type
    path: str
    parts: "tuple[_Leaf | _Record, ...]"

    @property
    def leaves(self) -> list[_Leaf]:
        return [leaf for part in self.parts for leaf in ([part] if isinstance(part, _Leaf) else part.leaves)]

    def check(self, columns: dict[str, Column], count: int) -> None:
        """Raises ValueError where a record that checks itself would refuse its values."""
        for part in self.parts:
            if isinstance(part, _Record):
                part.check(columns, count)
        if self.kind is Interval:
            starts, ends = (columns[part.path] for part in self.parts)
            if all(map(isfinite, starts)) and all(map(isfinite, ends)) and all(map(le, starts, ends)):
                return
        if hasattr(self.kind, "__post_init__"):
            deque(map(self.kind, *(part.made(columns, 0, count) for part in self.parts)), maxlen=0)

    def made(self, columns: dict[str, Column], first: int, last: int) -> list[Any]:
        """The records from `first` to `last` (exclusive): slot by slot, a third of the price of as many calls. Their
        values have been checked.
        """
        values = [part.made(columns, first, last) for part in self.parts]
        if not hasattr(self.kind, "__slots__"):
            return list(map(self.kind, *values))
        made: list[Any] = list(map(object.__new__, repeat(self.kind, last - first)))
        for field, given in zip(fields(self.kind), values, strict=True):
            deque(map(self.kind.__dict__[field.name].__set__, made, given), maxlen=0)
        return made


def _layout(kind: type) -> _Record:
    return _laid_out(kind, "")


@cache
def _laid_out(kind: type, path: str) -> _Record:
    hints = get_type_hints(kind)
    return _Record(kind, path, tuple(_part(one, hints[one.name], path + one.name) for one in fields(kind)))


def _part(field: Field[Any], kind: Any, path: str) -> _Leaf | _Record:
    if isinstance(kind, type) and is_dataclass(kind):
        return _laid_out(kind, f"{path}.")
    nullable = type(None) in get_args(kind)
    numbers = kind is float or set(get_args(kind)) == {float, type(None)}
    return _Leaf(path, TypeAdapter(list[kind]), numbers, nullable, field.default)


def read(kind: type[T], written: dict[str, Any]) -> Records[T]:
    """The records behind columns as `write` returns them. A column that is not there has its field's default.

    Raises ValueError for columns of unequal length, a column without default that is missing, and wrong values.
    """
    layout = _layout(kind)
    named = [leaf for leaf in layout.leaves if leaf.path in written]
    columns = {leaf.path: leaf.read(written, 0) for leaf in named}
    lengths = {len(one) for one in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns of unequal length: {sorted(lengths)}")
    count = max(lengths, default=0)
    columns = {leaf.path: columns.get(leaf.path) or leaf.read(written, count) for leaf in layout.leaves}
    layout.check(columns, count)
    return Records(kind, columns, count)


def write(kind: type[T], records: Sequence[T]) -> dict[str, Any]:
    """`records`, all of dataclass `kind`, as columns of equal length that JSON can hold."""
    kept = {leaf.path: _column_of(records, leaf) for leaf in _layout(kind).leaves}
    return {path: stored(one) if isinstance(one, array) else one for path, one in kept.items()}


def _column_of(records: Sequence[Any], leaf: _Leaf) -> Column:
    return records.column(leaf.path) if isinstance(records, Records) else leaf.gathered(records)


def stored(numbers: Numbers) -> str:
    """Numbers as text, in the smallest type that holds every one exactly."""
    single: Numbers = array("f", numbers)
    name, written = ("f4", single) if all(map(_same, single, numbers)) else ("f8", numbers)
    if sys.byteorder == "big":
        written = array(written.typecode, written)
        written.byteswap()
    return f"{name}:{b64encode(written.tobytes()).decode()}"


def _same(first: float, second: float) -> bool:
    return first == second or (isnan(first) and isnan(second))


def numbers_of(text: str) -> Numbers:
    """Read back what `stored` wrote. Raises ValueError for anything else."""
    name, _, written = text.partition(":")
    if name not in CODES:
        raise ValueError(f"numbers of an unknown type {name[:8]!r}")
    found: Numbers = array(CODES[name])
    found.frombytes(b64decode(written, validate=True))
    if sys.byteorder == "big":
        found.byteswap()
    return found if name == "f8" else array("d", found)


def columnar(kind: type[T]) -> tuple[WrapValidator, PlainSerializer]:
    """What makes pydantic store a sequence of `kind` as columns; a list of records is still read."""
    return (
        WrapValidator(partial(_validated, kind)),
        PlainSerializer(lambda records: write(kind, records), when_used="json"),
    )


def _validated(kind: type[T], value: Any, by_one: Callable[[Any], Sequence[T]]) -> Sequence[T]:
    if isinstance(value, dict):
        return read(kind, value)
    return value if isinstance(value, Records) else tuple(by_one(value))
