"""`mingjian restore`: a back-up into an empty store."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.administration import end_progress, progress, told

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("restore")
def restore_command(
    folder: Annotated[Path, typer.Argument(help="备份文件夹 / folder of a back-up")],
    check: Annotated[bool, typer.Option("--check", help="只核对 / verify only, restore nothing")] = False,
) -> None:
    """恢复到空的数据目录或数据库，从不覆盖 / restore into an empty data folder or database; never overwrites."""
    with told():
        from engine.settings import load_settings
        from engine.store import backup

        try:
            made = backup.check(folder, progress) if check else backup.restore(folder, load_settings(), progress)
        finally:
            end_progress()
    rows = sum(table.rows for table in made.tables.values())
    done = "完好 / intact" if check else "已恢复 / restored"
    typer.echo(f"{done}\t{made.made_at}\t{rows} 行 / rows\t{made.blobs} 个文件 / files")
