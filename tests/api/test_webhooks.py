"""Telling others: signed, tried again, never led into the house."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from api.calling import target_of
from api.settings import WebhookSettings
from api.webhooks import deliver_due
from engine.errors import MingjianError
from engine.store import events, webhooks
from tests.api.conftest import House, web


class Listener:
    """An address that keeps what it is told, and answers as it is told to."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.location: str | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def server() -> dict[str, Any]:
    return {"webhooks": {"allow": ["127.0.0.0/8"], "pauses": [10, 60, 300], "timeout": 5}}


def subscribe(house: House, url: str, *wanted: str) -> dict[str, Any]:
    answer = house.client.post(
        "/v1/webhooks", headers=house.headers("administrator"), json={"url": url, "events": list(wanted)}
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def happen(house: House, *kinds: str) -> None:
    with house.store.database.writing() as s:
        for kind in kinds:
            events.append(s, kind, None, {"verdict": "flagged"}, house.clock())


def deliver(house: House) -> int:
    return deliver_due(house.store, house.settings, house.clock())


def deliveries(house: House, query: str = "") -> list[dict[str, Any]]:
    answer = house.client.get(f"/v1/webhooks/deliveries?{query}", headers=house.headers("administrator"))
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_an_event_is_told_once_and_signed(house: House, listener: Listener) -> None:
    hook = subscribe(house, f"http://127.0.0.1:{listener.port}/in?x=1", "session.inspected")
    happen(house, "inspected", "failed", "stage")
    assert deliver_due(house.store, house.settings, house.clock()) == 1
    assert deliver_due(house.store, house.settings, house.clock()) == 0
    ((headers, body),) = listener.told
    content = json.loads(body)
    assert (content["event"], content["data"]) == ("session.inspected", {"verdict": "flagged"})
    moment, mark = (part.partition("=")[2] for part in headers["mingjian-signature"].split(","))
    assert int(moment) == int(house.clock().timestamp())
    expected = hmac.new(hook["secret"].encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert mark == expected
    assert [one["state"] for one in deliveries(house)] == ["delivered"]


def test_an_event_that_was_rolled_back_is_not_told(house: House, listener: Listener) -> None:
    subscribe(house, f"http://127.0.0.1:{listener.port}/", "session.inspected")

    def fail() -> None:
        with house.store.database.writing() as s:
            events.append(s, "inspected", None, {}, house.clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert deliver_due(house.store, house.settings, house.clock()) == 0


def test_a_telling_is_tried_again_with_growing_pauses_and_then_put_aside(house: House, listener: Listener) -> None:
    hook = subscribe(house, f"http://127.0.0.1:{listener.port}/", "session.failed")
    listener.answers = [500, 404, 503, 500]
    happen(house, "quarantined")
    for pause in (0, 10, 60, 300):
        house.clock.forward(seconds=max(0, pause - 1))
        assert deliver(house) == (0 if pause else 1)
        if pause:
            house.clock.forward(seconds=1)
            assert deliver(house) == 1
    (dead,) = deliveries(house, "state=dead")
    assert (dead["attempts"], dead["status"], dead["error"]) == (4, 500, "HTTP 500")
    house.clock.forward(days=20)
    assert deliver(house) == 0
    again = house.client.post(
        f"/v1/webhooks/{hook['id']}/deliveries/{dead['id']}/again", headers=house.headers("administrator")
    )
    assert again.json()["state"] == "pending"
    assert deliver(house) == 1
    assert [one["state"] for one in deliveries(house)] == ["delivered"]
    bodies = {json.loads(body)["number"] for _, body in listener.told}
    assert len(bodies) == 1, "a repeated event is known by its number"


def test_one_dead_address_holds_up_no_other(house: House, listener: Listener) -> None:
    subscribe(house, "http://127.0.0.1:9/", "session.inspected")
    subscribe(house, f"http://127.0.0.1:{listener.port}/", "session.inspected")
    happen(house, "inspected")
    assert deliver(house) == 2
    assert len(listener.told) == 1
    assert sorted(one["state"] for one in deliveries(house)) == ["delivered", "pending"]


def test_an_address_that_is_switched_off_hears_nothing(house: House, listener: Listener) -> None:
    url = f"http://127.0.0.1:{listener.port}/"
    hook = subscribe(house, url, "session.inspected")
    headers = house.headers("administrator")
    off = {"url": url, "events": ["session.inspected"], "active": False}
    assert house.client.put(f"/v1/webhooks/{hook['id']}", headers=headers, json=off).json()["active"] is False
    happen(house, "inspected")
    assert deliver(house) == 0
    assert house.client.delete(f"/v1/webhooks/{hook['id']}", headers=headers).status_code == 204
    assert house.client.get(f"/v1/webhooks/{hook['id']}", headers=headers).status_code == 404


def test_a_redirect_is_not_followed(house: House, listener: Listener) -> None:
    subscribe(house, f"http://127.0.0.1:{listener.port}/", "session.inspected")
    listener.answers, listener.location = [307], f"http://127.0.0.1:{listener.port}/inside"
    happen(house, "inspected")
    deliver(house)
    assert len(listener.told) == 1
    assert deliveries(house)[0]["error"] == "HTTP 307"


def test_the_secret_is_shown_once_and_sealed(house: House) -> None:
    hook = subscribe(house, "http://127.0.0.1:1/", "session.inspected")
    shown = house.client.get(f"/v1/webhooks/{hook['id']}", headers=house.headers("administrator"))
    assert hook["secret"] not in shown.text
    with house.store.database.engine.connect() as connection:
        assert hook["secret"] not in str(connection.exec_driver_sql("SELECT * FROM webhook").all())


INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_the_house_is_called(address: str) -> None:
    for host in ("hooks.example", f"[{address}]" if ":" in address else address):
        with pytest.raises(MingjianError) as refused:
            target_of(f"https://{host}/", WebhookSettings(), lambda _host, _port: [address])
        assert refused.value.code == "webhook_refused"


def test_one_address_inside_among_others_is_enough_to_refuse() -> None:
    with pytest.raises(MingjianError):
        target_of(web("hooks.example/"), WebhookSettings(), lambda _host, _port: ["1.1.1.1", "10.0.0.1"])


@pytest.mark.parametrize(
    "url",
    [
        web("hooks.example/", "http"), web("hooks.example/", "ftp"), "file:///etc/passwd",
        web("user:pw@hooks.example/"), web("hooks.example:99999/"), "https:///x", "//hooks.example/",
        web("hooks.example/\r\nX: 1"),
        web("hooks.example/ x"), web("hooks.example/", "gopher"), "https://[::1/", web("例子.example/"), "x" * 20,
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(MingjianError) as refused:
        target_of(url, WebhookSettings(), lambda _host, _port: ["1.1.1.1"])
    assert refused.value.code == "webhook_refused"


def test_a_public_address_may_be_called() -> None:
    target = target_of(web("hooks.example/a?b=c"), WebhookSettings(), lambda _host, _port: ["1.1.1.1"])
    assert (str(target.address), target.port) == ("1.1.1.1", 443)


def test_the_address_that_was_checked_is_the_one_that_is_called(house: House, listener: Listener) -> None:
    """A name that points elsewhere a moment later (DNS rebinding) changes nothing: it is resolved once."""
    asked: list[str] = []

    def turning(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with house.store.database.writing() as s:
        sealed = house.service.keys.seal_text("webhook", "secret")
        url = web(f"hooks.example:{listener.port}/", "http")
        webhooks.add(s, url, ["session.inspected"], sealed, "test", datetime.now(UTC))
    happen(house, "inspected")
    deliver_due(house.store, house.settings, house.clock(), resolver=turning)
    assert asked == ["hooks.example"]
    ((headers, _),) = listener.told
    assert headers["host"] == f"hooks.example:{listener.port}"


class TestClosed:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {}

    @pytest.mark.parametrize("url", ["http://127.0.0.1/", web("localhost/"), "https://169.254.169.254/latest/"])
    def test_an_address_inside_is_refused_when_it_is_entered(self, house: House, url: str) -> None:
        answer = house.client.post(
            "/v1/webhooks", headers=house.headers("administrator"), json={"url": url, "events": ["ticket.due"]}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "webhook_refused")
