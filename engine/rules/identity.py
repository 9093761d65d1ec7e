"""Numbers of people and telephones: the arithmetic of 居民身份证 numbers, and phones written alike.

GB 11643-1999: six digits of region, eight of the birth date, three of order (odd for men), one check character by
ISO 7064 MOD 11-2.

>>> number = parse_id("11010519491231002X")
>>> number.check_digit_right, number.birth_date.isoformat(), number.sex
(True, '1949-12-31', '女')
>>> plain_phone("+86 138-0013-8000")
'13800138000'
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.language.folding import fold

Sex = Literal["男", "女"]

ID_SHAPE = re.compile(r"[0-9]{17}[0-9x]")
MODULUS = 11
TEN = "X"
# GB/T 2261.1: 1 is male, 2 female
SEXES: dict[str, Sex] = {
    **dict.fromkeys(("男", "男性", "m", "male", "1"), "男"),
    **dict.fromkeys(("女", "女性", "f", "female", "2"), "女"),
}
COUNTRY = re.compile(r"^(?:\+|00)86|^86(?=1[3-9][0-9]{9}$)")
PHONE_SHOWN = 3, 2


@dataclass(frozen=True, slots=True)
class IdNumber:
    """An 18-digit 居民身份证 number, X in capitals."""

    text: str

    @property
    def check_digit_right(self) -> bool:
        return check_character(self.text[:-1]) == self.text[-1]

    @property
    def birth_date(self) -> date | None:
        """Digits 7 to 14; None where they are no day of the calendar."""
        digits = self.text[6:14]
        try:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return None

    @property
    def sex(self) -> Sex:
        """Digit 17, odd for men."""
        return "男" if int(self.text[16]) % 2 else "女"


def parse_id(text: str) -> IdNumber | None:
    """The number, or None where `text` is no 18-digit one (a passport, a permit, an old 15-digit number)."""
    written = re.sub(r"[\s\-]", "", fold(text))
    return IdNumber(written.upper()) if ID_SHAPE.fullmatch(written) else None


def check_character(digits: str) -> str:
    """The check character of `digits` by ISO 7064 MOD 11-2, ten being written X. Raises ValueError for anything but
    digits.
    """
    remainder = 0
    for digit in digits:
        remainder = (remainder + int(digit)) * 2 % MODULUS
    value = (12 - remainder) % MODULUS
    return TEN if value == 10 else str(value)


def plain_sex(text: str) -> Sex | None:
    """男 or 女, however it is written; None where it says neither."""
    return SEXES.get(fold(text).strip())


def plain_phone(text: str) -> str:
    """The digits of a telephone number, without the country's 86."""
    digits = re.sub(r"[^0-9+]", "", fold(text))
    return re.sub(r"[^0-9]", "", COUNTRY.sub("", digits, count=1))


def masked_phone(text: str) -> str:
    """The number with its middle hidden, of the same length.

    >>> masked_phone("13800138000")
    '138******00'
    """
    first, last = PHONE_SHOWN
    digits = plain_phone(text)
    if len(digits) <= first + last:
        return "*" * len(digits)
    return digits[:first] + "*" * (len(digits) - first - last) + digits[-last:]
