"""`mingjian user`: people."""

from typing import Annotated

import typer

from api.cli.administration import OPERATOR, ROLES, now, opened, read_password, role_of

app = typer.Typer(help="用户 / people", no_args_is_help=True)

Role = Annotated[str, typer.Option("--role", help=f"角色 / one of: {', '.join(ROLES)}")]


@app.callback()
def group() -> None:
    """用户 / people."""


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="登录名 / name to sign in with")],
    role: Role,
    branch: Annotated[str | None, typer.Option(help="机构（branch 角色）/ branch, for that role")] = None,
    staff_no: Annotated[str | None, typer.Option(help="工号：不复核自己的销售 / staff number: no own sales")] = None,
    customer_key: Annotated[
        str | None, typer.Option(help="客户键（customer 角色）/ whose records a customer sees")
    ] = None,
    no_password: Annotated[bool, typer.Option("--no-password", help="只经统一认证登录 / signs in elsewhere")] = False,
) -> None:
    """新增用户；密码从终端或标准输入读取 / add a person; the password is read from the terminal or standard input."""
    chosen = role_of(role)
    with opened() as store:
        from api.passwords import Passwords
        from api.settings import server_settings
        from engine.settings import load_settings
        from engine.store import audit, users
        from engine.store.users import NewUser

        passwords = Passwords(server_settings(load_settings()).login.shortest_password)
        hashed = None
        if not no_password:
            password = read_password(name)
            passwords.check(name, password)
            hashed = passwords.hash(password)
        with store.database.writing() as s:
            new = NewUser(name, chosen, hashed, staff_no=staff_no, branch=branch, customer_key=customer_key)
            row = users.add(s, new, now())
            audit.append(s, OPERATOR, "user.add", f"user/{row.id}", {"name": name, "role": chosen}, now())
    typer.echo(f"{row.name}\t{row.role}\t{row.id}")
