"""The session drawn to scale: lanes of bars over a time axis, with numbered marks where the findings lie.

Only geometry is computed here, in units of the drawing; the template turns it into SVG.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.evidence import Role
from engine.inspection import Inspection, Item, SpeakingSummary, Verdict
from engine.interval import Interval, union
from engine.report.curves import HEIGHT as CURVE_HEIGHT
from engine.report.curves import CurveLane
from engine.report.curves import lanes as curve_lanes
from engine.report.words import ROLE, VERDICT, clock

WIDTH, LABELS, RIGHT = 1000.0, 96.0, 12.0
AXIS_HEIGHT, LANE_HEIGHT, BAR_HEIGHT = 26.0, 24.0, 12.0
MARK_RADIUS, MARK_ROW = 9.0, 22.0
NARROWEST_BAR = 1.5
MOST_BARS = 800  # of one lane; more than that are joined, or a long call makes the drawing heavy
MOST_TICKS = 10
TICK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a lane. `link` is the id of what it stands for, `style` a class of the style sheet."""

    x: float
    width: float
    time: float
    title: str
    style: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of bars; `y` is its middle."""

    label: str
    y: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbered finding."""

    x: float
    y: float
    number: int
    verdict: Verdict
    time: float
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled time of the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All of the drawing. `marks_top` is where the rows of marks begin."""

    height: float
    marks_top: float
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    curves: tuple[CurveLane, ...] = ()
    width: float = WIDTH
    left: float = LABELS
    right: float = WIDTH - RIGHT
    radius: float = MARK_RADIUS
    bar_height: float = BAR_HEIGHT


@dataclass(frozen=True, slots=True)
class _Scale:
    """Seconds to units of the drawing."""

    duration: float

    def x(self, time: float) -> float:
        share = min(max(time / self.duration, 0.0), 1.0) if self.duration else 0.0
        return round(LABELS + share * (WIDTH - RIGHT - LABELS), 2)

    def bar(self, span: Interval, title: str, style: str, link: str | None = None) -> Bar:
        left, right = self.x(span.start), self.x(span.end)
        shown = f"{clock(span.start)}–{clock(span.end)} {title}"
        return Bar(left, round(max(NARROWEST_BAR, right - left), 2), span.start, shown, style, link)


def draw(inspection: Inspection, numbers: dict[int, int]) -> Timeline:
    """Lanes for who speaks, who is seen, papers and faults; marks for the items numbered in `numbers` (by index)."""
    scale = _Scale(inspection.recording.duration)
    rows = [
        *_voices(inspection, scale),
        *_people(inspection, scale),
        *_papers(inspection, scale),
        *_faults(inspection, scale),
    ]
    lanes = tuple(
        Lane(label, AXIS_HEIGHT + LANE_HEIGHT * (i + 0.5), tuple(bars)) for i, (label, bars) in enumerate(rows)
    )
    curves = curve_lanes(inspection.quality, scale.x, AXIS_HEIGHT + LANE_HEIGHT * len(lanes), CURVE_FAULTS)
    top = AXIS_HEIGHT + LANE_HEIGHT * len(lanes) + CURVE_HEIGHT * len(curves) + 8
    marks, depth = _marks(inspection.items, numbers, scale, top)
    return Timeline(top + MARK_ROW * max(depth, 1) + 6, top, _ticks(scale), lanes, marks, curves)


def _ticks(scale: _Scale) -> tuple[Tick, ...]:
    step = next((one for one in TICK_STEPS if scale.duration / one <= MOST_TICKS), TICK_STEPS[-1])
    count = int(scale.duration // step) + 1
    return tuple(Tick(scale.x(i * step), _short_clock(i * step)) for i in range(count))


def _short_clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


def _voices(inspection: Inspection, scale: _Scale) -> Iterable[tuple[str, list[Bar]]]:
    said: dict[Role, list[tuple[Interval, str, str]]] = {}
    for one in inspection.utterances:
        said.setdefault(one.role, []).append((Interval(one.start, one.end), one.text, f"u{one.id}"))
    for role, word in ROLE.items():
        if role in said:
            if len(said[role]) <= MOST_BARS:
                yield f"{word.zh}说话", [scale.bar(span, text, f"r-{role}", link) for span, text, link in said[role]]
            else:
                spans = _joined([span for span, _, _ in said[role]], scale.duration)
                yield f"{word.zh}说话", [scale.bar(span, word.zh, f"r-{role}") for span in spans]


def _people(inspection: Inspection, scale: _Scale) -> Iterable[tuple[str, list[Bar]]]:
    for person in inspection.scene.people if inspection.scene else ():
        spans = _joined([Interval(*span) for span in person.intervals], scale.duration)
        name = ROLE[person.role].zh if person.role != "unknown" else person.id
        bars = [scale.bar(span, f"{name}（{person.id}）", f"r-{person.role} seen") for span in spans]
        bars += [
            scale.bar(Interval(one.start, one.end), f"{name}口型在动（{one.score:.2f}）", f"r-{person.role}")
            for one in _spoken(inspection, person.id)
        ]
        bars += [
            scale.bar(Interval(start, end), f"{name}{_LIFELESS[how]}", "fault") for start, end, how in person.lifeless
        ]
        yield f"{name}在画面", bars
    off_screen = _spoken(inspection, None)
    if off_screen:
        title = "有声音，画面中无人开口"
        yield "画外发言", [scale.bar(Interval(one.start, one.end), title, "fault") for one in off_screen]


_LIFELESS = {"frozen": "画面静止（非实时）", "black": "画面黑屏（非实时）"}


def _spoken(inspection: Inspection, face: str | None) -> list[SpeakingSummary]:
    """Utterances bound to a face, or (None) to nobody in the picture."""
    found = (inspection.scene.speaking if inspection.scene else None) or ()
    return [one for one in found if one.face == face and one.bound == ("nobody" if face is None else "face")]


def _papers(inspection: Inspection, scale: _Scale) -> Iterable[tuple[str, list[Bar]]]:
    papers = inspection.scene.papers if inspection.scene else ()
    if papers:
        yield "出示材料", [scale.bar(Interval(p.start, p.end), p.title or "材料", "paper") for p in papers]


_PICTURE_FAULTS = {
    "black": "黑屏",
    "frozen": "定格",
    "dim": "光线过暗",
    "bright": "曝光过度",
    "soft": "模糊失焦",
    "covered": "镜头遮挡",
}


CURVE_FAULTS = {**_PICTURE_FAULTS, "dropouts": "声音中断", "holes": "声音断续", "clipped": "声音削顶"}


def _faults(inspection: Inspection, scale: _Scale) -> Iterable[tuple[str, list[Bar]]]:
    measured = inspection.quality
    gaps = _spans(measured.get("continuity"), "gaps")
    dropouts = _spans(measured.get("sound"), "dropouts")
    bars = [scale.bar(span, "时间戳跳变", "fault") for span in gaps]
    bars += [scale.bar(span, "声音中断", "fault") for span in dropouts]
    for key, name in _PICTURE_FAULTS.items():
        bars += [scale.bar(span, name, "fault") for span in _spans(measured.get("picture"), key)]
    if bars:
        yield "录制异常", bars


def _spans(measured: Any, key: str) -> list[Interval]:
    found = (measured.get(key) or ()) if isinstance(measured, dict) else ()
    return [Interval(one["start"], one["end"]) for one in found]


def _joined(spans: Sequence[Interval], duration: float) -> tuple[Interval, ...]:
    """`spans` as at most MOST_BARS bars: gaps too narrow to be seen are closed."""
    gap = 0.0
    joined = union(spans)
    while len(joined) > MOST_BARS:
        gap = gap * 2 or duration / (4 * MOST_BARS)
        joined = union(spans, gap=gap)
    return joined


def _marks(items: Sequence[Item], numbers: dict[int, int], scale: _Scale, top: float) -> tuple[tuple[Mark, ...], int]:
    """One mark per item, at its first finding, and the rows used: marks that would touch go to the next row."""
    placed: list[Mark] = []
    ends: list[float] = []
    order = sorted((index for index in numbers if items[index].evidence), key=lambda i: (_first(items[i]), i))
    for index in order:
        item = items[index]
        start = _first(item)
        x = min(max(scale.x(start), LABELS + MARK_RADIUS), WIDTH - RIGHT - MARK_RADIUS)
        row = next((i for i, end in enumerate(ends) if end <= x - MARK_RADIUS), len(ends))
        ends[row : row + 1] = [x + MARK_RADIUS + 1]
        title = f"{clock(start)} {VERDICT[item.verdict].zh}：{item.title}"
        y = top + MARK_ROW * (row + 0.5)
        placed.append(Mark(x, y, numbers[index], item.verdict, start, title, f"item-{numbers[index]}"))
    return tuple(placed), len(ends)


def _first(item: Item) -> float:
    return min(finding.start for finding in item.evidence)
