"""What strangers try."""

import json
import re
import socket
from typing import Any

import pytest

from api.http.gate import client_address
from tests.api.conftest import House, Live, bearer, web
from tests.api.made import session

HARMLESS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.mark.parametrize("path", ["/v1/me", "/nothing", "/docs", "/openapi.json", "/v1/uploads", "/v1/login"])
def test_every_answer_has_safe_headers_and_a_request_id(house: House, path: str) -> None:
    answer = house.client.get(path)
    for name, value in HARMLESS.items():
        assert answer.headers[name] == value, name
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert "server" not in answer.headers


def test_a_request_id_is_kept_when_it_is_sensible_and_else_replaced(house: House) -> None:
    assert house.client.get("/v1/me", headers={"X-Request-ID": "abc-123.X_9"}).headers["x-request-id"] == "abc-123.X_9"
    for forged in ("short", "x" * 65, "a b c d e f", "<script>alert(1)</script>"):
        assert house.client.get("/v1/me", headers={"X-Request-ID": forged}).headers["x-request-id"] != forged


def test_errors_are_problem_details_in_two_languages(house: House) -> None:
    chinese = house.client.get("/v1/me")
    english = house.client.get("/v1/me", headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"})
    assert chinese.headers["content-type"] == "application/problem+json"
    assert chinese.json()["detail"] == chinese.json()["zh"]
    assert english.json()["detail"] == english.json()["en"]
    assert chinese.json()["instance"].endswith(chinese.headers["x-request-id"])


def test_what_nobody_foresaw_tells_no_secrets(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("password=hunter2 of 王芳")

    monkeypatch.setattr("engine.store.users.page", broken)
    answer = house.client.get("/v1/users", headers=house.headers("administrator"))
    assert (answer.status_code, answer.json()["code"]) == (500, "server_failed")
    assert "hunter2" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_a_request_got_wrong_is_not_repeated_to_it(house: House) -> None:
    answer = house.client.post("/v1/login", json={"name": "a", "password": ["hunter2"]})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"uploads": ' + b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 60 + b"]" * 60,
        b"[" + b"1," * 250_000 + b"1]",
        b'{"order": {"x": NaN}}',
        b'{"order": {"x": 1e999}}',
        b'{"order": {"x": ' + b"9" * 10_000 + b"}}",
        b'{"order": {"x": "\\u0000"}}',
        b'{"order": {"\\u0000": 1}}',
        b'{"order": {"x": "\\ud800"}}',
        b"\xff\xfe",
        b"not json",
        b"",
        b"null",
        b'"text"',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_json_that_hurts_its_reader_is_refused(house: House, body: bytes) -> None:
    headers = {**house.headers("uploader"), "Content-Type": "application/json"}
    answer = house.client.post("/v1/sessions", headers=headers, content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid"), answer.text


def test_a_body_has_a_limit_whether_or_not_it_tells_its_length(house: House) -> None:
    headers = {**house.headers("uploader"), "Content-Type": "application/json"}
    big = b'"' + b"x" * (6 * 1024 * 1024) + b'"'
    for content in (big, iter([big[:3_000_000], big[3_000_000:]])):
        answer = house.client.post("/v1/sessions", headers=headers, content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_headers_have_a_limit(house: House) -> None:
    answer = house.client.get("/v1/me", headers={"X-Long": "x" * 40_000})
    assert (answer.status_code, answer.json()["code"]) == (431, "header_too_large")
    many = house.client.get("/v1/me", headers={f"X-{n}": "x" * 50 for n in range(1000)})
    assert many.status_code == 431


def test_endless_headers_are_cut_off_before_they_fill_the_memory(live: Live) -> None:
    port = int(live.address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        try:
            while sent < 50_000_000:
                sent += line.send(b"X-A: " + b"x" * 60_000 + b"\r\n")
        except OSError:
            pass
        assert sent < 5_000_000


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sessions/%00", "/v1/sessions?policy_no=%00", "/v1/sessions?cursor=%00", "/v1/users/..%2f..%2fetc",
        "/v1/sessions/' OR 1=1 --", "/v1/sessions?policy_no=' OR '1'='1", "/v1/sessions?limit=0",
        "/v1/sessions?limit=99999999999999999999", "/v1/sessions?created_from=x", "/v1/sessions?state=x",
        "/v1/sessions/" + "0" * 32 + "/media/-1", "/v1/sessions/" + "0" * 32 + "/media/99999999999999999999",
        "/v1/sessions?created_from=0001-01-01T00:00:00%2B23:59", "/v1/sessions?agent_name=%25%5F\\",
        "//v1//sessions", "/v1/sessions/" + "0" * 32 + "/inspection?version=99999999999999999999",
    ],
)  # fmt: skip
def test_odd_addresses_break_nothing(house: House, path: str) -> None:
    answer = house.client.get(path, headers=house.headers("reviewer"))
    assert answer.status_code < 500, answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_quote_in_a_filter_finds_nothing_rather_than_everything(house: House) -> None:
    session(house.store, house.clock())
    headers = house.headers("reviewer")
    assert house.client.get("/v1/sessions?policy_no=' OR '1'='1", headers=headers).json()["items"] == []
    assert house.client.get("/v1/sessions?agent_name=%25", headers=headers).json()["items"] == []


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "mj_",
        "mj_" + "A" * 43,
        "mj_" + "A" * 10_000,
        "mj_\u00e9".encode("latin-1").decode("latin-1"),
        "Basic x",
    ],
)
def test_tokens_that_are_none_open_nothing(house: House, token: str) -> None:
    answer = house.client.get("/v1/me", headers={"Authorization": b"Bearer " + token.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 401


def test_a_cookie_is_no_token_and_a_token_no_cookie(house: House) -> None:
    house.user("alice", "reviewer", "correct horse battery")
    house.client.post("/v1/login", json={"name": "alice", "password": "correct horse battery"})
    cookie = house.client.cookies["mingjian"]
    house.client.cookies.clear()
    assert house.client.get("/v1/me", headers=bearer(cookie)).status_code == 401
    house.client.cookies["mingjian"] = house.token("auditor")
    assert house.client.get("/v1/me").status_code == 401


def test_a_bad_token_is_not_helped_by_a_good_cookie(house: House) -> None:
    house.user("alice", "reviewer", "correct horse battery")
    house.client.post("/v1/login", json={"name": "alice", "password": "correct horse battery"})
    assert house.client.get("/v1/me", headers=bearer("mj_x")).status_code == 401


def test_other_pages_may_not_call_unless_they_are_named(house: House) -> None:
    answer = house.client.options(
        "/v1/sessions", headers={"Origin": web("evil.example"), "Access-Control-Request-Method": "GET"}
    )
    assert "access-control-allow-origin" not in answer.headers


class TestNamedOrigins:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {"origins": [web("console.example")]}

    def test_a_named_page_may_call_with_a_token_but_never_with_a_cookie(self, house: House) -> None:
        for origin, allowed in ((web("console.example"), True), (web("evil.example"), False)):
            answer = house.client.get("/v1/me", headers={"Origin": origin, **house.headers("auditor")})
            assert (answer.headers.get("access-control-allow-origin") == origin) == allowed
            assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "rubbish", "rubbish"),
    ],
)
def test_only_trusted_proxies_say_who_asks(peer: str, forwarded: str, address: str) -> None:
    from ipaddress import ip_network

    from starlette.requests import Request

    scope = {"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    assert client_address(Request(scope), [ip_network("10.0.0.0/8")]) == address


def test_the_document_states_every_error_and_shows_nothing_from_elsewhere(house: House) -> None:
    document = house.client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            codes = {int(one) for one in operation["responses"] if one.isdigit()}
            assert {422, 429, 500} <= codes, (method, path)
            if "security" in operation:
                assert {401, 403} <= codes, (method, path)
            for status, answer in operation["responses"].items():
                if status.isdigit() and int(status) >= 400:
                    assert "application/problem+json" in answer["content"], (method, path, status)
    page = house.client.get("/docs").text
    assert "/v1/sessions/{session_id}/inspection" in page
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    json.dumps(document)
