"""Conditions on order data, as compliance staff write them: product.design_type in [分红型, 万能型] and
policyholder.age >= 60.

Three-valued: where the order lacks a field, the answer may be unknown, and the missing fields are named. `and`, `or`
and `not` follow suit: false and unknown is false, true or unknown is true. What is compared with a figure that cannot
be there (the payment years of a single premium) is false. `given PATH` asks whether the order has the field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne

from engine.rules.orders import OrderView, Value, known_path

TOKEN = re.compile(
    r"\s*(?:(?P<op>==|!=|>=|<=|>|<|\+|\(|\)|\[|\]|,)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<word>[\w.\u4e00-\u9fff]+))"
)
ORDERINGS: dict[str, Callable[[Decimal, Decimal], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}
EQUALITIES: dict[str, Callable[[Value, Value], bool]] = {"==": eq, "!=": ne}
BOOLEANS = {"true": True, "false": False}
WORDS = {"and", "or", "not", "in", "given"}


@dataclass(frozen=True, slots=True)
class Truth:
    """True, False, or None for unknown; `missing` names the order fields that made it so."""

    value: bool | None
    missing: tuple[str, ...] = ()


Test = Callable[[OrderView], Truth]
Term = Callable[[OrderView], tuple[Value, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition. `paths` are the order fields it reads. Equal texts are equal conditions."""

    text: str
    paths: tuple[str, ...]
    test: Test = field(compare=False, repr=False)

    def holds(self, view: OrderView) -> Truth:
        return self.test(view)

    @property
    def about_products(self) -> bool:
        return any(path.startswith("product.") for path in self.paths)


def parse(text: str) -> Condition:
    """Parse a condition. Raises ValueError (Chinese / English) naming what was expected or which field is unknown."""
    parser = _Parser(text)
    test = parser.either()
    if parser.peek() is not None:
        raise ValueError(f"条件在“{parser.peek()}”处看不懂 / condition not understood at {parser.peek()!r}")
    return Condition(text, tuple(dict.fromkeys(parser.paths)), test)


class _Parser:
    """Recursive descent over either -> both -> negated -> compared -> summed -> single."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        self.paths: list[str] = []
        self.at = 0
        position = 0
        while position < len(text.rstrip()):
            match = TOKEN.match(text, position)
            if not match:
                raise ValueError(
                    f"条件里有看不懂的字符“{text[position]}” / unreadable character {text[position]!r} in condition"
                )
            self.tokens.append(match.group().strip())
            position = match.end()

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise ValueError("条件不完整 / the condition is incomplete")
        self.at += 1
        return token

    def expect(self, wanted: str) -> None:
        found = self.take()
        if found != wanted:
            raise ValueError(f"应为“{wanted}”，实为“{found}” / expected {wanted!r}, found {found!r}")

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == "or":
            self.take()
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda view: _either([test(view) for test in tests])

    def both(self) -> Test:
        tests = [self.negated()]
        while self.peek() == "and":
            self.take()
            tests.append(self.negated())
        return tests[0] if len(tests) == 1 else lambda view: _both([test(view) for test in tests])

    def negated(self) -> Test:
        if self.peek() == "not":
            self.take()
            test = self.negated()
            return lambda view: _negation(test(view))
        if self.peek() == "(":
            self.take()
            inner = self.either()
            self.expect(")")
            return inner
        if self.peek() == "given":
            self.take()
            term = self.single()
            return lambda view: Truth(term(view)[0] is not None)
        return self.compared()

    def compared(self) -> Test:
        left = self.summed()
        operator = self.peek()
        if operator == "in":
            self.take()
            options = self.options()
            return lambda view: _known(left(view), lambda value: _among(value, options))
        if operator in EQUALITIES:
            self.take()
            return self._pair(left, self.summed(), EQUALITIES[operator])
        if operator in ORDERINGS:
            self.take()
            return self._pair(left, self.summed(), _ordering(ORDERINGS[operator]))
        return lambda view: _known(left(view), bool)

    @staticmethod
    def _pair(left: Term, right: Term, compare: Callable[[Value, Value], bool | None]) -> Test:
        def test(view: OrderView) -> Truth:
            (first, lacking), (second, also_lacking) = left(view), right(view)
            missing = lacking + also_lacking
            if any(map(view.has_no, missing)):
                return Truth(False)
            return Truth(None, missing) if missing else Truth(compare(first, second))

        return test

    def options(self) -> tuple[Value, ...]:
        self.expect("[")
        found = [self.literal(self.take())]
        while self.peek() == ",":
            self.take()
            found.append(self.literal(self.take()))
        self.expect("]")
        return tuple(found)

    def summed(self) -> Term:
        terms = [self.single()]
        while self.peek() == "+":
            self.take()
            terms.append(self.single())
        if len(terms) == 1:
            return terms[0]

        def total(view: OrderView) -> tuple[Value, tuple[str, ...]]:
            values = [term(view) for term in terms]
            missing = tuple(field for _, lacking in values for field in lacking)
            if missing:
                return None, missing
            return sum((value for value, _ in values if isinstance(value, Decimal)), Decimal(0)), ()

        return total

    def single(self) -> Term:
        token = self.take()
        if ("." in token and not token[0].isdigit()) or known_path(token):
            if not known_path(token):
                raise ValueError(f"订单里没有字段“{token}” / the order has no field {token!r}")
            self.paths.append(token)

            def read(view: OrderView) -> tuple[Value, tuple[str, ...]]:
                value = view.value(token)
                return value, (token,) if value is None else ()

            return read
        value = self.literal(token)
        return lambda _: (value, ())

    def literal(self, token: str) -> Value:
        if token in BOOLEANS:
            return BOOLEANS[token]
        if token[0].isdigit():
            return Decimal(token)
        if token in WORDS or not re.match(r"\w", token):
            raise ValueError(f"此处应为值，实为“{token}” / expected a value, found {token!r}")
        return token


def _ordering(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[Value, Value], bool | None]:
    """Numbers are compared; of anything else the order is unknown."""

    def both_numbers(first: Value, second: Value) -> bool | None:
        return compare(first, second) if isinstance(first, Decimal) and isinstance(second, Decimal) else None

    return both_numbers


def _among(value: Value, options: tuple[Value, ...]) -> bool:
    """Whether the value, or one of a list of values, is an option."""
    return any(one in options for one in value) if isinstance(value, tuple) else value in options


def _known(found: tuple[Value, tuple[str, ...]], check: Callable[[Value], bool]) -> Truth:
    value, missing = found
    return Truth(None, missing) if missing else Truth(check(value))


def _missing(truths: list[Truth]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field for truth in truths if truth.value is None for field in truth.missing))


def _both(truths: list[Truth]) -> Truth:
    if any(truth.value is False for truth in truths):
        return Truth(False)
    return Truth(None, _missing(truths)) if _missing(truths) else Truth(True)


def _either(truths: list[Truth]) -> Truth:
    if any(truth.value is True for truth in truths):
        return Truth(True)
    return Truth(None, _missing(truths)) if _missing(truths) else Truth(False)


def _negation(truth: Truth) -> Truth:
    return truth if truth.value is None else Truth(not truth.value)
