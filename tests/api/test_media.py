"""Playing: ranges, links that end, and whom they are for."""

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from api.http.problems import Refusal
from api.http.ranges import Whole, serve
from engine.store import sessions
from tests.api.conftest import House
from tests.api.made import inspected, keep, session

BYTES = bytes(range(256)) * 4


def whole() -> Whole:
    return Whole(len(BYTES), "video/mp4", "a.mp4", "mark", lambda start, end: iter([BYTES[start:end]]))


async def _collect(answer: Any) -> bytes:
    return b"".join([piece async for piece in answer.body_iterator])


def body_of(answer: Any) -> bytes:
    return asyncio.run(_collect(answer))


@pytest.mark.parametrize(
    ("header", "spans"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=10-19", [(10, 20)]),
        ("bytes=1000-", [(1000, 1024)]),
        ("bytes=-24", [(1000, 1024)]),
        ("bytes=-99999", [(0, 1024)]),
        ("bytes=0-99999", [(0, 1024)]),
        ("bytes=0-9,20-29", [(0, 10), (20, 30)]),
        ("bytes=20-29,0-9,5-12", [(0, 13), (20, 30)]),
        ("bytes=0-9,9999-", [(0, 10)]),
        ("BYTES = 1-2", [(1, 3)]),
    ],
)
def test_ranges(header: str, spans: list[tuple[int, int]]) -> None:
    answer = serve(Headers({"range": header}), whole())
    assert answer.status_code == 206
    body = body_of(answer)
    assert int(answer.headers["content-length"]) == len(body)
    if len(spans) == 1:
        start, end = spans[0]
        assert body == BYTES[start:end]
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/1024"
        return
    boundary = re.fullmatch(r"multipart/byteranges; boundary=(\w+)", answer.headers["content-type"])
    assert boundary is not None
    parts = body.split(f"--{boundary[1]}".encode())[1:-1]
    assert [part.partition(b"\r\n\r\n")[2][:-2] for part in parts] == [BYTES[start:end] for start, end in spans]


@pytest.mark.parametrize(
    "header", ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1;", "x" * 2000]
)
def test_what_is_no_range_gives_the_whole_file(header: str) -> None:
    answer = serve(Headers({"range": header}), whole())
    assert answer.status_code == 200
    assert body_of(answer) == BYTES


def test_a_flood_of_ranges_gives_the_whole_file_once() -> None:
    header = "bytes=" + ",".join("0-" for _ in range(200))
    assert serve(Headers({"range": header}), whole()).status_code == 200


@pytest.mark.parametrize("header", ["bytes=1024-", "bytes=5-4", "bytes=-0"])
def test_a_range_outside_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(Refusal) as refused:
        serve(Headers({"range": header}), whole())
    assert refused.value.headers == {"Content-Range": "bytes */1024"}


def test_a_range_of_another_version_gives_the_whole_file() -> None:
    assert serve(Headers({"range": "bytes=0-1", "if-range": '"old"'}), whole()).status_code == 200
    assert serve(Headers({"range": "bytes=0-1", "if-range": '"mark"'}), whole()).status_code == 206
    assert serve(Headers({"if-none-match": '"mark"'}), whole()).status_code == 304


@given(st.text(alphabet="bytes=0123456789-, ", max_size=40))
def test_no_header_breaks_it(header: str) -> None:
    try:
        answer = serve(Headers({"range": header}), whole())
    except Refusal:
        return
    assert answer.status_code in (200, 206)
    assert int(answer.headers["content-length"]) == len(body_of(answer))


def test_a_recording_plays_whole_and_in_ranges(house: House) -> None:
    row = session(house.store, house.clock(), BYTES)
    headers = house.headers("reviewer")
    all_of_it = house.client.get(f"/v1/sessions/{row.id}/media/0", headers=headers)
    assert (all_of_it.status_code, all_of_it.content) == (200, BYTES)
    assert all_of_it.headers["content-type"] == "video/mp4"
    assert all_of_it.headers["cache-control"] == "private, no-store"
    assert "sandbox" in all_of_it.headers["content-security-policy"]
    part = house.client.get(f"/v1/sessions/{row.id}/media/0", headers={**headers, "Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, BYTES[10:20])
    assert house.client.get(f"/v1/sessions/{row.id}/media/1", headers=headers).status_code == 404


def test_the_rendition_plays_and_the_original_stays_untouched(house: House) -> None:
    row = session(house.store, house.clock(), BYTES)
    rendition = keep(house.store, b"rendition", house.clock())
    with house.store.database.writing() as s:
        sessions.set_rendition(s, row.id, 0, rendition)
    headers = house.headers("reviewer")
    assert house.client.get(f"/v1/sessions/{row.id}/media/0", headers=headers).content == b"rendition"
    original = house.client.get(f"/v1/sessions/{row.id}/media/0?original=1", headers=headers)
    assert original.content == BYTES
    assert original.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%BC%A0")


def test_nobody_watches_their_own_sale(house: House) -> None:
    row = inspected(house.store, house.clock())
    seller = house.headers("reviewer", name="seller", staff_no="A001")
    for path in ("/media/0", "/inspection", "/files/clips/dr_cooling_off.mp4"):
        answer = house.client.get(f"/v1/sessions/{row.id}{path}", headers=seller)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path
    link = house.client.post(f"/v1/sessions/{row.id}/media/0/link", headers=seller, json={})
    assert link.status_code == 403


def test_clips_and_the_report_of_an_inspection(house: House) -> None:
    row = inspected(house.store, house.clock())
    headers = house.headers("reviewer")
    clip = house.client.get(f"/v1/sessions/{row.id}/files/clips/dr_cooling_off.mp4", headers=headers)
    assert (clip.content, clip.headers["content-type"]) == (b"clip", "video/mp4")
    report = house.client.get(f"/v1/sessions/{row.id}/files/report.html", headers=headers)
    assert report.headers["content-disposition"].startswith("attachment")
    assert report.headers["content-type"] == "application/octet-stream", "a page from a stranger never runs here"
    auditor = house.headers("auditor")
    assert house.client.get(f"/v1/sessions/{row.id}/files/report.html", headers=auditor).status_code == 404
    for path in (
        "nothing.mp4",
        "%2E%2E/inspection",
        "clips/%2E%2E/report.html",
        "clips%2F..%2F..%2Fetc%2Fpasswd",
        "clips",
    ):
        answer = house.client.get(f"/v1/sessions/{row.id}/files/{path}", headers=headers)
        assert answer.status_code == 404, path


class TestLinks:
    def link(self, house: House, session_id: str, headers: dict[str, str], **body: Any) -> str:
        answer = house.client.post(f"/v1/sessions/{session_id}/media/0/link", headers=headers, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"])

    def test_a_link_plays_without_a_token_for_some_minutes(self, house: House) -> None:
        row = session(house.store, house.clock(), BYTES)
        url = self.link(house, row.id, house.headers("reviewer"))
        assert house.client.get(url).content == BYTES
        assert house.client.get(url, headers={"Range": "bytes=0-3"}).content == BYTES[:4]
        house.clock.forward(minutes=6)
        assert house.client.get(url).status_code == 401

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("expires=", "expires=9"),
            ("/media/0", "/media/1"),
            ("by=", "by=0"),
            ("signature=", "signature=A"),
            ("?", "?original=1&"),
        ],
    )
    def test_a_link_that_was_changed_opens_nothing(self, house: House, old: str, new: str) -> None:
        row = session(house.store, house.clock(), BYTES)
        url = self.link(house, row.id, house.headers("reviewer"))
        assert house.client.get(url.replace(old, new, 1)).status_code == 401

    def test_a_link_opens_no_other_session(self, house: House) -> None:
        one, other = (session(house.store, house.clock(), bytes([n]), policy_no=str(n)) for n in range(2))
        url = self.link(house, one.id, house.headers("reviewer"))
        assert house.client.get(url.replace(one.id, other.id)).status_code == 401

    def test_a_link_ends_with_the_right_of_whom_it_was_made_for(self, house: House) -> None:
        row = session(house.store, house.clock(), BYTES)
        headers = house.headers("reviewer")
        url = self.link(house, row.id, headers)
        administrator = house.headers("administrator")
        people = house.client.get("/v1/users", headers=administrator).json()["items"]
        me = next(one for one in people if one["name"] == "reviewer")
        house.client.put(f"/v1/users/{me['id']}", headers=administrator, json={"role": "branch"})
        assert house.client.get(url).status_code == 401

    def test_views_by_link_stand_in_the_audit_log_once_for_one_viewing(self, house: House) -> None:
        row = session(house.store, house.clock(), BYTES)
        url = self.link(house, row.id, house.headers("reviewer"))
        for start in range(5):
            house.client.get(url, headers={"Range": f"bytes={start}-"})
        house.clock.forward(minutes=4)
        house.client.get(url)
        with house.store.database.engine.connect() as connection:
            lines = connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY number").all()
        assert [tuple(one) for one in lines] == [("reviewer", "media.link"), ("reviewer", "media.view")]
