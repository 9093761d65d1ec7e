"""Events as they happen, for everybody who listens: one reader of the event table in this process feeds them all.

A listener is registered first and then reads what has happened before, so that nothing falls between; numbers grow, so
what comes twice is known. Who reads too slowly is let go and resumes by `Last-Event-ID`.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from api.settings import EventSettings
from engine.errors import MingjianError
from engine.store import events
from engine.store.events import EventRow
from engine.store.store import Store

log = logging.getLogger(__name__)

MOST_WAITING = 1000
AT_ONCE = 500
HEARTBEAT = b": \n\n"
RETRY = b"retry: 2000\n\n"


@dataclass(eq=False)
class Listener:
    """Somebody who listens to one session, or to all (None)."""

    session_id: str | None
    waiting: "asyncio.Queue[tuple[int, bytes] | None]" = field(
        default_factory=lambda: asyncio.Queue(maxsize=MOST_WAITING)
    )
    is_lost: bool = False

    def give(self, number: int, text: bytes) -> None:
        """Hands an event over; a listener whose queue is full has lost the thread."""
        try:
            self.waiting.put_nowait((number, text))
        except asyncio.QueueFull:
            self.is_lost = True


class Hub:
    """The one reader. `run` reads until it is cancelled."""

    def __init__(self, store: Store, settings: EventSettings) -> None:
        self._store = store
        self._settings = settings
        self._last: int | None = None
        self._listeners: defaultdict[str | None, set[Listener]] = defaultdict(set)
        self._count = 0

    async def run(self) -> None:
        """Reads the event table again and again. A database that is away for a while is waited for."""
        while True:
            try:
                await self._read_on()
            except MingjianError as error:
                log.warning("events cannot be read: %s", error.code)
            await asyncio.sleep(self._settings.poll)

    async def _read_on(self) -> None:
        if self._last is None:
            self._last = await run_in_threadpool(self._newest)
        while rows := await run_in_threadpool(self._after, self._last, None):
            for row in rows:
                self._tell(row)
            self._last = rows[-1].number
            if len(rows) < AT_ONCE:
                return

    def _tell(self, row: EventRow) -> None:
        listeners = [*self._listeners.get(None, ()), *self._listeners.get(row.session_id or "", ())]
        if listeners:
            text = as_text(row)
            for one in listeners:
                one.give(row.number, text)

    def _newest(self) -> int:
        with self._store.database.reading() as s:
            return events.last(s)

    def _after(self, number: int, session_id: str | None) -> tuple[EventRow, ...]:
        with self._store.database.reading() as s:
            return events.after(s, number, session_id, AT_ONCE)

    async def listen(self, session_id: str | None, seen: int | None) -> AsyncIterator[bytes]:
        """The stream of a listener who has `seen` events up to that number.

        Without it a session is told from its beginning, and all sessions from now on. Raises MingjianError
        `unavailable` where too many listen already.
        """
        if self._count >= self._settings.most_listeners:
            raise MingjianError("unavailable", detail=f"> {self._settings.most_listeners} listeners")
        start = seen if seen is not None else (0 if session_id else await run_in_threadpool(self._newest))
        return self._stream(Listener(session_id), start)

    async def _stream(self, listener: Listener, number: int) -> AsyncIterator[bytes]:
        self._listeners[listener.session_id].add(listener)
        self._count += 1
        try:
            yield RETRY
            while rows := await run_in_threadpool(self._after, number, listener.session_id):
                for row in rows:
                    yield as_text(row)
                number = rows[-1].number
            async for text in self._live(listener, number):
                yield text
        finally:
            self._count -= 1
            self._listeners[listener.session_id].discard(listener)
            if not self._listeners[listener.session_id]:
                del self._listeners[listener.session_id]

    async def _live(self, listener: Listener, number: int) -> AsyncIterator[bytes]:
        ends = asyncio.get_running_loop().time() + self._settings.longest
        while not listener.is_lost and asyncio.get_running_loop().time() < ends:
            try:
                found = await asyncio.wait_for(listener.waiting.get(), self._settings.heartbeat)
            except TimeoutError:
                yield HEARTBEAT
                continue
            if found is None:
                return
            if found[0] > number:
                number = found[0]
                yield found[1]

    def close(self) -> None:
        """Ends every stream."""
        for group in self._listeners.values():
            for one in group:
                one.is_lost = True
                if not one.waiting.full():
                    one.waiting.put_nowait(None)


def as_text(row: EventRow) -> bytes:
    """An event as a stream tells it."""
    content = {"session_id": row.session_id, "at": row.at.isoformat(), **row.data}
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"id: {row.number}\nevent: {row.kind}\ndata: {data}\n\n".encode()
