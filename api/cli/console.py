"""What people see while recordings are inspected: bars on a terminal, plain lines otherwise; always on stderr."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from engine.report.words import stage_name

PLAIN_STEP = 0.25  # a plain line each time another quarter of a stage is done


class Board(Protocol):
    """Shows how the recordings, known by their place in the list of names, are getting on."""

    def stage(self, place: int, stage: str, completed: float, total: float) -> None: ...

    def finished(self, place: int, outcome: str) -> None: ...


def printable(text: str) -> str:
    """`text` without characters that would steer a terminal; names and quotes are other people's."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def share(completed: float, total: float) -> float:
    """How much is done, 0..1."""
    return min(1.0, max(0.0, completed / total)) if total > 0 else 0.0


class PlainBoard:
    """One line when a stage begins, at each further quarter, and when a recording is done."""

    def __init__(self, names: Sequence[str], write: Callable[[str], None]) -> None:
        self._names, self._write = names, write
        self._lock = threading.Lock()
        self._told: dict[tuple[int, str], int] = {}

    def stage(self, place: int, stage: str, completed: float, total: float) -> None:
        quarter = int(share(completed, total) / PLAIN_STEP)
        with self._lock:
            if quarter <= self._told.get((place, stage), -1):
                return
            self._told[place, stage] = quarter
        self._say(place, f"{stage_name(stage)} {quarter * PLAIN_STEP:.0%}")

    def finished(self, place: int, outcome: str) -> None:
        self._say(place, outcome)

    def _say(self, place: int, text: str) -> None:
        self._write(f"[{place + 1}/{len(self._names)}] {printable(self._names[place])}：{printable(text)}")


class BarBoard:
    """A bar for each stage under way; with several recordings also one for all of them."""

    def __init__(self, names: Sequence[str], bars: Progress) -> None:
        self._names, self._bars = names, bars
        self._lock = threading.Lock()
        self._tasks: dict[tuple[int, str], TaskID] = {}
        self._all = bars.add_task("全部", total=len(names)) if len(names) > 1 else None

    def stage(self, place: int, stage: str, completed: float, total: float) -> None:
        with self._lock:
            key = (place, stage)
            if key not in self._tasks:
                self._tasks[key] = self._bars.add_task(self._label(place, stage), total=1.0)
            self._bars.update(self._tasks[key], completed=share(completed, total))

    def finished(self, place: int, outcome: str) -> None:
        with self._lock:
            if self._all is None:
                return
            for key in [key for key in self._tasks if key[0] == place]:
                self._bars.remove_task(self._tasks.pop(key))
            self._bars.advance(self._all)
            self._bars.console.print(
                f"{printable(self._names[place])}：{printable(outcome)}", markup=False, highlight=False
            )

    def _label(self, place: int, stage: str) -> str:
        name = stage_name(stage)
        return name if len(self._names) == 1 else f"{printable(self._names[place])} {name}"


@contextmanager
def board(names: Sequence[str], stream: IO[str] | None = None) -> Iterator[Board]:
    """The board that suits `stream` (stderr): bars on a terminal, plain lines otherwise."""
    console = Console(file=stream or sys.stderr)
    if not console.is_terminal:
        yield PlainBoard(names, lambda line: print(line, file=stream or sys.stderr, flush=True))
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        yield BarBoard(names, bars)
