"""Downloads one file over HTTP so that a broken connection costs only what was missing.

Bytes go to `<target>.part`. A new attempt, in this process or a later one, asks for the rest by a Range request; the
server's answer decides whether to append or to begin again. The hash is checked over the whole file before it gets
its name.
"""

import os
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import httpx

from models.errors import FetchError
from models.weights import digest

ATTEMPTS = 6  # in a row without a single new byte
PAUSE = 0.5  # seconds before the second attempt, doubled for each further one
TIMEOUT = httpx.Timeout(60.0, connect=20.0)
_BUNDLE_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


class FetchProgress(Protocol):
    """Called with a label, the bytes that are there and the bytes in all (0 when unknown)."""

    def __call__(self, label: str, completed: int, total: int) -> None: ...


def silent(label: str, completed: int, total: int) -> None:
    """Report nothing."""


class Refused(FetchError):
    """The server answered, and said no (4xx): asking again will not help."""


class _Retry(Exception):
    """This attempt ended early; the reason is its message."""


class _Stale(_Retry):
    """What lies here is no beginning of what the server has."""


def client() -> httpx.Client:
    """An HTTP client that trusts what the package installer trusts and uses the proxies of the environment."""
    return httpx.Client(follow_redirects=True, timeout=TIMEOUT, verify=_trust())


def download(
    http: httpx.Client,
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    headers: Mapping[str, str] | None = None,
    progress: FetchProgress = silent,
    pause: float = PAUSE,
) -> Path:
    """Fetch `url` into `target`, taking up `<target>.part` where an earlier attempt left off.

    Raises Refused for a 4xx answer; FetchError when attempts run out or the whole file has another hash than
    `sha256`; OSError when it cannot be written. The part survives every error but a wrong hash.
    """
    part = target.with_name(f"{target.name}.part")
    resumed = _size(part) > 0
    _complete(http, url, part, dict(headers or {}), progress, target.name, pause)
    if sha256 and resumed and digest(part) != sha256:
        part.unlink()  # what an earlier run left was not the beginning of this file
        _complete(http, url, part, dict(headers or {}), progress, target.name, pause)
    if sha256 and (actual := digest(part)) != sha256:
        part.unlink()
        raise FetchError(f"{target.name}: sha256 {actual}, expected {sha256}")
    part.replace(target)
    return target


def _complete(
    http: httpx.Client,
    url: str,
    part: Path,
    headers: dict[str, str],
    progress: FetchProgress,
    label: str,
    pause: float,
) -> None:
    failures = 0
    while True:
        before = _size(part)
        try:
            return _attempt(http, url, part, headers, progress, label)
        except (_Retry, httpx.TransportError) as error:
            failures = 1 if _size(part) > before else failures + 1
            if failures >= ATTEMPTS:
                raise FetchError(f"{label}: {_words(error)}") from error
            time.sleep(pause * 2 ** (failures - 1))


def _attempt(
    http: httpx.Client, url: str, part: Path, headers: dict[str, str], progress: FetchProgress, label: str
) -> None:
    have = _size(part)
    # Compressed transfer would make offsets meaningless.
    wanted = {**headers, "Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with http.stream("GET", url, headers=wanted) as answer:
        try:
            start, total = _offer(answer, have)
        except _Stale:
            part.unlink()
            raise
        if total is not None and start == total:
            return
        with part.open("ab" if start else "wb") as file:
            done = start
            progress(label, done, total or 0)
            for chunk in answer.iter_raw():  # no chunk size: what came before a break is kept
                file.write(chunk)
                done += len(chunk)
                progress(label, done, total or 0)
    if total is not None and done != total:
        raise _Retry(f"{done} of {total} bytes")


def _offer(answer: httpx.Response, have: int) -> tuple[int, int | None]:
    """Where the body begins in the file, and the file's length if the server tells it. Raises Refused or _Retry."""
    if answer.status_code == httpx.codes.PARTIAL_CONTENT:
        span, _, length = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
        if span.split("-")[0] != str(have):
            raise _Retry(f"asked for bytes from {have}, was offered {span or 'none'}")
        return have, int(length) if length.isdigit() else None
    if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        length = answer.headers.get("Content-Range", "").removeprefix("bytes */")
        if length == str(have):
            return have, have
        raise _Stale(f"{have} bytes kept, the server has {length or 'an unknown number'}")
    if answer.status_code == httpx.codes.OK:
        length = answer.headers.get("Content-Length", "")
        return 0, int(length) if length.isdigit() else None
    if answer.is_client_error and answer.status_code not in {
        httpx.codes.REQUEST_TIMEOUT,
        httpx.codes.TOO_MANY_REQUESTS,
    }:
        raise Refused(f"HTTP {answer.status_code}")
    raise _Retry(f"HTTP {answer.status_code}")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    for variable in _BUNDLE_VARIABLES:
        bundle = os.environ.get(variable)
        if bundle and Path(bundle).is_file():
            context.load_verify_locations(bundle)
    if not context.get_ca_certs():
        import certifi

        context.load_verify_locations(certifi.where())
    return context
