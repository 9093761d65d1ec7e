"""A team's own results from a table: CSV in the encodings that spreadsheets write, or JSON Lines.

Read as people write it: headings in any order and language, one row for each item or one for each session with the
items as columns. What cannot be understood is told with its line, all of it at once; the rest is used. Nothing is
guessed: a verdict that is no known word is a fault, never a pass.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from engine.errors import MingjianError
from eval.shadow.words import LOCATORS, VERDICTS, Column, HumanVerdict, Vocabulary, minutes, plain, vocabulary

LARGEST_BYTES = 256 * 1024 * 1024
MOST_ROWS = 2_000_000
MOST_FAULTS = 1000
LONGEST_CELL = 2000
SHOWN_CHARACTERS = 30
SECONDS = 1 / 60
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Locator:
    """What a row calls its session: `kind` is session | file | policy_no, `value` folded."""

    kind: Column
    value: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, from line `line` of the file. `item`: as it was written, None for the whole session.
    `minutes` went to this row, `session_minutes` to the whole session.
    """

    line: int
    locator: Locator
    item: str | None
    verdict: HumanVerdict
    reviewer: str | None = None
    minutes: float | None = None
    session_minutes: float | None = None


@dataclass(slots=True)
class Faults:
    """What could not be understood, with its place: the first MOST_FAULTS of them, and how many there are."""

    name: str
    told: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, zh: str, en: str) -> None:
        self.count += 1
        if len(self.told) < MOST_FAULTS:
            self.told.append(f"{self.name}:{line}：{zh} / {en}")


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that could be read. `ignored`: headings that say nothing here. `items_as_columns`: each item had a column."""

    decisions: tuple[Decision, ...]
    rows: int
    faults: Faults
    ignored: tuple[str, ...] = ()
    items_as_columns: bool = False


def read_decisions(path: Path) -> Decisions:
    """The decisions in `path`.

    Raises MingjianError `decisions_unreadable` where the file cannot be read at all, `decisions_invalid` where no row
    of it can be used, with every fault.
    """
    text = _text(path)
    faults = Faults(path.name)
    begin = text.lstrip()[:1]
    table = _Table(vocabulary(), faults)
    try:
        rows = _json_rows(text, faults) if begin in ("{", "[") else _csv_rows(text, faults)
        for line, row in rows:
            table.add(line, row)
            if table.rows > MOST_ROWS:
                raise MingjianError("decisions_unreadable", path=path, detail=f"> {MOST_ROWS} rows")
    except csv.Error as error:
        raise MingjianError("decisions_unreadable", path=path, detail=error) from error
    found = Decisions(tuple(table.decisions), table.rows, faults, tuple(table.ignored), table.wide)
    if not found.decisions:
        if not faults.count:
            faults.add(1, "没有记录", "no records")
        raise MingjianError("decisions_invalid", path=path, count=faults.count, faults="\n".join(faults.told))
    return found


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise MingjianError("decisions_unreadable", path=path, detail=f"> {LARGEST_BYTES} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise MingjianError("decisions_unreadable", path=path, detail=error.strerror or error) from error
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MingjianError("decisions_unreadable", path=path, detail="UTF-8, GB18030, UTF-16?")


def _csv_rows(text: str, faults: Faults) -> Iterator[tuple[int, Row]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t，|", key=lambda mark: (first.count(mark), mark == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings: list[str] | None = None
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if headings is None:
            headings = [cell.strip() for cell in cells]
            for double in sorted({one for one in headings if one and headings.count(one) > 1}):
                faults.add(reader.line_num, f"“{double}”一栏有两个", f"two columns {double!r}")
            continue
        if any(cell.strip() for cell in cells[len(headings) :]):
            zh, en = (
                f"有 {len(cells)} 栏，表头只有 {len(headings)} 栏",
                f"{len(cells)} cells under {len(headings)} headings",
            )
            faults.add(reader.line_num, zh, en)
            continue
        yield reader.line_num, dict(zip(headings, (cell.strip() for cell in cells), strict=False))


def _json_rows(text: str, faults: Faults) -> Iterator[tuple[int, Row]]:
    if text.lstrip().startswith("["):
        try:
            listed = json.loads(text)
        except (ValueError, RecursionError):
            faults.add(1, "不是 JSON", "no JSON")
            return
        pieces: Iterable[tuple[int, object]] = enumerate(listed, start=1)
    else:
        pieces = _parsed(text, faults)
    for line, value in pieces:
        if isinstance(value, dict):
            yield line, {str(key): _cell(cell) for key, cell in value.items()}
        else:
            faults.add(line, "不是一个对象", "no object")


def _parsed(text: str, faults: Faults) -> Iterator[tuple[int, object]]:
    for line, written in enumerate(text.splitlines(), start=1):
        if not written.strip():
            continue
        try:
            yield line, json.loads(written)
        except (ValueError, RecursionError):
            faults.add(line, "不是 JSON", "no JSON")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip() if isinstance(value, str | int | float) else "?"


class _Table:
    """Rows turned into decisions one by one."""

    def __init__(self, words: Vocabulary, faults: Faults) -> None:
        self._words, self._faults = words, faults
        self._known: dict[str, Column | None] = {}
        self._items: dict[str, bool] = {}
        self._told_missing = False
        self.decisions: list[Decision] = []
        self.rows = 0
        self.wide = False

    @property
    def ignored(self) -> Iterator[str]:
        """Headings that were not understood and are no items either."""
        return (name for name, column in self._known.items() if column is None and not self._items.get(name))

    def add(self, line: int, row: Row) -> None:
        self.rows += 1
        if any(len(cell) > LONGEST_CELL for cell in row.values()):
            self._faults.add(line, f"有超过 {LONGEST_CELL} 字的内容", f"a value of more than {LONGEST_CELL} characters")
            return
        cells: dict[Column, str] = {}
        for name, cell in row.items():
            column = self._column(name)
            if column is not None and plain(cell):
                cells.setdefault(column, cell)
        locator = _locator(cells)
        if locator is None:
            zh = "没有会话编号、文件名或保单号"
            self._faults.add(line, zh, "neither session, file nor policy number")
            return
        found = self._long(line, cells) if self._is_long(row) else self._wide(line, row)
        times = self._times(line, cells)
        reviewer = cells.get("reviewer")
        for number, (item, verdict) in enumerate(found):
            spent = times if number == 0 else (None, None)  # a row's time is counted once
            self.decisions.append(Decision(line, locator, item, verdict, reviewer, *spent))

    def _column(self, name: str) -> Column | None:
        if name not in self._known:
            self._known[name] = self._words.column(name)
        return self._known[name]

    def _is_long(self, row: Row) -> bool:
        """Whether a row is about one item (or the session), not about many items in columns of their own."""
        return any(self._column(name) in VERDICTS for name in row)

    def _long(self, line: int, cells: Mapping[Column, str]) -> list[tuple[str | None, HumanVerdict]]:
        column = next((one for one in VERDICTS if one in cells), None)
        if column is None:
            self._faults.add(line, "没有结论", "no verdict")
            return []
        verdict = self._words.verdict(cells[column], column)
        if verdict is None:
            self._unknown(line, cells[column])
            return []
        item = cells.get("item")
        return [(None if item is None or plain(item) in self._words.whole else item, verdict)]

    def _wide(self, line: int, row: Row) -> list[tuple[str | None, HumanVerdict]]:
        """Every column that begins with a verdict is an item."""
        found: list[tuple[str | None, HumanVerdict]] = []
        for name, cell in row.items():
            if self._column(name) is not None or not plain(cell):
                continue
            verdict = self._words.verdict(cell)
            if not self._items.setdefault(name, verdict is not None):
                continue
            if verdict is None:
                self._unknown(line, cell)
                continue
            self.wide = True
            found.append((None if plain(name) in self._words.whole else name, verdict))
        if not found and not self._told_missing:
            self._told_missing = True
            self._faults.add(
                line, "没有结论一栏，也没有以项目为名的栏", "neither a column of verdicts nor one named after an item"
            )
        return found

    def _unknown(self, line: int, word: str) -> None:
        shown = word[:SHOWN_CHARACTERS]
        self._faults.add(line, f"看不懂的结论“{shown}”", f"unknown verdict {shown!r}")

    def _times(self, line: int, cells: Mapping[Column, str]) -> tuple[float | None, float | None]:
        spent: list[float | None] = []
        for columns in ((("minutes", 1.0), ("seconds", SECONDS)), (("session_minutes", 1.0),)):
            spent.append(self._time(line, cells, columns))
        return spent[0], spent[1]

    def _time(self, line: int, cells: Mapping[Column, str], columns: Sequence[tuple[Column, float]]) -> float | None:
        for column, unit in columns:
            if column in cells:
                found = minutes(cells[column], unit)
                if found is None:
                    shown = cells[column][:SHOWN_CHARACTERS]
                    self._faults.add(line, f"看不懂的用时“{shown}”", f"unknown time {shown!r}")
                return found
        return None


def _locator(cells: Mapping[Column, str]) -> Locator | None:
    for kind in LOCATORS:
        if kind in cells:
            value = cells[kind]
            return Locator(kind, file_key(value) if kind == "file" else name_key(value))
    return None


def name_key(value: str) -> str:
    """A name of a session as it is compared."""
    return value.strip().casefold()


def file_key(value: str) -> str:
    """A file by its name alone, without the folders it lay in."""
    return PurePosixPath(value.strip().replace("\\", "/")).name.casefold()
