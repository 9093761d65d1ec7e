"""`mingjian db`: the structure of the database."""

import typer

from api.cli.administration import told

app = typer.Typer(help="数据库结构 / the structure of the database", no_args_is_help=True)


@app.callback()
def group() -> None:
    """数据库结构 / the structure of the database."""


@app.command("upgrade")
def upgrade() -> None:
    """升级到本程序的版本；新库则建表 / bring the database to this program's version; make it where it is new."""
    with told():
        from engine.settings import load_settings
        from engine.store import migrating
        from engine.store.database import Database

        database = Database(load_settings().store)
        try:
            before = migrating.version(database)
            after = migrating.upgrade(database)
        finally:
            database.close()
    if before == after:
        typer.echo(f"已是最新：{after} / up to date: {after}")
    else:
        typer.echo(f"{before or '-'} → {after}")
