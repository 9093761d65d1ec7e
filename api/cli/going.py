"""How long work is getting on: bars on a terminal, nothing otherwise; always on stderr."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from api.cli.console import printable, share
from engine.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from eval.runs import Step

VERDICTS = ("clear", "flagged", "unusable", "failed")
STAGES = {
    "measure": "计算指标 measuring",
    "clips": "截取片段 cutting clips",
    "backtest": "重判 judging again",
    "tune": "调阈值 tuning",
    "shadow": "对照 comparing",
    "make": "合成 making",
    "import": "导入 importing",
    "degrade": "降质 degrading",
}


@contextmanager
def going(total: int, stream: IO[str]) -> "Iterator[Going]":
    """What is told of each session of a run, shown on `stream`."""
    console = _console(stream)
    if not console.is_terminal:
        yield Going(None, None)
        return
    with _bars(console, counted=True) as bars:
        yield Going(bars, bars.add_task("", total=total))


class Going:
    """The bar of a run; with none, nothing is shown."""

    def __init__(self, bars: "Bars | None", task: "TaskID | None") -> None:
        self._bars, self._task = bars, task
        self._verdicts: Counter[str] = Counter()

    def __call__(self, step: "Step") -> None:
        """A session is done."""
        if self._bars is None or self._task is None:
            return
        self._verdicts[step.line.got or "failed"] += 1
        told = "  ".join(f"{name} {self._verdicts[name]}" for name in VERDICTS)
        self._bars.update(self._task, completed=step.done, total=step.total, description=told)
        if step.line.error is not None:
            line = printable(f"{step.line.id}：{step.line.error.text.splitlines()[0]}")
            self._bars.console.print(line, markup=False, highlight=False)


@contextmanager
def stages(stream: IO[str]) -> Iterator[Progress]:
    """A bar for each stage that is told of, shown on `stream`."""
    console = _console(stream)
    if not console.is_terminal:
        yield _quiet
        return
    with _bars(console, counted=False) as bars:
        tasks: dict[str, TaskID] = {}

        def told(stage: str, completed: float, total: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=1.0)
            bars.update(tasks[stage], completed=share(completed, total))

        yield told


def _quiet(stage: str, completed: float, total: float) -> None:
    """Nobody looks."""


def _console(stream: IO[str]) -> "Console":
    from rich.console import Console

    return Console(file=stream)


def _bars(console: "Console", counted: bool) -> "Bars":
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    amount = MofNCompleteColumn() if counted else TextColumn("{task.percentage:>3.0f}%")
    return Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=32),
        amount,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
