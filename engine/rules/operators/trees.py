"""Read the condition of a check from plain data: joints and operators by key, every fault at its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from engine.rules.operators.base import Operator
from engine.rules.operators.catalogue import by_key
from engine.rules.operators.logic import JOINTS, Joined, Joint, Leaf, Node
from engine.rules.source import Fault, Location, Source, faults_of


@dataclass(frozen=True, slots=True)
class Placed:
    """An operator with the place of its parameters and what was written there. `negated`: it stands below none_of."""

    operator: Operator
    at: Location
    written: object
    negated: bool

    def place_of(self, text: str) -> Location:
        """Where `text` stands among the parameters, or the place of them all."""
        return next((where for where, found in _strings(self.written, self.at) if found == text), self.at)

    @property
    def about_product(self) -> bool:
        """Whether a parameter names a field of the product."""
        return any(text.startswith("product.") for _, text in _strings(self.written, self.at))


class TreeReader:
    """Reads conditions of one source. `faults` and `placed` fill up on the way."""

    def __init__(self, source: Source) -> None:
        self.faults: list[Fault] = []
        self.placed: list[Placed] = []
        self._source = source

    def read(self, data: object, at: Location, negated: bool = False) -> Node | None:
        """The condition written as `data` at `at`; None where it, or a part of it, is faulty."""
        if not isinstance(data, dict) or len(data) != 1:
            zh = "条件应写成一个键，如 {keyword: {…}} 或 {all_of: […]}"
            self._fault(at, zh, "a condition is one key, such as {keyword: {…}} or {all_of: […]}")
            return None
        ((key, value),) = data.items()
        if key in JOINTS:
            return self._joined(key, value, (*at, key), negated)
        return self._leaf(str(key), value, (*at, key), negated)

    def _joined(self, joint: Joint, value: object, at: Location, negated: bool) -> Node | None:
        n = 1
        if joint == "at_least":
            if not isinstance(value, dict) or set(value) != {"n", "of"} or not _counting(value["n"]):
                self._fault(at, "应写成 {n: 个数, of: [条件…]}", "expected {n: number, of: [conditions…]}")
                return None
            n, value, at = value["n"], value["of"], (*at, "of")
        if not isinstance(value, list) or not value:
            self._fault(at, "应为条件的列表，不能为空", "expected a list of conditions, not empty")
            return None
        if n > len(value):
            self._fault((*at[:-1], "n"), f"条件只有 {len(value)} 个", f"there are only {len(value)} conditions")
            return None
        parts = [self.read(one, (*at, i), negated or joint == "none_of") for i, one in enumerate(value)]
        kept = tuple(part for part in parts if part is not None)
        return Joined(joint, kept, n) if len(kept) == len(parts) else None

    def _leaf(self, key: str, value: object, at: Location, negated: bool) -> Node | None:
        known = by_key()
        if key not in known:
            names = "、".join((*JOINTS, *sorted(known)))
            self._fault(at, f"没有算子“{key}”，可用：{names}", f"unknown operator {key!r}, known: {names}")
            return None
        written = {} if value is None else value
        try:
            operator = known[key].model_validate(written)
        except ValidationError as error:
            self.faults += faults_of(self._source, at, error.errors())
            return None
        self.placed.append(Placed(operator, at, written, negated))
        return Leaf(operator)

    def _fault(self, at: Location, zh: str, en: str) -> None:
        self.faults.append(self._source.fault(at, zh, en))


def _counting(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _strings(value: object, at: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, (*at, index))
