"""Which machine result each row of a team's table is about: by session, by file name, or by policy number.

A name that fits several sessions is a fault, never a guess.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from engine.inspection import Inspection, from_json
from engine.progress import Progress, silent
from engine.store.matching import Named, named
from engine.store.store import Store
from eval.backtest.stored import Stored, fault_of, stored_sessions
from eval.shadow.reading import Locator, file_key, name_key


@dataclass(frozen=True, slots=True)
class Found:
    """A machine result: what its session is called, and the inspection, read when asked for."""

    name: str
    source: "Reader"

    def inspection(self) -> Inspection:
        """Raises OSError or ValueError for what cannot be read, MingjianError for what the store does not give."""
        return from_json(self.source())


class Reader(Protocol):
    """Gives the inspection as JSON."""

    def __call__(self) -> bytes: ...


@dataclass(slots=True)
class Matched:
    """What was found for the names that were asked for. `several`: names that fit more than one session. `faults`:
    results that could not be read."""

    found: dict[Locator, Found] = field(default_factory=dict)
    several: set[Locator] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    sessions: int = 0

    def add(self, locator: Locator, one: Found) -> None:
        before = self.found.setdefault(locator, one)
        if before.name != one.name:
            self.several.add(locator)

    def of(self, locator: Locator) -> Found | None:
        """The one result of this name."""
        return None if locator in self.several else self.found.get(locator)


def in_folder(root: Path, wanted: frozenset[Locator], progress: Progress = silent) -> Matched:
    """Results below `root` (a run, or any folder of inspections) that one of `wanted` names.

    Raises MingjianError `no_results`, `run_unreadable`.
    """
    matched = Matched()
    for stored in stored_sessions(root):
        if stored.failed is not None:
            continue
        matched.sessions += 1
        try:
            names = set(_names(stored)) & wanted
        except (OSError, ValueError) as error:
            matched.faults.append(f"{stored.name}：{fault_of(error)}")
            continue
        for locator in names:
            matched.add(locator, Found(stored.name, stored.inspection_bytes))
        progress("match", matched.sessions, matched.sessions)
    return matched


def in_store(store: Store, wanted: frozenset[Locator]) -> Matched:
    """Newest results in the store that one of `wanted` names."""
    matched = Matched()
    kinds: tuple[Named, ...] = ("session", "file", "policy_no")
    for kind in kinds:
        names = {one.value for one in wanted if one.kind == kind}
        with store.database.reading() as s:
            rows = tuple(named(s, kind, names))
        for row in rows:
            matched.add(Locator(kind, row.name), Found(row.session_id, _Blob(store, row.result)))
    matched.sessions = len({one.name for one in matched.found.values()})
    return matched


@dataclass(frozen=True, slots=True)
class _Blob:
    store: Store
    name: str

    def __call__(self) -> bytes:
        with self.store.blobs.open(self.name) as file:
            return file.read()


def _names(stored: Stored) -> Iterator[Locator]:
    """Everything that a session may be called by."""
    found = stored.inspection()
    for name in {stored.name, stored.name.rpartition("/")[2], found.id}:
        yield Locator("session", name_key(name))
    for part in found.recording.parts:
        name = file_key(part.name)
        yield Locator("file", name)
        yield Locator("file", PurePosixPath(name).stem)
    policy = found.order.get("policy_no")
    if isinstance(policy, str) and policy:
        yield Locator("policy_no", name_key(policy))
