"""A measured figure, its target, and how figures are shown."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. `target`: not to be exceeded (`at_most`) or undercut (`at_least`); None: only reported."""

    name: str
    value: float
    unit: str = ""
    target: float | None = None
    sense: Literal["at_most", "at_least"] = "at_most"
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether there is a target and the value is on the wrong side of it."""
        if self.target is None:
            return False
        return self.value > self.target if self.sense == "at_most" else self.value < self.target


def table(figures: Sequence[Figure]) -> str:
    """One line a figure: name, value, target, whether it is met."""
    width = max((len(figure.name) for figure in figures), default=0)
    return "\n".join(_line(figure, width) for figure in figures)


def _line(figure: Figure, width: int) -> str:
    line = f"  {figure.name:<{width}}  {figure.value:10.4g} {figure.unit:<4}"
    if figure.target is not None:
        sign = "<=" if figure.sense == "at_most" else ">="
        line += f"  {sign} {figure.target:g} {'MISSED' if figure.missed else 'met'}"
    return f"{line}  {figure.note}".rstrip()


def as_data(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Figures as JSON values."""
    return [
        {"name": one.name, "value": one.value, "unit": one.unit, "target": one.target, "met": not one.missed}
        for one in figures
    ]


def environment() -> str:
    """What the figures were measured on."""
    model = ""
    if CPU_INFO.is_file():
        lines = CPU_INFO.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores {model or platform.machine()}, Python {platform.python_version()}, {platform.system()}"
