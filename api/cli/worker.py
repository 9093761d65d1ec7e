"""`mingjian worker`: the dispatcher and its workers alone, on a cluster or on a machine of their own."""

import os

import typer

from api.cli.serve import MISTAKE, dispatcher, prepared
from api.cli.supervisor import supervise
from engine.errors import MingjianError
from engine.settings import load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


@app.command("worker")
def worker() -> None:
    """只处理录音：加入 RAY_ADDRESS 指定的集群，未指定则只用本机 / Inspect only, on the cluster at RAY_ADDRESS or here.

    数据库和文件存储须与 mingjian serve 相同 / database and blob store must be those of `mingjian serve`.
    """
    try:
        settings = load_settings()
        environment = dict(os.environ)
        status = prepared(environment) or supervise([dispatcher(settings)], environment)
    except MingjianError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(MISTAKE) from error
    raise typer.Exit(status)
