"""A server in this process, people and programs of every role, and a clock that tests set."""

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.service import Service
from api.settings import Role, server_settings
from engine.settings import Settings
from engine.store import api_tokens, users
from engine.store.api_tokens import NewToken
from engine.store.store import Store
from engine.store.users import NewUser, UserRow
from tests.store.conftest import sqlite_template  # noqa: F401

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GENEROUS = {"per_caller": 1_000_000, "per_address": 1_000_000, "logins": 100_000, "refused": 100_000}
ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Clock:
    """The time, until somebody moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@dataclass
class House:
    """A running application."""

    app: FastAPI
    client: TestClient
    clock: Clock
    settings: Settings
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def service(self) -> Service:
        found: Service = self.app.state.service
        return found

    @property
    def store(self) -> Store:
        return self.service.store

    def user(self, name: str, role: Role, password: str | None = None, **more: Any) -> UserRow:
        """A person, with a password if one is given."""
        hashed = self.service.passwords.hash(password) if password else None
        with self.store.database.writing() as s:
            return users.add(s, NewUser(name=name, role=role, password_hash=hashed, **more), self.clock())

    def token(self, role: Role, *, name: str | None = None, **more: Any) -> str:
        """The key of a person of this role (made once for each name)."""
        called = name or role
        if called not in self._tokens:
            person = self.user(called, role, **more)
            self._tokens[called] = self.token_of(person)
        return self._tokens[called]

    def token_of(self, person: UserRow, scopes: tuple[str, ...] = ()) -> str:
        """A key that acts for a person."""
        until = self.clock() + timedelta(days=30)
        new = NewToken("key", person.role, "test", until, scopes=scopes, user_id=person.id)
        with self.store.database.writing() as s:
            return api_tokens.add(s, new, self.clock())[1]

    def program(self, role: Role, *, scopes: tuple[str, ...] = (), days: float = 30, **more: Any) -> str:
        """The key of a program that acts for nobody."""
        until = self.clock() + timedelta(days=days)
        with self.store.database.writing() as s:
            return api_tokens.add(s, NewToken("program", role, "test", until, scopes=scopes, **more), self.clock())[1]

    def headers(self, role: Role, *, name: str | None = None, **more: Any) -> dict[str, str]:
        """What a person of this role sends."""
        return bearer(self.token(role, name=name, **more))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def web(place: str, scheme: str = "https") -> str:
    """The address of a place elsewhere."""
    return f"{scheme}://{place}"


def open_house(settings: Settings) -> Iterator[House]:
    """An application with these settings, until the generator goes on."""
    clock = Clock()
    app = create_app(settings, clock=clock)
    with TestClient(app, base_url=ORIGIN, raise_server_exceptions=True) as client:
        yield House(app, client, clock, settings)


@dataclass
class Live(House):
    """The same behind a real socket, as `mingjian serve` runs it."""

    address: str = ""
    listener: Any = None


@pytest.fixture
def live(settings: Settings) -> Iterator[Live]:
    """The application with its own clock, listening on a port of this machine."""
    app = create_app(settings)
    options = {**server_settings(settings).uvicorn, "port": 0, "log_level": "error"}
    listener = uvicorn.Server(uvicorn.Config(app, **options))
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    while not listener.started:
        time.sleep(0.02)
    port = listener.servers[0].sockets[0].getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        clock = Clock(datetime.now(UTC))
        yield Live(app, client, clock, settings, address=address, listener=listener)  # type: ignore[arg-type]
    listener.should_exit = True
    thread.join(timeout=20)


@pytest.fixture
def server() -> dict[str, Any]:
    """The section `server` of the settings; a module or class overrides it."""
    return {}


@pytest.fixture
def settings(tmp_path: Path, sqlite_template: Path, server: dict[str, Any]) -> Settings:  # noqa: F811
    """Settings of an empty store and a server with room for tests."""
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(sqlite_template, tmp_path / "data")
    uploads = {"reserve": 0, "checkpoint": 64 * 1024, **server.pop("uploads", {})}
    return Settings(store={"folder": tmp_path / "data"}, server={"rates": GENEROUS, "uploads": uploads, **server})


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """The application."""
    yield from open_house(settings)
