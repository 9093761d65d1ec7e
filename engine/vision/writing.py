"""Signing and copying by hand: which sheets are looked at for new strokes, when they came, and what they say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from engine.evidence import Act, ActKind, Box
from engine.interval import Interval
from engine.vision.geometry import Area
from engine.vision.held import Look
from engine.vision.ink import Grey, Strokes, View, looks_like, new_strokes, view
from engine.vision.paper_settings import PaperLimits
from engine.vision.papers import FrameAt, Image, Read, Sheet, read_lines
from models.palm_detector import PalmDetector
from models.text_reader import TextReader

PROBES = 5
"""Looks by which the beginning and the end of writing are narrowed down, each."""

SHARP = 0.9
"""A look is sharp where strokes stand out at least this share as much as they usually do at the place."""

SAME_SPOT = 0.4
"""Two places that share so much of the smaller one are one sheet."""

ROOM = 0.25
"""By how much, of its size, a place is widened: what is written stands below and beside the print."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A sheet that stays in one place: the time it is there, where, and its title where one was read."""

    interval: Interval
    first: float
    last: float
    area: Area
    title: str


def spots(places: Sequence[Read], limits: PaperLimits) -> tuple[Spot, ...]:
    """Sheets with text that stay long enough to be written on, in order of time. Places that follow each other at one
    spot, because a hand came between, are one."""
    found: list[Spot] = []
    for one in sorted(places, key=lambda one: one.held.interval.start):
        sheet = _sheet(one, limits)
        if sheet is None:
            continue
        calm = _calm(one)
        spot = Spot(
            one.held.interval,
            _middle(calm[0].interval),
            _middle(calm[-1].interval),
            sheet.area,
            sheet.titled.title if sheet.titled else "",
        )
        before = next((n for n, other in enumerate(found) if _goes_on(other, spot, limits)), None)
        if before is None:
            found.append(spot)
        else:
            found[before] = _joined(found[before], spot)
    return tuple(one for one in found if one.last - one.first >= limits.ink_apart)


def _sheet(one: Read, limits: PaperLimits) -> Sheet | None:
    """The reading of a place that says most; None where it is no sheet, or a card."""
    told = [sheet for sheet in one.sheets if len(sheet.lines) >= limits.sheet_lines or sheet.titled is not None]
    best = max(told, key=lambda sheet: (sheet.titled is not None, len(sheet.lines)), default=None)
    return None if best is None or (best.titled is not None and best.titled.kind == "card") else best


def _calm(one: Read) -> Sequence[Look]:
    """The looks at a place at which it was sharp; a sheet that comes or goes is blurred."""
    looks = one.held.looks[1:-1] or one.held.looks
    usual = median(look.edge for look in looks)
    return [look for look in looks if look.edge >= SHARP * usual] or looks


def _goes_on(first: Spot, second: Spot, limits: PaperLimits) -> bool:
    near = second.interval.start - first.interval.end <= limits.ink_gap
    same = not first.title or not second.title or first.title == second.title
    return near and same and first.area.shared(second.area) >= SAME_SPOT


def _joined(first: Spot, second: Spot) -> Spot:
    left, top = min(first.area.left, second.area.left), min(first.area.top, second.area.top)
    right, bottom = max(first.area.right, second.area.right), max(first.area.bottom, second.area.bottom)
    span = Interval(min(first.interval.start, second.interval.start), max(first.interval.end, second.interval.end))
    area = Area(left, top, right - left, bottom - top)
    return Spot(span, min(first.first, second.first), max(first.last, second.last), area, first.title or second.title)


def spots_to_watch(duration: float, limits: PaperLimits) -> int:
    """How many sheets of a recording of `duration` seconds are looked at for writing, at most."""
    return limits.ink_pages + int(duration / limits.ink_every)


def find_acts(
    places: Sequence[Read],
    frame_at: FrameAt,
    reader: TextReader,
    hands: Callable[[], PalmDetector],
    limits: PaperLimits,
    duration: float,
) -> tuple[Act, ...]:
    """What is written by hand on the sheets read at `places`, in order of time. `hands` opens the palm detector, which
    is asked only where something was written.
    """
    found = []
    for spot in spots(places, limits)[: spots_to_watch(duration, limits)]:
        act = _act(spot, frame_at, reader, hands, limits)
        if act is not None:
            found.append(act)
    return tuple(sorted(found, key=lambda one: (one.interval.start, one.document)))


def _act(
    spot: Spot, frame_at: FrameAt, reader: TextReader, hands: Callable[[], PalmDetector], limits: PaperLimits
) -> Act | None:
    first, last = frame_at(spot.first), frame_at(spot.last)
    if first is None or last is None or first.image.shape != last.image.shape:
        return None
    area = _widened(spot.area, last.image)
    earlier, later = view(first.image, area, limits), view(last.image, area, limits)
    strokes = new_strokes(earlier, later, limits)
    if strokes is None:
        return None
    written, laid = strokes
    when = _when(spot, written, laid, later, frame_at, limits)
    text = _text(last.image, written.area, reader, limits)
    kind: ActKind = "copying" if len(text) >= limits.copy_least_chars else "signing"
    height, width = last.image.shape[:2]
    box = Box(
        written.area.left / width, written.area.top / height, written.area.width / width, written.area.height / height
    )
    hand = _hand(when, area, frame_at, hands(), limits)
    return Act(when, kind, spot.title, text, round(written.score, 4), box, round(spot.last, 3), hand)


def _when(spot: Spot, written: Strokes, laid: Grey, later: View, frame_at: FrameAt, limits: PaperLimits) -> Interval:
    """From the last moment at which the place still looks bare to the first at which it looks as it did in the end."""

    def place(time: float) -> View | None:
        frame = frame_at(time)
        return None if frame is None else view(frame.image, later.area, limits)

    low, high = spot.first, spot.last
    for _ in range(PROBES):
        middle = (low + high) / 2
        seen = place(middle)
        bare = seen is not None and looks_like(seen, laid, written.area)
        low, high = (middle, high) if bare else (low, middle)
    begin = low
    low, high = begin, spot.last
    for _ in range(PROBES):
        middle = (low + high) / 2
        seen = place(middle)
        done = seen is not None and looks_like(seen, later.grey, written.area)
        low, high = (low, middle) if done else (middle, high)
    return Interval(round(begin, 3), round(max(begin, high), 3))


def _text(image: Image, area: Area, reader: TextReader, limits: PaperLimits) -> str:
    """What the strokes say, as far as it can be read."""
    lines, _ = read_lines(image, _widened(area, image), reader, limits)
    inside = [one for one in lines if Area(one.left, one.top, one.width, one.height).shared(area) >= SAME_SPOT]
    return "".join(one.text for one in inside)


def _hand(when: Interval, area: Area, frame_at: FrameAt, hands: PalmDetector, limits: PaperLimits) -> float | None:
    """Share of some looks during the writing in which a palm lies over the sheet; None where no picture is there."""
    looks, over = 0, 0
    for number in range(limits.hand_looks):
        frame = frame_at(when.start + (number + 0.5) / limits.hand_looks * when.duration)
        if frame is None:
            continue
        looks += 1
        left, top = int(area.left), int(area.top)
        part = frame.image[top : top + int(area.height), left : left + int(area.width)]
        over += bool(hands.detect(part, limits.hand_score))
    return round(over / looks, 3) if looks else None


def _widened(area: Area, image: Image) -> Area:
    height, width = image.shape[:2]
    more_x, more_y = ROOM * area.width, ROOM * area.height
    left, top = max(0, int(area.left - more_x)), max(0, int(area.top - more_y))
    right, bottom = min(width, int(area.right + more_x)), min(height, int(area.bottom + more_y))
    return Area(float(left), float(top), float(right - left), float(bottom - top))


def _middle(span: Interval) -> float:
    return (span.start + span.end) / 2
