"""`mingjian backup`: the whole store into a folder."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.administration import end_progress, now, opened, progress

app = typer.Typer(rich_markup_mode=None, add_completion=False)

INCOMPLETE = 1


@app.command("backup")
def backup_command(
    folder: Annotated[
        Path | None, typer.Argument(help="新文件夹；缺省按时间命名 / new folder; default: named by the time")
    ] = None,
) -> None:
    """备份数据库、文件和密钥；服务可以不停 / back up database, files and keys, while the service runs.

    备份与原库一样敏感：含个人信息和密钥 / as sensitive as the store itself: it holds personal data and keys.
    """
    target = folder or Path(f"mingjian-backup-{now():%Y%m%dT%H%M%SZ}")
    with opened() as store:
        from engine.store import backup

        try:
            made = backup.back_up(store, target, now(), progress)
        finally:
            end_progress()
    rows = sum(table.rows for table in made.tables.values())
    typer.echo(f"{target}\t{rows} 行 / rows\t{made.blobs} 个文件 / files\t{made.blob_bytes} bytes")
    for name in made.missing:
        typer.echo(f"缺少文件 / missing file: {name}", err=True)
    raise typer.Exit(INCOMPLETE if made.missing else 0)
