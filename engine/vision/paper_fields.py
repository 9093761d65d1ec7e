"""Names, numbers and dates out of the lines of a card, and the time out of a recorder's stamp."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from engine.evidence import PaperField, PaperFieldName
from engine.vision.documents import Line

LONG_TERM = "long-term"

_NAME = re.compile(r"姓\s*名[:：]?\s*([\u4e00-\u9fff·]{2,8})")
_ID = re.compile(r"(?<!\d)([1-9]\d{16}[\dXx])(?![\dXx])")
_LABELLED: tuple[tuple[PaperFieldName, re.Pattern[str]], ...] = (
    ("licence_no", re.compile(r"(?:执业证?编?号码?|展业证号|证书?编?号|资格证号)[:：]?([A-Za-z0-9]{6,32})")),
    ("staff_no", re.compile(r"(?:工号|员工号|编号)[:：]?([A-Za-z0-9]{3,20})")),
)
_DAY = r"(\d{4})[.年/-](\d{1,2})[.月/-](\d{1,2})日?"
_VALID = re.compile(rf"有效期[限至到]?[:：]?(?:自|从)?(?:{_DAY})?[-—–~至到]*(?:{_DAY}|(长期))?")
_STAMP = re.compile(r"(20\d{2})[.年/-]?(\d{2})[.月/-]?(\d{2})日?[^\d]{0,6}(\d{2})[:：.](\d{2})[:：.](\d{2})(?!\d)")
_CONTINUED = re.compile(r"^[A-Za-z0-9]{4,}$")


def fields_of(lines: Sequence[Line]) -> tuple[PaperField, ...]:
    """What the lines say, each thing once, in the order of the card. A number broken at the end of a line is joined."""
    found: dict[tuple[PaperFieldName, str], None] = {}
    for text in _wholes(lines):
        for name, value in _in_line(text):
            found.setdefault((name, value), None)
    return tuple(PaperField(name, value) for name, value in found)


def _wholes(lines: Sequence[Line]) -> Iterator[str]:
    """Lines from top to bottom without spaces, one that only goes on with a number joined to the one before."""
    texts: list[str] = []
    for line in sorted(lines, key=lambda one: (one.top, one.left)):
        text = re.sub(r"\s", "", line.text)
        if texts and _CONTINUED.match(text) and re.search(r"[号码][:：]?[A-Za-z0-9]+$", texts[-1]):
            texts[-1] += text
        else:
            texts.append(text)
    yield from texts


def _in_line(text: str) -> Iterator[tuple[PaperFieldName, str]]:
    if name := _NAME.search(text):
        yield "name", name.group(1)
    if number := _ID.search(text):
        yield "id_number", number.group(1).upper()
    else:
        for label, pattern in _LABELLED:
            if numbered := pattern.search(text):
                yield label, numbered.group(1)
                break
    if valid := _VALID.search(text):
        first, last = _day(valid.groups()[:3]), _day(valid.groups()[3:6])
        only_end = first is not None and last is None and valid.group(7) is None
        if first and not only_end:
            yield "valid_from", first
        if valid.group(7):
            yield "valid_until", LONG_TERM
        elif end := last or (first if only_end else None):
            yield "valid_until", end


def _day(parts: Sequence[str | None]) -> str | None:
    try:
        year, month, day = (int(one) for one in parts if one is not None)
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def stamp_of(text: str) -> datetime | None:
    """The date and time of a recorder's stamp such as 2026-11-02 10:12:05, None where there is none that can be."""
    found = _STAMP.search(text)
    if found is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(one) for one in found.groups())
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
