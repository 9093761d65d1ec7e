"""The tus protocol, and what an offset promises."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from api.staging import Staging
from api.tidying import tidy
from engine.errors import MingjianError
from engine.store import uploads
from tests.api.conftest import House, bearer
from tests.api.sending import PIECE, TUS, begin, encoded, metadata, offset_of, patch, uploaded

CONTENT = os.urandom(300_000)


@pytest.fixture
def sender(house: House) -> dict[str, str]:
    return house.headers("uploader")


def staged(house: House) -> list[Path]:
    return sorted((house.settings.store.folder / "uploads").iterdir())


def row(house: House, place: str) -> uploads.UploadRow:
    with house.store.database.reading() as s:
        found = uploads.get(s, place.rsplit("/", 1)[-1])
    assert found is not None
    return found


def test_the_server_says_what_it_can_do(house: House) -> None:
    answer = house.client.options("/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"].split(",") == [
        "creation", "creation-with-upload", "termination", "expiration", "checksum",
    ]  # fmt: skip
    assert int(answer.headers["tus-max-size"]) > 0


def test_a_file_in_three_pieces_becomes_a_blob(house: House, sender: dict[str, str]) -> None:
    made = begin(house, sender, CONTENT)
    assert made.status_code == 201
    place = made.headers["location"]
    for start, end in ((0, 1), (1, 200_000), (200_000, 300_000)):
        answer = patch(house, sender, place, start, CONTENT[start:end])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end))
        assert "upload-expires" in answer.headers
    assert offset_of(house, sender, place) == len(CONTENT)
    found = row(house, place)
    assert (found.state, found.blob) == ("complete", hashlib.sha256(CONTENT).hexdigest())
    assert found.file_name == "录像.mp4"
    with house.store.blobs.open(found.blob or "") as file:
        assert file.read() == CONTENT
    assert staged(house) == []


def test_bytes_may_come_with_the_creation(house: House, sender: dict[str, str]) -> None:
    headers = {**sender, **TUS, "Upload-Length": "300000", "Upload-Metadata": metadata(CONTENT), "Content-Type": PIECE}
    part = house.client.post("/v1/uploads", headers=headers, content=CONTENT[:1000])
    assert (part.status_code, part.headers["upload-offset"]) == (201, "1000")
    whole = house.client.post("/v1/uploads", headers=headers, content=CONTENT)
    assert (whole.status_code, whole.headers["upload-offset"]) == (201, "300000")
    assert row(house, whole.headers["location"]).state == "complete"


@pytest.mark.parametrize("offset", [0, 99_999, 100_001, 300_000])
def test_a_wrong_offset_is_refused_and_nothing_is_written(house: House, sender: dict[str, str], offset: int) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    patch(house, sender, place, 0, CONTENT[:100_000])
    answer = patch(house, sender, place, offset, CONTENT[offset : offset + 10])
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_offset")
    assert offset_of(house, sender, place) == 100_000
    patch(house, sender, place, 100_000, CONTENT[100_000:])
    assert row(house, place).blob == hashlib.sha256(CONTENT).hexdigest()


def test_more_bytes_than_announced_are_refused(house: House, sender: dict[str, str]) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    answer = patch(house, sender, place, 0, CONTENT + b"more")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    kept = offset_of(house, sender, place)
    assert 0 <= kept <= len(CONTENT)
    patch(house, sender, place, kept, CONTENT[kept:])
    assert row(house, place).blob == hashlib.sha256(CONTENT).hexdigest()


def test_the_announced_hash_is_held_against_the_whole_file(house: House, sender: dict[str, str]) -> None:
    told = metadata(None, sha256=hashlib.sha256(b"another").hexdigest())
    place = begin(house, sender, CONTENT, told).headers["location"]
    answer = patch(house, sender, place, 0, CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (460, "upload_mismatch")
    assert house.client.head(place, headers={**sender, **TUS}).status_code == 410
    assert staged(house) == []
    house.clock.forward(days=3)
    house.store.collect_garbage(house.clock())
    assert list(house.store.blobs.all()) == []


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_a_checksum_counts_whole_or_not_at_all(
    house: House, sender: dict[str, str], algorithm: str
) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    patch(house, sender, place, 0, CONTENT[:50])
    piece = CONTENT[50:200_000]

    def told(content: bytes) -> dict[str, str]:
        digest = base64.b64encode(hashlib.new(algorithm, content).digest()).decode()
        return {"Upload-Checksum": f"{algorithm} {digest}"}

    wrong = patch(house, sender, place, 50, piece, **told(piece + b"x"))
    assert wrong.status_code == 460
    assert offset_of(house, sender, place) == 50
    assert patch(house, sender, place, 50, piece, **told(piece)).status_code == 204
    patch(house, sender, place, 200_000, CONTENT[200_000:])
    assert row(house, place).state == "complete"


@pytest.mark.parametrize("checksum", ["md5 aaaa", "sha256 ???", "sha256", ""])
def test_a_checksum_that_is_none_is_refused(house: House, sender: dict[str, str], checksum: str) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    answer = patch(house, sender, place, 0, CONTENT, **{"Upload-Checksum": checksum})
    assert answer.status_code in (422, 460)
    assert offset_of(house, sender, place) == 0


def test_bytes_behind_the_promise_are_cut_off_before_it_goes_on(house: House, sender: dict[str, str]) -> None:
    """A crash may leave bytes in the file that the database knows nothing of."""
    place = begin(house, sender, CONTENT).headers["location"]
    patch(house, sender, place, 0, CONTENT[:1000])
    (file,) = staged(house)
    with file.open("ab") as behind:
        behind.write(b"rubbish of a request that was cut")
    assert offset_of(house, sender, place) == 1000
    patch(house, sender, place, 1000, CONTENT[1000:])
    assert row(house, place).blob == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("when", ["before the blob", "after the blob"])
def test_a_crash_at_the_end_loses_nothing(
    house: House, sender: dict[str, str], monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    with monkeypatch.context() as patched:
        target: Any = (Staging, "finish") if when == "before the blob" else (uploads, "complete")

        def crash(*_: Any, **__: Any) -> None:
            raise MingjianError("store_unavailable", detail="crash")

        patched.setattr(*target, crash)
        assert patch(house, sender, place, 0, CONTENT).status_code == 503
    assert offset_of(house, sender, place) == len(CONTENT)
    body = {"uploads": [place.rsplit("/", 1)[-1]]}
    assert house.client.post("/v1/sessions", headers=sender, json=body).status_code == 202
    assert row(house, place).blob == hashlib.sha256(CONTENT).hexdigest()
    assert staged(house) == []


def test_an_upload_belongs_to_its_owner(house: House, sender: dict[str, str]) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    other = house.headers("uploader", name="other")
    assert house.client.head(place, headers={**other, **TUS}).status_code == 404
    assert patch(house, other, place, 0, CONTENT).status_code == 404
    assert house.client.delete(place, headers={**other, **TUS}).status_code == 404
    body = {"uploads": [uploaded(house, sender, CONTENT)]}
    assert house.client.post("/v1/sessions", headers=other, json=body).status_code == 404


def test_an_upload_can_be_given_up(house: House, sender: dict[str, str]) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    patch(house, sender, place, 0, CONTENT[:10])
    assert house.client.delete(place, headers={**sender, **TUS}).status_code == 204
    assert house.client.head(place, headers={**sender, **TUS}).status_code == 410
    assert staged(house) == []


def test_a_second_writer_is_refused_while_another_process_writes(house: House, sender: dict[str, str]) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    with house.service.staging.writing(place.rsplit("/", 1)[-1]):
        answer = patch(house, sender, place, 0, CONTENT)
        assert (answer.status_code, answer.json()["code"]) == (423, "upload_busy")
        assert house.client.delete(place, headers={**sender, **TUS}).status_code == 423
    assert patch(house, sender, place, 0, CONTENT).status_code == 204


def test_uploads_run_out_and_leave_nothing(house: House, sender: dict[str, str]) -> None:
    place = begin(house, sender, CONTENT).headers["location"]
    done = uploaded(house, sender, CONTENT)
    house.clock.forward(days=3)
    patch(house, sender, place, 0, CONTENT[:10])  # more bytes, more time
    house.clock.forward(days=5)
    tidy(house.store, house.settings, house.clock())
    assert offset_of(house, sender, place) == 10
    assert house.client.head(f"/v1/uploads/{done}", headers={**sender, **TUS}).status_code == 410
    house.clock.forward(days=5)
    tidy(house.store, house.settings, house.clock())
    assert house.client.head(place, headers={**sender, **TUS}).status_code == 410
    house.store.collect_garbage(house.clock())
    assert staged(house) == []
    assert list(house.store.blobs.all()) == []


def test_files_that_no_upload_owns_are_swept(house: House) -> None:
    folder = house.settings.store.folder / "uploads"
    young, old = folder / ("a" * 32), folder / ("b" * 32)
    for path in (young, old):
        path.write_bytes(b"x")
    at = house.clock().timestamp()
    os.utime(young, (at, at))
    os.utime(old, (at - 7200, at - 7200))
    tidy(house.store, house.settings, house.clock())
    assert staged(house) == [young]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "protocol_unfit"),
        ({"Upload-Length": "0"}, 415, "upload_refused"),
        ({"Upload-Length": "-1"}, 422, "request_invalid"),
        ({"Upload-Length": "1e9"}, 422, "request_invalid"),
        ({"Upload-Length": "9" * 19}, 422, "request_invalid"),
        ({"Upload-Length": str(9 * 2**30)}, 413, "too_large"),
        ({"Upload-Defer-Length": "1"}, 422, "request_invalid"),
        ({"Upload-Metadata": "filename ???"}, 422, "request_invalid"),
        ({"Upload-Metadata": f"filename {encoded('a.exe')}"}, 415, "upload_refused"),
        ({"Upload-Metadata": f"filename {encoded('a.mp4')},filetype {encoded('text/html')}"}, 415, "upload_refused"),
        (
            {"Upload-Metadata": metadata(None, kind="video/mp4\r\nX-Evil: 1")},
            415,
            "upload_refused",
        ),
        ({"Upload-Metadata": f"filename {encoded('a.mp4')},sha256 {encoded('abc')}"}, 422, "request_invalid"),
        ({"Upload-Metadata": f"filename {encoded('a.mp4')},filename {encoded('b.mp4')}"}, 422, "request_invalid"),
        ({"Upload-Metadata": metadata(None, name="a\0.mp4")}, 422, "request_invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_a_byte_is_taken(
    house: House, sender: dict[str, str], headers: dict[str, str], status: int, code: str
) -> None:
    usual = {"Upload-Length": "10", "Upload-Metadata": metadata(None)}
    answer = house.client.post("/v1/uploads", headers={**sender, **TUS, **usual, **headers})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert staged(house) == []


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"%PDF-1.7", b"MZ\x90", b"\x7fELF", b"<!doctype html>", b"#!/bin/sh"])
def test_what_is_no_recording_is_refused_whatever_its_name(house: House, sender: dict[str, str], head: bytes) -> None:
    content = head + bytes(100)
    place = begin(house, sender, content).headers["location"]
    answer = patch(house, sender, place, 0, content)
    assert (answer.status_code, answer.json()["code"]) == (415, "upload_refused")
    assert list(house.store.blobs.all()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.mp4", "passwd.mp4"),
        ("..\\..\\windows\\a.mp4", "a.mp4"),
        ("a\r\nSet-Cookie: x=1.mp4", "aSet-Cookie: x=1.mp4"),
        ("\u202e4pm.exe.mp4", "4pm.exe.mp4"),
        ("录" * 400 + ".mp4", None),
    ],
)
def test_names_of_files_are_made_harmless(house: House, sender: dict[str, str], given: str, kept: str | None) -> None:
    answer = begin(house, sender, CONTENT, metadata(None, name=given))
    name = row(house, answer.headers["location"]).file_name
    assert kept is None or name == kept
    assert len(name) <= 200
    assert name.endswith(".mp4")


class TestFull:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {"uploads": {"most_open": 2}}

    def test_nobody_holds_more_than_their_share(self, house: House, sender: dict[str, str]) -> None:
        codes = [begin(house, sender, CONTENT).status_code for _ in range(3)]
        assert codes == [201, 201, 409]
        assert begin(house, house.headers("uploader", name="other"), CONTENT).status_code == 201

    def test_a_full_disk_is_told_before_the_sending(
        self, house: House, sender: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 100_000})())
        answer = begin(house, sender, CONTENT)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")


def test_a_program_uploads_too(house: House) -> None:
    headers = bearer(house.program("uploader", scopes=("uploads:write", "uploads:read", "sessions:write")))
    assert uploaded(house, headers, CONTENT)
