"""What the server refuses to be."""

import os
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.keys import Keys, load_keys
from api.settings import ServerSettings, server_settings
from engine.errors import MingjianError
from engine.settings import Settings
from tests.api.conftest import web

SECRET = "Zq3kX9vT1mB7nR5wL2cY8hJ4sD6gF0pA"  # noqa: S105


def settings(folder: Path, **server: Any) -> Settings:
    return Settings(store={"folder": folder}, server=server)


def test_on_this_machine_a_key_is_made_that_only_its_owner_reads(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    first = load_keys(chosen, server_settings(chosen))
    path = tmp_path / "keys" / "server.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    again = load_keys(chosen, server_settings(chosen))
    assert first.derive("x") == again.derive("x")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "mingjian.example"])  # noqa: S104
def test_reached_by_others_it_starts_with_a_secret_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(MingjianError) as refused:
        create_app(settings(tmp_path, host=host))
    assert refused.value.code == "server_unsafe"
    assert not (tmp_path / "keys" / "server.key").exists()
    create_app(settings(tmp_path, host=host, secret=SECRET))


def test_behind_a_proxy_it_is_reached_by_others(tmp_path: Path) -> None:
    with pytest.raises(MingjianError) as refused:
        create_app(settings(tmp_path, public=web("mingjian.example")))
    assert refused.value.code == "server_unsafe"


@pytest.mark.parametrize("secret", ["short", "a" * 64, "changeme" * 8, "password-password-password-password-1", ""])
def test_a_weak_secret_is_refused_everywhere(tmp_path: Path, secret: str) -> None:
    with pytest.raises(MingjianError) as refused:
        create_app(settings(tmp_path, secret=secret))
    assert refused.value.code == "server_unsafe"
    assert secret not in str(refused.value) or not secret


def test_a_key_file_that_others_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "server.key"
    path.write_text(SECRET)
    path.chmod(0o644)
    with pytest.raises(MingjianError) as refused:
        create_app(settings(tmp_path, secret_file=str(path)))
    assert "600" in str(refused.value)
    path.chmod(0o600)
    create_app(settings(tmp_path, host="0.0.0.0", secret_file=str(path)))  # noqa: S104


def test_cookies_are_not_sent_unencrypted_to_others(tmp_path: Path) -> None:
    with pytest.raises(MingjianError) as refused:
        create_app(settings(tmp_path, host="0.0.0.0", secret=SECRET, login={"secure_cookie": False}))  # noqa: S104
    assert refused.value.code == "server_unsafe"


@pytest.mark.parametrize(
    ("server", "secure"),
    [
        ({}, False),
        ({"host": "0.0.0.0"}, True),  # noqa: S104
        ({"public": web("mingjian.example")}, True),
        ({"login": {"secure_cookie": True}}, True),
    ],
)
def test_cookies_travel_by_https_unless_on_this_machine(server: dict[str, Any], secure: bool) -> None:
    assert ServerSettings.model_validate(server).secure_cookie is secure


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ({"port": 99999}, "server.port"),
        ({"nothing": 1}, "server.nothing"),
        ({"origins": ["*"]}, "server.origins"),
        ({"public": web("host/path")}, "server.public"),
        ({"public": "javascript:alert(1)"}, "server.public"),
        ({"proxies": ["everyone"]}, "server.proxies"),
        ({"oidc": {"issuer": web("idp.example", "http"), "client_id": "x"}}, "server.oidc.issuer"),
        ({"login": {"shortest_password": 4}}, "server.login.shortest_password"),
    ],
)
def test_faults_of_the_settings_name_the_value(tmp_path: Path, server: dict[str, Any], name: str) -> None:
    with pytest.raises(MingjianError) as refused:
        create_app(settings(tmp_path, **server))
    assert refused.value.code == "settings_faults"
    assert name in str(refused.value)


def test_values_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGJIAN_SERVER__HOST", "0.0.0.0")  # noqa: S104
    monkeypatch.setenv("MINGJIAN_SERVER__SECRET", SECRET)
    monkeypatch.setenv("MINGJIAN_SERVER__PORT", "9000")
    monkeypatch.setenv("MINGJIAN_STORE__FOLDER", str(tmp_path))
    server = server_settings(Settings())
    assert (server.host, server.port) == ("0.0.0.0", 9000)  # noqa: S104
    assert SECRET not in repr(server)
    create_app()


def test_keys_of_different_purposes_differ() -> None:
    keys, other = Keys(SECRET.encode()), Keys(SECRET.encode()[::-1])
    assert len({keys.derive("a"), keys.derive("b"), other.derive("a")}) == 3
    mark = keys.sign("a", "text")
    assert keys.verify("a", "text", mark)
    assert not keys.verify("b", "text", mark)
    assert not keys.verify("a", "text2", mark)
    assert not keys.verify("a", "text", "é")


def test_what_is_sealed_opens_with_the_same_key_and_unchanged_only() -> None:
    keys = Keys(SECRET.encode())
    sealed = keys.seal("a", b"content")
    assert b"content" not in sealed
    assert keys.unseal("a", sealed) == b"content"
    assert keys.unseal("b", sealed) is None
    assert Keys(b"x" * 32).unseal("a", sealed) is None
    assert keys.unseal("a", sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert keys.unseal("a", b"") is None
    assert keys.unseal_text("a", keys.seal_text("a", "文字")) == "文字"
    assert keys.unseal_text("a", "???") is None


def test_two_processes_that_start_at_once_end_with_one_key(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    server = server_settings(chosen)
    (tmp_path / "keys").mkdir()
    children = []
    for n in range(4):
        child = os.fork()
        if child == 0:
            found = load_keys(chosen, server).derive("x").hex()
            (tmp_path / f"found{n}").write_text(found)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert len({(tmp_path / f"found{n}").read_text() for n in range(4)}) == 1
    assert len(list((tmp_path / "keys").iterdir())) == 1
