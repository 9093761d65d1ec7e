"""`Idempotency-Key`: a POST that is sent again gets the answer it got, and is done once.

The answer is kept sealed with the server's secret, because it may hold a token that is shown once. Only good answers
are kept: what was refused may be sent again.
"""

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from api.http.caller import Caller
from api.keys import Keys
from engine.errors import MingjianError
from engine.store import idempotency

if TYPE_CHECKING:
    from engine.store.store import Store

log = logging.getLogger(__name__)

HEADER = "idempotency-key"
WELL_FORMED = re.compile(r"[\x21-\x7e]{1,255}")
PURPOSE = "answers"
ABANDONED = timedelta(minutes=10)
"""A claim without an answer is that of a process which died."""
GOOD = range(200, 400)
KEPT_HEADERS = ("location", "upload-expires", "upload-offset", "tus-resumable")


class Answers:
    """Claims keys and keeps answers."""

    def __init__(self, store: "Store", keys: Keys, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock

    def claim(self, caller: Caller, key: str, request: str) -> Response | None:
        """None: go on, the key is claimed. Otherwise the answer that was given."""
        at = self._clock()
        with self._store.database.writing() as s:
            kept = idempotency.claim(s, caller.id, key, request, at, at - ABANDONED)
        if kept is None:
            return None
        body = self._keys.unseal(PURPOSE, kept.body)
        if body is None:  # the server's secret was changed meanwhile
            raise MingjianError("idempotency_reused")
        headers = {**kept.headers, "Idempotent-Replay": "true"}
        return Response(body, status_code=kept.status, headers=headers, media_type=kept.media_type)

    def settle(self, caller: Caller, key: str, status: int, headers: Headers, body: bytes | None) -> None:
        """Keeps a good answer, frees the key of any other. `body` None: it was too long to keep."""
        with self._store.database.writing() as s:
            if body is None or status not in GOOD:
                idempotency.release(s, caller.id, key)
                return
            kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
            sealed = self._keys.seal(PURPOSE, body)
            idempotency.keep(s, caller.id, key, idempotency.Kept(status, headers.get("content-type"), kept, sealed))


def key_of(request: Request) -> str | None:
    """The request's key. Raises MingjianError `request_invalid` for one that is not well formed."""
    key = request.headers.get(HEADER)
    if key is not None and not WELL_FORMED.fullmatch(key):
        raise MingjianError("request_invalid", detail="Idempotency-Key: 1 to 255 visible ASCII characters")
    return key
