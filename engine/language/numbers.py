"""Numbers as they are spoken and as recognisers write them, with their exact place in the text.

>>> [(str(n.value), n.start, n.end) for n in find("每年交一万二，交十年")]
[('12000', 3, 6), ('10', 8, 9)]
>>> [str(n.value) for n in find("2万、1.5万、两千三百零五、幺零二三")]
['20000', '15000', '2305', '1023']
>>> [(str(n.value), n.part_of, n.rough) for n in find("百分之三点五、两三年")]
[('3.5', 100, False), ('2', None, True), ('3', None, True)]
>>> spell(12500)
'一万二千五百'
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

DIGITS = {d: i for i, d in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "幺": 1}
SMALL_UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE_UNITS = {"万": 10_000, "亿": 100_000_000}
PARTS = {"百分之": 100, "千分之": 1000}
PART_WORD = "之"
RANGE = "一二两三四五六七八九"
ARABIC = re.compile(r"[0-9]+(?:\.[0-9]+)?")
READ_OUT = re.compile("[零〇一二三四五六七八九幺]{2,}")
CONTINUING = frozenset([*DIGITS, *SMALL_UNITS, *LARGE_UNITS, *"点0123456789"])
START = re.compile("[0-9零〇一二两三四五六七八九幺十]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the span `start` to `end` (exclusive) it takes in the text.

    `digits` is set where it was read out digit by digit (幺零二三), and then keeps leading zeros. `part_of` is 100 for
    百分之三点五 and 1000 for 千分之五: `value` is then the number of hundredths or thousandths. `rough`: one bound of a
    range (两三年, 三四千).
    """

    value: Decimal
    start: int
    end: int
    digits: str | None = None
    part_of: int | None = None
    rough: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads one number from `start`; everything before `end` belongs to it."""

    text: str
    start: int
    end: int
    total: Decimal = Decimal(0)
    section: Decimal = Decimal(0)
    digit: Decimal | None = None
    last_small: int = 0
    last_unit: int = 0
    after_zero: bool = False
    whole_before_digit: int = 0

    def read(self) -> Number | None:
        index = self.start
        while index < len(self.text):
            step = self._step(index)
            if step == 0:
                break
            index += step
        if self.digit is not None:
            self._close()
        return Number(self.total + self.section, self.start, self.end) if self.end > self.start else None

    def _step(self, index: int) -> int:
        """Characters taken at `index`, 0 where the number has ended."""
        character = self.text[index]
        arabic = ARABIC.match(self.text, index) if character.isascii() else None
        if arabic:
            return self._take_digit(Decimal(arabic.group()), index, arabic.end())
        if character in "零〇" and self.digit is None and (self.total or self.section):
            self.after_zero = True
            return 1
        if character in DIGITS:
            return self._take_digit(Decimal(DIGITS[character]), index, index + 1)
        if character == "点" and self.digit is not None:
            return self._take_fraction(index)
        if character in SMALL_UNITS:
            return self._take_small(SMALL_UNITS[character], index)
        if character in LARGE_UNITS:
            return self._take_large(LARGE_UNITS[character], index)
        return 0

    def _take_digit(self, value: Decimal, index: int, end: int) -> int:
        if self.digit is not None:
            return 0
        self.digit, self.whole_before_digit, self.end = value, self.end, end
        return end - index

    def _take_fraction(self, index: int) -> int:
        end = index + 1
        while end < len(self.text) and self.text[end] in DIGITS:
            end += 1
        if end == index + 1 or self.digit is None:
            return 0
        places = "".join(str(DIGITS[c]) for c in self.text[index + 1 : end])
        self.digit += Decimal(f"0.{places}")
        self.end = end
        return end - index

    def _take_small(self, unit: int, index: int) -> int:
        if self.last_small and unit >= self.last_small:
            self._give_back_digit()
            return 0
        if self.digit is None and unit != 10:
            return 0
        self.section += (Decimal(1) if self.digit is None else self.digit) * unit
        return self._took_unit(unit, index, small=True)

    def _take_large(self, unit: int, index: int) -> int:
        amount = self.section + (self.digit or 0)
        if amount == 0 or (self.total and unit >= self.last_unit and self.last_unit >= min(LARGE_UNITS.values())):
            return 0
        self.total, self.section = self.total + amount * unit, Decimal(0)
        return self._took_unit(unit, index, small=False)

    def _took_unit(self, unit: int, index: int, small: bool) -> int:
        self.digit, self.after_zero = None, False
        self.last_small, self.last_unit, self.end = unit if small else 0, unit, index + 1
        return 1

    def _give_back_digit(self) -> None:
        """三百五百 are two numbers: the digit before the second unit begins the next one."""
        if self.digit is not None:
            self.digit, self.end = None, self.whole_before_digit

    def _close(self) -> None:
        """A last digit without unit: 一万二 counts thousands, 一百零二 and 二十三 count ones."""
        digit = self.digit or Decimal(0)
        shortened = self.last_unit >= 100 and not self.after_zero and 0 < digit < 10 and digit == int(digit)
        self.section += digit * (self.last_unit // 10) if shortened else digit


def _read_out(text: str, start: int) -> Number | None:
    """A number told digit by digit (二零二六, 幺零二三), or None."""
    match = READ_OUT.match(text, start)
    if not match or text[match.end() : match.end() + 1] in (*SMALL_UNITS, *LARGE_UNITS, "点"):
        return None
    digits = "".join(str(DIGITS[c]) for c in match.group())
    return Number(Decimal(digits), start, match.end(), digits)


def _read(text: str, start: int) -> Number | None:
    """The number at `start`; None where there is none. Most are a single digit, which needs no reader."""
    digit = DIGITS.get(text[start])
    if digit is not None and text[start + 1 : start + 2] not in CONTINUING:
        return Number(Decimal(digit), start, start + 1)
    return _read_out(text, start) or _Reader(text, start, start).read()


def find(text: str) -> list[Number]:
    """All numbers of `text` in order, not overlapping. `text` is folded and has no punctuation inside numbers.

    万一 and 千万 without a digit before them are words, not numbers.
    """
    return list(_scan(text))


def _scan(text: str) -> Iterator[Number]:
    index = 0
    while match := START.search(text, index):
        number = _read(text, match.start())
        if number is None:
            index = match.start() + 1
            continue
        index = number.end
        yield _as_part(text, number) or (replace(number, rough=True) if _rough(text, number) else number)


def _as_part(text: str, number: Number) -> Number | None:
    """百分之 and 千分之 belong to the number behind them; None without."""
    if text[number.start - 1 : number.start] != PART_WORD:
        return None
    for words, whole in PARTS.items():
        if text.endswith(words, 0, number.start):
            return replace(number, start=number.start - len(words), part_of=whole)
    return None


def _rough(text: str, number: Number) -> bool:
    """Whether two digits in a row give a range (两三年), of which `number` is the first or the second."""
    before, after = text[number.start - 1 : number.start], text[number.end : number.end + 1]
    starts_range = number.end - number.start == 1 and text[number.start] in RANGE and after in RANGE
    ends_range = number.digits is None and text[number.start] in RANGE and before in RANGE
    return number.digits is None and bool((after and starts_range) or (before and ends_range))


def spell(value: int) -> str:
    """A whole number below one hundred million in spoken Chinese (15 -> 十五). Raises ValueError for any other."""
    if not 0 <= value < LARGE_UNITS["亿"]:
        raise ValueError(f"cannot spell {value}")
    high, low = divmod(value, LARGE_UNITS["万"])
    if not high:
        return _spell_section(low, leading=True) or "零"
    gap = "零" if 0 < low < 1000 else ""
    return _spell_section(high, leading=True) + "万" + gap + _spell_section(low, leading=False)


def _spell_section(value: int, leading: bool) -> str:
    """A number below ten thousand; `leading` shortens 一十五 to 十五."""
    names, pending_zero = [], False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            names.append(("零" if pending_zero else "") + "零一二三四五六七八九"[digit] + name)
            pending_zero = False
        elif names:
            pending_zero = True
    spelled = "".join(names)
    return spelled[1:] if leading and spelled.startswith("一十") else spelled
