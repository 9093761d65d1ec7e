"""Put a rule set together from the parts it includes; every value remembers the file and line it was written at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.rules.files import SECTIONS, PartFilePart
from engine.rules.source import Fault, Location, Place, Source, faults_of, read

MERGED = ("settings", "special_customers")
Rule = dict[str, Any]


@dataclass(slots=True)
class _Entry:
    """One rule on its way into the whole: where it was written, and its fields."""

    section: str
    source: Source
    index: int
    data: Any

    @property
    def id(self) -> object:
        return self.data.get("id") if isinstance(self.data, dict) else None


def compose(path: Path, library: Path) -> Source:
    """The rule set file at `path` with everything it includes, as one source.

    Files are included by paths relative to the file that names them, or to `library`, the folder of the rule sets that
    come with the engine; never from outside of the rule set's own folder or the library. Faults of composing are among
    the source's faults.
    """
    top = read(path)
    if not isinstance(top.data, dict):
        return top
    if "part" in top.data:
        zh, en = "这是规则集的一个部分，请检查包含它的规则集", "a part of rule sets: check one that includes it"
        return replace(top, data=None, faults=(*top.faults, top.fault(("part",), zh, en)))
    return _Composer(top, path.resolve(), library.resolve()).whole()


class _Composer:
    """One composition. `files` are the files drawn on, the rule set's own last: parts come before what uses them."""

    def __init__(self, top: Source, path: Path, library: Path) -> None:
        self._top = top
        self._folders = (path.parent, library)
        self._faults: list[Fault] = []
        self._files: list[Source] = []
        self._seen = {path}
        self._collect(top, path, (path,))

    def _collect(self, source: Source, path: Path, trail: tuple[Path, ...]) -> None:
        for index, entry in enumerate(_listed(source.data, "include")):
            if not isinstance(entry, str):
                continue
            target = self._target(entry, path)
            if target is None or target in trail:
                zh = f"“{entry}”" + ("不在规则集目录里，或不是文件" if target is None else "又包含了自己")
                en = "is no file inside the rule set's folder" if target is None else "includes itself"
                self._faults.append(source.fault(("include", index), zh, f"{entry!r} {en}"))
            elif target not in self._seen:
                self._seen.add(target)
                self._collect(self._part(target), target, (*trail, target))
        self._files.append(source)

    def _target(self, entry: str, path: Path) -> Path | None:
        """The file that `entry` names; None where there is none, or none that may be read."""
        for folder in (path.parent, self._folders[1]):
            found = (folder / entry).resolve()
            if any(found.is_relative_to(root) for root in self._folders) and found.is_file():
                return found
        return None

    def _part(self, path: Path) -> Source:
        root = next(folder for folder in self._folders if path.is_relative_to(folder))
        part = read(path, path.relative_to(root).as_posix())
        self._faults += part.faults
        if part.data is not None:
            try:
                PartFilePart.model_validate(part.data)
            except ValidationError as error:
                self._faults += faults_of(part, (), error.errors())
        return part

    def whole(self) -> Source:
        """Everything as one source. The hash of its content covers every file drawn on."""
        entries = [entry for source in self._files for entry in _entries(source)]
        entries = self._without_left_out(entries)
        marks = dict(self._top.marks)
        data: Rule = {key: value for key, value in self._top.data.items() if key not in SECTIONS}
        for name in SECTIONS:
            written = self._top.data.get(name)
            if written is not None and not isinstance(written, list):
                data[name] = written
                continue
            chosen = [entry for entry in entries if entry.section == name]
            data[name] = [entry.data for entry in chosen]
            marks = _regrafted(marks, self._top, name, chosen)
        for name in MERGED:
            self._merge(name, data, marks)
        self._override(data, marks)
        self._word(data, marks)
        content = b"".join(sha256(source.content).digest() for source in self._files)
        return Source(self._top.name, content, data, marks, (*self._top.faults, *self._faults))

    def _without_left_out(self, entries: list[_Entry]) -> list[_Entry]:
        """`entries` without those the rule set leaves out, and without those another one replaces."""
        known = {entry.id for entry in entries}
        gone: set[object] = set()
        for index, name in enumerate(_listed(self._top.data, "without")):
            gone.add(name)
            if name not in known:
                self._faults.append(self._top.fault(("without", index), *_unknown(name)))
        for entry in entries:
            replaced = entry.data.get("replaces") if isinstance(entry.data, dict) else None
            if replaced is None or entry.id in gone:
                continue
            gone.add(replaced)
            if replaced not in known:
                place = (entry.section, entry.index, "replaces")
                self._faults.append(entry.source.fault(place, *_unknown(replaced)))
        return [entry for entry in entries if entry.id not in gone]

    def _merge(self, name: str, data: Rule, marks: dict[Location, Place]) -> None:
        """Key by key, the rule set's own keys last."""
        merged: Rule = {}
        written_in: dict[str, Source] = {}
        for source in self._files:
            own = source.data.get(name) if isinstance(source.data, dict) else None
            if own is not None and not isinstance(own, dict):
                return
            merged |= own or {}
            written_in |= dict.fromkeys(own or {}, source)
        if not merged:
            return
        data[name] = merged
        _forget(marks, (name,))
        marks[(name,)] = self._top.place((name,))
        for source in {id(source): source for source in written_in.values()}.values():
            for at, place in source.marks.items():
                if len(at) > 1 and at[0] == name and written_in[str(at[1])] is source:
                    marks[at] = place

    def _override(self, data: Rule, marks: dict[Location, Place]) -> None:
        overrides = self._top.data.get("override")
        if not isinstance(overrides, dict):
            return
        found = {rule["id"]: (name, i) for name, i, rule in _rules(data) if isinstance(rule.get("id"), str)}
        for rule_id, fields in overrides.items():
            at = found.get(rule_id)
            if at is None:
                self._faults.append(self._top.fault(("override", rule_id), *_unknown(rule_id)))
                continue
            name, index = at
            for field, value in fields.items() if isinstance(fields, dict) else ():
                written: Location = ("override", rule_id, field)
                if field == "id":
                    self._faults.append(self._top.fault(written, "编号不能改", "the id cannot be changed"))
                    continue
                changed = {key: old for key, old in data[name][index].items() if key != field}
                data[name][index] = changed if value is None else {**changed, field: value}
                _forget(marks, (name, index, field))
                moved = {at: place for at, place in self._top.marks.items() if at[:3] == written}
                marks.update({(name, index, field, *at[3:]): place for at, place in moved.items()})

    def _word(self, data: Rule, marks: dict[Location, Place]) -> None:
        """Adds wordings to concepts of rules, included ones too."""
        wordings = self._top.data.get("wordings")
        found = {rule["id"]: (name, i) for name, i, rule in _rules(data) if isinstance(rule.get("id"), str)}
        for rule_id, concepts in wordings.items() if isinstance(wordings, dict) else ():
            at = found.get(rule_id)
            if at is None:
                self._faults.append(self._top.fault(("wordings", rule_id), *_unknown(rule_id)))
                continue
            for concept, phrases in concepts.items() if isinstance(concepts, dict) else ():
                written: Location = ("wordings", rule_id, concept)
                place = _concept_at(data[at[0]][at[1]], concept)
                if place is None:
                    zh, en = f"“{rule_id}”没有要点“{concept}”", f"{rule_id!r} has no concept {concept!r}"
                    self._faults.append(self._top.fault(written, zh, en))
                elif isinstance(phrases, list):
                    self._add(data, marks, at, place, phrases, written)

    def _add(
        self,
        data: Rule,
        marks: dict[Location, Place],
        at: tuple[str, int],
        place: tuple[str, int],
        phrases: list[Any],
        written: Location,
    ) -> None:
        """Adds `phrases`, written at `written`, to the concept at `place` of the rule at `at`."""
        section, index = at
        field, number = place
        rule = data[section][index]
        concept = rule[field][number]
        old = concept.get("any")
        known = list(old) if isinstance(old, list) else []
        new = [(i, one) for i, one in enumerate(phrases) if one not in known]
        changed = {**concept, "any": [*known, *(one for _, one in new)]}
        listed = [changed if i == number else one for i, one in enumerate(rule[field])]
        data[section][index] = {**rule, field: listed}
        for i, (where, _) in enumerate(new, start=len(known)):
            marks[section, index, field, number, "any", i] = self._top.place((*written, where))


SPOKEN = ("must", "should", "facts")
"""Fields of a rule that hold concepts."""


def _concept_at(rule: Rule, name: object) -> tuple[str, int] | None:
    """Field and number of the concept that is called `name`."""
    for field in SPOKEN:
        for number, one in enumerate(_listed(rule, field)):
            if isinstance(one, dict) and one.get("concept") == name:
                return field, number
    return None


def _listed(data: Any, name: str) -> list[Any]:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _entries(source: Source) -> Iterator[_Entry]:
    for name in SECTIONS:
        for index, data in enumerate(_listed(source.data, name)):
            yield _Entry(name, source, index, data)


def _rules(data: Rule) -> Iterator[tuple[str, int, Rule]]:
    for name in SECTIONS:
        for index, rule in enumerate(_listed(data, name)):
            if isinstance(rule, dict):
                yield name, index, rule


def _regrafted(marks: dict[Location, Place], top: Source, name: str, chosen: list[_Entry]) -> dict[Location, Place]:
    """`marks` with those of the section `name` taken from where its rules were written."""
    kept = {at: place for at, place in marks.items() if at[:1] != (name,) or len(at) == 1}
    kept.setdefault((name,), top.place(()))
    moves: dict[int, tuple[Source, dict[Location, int]]] = {}
    for index, entry in enumerate(chosen):
        moves.setdefault(id(entry.source), (entry.source, {}))[1][name, entry.index] = index
    for source, moved in moves.values():
        for at, place in source.marks.items():
            index_now = moved.get(at[:2]) if len(at) > 1 else None
            if index_now is not None:
                kept[name, index_now, *at[2:]] = place
    return kept


def _forget(marks: dict[Location, Place], place: Location) -> None:
    for at in [one for one in marks if one[: len(place)] == place]:
        del marks[at]


def _unknown(name: object) -> tuple[str, str]:
    return f"没有编号为“{name}”的规则", f"no rule with the id {name!r}"
