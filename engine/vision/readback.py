"""What was written by hand, read: where it was written, and again where the same sheet is held up afterwards.

People write on the table, small and under their hand, and then hold the sheet to the camera. Both looks are laid over
each other, so that what is read in the second is what was written in the first: a line counts only where most of its
strokes are new, and print is never taken for writing. The reading that says most counts, whatever it says.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.interval import Interval
from engine.vision.documents import Line
from engine.vision.geometry import Area
from engine.vision.ink import Writing
from engine.vision.laying import Image, Points, View, carried, laid_over, view
from engine.vision.paper_settings import PaperLimits
from engine.vision.papers import FrameAt, Read, read_lines
from models.text_reader import TextReader

ROOM = 0.25
"""By how much, of its size, a place is widened: what is written stands below and beside the print."""

WITHIN = 0.4
"""A line belongs to the writing where so much of the smaller of both lies in the other."""


@dataclass(frozen=True, slots=True)
class Said:
    """What strokes say, as far as they can be read, in the frame at `seen`: `area` is where they stand in it, in
    pixels. `weight`: how many characters are read, each counted by how surely.
    """

    text: str
    weight: float
    seen: float
    area: Area
    frame_size: tuple[int, int]


def read_back(
    written: Writing,
    last: float,
    when: Interval,
    places: Sequence[Read],
    frame_at: FrameAt,
    reader: TextReader,
    limits: PaperLimits,
) -> Said | None:
    """The reading of `written` that says most: in the look at `last`, or where the sheet is held up soon after `when`.
    None where there is no picture.
    """
    readings = [_on_the_table(written, last, frame_at, reader, limits)]
    for held, moment in _shown_after(when, places, limits):
        readings.append(_held_up(written, held, moment, frame_at, reader, limits))
    return max((one for one in readings if one is not None), key=lambda one: one.weight, default=None)


def _on_the_table(
    written: Writing, last: float, frame_at: FrameAt, reader: TextReader, limits: PaperLimits
) -> Said | None:
    frame = frame_at(last)
    if frame is None:
        return None

    def wrote(line: Line) -> bool:
        return written.wrote(_inside(line, written.after))

    return _read(frame.image, written.strokes.area, last, wrote, reader, limits)


def _shown_after(when: Interval, places: Sequence[Read], limits: PaperLimits) -> Iterator[tuple[Area, float]]:
    """Where sheets with text are held soon after `when`, the widest and longest first, and the best moment of each."""
    after = Interval(when.end, when.end + limits.ink_gap)
    later = [one for one in places if one.sheets and one.held.interval.overlap(after) > 0]
    for one in sorted(later, key=lambda one: (-one.held.weight, one.held.interval.start))[: limits.ink_looks]:
        look = one.held.best(after)
        moment = (look.interval.start + look.interval.end) / 2
        if moment in after:
            yield max(one.sheets, key=lambda sheet: len(sheet.lines)).area, moment


def _held_up(
    written: Writing, area: Area, moment: float, frame_at: FrameAt, reader: TextReader, limits: PaperLimits
) -> Said | None:
    frame = frame_at(moment)
    if frame is None:
        return None
    shown = view(frame.image, widened(area, frame.image), limits)
    move = laid_over(written.after, shown, limits)
    if move is None or abs(np.linalg.det(move[:, :2])) < 1e-6:
        return None
    there = shown.in_frame(carried(written.after.inside(written.strokes.area), move))
    back = np.linalg.inv(np.vstack([move, (0.0, 0.0, 1.0)]))[:2]

    def wrote(line: Line) -> bool:
        corners = _inside(line, shown)
        return written.wrote(corners @ back[:, :2].T + back[:, 2])

    return _read(frame.image, there, moment, wrote, reader, limits)


def _inside(line: Line, place: View) -> Points:
    """The corners of a line (4, 2) in pixels of a view."""
    return (np.array(line.corners) - (place.area.left, place.area.top)) * place.scale


def _read(
    image: Image, area: Area, seen: float, wrote: Callable[[Line], bool], reader: TextReader, limits: PaperLimits
) -> Said:
    """The lines in `area` that were written by hand."""
    lines, _ = read_lines(image, widened(area, image), reader, limits)
    boxes = [Area(one.left, one.top, one.width, one.height) for one in lines]
    mine = [line for line, box in zip(lines, boxes, strict=True) if box.shared(area) >= WITHIN and wrote(line)]
    weight = sum(len(one.text) * one.score for one in mine)
    return Said("".join(one.text for one in mine), weight, seen, area, (image.shape[1], image.shape[0]))


def widened(area: Area, image: Image) -> Area:
    """`area` with some room around it, inside of the picture."""
    height, width = image.shape[:2]
    more_x, more_y = ROOM * area.width, ROOM * area.height
    left, top = max(0, int(area.left - more_x)), max(0, int(area.top - more_y))
    right, bottom = min(width, int(area.right + more_x)), min(height, int(area.bottom + more_y))
    return Area(float(left), float(top), float(right - left), float(bottom - top))
