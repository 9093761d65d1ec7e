"""`mingjian packet`: check evidence packets. Needs the file alone, no store and no network."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import printable
from engine.errors import MingjianError

TAMPERED = 1
UNUSABLE = 2

app = typer.Typer(help="证据包：核对 / evidence packets: check them", no_args_is_help=True)


@app.callback()
def packets() -> None:
    """证据包 / Evidence packets."""


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="证据包（zip）/ the packet")],
    key: Annotated[
        str | None,
        typer.Option(help="出具单位的公钥文件或指纹 / public key (PEM file) or fingerprint of who issued it"),
    ] = None,
) -> None:
    """核对证据包：签名、清单、每个文件 / Check a packet: signature, manifest, every file.

    退出码 Exit status: 0 没有改动 unchanged；1 有改动 tampered with；2 不是证据包 no packet.
    """
    from engine.packet.checking import check

    try:
        found = check(file, _trusted(key))
    except MingjianError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error
    for fault in found.faults:
        typer.echo(printable(fault))
    about = found.manifest
    typer.echo(
        printable(
            f"会话 {about.session_id}，{len(about.files)} 个文件，{about.exported_at} 由 {about.exported_by} 导出"
            f" / session {about.session_id}, {len(about.files)} file(s), exported by {about.exported_by}"
        )
    )
    typer.echo(f"公钥指纹 / key fingerprint: {found.key}{'' if found.trusted else _UNKNOWN}")
    if not found.ok:
        typer.echo(f"核对不通过：{len(found.faults)} 处 / {len(found.faults)} fault(s)")
        raise typer.Exit(TAMPERED)
    typer.echo("核对通过，内容没有改动 / unchanged")


_UNKNOWN = "（未指定 --key，请向出具单位核实 / compare it with the one of who issued the packet）"


def _trusted(key: str | None) -> bytes | str | None:
    if key is None:
        return None
    path = Path(key)
    try:
        return path.read_bytes() if path.is_file() else key
    except OSError as error:
        raise MingjianError("packet_unfit", detail=f"{key}: {error.strerror}") from error
