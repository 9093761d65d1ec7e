"""`mingjian inspect`: one recording or many, with the findings at the end."""

import io
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Annotated, Self

import typer

from api.cli import pool
from api.cli.console import board, printable
from api.cli.failures import describe, set_up_logging
from api.cli.findings import headline, show
from engine.errors import MingjianError
from engine.inspection import Inspection, to_json
from engine.order import Order, read_order
from engine.progress import Progress

if TYPE_CHECKING:
    from engine.media.parts import Arrangement
    from engine.networks import Networks
    from engine.settings import Settings

CLEAR, FLAGGED, MISTAKE = 0, 1, 2
DEFAULT_OUT = Path("inspections")
ORDER_SUFFIX = ".order.json"
MOST_JOBS = 64
STDOUT, STDERR = 1, 2

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


class PartsBy(StrEnum):
    """How the parts of a session are put in order."""

    given = "given"
    time = "time"
    name = "name"


@dataclass(frozen=True, slots=True)
class Job:
    """One session to inspect. `apart`: another one of this run has the same stem, so its folder gets a hash suffix."""

    paths: tuple[Path, ...]
    order: Path | None
    ruleset: str | None
    policy: str | None
    out: Path
    mask: bool = False
    apart: bool = False
    reference: Path | None = None
    by: "Arrangement" = "given"

    @property
    def name(self) -> str:
        """What people know the session by."""
        return self.paths[0].name


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: an inspection and its folder, or the line that says what is wrong."""

    job: Job
    inspection: Inspection | None = None
    folder: Path | None = None
    error: str | None = None

    @property
    def status(self) -> int:
        """Exit status of this session alone."""
        if self.inspection is None:
            return MISTAKE
        return CLEAR if self.inspection.verdict == "clear" else FLAGGED

    @property
    def line(self) -> str:
        """The outcome in one line."""
        return headline(self.inspection) if self.inspection else "失败 Failed"


class Bench:
    """Where a process inspects session after session: settings and networks stay open between them. It has the cores
    of the machine to itself, or shares them evenly with others so that there are `processes`.
    """

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._stack = ExitStack()
        self._tools: tuple[Settings, Networks] | None = None

    def __enter__(self) -> Self:
        set_up_logging()  # a process of its own has not done so yet
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __call__(self, job: Job, progress: Progress) -> Outcome:
        """Inspect one session and write its result; whatever goes wrong becomes the outcome's error."""
        try:
            inspection, folder = self._inspect(job, progress)
            return Outcome(job, inspection, folder)
        except Exception as error:  # noqa: BLE001  one recording must not end the others; the line carries its code
            return Outcome(job, error=describe(error))

    def _inspect(self, job: Job, progress: Progress) -> tuple[Inspection, Path]:
        from engine.pipeline import examine, open_recording
        from engine.report.output import check_place
        from engine.report.writer import write

        order = order_of(job)
        settings, networks = self._opened()
        with (
            tempfile.TemporaryDirectory(prefix="mingjian-") as scratch,
            open_recording(job.paths, Path(scratch), settings, job.reference, job.by) as session,
        ):
            check_place(job.out)
            result = examine(
                session,
                networks,
                settings=settings,
                order=order,
                ruleset=job.ruleset,
                policy=job.policy,
                progress=progress,
            )
            return write(result, session, job.out, mask=job.mask, apart=job.apart, progress=progress)

    def _opened(self) -> "tuple[Settings, Networks]":
        from engine.networks import Networks
        from engine.settings import load_settings

        if self._tools is None:
            settings = load_settings()
            settings = settings.on_cores(settings.cores / self._processes)
            self._tools = settings, self._stack.enter_context(Networks(settings))
        return self._tools


def order_of(job: Job) -> Order | None:
    """The order given, else the one beside the first part, else none."""
    first = job.paths[0]
    beside = first.with_name(first.stem + ORDER_SUFFIX)
    path = job.order or (beside if beside.exists() else None)
    return read_order(path) if path else None


@app.command("inspect")
def inspect_command(
    media: Annotated[list[Path], typer.Argument(help="录音或录像文件 / recordings", show_default=False)],
    order: Annotated[
        Path | None,
        typer.Option(help="订单 JSON；缺省取同名的 .order.json / order JSON, default: beside the recording"),
    ] = None,
    ruleset: Annotated[str | None, typer.Option(help="规则集编号或文件 / rule set, id or file")] = None,
    policy: Annotated[str | None, typer.Option(help="判定策略编号或文件 / policy, id or file")] = None,
    out: Annotated[Path, typer.Option(help="结果文件夹 / where results go")] = DEFAULT_OUT,
    parts: Annotated[bool, typer.Option("--parts", help="这些文件是同一会话的各段 / parts of one session")] = False,
    parts_by: Annotated[
        PartsBy, typer.Option("--parts-by", help="各段按给出的顺序、录制时间或文件名排列 / order of the parts")
    ] = PartsBy.given,
    reference: Annotated[
        Path | None,
        typer.Option(
            help="同一设备的完好文件，用来重建丢失的索引 / sound file of the same device, to rebuild a lost index"
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="标准输出只打印 JSON，每行一个 / print inspections as JSON lines")
    ] = False,
    mask: Annotated[
        bool, typer.Option("--mask", help="证件号、电话、卡号和客户姓名脱敏 / mask personal data in all texts")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=MOST_JOBS, help="同时处理的录音数 / recordings side by side")] = 1,
) -> None:
    """检查录音录像：说了什么、谁说的、缺什么、凭证在哪 / Inspect recordings.

    退出码 Exit status: 0 全部通过 clear；1 需人工处理 flagged or unusable；2 文件或配置有错 error.
    """
    sessions = [tuple(media)] if parts else [(path,) for path in media]
    stems = Counter(paths[0].stem for paths in sessions)
    work = [
        Job(paths, order, ruleset, policy, out, mask, stems[paths[0].stem] > 1, reference, parts_by.value)
        for paths in sessions
    ]
    raise typer.Exit(run(work, partial(Bench, min(jobs, len(work))), jobs, as_json=json))


def run(work: Sequence[Job], workplace: pool.Workplace[Job, Outcome], workers: int, as_json: bool) -> int:
    """Inspect all of `work`, tell people how it goes, and return the worst exit status."""
    outcomes: list[Outcome] = []
    with reserved_stdout() as stdout:
        with board([job.name for job in work]) as shown:
            for place, outcome in enumerate(pool.run(work, workplace, workers, shown.stage, died)):
                outcomes.append(outcome)
                shown.finished(place, outcome.line)
                if as_json and outcome.inspection:
                    print(to_json(outcome.inspection, indent=None).decode(), file=stdout, flush=True)
        for outcome in outcomes:
            _conclude(outcome, sys.stderr if as_json else stdout)
    return max((outcome.status for outcome in outcomes), default=CLEAR)


def died(job: Job, error: pool.Died) -> Outcome:
    """The outcome of a job whose process ended without one."""
    return Outcome(job, error=str(MingjianError("worker_died", path=job.paths[0], detail=error)))


def _conclude(outcome: Outcome, stream: IO[str]) -> None:
    if outcome.inspection is None or outcome.folder is None:
        for line in (outcome.error or "").splitlines():
            print(printable(line), file=sys.stderr)
    else:
        show(outcome.inspection, outcome.folder, stream)


@contextmanager
def reserved_stdout() -> Iterator[IO[str]]:
    """Standard output for us alone: what libraries, C++ ones included, print there meanwhile goes to stderr."""
    sys.stdout.flush()
    try:
        sys.stdout.fileno()
    except (io.UnsupportedOperation, ValueError):  # not a file: a caller who collects what is printed
        yield sys.stdout
        return
    ours = os.dup(STDOUT)
    try:
        os.dup2(STDERR, STDOUT)
        with os.fdopen(os.dup(ours), "w", encoding="utf-8") as stream, redirect_stdout(sys.stderr):
            yield stream
    finally:
        os.dup2(ours, STDOUT)
        os.close(ours)
