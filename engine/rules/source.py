"""Read YAML so that every value remembers where it stands, and say faults in the words of the person who wrote the
file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic_core import ErrorDetails

Location = tuple[str | int, ...]
MOST_VALUES = 50_000
"""Values of one file at most, aliases counted where they stand: a few lines of aliases of aliases make millions."""
Loader = yaml.SafeLoader | yaml.CSafeLoader
LOADER: type[Loader] = (
    yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
)  # the same data, ten times as fast
MOST_BRACKETS = 3_000
"""Of a file with broken syntax that is read again for a better word on it: that takes seconds where they are nested."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend in a file. `line` and `column` count from 1; `where` is the path of keys that leads to the
    value.
    """

    file: str
    line: int
    column: int
    where: str
    zh: str
    en: str

    def __str__(self) -> str:
        place = f" {self.where}" if self.where else ""
        return f"{self.file}:{self.line}:{self.column}{place}：{self.zh} / {self.en}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: in which file, at which line and column (from 1), under which keys of that file."""

    file: str
    line: int
    column: int
    location: Location


@dataclass(frozen=True, slots=True)
class Source:
    """Plain data with the place of each value: of one YAML file, or of several that were put together.

    `data` is None when the file is no YAML. `content` is what a hash of the data must cover.
    """

    name: str
    content: bytes
    data: Any
    marks: dict[Location, Place]
    faults: tuple[Fault, ...]

    def place(self, location: Location) -> Place:
        """Place of the value at `location`, or of the nearest value that contains it."""
        known = location
        while known and known not in self.marks:
            known = known[:-1]
        near = self.marks.get(known, Place(self.name, 1, 1, ()))
        return replace(near, location=(*near.location, *location[len(known) :]))

    def fault(self, location: Location, zh: str, en: str) -> Fault:
        place = self.place(location)
        return Fault(place.file, place.line, place.column, dotted(place.location), zh, en)


def dotted(location: Location) -> str:
    """items, 3, any -> items[3].any"""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def read(path: Path, name: str | None = None) -> Source:
    """Parse a YAML file, called `name` in faults. What cannot be read or parsed is a fault of the source, not an
    exception."""
    called = name or path.name
    try:
        content = path.read_bytes()
    except OSError as error:
        detail = error.strerror or str(error)
        fault = Fault(called, 1, 1, "", f"读不到文件（{detail}）", f"cannot be read ({detail})")
        return Source(called, b"", None, {}, (fault,))
    return parse(called, content)


def parse(name: str, content: bytes) -> Source:
    """Parse YAML text as if it stood in a file called `name`."""
    try:
        return _parsed(name, content, LOADER)
    except yaml.MarkedYAMLError:
        if content.count(b"[") + content.count(b"{") > MOST_BRACKETS:
            return _parsed(name, content, LOADER, told=True)
        return _parsed(name, content, yaml.SafeLoader, told=True)  # which says best what is wrong, and where


def _parsed(name: str, content: bytes, kind: type[Loader], told: bool = False) -> Source:
    """Raises yaml.MarkedYAMLError for broken syntax, unless it is to be `told` as a fault."""
    loader: Loader | None = None
    try:
        loader = kind(content.decode("utf-8-sig"))
        root = loader.get_single_node()
        if root is None:
            return Source(name, content, None, {}, (Fault(name, 1, 1, "", "文件是空的", "the file is empty"),))
        marks: dict[Location, Place] = {}
        faults: list[Fault] = []
        data = _value(loader, root, (), name, marks, faults)
        return Source(name, content, data, marks, tuple(faults))
    except UnicodeDecodeError as error:
        fault = Fault(name, 1, 1, "", "不是 UTF-8 文字", f"not UTF-8 text ({error.reason})")
    except yaml.MarkedYAMLError as error:
        if not told and kind is not yaml.SafeLoader:
            raise
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        fault = Fault(name, line, column, "", f"YAML 语法错误：{error.problem}", f"YAML syntax: {error.problem}")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        fault = Fault(name, 1, 1, "", f"YAML 无法解析：{error}", f"YAML cannot be parsed: {error}")
    finally:
        if loader is not None:
            loader.dispose()
    return Source(name, content, None, {}, (fault,))


def _value(
    loader: Loader,
    node: yaml.Node,
    location: Location,
    name: str,
    marks: dict[Location, Place],
    faults: list[Fault],
) -> Any:
    marks[location] = Place(name, node.start_mark.line + 1, node.start_mark.column + 1, location)
    if len(marks) > MOST_VALUES:
        raise ValueError(f"超过 {MOST_VALUES} 个值 / more than {MOST_VALUES} values")
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, child, (*location, i), name, marks, faults) for i, child in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node, deep=True)
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        if key in mapping:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            faults.append(
                Fault(name, line, column, dotted((*location, key)), f"“{key}”写了两次", f"{key!r} is given twice")
            )
        mapping[key] = _value(loader, value_node, (*location, key), name, marks, faults)
    return mapping


KINDS = {
    "string_type": ("文字", "text"),
    "int_type": ("整数", "a whole number"),
    "int_parsing": ("整数", "a whole number"),
    "int_from_float": ("整数", "a whole number"),
    "float_type": ("数字", "a number"),
    "float_parsing": ("数字", "a number"),
    "bool_type": ("true 或 false", "true or false"),
    "bool_parsing": ("true 或 false", "true or false"),
    "list_type": ("列表", "a list"),
    "tuple_type": ("列表", "a list"),
    "dict_type": ("键值表", "a mapping"),
    "model_type": ("键值表", "a mapping"),
    "model_attributes_type": ("键值表", "a mapping"),
    "date_type": ("日期，如 2026-02-01", "a date such as 2026-02-01"),
    "date_parsing": ("日期，如 2026-02-01", "a date such as 2026-02-01"),
    "date_from_datetime_parsing": ("日期，如 2026-02-01", "a date such as 2026-02-01"),
}


def explain(error: ErrorDetails) -> tuple[str, str]:
    """A validation error in Chinese and English: what was expected and what was found."""
    kind, found = error["type"], _short(error.get("input"))
    context = error.get("ctx", {})
    if kind == "missing":
        return "缺少这个字段", "this field is missing"
    if kind == "extra_forbidden":
        return "没有这个字段，请检查拼写", "unknown field, check its spelling"
    if kind in ("literal_error", "enum"):
        return f"应为 {context['expected']} 之一，实为 {found}", f"expected one of {context['expected']}, found {found}"
    if kind in KINDS:
        zh, en = KINDS[kind]
        return f"应为{zh}，实为 {found}", f"expected {en}, found {found}"
    if kind == "too_short":
        return "不能为空", "must not be empty"
    if kind == "value_error":
        zh, _, en = str(context.get("error", error["msg"])).partition(" / ")
        return zh, en or zh
    return f"值不合要求（{error['msg']}），实为 {found}", f"{error['msg']}, found {found}"


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "..."


def faults_of(source: Source, base: Location, errors: Sequence[ErrorDetails]) -> Iterator[Fault]:
    """The faults behind validation errors of the value at `base`; of a value and one inside it only the inner one."""
    places = [error["loc"] for error in errors]
    for error in errors:
        place = error["loc"]
        if any(len(other) > len(place) and other[: len(place)] == place for other in places):
            continue
        zh, en = explain(error)
        yield source.fault((*base, *place), zh, en)
