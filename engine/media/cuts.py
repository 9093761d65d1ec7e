"""Whether the picture changes at once: short stretches around suspicious moments, decoded frame by frame.

A cut is one step between two frames, or two where they are blended, that is far larger than every other step near it,
that no change of light explains, and after which the picture does not come back (as it does after a flash). A sheet
that is lifted into a still picture takes longer: several large steps in a row are a movement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.media.frames import between
from engine.media.scan import Scan
from engine.media.settings import MediaSettings

THUMB = (64, 36)
LEAST_STEP = 0.1
MOST_STEPS_OF_A_CUT = 2
LARGE_SHARE = 0.25
"""Steps of so much of the largest are part of the same movement, where all others are smaller."""
Thumb = NDArray[np.float32]


class Jumps:
    """Watches pictures as they are decoded for sudden changes; they need not be all, nor of full size."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._times: list[float] = []
        self._sizes: list[float] = []
        self._before: Thumb | None = None

    def see(self, time: float, frame: Any) -> None:
        """The next picture (PyAV); one whose luma is not 8 bits deep is passed over."""
        thumb = _quick_thumb(frame)
        if thumb is None:
            return
        if self._before is not None:
            self._times.append(time)
            self._sizes.append(step_between(self._before, thumb))
        self._before = thumb

    @property
    def steps(self) -> tuple[tuple[float, float], ...]:
        """(time, size) of every step so far."""
        return tuple(zip(self._times, self._sizes, strict=True))

    def take(self, steps: Sequence[tuple[float, float]]) -> None:
        """Add the steps that another one saw, elsewhere."""
        self._times += [time for time, _ in steps]
        self._sizes += [size for _, size in steps]

    def found(self) -> tuple[tuple[float, float], ...]:
        """(strength, time) of the steps that stand out from those around them, the most sudden first."""
        least = 0.5 * self._settings.cut_step
        ratios = [_ratio(place, self._sizes, self._settings) for place in range(len(self._sizes))]
        chosen = [
            (round(ratio, 3), round(time, 3))
            for ratio, time, size in zip(ratios, self._times, self._sizes, strict=True)
            if ratio >= self._settings.jump_ratio and size >= least
        ]
        most = self._settings.cuts_looked + int(self._settings.view_s / self._settings.cuts_every)
        return tuple(sorted(chosen, key=lambda one: (-one[0], one[1]))[:most])


def _quick_thumb(frame: Any) -> Thumb | None:
    """Mean luma of 64 x 36 cells, from at most 16 pixels each: a twentieth of the cost of scaling."""
    name = frame.format.name
    if not (name.startswith(("yuv4", "yuvj4", "nv12", "nv21", "gray")) and "10" not in name and "12" not in name[2:]):
        return None
    plane = frame.planes[0]
    luma = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
    down, across = frame.height // (4 * THUMB[1]), frame.width // (4 * THUMB[0])
    if down == 0 or across == 0:
        return _thumb(frame)
    picked = luma[::down, ::across][: 4 * THUMB[1], : 4 * THUMB[0]]
    cells = picked.reshape(THUMB[1], 4, THUMB[0], 4)
    return np.asarray(cells.mean(axis=(1, 3), dtype=np.float32), np.float32)


@dataclass(frozen=True, slots=True)
class Step:
    """A sudden change at `time` (running time): `size` in mean luma, `ratio` over the largest step near it."""

    time: float
    size: float
    ratio: float


def find_cuts(scan: Scan, suspects: Sequence[float], settings: MediaSettings) -> tuple[float, ...]:
    """The cuts (running time of the part) at or near the `suspects`, the most suspicious first.

    At most `cuts_looked` and one more for every `cuts_every` seconds are looked at, so that a lively picture costs no
    more than a still one.
    """
    found = [
        one.time
        for one in steps_near(scan, suspects, settings)
        if one.size >= settings.cut_step and one.ratio >= settings.cut_ratio
    ]
    return tuple(_distinct(sorted(found), settings.cut_apart))


def steps_near(scan: Scan, suspects: Sequence[float], settings: MediaSettings) -> tuple[Step, ...]:
    """The largest step near each of the `suspects` after which the picture does not come back, in order of time."""
    if scan.picture is None:
        return ()
    most = settings.cuts_looked + int(scan.duration / settings.cuts_every)
    looked: list[float] = []
    found: set[Step] = set()
    for time in suspects:
        if len(looked) >= most:
            break
        if any(abs(time - other) < settings.cut_reach / 2 for other in looked):
            continue
        looked.append(time)
        found.update(_steps_at(scan, time, settings))
    return tuple(sorted(found, key=lambda one: (one.time, one.ratio)))


def _steps_at(scan: Scan, time: float, settings: MediaSettings) -> list[Step]:
    begin, end = time - settings.cut_reach, time + settings.cut_reach
    shown = [(at, _thumb(frame)) for at, frame in between(scan, begin, end, settings)]
    inside = [(at, thumb) for at, thumb in shown if begin - settings.hold <= at <= end]
    sizes = [step_between(one, two) for (_, one), (_, two) in pairwise(inside)]
    thumbs = [thumb for _, thumb in inside]
    ratios = [_ratio(place, sizes, settings) for place in range(len(sizes))]
    order = sorted(range(len(sizes)), key=lambda place: -ratios[place])[:1]
    return [
        Step(inside[place + 1][0], sizes[place], ratios[place])
        for place in order
        if ratios[place] > 0 and _stays(place, sizes[place], thumbs)
    ]


def _ratio(place: int, sizes: Sequence[float], settings: MediaSettings) -> float:
    """The step at `place` over the largest near it, its direct neighbours left out; 0 where too few are known."""
    near = range(max(0, place - settings.cut_near), min(len(sizes), place + settings.cut_near + 1))
    others = [sizes[other] for other in near if abs(other - place) > 1]
    if len(others) < settings.cut_least_near or _moves(place, sizes, near):
        return 0.0
    return sizes[place] / max(*others, LEAST_STEP)


def _moves(place: int, sizes: Sequence[float], near: range) -> bool:
    """Whether the step at `place` is one of several large ones in a row, among small ones."""
    large = max(LEAST_STEP, LARGE_SHARE * sizes[place])
    first = last = place
    while first - 1 in near and sizes[first - 1] >= large:
        first -= 1
    while last + 1 in near and sizes[last + 1] >= large:
        last += 1
    if last - first < MOST_STEPS_OF_A_CUT:
        return False
    return all(sizes[other] < large for other in near if not first <= other <= last)


def _stays(place: int, size: float, thumbs: Sequence[Thumb]) -> bool:
    """Whether the picture is another one after the step, not back as it is after a flash."""
    before, after = thumbs[max(0, place - 1)], thumbs[min(len(thumbs) - 1, place + 2)]
    return step_between(before, after) >= 0.5 * size


def step_between(before: Thumb, after: Thumb) -> float:
    """Mean difference (luma) of two thumbnails once the light of the first is fitted to the second."""
    x, y = before - before.mean(), after - after.mean()
    gain = float((x * y).sum()) / max(float(np.square(x).sum()), 1e-6)
    residual = y - min(max(gain, 0.2), 5.0) * x
    return float(np.abs(residual).mean())


def _thumb(frame: Any) -> Thumb:
    small = frame.reformat(width=THUMB[0], height=THUMB[1], format="gray", interpolation="AREA")
    return np.asarray(small.to_ndarray(), np.float32)


def _distinct(times: Sequence[float], apart: float) -> list[float]:
    kept: list[float] = []
    for time in times:
        if not kept or time - kept[-1] >= apart:
            kept.append(time)
    return kept
