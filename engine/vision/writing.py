"""Signing and copying by hand: which sheets are looked at for new strokes, and when they came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from engine.evidence import Act, ActKind, Box
from engine.interval import Interval
from engine.vision.geometry import Area
from engine.vision.held import Look
from engine.vision.ink import Writing, new_strokes, unlike
from engine.vision.laying import Grey, view
from engine.vision.paper_settings import PaperLimits
from engine.vision.papers import FrameAt, Read, Sheet
from engine.vision.readback import Said, read_back, widened
from models.palm_detector import PalmDetector
from models.text_reader import TextReader

PROBES = 5
"""Looks by which the beginning and the end of writing are narrowed down, each."""

SHARP = 0.9
"""A look is sharp where strokes stand out at least this share as much as they usually do at the place."""

ALIKE, LEAST_ALIKE = 10.0, 3.0
"""Mean difference, in luma, up to which a place looks as it did in another look; a camera trembles by the lesser."""

PART = 0.1
"""... and no more than this share of what all that was written makes: a sentence comes little by little."""

SAME_SPOT = 0.4
"""Two places that share so much of the smaller one are one sheet."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Where a sheet lies in one picture."""

    time: float
    area: Area


@dataclass(frozen=True, slots=True)
class Spot:
    """A sheet that stays in one place: the time it is there, the first sharp look at it, and the last one of each
    stretch in which nothing came between, in order of time; its title where one was read, and how wide its print is.
    """

    interval: Interval
    first: Sight
    ends: tuple[Sight, ...]
    title: str
    print_px: float

    @property
    def area(self) -> Area:
        """Where it was at first."""
        return self.first.area


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
            Sight(_middle(calm[0].interval), sheet.area),
            (Sight(_middle(calm[-1].interval), sheet.area),),
            sheet.titled.title if sheet.titled else "",
            max(line.right for line in sheet.lines) - min(line.left for line in sheet.lines),
        )
        before = next((n for n, other in enumerate(found) if _goes_on(other, spot, limits)), None)
        if before is None:
            found.append(spot)
        else:
            found[before] = _joined(found[before], spot)
    return tuple(one for one in found if one.ends[-1].time - one.first.time >= limits.ink_apart)


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
    """Whether a sheet is there again. What is there at the same time is something else, even if both
    reach over each other.
    """
    near = -limits.least_held <= second.interval.start - first.interval.end <= limits.ink_gap
    same = not first.title or not second.title or first.title == second.title
    return near and same and first.area.shared(second.area) >= SAME_SPOT


def _joined(first: Spot, second: Spot) -> Spot:
    span = Interval(min(first.interval.start, second.interval.start), max(first.interval.end, second.interval.end))
    ends = tuple(sorted((*first.ends, *second.ends), key=lambda one: one.time))
    earlier = min(first.first, second.first, key=lambda one: one.time)
    return Spot(span, earlier, ends, first.title or second.title, first.print_px)


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
    found: list[tuple[Act, Area]] = []
    for spot in spots(places, limits)[: spots_to_watch(duration, limits)]:
        done = _done(spot, frame_at, limits)
        if done is None:
            continue
        when, written = done.interval, done.writing.strokes.area
        if any(when.overlap(act.interval) > 0 and written.shared(area) >= SAME_SPOT for act, area in found):
            continue  # the same act, seen at two places that reach over each other
        said = read_back(done.writing, done.last, when, places, frame_at, reader, limits)
        if said is not None:
            found.append((_act(spot, done, said, _hand(when, spot.area, frame_at, hands(), limits), limits), written))
    return tuple(sorted((act for act, _ in found), key=lambda one: (one.interval.start, one.document)))


@dataclass(frozen=True, slots=True, eq=False)
class _Done:
    """Something written on a sheet: when, and as seen in the look at `last`."""

    interval: Interval
    writing: Writing
    last: float


def _done(spot: Spot, frame_at: FrameAt, limits: PaperLimits) -> _Done | None:
    """What was written on a sheet, by the latest look at which it still lies as it lay at first; None for nothing."""
    begin, first = spot.first.time, frame_at(spot.first.time)
    if first is None:
        return None
    for end in spot.ends[: -1 - limits.ink_looks : -1]:
        last = frame_at(end.time)
        if last is None or last.image.shape != first.image.shape or end.time - begin < limits.ink_apart:
            continue
        area = widened(spot.area.joined(end.area), first.image)
        found = new_strokes(view(first.image, area, limits), view(last.image, area, limits), limits)
        if found is not None and 1 / limits.ink_moved <= found.grown <= limits.ink_moved:
            when = _when(begin, end.time, found, frame_at, limits)
            if when.duration >= limits.ink_seconds:
                return _Done(when, found, end.time)
    return None


def _act(spot: Spot, done: _Done, said: Said, hand: float | None, limits: PaperLimits) -> Act:
    wide = done.writing.strokes.area.width >= limits.copy_width * spot.print_px
    kind: ActKind = "copying" if wide or len(said.text) >= limits.copy_least_chars else "signing"
    area, (width, height) = said.area, said.frame_size
    box = Box(area.left / width, area.top / height, area.width / width, area.height / height)
    score = round(done.writing.strokes.score, 4)
    return Act(done.interval, kind, spot.title, said.text, score, box, round(said.seen, 3), hand)


def _when(first: float, last: float, written: Writing, frame_at: FrameAt, limits: PaperLimits) -> Interval:
    """From the last moment at which the place still looks bare to the first at which it looks as it did in the end."""
    later, area = written.after, written.strokes.area
    slack = min(ALIKE, max(LEAST_ALIKE, PART * unlike(later, written.laid, area)))

    def alike(time: float, other: Grey) -> bool:
        frame = frame_at(time)
        return frame is not None and unlike(view(frame.image, later.area, limits), other, area) <= slack

    low, high = first, last
    for _ in range(PROBES):
        middle = (low + high) / 2
        low, high = (middle, high) if alike(middle, written.laid) else (low, middle)
    begin, high = low, last
    for _ in range(PROBES):
        middle = (low + high) / 2
        low, high = (low, middle) if alike(middle, later.grey) else (middle, high)
    return Interval(round(begin, 3), round(max(begin, high), 3))


def _hand(when: Interval, spot: Area, frame_at: FrameAt, hands: PalmDetector, limits: PaperLimits) -> float | None:
    """Share of some looks during the writing in which a palm lies over the sheet; None where no picture is there."""
    looks, over = 0, 0
    for number in range(limits.hand_looks):
        frame = frame_at(when.start + (number + 0.5) / limits.hand_looks * when.duration)
        if frame is None:
            continue
        looks += 1
        area = widened(spot, frame.image)
        left, top = int(area.left), int(area.top)
        part = frame.image[top : top + int(area.height), left : left + int(area.width)]
        over += bool(hands.detect(part, limits.hand_score))
    return round(over / looks, 3) if looks else None


def _middle(span: Interval) -> float:
    return (span.start + span.end) / 2
