"""What is held still before the camera, or stays on show: places that look like text, followed from frame to frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.interval import Interval
from engine.vision.paper_settings import PaperLimits
from engine.vision.textlike import TextMap, groups, ink_apart, shared


@dataclass(frozen=True, slots=True)
class Look:
    """One place in one frame: its cells, how much strokes cover each of them, and how sharp they are."""

    interval: Interval
    bits: int
    edge: float
    covers: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A place that looks like text and stays where it is, in the frames of a grid of `columns` x `rows` cells."""

    looks: tuple[Look, ...]
    columns: int
    rows: int

    @property
    def interval(self) -> Interval:
        """From the first look to the end of the time for which the last one stands."""
        return Interval(self.looks[0].interval.start, self.looks[-1].interval.end)

    @property
    def weight(self) -> float:
        """How much it is worth a reading: cells, and up to five seconds of standing still."""
        cells = max(one.bits.bit_count() for one in self.looks)
        return float(min(cells, 120) ** 0.5 * min(self.interval.duration, 5.0))

    def best(self, span: Interval | None = None) -> Look:
        """The look (inside `span`) at which most stands out most; not one at either end where there are others."""
        inside = [one for one in self.looks if span is None or one.interval.overlap(span) > 0] or list(self.looks)
        calm = inside[1:-1] or inside
        return max(calm, key=lambda one: (one.edge * one.bits.bit_count(), -one.interval.start))


@dataclass(slots=True)
class _Open:
    """A place while it is followed."""

    looks: list[Look] = field(default_factory=list)
    columns: int = 0
    rows: int = 0


def follow(frames: Sequence[tuple[Interval, TextMap]], limits: PaperLimits) -> tuple[Held, ...]:
    """Every place held for `least_held` or longer, in the order of its beginning. `frames` come in order of time."""
    alive: list[_Open] = []
    closed: list[_Open] = []
    for interval, seen in frames:
        covers = seen.covers
        going: list[_Open] = []
        free = list(alive)
        for bits in groups(seen.bits, seen.columns, seen.rows):
            if bits.bit_count() < limits.least_cells:
                continue
            look = Look(interval, bits, seen.edge, {n: covers[n] for n in covers if bits >> n & 1})
            same = [one for one in free if _continues(one, look, seen, limits)]
            place = max(same, key=lambda one: shared(one.looks[-1].bits, bits), default=None)
            if place is None:
                place = _Open([], seen.columns, seen.rows)
            else:
                free = [one for one in free if one is not place]
            place.looks.append(look)
            going.append(place)
        waiting = [one for one in free if interval.end - one.looks[-1].interval.end <= limits.least_held]
        closed += [one for one in free if not any(one is other for other in waiting)]
        alive = going + waiting
    kept = (Held(tuple(one.looks), one.columns, one.rows) for one in [*closed, *alive])
    long = [one for one in kept if one.interval.duration >= limits.least_held]
    return tuple(sorted(long, key=lambda one: (one.interval.start, -one.weight, one.looks[0].bits)))


def _continues(place: _Open, look: Look, seen: TextMap, limits: PaperLimits) -> bool:
    last = place.looks[-1]
    near = look.interval.start - last.interval.end <= limits.least_held
    if not near or (place.columns, place.rows) != (seen.columns, seen.rows):
        return False
    same_place = shared(last.bits, look.bits) >= limits.still_share
    return same_place and ink_apart(last.covers, look.covers) <= limits.still_ink
