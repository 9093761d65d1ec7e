"""`mingjian serve` as a client meets it: upload over tus, wait for events, read findings, take a packet that verifies.

The small run sends a written record, which needs no networks; the long one the demo sessions, as `serve --demo` does.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.demo import upload_of, wait_until_ready

STARTS_WITHIN_S = 240.0
INSPECTED_WITHIN_S = 420.0
RECORD = {
    "utterances": [
        {"role": "agent", "text": "您今天购买的是一款保险产品，您清楚吗？"},
        {"role": "customer", "text": "清楚。"},
        {"role": "agent", "text": "签收合同以后有十天的犹豫期，期间可以全额退保，明白吗？"},
        {"role": "customer", "text": "明白。"},
    ]
}
ORDER = {
    "policy_no": "P2026SERVE1",
    "channel": "agency",
    "scenario": "face_to_face",
    "recorded_at": "2026-11-02T10:12:00+08:00",
    "receipt_signed_at": "2026-11-03T09:00:00+08:00",
    "products": [{"full_name": "安康终身寿险", "cover": {"kind": "whole_life"}, "cooling_off_days": 15}],
    "policyholder": {"name": "王芳", "phone": "13800138000"},
    "agent": {"name": "李强", "staff_no": "A001", "org": "西安分公司"},
}


@dataclass(frozen=True)
class Running:
    """A server in processes of its own. `log`: what it printed."""

    process: subprocess.Popen[bytes]
    base: str
    environment: dict[str, str]
    log: Path

    def client(self, role: str) -> httpx.Client:
        """A client with a key of this role, made on the command line."""
        made = self.command("token", "add", f"test-{role}", "--role", role)
        return httpx.Client(
            base_url=self.base, headers={"Authorization": f"Bearer {made.strip()}"}, timeout=60, trust_env=False
        )

    def command(self, *arguments: str) -> str:
        """Run the command line on the server's store; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "api.cli.main", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def started(root: Path, folder: Path, *arguments: str) -> Running:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MINGJIAN_STORE__FOLDER": str(folder / "data"), "PYTHONPATH": str(root)}
    log = folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port), *arguments],
            env=environment,
            stdout=output,
            stderr=output,
            cwd=root,
        )
    running = Running(process, f"http://127.0.0.1:{port}", environment, log)
    try:
        with httpx.Client(base_url=running.base, timeout=10, trust_env=False) as client:
            wait_until_ready(client, STARTS_WITHIN_S)
    except BaseException:
        stopped(running)
        raise
    return running


def stopped(running: Running) -> int:
    running.process.send_signal(signal.SIGTERM)
    try:
        return running.process.wait(timeout=120)
    except subprocess.TimeoutExpired:
        running.process.kill()
        raise


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = started(root, tmp_path_factory.mktemp("serve"))
    yield running
    assert stopped(running) == 0, running.log.read_text(encoding="utf-8")[-4000:]


def events_of(client: httpx.Client, session_id: str, within_s: float) -> list[str]:
    """The kinds of events of a session, until the last one."""
    kinds: list[str] = []
    until = time.monotonic() + within_s
    address = f"/v1/sessions/{session_id}/events"
    with client.stream("GET", address, timeout=httpx.Timeout(60, read=within_s)) as stream:
        assert stream.status_code == 200
        for line in stream.iter_lines():
            if line.startswith("event:"):
                kinds.append(line.removeprefix("event:").strip())
                if kinds[-1] in ("inspected", "failed", "quarantined"):
                    return kinds
            assert time.monotonic() < until, kinds
    return kinds


def packet_of(client: httpx.Client, session_id: str, folder: Path) -> Path:
    answer = client.get(f"/v1/sessions/{session_id}/evidence.zip")
    assert answer.status_code == 200, answer.text
    path = folder / f"{session_id}.zip"
    path.write_bytes(answer.content)
    return path


def test_a_record_goes_all_the_way(server: Running, tmp_path: Path) -> None:
    sender, reader = server.client("uploader"), server.client("auditor")
    media = tmp_path / "record.json"
    media.write_text(json.dumps(RECORD, ensure_ascii=False), encoding="utf-8")
    upload = upload_of(sender, media)
    body: dict[str, Any] = {"uploads": [upload], "order": ORDER}
    first = sender.post("/v1/sessions", json=body, headers={"Idempotency-Key": "once"})
    again = sender.post("/v1/sessions", json=body, headers={"Idempotency-Key": "once"})
    assert (first.status_code, again.json()) == (202, first.json()), first.text
    session_id = first.json()["session_id"]

    assert events_of(reader, session_id, INSPECTED_WITHIN_S)[-1] == "inspected"
    found = reader.get(f"/v1/sessions/{session_id}").json()
    assert (found["state"], found["verdict"]) == ("inspected", "flagged")
    items = {one["id"]: one for one in reader.get(f"/v1/sessions/{session_id}/inspection").json()["items"]}
    assert items["dr_cooling_off"]["verdict"] == "fail"
    assert items["dr_is_insurance"]["verdict"] == "pass"

    path = packet_of(reader, session_id, tmp_path)
    assert "核对通过" in server.command("packet", "verify", str(path))
    assert "0 处问题" in server.command("audit", "verify")
    log = server.log.read_text(encoding="utf-8")
    assert "王芳" not in log
    assert "13800138000" not in log


def test_the_server_is_ready_and_measures_itself(server: Running) -> None:
    client = server.client("auditor")
    until = time.monotonic() + STARTS_WITHIN_S
    while client.get("/readyz").json()["dispatcher"] != "ok" and time.monotonic() < until:
        time.sleep(1)
    assert client.get("/readyz?strict=true").json()["status"] == "ok"
    assert 'mingjian_processes{kind="dispatcher"} 1.0' in client.get("/metrics").text


def test_a_back_up_of_the_running_server_is_intact(server: Running, tmp_path: Path) -> None:
    server.command("backup", str(tmp_path / "backup"))
    assert "完好" in server.command("restore", str(tmp_path / "backup"), "--check")


@pytest.mark.full
def test_the_demo_sessions_are_inspected_and_their_packets_verify(root: Path, tmp_path: Path) -> None:
    running = started(root, tmp_path, "--demo")
    try:
        client = running.client("auditor")
        until = time.monotonic() + INSPECTED_WITHIN_S
        while len(found := client.get("/v1/sessions").json()["items"]) < 2 and time.monotonic() < until:
            time.sleep(1)
        verdicts = {}
        for session in found:
            assert events_of(client, session["id"], INSPECTED_WITHIN_S)[-1] == "inspected"
            verdicts[session["policy_no"]] = client.get(f"/v1/sessions/{session['id']}").json()["verdict"]
            assert "核对通过" in running.command("packet", "verify", str(packet_of(client, session["id"], tmp_path)))
        assert sorted(verdicts.values()) == ["clear", "flagged"]
        assert (tmp_path / "data" / "demo-passwords.txt").stat().st_mode & 0o077 == 0
    finally:
        stopped(running)
