"""`mingjian audit`: the log of who did and saw what."""

import typer

from api.cli.administration import opened

app = typer.Typer(help="审计日志 / the audit log", no_args_is_help=True)

BROKEN = 1
WHAT = {
    "changed": "内容被改动 / changed",
    "missing": "缺失 / missing",
    "chain": "与前一条不衔接 / does not follow the one before",
    "head": "末尾被删或改写 / the end was cut off or rewritten",
}


@app.callback()
def group() -> None:
    """审计日志 / the audit log."""


@app.command("verify")
def verify() -> None:
    """核对整条链；有问题则列出并以 1 退出 / check the whole chain; exit status 1 where something is wrong."""
    with opened() as store:
        from engine.store import audit

        with store.database.reading() as s:
            found = audit.verify(s)
    for fault in found.faults:
        typer.echo(f"{fault.number}\t{WHAT.get(fault.what, fault.what)}")
    typer.echo(f"{found.lines} 条，{len(found.faults)} 处问题 / {found.lines} line(s), {len(found.faults)} fault(s)")
    raise typer.Exit(BROKEN if found.faults else 0)
