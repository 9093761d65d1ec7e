"""Pictures of the papers shown, cut out of the recording: what a reader checks the reading against."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.inspection import Inspection, PaperSummary, PlaceInFrame
from engine.report.clips import FRAMES, ClipSettings, Footage, to_jpeg
from engine.report.output import private_folder, write_private

MOST_CROPS = 24


def cut_papers(
    inspection: Inspection, footage: Footage, folder: Path, settings: ClipSettings, with_cards: bool = True
) -> Inspection:
    """The inspection with the picture of each paper named, written below `folder`; at most `MOST_CROPS`, those with a
    title first. Without `with_cards` cards, which show personal data, are left out.

    Raises OSError or MingjianError `output_*` when `folder` cannot be written to.
    """
    scene = inspection.scene
    if scene is None:
        return inspection
    wanted = [n for n, one in enumerate(scene.papers) if one.box and one.seen is not None]
    wanted = [n for n in wanted if with_cards or scene.papers[n].kind == "paper"]
    wanted.sort(key=lambda n: (not scene.papers[n].title, n))
    papers = list(scene.papers)
    for number in sorted(wanted[:MOST_CROPS]):
        papers[number] = _cut(papers[number], number, footage, folder, settings)
    return replace(inspection, scene=replace(scene, papers=tuple(papers)))


def _cut(paper: PaperSummary, number: int, footage: Footage, folder: Path, settings: ClipSettings) -> PaperSummary:
    if paper.seen is None or paper.box is None:
        return paper
    picture = footage.frame_at(paper.seen)
    part = None if picture is None else inside(picture.image, paper.box)
    if part is None:
        return paper
    if not (folder / FRAMES).exists():
        private_folder(folder / FRAMES)
    name = f"{FRAMES}/paper-{number + 1:02d}.jpg"
    write_private(folder / name, to_jpeg(part, settings))
    return replace(paper, crop=name)


def inside(image: Any, box: PlaceInFrame) -> Any | None:
    """The part of a picture (height, width, 3) in `box`; None where that is empty."""
    height, width = image.shape[:2]
    left, top = max(0, round(box[0] * width)), max(0, round(box[1] * height))
    right, bottom = min(width, round((box[0] + box[2]) * width)), min(height, round((box[1] + box[3]) * height))
    return image[top:bottom, left:right] if right > left and bottom > top else None
