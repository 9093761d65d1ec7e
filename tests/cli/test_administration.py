"""Administration from the command line: database, people, keys, audit log, back-up and restore."""

import io
import sqlite3
import sys
from pathlib import Path

import pytest

from api.cli.main import main
from engine.settings import load_settings
from engine.store import api_tokens, audit, open_store, users

PASSWORD = "correct horse battery staple"  # noqa: S105  (a test's own)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("MINGJIAN_STORE__FOLDER", str(tmp_path / "data"))
    return tmp_path


def typed(monkeypatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def kept():
    return open_store(load_settings())


def test_the_database_is_made_and_then_up_to_date(capsys) -> None:
    assert main(["db", "upgrade"]) == 0
    assert "- →" in capsys.readouterr().out
    assert main(["db", "upgrade"]) == 0
    assert "已是最新" in capsys.readouterr().out


def test_a_person_is_added_with_a_password_from_standard_input(monkeypatch, capsys) -> None:
    typed(monkeypatch, PASSWORD + "\n")
    assert main(["user", "add", "zhang", "--role", "reviewer", "--staff-no", "1023"]) == 0
    assert PASSWORD not in capsys.readouterr().out
    with kept() as store, store.database.reading() as s:
        row = users.by_name(s, "zhang")
        assert row is not None
        assert (row.role, row.staff_no, row.has_password) == ("reviewer", "1023", True)
        (line,) = audit.page(s, audit.AuditFilters(action="user.add")).rows
        assert (line.actor, line.detail) == ("command line", {"name": "zhang", "role": "reviewer"})


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["user", "add", "zhang", "--role", "reviewer"], "short\n"),
        (["user", "add", "zhang", "--role", "reviewer"], ""),
        (["user", "add", "zhangsan", "--role", "reviewer"], "zhangsan-is-my-name\n"),
        (["user", "add", "zhang", "--role", "king"], PASSWORD + "\n"),
        (["user", "add", "zhang"], PASSWORD + "\n"),
        (["user", "add", "zhang", "--role", "reviewer", "--password", PASSWORD], ""),
        (["token", "add", "ci", "--role", "nobody"], ""),
        (["token", "add", "ci", "--role", "uploader", "--days", "9999"], ""),
        (["token", "add", "ci", "--role", "uploader", "--user", "nobody"], ""),
    ],
)
def test_what_is_wrong_is_refused_and_nobody_is_added(arguments, text, monkeypatch, capsys) -> None:
    typed(monkeypatch, text)
    assert main(arguments) == 2
    assert capsys.readouterr().out == ""
    with kept() as store, store.database.reading() as s:
        assert users.page(s, None, 10).rows == ()
        assert api_tokens.page(s, None, 10).rows == ()


def test_a_name_is_given_once(monkeypatch, capsys) -> None:
    for status in (0, 2):
        typed(monkeypatch, PASSWORD + "\n")
        assert main(["user", "add", "zhang", "--role", "reviewer"]) == status


def test_a_token_is_printed_alone_and_opens_the_door(capsys) -> None:
    assert main(["token", "add", "uploads", "--role", "uploader", "--scope", "uploads:write", "--days", "7"]) == 0
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("mj_")
    with kept() as store, store.database.reading() as s:
        (row,) = api_tokens.page(s, None, 10).rows
        assert (row.role, row.scopes, row.created_by) == ("uploader", ("uploads:write",), "command line")
        found = api_tokens.find(s, secret, row.created_at)
        assert found is not None


def test_the_audit_log_is_verified(capsys) -> None:
    main(["token", "add", "ci", "--role", "uploader"])
    assert main(["audit", "verify"]) == 0
    assert "1 条，0 处问题" in capsys.readouterr().out
    with sqlite3.connect(load_settings().store.folder / "mingjian.db") as connection:  # somebody with the file in hand
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE audit SET actor = 'nobody'")
    assert main(["audit", "verify"]) == 1
    assert "内容被改动" in capsys.readouterr().out


def test_a_store_goes_into_a_folder_and_comes_back(folder, monkeypatch, capsys) -> None:
    main(["token", "add", "ci", "--role", "uploader"])
    made = folder / "backup"
    assert main(["backup", str(made)]) == 0
    assert main(["restore", str(made), "--check"]) == 0
    assert "完好" in capsys.readouterr().out
    assert main(["restore", str(made)]) == 2
    monkeypatch.setenv("MINGJIAN_STORE__FOLDER", str(folder / "new"))
    assert main(["restore", str(made)]) == 0
    assert main(["audit", "verify"]) == 0
    assert main(["backup", str(made)]) == 2
