"""A package index and a model hub on the loopback, whose connections break, and small wheels for them."""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from models.registry import Entry, Registry


@dataclass
class Shelf:
    """Files served under their paths; `breaks` cuts the next answers off after so many bytes of their body."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)  # answered before anything is served
    requests: list[tuple[str, str | None, str | None]] = field(default_factory=list)  # path, Range, Authorization
    ranges: bool = True
    address: str = ""

    def ranges_of(self, path: str) -> list[str | None]:
        return [span for requested, span, _ in self.requests if requested == path]


@contextmanager
def serving() -> Iterator[Shelf]:
    shelf = Shelf()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(self, shelf)

        def do_HEAD(self) -> None:
            _answer(self, shelf, body=False)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shelf.address = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, shelf: Shelf, body: bool = True) -> None:
    span = handler.headers.get("Range")
    if body:
        shelf.requests.append((handler.path, span, handler.headers.get("Authorization")))
    content = shelf.files.get(handler.path)
    status = shelf.statuses.pop(0) if shelf.statuses and body else 200
    if status != 200 or content is None:
        _head(handler, status if status != 200 else 404, {"Content-Length": "0"})
        return
    whole = len(content)
    headers = {"Content-Type": "text/html" if handler.path.endswith("/") else "application/octet-stream"}
    if span and shelf.ranges:
        first, _, last = span.removeprefix("bytes=").partition("-")
        start, end = (int(first), int(last) if last else whole - 1) if first else (whole - int(last), whole - 1)
        if start >= whole:
            _head(handler, 416, {"Content-Range": f"bytes */{whole}", "Content-Length": "0"})
            return
        content, status = content[start : end + 1], 206
        headers["Content-Range"] = f"bytes {start}-{end}/{whole}"
    if shelf.ranges:
        headers["Accept-Ranges"] = "bytes"
    _head(handler, status, headers | {"Content-Length": str(len(content))})
    if body:
        cut = shelf.breaks.pop(0) if shelf.breaks and not handler.path.endswith("/") else len(content)
        handler.wfile.write(content[:cut])
        if cut < len(content):
            handler.wfile.flush()
            handler.connection.close()
            handler.close_connection = True


def _head(handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()


def wheel(folder: Path, name: str, members: Mapping[str, bytes]) -> Path:
    """Write a small pure wheel `name`-1.0.0 with `members`."""
    path = folder / f"{name}-1.0.0-py3-none-any.whl"
    about = f"{name}-1.0.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return path


def put_on_index(shelf: Shelf, path: Path, index: str = "/simple") -> str:
    """Offer a wheel on the shelf's index and return the path of its file there."""
    project = path.name.split("-")[0].replace("_", "-")
    content = path.read_bytes()
    place = f"/files/{path.name}"
    link = f'<a href="{place}#sha256={hashlib.sha256(content).hexdigest()}">{path.name}</a>'
    shelf.files[f"{index}/{project}/"] = f"<!DOCTYPE html><html><body>{link}</body></html>".encode()
    shelf.files[place] = content
    return place


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def entry(files: Mapping[str, bytes], *sources: Mapping[str, object], name: str = "tiny") -> Entry:
    """An entry of a registry whose files have these contents."""
    listed = [{"name": file, "size": len(content), "sha256": sha256(content)} for file, content in files.items()]
    content = {
        "id": name,
        "task": "test",
        "task_zh": "测试",
        "title": "Tiny",
        "licence": "MIT",
        "group": "default",
        "files": listed,
        "sources": list(sources),
    }
    return Entry.model_validate(content)


def registry_of(*entries: Entry) -> Registry:
    return Registry(entries=entries)


def wheel_source(members: Mapping[str, list[tuple[str, str]]]) -> dict[str, object]:
    """A source of wheels: per file the (project, member) pairs that are joined."""
    listed = {
        file: [{"wheel": f"{project}==1.0.0", "path": path} for project, path in pairs]
        for file, pairs in members.items()
    }
    return {"kind": "wheel", "members": listed}
