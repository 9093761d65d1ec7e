"""Writes what one inspection leaves behind: inspection.json, evidence.json.gz, report.html, clips, key frames."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Protocol

from engine import reasons
from engine.evidence import Evidence, StageReport
from engine.evidence.file import pack
from engine.inspection import Inspection, Note, to_json
from engine.progress import Progress, silent
from engine.report.clips import ClipSettings, Footage, Illustrated, illustrate
from engine.report.crops import cut_papers
from engine.report.html import render
from engine.report.mask import Masker, mask_evidence, mask_inspection
from engine.report.output import EVIDENCE_FILE, INSPECTION_FILE, REPORT_FILE, place, replacing, write_private

STAGE = "report"


class Inspected(Protocol):
    """What is written: the inspection and the evidence it was drawn from (engine.pipeline.Result)."""

    @property
    def inspection(self) -> Inspection: ...

    @property
    def evidence(self) -> Evidence: ...


def write(
    result: Inspected,
    footage: Footage,
    out: Path,
    mask: bool = False,
    apart: bool = False,
    settings: ClipSettings | None = None,
    progress: Progress = silent,
) -> tuple[Inspection, Path]:
    """Write the result below `out` and return it with its clips and frames named, and its folder.

    The folder is named after the first part's stem, with a hash suffix where that name belongs to another recording or
    `apart` is set. It appears only when complete; an older result of the same recording is replaced then.
    `mask` hides personal data in all written texts (engine/report/mask.py); clips and frames stay as recorded.
    `progress` hears of the stage `report`.
    Raises MingjianError `output_denied`, `output_full` or `output_failed`; nothing is left behind then.
    """
    began = time.perf_counter()
    inspection, evidence = result.inspection, result.evidence
    hashes = [part.sha256 for part in inspection.recording.parts]
    target = place(out, _stem(inspection), hashes, inspection.order, apart)
    with replacing(target) as folder:
        shown = illustrate(inspection, footage, folder, settings or ClipSettings(), _share(progress))
        inspection = replace(inspection, items=shown.items, notes=(*inspection.notes, *_notes(shown, mask)))
        inspection = cut_papers(inspection, footage, folder, settings or ClipSettings(), with_cards=not mask)
        if mask:
            masker = Masker.for_order(inspection.order)
            inspection, evidence = mask_inspection(inspection, masker), mask_evidence(evidence, masker)
        inspection = _timed(inspection, shown, time.perf_counter() - began)
        write_private(folder / INSPECTION_FILE, to_json(inspection) + b"\n")
        write_private(folder / EVIDENCE_FILE, pack(evidence))
        write_private(folder / REPORT_FILE, render(inspection, folder, masked=mask).encode())
    return inspection, target


def _share(progress: Progress) -> Callable[[int, int], None]:
    return lambda completed, total: progress(STAGE, completed, total)


def _stem(inspection: Inspection) -> str:
    parts = inspection.recording.parts
    return PurePath(parts[0].name).stem if parts else inspection.id


def _notes(shown: Illustrated, mask: bool) -> tuple[Note, ...]:
    found = []
    if shown.failed:
        found.append(_note("clips_failed", count=shown.failed))
    if shown.left_out:
        found.append(_note("clips_left_out", count=shown.left_out))
    if mask:
        found.append(_note("masked"))
    return tuple(found)


def _note(code: str, **details: object) -> Note:
    return Note(code, reasons.text(code, "zh", **details))


def _timed(inspection: Inspection, shown: Illustrated, seconds: float) -> Inspection:
    """The inspection with the time of cutting clips among its stages and in its total."""
    stage = StageReport(
        STAGE, "degraded" if shown.failed else "ok", "clips_failed" if shown.failed else None, round(seconds, 3)
    )
    total = inspection.timings.total + seconds
    share = total / inspection.recording.duration if inspection.recording.duration else 0.0
    timings = replace(inspection.timings, total=round(total, 3), realtime_factor=round(share, 4))
    return replace(inspection, stages=(*inspection.stages, stage), timings=timings)
