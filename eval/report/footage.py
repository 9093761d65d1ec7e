"""Cuts the clips of errors out of their recordings, into the run's folder `clips`."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from engine.errors import MingjianError
from engine.inspection import Inspection, Item
from engine.interval import Interval
from engine.pipeline import open_recording
from engine.report.clips import ClipSettings, illustrate
from engine.report.output import private_folder, replacing
from engine.settings import Settings
from eval.metrics.items import item_key
from eval.report.cases import Case
from eval.report.truth import judged_as_said

FOLDER = "clips"
AROUND_S = 1.0
"""So far around words that were said, heard words count as heard in their place."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words in the transcript."""

    role: str
    start: float
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A case with what a reader needs to judge it.

    `inspection` has the wrong items, their clips and frames named below the run's folder. `said`: the same items judged
    from the labelled words, with the clip of those words where the machine's own item has no place; `heard`: what the
    transcript has in that place. `missing` says why there is no clip.
    """

    case: Case
    inspection: Inspection | None
    said: Mapping[str, Item] = field(default_factory=dict)
    heard: Mapping[str, tuple[Heard, ...]] = field(default_factory=dict)
    missing: str | None = None


class Progress(Protocol):
    """Told how many cases are done."""

    def __call__(self, done: int, total: int) -> None: ...


def show(
    cases: Sequence[Case], out: Path, settings: Settings, shots: ClipSettings, progress: Progress
) -> tuple[Shown, ...]:
    """Every case with its clips, written below `out`/clips in the place of older ones.

    A recording that is gone or cannot be cut costs its clips only. Raises MingjianError `output_*`.
    """
    with replacing(out / FOLDER) as draft:
        shown = []
        for number, case in enumerate(cases):
            progress(number, len(cases))
            shown.append(_shown(case, draft, settings, shots))
        progress(len(cases), len(cases))
    return tuple(shown)


def _shown(case: Case, draft: Path, settings: Settings, shots: ClipSettings) -> Shown:
    if case.inspection is None:
        return Shown(case, None, missing="no_inspection")
    said = _said(case, case.inspection)
    heard = {name: tuple(_heard(case.inspection, item)) for name, item in said.items()}
    machine = case.inspection.items
    keys = [item_key(item) for item in machine]
    placeless = [key for key, one in zip(keys, machine, strict=True) if not one.evidence and _placed(said.get(key))]
    wanted = replace(case.inspection, items=(*machine, *(said[key] for key in placeless)))
    folder = draft / case.recording.id
    try:
        with (
            tempfile.TemporaryDirectory(prefix="mingjian-") as scratch,
            open_recording(list(case.recording.media), Path(scratch), settings) as session,
        ):
            made = illustrate(wanted, session, private_folder(folder), shots, _quiet)
    except MingjianError as error:
        if error.code.startswith("output_"):
            raise
        return Shown(case, case.inspection, said, heard, error.code)
    items = [_below(item, case.recording.id) for item in made.items]
    kept = dict(zip(placeless, items[len(machine) :], strict=True))
    return Shown(case, replace(case.inspection, items=tuple(items[: len(machine)])), {**said, **kept}, heard)


def _quiet(_done: int, _total: int) -> None:
    """One case's clips are not told one by one."""


def _said(case: Case, inspection: Inspection) -> dict[str, Item]:
    """The wrong items as judged from what was truly said. A rule set that is gone judges nothing."""
    try:
        judged = judged_as_said(case.recording, inspection)
    except MingjianError:
        return {}
    machine = {item_key(item) for item in inspection.items}
    return {key: item for key, item in judged.items() if key in machine}


def _placed(item: Item | None) -> bool:
    return item is not None and bool(item.evidence)


def _heard(inspection: Inspection, item: Item) -> Iterator[Heard]:
    """What the transcript has where the item's words were truly said."""
    spans = [Interval(one.start, one.end).widened(AROUND_S) for one in item.evidence]
    for one in inspection.utterances:
        if any(span.overlap(Interval(one.start, one.end)) > 0 for span in spans):
            yield Heard(one.role, one.start, one.text)


def _below(item: Item, session: str) -> Item:
    """The item with its files named from the run's folder."""

    def path(file: str | None) -> str | None:
        return None if file is None else f"{FOLDER}/{session}/{file}"

    evidence = tuple(replace(one, clip=path(one.clip), frame=path(one.frame)) for one in item.evidence)
    return replace(item, evidence=evidence)
