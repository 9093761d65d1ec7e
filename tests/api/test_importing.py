"""Recordings that lie in a watched folder."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from api.importing import import_waiting
from engine.errors import MingjianError
from tests.api.conftest import House

CONTENT = b"\x00\x00\x00\x18ftypmp42" + bytes(1000)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def server(inbox: Path) -> dict[str, Any]:
    return {"imports": {"address": str(inbox), "settles": 30}}


def put(house: House, inbox: Path, name: str, content: bytes, age: float = 60) -> None:
    path = inbox / name
    path.write_bytes(content)
    at = house.clock().timestamp() - age
    os.utime(path, (at, at))


def run(house: House) -> int:
    return import_waiting(house.store, house.settings, house.clock())


def sessions(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.client.get("/v1/sessions", headers=house.headers("reviewer")).json()["items"]
    return found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_recording_with_its_order_becomes_a_session(house: House, inbox: Path) -> None:
    put(house, inbox, "甲.mp4", CONTENT)
    put(house, inbox, "甲.order.json", json.dumps({"policy_no": "P1"}).encode())
    assert run(house) == 1
    (found,) = sessions(house)
    assert (found["policy_no"], found["created_by"]) == ("P1", "import")
    assert names(inbox) == ["done"]
    assert names(inbox / "done") == [f"{found['id']}-甲.mp4", f"{found['id']}-甲.order.json"]
    assert run(house) == 0


def test_what_is_still_growing_or_without_its_order_waits(house: House, inbox: Path) -> None:
    put(house, inbox, "a.mp4", CONTENT, age=5)
    put(house, inbox, "a.order.json", b"{}")
    put(house, inbox, "b.mp4", CONTENT)
    put(house, inbox, "c.mp4", CONTENT)
    put(house, inbox, "c.order.json", b"{}", age=5)
    put(house, inbox, "notes.txt", b"x")
    assert run(house) == 0
    house.clock.forward(minutes=1)
    assert run(house) == 2
    assert names(inbox) == ["b.mp4", "done", "notes.txt"]


@pytest.mark.parametrize(
    ("content", "order", "code"),
    [
        (CONTENT, b"{", "MJ814"),
        (CONTENT, b'{"channel": "pigeon"}', "MJ201"),
        (CONTENT, b"[" * 100_000, "MJ814"),
        (b"PK\x03\x04", b"{}", "MJ822"),
        (b"", b"{}", "MJ822"),
    ],
)
def test_what_cannot_be_taken_goes_to_failed_with_its_reason(
    house: House, inbox: Path, content: bytes, order: bytes, code: str
) -> None:
    put(house, inbox, "a.mp4", content)
    put(house, inbox, "a.order.json", order)
    assert run(house) == 1
    assert sessions(house) == []
    assert names(inbox) == ["failed"]
    reasons = [path for path in (inbox / "failed").iterdir() if path.suffix == ".txt"]
    assert code in reasons[0].read_text()
    assert len(names(inbox / "failed")) == 3


def test_a_store_that_is_away_leaves_the_file_for_the_next_round(
    house: House, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(house, inbox, "a.mp4", CONTENT)
    put(house, inbox, "a.order.json", b"{}")
    with monkeypatch.context() as patched:

        def away(*_: Any, **__: Any) -> None:
            raise MingjianError("store_unavailable", detail="stopped")

        patched.setattr("api.importing.make", away)
        assert run(house) == 0
    assert names(inbox) == ["a.mp4", "a.order.json"]
    assert run(house) == 1


def test_a_crash_before_the_file_is_put_away_takes_nothing_twice(
    house: House, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(house, inbox, "a.mp4", CONTENT)
    put(house, inbox, "a.order.json", b"{}")
    with monkeypatch.context() as patched:

        def crash(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        patched.setattr("api.importing._Inbox.put_away", crash)
        with pytest.raises(KeyboardInterrupt):
            run(house)
    assert run(house) == 1
    assert len(sessions(house)) == 1


def test_links_out_of_the_folder_are_not_followed(house: House, inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(CONTENT)
    (inbox / "a.mp4").symlink_to(tmp_path / "secret.mp4")
    put(house, inbox, "a.order.json", b"{}")
    house.clock.forward(days=1)
    assert run(house) == 0
