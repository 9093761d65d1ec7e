"""`mingjian models`: fetch, verify and list the weights of the neural networks."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.table import Table

from engine.errors import MingjianError
from models.download import FetchProgress
from models.errors import WeightsError
from models.fetch import Pulled, Sources, pull
from models.registry import Entry, registry
from models.weights import place, state, verify, weights_root

MEGABYTE = 1_000_000
FAILED = 2
PLAIN_STEP = 0.25  # a plain progress line each time another quarter has come

app = typer.Typer(help="模型权重：获取、校验、列出 / Weights: fetch, verify, list", no_args_is_help=True)

Ids = Annotated[
    list[str] | None, typer.Argument(help="模型编号，缺省为检查所需 / entry ids, default: what inspect needs")
]
Everything = Annotated[bool, typer.Option("--all", help="全部模型 / every entry")]


@app.command("pull")
def pull_command(
    ids: Ids = None,
    everything: Everything = False,
    local: Annotated[
        Path | None,
        typer.Option("--from", help="先从该文件夹取（<编号>/<文件>）/ look here first", exists=True, file_okay=False),
    ] = None,
    hub: Annotated[bool, typer.Option("--hub", help="允许访问模型库 / allow the model hub")] = False,
) -> None:
    """获取缺少的权重并校验 / Fetch what is missing, and verify it."""
    out = Console(stderr=True)
    with _told(out):
        entries = registry().choose(tuple(ids or ()), everything=everything)
        with _bars(out) as progress:
            results = pull(entries, Sources.from_environment(local, hub), progress, _announce(out))
    if any(result.errors for result in results):
        raise typer.Exit(FAILED)


@app.command("verify")
def verify_command(ids: Ids = None, everything: Everything = False) -> None:
    """离线校验所有文件的哈希 / Check every file's hash, offline."""
    out = Console(stderr=True)
    with _told(out):
        entries = _worth_verifying(tuple(ids or ()), everything)
    faults = verify(entries)
    for fault in faults:
        _tell(out, fault)
    if faults:
        raise typer.Exit(FAILED)
    count = sum(len(entry.files) for entry in entries)
    out.print(f"{len(entries)} 个模型、{count} 个文件校验无误 / {len(entries)} entries, {count} files verified")


@app.command("list")
def list_command(as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False) -> None:
    """列出任务、编号、许可证、大小和状态 / List task, id, licence, size and state."""
    if as_json:
        sys.stdout.write(json.dumps([_as_data(entry) for entry in registry().entries], ensure_ascii=False) + "\n")
        return
    table = Table(title=f"模型权重 / Weights: {weights_root()}", title_justify="left")
    for heading in ("任务 / task", "编号 / id", "模型 / model", "许可证 / licence", "大小 / size", "状态 / state"):
        table.add_column(heading, justify="right" if heading.startswith("大小") else "left", overflow="fold")
    for entry in registry().entries:
        size = f"{entry.size / MEGABYTE:.1f} MB"
        task = f"{entry.task_zh} / {entry.task}"
        table.add_row(task, entry.id, entry.title, entry.licence, size, _state_text(entry))
    console = Console()
    console.print(table) if console.is_terminal else Console(width=180).print(table)


def _worth_verifying(ids: tuple[str, ...], everything: bool) -> tuple[Entry, ...]:
    """What was asked for; by default what an inspection needs, and whatever else was fetched."""
    chosen = registry().choose(ids, everything=everything)
    if ids or everything:
        return chosen
    return tuple(entry for entry in registry().entries if entry in chosen or state(entry) != "missing")


def _as_data(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "task": entry.task,
        "title": entry.title,
        "licence": entry.licence,
        "group": entry.group,
        "bytes": entry.size,
        "sha256": entry.sha256,
        "state": state(entry),
        "folder": str(place(entry)),
    }


def _state_text(entry: Entry) -> str:
    if entry.package:
        return {"present": "随包安装 / in package"}.get(state(entry), "缺少 / missing")
    texts = {"present": "就绪 / present", "partial": "不完整 / incomplete", "missing": "缺少 / missing"}
    optional = "" if entry.group == "default" else "（可选 / optional）"
    return texts[state(entry)] + optional


def _announce(out: Console) -> Callable[[Pulled], None]:
    def announce(result: Pulled) -> None:
        for error in result.errors:
            _tell(out, error)
        if not result.errors:
            how = f"已获取 / fetched ({result.source})" if result.source else "已就绪 / present"
            out.print(f"{result.entry.id}: {how}", highlight=False, soft_wrap=True)

    return announce


@contextmanager
def _told(out: Console) -> Iterator[None]:
    """Show a weights error as the bilingual text of the catalogue and leave."""
    try:
        yield
    except WeightsError as error:
        _tell(out, error)
        raise typer.Exit(FAILED) from error


def _tell(out: Console, error: WeightsError) -> None:
    out.print(str(MingjianError(error.code, **error.details)), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _bars(out: Console) -> Iterator[FetchProgress]:
    """Progress bars on a terminal, plain lines otherwise."""
    if not out.is_terminal:
        yield _plain_lines(out)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=out) as bars:
        tasks: dict[str, TaskID] = {}

        def show(label: str, completed: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(label)
            bars.update(tasks[label], completed=completed, total=total or None)

        yield show


def _plain_lines(out: Console) -> FetchProgress:
    steps: dict[str, int] = {}

    def show(label: str, completed: int, total: int) -> None:
        step = int(completed / total / PLAIN_STEP) if total else 0
        if step > steps.get(label, -1):
            steps[label] = step
            share = f"{completed / total:4.0%} / {total / MEGABYTE:.1f} MB" if total else "…"
            out.print(f"{label} {share}", highlight=False, soft_wrap=True)

    return show
