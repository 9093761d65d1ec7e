"""`mingjian serve`: interface, dispatcher with its workers, and housekeeping, all on this machine."""

import os
import time
from collections.abc import Mapping
from typing import Annotated

import typer

from api.cli.supervisor import Program, alone, spawn, supervise
from api.ending import LATER
from engine.errors import MingjianError
from engine.settings import Settings, load_settings

MISTAKE = 2
PREPARE = Program("prepare", "api.serving", ("--prepare",))
API = Program("api", "api.serving")
HOUSEKEEPING = Program("housekeeping", "api.housekeeping")
DEMO = Program("demo", "api.demo")
PAUSE_S = 3.0

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


@app.command("serve")
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址 / address to listen at")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="端口 / port")] = None,
    workers: Annotated[
        bool, typer.Option(help="在本机处理录音；否则由别处的 mingjian worker 处理 / inspect on this machine too")
    ] = True,
    demo: Annotated[
        bool, typer.Option("--demo", help="送入演示会话和演示用户 / send demo sessions, make demo users")
    ] = False,
) -> None:
    """启动服务：接口、本机处理进程和日常任务 / Serve: interface, workers of this machine, housekeeping.

    Ctrl-C 或 SIGTERM 依次停止，未完成的录音下次继续 / stops in order; what is not done is done next time.
    """
    environment = dict(os.environ)
    if host is not None:
        environment["MINGJIAN_SERVER__HOST"] = host
    if port is not None:
        environment["MINGJIAN_SERVER__PORT"] = str(port)
    try:
        settings = load_settings()
        with alone(settings.store.folder.resolve()):
            status = prepared(environment)
            if demo and not status:
                spawn(DEMO, environment)  # ends by itself; without a server to talk to it gives up
            status = status or supervise(programs(settings, workers=workers), environment)
    except MingjianError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(MISTAKE) from error
    raise typer.Exit(status)


def programs(settings: Settings, *, workers: bool) -> tuple[Program, ...]:
    """What runs, in the order in which it is stopped: first nothing new comes in, then work ends."""
    return (API, *((dispatcher(settings),) if workers else ()), HOUSEKEEPING)


def dispatcher(settings: Settings) -> Program:
    """The dispatcher; it may take long to stop."""
    cluster = settings.cluster
    return Program(
        "dispatcher", "engine.cluster", stops_within_s=cluster.drain_s + 3 * cluster.cancel_s + cluster.poll_s + 15
    )


def prepared(environment: Mapping[str, str]) -> int:
    """0 once the store is ready; a database that is away is waited for."""
    while True:
        process = spawn(PREPARE, environment)
        try:
            status = process.wait()
        except (KeyboardInterrupt, SystemExit):
            process.terminate()
            process.wait()
            raise
        if status != LATER:
            return status
        time.sleep(PAUSE_S)
