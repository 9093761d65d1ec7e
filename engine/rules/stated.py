"""Answers that state a fact instead of saying yes: a birth date, digits of an identity card, a name, an address.

What was asked for is looked for in the answer and compared with the order. Dates are spoken in many ways (一九八五年
三月四号, 85年3月4日, 三月四号, 19850304); a date without its year, or the last digits of a number, are compared as far
as they go. What cannot be read as a statement of the fact is neither equal nor different.

>>> spoken_dates("我是八五年三月四号生的")
(SpokenDate(month=3, day=4, year=85, start=2, end=9),)
>>> spoken_digits("后四位是幺二三叉")
('123X',)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz.fuzz import partial_ratio

from engine.language.folding import bare, fold
from engine.language.numbers import find
from engine.language.pinyin import syllables
from engine.rules.schema import SettingsPart

Statement = Literal["birth_date", "id_number", "name", "address"]
Match = Literal["equal", "different", "unknown"]

DIGIT = "0-9零〇一二三四五六七八九幺两"
YEAR = f"(?P<year>[{DIGIT}]{{4}}|[{DIGIT}]{{2}})年"
MONTH = "(?P<month>[0-9]{1,2}|十[一二]?|[一二三四五六七八九])月"
DAY = "(?P<day>[0-9]{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?:号|日)?"
SPOKEN_DATE = re.compile(f"(?:{YEAR})?(?:的)?{MONTH}(?:份的?)?{DAY}")
READ_OUT_DATE = re.compile(f"(?<![{DIGIT}])(?P<year>(?:19|20|一九|二零|二〇|幺九)[{DIGIT}]{{2}})"
                           f"(?P<month>[{DIGIT}]{{2}})(?P<day>[{DIGIT}]{{2}})(?![{DIGIT}])")  # fmt: skip
LUNAR = ("农历", "阴历", "旧历", "腊月", "正月", "初")
DIGITS = {"〇": "0", "幺": "1", "两": "2", **{letter: str(i) for i, letter in enumerate("零一二三四五六七八九")}}
RUN = re.compile(f"[{DIGIT}]{{3,18}}(?:x|叉|爱克斯|艾克斯)?")
WHOLE_ID = 18
SHORTEST_TAIL = 4
CALLED = re.compile(
    "(?:我(?:的名字)?(?:是|叫)|名字(?:是|叫)|本人(?:是|叫)?|姓名(?:是|叫)?)(?P<name>[\u4e00-\u9fff]{2,4})"
)
NO_NAME = ("投保人", "本人", "自己", "的", "不是", "啊", "呀", "他", "她", "对", "是")
PLACES = re.compile("[省市区县镇乡村路街巷弄号栋楼室院]")
SHORTEST_ADDRESS = 4


@dataclass(frozen=True, slots=True)
class SpokenDate:
    """A date as it was said, from letter `start` to `end`. `year` has two or four digits, or was left out."""

    month: int
    day: int
    year: int | None
    start: int
    end: int

    def is_of(self, other: date) -> bool:
        """Whether it is `other`, as far as it goes."""
        same_year = self.year is None or self.year in (other.year, other.year % 100)
        return same_year and (self.month, self.day) == (other.month, other.day)


def compare(kind: Statement, said: str, expected: str, settings: SettingsPart) -> Match:
    """What the answer `said` states of the order's `expected` value (a date in ISO form)."""
    text = bare(fold(said)) if kind in ("name", "address") else fold(said)
    if kind == "birth_date":
        return _date(text, expected)
    if kind == "id_number":
        return _digits(text, expected)
    return _name(text, expected, settings) if kind == "name" else _address(text, expected, settings)


def spoken_dates(said: str) -> tuple[SpokenDate, ...]:
    """Every date said with its month and day."""
    text = fold(said)
    found = [*SPOKEN_DATE.finditer(text), *READ_OUT_DATE.finditer(text)]
    return tuple(_as_date(match) for match in sorted(found, key=lambda one: one.start()))


def _as_date(match: re.Match[str]) -> SpokenDate:
    year = match["year"]
    return SpokenDate(
        _small(match["month"]), _small(match["day"]), int(_plain(year)) if year else None, match.start(), match.end()
    )


def _small(written: str) -> int:
    """A number below a hundred, counted (二十三) or read out digit by digit (零三)."""
    plain = _plain(written)
    if plain.isdecimal():
        return int(plain)
    return int(next(iter(find(written))).value)


def _plain(written: str) -> str:
    return "".join(DIGITS.get(letter, letter) for letter in written)


def spoken_digits(said: str) -> tuple[str, ...]:
    """Every run of digits that was read out and is no date; X as the last."""
    text = fold(said).replace(" ", "")
    for one in reversed(spoken_dates(text)):
        text = f"{text[: one.start]}，{text[one.end :]}"
    runs = []
    for match in RUN.finditer(re.sub("后?[三四五六四六八]位", "，", text)):
        plain = _plain(re.sub("x|叉|爱克斯|艾克斯", "X", match.group()))
        runs.append(plain)
    return tuple(runs)


def _date(text: str, expected: str) -> Match:
    try:
        wanted = date.fromisoformat(expected)
    except ValueError:
        return "unknown"
    said = spoken_dates(text)
    if not said or any(word in text for word in LUNAR):
        return "unknown"
    return "equal" if said[-1].is_of(wanted) else "different"


def _digits(text: str, expected: str) -> Match:
    said = [run for run in spoken_digits(text) if len(run) >= SHORTEST_TAIL]
    if not said:
        return "unknown"
    if expected.upper().endswith(said[-1]):
        return "equal"
    return "different" if len(said[-1]) in (SHORTEST_TAIL, 6, WHOLE_ID) else "unknown"


def _name(text: str, expected: str, settings: SettingsPart) -> Match:
    wanted = syllables(bare(fold(expected)))
    if wanted and wanted in syllables(text):
        return "equal"
    match = CALLED.search(text)
    if match is None or match["name"].startswith(NO_NAME):
        return "unknown"
    return "unknown" if _likeness(wanted, syllables(match["name"])) >= settings.name_doubt else "different"


def _address(text: str, expected: str, settings: SettingsPart) -> Match:
    if len(text) < SHORTEST_ADDRESS:
        return "unknown"
    share = _likeness(syllables(bare(fold(expected))), syllables(text))
    if share >= settings.name_share:
        return "equal"
    return "different" if share < settings.name_doubt and len(PLACES.findall(text)) > 1 else "unknown"


def _likeness(wanted: Sequence[str], said: Sequence[str]) -> float:
    return partial_ratio(wanted, said) / 100
