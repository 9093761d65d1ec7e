"""Loudness and brightness drawn over the time line: one path each, with the stretches in which something is wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEIGHT = 46.0
INSET = 5.0
LOUDNESS = (-70.0, 0.0)
BRIGHTNESS = (0.0, 255.0)


@dataclass(frozen=True, slots=True)
class CurveLane:
    """One curve. `path` is the area below it (an SVG path), `top` and `bottom` its frame, `low` and `high` the values
    at both.
    """

    label: str
    unit: str
    low: float
    high: float
    top: float
    bottom: float
    path: str
    spoiled: tuple[tuple[float, float, str], ...]
    """x, width and name of what is wrong there."""


def lanes(
    quality: Mapping[str, Any], x: Callable[[float], float], top: float, names: Mapping[str, str]
) -> tuple[CurveLane, ...]:
    """The curves there are, one below the other from `top` on; `x` places seconds, `names` names faults."""
    drawn: list[CurveLane] = []
    for group, key, label, unit, span, faults in (
        ("sound", "level_curve", "声音响度", "dB", LOUDNESS, ("dropouts", "holes", "clipped")),
        ("picture", "luma_curve", "画面亮度", "", BRIGHTNESS, ("black", "frozen", "covered")),
    ):
        measured = quality.get(group)
        curve = measured.get(key) if isinstance(measured, Mapping) else None
        if not curve or not curve["values"]:
            continue
        begin = top + HEIGHT * len(drawn)
        inside = (begin + INSET, begin + HEIGHT - INSET)
        path = "".join(_areas(curve["values"], curve["step"], x, inside, span))
        spoiled = tuple(_spoiled(measured, faults, x, names)) if isinstance(measured, Mapping) else ()
        drawn.append(CurveLane(label, unit, *span, *inside, path, spoiled))
    return tuple(drawn)


def _areas(
    values: Sequence[float | None],
    step: float,
    x: Callable[[float], float],
    inside: tuple[float, float],
    span: tuple[float, float],
) -> Iterator[str]:
    """Below every run of known values."""
    top, bottom = inside
    run: list[str] = []
    begin = 0.0
    for place, value in enumerate([*values, None]):
        if value is None:
            if run:
                yield f"M{begin:g} {bottom:g}{''.join(run)}V{bottom:g}Z"
            run = []
            continue
        share = min(1.0, max(0.0, (value - span[0]) / (span[1] - span[0])))
        left, right = x(place * step), x((place + 1) * step)
        begin = left if not run else begin
        run.append(f"L{left:.1f} {bottom - share * (bottom - top):.1f}H{right:.1f}")


def _spoiled(
    measured: Mapping[str, Any], faults: Sequence[str], x: Callable[[float], float], names: Mapping[str, str]
) -> Iterator[tuple[float, float, str]]:
    for fault in faults:
        for one in measured.get(fault) or ():
            left = x(one["start"])
            yield left, round(max(1.5, x(one["end"]) - left), 2), names[fault]
