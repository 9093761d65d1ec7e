"""Parts of a file (RFC 9110, section 14): one range, or several in one answer."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

from api.http.problems import Refusal

MOST_RANGES = 16
"""More in one request are no player's but an attack: the whole file is given."""
LONGEST_HEADER = 1000
RANGE = re.compile(r"(\d{0,18})-(\d{0,18})")

Read = Callable[[int, int], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Whole:
    """A file that is served. `read(start, end)` gives its bytes; `mark` is its ETag without quotes."""

    size: int
    media_type: str
    name: str
    mark: str
    read: Read


def serve(headers: Headers, file: Whole, *, download: bool = False) -> Response:
    """The answer to a request for `file`. Raises Refusal `range_unfit` where no range lies inside it."""
    told = _told(file, download=download)
    if headers.get("if-none-match", "").strip() in (f'"{file.mark}"', "*"):
        return Response(status_code=304, headers=told)
    spans = _spans(headers, file)
    if not spans:
        told["Content-Length"] = str(file.size)
        return StreamingResponse(file.read(0, file.size), 200, told, file.media_type)
    if len(spans) == 1:
        start, end = spans[0]
        told |= {"Content-Length": str(end - start), "Content-Range": f"bytes {start}-{end - 1}/{file.size}"}
        return StreamingResponse(file.read(start, end), 206, told, file.media_type)
    return _several(file, spans, told)


def _told(file: Whole, *, download: bool) -> dict[str, str]:
    way = "attachment" if download else "inline"
    return {
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.mark}"',
        "Cache-Control": "private, no-store",
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
    }


def _spans(headers: Headers, file: Whole) -> list[tuple[int, int]]:
    """The ranges asked for, each from its first byte to behind its last; none: the whole file."""
    header = headers.get("range", "")
    unit, _, text = header.partition("=")
    if not header or unit.strip().lower() != "bytes" or len(header) > LONGEST_HEADER:
        return []
    if "if-range" in headers and headers["if-range"].strip() != f'"{file.mark}"':
        return []
    asked = text.split(",")
    if len(asked) > MOST_RANGES:
        return []
    found = []
    for one in asked:
        match = RANGE.fullmatch(one.strip())
        if match is None or not any(match.groups()):
            return []  # not well formed: the header is as if it were not there
        span = _span(match[1], match[2], file.size)
        if span is not None:
            found.append(span)
    if not found:
        raise Refusal("range_unfit", size=file.size, headers={"Content-Range": f"bytes */{file.size}"})
    return _joined(found)


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    return (start, end) if start < end else None


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that overlap or touch are one: nobody gets a byte twice."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _several(file: Whole, spans: list[tuple[int, int]], told: dict[str, str]) -> Response:
    boundary = secrets.token_hex(16)
    heads = [
        f"--{boundary}\r\nContent-Type: {file.media_type}\r\n"
        f"Content-Range: bytes {start}-{end - 1}/{file.size}\r\n\r\n".encode()
        for start, end in spans
    ]
    close = f"--{boundary}--\r\n".encode()

    def pieces() -> Iterator[bytes]:
        for head, (start, end) in zip(heads, spans, strict=True):
            yield head
            yield from file.read(start, end)
            yield b"\r\n"
        yield close

    length = sum(len(head) + 2 for head in heads) + sum(end - start for start, end in spans) + len(close)
    told["Content-Length"] = str(length)
    return StreamingResponse(pieces(), 206, told, f"multipart/byteranges; boundary={boundary}")
