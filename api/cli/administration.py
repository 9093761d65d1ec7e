"""What the commands of administration share: the store, passwords that stand in no command line, a line of progress."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import typer

from api.settings import Role
from engine.errors import MingjianError

if TYPE_CHECKING:
    from engine.store.store import Store

ROLES: tuple[str, ...] = get_args(Role)
OPERATOR = "command line"
"""Who the audit log names for what is done here."""
MISTAKE = 2


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


@contextmanager
def opened() -> Iterator["Store"]:
    """The store of the settings in force. What goes wrong is one line and exit status 2."""
    with told():
        from engine.settings import load_settings
        from engine.store import open_store

        with open_store(load_settings()) as store:
            yield store


@contextmanager
def told() -> Iterator[None]:
    """Turns an error for people into its line."""
    try:
        yield
    except MingjianError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(MISTAKE) from error


def role_of(value: str) -> Role:
    """The role called `value`."""
    for role in get_args(Role):
        if role == value:
            return role  # type: ignore[no-any-return]
    raise typer.BadParameter(f"可用 / one of: {', '.join(ROLES)}")


def read_password(name: str) -> str:
    """A password from the terminal, typed twice; or the first line of standard input. Never from the command line,
    where other people of the machine could read it."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"{name} 的密码 / password: ")
    if getpass.getpass("再输一次 / again: ") != first:
        typer.echo("两次输入不同 / the two differ", err=True)
        raise typer.Exit(MISTAKE)
    return first


def progress(what: str, done: int, total: int) -> None:
    """One line that is written over, where somebody watches."""
    if sys.stderr.isatty():
        typer.echo(f"\r\x1b[K{what} {done}/{total}", err=True, nl=False)


def end_progress() -> None:
    """Clear that line."""
    if sys.stderr.isatty():
        typer.echo("\r\x1b[K", err=True, nl=False)
