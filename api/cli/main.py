"""`mingjian`: the command line.

Each command lives in a module of its own, loaded when it is called, so that help and version answer at once. What a
person must mend ends in one line with a code, in Chinese and English, and exit status 2; tracebacks show only with
MINGJIAN_DEBUG=1.
"""

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from api.cli.failures import describe, set_up_logging

MISTAKE = 2
COMPLETION = ("install_completion", "show_completion")
TERMINATED = 128 + signal.SIGTERM

COMMANDS: dict[str, tuple[str, str]] = {
    "inspect": ("api.cli.inspect", "检查录音录像 / Inspect recordings"),
    "models": ("api.cli.models", "模型权重：获取、校验、列出 / Weights: fetch, verify, list"),
    "rules": ("api.cli.rules", "规则集：校验、测试、查看 / Rule sets: check, test, show"),
    "preflight": ("api.cli.preflight", "录前检查 / Check light, sound and faces before a sale"),
    "packet": ("api.cli.packet", "证据包：核对 / Evidence packets: check"),
    "db": ("api.cli.database", "数据库结构：升级 / Database: upgrade"),
    "user": ("api.cli.user", "用户：新增 / People: add"),
    "token": ("api.cli.token", "令牌：新增 / Keys of programs: add"),
    "audit": ("api.cli.audit", "审计日志：核对 / Audit log: verify"),
    "backup": ("api.cli.backup", "备份 / Back up the store"),
    "restore": ("api.cli.restore", "恢复 / Restore a back-up"),
    "serve": ("api.cli.serve", "启动服务 / Serve: interface, workers, housekeeping"),
    "worker": ("api.cli.worker", "只处理录音 / Workers only"),
    "eval": ("api.cli.eval", "评测：运行、报告、比较、门禁 / Evaluation: run, report, compare, gate"),
    "synth": ("api.cli.synth", "合成测试会话 / Make synthetic sessions with known truth"),
}
"""Every command: the module whose `app` it is, and its line in the help."""


class Deferred(TyperCommand):
    """A command known by name and help; its module is imported when it is called."""

    def __init__(self, name: str, module: str, summary: str) -> None:
        super().__init__(name, help=summary, short_help=summary)
        self._module = module

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the real command, which the group then runs."""
        command = typer.main.get_command(importlib.import_module(self._module).app)
        command.params = [one for one in command.params if one.name not in COMPLETION]  # the root offers none
        return command.make_context(info_name, args, parent=parent, **extra)


class Commands(TyperGroup):
    """The root: its commands come from COMMANDS."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (module, summary) in COMMANDS.items():
            self.add_command(Deferred(name, module, summary))


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from engine.version import VERSION

        typer.echo(f"mingjian {VERSION}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 / Version")
    ] = False,
) -> None:
    """明鉴：保险销售录音录像质检 / Mingjian inspects recordings of insurance sales."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status. `arguments` default to those of the process."""
    set_up_logging()
    signal.signal(signal.SIGTERM, _terminate)
    command = typer.main.get_command(app)
    try:
        command.main(None if arguments is None else list(arguments), prog_name="mingjian")
    except SystemExit as end:
        return _finished(end.code if isinstance(end.code, int) else int(end.code is not None))
    except Exception as error:  # noqa: BLE001  the last resort: a coded line instead of a traceback
        print(describe(error), file=sys.stderr)
        return MISTAKE
    return _finished(0)


def _finished(status: int) -> int:
    """`status`, once everything printed has gone out; a reader that left (`| head`) is no error of ours."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    """Leave through the ordinary way out, so that unfinished folders are removed."""
    sys.exit(TERMINATED)


if __name__ == "__main__":
    sys.exit(main())
