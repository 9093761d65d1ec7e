"""Demo data: the two demo sessions sent to a running server the way any system sends them, with users to look at them.

`mingjian serve --demo` and `make serve DEMO=1` start it beside the server; it ends when the sessions are there. The
same bytes and orders are one session however often they are sent.
"""

import json
import os
import secrets
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from api.passwords import Passwords
from api.settings import Role, ServerSettings, server_settings
from engine.errors import MingjianError
from engine.settings import Settings, load_settings
from engine.store import api_tokens, audit, open_store, users
from engine.store.api_tokens import NewToken
from engine.store.users import NewUser

SESSIONS = Path(__file__).resolve().parents[1] / "eval" / "synth" / "demo"
PEOPLE: tuple[tuple[str, Role], ...] = (
    ("demo-admin", "administrator"),
    ("demo-reviewer", "reviewer"),
    ("demo-senior", "senior_reviewer"),
    ("demo-compliance", "compliance"),
)
TOKEN_NAME = "demo"  # noqa: S105  (a name)
PIECE = 4 * 1024 * 1024
READY_WITHIN_S = 300.0
PASSWORDS = "demo-passwords.txt"
TUS = {"Tus-Resumable": "1.0.0"}


def seed(settings: Settings, server: ServerSettings, base: str) -> tuple[str, ...]:
    """Make the demo users where there are none, and send the demo sessions to the server at `base`; their ids.

    Passwords are random and written to `demo-passwords.txt` in the store's folder, readable by its owner alone.
    Raises MingjianError for what the store refuses, httpx.HTTPError for what the server does.
    """
    token = _prepare(settings, server)
    with httpx.Client(
        base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
    ) as client:
        wait_until_ready(client)
        return tuple(send(client, media) for media in sorted(SESSIONS.glob("*.mp4")))


def _prepare(settings: Settings, server: ServerSettings) -> str:
    now = datetime.now(UTC)
    passwords = Passwords(server.login.shortest_password)
    lines = []
    with open_store(settings) as store:
        for name, role in PEOPLE:
            with store.database.reading() as s:
                known = users.by_name(s, name) is not None
            if known:
                continue
            password = secrets.token_urlsafe(15)
            hashed = passwords.hash(password)
            with store.database.writing() as s:
                row = users.add(s, NewUser(name, role, hashed), now)
                audit.append(s, "demo", "user.add", f"user/{row.id}", {"name": name, "role": role}, now)
            lines.append(f"{name}\t{role}\t{password}\n")
        with store.database.writing() as s:
            new = NewToken(TOKEN_NAME, "uploader", "demo", now + timedelta(hours=1))
            row_of_token, token = api_tokens.add(s, new, now)
            audit.append(s, "demo", "token.add", f"token/{row_of_token.id}", {"role": "uploader"}, now)
    if lines:
        _write_private(settings.store.folder / PASSWORDS, "".join(lines))
    return token


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def wait_until_ready(client: httpx.Client, within_s: float = READY_WITHIN_S) -> None:
    """Return once the server answers. Raises httpx.HTTPError when it does not in time."""
    until = time.monotonic() + within_s
    while True:
        try:
            client.get("/readyz").raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
        time.sleep(0.5)


def send(client: httpx.Client, media: Path) -> str:
    """Upload a recording in pieces (tus) and make a session of it with the order beside it; the session's id."""
    order = json.loads(media.with_suffix(".order.json").read_text(encoding="utf-8"))
    upload = upload_of(client, media)
    key = f"demo-{media.stem}-{upload}"
    made = client.post("/v1/sessions", json={"uploads": [upload], "order": order}, headers={"Idempotency-Key": key})
    made.raise_for_status()
    return str(made.json()["session_id"])


def upload_of(client: httpx.Client, media: Path) -> str:
    """Send a file in pieces; the id of its upload."""
    import base64
    import hashlib

    size = media.stat().st_size
    with media.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    told = {"filename": media.name, "filetype": "video/mp4", "sha256": sha256}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    made = client.post("/v1/uploads", headers=headers)
    made.raise_for_status()
    place, offset = made.headers["Location"], 0
    with media.open("rb") as file:
        while offset < size:
            piece = file.read(PIECE)
            sent = client.patch(
                place,
                content=piece,
                headers={**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"},
            )
            sent.raise_for_status()
            offset = int(sent.headers["Upload-Offset"])
            file.seek(offset)
    return str(place).rstrip("/").rsplit("/", 1)[-1]


def main() -> int:
    """Seed the server of these settings."""
    try:
        settings = load_settings()
        server = server_settings(settings)
        host = f"[{server.host}]" if ":" in server.host else server.host
        found = seed(settings, server, f"http://{host}:{server.port}")
    except MingjianError as error:
        print(error, file=sys.stderr)
        return 2
    except httpx.HTTPError as error:
        print(f"演示数据没有送达 / the demo data was not taken: {type(error).__name__}", file=sys.stderr)
        return 1
    folder = settings.store.folder / PASSWORDS
    print(f"演示会话 / demo sessions: {', '.join(found)}", file=sys.stderr)
    print(f"演示用户和密码 / demo users and passwords: {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
