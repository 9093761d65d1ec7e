"""`mingjian preflight`: a trial of some 20 s before a sale, and what to mend; with --system, this machine."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import printable
from api.cli.failures import describe
from engine.errors import MingjianError

FIT, MEND, UNUSABLE = 0, 1, 2
MARK = {True: "✓", False: "✗"}

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("preflight")
def preflight_command(
    media: Annotated[Path | None, typer.Argument(help="约 20 秒的试录 / a trial of some 20 s")] = None,
    order: Annotated[Path | None, typer.Option(help="订单 JSON / order JSON")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON / JSON only")] = False,
    system: Annotated[
        bool, typer.Option("--system", help="检查本机和配置 / check this machine and its settings")
    ] = False,
) -> None:
    """录前检查光线、噪声、人脸大小、双方声音和设备，说明怎么改 / what to mend before a sale.

    退出码 / exit status：0 可以录制 fit；1 先改进 mend first；2 无法检查 cannot be checked.
    """
    try:
        if system:
            raise typer.Exit(_system(as_json))
        if media is None:
            raise typer.BadParameter("缺少试录文件 / a recording is needed", param_hint="MEDIA")
        raise typer.Exit(_media(media, order, as_json))
    except MingjianError as error:
        print(describe(error), file=sys.stderr)
        raise typer.Exit(UNUSABLE) from error


def _media(path: Path, order: Path | None, as_json: bool) -> int:
    from dataclasses import asdict

    from api.cli.inspect import reserved_stdout
    from engine.media.session import open_session
    from engine.networks import Networks
    from engine.order import read_order
    from engine.preflight import preflight
    from engine.settings import load_settings

    stated = read_order(order) if order else None
    settings = load_settings()
    with (
        reserved_stdout() as stream,
        tempfile.TemporaryDirectory(prefix="mingjian-") as scratch,
        open_session([path], Path(scratch), settings.media) as session,
        Networks(settings) as networks,
    ):
        found = preflight(session, networks, settings, stated)
        if as_json:
            print(json.dumps({"fit": found.fit, **asdict(found)}, ensure_ascii=False), file=stream)
            return FIT if found.fit else MEND
        for remark in sorted(found.remarks, key=lambda one: one.fit):
            print(f"{MARK[remark.fit]} {printable(remark.zh)}", file=stream)
        print("可以开始录制 / fit" if found.fit else "请先改进以上各项再录制 / mend first", file=stream)
    return FIT if found.fit else MEND


def _system(as_json: bool) -> int:
    from api.cli.machine import examine

    found = examine()
    if as_json:
        told = [{"name": one.name, "ok": one.ok, "zh": one.zh, "en": one.en} for one in found]
        print(json.dumps({"fit": all(one.ok for one in found), "checks": told}, ensure_ascii=False))
    else:
        for one in found:
            print(f"{MARK[one.ok]} {one.zh} / {one.en}")
    return FIT if all(one.ok for one in found) else MEND
