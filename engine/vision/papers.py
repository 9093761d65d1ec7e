"""Papers, cards and the recorder's clock: which frames are read, and what they show.

Every frame of the survey says where it looks like text (engine/vision/textlike.py). Places that are held still are read
once each, the widest and longest held first, and again only while frames are left over; how many are read is bounded by
the recording's length. A title stands for the whole time its place was held.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Box, ClockReading, Paper
from engine.interval import Interval, subtract, union
from engine.vision.documents import Line, Titled, find_title, is_screen
from engine.vision.geometry import Area
from engine.vision.held import Held, Look, follow
from engine.vision.paper_fields import fields_of, stamp_of
from engine.vision.paper_settings import PaperLimits
from engine.vision.survey import Frame, Glance
from engine.vision.textlike import extent, inside
from models.text_reader import TextReader

MARGIN_CELLS = 3
"""How far around the cells lines are looked for: titles and signatures stand apart from the text."""

WIDE_MARGIN_CELLS = 9
"""The same, where a line was cut off by that: of blurred print only a part looks like text."""

BANDS = ((0.0, 0.14), (0.86, 1.0))
"""Where recorders print the time: shares of the picture's height."""

CLOCK_AGAIN_S = 2.0
"""A reading that differs from the usual by more than this is read again so much later."""

Image = NDArray[np.uint8]
FrameAt = Callable[[float], Frame | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One place read at one moment: its lines, the title found, and the place in pixels of the frame."""

    seen: float
    area: Area
    frame_size: tuple[int, int]
    lines: tuple[Line, ...]
    titled: Titled | None

    @property
    def legibility(self) -> float:
        return float(np.mean([one.score for one in self.lines])) if self.lines else 0.0

    @property
    def box(self) -> Box:
        """The place as shares of the frame."""
        width, height = self.frame_size
        return Box(self.area.left / width, self.area.top / height, self.area.width / width, self.area.height / height)

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(one.text for one in sorted(self.lines, key=lambda one: (one.top, one.left)))


@dataclass(frozen=True, slots=True)
class Read:
    """A place that was held, and the readings of it; () where no frame was left over for it."""

    held: Held
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Papers:
    """What was read in a recording: `read` is the time in which every paper would have been."""

    papers: tuple[Paper, ...]
    read: tuple[Interval, ...]
    clocks: tuple[ClockReading, ...]
    frames: int
    places: tuple[Read, ...] = ()


def read_papers(
    glances: Sequence[Glance],
    frame_at: FrameAt,
    reader: TextReader,
    limits: PaperLimits,
    duration: float,
    tell: Callable[[int, int], None],
) -> Papers:
    """Read what the survey (`glances`, in order of time) shows of papers. `tell` hears how many frames are done."""
    places = follow([(one.interval, one.page) for one in glances if one.page is not None], limits)
    budget = frames_to_read(duration, limits)
    readings, used = _read_places(places, frame_at, reader, limits, budget, lambda done: tell(done, budget))
    clocks = read_clock(glances, frame_at, reader, limits)
    tell(budget, budget)
    unread = [one.held.interval for one in readings if not one.sheets]
    looked = [one.interval for one in glances if one.page is not None and one.judged]
    return Papers(papers_of(readings, limits), subtract(union(looked), unread), clocks, used, readings)


def frames_to_read(duration: float, limits: PaperLimits) -> int:
    """How many frames of a recording of `duration` seconds are read, at most."""
    by_length = int(duration / 60 * limits.frames_per_minute)
    return min(limits.most_frames, max(limits.least_frames, by_length))


def _read_places(
    places: Sequence[Held],
    frame_at: FrameAt,
    reader: TextReader,
    limits: PaperLimits,
    budget: int,
    tell: Callable[[int], None],
) -> tuple[tuple[Read, ...], int]:
    """Each place once, then those that showed text again every `again_every` seconds, as long as frames are left."""
    found: dict[int, list[Sheet]] = {number: [] for number in range(len(places))}
    barren: list[int] = []
    waiting = sorted(range(len(places)), key=lambda n: (-places[n].weight, n))
    used = 0

    def read_at(number: int, look: Look) -> bool:
        """Whether there was text."""
        nonlocal used
        used += 1
        sheet = read_sheet(look, places[number], frame_at, reader, limits)
        if sheet is not None:
            found[number].append(sheet)
        tell(used)
        return sheet is not None and bool(sheet.lines)

    put_off: list[int] = []
    for number in waiting:
        look = places[number].best()
        if any(inside(look.bits, one) >= limits.still_share for one in barren):
            put_off.append(number)  # what was no text there before is hardly any now
        elif used < budget and not read_at(number, look):
            barren.append(look.bits)
    again = [
        (span.start, number, places[number].best(span))
        for number in waiting
        if any(one.lines for one in found[number])
        for span in _steps(places[number].interval, limits.again_every)[1:]
    ]
    for _, number, look in sorted(again, key=lambda one: one[:2]):
        if used < budget:
            read_at(number, look)
    for number in put_off:
        if used < budget:
            read_at(number, places[number].best())
    ordered = [Read(place, tuple(sorted(found[n], key=lambda one: one.seen))) for n, place in enumerate(places)]
    # A place put off is one that was read before and found without text, not one that nobody looked at.
    return tuple(one for n, one in enumerate(ordered) if one.sheets or n not in put_off), used


def _steps(span: Interval, seconds: float) -> list[Interval]:
    count = max(1, int(span.duration / seconds))
    length = span.duration / count
    return [Interval(span.start + n * length, span.start + (n + 1) * length) for n in range(count)]


def read_sheet(look: Look, held: Held, frame_at: FrameAt, reader: TextReader, limits: PaperLimits) -> Sheet | None:
    """The place of `look` read from the full-size picture; None where there is no picture."""
    moment = (look.interval.start + look.interval.end) / 2
    frame = frame_at(moment)
    if frame is None:
        return None
    area = place_of(look.bits, held.columns, held.rows, frame.image, MARGIN_CELLS)
    lines, heights = read_lines(frame.image, area, reader, limits)
    if _cut_off(lines, area, frame.image):
        area = place_of(look.bits, held.columns, held.rows, frame.image, WIDE_MARGIN_CELLS)
        lines, heights = read_lines(frame.image, area, reader, limits)
    height, width = frame.image.shape[:2]
    return Sheet(moment, area, (width, height), lines, find_title(lines, limits, heights=heights))


def _cut_off(lines: Sequence[Line], area: Area, image: Image) -> bool:
    """Whether a line runs to the left or right edge of `area`, where the picture goes on."""
    inner_left, inner_right = area.left > 0, area.right < image.shape[1]
    return any(
        (inner_left and one.left - area.left < one.height / 2)
        or (inner_right and area.right - one.right < one.height / 2)
        for one in lines
    )


def place_of(bits: int, columns: int, rows: int, image: Image, margin: int) -> Area:
    """The cells of `bits` and `margin` more on every side, in whole pixels of `image`."""
    left, top, right, bottom = extent(bits, columns)
    height, width = image.shape[:2]
    across, down = width / columns, height / rows
    x0, x1 = max(0, left - margin), min(columns, right + margin)
    y0, y1 = max(0, top - margin), min(rows, bottom + margin)
    edges = [int(one) for one in (x0 * across, y0 * down, x1 * across, y1 * down)]
    return Area(float(edges[0]), float(edges[1]), float(edges[2] - edges[0]), float(edges[3] - edges[1]))


def read_lines(
    image: Image, area: Area, reader: TextReader, limits: PaperLimits
) -> tuple[tuple[Line, ...], tuple[float, ...]]:
    """The highest lines in `area` of `image` that can be read, from top to bottom; and the heights of all found."""
    left, top = int(area.left), int(area.top)
    part = image[top : top + int(area.height), left : left + int(area.width)]
    if not part.size:
        return (), ()
    part, scale = _enlarged(part, limits)
    places = [one for one in reader.find(part, limits.longest_px) if one.height / scale >= limits.least_line_px]
    chosen = sorted(places, key=lambda one: (-round(one.height / scale, 1), one.corners[0][1]))[: limits.most_lines]
    found = []
    for place in chosen:
        reading = reader.read(part, place)
        if reading.text.strip() and reading.score >= limits.least_score:
            xs, ys = [x / scale for x, _ in place.corners], [y / scale for _, y in place.corners]
            box = (left + min(xs), top + min(ys), max(xs) - min(xs), place.height / scale)
            corners = tuple((left + x, top + y) for x, y in zip(xs, ys, strict=True))
            found.append(Line(reading.text.strip(), reading.score, *box, corners))
    return tuple(sorted(found, key=lambda one: (one.top, one.left))), tuple(one.height / scale for one in places)


def _enlarged(part: Image, limits: PaperLimits) -> tuple[Image, float]:
    """A small region twice as large: the network that finds lines was made for larger print."""
    import cv2

    height, width = part.shape[:2]
    if max(height, width) >= limits.smallest_px:
        return np.ascontiguousarray(part), 1.0
    size = (width * 2, height * 2)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8), 2.0


def papers_of(readings: Sequence[Read], limits: PaperLimits) -> tuple[Paper, ...]:
    """The papers shown, in order of time: each title with the time of its places, and sheets without a title."""
    found: list[Paper] = []
    for one in readings:
        for sheet, span in _parts(one):
            if sheet.titled is not None or len(sheet.lines) >= limits.sheet_lines:
                found.append(_paper(sheet, span))
    joined: list[Paper] = []
    for paper in sorted(found, key=lambda one: (one.interval.start, one.interval.end, one.title)):
        before = next((n for n, one in enumerate(joined) if _same(one, paper, limits)), None)
        if before is None:
            joined.append(paper)
        else:
            joined[before] = _both(joined[before], paper)
    return tuple(sorted(joined, key=lambda one: (one.interval.start, one.title)))


def _parts(one: Read) -> list[tuple[Sheet, Interval]]:
    """Each reading with the part of the place's time it stands for: half-way to its neighbours."""
    edges = [one.held.interval.start]
    edges += [(first.seen + second.seen) / 2 for first, second in pairwise(one.sheets)]
    edges.append(one.held.interval.end)
    return [(sheet, Interval(edges[n], max(edges[n], edges[n + 1]))) for n, sheet in enumerate(one.sheets)]


def _paper(sheet: Sheet, span: Interval) -> Paper:
    titled = sheet.titled
    kind = titled.kind if titled else ("screen" if is_screen(sheet.lines) else "paper")
    fields = fields_of(sheet.lines) if kind == "card" else ()
    title = titled.title if titled else ""
    return Paper(span, title, sheet.text, kind, fields, round(sheet.legibility, 4), sheet.box, round(sheet.seen, 3))


def _same(first: Paper, second: Paper, limits: PaperLimits) -> bool:
    near = second.interval.start - first.interval.end <= limits.same_gap
    if not near or first.kind != second.kind:
        return False
    return first.title == second.title if first.title else not second.title and first.text == second.text


def _both(first: Paper, second: Paper) -> Paper:
    """One showing of two: what was read more surely, over the time of both."""
    best, other = sorted((first, second), key=lambda one: -(one.legibility or 0.0))
    span = Interval(first.interval.start, max(first.interval.end, second.interval.end))
    return replace(best, interval=span, fields=tuple(dict.fromkeys((*best.fields, *other.fields))))


def read_clock(
    glances: Sequence[Glance], frame_at: FrameAt, reader: TextReader, limits: PaperLimits
) -> tuple[ClockReading, ...]:
    """What the recorder's clock shows at moments spread over the recording; () where none is found at the picture's
    upper or lower edge.
    """
    moments = [one.interval.start for one in glances if one.judged]
    if not moments:
        return ()
    spread = [moments[round(at)] for at in np.linspace(0, len(moments) - 1, min(limits.clock_looks, len(moments)))]
    place: Area | None = None
    for moment in dict.fromkeys((spread[0], spread[len(spread) // 2])):
        frame = frame_at(moment)
        if frame is not None and place is None:
            place = _clock_place(frame.image, reader, limits)
    if place is None:
        return ()
    found = _clock_at(spread, place, frame_at, reader, limits)
    ahead = [_ahead(one) for one in found]
    usual = median(ahead) if ahead else 0.0
    again = [
        one.time + CLOCK_AGAIN_S for one, far in zip(found, ahead, strict=True) if abs(far - usual) > CLOCK_AGAIN_S
    ]
    # A digit misread once is hardly misread so again: what stands alone is read a second time, and gives way to that.
    second = {one.time - CLOCK_AGAIN_S: one for one in _clock_at(again, place, frame_at, reader, limits)}
    return tuple(_settled(one, second, usual) for one in found)


def _settled(one: ClockReading, second: dict[float, ClockReading], usual: float) -> ClockReading:
    near = [other for time, other in second.items() if abs(time - one.time) < CLOCK_AGAIN_S / 2]
    return near[0] if near and abs(_ahead(near[0]) - usual) <= CLOCK_AGAIN_S else one


def _ahead(one: ClockReading) -> float:
    """By how many seconds the clock is ahead of the recording's own."""
    return datetime.fromisoformat(one.reads).replace(tzinfo=UTC).timestamp() - one.time


def _clock_at(
    moments: Sequence[float], place: Area, frame_at: FrameAt, reader: TextReader, limits: PaperLimits
) -> list[ClockReading]:
    found = []
    for moment in dict.fromkeys(moments):
        frame = frame_at(moment)
        shown = _clock_in(frame.image, place, reader, limits) if frame is not None else None
        if frame is not None and shown is not None:
            found.append(ClockReading(round(frame.time, 3), shown.isoformat()))
    return found


def _clock_place(image: Image, reader: TextReader, limits: PaperLimits) -> Area | None:
    height, width = image.shape[:2]
    for low, high in BANDS:
        top, bottom = round(low * height), round(high * height)
        lines, _ = read_lines(image, Area(0.0, float(top), float(width), float(bottom - top)), reader, limits)
        for line in lines:
            if stamp_of(line.text) is not None:
                more_x, more_y = line.width * (limits.clock_reach - 1) / 2, line.height * (limits.clock_reach - 1)
                left, upper = max(0.0, line.left - more_x), max(0.0, line.top - more_y)
                return Area(left, upper, line.width + 2 * more_x, line.height + 2 * more_y)
    return None


def _clock_in(image: Image, place: Area, reader: TextReader, limits: PaperLimits) -> datetime | None:
    lines, _ = read_lines(image, place, reader, limits)
    return next((stamp for line in lines if (stamp := stamp_of(line.text)) is not None), None)
