"""Server-sent events: order, resuming, many listeners."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from engine.errors import MingjianError
from engine.store import events, jobs
from tests.api.conftest import Live
from tests.api.made import session


@dataclass(frozen=True)
class Told:
    """One event as a listener got it."""

    number: int
    kind: str
    data: dict[str, Any]


@contextmanager
def listening(live: Live, path: str, headers: dict[str, str]) -> Iterator[Iterator[Told]]:
    with (
        httpx.Client(base_url=live.address, trust_env=False, timeout=20) as client,
        client.stream("GET", path, headers=headers) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _told(answer)


def _told(answer: httpx.Response) -> Iterator[Told]:
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        if line.startswith(":") or line.startswith("retry"):
            continue
        if not line:
            if fields:
                yield Told(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}
            continue
        name, _, value = line.partition(": ")
        fields[name] = value


def append(live: Live, session_id: str | None, *kinds: str) -> None:
    with live.store.database.writing() as s:
        for kind in kinds:
            events.append(s, kind, session_id, {"name": kind}, datetime.now(UTC))


def take(stream: Iterator[Told], count: int) -> list[Told]:
    return [next(stream) for _ in range(count)]


class TestStreams:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {"events": {"poll": 0.05, "heartbeat": 0.2}}

    def test_a_session_is_told_from_its_beginning_and_then_as_it_goes(self, live: Live) -> None:
        row = session(live.store, datetime.now(UTC))
        other = session(live.store, datetime.now(UTC), b"other")
        with listening(live, f"/v1/sessions/{row.id}/events", live.headers("uploader")) as stream:
            assert next(stream).kind == "queued"
            append(live, other.id, "stage")
            with live.store.database.writing() as s:
                held = jobs.lease(s, "w", datetime.now(UTC), 60)
                assert held is not None
                jobs.progress(s, held, "transcribe", 0.5, datetime.now(UTC))
            told = next(stream)
            assert (told.kind, told.data["name"], told.data["share"]) == ("stage", "transcribe", 0.5)
            assert told.data["session_id"] == row.id

    def test_a_listener_resumes_where_it_was(self, live: Live) -> None:
        row = session(live.store, datetime.now(UTC))
        append(live, row.id, "stage", "inspected")
        path, headers = f"/v1/sessions/{row.id}/events", live.headers("uploader")
        with listening(live, path, headers) as stream:
            first = take(stream, 3)
        append(live, row.id, "review.opened")
        with listening(live, path, {**headers, "Last-Event-ID": str(first[1].number)}) as stream:
            again = take(stream, 2)
        assert [one.kind for one in first] == ["queued", "stage", "inspected"]
        assert [one.kind for one in again] == ["inspected", "review.opened"]

    def test_all_sessions_are_told_from_now_on(self, live: Live) -> None:
        session(live.store, datetime.now(UTC))
        with listening(live, "/v1/events", live.headers("reviewer")) as stream:
            time.sleep(0.3)
            append(live, None, "ticket.due")
            assert next(stream).kind == "ticket.due"

    def test_nothing_is_lost_or_doubled_while_events_rain(self, live: Live) -> None:
        row = session(live.store, datetime.now(UTC))
        writer = threading.Thread(target=lambda: [append(live, row.id, *["stage"] * 20) for _ in range(15)])
        writer.start()
        with listening(live, f"/v1/sessions/{row.id}/events", live.headers("uploader")) as stream:
            told = take(stream, 301)
        writer.join()
        numbers = [one.number for one in told]
        assert numbers == sorted(set(numbers))
        assert [one.kind for one in told] == ["queued", *["stage"] * 300]

    def test_a_silent_stream_beats(self, live: Live) -> None:
        with (
            httpx.Client(base_url=live.address, trust_env=False, timeout=10) as client,
            client.stream("GET", "/v1/events", headers=live.headers("reviewer")) as answer,
        ):
            lines = answer.iter_lines()
            assert any(line.startswith(":") for line in (next(lines) for _ in range(5)))

    def test_a_database_that_is_away_ends_no_stream(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        row = session(live.store, datetime.now(UTC))
        with listening(live, f"/v1/sessions/{row.id}/events", live.headers("uploader")) as stream:
            next(stream)
            with monkeypatch.context() as patched:

                def away(*_: Any) -> None:
                    raise MingjianError("store_unavailable", detail="stopped")

                patched.setattr(live.service.hub, "_after", away)
                time.sleep(0.3)
            append(live, row.id, "inspected")
            assert next(stream).kind == "inspected"


class TestBounds:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {"events": {"poll": 0.05, "heartbeat": 0.1, "longest": 0.5, "most_listeners": 2}}

    def test_a_stream_ends_after_its_time_so_that_rights_are_checked_anew(self, live: Live) -> None:
        began = time.monotonic()
        with listening(live, "/v1/events", live.headers("reviewer")) as stream:
            assert list(stream) == []
        assert time.monotonic() - began < 5

    def test_no_more_listen_than_may(self, live: Live) -> None:
        headers = live.headers("reviewer")
        with ExitStack() as stack:
            for _ in range(2):
                stack.enter_context(listening(live, "/v1/events", headers))
            answer = httpx.get(f"{live.address}/v1/events", headers=headers, trust_env=False)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        time.sleep(1)
        with listening(live, "/v1/events", headers):
            pass


def crowd(live: Live, count: int, kinds: list[str]) -> list[float]:
    """Lets `count` listeners hear the same events; seconds from the writing until each had them all."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in live.headers("reviewer").items())
    port = int(live.address.rsplit(":", 1)[1])
    lines = []
    with ExitStack() as stack:
        for _ in range(count):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            line.sendall(f"GET /v1/events HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
            lines.append(line)
        for line in lines:
            assert b"200 OK" in line.recv(4096)
        deadline = time.monotonic() + 30
        while live.service.hub._count < count and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        began = time.monotonic()
        append(live, None, *kinds)
        waits = []
        for line in lines:
            got = b""
            while got.count(b"\nevent: ") < len(kinds):
                got += line.recv(65536)
            waits.append(time.monotonic() - began)
            for kind in kinds:
                assert got.count(f"event: {kind}\n".encode()) == kinds.count(kind)
    return waits


class TestCrowds:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {"events": {"poll": 0.1, "heartbeat": 60.0}}

    def test_fifty_listeners_hear_the_same(self, live: Live) -> None:
        assert max(crowd(live, 50, ["inspected", "failed"])) < 5

    @pytest.mark.full
    def test_a_thousand_listeners_hold(self, live: Live) -> None:
        waits = sorted(crowd(live, 1000, ["inspected", "failed", "review.decided"]))
        print(f"1000 listeners: median {waits[500]:.2f} s, last {waits[-1]:.2f} s")
        assert waits[-1] < 10
        assert live.client.get("/v1/me", headers=live.headers("reviewer")).status_code == 200
