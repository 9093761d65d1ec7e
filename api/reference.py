"""The reference of all settings, made from the classes that check them: `python -m api.reference` writes docs/.

What a setting means stands beside it in the code (English) and in docs/settings.zh.yaml (Chinese). A test holds the
written files against what this makes.
"""

import ast
import dataclasses
import inspect
import re
import sys
import textwrap
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, SecretStr

from api.settings import ServerSettings
from engine.settings import Settings

Language = Literal["en", "zh"]
ROOT = Path(__file__).resolve().parents[1]
CHINESE = ROOT / "docs" / "settings.zh.yaml"
FILES: dict[Language, Path] = {
    "en": ROOT / "docs" / "configuration.md",
    "zh": ROOT / "docs" / "configuration.zh-CN.md",
}
PREFIX = "MINGJIAN_"
SEPARATOR = "__"
MEASURED = ("media", "speech", "vision")
"""Sections whose figures were measured for the networks: explained once for each group, not one by one."""
HEADS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("variable", "type", "default", "meaning"),
    "zh": ("环境变量", "类型", "缺省", "含义"),
}
PREFACE: dict[Language, str] = {
    "en": """# Configuration reference

[中文](configuration.zh-CN.md)

Settings come from defaults, then `configs/settings.yaml` (another file: `MINGJIAN_SETTINGS`), then the environment: the
later one wins. A variable names one value, nested by two underscores; in the file the same names are nested keys:
`MINGJIAN_STORE__FOLDER=data` is `store: {folder: data}`. Lists and objects are given as JSON. Whatever is unknown or
out of range is refused at start, with its name.

What judges a sale is no setting: phrases and thresholds of rules lie in `configs/rulesets`, verdicts in
`configs/policies`, deadlines and quotas in `configs/duties.yaml`, comparisons in `configs/consistency.yaml`, the
preflight in `configs/preflight.yaml`.

This page is made from the program (`make docs`); secrets have no default.
""",
    "zh": """# 配置参考

[English](configuration.md)

设置依次取自缺省值、`configs/settings.yaml`（用 `MINGJIAN_SETTINGS` 指定别的文件）、环境变量，后者优先。
环境变量一个对应一个值，层次用两个下划线隔开；在文件里是同名的嵌套键：
`MINGJIAN_STORE__FOLDER=data` 即 `store: {folder: data}`。列表和对象用 JSON。
不认识的名字、超出范围的值在启动时报错并指明是哪一项。

判定销售行为的内容不是设置：话术和规则阈值在 `configs/rulesets`，判定策略在 `configs/policies`，
期限和抽检比例在 `configs/duties.yaml`，前后一致性在 `configs/consistency.yaml`，
录前检查在 `configs/preflight.yaml`。

本页由程序生成（`make docs`）；密钥类没有缺省值。
""",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One value. `path`: its names from the root; `meaning`: its line in the code, empty where there is none."""

    path: tuple[str, ...]
    kind: str
    default: str
    meaning: str

    @property
    def variable(self) -> str:
        return PREFIX + SEPARATOR.join(self.path).upper()


@dataclass(frozen=True, slots=True)
class Group:
    """The settings of one class. `text`: what its docstring says."""

    path: tuple[str, ...]
    text: str
    settings: tuple[Setting, ...]

    @property
    def measured(self) -> bool:
        return bool(self.path) and self.path[0] in MEASURED


def groups() -> tuple[Group, ...]:
    """All settings, class by class."""
    return tuple(_groups(Settings, ()))


def _groups(model: type[Any], path: tuple[str, ...]) -> Iterator[Group]:
    notes = _notes(model)
    own: list[Setting] = []
    below: list[tuple[type[Any], tuple[str, ...]]] = []
    for name, kind, default in _fields(model):
        here = (*path, name)
        section = ServerSettings if here == ("server",) else _section(kind)
        if section is None:
            own.append(Setting(here, _kind(kind), _shown(default), notes.get(name, "")))
        else:
            below.append((section, here))
    yield Group(path, _plain(inspect.getdoc(model) or ""), tuple(own))
    for section, here in below:
        yield from _groups(section, here)


def _fields(model: type[Any]) -> Iterator[tuple[str, Any, Any]]:
    if issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            yield name, field.annotation, field.get_default(call_default_factory=True)
        return
    hints = typing.get_type_hints(model)
    for one in dataclasses.fields(model):
        made = one.default_factory() if one.default_factory is not dataclasses.MISSING else one.default
        yield one.name, hints[one.name], made


def _section(kind: Any) -> type[Any] | None:
    """The class of a nested section, also of one that may be absent."""
    for one in (kind, *typing.get_args(kind)):
        if isinstance(one, type) and (issubclass(one, BaseModel) or dataclasses.is_dataclass(one)):
            return one
    return None


def _notes(model: type[Any]) -> dict[str, str]:
    """The texts below the fields of a class, those of the classes it is made of included."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if one.__module__.split(".")[0] not in ("engine", "api"):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(one))).body[0]
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for field, text in pairwise(statements):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(text, ast.Expr)
                and isinstance(text.value, ast.Constant)
                and isinstance(text.value.value, str)
            ):
                found[field.target.id] = _plain(text.value.value)
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())


def _kind(kind: Any) -> str:
    """A type as people write it."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join("null" if one is type(None) else _kind(one) for one in arguments)
    if origin is Literal:
        return ", ".join(map(str, arguments))
    if origin in (tuple, list, set, frozenset):
        inner = [_kind(one) for one in arguments if one is not Ellipsis]
        return f"list of {inner[0]}" if len(set(inner)) == 1 else f"list ({', '.join(inner)})"
    if origin is dict:
        return f"object of {_kind(arguments[1])}"
    if kind is SecretStr:
        return "secret"
    names = {bool: "true, false", int: "integer", float: "number", str: "text", Path: "path"}
    return names.get(kind) or str(getattr(kind, "__name__", kind))


def _shown(value: Any) -> str:
    if value is None or isinstance(value, SecretStr) or type(value).__name__ == "PydanticUndefinedType":
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value) or '""'


@cache
def chinese(path: Path = CHINESE) -> dict[str, str]:
    """Chinese texts by dotted path; a group's text stands under its own path (`.` for the root)."""
    return {str(name): str(text) for name, text in yaml.safe_load(path.read_text(encoding="utf-8")).items()}


def explained(path: tuple[str, ...], texts: dict[str, str]) -> str | None:
    """The Chinese text of a path; `cluster.*.cpus` speaks of the setting in every pool."""
    name = ".".join(path)
    if name in texts:
        return texts[name]
    return next((text for shape, text in texts.items() if _fits(shape, name)), None)


def _fits(shape: str, name: str) -> bool:
    return "*" in shape and re.fullmatch(re.escape(shape).replace(r"\*", r"[a-z_]+"), name) is not None


def untold() -> tuple[str, ...]:
    """Settings and groups without their Chinese text."""
    texts = chinese()
    wanted = [group.path for group in groups() if group.path]
    wanted += [one.path for group in groups() if not group.measured for one in group.settings]
    return tuple(".".join(path) for path in wanted if explained(path, texts) is None)


def page(language: Language) -> str:
    """The reference as Markdown."""
    return PREFACE[language] + "".join(_section_of(group, language) for group in groups())


def _section_of(group: Group, language: Language) -> str:
    if not group.settings:
        return ""
    texts = chinese()
    title = ".".join(group.path) or ("top level" if language == "en" else "顶层")
    about = group.text if language == "en" else explained(group.path or (".",), texts) or ""
    lines = ["", f"## {title}", "", about, "", "| " + " | ".join(HEADS[language]) + " |", "|---|---|---|---|"]
    for one in group.settings:
        meaning = one.meaning if language == "en" else explained(one.path, texts) or ""
        cells = (f"`{one.variable}`", one.kind, f"`{one.default}`" if one.default != "–" else "–", meaning)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(line for line in lines if line is not None) + "\n"


def main() -> int:
    """Write both pages."""
    for language, path in FILES.items():
        path.write_text(page(language), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
