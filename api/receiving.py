"""The body of a request on its way into a staged file, safe from whatever cuts it off."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.staging import Staging, as_full
from engine.errors import MingjianError
from engine.store.uploads import UploadRow

PIECE = 1024 * 1024
"""Bytes gathered before they are written."""
GIVE_WAY_S = 5.0
"""How long a new request for an upload waits for the one that is writing to stop."""
LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must come to. Otherwise none of them counts."""

    algorithm: str
    digest: bytes


class Receiver:
    """Takes bodies into uploads. A client that comes back after a cut finds its old request still waiting for bytes:
    the new one asks it to stop."""

    def __init__(self, staging: Staging, clock: Callable[[], datetime]) -> None:
        self._staging = staging
        self._clock = clock
        self._stops: dict[str, asyncio.Event] = {}

    async def take(
        self, row: UploadRow, offset: int, body: AsyncIterator[bytes], checksum: Checksum | None = None
    ) -> UploadRow:
        """The upload with what came of `body` from `offset` on, finished when it is whole.

        Raises MingjianError `upload_busy`, `upload_gone`, `upload_offset`, `upload_mismatch`, `upload_refused`,
        `too_large`, `storage_full`.
        """
        with ExitStack() as stack:
            file = await self._lock(row.id, stack)
            row = await run_in_threadpool(self._staging.get, row.id, row.owner)
            if offset != row.received or row.blob is not None:
                raise MingjianError("upload_offset", expected=row.received, given=offset)
            stop = self._stops.setdefault(row.id, asyncio.Event())
            try:
                await _Writing(self._staging, self._clock, row, file, checksum).run(body, stop)
            finally:
                self._stops.pop(row.id, None)
            row = await run_in_threadpool(self._staging.get, row.id, row.owner)
            if row.is_whole:
                row = await run_in_threadpool(self._staging.finish, row, self._clock())
        return row

    async def _lock(self, upload_id: str, stack: ExitStack) -> BinaryIO:
        tries = int(GIVE_WAY_S / LOOK_S)
        for _ in range(tries):
            try:
                return stack.enter_context(self._staging.writing(upload_id))
            except MingjianError as error:
                if error.code != "upload_busy":
                    raise
            writer = self._stops.get(upload_id)
            if writer is None:  # another process writes it: its client must come back later
                break
            writer.set()
            await asyncio.sleep(LOOK_S)
        raise MingjianError("upload_busy", id=upload_id)


class _Writing:
    """One request's bytes."""

    def __init__(
        self,
        staging: Staging,
        clock: Callable[[], datetime],
        row: UploadRow,
        file: BinaryIO,
        checksum: Checksum | None,
    ) -> None:
        self._staging = staging
        self._clock = clock
        self._row = row
        self._file = file
        self._checksum = checksum
        self._digest = hashlib.new(checksum.algorithm) if checksum else None
        self._start = self._at = self._promised = row.received
        self._waiting = bytearray()

    async def run(self, body: AsyncIterator[bytes], stop: asyncio.Event) -> None:
        """Writes until the body ends, its sender goes or another request wants the file. What came is kept."""
        await run_in_threadpool(self._rewind)
        whole = False
        try:
            whole = await self._read(body, stop)
        finally:
            settled = asyncio.ensure_future(run_in_threadpool(self._settle, whole))
            await asyncio.shield(settled)

    async def _read(self, body: AsyncIterator[bytes], stop: asyncio.Event) -> bool:
        """Whether the body came to its end."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while True:
                coming = asyncio.ensure_future(_next(body))
                idle = self._staging.settings.idle
                await asyncio.wait((coming, stopping), timeout=idle, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    return False
                try:
                    piece = coming.result()
                except ClientDisconnect:
                    return False
                if not piece:
                    return True
                await self._add(piece)
        finally:
            stopping.cancel()

    async def _add(self, piece: bytes) -> None:
        if self._at + len(self._waiting) + len(piece) > self._row.length:
            self._waiting.clear()
            raise MingjianError("too_large", limit=self._row.length)
        self._waiting += piece
        if len(self._waiting) >= PIECE:
            await run_in_threadpool(self._write)

    def _rewind(self) -> None:
        """Bytes beyond the promise are of a request that a crash cut: they never counted."""
        self._file.truncate(self._start)
        self._file.seek(self._start)

    def _write(self) -> None:
        view = memoryview(bytes(self._waiting))
        self._waiting.clear()
        if self._digest is not None:
            self._digest.update(view)
        try:
            while view:
                written = self._file.write(view)
                self._at += written
                view = view[written:]
        except OSError as error:
            raise as_full(error, self._row.length) from error
        if self._checksum is None and self._at - self._promised >= self._staging.settings.checkpoint:
            self._promise()

    def _promise(self) -> None:
        try:
            self._staging.promise(self._file, self._row.id, self._at, self._clock())
        except OSError as error:
            raise as_full(error, self._row.length) from error
        self._promised = self._at

    def _settle(self, whole: bool) -> None:
        """The end of a request, however it came."""
        self._write()
        if self._checksum is not None:
            self._check(self._checksum, whole)
        if self._at > self._promised:
            self._promise()

    def _check(self, checksum: Checksum, whole: bool) -> None:
        """Bytes with a checksum count together or not at all."""
        digest: Any = self._digest
        actual = digest.digest()
        if whole and actual == checksum.digest:
            return
        self._at = self._start
        self._file.truncate(self._start)
        if whole:
            raise MingjianError("upload_mismatch", expected=checksum.digest.hex(), actual=actual.hex())


async def _next(body: AsyncIterator[bytes]) -> bytes:
    """The next piece; nothing at the end."""
    return await anext(body, b"")
