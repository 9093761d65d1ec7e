"""`mingjian token`: keys of programs."""

from datetime import timedelta
from typing import Annotated

import typer

from api.cli.administration import OPERATOR, ROLES, now, opened, role_of

app = typer.Typer(help="令牌 / keys of programs", no_args_is_help=True)

LONGEST_DAYS = 730


@app.callback()
def group() -> None:
    """令牌 / keys of programs."""


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="用途 / what it is for")],
    role: Annotated[str, typer.Option("--role", help=f"角色 / one of: {', '.join(ROLES)}")],
    scope: Annotated[
        list[str] | None, typer.Option(help="只许这些，如 uploads:write / narrows the role; may be given again")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="有效天数 / days it lasts")] = 90,
    branch: Annotated[str | None, typer.Option(help="机构（branch 角色）/ branch, for that role")] = None,
    user: Annotated[str | None, typer.Option(help="代表此用户 / acts for this person, with their role")] = None,
) -> None:
    """新建令牌，只显示这一次 / make a key; it is shown this once, on standard output."""
    chosen = role_of(role)
    with opened() as store:
        from engine.errors import MingjianError
        from engine.store import api_tokens, audit, users
        from engine.store.api_tokens import NewToken

        with store.database.writing() as s:
            person = users.by_name(s, user) if user is not None else None
            if user is not None and person is None:
                raise MingjianError("not_found", thing="user", id=user)
            new = NewToken(
                name,
                person.role if person else chosen,
                OPERATOR,
                now() + timedelta(days=days),
                scopes=tuple(sorted(set(scope or ()))),
                user_id=person.id if person else None,
                branch=branch,
            )
            row, secret = api_tokens.add(s, new, now())
            detail = {"name": name, "role": row.role, "scopes": list(row.scopes)}
            audit.append(s, OPERATOR, "token.add", f"token/{row.id}", detail, now())
    typer.echo(secret)
    typer.echo(f"{row.name}\t{row.role}\t{row.expires_at:%Y-%m-%d}\t{row.id}", err=True)
