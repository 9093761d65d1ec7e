"""`mingjian rules backtest`: which past verdicts another rule set would change."""

import gc
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Self

import typer

from api.cli import pool
from api.cli.console import printable
from api.cli.failures import describe, set_up_logging
from engine.errors import MingjianError
from engine.progress import Progress
from eval.backtest import Backtest, Change, Session, Totals, folders, total

UNUSABLE = 2
MOST_JOBS = 64


@dataclass(frozen=True, slots=True)
class Job:
    """A stored session: its folder, and what it is called."""

    folder: Path
    name: str


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where a process judges stored sessions; `ruleset` and `policy` are names or files."""

    ruleset: str
    policy: str | None

    def __call__(self) -> "Bench":
        return Bench(self)


class Bench:
    """The rules, opened once for each process."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._test: Backtest | None = None

    def __enter__(self) -> Self:
        set_up_logging()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._test = None

    def __call__(self, job: Job, progress: Progress) -> Session:  # noqa: ARG002  a replay is too short to report on
        try:
            if self._test is None:
                self._test = Backtest.opened(self._place.ruleset, self._place.policy)
                gc.freeze()  # the rules stay as long as the process: session after session must not walk through them
            return self._test.judge(job.folder, job.name)
        except Exception as error:  # noqa: BLE001  one session must not end the others; the line carries its code
            return Session(job.name, fault=describe(error))


def backtest(
    ruleset: Annotated[str, typer.Argument(help="新规则集名称或文件 / name or file of the new rule set")],
    against: Annotated[Path, typer.Option(help="以往结果所在的文件夹 / folder with past results")],
    policy: Annotated[str | None, typer.Option(help="判定策略编号或文件 / policy, id or file")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="每个会话一行 JSON，最后一行是合计 / one JSON line a session, totals last")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=MOST_JOBS, help="同时处理的会话数 / sessions side by side")] = 1,
) -> None:
    """用新规则重判以往的会话，列出每个变化 / judge past sessions by new rules and list what changes.

    退出码 Exit status: 0 没有变化 nothing flips；1 有变化 something flips；2 无法读取 unusable input.
    """
    try:
        Backtest.opened(ruleset, policy)
    except MingjianError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error
    work = [Job(folder, folder.relative_to(against).as_posix()) for folder in folders(against)]
    if not work:
        typer.echo(str(MingjianError("no_results", path=against)), err=True)
        raise typer.Exit(UNUSABLE)
    sums = total(_told(pool.run(work, Workplace(ruleset, policy), jobs, _silent, _died), as_json))
    typer.echo(json.dumps({"totals": _as_data(sums)}, ensure_ascii=False) if as_json else _summary(sums))
    raise typer.Exit(sums.status)


def _silent(place: int, stage: str, completed: float, whole: float) -> None:
    """A replay takes milliseconds: there is no progress to tell."""


def _died(job: Job, error: pool.Died) -> Session:
    return Session(job.name, fault=str(MingjianError("worker_died", path=job.name, detail=error)))


def _told(sessions: Iterator[Session], as_json: bool) -> Iterator[Session]:
    """`sessions`, each printed as it comes."""
    for session in sessions:
        if as_json:
            typer.echo(json.dumps(asdict(session), ensure_ascii=False))
        else:
            for line in _lines(session):
                typer.echo(printable(line), err=session.fault is not None)
        yield session


def _lines(session: Session) -> Iterator[str]:
    if session.fault is not None:
        yield f"{session.folder}：{session.fault}"
        return
    if session.old != session.new:
        yield f"{session.folder}  {session.old} -> {session.new}"
    for change in session.changes:
        if change.flip or change.pending:
            flip = f"{change.item}{_of_product(change)}  {change.old} -> {change.new}"
            yield f"{session.folder}  {flip}  {_because(change)}"


def _of_product(change: Change) -> str:
    return "" if change.product_index is None else f"[{change.product_index}]"


def _because(change: Change) -> str:
    if change.quote is None or change.start is None:
        return change.reason
    return f"{change.reason}（{change.start:.1f} 秒：“{change.quote}”）"


def _summary(sums: Totals) -> str:
    flips = "、".join(f"{old}->{new} {count}" for (old, new), count in sorted(sums.flips.items())) or "0"
    return (
        f"{sums.sessions} 个会话，{sums.session_flips} 个结论变化；单项变化 {flips}；需听原声 {sums.pending}；"
        f"新增 {sums.added}，取消 {sums.removed}；无法读取 {sums.faults}"
        f" / {sums.sessions} session(s), {sums.session_flips} verdict(s) flip; items {flips}; pending {sums.pending};"
        f" new {sums.added}, gone {sums.removed}; unreadable {sums.faults}"
    )


def _as_data(sums: Totals) -> dict[str, Any]:
    flips = [{"old": old, "new": new, "items": count} for (old, new), count in sorted(sums.flips.items())]
    return asdict(sums) | {"flips": flips}
